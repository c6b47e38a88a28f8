package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options are what a pack is checked against, beside itself.
type Options struct {
	Today   time.Time          // for review dates and the age of sources
	Actions map[string]*Action // actions declared in the config, added to the pack's own
	// AllowEmpty takes a pack without any flow, to which one is to be added.
	AllowEmpty bool
}

// Load reads and checks the pack in a folder. It reports every problem of
// every file in one go, sorted by place. The pack is nil when a problem
// blocks; warnings alone leave it usable.
func Load(fsys fs.FS, opts Options) (*Pack, []Problem) {
	l := &loader{fsys: fsys, opts: opts, broken: map[string]bool{}, transAt: map[string]*translation{}}
	l.load()
	ps := sortProblems(l.problems)
	if Blocking(ps) {
		return nil, ps
	}
	return l.pack, ps
}

// loader carries one Load.
type loader struct {
	fsys     fs.FS
	opts     Options
	problems []Problem
	pp       *parsedPack
	flows    []*parsedFlow
	trans    []*translation
	transAt  map[string]*translation // by path: "ru/forgot-password.yaml"
	files    []packFile
	pack     *Pack
	broken   map[string]bool // flows with problems that make later checks pointless
}

// packFile is a file of the pack with its bytes.
type packFile struct {
	path string
	data []byte
	err  error
}

func (l *loader) add(pos Pos, code, message, fix string) {
	l.problems = append(l.problems, Problem{Pos: pos, Code: code, Message: message, Fix: fix})
}

func (l *loader) load() {
	if !l.list() {
		return
	}
	l.parse()
	if !l.pp.parsed {
		return
	}
	l.assemble()
	l.references()
	l.translate()
	l.fillAll()
	l.finish()
	l.checkWords()
	l.checkStart()
	l.checkOptions()
	l.checkLinks()
	l.checkMedia()
	l.checkFresh()
	l.checkSources()
	l.checkHuman()
	l.checkOutcomes()
	if len(l.pack.Flows) == 0 {
		return
	}
	l.problems = append(l.problems, checkGraph(l.pack, l.broken)...)
	l.problems = append(l.problems, checkData(l.pack, l.broken)...)
}

// list finds the files of the pack: the top of the folder, one folder a
// language, and media.
func (l *loader) list() bool {
	entries, err := fs.ReadDir(l.fsys, ".")
	if err != nil {
		l.add(Pos{File: "."}, "E00", fmt.Sprintf("the folder cannot be read: %v", reason(err)), "check the path and its permissions")
		return false
	}
	found := false
	for _, e := range entries {
		name := e.Name()
		switch {
		case hiddenFile(name):
		case l.isDir(e):
			if name != "tests" && name != "media" && langFolder(name) {
				l.readDir(name)
			}
		default:
			found = found || name == "pack.yaml"
			l.readYAML(name)
		}
	}
	if !found {
		l.add(Pos{File: "pack.yaml"}, "E00", "there is no pack.yaml in this folder", "name the folder of a pack, or write pack.yaml with \"pack:\", \"title:\" and \"language:\"")
	}
	return found
}

// langFolder tells whether a folder's name is that of a language ("ru",
// "pt-br"); other folders are none of the pack's business.
func langFolder(name string) bool {
	main, sub, _ := strings.Cut(name, "-")
	if len(main) < 2 || len(main) > 3 || len(sub) > 4 {
		return false
	}
	for _, r := range main + sub {
		if r < 'a' || r > 'z' {
			return false
		}
	}
	return true
}

func (l *loader) readDir(dir string) {
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil {
		l.add(Pos{File: dir}, "E00", fmt.Sprintf("the folder cannot be read: %v", reason(err)), "check its permissions")
		return
	}
	for _, e := range entries {
		if !hiddenFile(e.Name()) && !e.IsDir() {
			l.readYAML(dir + "/" + e.Name())
		}
	}
}

// hiddenFile tells whether a file is none of an editor's: editors and file
// managers leave locks and copies such as ".#flow.yaml" and "._flow.yaml".
func hiddenFile(name string) bool { return strings.HasPrefix(name, ".") }

// isDir also follows a symbolic link.
func (l *loader) isDir(e fs.DirEntry) bool {
	if e.Type()&fs.ModeSymlink == 0 {
		return e.IsDir()
	}
	info, err := fs.Stat(l.fsys, e.Name())
	return err == nil && info.IsDir()
}

// readYAML reads a YAML file of the pack; other files are none of its
// business. An ending that would be left out in silence is reported.
func (l *loader) readYAML(name string) {
	ext := path.Ext(name)
	switch {
	case ext == ".yaml":
		l.read(name)
	case strings.EqualFold(ext, ".yml"), strings.EqualFold(ext, ".yaml"):
		l.add(Pos{File: name}, "E01", fmt.Sprintf("the file ends in %s and would be left out", ext), "rename it to .yaml")
	}
}

