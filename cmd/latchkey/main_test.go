package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// asProgram makes the test binary the program itself: tests that start,
// kill and restart it run what they were built with.
const asProgram = "LATCHKEY_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	testscript.Main(m, map[string]func(){"latchkey": main})
}

func TestScripts(t *testing.T) {
	repo, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("LANG", "C")
			e.Setenv("LC_ALL", "")
			e.Setenv("XDG_DATA_HOME", e.WorkDir+"/data")
			e.Setenv("REPO", repo)
			if err := withSlack(e); err != nil {
				return err
			}
			return withTelegram(e)
		},
		Cmds:                scriptCmds(),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// scriptCmds are the words of scripts beside testscript's own.
func scriptCmds() map[string]func(*testscript.TestScript, bool, []string) {
	all := telegramCmds()
	all["slack"] = slackWords
	return all
}
