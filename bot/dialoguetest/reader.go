package dialoguetest

import (
	"fmt"
	"slices"
	"strings"

	"latchkey/flows"
)

// reader reads the tests of one file.
type reader struct {
	suite    *Suite
	sheet    *flows.Sheet
	flow     string
	packs    []*flows.Pack // whose names may be used: the pack's, and what the test publishes
	problems []flows.Problem

	test *Test
	said []string // what the customer of the test types
}

// verbs are the keys of which a line has exactly one, with the keys that may
// stand beside each.
var verbs = map[string][]string{
	"at": nil, "lang": nil, "user": nil, "click": nil, "late_click": nil, "twice": nil, "wait": nil, "publish": nil,
	"open": nil, "fact": nil, "action": nil, "answer": nil, "never_stored": nil,
	"bot": {"text"}, "attach": {"text"}, "end": {"queue", "reason", "tried", "stuck", "goal"},
}

// verbOrder is verbs in the order in which problems name them.
var verbOrder = []string{"at", "lang", "user", "click", "late_click", "twice", "attach", "wait", "open", "fact", "action",
	"publish", "bot", "end", "answer", "never_stored"}

func lineKeys() []string {
	keys := slices.Clone(verbOrder)
	for _, v := range verbOrder {
		for _, k := range verbs[v] {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// read reads one test and tells whether it can be run.
func (r *reader) read(t *Test, e flows.Entry) bool {
	before := len(r.sheet.Problems()) + len(r.problems)
	r.test, r.said, r.packs = t, nil, r.packs[:1]
	nodes := e.Value.List("the test")
	for i, n := range nodes {
		r.line(n, i)
	}
	if len(r.sheet.Problems())+len(r.problems) > before {
		return false
	}
	r.proves(e.At)
	return len(r.sheet.Problems())+len(r.problems) == before
}

// line reads one line of a test.
func (r *reader) line(n flows.Node, i int) {
	if n.IsWord() {
		if w := n.Name("a line"); w != "restart" {
			n.Report("E21", fmt.Sprintf("the line %q is not \"key: value\"", w), "write it like \"- click: yes\"; only \"- restart\" stands alone")
			return
		}
		r.add(n, restart{})
		return
	}
	var verb string
	var value flows.Node
	beside := map[string]flows.Entry{}
	for _, e := range n.Entries("a line of a test", lineKeys()...) {
		_, isVerb := verbs[e.Key]
		switch {
		case !isVerb:
			beside[e.Key] = e
		case verb != "":
			e.At.Report("E01", fmt.Sprintf("one line has both %q and %q", verb, e.Key), "write two lines, each with its own \"- \"")
			return
		default:
			verb, value = e.Key, e.Value
		}
	}
	for key, e := range beside {
		if verb != "" && !slices.Contains(verbs[verb], key) {
			e.At.Report("E01", fmt.Sprintf("%q does not belong to %q", key, verb), belongs(key))
		}
	}
	if verb == "" {
		if n.IsMap() && len(beside) > 0 {
			n.Report("E03", "the line says nothing to do and nothing to expect", "begin it with one of "+strings.Join(verbOrder, ", "))
		}
		return
	}
	r.verb(n, i, verb, value, beside)
}

func belongs(key string) string {
	for _, v := range verbOrder {
		if slices.Contains(verbs[v], key) {
			return fmt.Sprintf("write it below a line with %q", v)
		}
	}
	return "take it away"
}

func (r *reader) verb(n flows.Node, i int, verb string, value flows.Node, beside map[string]flows.Entry) {
	switch verb {
	case "at":
		r.at(value, i)
	case "lang":
		r.langs(value, i)
	case "twice":
		if d := r.twice(value); d != nil {
			r.add(n, twice{d})
		}
	case "bot":
		r.bot(n, value, beside["text"])
	case "end":
		r.end(n, value, beside)
	case "answer":
		r.answer(n, value)
	case "never_stored":
		if s := value.Words("never_stored"); s != "" {
			r.add(value, neverStored{s})
		}
	case "publish":
		r.publish(value)
	default:
		if d := r.act(verb, value, beside["text"]); d != nil {
			r.add(n, d)
		}
	}
}

func (r *reader) add(n flows.Node, d deed) {
	r.test.lines = append(r.test.lines, line{n.Pos(), d})
}

// at reads where a test begins.
func (r *reader) at(n flows.Node, i int) {
	s := n.Name("at")
	if s == "" {
		return
	}
	if i > 0 {
		n.Report("E21", "\"at\" is not the first line of the test", "begin the test with it, or write a test of its own")
		return
	}
	flow, step, ok := strings.Cut(s, "/")
	if !ok {
		flow, step = r.flow, s
	}
	f := r.suite.pack.Flows[flow]
	switch {
	case f == nil:
		n.Report("E02", fmt.Sprintf("the flow %q does not exist", flow), flows.Nearest(flow, r.suite.pack.Order))
	case f.Steps[step] == nil:
		n.Report("E02", fmt.Sprintf("the flow %q has no step %q", flow, step), flows.Nearest(step, f.Order))
	default:
		r.test.at = flows.Target{Flow: flow, Step: step}
	}
}

// langs reads the languages that a test runs in.
func (r *reader) langs(n flows.Node, i int) {
	if i > 1 || i == 1 && r.test.at.Step == "" {
		n.Report("E21", "\"lang\" does not stand at the beginning of the test", "write it first, or right after \"at\"")
		return
	}
	for _, c := range n.List("lang") {
		switch l := c.Name("a language"); {
		case l == "":
		case !r.suite.pack.Speaks(l):
			c.Report("E22", fmt.Sprintf("the pack does not speak %q", l), flows.Nearest(l, r.suite.pack.Languages()))
		case slices.Contains(r.test.langs, l):
			c.Report("E05", fmt.Sprintf("the language %q stands twice", l), "keep one of them")
		default:
			r.test.langs = append(r.test.langs, l)
		}
	}
}

// proves refuses tests that could never fail.
func (r *reader) proves(at flows.Node) {
	expects := false
	for _, l := range r.test.lines {
		switch d := l.do.(type) {
		case neverStored:
			expects = true
			if !slices.ContainsFunc(r.said, func(s string) bool { return strings.Contains(s, d.text) }) {
				r.problems = append(r.problems, flows.Problem{Pos: l.pos, Code: "T04",
					Message: fmt.Sprintf("nobody types %q in this test, so it cannot be stored", d.text), Fix: "write a \"user:\" line that holds it"})
			}
		case expectation:
			expects = true
		}
	}
	if !expects {
		at.Report("T04", fmt.Sprintf("the test %q expects nothing, so it cannot fail", r.test.Name), "say with \"bot:\" or \"end:\" what must come of it")
	}
}