func (l *loader) read(name string) {
	info, err := fs.Stat(l.fsys, name)
	switch {
	case err != nil:
	case !info.Mode().IsRegular(): // a pipe would never end
		err = errors.New("it is a folder or a device")
	case info.Size() > maxFile:
		// Not read at all: the parser's own message says why.
		l.files = append(l.files, packFile{path: name, data: make([]byte, maxFile+1)})
		return
	}
	f := packFile{path: name, err: err}
	if err == nil {
		f.data, f.err = fs.ReadFile(l.fsys, name)
	}
	l.files = append(l.files, f)
}

// reason is an error without the path, which the problem names already.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// parse reads all files, several at a time; their order stays.
func (l *loader) parse() {
	parsed := make([]any, len(l.files))
	work := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range work {
				parsed[i] = parseFile(l.files[i])
			}
		})
	}
	for i, f := range l.files {
		if f.err != nil {
			l.broken[strings.TrimSuffix(f.path, ".yaml")] = true
			l.add(Pos{File: f.path}, "E00", fmt.Sprintf("the file cannot be read: %v", reason(f.err)), "check that it is a file and its permissions")
			continue
		}
		work <- i
	}
	close(work)
	wg.Wait()
	for _, x := range parsed {
		switch x := x.(type) {
		case *parsedPack:
			l.pp = x
			l.take(x.doc)
		case *parsedFlow:
			x.checkTargets()
			if l.take(x.doc) && x.flow != nil {
				l.broken[x.flow.ID] = true
			}
			if x.flow == nil || x.flow.ID == "" {
				// Its name is known all the same: what leads to it is right.
				l.broken[strings.TrimSuffix(x.doc.file, ".yaml")] = true
			}
			if x.flow != nil {
				l.flows = append(l.flows, x)
			}
		case *translation:
			l.take(x.doc)
			l.trans = append(l.trans, x)
			l.transAt[x.doc.file] = x
		}
	}
	if l.pp == nil {
		l.pp = &parsedPack{doc: &doc{}}
	}
}

func parseFile(f packFile) any {
	switch {
	case f.path == "pack.yaml":
		return parsePack(f.path, f.data)
	case strings.Contains(f.path, "/"):
		return parseTranslation(f.path, f.data)
	}
	return parseFlow(f.path, f.data)
}

// take adds a file's problems and tells whether there were any.
func (l *loader) take(d *doc) bool {
	l.problems = append(l.problems, d.problems...)
	return len(d.problems) > 0
}

// assemble puts the flows into the pack.
func (l *loader) assemble() {
	p := l.pp.pack
	l.pack = p
	p.FS = l.fsys
	p.Release = release(l.files, l.fsys)
	for name, a := range l.opts.Actions {
		p.Actions[name] = a
	}
	links := map[string]*Flow{}
	for _, pf := range l.flows {
		f := pf.flow
		if f.ID == "" || p.Flows[f.ID] != nil {
			continue // it has no name, or not that of its file: reported
		}
		p.Flows[f.ID] = f
		p.Order = append(p.Order, f.ID)
		rebase(f, p.Base)
		if dl := f.Start.DeepLink; dl != "" {
			if first := links[dl]; first != nil {
				l.add(f.Start.Pos, "E05", fmt.Sprintf("the deep link %q belongs to the flow %q already", dl, first.ID), "choose another word")
			}
			links[dl] = f
		}
		for _, id := range f.Order {
			if a := f.Steps[id].Ask; a != nil && a.Retry.Times == noRetries {
				a.Retry.Times = p.Defaults.Retries
			}
		}
	}
	slices.Sort(p.Order)
	if len(l.flows) == 0 && !l.opts.AllowEmpty && !Blocking(l.problems) {
		l.add(Pos{File: "pack.yaml", Line: 1, Col: 1}, "E03", "the pack has no flow", "add a file such as forgot-password.yaml beside pack.yaml")
	}
}

// rebase names the base language in what was read before it was known.
func rebase(f *Flow, base string) {
	for _, m := range []map[string][]Phrase{f.Start.Phrases, f.Start.Not} {
		if ps, ok := m[""]; ok {
			delete(m, "")
			m[base] = ps
		}
	}
	for _, id := range f.Order {
		for _, o := range f.Steps[id].Options {
			if ss, ok := o.Synonyms[""]; ok {
				delete(o.Synonyms, "")
				o.Synonyms[base] = ss
			}
		}
	}
}

// release is the content hash of everything a customer can see or reach.
func release(files []packFile, fsys fs.FS) string {
	h := sha256.New()
	add := func(name string, data []byte) {
		fmt.Fprintf(h, "%s\x00%d\x00", name, len(data))
		h.Write(data)
	}
	for _, f := range files {
		add(f.path, f.data)
	}
	// What cannot be read is left out: a picture that a flow shows is reported
	// where it is named.
	_ = fs.WalkDir(fsys, "media", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if info, err := fs.Stat(fsys, name); err != nil || !info.Mode().IsRegular() {
			return nil
		}
		if data, err := fs.ReadFile(fsys, name); err == nil {
			add(name, data)
		}
		return nil
	})
	return hex.EncodeToString(h.Sum(nil)[:8])
}
