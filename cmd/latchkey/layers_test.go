package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers says which of the project's packages each package may import. A
// package without a row fails the test, so that a new one gets its place in
// DESIGN's order on the day it is written: cmd, then the runtime and the
// adapters, then dialogue, desk, store and channel, then the vocabulary.
var layers = map[string][]string{
	"bot":                               {},
	"flows":                             {},
	"knowledge":                         {"bot", "flows"},
	"knowledge/match":                   {"bot", "flows", "knowledge"},
	"knowledge/articles":                {},
	"knowledge/openai":                  {"bot", "flows", "knowledge"},
	"bot/redact":                        {"bot"},
	"bot/dialogue":                      {"bot", "flows", "knowledge"},
	"bot/dialoguetest":                  {"bot", "bot/dialogue", "bot/redact", "flows", "knowledge"},
	"bot/store":                         {"bot"},
	"bot/store/storetest":               {"bot", "bot/store"},
	"bot/store/sqlstore":                {"bot", "bot/store"},
	"bot/desk":                          {"bot", "bot/store"},
	"bot/channel":                       {"bot"},
	"bot/channel/channeltest":           {"bot", "bot/channel"},
	"bot/channel/slack":                 {"bot", "bot/channel"},
	"bot/channel/slack/slackfake":       {},
	"bot/channel/telegram/telegramfake": {},
	"bot/channel/telegram":              {"bot", "bot/channel"},
	"bot/channel/terminal":              {"bot"},
	"bot/channel/web":                   {"bot", "bot/channel"},
	"bot/console":                       {},
	"bot/pump":                          {"bot", "bot/channel", "bot/desk", "bot/dialogue", "bot/store", "flows", "knowledge"},
}

// pure are the packages that must be the same for ever for the same input:
// nothing in them reads a clock, the network, a database, the machine or
// writes a log.
var pure = []string{"bot", "flows", "bot/dialogue", "knowledge", "bot/redact"}

var impure = []string{"net", "net/http", "database/sql", "log", "log/slog", "os/exec", "math/rand", "math/rand/v2", "crypto/rand"}

// clocks are the functions of package time that read or wait for a clock.
var clocks = []string{"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Sleep"}

func TestLayers(t *testing.T) {
	seen := 0
	for dir, files := range packages(t, "../..") {
		if strings.HasPrefix(dir, "cmd/") {
			continue
		}
		allowed, ok := layers[dir]
		if !ok {
			t.Errorf("package %s has no row in layers; decide what it may import", dir)
			continue
		}
		seen++
		for _, f := range files {
			for _, imp := range f.Imports {
				name, err := strconv.Unquote(imp.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				own, inside := strings.CutPrefix(name, "latchkey/")
				if inside && !slices.Contains(allowed, own) {
					t.Errorf("%s imports %s, which its layer does not allow", dir, own)
				}
				if slices.Contains(pure, dir) && slices.Contains(impure, name) {
					t.Errorf("%s imports %s and would no longer be pure", dir, name)
				}
			}
			if slices.Contains(pure, dir) {
				noClock(t, dir, f)
			}
		}
	}
	if seen != len(layers) {
		t.Errorf("layers has %d rows but %d of them exist; delete the rest", len(layers), seen)
	}
}

func noClock(t *testing.T, dir string, f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clocks, sel.Sel.Name) {
			t.Errorf("%s reads a clock: time.%s", dir, sel.Sel.Name)
		}
		return true
	})
}

// packages parses the project's files, tests left out, by folder.
func packages(t *testing.T, root string) map[string][]*ast.File {
	t.Helper()
	out := map[string][]*ast.File{}
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != "." && d.Name() != ".." || d.Name() == "testdata" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, p, nil, 0)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(p))
		if err != nil {
			return err
		}
		dir := path.Clean(filepath.ToSlash(rel))
		out[dir] = append(out[dir], f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
