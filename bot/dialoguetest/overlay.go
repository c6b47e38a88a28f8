package dialoguetest

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"latchkey/flows"
)

// overlay is a folder whose files stand over those of another. An empty file
// takes the file below it away.
type overlay struct{ over, under fs.FS }

var _ fs.ReadDirFS = overlay{}

// Open implements fs.FS.
func (o overlay) Open(name string) (fs.File, error) {
	info, err := fs.Stat(o.over, name)
	switch {
	case err == nil && info.IsDir():
		if f, err := o.under.Open(name); err == nil {
			return f, nil
		}
		return o.over.Open(name)
	case err == nil && info.Size() == 0:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	case err == nil:
		return o.over.Open(name)
	}
	return o.under.Open(name)
}

// ReadDir implements fs.ReadDirFS.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	under, err := fs.ReadDir(o.under, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	over, overErr := fs.ReadDir(o.over, name)
	if err != nil && overErr != nil {
		return nil, err
	}
	all := map[string]fs.DirEntry{}
	for _, e := range append(under, over...) {
		all[e.Name()] = e
	}
	var out []fs.DirEntry
	for _, e := range all {
		if _, err := fs.Stat(o, path.Join(name, e.Name())); err == nil {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}

// release loads the pack release in a folder of tests: its files stand over
// the pack's own. It is nil when it cannot be used; the problems say why, once
// for each release.
func (s *Suite) release(name string) (*release, []flows.Problem) {
	if rel, known := s.releases[name]; known {
		return rel, nil
	}
	s.releases[name] = nil
	dir := "tests/" + name
	info, err := fs.Stat(s.folder, dir)
	if err != nil || !info.IsDir() {
		return nil, nil
	}
	over, err := fs.Sub(s.folder, dir)
	if err != nil {
		return nil, []flows.Problem{unreadable(dir, err)}
	}
	folder := overlay{over, s.folder}
	p, found := flows.Load(folder, flows.Options{Today: epoch, Actions: s.pack.Actions})
	if p == nil {
		var blocking []flows.Problem
		for _, x := range found {
			if !x.Blocks() {
				continue
			}
			if _, err := fs.Stat(over, x.File); err == nil {
				x.File = dir + "/" + x.File
			} else { // the file is the pack's own, and right without the release
				x.Message = "with the release in " + dir + ": " + x.Message
			}
			blocking = append(blocking, x)
		}
		return nil, blocking
	}
	s.releases[name] = &release{folder: folder, pack: p}
	return s.releases[name], nil
}
