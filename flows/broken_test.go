package flows_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"latchkey/flows"
)

var update = flag.Bool("update", false, "rewrite the golden files; look at the difference before you commit it")

// today is the day on which the tests' packs are checked.
var today = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)

// A broken pack is a txtar file in testdata/broken. Its files replace those of
// testdata/sound, so that only what is wrong is seen. What must be found stands
// at the end of the line where it must be found, with part of the message:
//
//	go: nowhere # want E02 "nowhere"; W43
//
// or, where no comment can stand, in a line of the header: `want E06 a.yaml:3`.
// "without a.yaml" in the header takes a file of the sound pack away. Nothing
// else may be found.
type brokenPack struct {
	name  string
	files fstest.MapFS
	want  []finding
}

// finding is a Problem as a broken pack expects it.
type finding struct {
	code, file string
	line       int
	words      string // part of the message
}

func (f finding) String() string { return fmt.Sprintf("%s:%d: %s", f.file, f.line, f.code) }

var (
	wantMark = regexp.MustCompile(`# want ([EW]\d\d.*)$`)
	wantOne  = regexp.MustCompile(`^([EW]\d\d)(?: "(.*)")?$`)
	wantHead = regexp.MustCompile(`^want ([EW]\d\d) ([^\s:]+)(?::(\d+))?(?: "(.*)")?$`)
)

func brokenPacks(t testing.TB) []brokenPack {
	t.Helper()
	files, err := filepath.Glob("testdata/broken/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	packs := make([]brokenPack, len(files))
	for i, file := range files {
		packs[i] = readBroken(t, file)
	}
	return packs
}

func readBroken(t testing.TB, file string) brokenPack {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b := brokenPack{name: strings.TrimSuffix(filepath.Base(file), ".txtar"), files: archiveFS(a, folder(t, "testdata/sound"))}
	for line := range strings.Lines(string(a.Comment)) {
		line = strings.TrimSpace(line)
		if m := wantHead.FindStringSubmatch(line); m != nil {
			n := 0
			fmt.Sscan(cmp.Or(m[3], "0"), &n)
			b.want = append(b.want, finding{m[1], m[2], n, m[4]})
		} else if strings.HasPrefix(line, "want ") {
			t.Fatalf("%s: cannot read %q", file, line)
		}
	}
	for _, f := range a.Files {
		b.want = append(b.want, wanted(t, file, f)...)
	}
	return b
}

// archiveFS lays the files of an archive over those of a folder.
func archiveFS(a *txtar.Archive, over fstest.MapFS) fstest.MapFS {
	for line := range strings.Lines(string(a.Comment)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "without "); ok {
			delete(over, name)
		}
	}
	for _, f := range a.Files {
		over[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return over
}

func wanted(t testing.TB, file string, f txtar.File) []finding {
	t.Helper()
	var out []finding
	for i, line := range bytes.Split(f.Data, []byte("\n")) {
		m := wantMark.FindSubmatch(bytes.TrimRight(line, "\r"))
		if m == nil {
			continue
		}
		for one := range strings.SplitSeq(string(m[1]), "; ") {
			w := wantOne.FindStringSubmatch(one)
			if w == nil {
				t.Fatalf("%s: %s:%d: cannot read %q", file, f.Name, i+1, one)
			}
			out = append(out, finding{w[1], f.Name, i + 1, w[2]})
		}
	}
	return out
}

// folder reads a folder into memory.
func folder(t testing.TB, dir string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, name)
		out[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSoundPackIsSound(t *testing.T) {
	p, ps := flows.Load(os.DirFS("testdata/sound"), flows.Options{Today: today})
	if p == nil || len(ps) > 0 {
		t.Fatalf("the sound pack has findings:\n%s", human(ps))
	}
}

// TestBrokenPacks loads one pack for each check and trap. Each must give
// exactly its codes, at the right lines, in words that say what is wrong and
// how to mend it.
func TestBrokenPacks(t *testing.T) {
	packs := brokenPacks(t)
	if len(packs) < 60 {
		t.Errorf("there are %d broken packs, want at least 60", len(packs))
	}
	for _, b := range packs {
		t.Run(b.name, func(t *testing.T) {
			p, ps := flows.Load(b.files, flows.Options{Today: today})
			if (p == nil) != flows.Blocking(ps) {
				t.Errorf("got a pack: %v, with these findings:\n%s", p != nil, human(ps))
			}
			if code, _, _ := strings.Cut(b.name, "-"); !slices.ContainsFunc(b.want, func(f finding) bool { return f.code == code }) {
				t.Errorf("the name says %s, but that is not wanted", code)
			}
			matchFindings(t, ps, b.want)
		})
	}
}

func matchFindings(t *testing.T, ps []flows.Problem, want []finding) {
	t.Helper()
	want = slices.Clone(want)
	for _, p := range ps {
		if p.Message == "" || p.Fix == "" || strings.HasSuffix(p.Message, ".") {
			t.Errorf("words: %s", p)
		}
		i := slices.IndexFunc(want, func(f finding) bool {
			return f.code == p.Code && f.file == p.File && f.line == p.Line && strings.Contains(p.Message, f.words)
		})
		if i < 0 {
			t.Errorf("not wanted: %s", p)
			continue
		}
		want = slices.Delete(want, i, i+1)
	}
	for _, f := range want {
		t.Errorf("not found: %s %q", f, f.words)
	}
}

// human is the form in which people read findings.
func human(ps []flows.Problem) string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.String() + "\n")
		for _, line := range p.Dialogue {
			b.WriteString("    " + line + "\n")
		}
	}
	return b.String()
}

// TestFindingsAsPeopleReadThem shows every sentence that the checks can say, so
// that a change of one is seen and judged.
func TestFindingsAsPeopleReadThem(t *testing.T) {
	var b strings.Builder
	for _, pack := range brokenPacks(t) {
		_, ps := flows.Load(pack.files, flows.Options{Today: today})
		fmt.Fprintf(&b, "-- %s --\n%s", pack.name, human(ps))
	}
	golden(t, "testdata/findings.golden", b.String())
}

func TestFindingsAsJSON(t *testing.T) {
	var all []flows.Problem
	for _, name := range []string{"E02-go", "E12-loop", "W43-long-sentence"} {
		_, ps := flows.Load(readBroken(t, "testdata/broken/"+name+".txtar").files, flows.Options{Today: today})
		all = append(all, ps...)
	}
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/findings.json", string(data)+"\n")
	var back []flows.Problem
	if err := json.Unmarshal(data, &back); err != nil || human(back) != human(all) {
		t.Errorf("the findings do not survive JSON: %v\n%s", err, human(back))
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what comes out now (go test ./flows -update writes it):\n%s", file, diff(string(want), got))
	}
}

// diff shows the lines that only one of two texts has.
func diff(want, got string) string {
	var b strings.Builder
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, line := range w {
		if !slices.Contains(g, line) {
			b.WriteString("- " + line + "\n")
		}
	}
	for _, line := range g {
		if !slices.Contains(w, line) {
			b.WriteString("+ " + line + "\n")
		}
	}
	return b.String()
}
