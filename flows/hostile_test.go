package flows_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"latchkey/flows"
)

const soundPack = "pack: base\ntitle: Base\nlanguage: en\nqueues: {help: {title: Help, hours: always}}\n"

// TestHostileFolders gives the loader what nobody means well with. Each must
// come back with a clear error, or with the pack.
func TestHostileFolders(t *testing.T) {
	bomb := "flow: main\ntitle: Main\na: &a [x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", 'b'+i, 'b'+i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", 'a'+i), 9), ", "))
	}
	var long strings.Builder
	long.WriteString("flow: main\ntitle: Main\nsteps:\n")
	for i := range 9_999 {
		fmt.Fprintf(&long, "  s%d: {say: Go on., next: s%d}\n", i, i+1)
	}
	long.WriteString("  s9999: {done: solved, say: Fine.}\n")
	tests := map[string]struct {
		files fstest.MapFS
		code  string // "" = it loads
	}{
		"alias bomb":       {fstest.MapFS{"main.yaml": {Data: []byte(bomb)}}, "E06"},
		"2 MiB":            {fstest.MapFS{"main.yaml": {Data: []byte("flow: main\n#" + strings.Repeat("x", 2<<20))}}, "E06"},
		"10,000 steps":     {fstest.MapFS{"main.yaml": {Data: []byte(long.String())}}, ""},
		"200,000 brackets": {fstest.MapFS{"main.yaml": {Data: []byte("a: " + strings.Repeat("[", 200_000))}}, "E06"},
		"200,000 levels":   {fstest.MapFS{"main.yaml": {Data: []byte(strings.Repeat("- ", 200_000))}}, "E06"},
		"not UTF-8":        {fstest.MapFS{"main.yaml": {Data: []byte("flow: \xff\xfe")}}, "E06"},
		"a NUL":            {fstest.MapFS{"main.yaml": {Data: []byte("flow: a\x00b")}}, "E06"},
		"a folder as flow": {fstest.MapFS{"main.yaml/x": {Data: []byte("x")}}, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			tc.files["pack.yaml"] = &fstest.MapFile{Data: []byte(soundPack)}
			if _, ok := tc.files["main.yaml"]; !ok {
				tc.files["other.yaml"] = &fstest.MapFile{Data: []byte("flow: other\ntitle: Other\nsteps: {end: {done: solved, say: Fine.}}\n")}
			}
			pack, problems := flows.Load(tc.files, flows.Options{Today: checkedOn})
			if tc.code == "" {
				if pack == nil {
					t.Errorf("it does not load: %.500s", linesOf(problems))
				}
				return
			}
			if pack != nil || !slices.ContainsFunc(problems, func(p flows.Problem) bool { return p.Code == tc.code && p.File == "main.yaml" }) {
				t.Errorf("want %s, got %.500s", tc.code, linesOf(problems))
			}
			if len(problems) > 50 {
				t.Errorf("%d problems for one mistake", len(problems))
			}
		})
	}
}

// TestHostileDisk is the same with a real folder.
func TestHostileDisk(t *testing.T) {
	load := func(dir string) []flows.Problem {
		pack, problems := flows.Load(os.DirFS(dir), flows.Options{Today: checkedOn})
		if pack != nil || len(problems) == 0 {
			t.Errorf("%s: loaded", dir)
		}
		return problems
	}
	empty := t.TempDir()
	if ps := load(empty); len(ps) != 1 || ps[0].Code != "E00" || !strings.Contains(ps[0].Message, "no pack.yaml") {
		t.Errorf("an empty folder: %s", linesOf(ps))
	}
	load(filepath.Join(empty, "missing"))
	loop := t.TempDir()
	if err := os.Symlink("pack.yaml", filepath.Join(loop, "pack.yaml")); err != nil {
		t.Fatal(err)
	}
	if ps := load(loop); ps[0].Code != "E00" {
		t.Errorf("a link to itself: %s", linesOf(ps))
	}
	if os.Getuid() != 0 { // root may read everything
		closed := t.TempDir()
		if err := os.WriteFile(filepath.Join(closed, "pack.yaml"), []byte(soundPack), 0); err != nil {
			t.Fatal(err)
		}
		if ps := load(closed); ps[0].Code != "E00" {
			t.Errorf("an unreadable file: %s", linesOf(ps))
		}
	}
}

// checkedOn is the day on which these packs are checked.
var checkedOn = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)

func linesOf(ps []flows.Problem) string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString("  " + p.String() + "\n")
	}
	return b.String()
}

// folderOf is the folder that a txtar archive holds, with a pack.yaml if it
// has none.
func folderOf(a *txtar.Archive) fstest.MapFS {
	files := fstest.MapFS{"pack.yaml": {Data: []byte(soundPack)}}
	for _, f := range a.Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return files
}

// FuzzLoad loads folders made of txtar archives: whatever is in them, there is
// no panic, and a pack comes back exactly when nothing blocks.
func FuzzLoad(f *testing.F) {
	paths, err := filepath.Glob("testdata/broken/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for line := range bytes.Lines(data) {
			if len(line) < 8 && bytes.HasPrefix(line, []byte("-- ")) {
				return // txtar v1.16.0 panics at a marker without a name: "-- --"
			}
		}
		files := folderOf(txtar.Parse(data))
		for name := range files {
			if !filepath.IsLocal(name) || name == "." {
				return // no folder can hold such a file
			}
		}
		pack, problems := flows.Load(files, flows.Options{Today: checkedOn})
		if (pack == nil) != flows.Blocking(problems) {
			t.Fatalf("pack: %v, problems: %v", pack != nil, problems)
		}
		for _, p := range problems {
			if p.Code == "" || p.Message == "" || p.Fix == "" {
				t.Fatalf("a problem without words: %+v", p)
			}
		}
		if pack != nil {
			pack.Proof()
			for _, id := range pack.Order {
				flows.Mermaid(pack, id, pack.Base)
				flows.D2(pack, id, pack.Base)
			}
		}
	})
}

// FuzzFlow fuzzes one flow file inside a sound pack.
func FuzzFlow(f *testing.F) {
	paths, err := filepath.Glob("account/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, p := range paths[:min(len(paths), 10)] {
		data, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		flows.Load(fstest.MapFS{"pack.yaml": {Data: []byte(soundPack)}, "main.yaml": {Data: data}}, flows.Options{Today: checkedOn})
	})
}

// FuzzTranslation fuzzes a translation beside its flow.
func FuzzTranslation(f *testing.F) {
	for _, p := range []string{"account/ru/forgot-password.yaml", "account/es/forgot-password.yaml"} {
		if data, err := os.ReadFile(p); err == nil {
			f.Add(data)
		}
	}
	source, err := os.ReadFile("account/forgot-password.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		flows.Load(fstest.MapFS{
			"pack.yaml":               {Data: []byte(soundPack + "languages: {best_effort: [ru]}\n")},
			"forgot-password.yaml":    {Data: source},
			"ru/forgot-password.yaml": {Data: data},
		}, flows.Options{Today: checkedOn})
	})
}
