package flows

import (
	"fmt"
	"path"
	"strings"

	"go.yaml.in/yaml/v4"
)

// The keys of a flow file, of its start block and of every step. The schema
// is held to these tables by a test.
var (
	flowKeys  = []string{"flow", "title", "category", "owner", "review_by", "source", "why", "start", "recall", "moved", "steps"}
	startKeys = []string{"phrases", "not", "deep_link", "hidden"}
)

// parsedFlow is a flow file that was read, with the texts that translations
// refer to by key.
type parsedFlow struct {
	flow  *Flow
	texts []*Text            // in file order
	syns  map[string]*Option // "<step>.<option>.synonyms"
	targs []targetRef        // every reference to a step, for E02
	names map[string]bool    // every step of the file, also those that could not be read
	refs  []nameRef          // every reference to something of the pack
	doc   *doc
}

// targetRef is a place in a file that names a step of the same flow.
type targetRef struct {
	from, edge, to string
	pos            Pos
}

// nameRef is a place in a file that names a queue, link, source, ….
type nameRef struct {
	kind, name string
	pos        Pos
}

func parseFlow(file string, data []byte) *parsedFlow {
	d := &doc{file: file}
	pf := &parsedFlow{doc: d, syns: map[string]*Option{}, names: map[string]bool{}}
	root := d.parse(data)
	if root == nil {
		return pf
	}
	o, ok := d.object(root, "a flow", flowKeys)
	if !ok {
		return pf
	}
	f := &Flow{Steps: map[string]*Step{}, Moved: map[string]string{}, Pos: d.pos(root)}
	id := o.need("flow", "the flow")
	if id == nil {
		return pf
	}
	f.ID, f.Pos = d.id(id, "the flow's id", flowID), d.pos(id)
	if want := strings.TrimSuffix(path.Base(file), ".yaml"); f.ID != "" && f.ID != want {
		d.report(id, "E05", fmt.Sprintf("the flow calls itself %q but its file is %s", f.ID, path.Base(file)), fmt.Sprintf("write \"flow: %s\" or rename the file", want))
	}
	pf.flow = f
	pf.text(&f.Title, "title", o.need("title", "the flow"))
	pf.text(&f.Why, "why", o.get("why"))
	if n := o.get("category"); n != nil {
		f.Category = d.scalar(n, "the category")
		pf.ref("category", f.Category, n)
	}
	f.Owner = d.scalar(o.get("owner"), "the owner")
	if n := o.get("review_by"); n != nil {
		f.ReviewBy = d.date(n, "review_by")
	}
	for _, n := range d.list(o.get("source"), "source") {
		s := d.scalar(n, "a source")
		f.Sources = append(f.Sources, s)
		pf.ref("source", s, n)
	}
	f.Recall = d.boolean(o.get("recall"), "recall")
	pf.start(o.get("start"))
	pf.steps(o)
	pf.moved(o.get("moved"))
	return pf
}

func (pf *parsedFlow) text(t *Text, key string, n *yaml.Node) {
	if n == nil {
		return
	}
	t.raw = pf.doc.words(n, fmt.Sprintf("%q", key))
	t.base, t.Key, t.Pos = t.raw, key, pf.doc.pos(n)
	if t.raw != "" {
		pf.texts = append(pf.texts, t)
	}
}

func (pf *parsedFlow) ref(kind, name string, n *yaml.Node) {
	if name != "" {
		pf.refs = append(pf.refs, nameRef{kind, name, pf.doc.pos(n)})
	}
}

func (pf *parsedFlow) start(n *yaml.Node) {
	if n == nil {
		return
	}
	d, f := pf.doc, pf.flow
	o, ok := d.object(n, "start", startKeys)
	if !ok {
		return
	}
	f.Start.Pos = d.pos(n)
	f.Start.Phrases, f.Start.Not = map[string][]Phrase{}, map[string][]Phrase{}
	if ps := d.phrases(o.get("phrases"), "phrases"); ps != nil {
		f.Start.Phrases[""] = ps // the base language, named when the pack is put together
	}
	if ps := d.phrases(o.get("not"), "not"); ps != nil {
		f.Start.Not[""] = ps
	}
	if n := o.get("deep_link"); n != nil {
		f.Start.DeepLink = d.id(n, "deep_link", linkID)
	}
	f.Start.Hidden = d.boolean(o.get("hidden"), "hidden")
}

func (d *doc) phrases(n *yaml.Node, what string) []Phrase {
	var out []Phrase
	for _, c := range d.list(n, what) {
		if s := d.words(c, "a phrase"); s != "" {
			out = append(out, Phrase{Text: s, Pos: d.pos(c)})
		}
	}
	return out
}

func (pf *parsedFlow) steps(o object) {
	d, f := pf.doc, pf.flow
	n := o.need("steps", "the flow")
	if n == nil {
		return
	}
	so, ok := d.object(n, "steps", nil)
	if !ok {
		return
	}
	if len(so.keys) == 0 {
		d.report(n, "E03", fmt.Sprintf("the flow %q has no step", f.ID), "add a first step below \"steps:\"")
	}
	for _, k := range so.keys {
		pf.names[k.Value] = true
		id := d.id(k, "the step", stepID)
		if id == "" {
			continue
		}
		st := pf.step(id, k, so.vals[k.Value])
		if st == nil {
			continue
		}
		f.Steps[id] = st
		f.Order = append(f.Order, id)
	}
}

func (pf *parsedFlow) moved(n *yaml.Node) {
	if n == nil {
		return
	}
	d := pf.doc
	o, ok := d.object(n, "moved", nil)
	if !ok {
		return
	}
	for _, k := range o.keys {
		to := d.scalar(o.vals[k.Value], "a moved step")
		pf.flow.Moved[k.Value] = to
		pf.targs = append(pf.targs, targetRef{"moved", k.Value, to, d.pos(o.vals[k.Value])})
		if pf.flow.Steps[k.Value] != nil {
			d.report(k, "E05", fmt.Sprintf("the step %q is said to have moved but still stands in the flow", k.Value), "take away the line below \"moved\" or the step")
		}
	}
}

// checkTargets reports every reference to a step that is not there.
func (pf *parsedFlow) checkTargets() {
	if pf.flow == nil {
		return
	}
	for _, t := range pf.targs {
		if t.to == "" || pf.names[t.to] {
			continue
		}
		pf.doc.problems = append(pf.doc.problems, Problem{Pos: t.pos, Code: "E02",
			Message: fmt.Sprintf("%s leads to the step %q, which this flow does not have", t.where(), t.to),
			Fix:     nearest(t.to, pf.flow.Order)})
	}
}

func (t targetRef) where() string { return fmt.Sprintf("%q of %q", t.edge, t.from) }
