package dialogue_test

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"latchkey/flows"
)

// readPack reads a pack of testdata/packs. A spec is the pack's folder, then
// folders whose files replace the pack's, then flows to leave out, with a
// minus: "shop gone -forgot".
func readPack(t testing.TB, spec string) *flows.Pack {
	t.Helper()
	files := fstest.MapFS{}
	for _, part := range strings.Fields(spec) {
		if flow, ok := strings.CutPrefix(part, "-"); ok {
			delete(files, flow+".yaml")
			continue
		}
		dir := os.DirFS(path.Join("testdata/packs", part))
		err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(dir, name)
			files[name] = &fstest.MapFile{Data: data}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return loadPack(t, files)
}

// fataler is what a failing test is told by: a *testing.T or a *rapid.T.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func loadPack(t fataler, files fs.FS) *flows.Pack {
	t.Helper()
	p, problems := flows.Load(files, flows.Options{})
	if p == nil {
		for _, problem := range problems {
			if !strings.HasPrefix(problem.Code, "W") {
				t.Fatalf("the pack of the test is broken: %s", problem)
			}
		}
		t.Fatalf("the pack of the test does not load")
	}
	return p
}
