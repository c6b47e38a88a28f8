package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"

	"latchkey/bot/dialogue"
	"latchkey/flows"
	"latchkey/knowledge/match"
)

// packFolder is the folder of a pack: the one named, or the bundled one.
func packFolder(dir string) (fs.FS, error) {
	if dir == "" {
		return flows.Bundled(), nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open the pack folder %q: it does not exist or cannot be read", dir)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%q is a file; name the folder that holds pack.yaml", dir)
	}
	return os.DirFS(dir), nil
}

// loadPack loads a pack for use. Findings that block are printed and reported
// as findings; warnings are left to `latchkey check`.
func loadPack(e *env, dir string) (*flows.Pack, error) {
	return loadPackWith(e, dir, flows.Options{Today: e.now()})
}

func loadPackWith(e *env, dir string, o flows.Options) (*flows.Pack, error) {
	folder, err := packFolder(dir)
	if err != nil {
		return nil, err
	}
	pack, problems := flows.Load(folder, o)
	if pack != nil {
		return pack, nil
	}
	n := 0
	for _, p := range problems {
		if p.Blocks() {
			printProblem(e.stderr, dir, p)
			n++
		}
	}
	return nil, findings{fmt.Sprintf("the pack has %s; mend and try again", plural(n, "error"))}
}

// printProblem writes a finding as one line, and the dialogue that shows it
// indented below.
func printProblem(w io.Writer, dir string, p flows.Problem) {
	if dir != "" && p.File != "" {
		p.File = dir + "/" + p.File
	}
	fmt.Fprintln(w, p)
	for _, line := range p.Dialogue {
		fmt.Fprintln(w, "    "+line)
	}
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// newMatcher trains the built-in matcher on a pack's phrases and words.
func newMatcher(p *flows.Pack) *match.Matcher {
	return match.New(dialogue.Examples(p), match.Options{})
}
