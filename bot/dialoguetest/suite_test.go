package dialoguetest_test

import (
	"context"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"latchkey/bot/dialogue"
	"latchkey/bot/dialoguetest"
	"latchkey/flows"
	"latchkey/knowledge"
	"latchkey/knowledge/match"
)

var update = flag.Bool("update", false, "write what came into the files of testdata/fails; read the difference before committing it")

var today = time.Date(2026, time.November, 25, 0, 0, 0, 0, time.UTC)

func matcher(p *flows.Pack) knowledge.Matcher {
	return match.New(dialogue.Examples(p), match.Options{})
}

// load loads a pack that has no mistakes.
func load(t *testing.T, folder fs.FS) *flows.Pack {
	t.Helper()
	p, problems := flows.Load(folder, flows.Options{Today: today})
	if p == nil {
		t.Fatal(lines(problems))
	}
	return p
}

// lines are problems as `latchkey test` prints them, without dialogues.
func lines(ps []flows.Problem) string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

// folder is the test pack with files put over it; its own tests are left out.
func folder(t *testing.T, files ...txtar.File) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	root := os.DirFS("testdata/pack")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, "tests/") && strings.Count(name, "/") == 1 {
			return err
		}
		data, err := fs.ReadFile(root, name)
		out[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		out[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return out
}

// all leaves nothing out, but keeps a run from walking the pack as well.
var all = regexp.MustCompile("")

// found are all problems of a folder's tests.
func found(t *testing.T, folder fs.FS) []flows.Problem {
	t.Helper()
	suite, problems := dialoguetest.Load(folder, load(t, folder))
	report, err := suite.Run(t.Context(), dialoguetest.Options{Matcher: matcher, Only: all})
	if err != nil {
		t.Fatal(err)
	}
	return append(problems, report.Problems...)
}

// TestFails: every kind of line fails when it should, and says why. A runner
// that never fails would be worth nothing.
func TestFails(t *testing.T) {
	files, err := filepath.Glob("testdata/fails/*.txtar")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			last := len(a.Files) - 1
			if a.Files[last].Name != "want" {
				t.Fatal("the last file is not called want")
			}
			got := lines(found(t, folder(t, a.Files[:last]...)))
			if want := string(a.Files[last].Data); got == want {
				return
			} else if !*update {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
				return
			}
			a.Files[last].Data = []byte(got)
			if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestPasses: the tests of the test pack use every kind of line and pass.
func TestPasses(t *testing.T) {
	root := os.DirFS("testdata/pack")
	suite, problems := dialoguetest.Load(root, load(t, root))
	report, err := suite.Run(t.Context(), dialoguetest.Options{Matcher: matcher})
	if err != nil {
		t.Fatal(err)
	}
	if s := lines(append(problems, report.Problems...)); s != "" {
		t.Error(s)
	}
	want := "21 tests, 21 passed, 0 failed\n" +
		"3 routes: 3 led straight, 0 asked which was meant, 0 wrong\n" +
		"edges walked 32 of 32 (100 %), written by editors 21 of 32 (65 %)\n" +
		"implicit edges walked 41 of 41 (100 %); 81 walks, 0 came to no end, the longest took 6 customer turns"
	if got := report.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if n := len(report.Unwritten); n != 32-21 {
		t.Errorf("%d unwritten edges are listed", n)
	}
	proof := load(t, root).Proof()
	if proof.Edges != report.Edges.Total || proof.Implicit != report.Implicit.Total {
		t.Errorf("the proof counts %d and %d edges, the walks %d and %d", proof.Edges, proof.Implicit, report.Edges.Total, report.Implicit.Total)
	}
}

// TestLanguage: one language for all leaves out the tests of others.
func TestLanguage(t *testing.T) {
	root := os.DirFS("testdata/pack")
	suite, _ := dialoguetest.Load(root, load(t, root))
	for _, tc := range []struct {
		lang, only string
		want       int
	}{{"", "two languages", 2}, {"es", "two languages", 1}, {"es", "entry/stuck", 2}, {"", "nothing like it", 0}} {
		report, err := suite.Run(t.Context(), dialoguetest.Options{Matcher: matcher, Lang: tc.lang, Only: regexp.MustCompile(tc.only)})
		if err != nil {
			t.Fatal(err)
		}
		if report.Tests != tc.want || report.Failed > 0 {
			t.Errorf("%q in %q: %d tests, %d failed: %s", tc.only, tc.lang, report.Tests, report.Failed, lines(report.Problems))
		}
	}
}

// TestStops: a run ends when it is told to.
func TestStops(t *testing.T) {
	root := os.DirFS("testdata/pack")
	p := load(t, root)
	suite, _ := dialoguetest.Load(root, p)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := suite.Run(ctx, dialoguetest.Options{Matcher: matcher}); err == nil {
		t.Error("the suite ran on")
	}
	if _, err := dialoguetest.Walk(ctx, p); err == nil {
		t.Error("the walks went on")
	}
}

// TestNoTests: a pack without tests has none, and is walked.
func TestNoTests(t *testing.T) {
	root := folder(t)
	suite, problems := dialoguetest.Load(root, load(t, root))
	report, err := suite.Run(t.Context(), dialoguetest.Options{Matcher: matcher})
	if err != nil {
		t.Fatal(err)
	}
	if len(problems)+len(report.Problems) > 0 || report.Tests != 0 || report.Edges.Walked != report.Edges.Total || len(report.Unwritten) != report.Edges.Total {
		t.Errorf("%s%s", lines(problems), report)
	}
}
