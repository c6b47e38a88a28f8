//go:build unix

package flows_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"latchkey/flows"
)

// soundOnDisk copies the sound pack into a folder of its own.
func soundOnDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/sound")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestStrangeFiles: a folder may hold things that are no files. A pipe must not
// be waited for, and a link that goes round must not be followed for ever.
func TestStrangeFiles(t *testing.T) {
	for _, tc := range []struct {
		name string
		make func(dir string) error
		want string // part of a finding; "" = the pack is sound
	}{
		{"a pipe", func(dir string) error { return syscall.Mkfifo(filepath.Join(dir, "pipe.yaml"), 0o644) }, "pipe.yaml: E00: the file cannot be read"},
		{"a pipe among the pictures", func(dir string) error { return syscall.Mkfifo(filepath.Join(dir, "media", "pipe.png"), 0o644) }, ""},
		{"a device", func(dir string) error { return os.Symlink("/dev/zero", filepath.Join(dir, "zero.yaml")) }, "zero.yaml: E00: the file cannot be read"},
		{"a link to nothing", func(dir string) error { return os.Symlink("gone.yaml", filepath.Join(dir, "link.yaml")) }, "link.yaml: E00: the file cannot be read"},
		{"links that go round", func(dir string) error {
			if err := os.Symlink("b.yaml", filepath.Join(dir, "a.yaml")); err != nil {
				return err
			}
			return os.Symlink("a.yaml", filepath.Join(dir, "b.yaml"))
		}, "a.yaml: E00: the file cannot be read"},
		{"a language that is the folder itself", func(dir string) error { return os.Symlink(".", filepath.Join(dir, "ru")) }, `E22: the language "ru" is not declared`},
		{"pictures that are the folder itself", func(dir string) error { return os.Symlink("..", filepath.Join(dir, "media", "more")) }, ""},
		{"a flow that is a link", func(dir string) error {
			if err := os.Rename(filepath.Join(dir, "outage.yaml"), filepath.Join(dir, "real.txt")); err != nil {
				return err
			}
			return os.Symlink("real.txt", filepath.Join(dir, "outage.yaml"))
		}, ""},
		{"a folder named like a flow", func(dir string) error { return os.Mkdir(filepath.Join(dir, "other.yaml"), 0o755) }, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := soundOnDisk(t)
			must(t, tc.make(dir))
			p, ps := flows.Load(os.DirFS(dir), flows.Options{Today: today})
			if tc.want == "" && (p == nil || len(ps) > 0) || !strings.Contains(human(ps), tc.want) {
				t.Errorf("want %q, got:\n%s", tc.want, human(ps))
			}
		})
	}
}

// TestAFileInPlaceOfAFolder and a folder that does not exist.
func TestAFileInPlaceOfAFolder(t *testing.T) {
	dir := soundOnDisk(t)
	for _, name := range []string{"pack.yaml", "missing"} {
		p, ps := flows.Load(os.DirFS(filepath.Join(dir, name)), flows.Options{Today: today})
		if p != nil || len(ps) != 1 || ps[0].Code != "E00" || strings.Contains(ps[0].Message, dir) {
			t.Errorf("%s: %s", name, human(ps))
		}
	}
}

// locked is a folder in which some files may not be opened.
type locked struct {
	fs.FS
	names []string
}

func (l locked) Open(name string) (fs.File, error) {
	for _, n := range l.names {
		if n == name {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
		}
	}
	return l.FS.Open(name)
}

// TestUnreadableFiles: one finding a file, and none about what leads to it.
func TestUnreadableFiles(t *testing.T) {
	for _, name := range []string{"entry.yaml", "outage.yaml"} {
		_, ps := flows.Load(locked{os.DirFS("testdata/sound"), []string{name}}, flows.Options{Today: today})
		matchFindings(t, ps, []finding{{"E00", name, 0, "permission denied"}})
	}
	_, ps := flows.Load(locked{os.DirFS("testdata/sound"), []string{"pack.yaml"}}, flows.Options{Today: today})
	matchFindings(t, ps, []finding{{"E00", "pack.yaml", 0, "permission denied"}})
	_, ps = flows.Load(locked{os.DirFS("testdata/sound"), []string{"."}}, flows.Options{Today: today})
	matchFindings(t, ps, []finding{{"E00", ".", 0, "permission denied"}})
}
