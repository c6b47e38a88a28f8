package dialoguetest

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"latchkey/flows"
)

// Suite is the tests of a pack, read and checked.
type Suite struct {
	Tests  []*Test
	Routes []*Route

	pack   *flows.Pack
	folder fs.FS
	// releases are the pack releases that tests publish, by folder name; each
	// is loaded once more for tests that restart the program.
	releases map[string]*release
	base     *release
}

// Test is one dialogue.
type Test struct {
	Flow string
	Name string
	Pos  flows.Pos

	langs []string // languages it runs in; none = the pack's base
	at    flows.Target
	lines []line
}

// Route says to which flow a text leads.
type Route struct {
	Text string
	Flow string // "" = to none
	Pos  flows.Pos
}

// line is one line of a test.
type line struct {
	pos flows.Pos
	do  deed
}

// release is a pack release with the folder that it comes from.
type release struct {
	folder fs.FS
	pack   *flows.Pack
	again  *flows.Pack // the same, loaded a second time
}

// reload is the pack as a program that starts anew has it.
func (r *release) reload() (*flows.Pack, error) {
	if r.again == nil {
		p, problems := flows.Load(r.folder, flows.Options{Today: epoch, Actions: r.pack.Actions})
		if p == nil {
			return nil, fmt.Errorf("load the pack again: %s", problems[0])
		}
		if p.Release != r.pack.Release {
			return nil, fmt.Errorf("load the pack again: its files have changed meanwhile")
		}
		r.again = p
	}
	return r.again, nil
}

// releaseOf is the release that a loaded pack belongs to.
func (s *Suite) releaseOf(p *flows.Pack) *release {
	for _, r := range s.releases {
		if r != nil && (r.pack == p || r.again == p) {
			return r
		}
	}
	return s.base
}

// Load reads the tests of a pack: the files tests/*.yaml in its folder. It
// reports everything that is wrong with them in one go, sorted by place; a
// test with a mistake is left out of the suite.
func Load(folder fs.FS, pack *flows.Pack) (*Suite, []flows.Problem) {
	s := &Suite{pack: pack, folder: folder, releases: map[string]*release{}, base: &release{folder: folder, pack: pack}}
	entries, err := fs.ReadDir(folder, "tests")
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return s, nil
		}
		return s, []flows.Problem{unreadable("tests", err)}
	}
	var problems []flows.Problem
	for _, e := range entries {
		file := "tests/" + e.Name()
		switch {
		case e.IsDir():
		case strings.HasSuffix(file, ".yml"):
			problems = append(problems, flows.Problem{Pos: flows.Pos{File: file}, Code: "E01",
				Message: "the file ends in .yml and would be left out", Fix: "rename it to .yaml"})
		case strings.HasSuffix(file, ".yaml"):
			problems = append(problems, s.read(file)...)
		}
	}
	sortProblems(problems)
	return s, problems
}

func unreadable(file string, err error) flows.Problem {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return flows.Problem{Pos: flows.Pos{File: file}, Code: "E00", Message: fmt.Sprintf("it cannot be read: %v", err), Fix: "check that it is there and its permissions"}
}

func sortProblems(ps []flows.Problem) {
	slices.SortStableFunc(ps, func(a, b flows.Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Col-b.Col)
	})
}

// read adds the tests of one file.
func (s *Suite) read(file string) []flows.Problem {
	data, err := fs.ReadFile(s.folder, file)
	if err != nil {
		return []flows.Problem{unreadable(file, err)}
	}
	sheet, top, ok := flows.ReadSheet(file, data)
	if !ok {
		return sheet.Problems()
	}
	r := &reader{suite: s, sheet: sheet, packs: []*flows.Pack{s.pack}}
	var tests, routes flows.Node
	for _, e := range top.Entries("a test file", "flow", "tests", "routes") {
		switch e.Key {
		case "flow":
			r.flow = r.flowName(e.Value, file)
		case "tests":
			tests = e.Value
		case "routes":
			routes = e.Value
		}
	}
	switch {
	case r.flow == "" && len(sheet.Problems()) == 0:
		top.Report("E03", "the file does not say which flow it tests", fmt.Sprintf("add \"flow: %s\"", strings.TrimSuffix(path.Base(file), ".yaml")))
		return sheet.Problems()
	case r.flow == "":
		return sheet.Problems()
	}
	if tests.Given() {
		r.tests(tests)
	}
	if routes.Given() {
		r.routes(routes)
	}
	return append(sheet.Problems(), r.problems...)
}

// flowName reads the flow that a file tests.
func (r *reader) flowName(n flows.Node, file string) string {
	id := n.Name("flow")
	if id == "" {
		return ""
	}
	if r.suite.pack.Flows[id] == nil {
		n.Report("E02", fmt.Sprintf("the flow %q does not exist", id), flows.Nearest(id, r.suite.pack.Order))
		return ""
	}
	if want := strings.TrimSuffix(path.Base(file), ".yaml"); id != want {
		n.Report("E05", fmt.Sprintf("the file tests the flow %q but is called %s", id, path.Base(file)), fmt.Sprintf("rename it to %s.yaml", id))
	}
	return id
}

// routes reads texts and the flows they lead to.
func (r *reader) routes(n flows.Node) {
	for _, e := range n.Entries("routes") {
		to := e.Value.Name("the flow of a route")
		switch {
		case to == "":
		case strings.TrimSpace(e.Key) == "":
			e.At.Report("E03", "a route has no text", "write what a customer types before the colon")
		case to == "none":
			r.suite.Routes = append(r.suite.Routes, &Route{Text: e.Key, Pos: e.At.Pos()})
		case r.suite.pack.Flows[to] == nil:
			e.Value.Report("E02", fmt.Sprintf("the flow %q does not exist", to), flows.Nearest(to, append(slices.Clone(r.suite.pack.Order), "none")))
		default:
			r.suite.Routes = append(r.suite.Routes, &Route{Text: e.Key, Flow: to, Pos: e.At.Pos()})
		}
	}
}

// tests reads the dialogues of a file.
func (r *reader) tests(n flows.Node) {
	for _, e := range n.Entries("tests") {
		if strings.TrimSpace(e.Key) == "" {
			e.At.Report("E03", "a test has no name", "say in a few words what happens in it")
			continue
		}
		t := &Test{Flow: r.flow, Name: e.Key, Pos: e.At.Pos()}
		if r.read(t, e) {
			r.suite.Tests = append(r.suite.Tests, t)
		}
	}
}
