package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"latchkey/flows"
)

type versionCmd struct{}

// Run prints what is running, for bug reports.
func (versionCmd) Run(e *env) error {
	version, revision, goVersion := "(devel)", "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		goVersion = info.GoVersion
		if info.Main.Version != "" {
			version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	pack, _ := flows.Load(flows.Bundled(), flows.Options{Today: e.now()})
	release := "none"
	if pack != nil {
		release = pack.ID + " " + pack.Release + " (" + strings.Join(pack.Languages(), ", ") + ")"
	}
	fmt.Fprintf(e.stdout, "latchkey %s%s\n%s\nbundled pack %s\n", version, revision, goVersion, release)
	return nil
}
