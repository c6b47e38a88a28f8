package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v4"
)

// kindKeywords are the keys that make a step of their kind; a step without
// any is a say.
var kindKeywords = []Kind{KindAsk, KindChoose, KindCheck, KindGuide, KindDo, KindCall, KindGoto, KindHuman, KindDone}

// commonKeys may stand in a step of any kind.
var commonKeys = []string{"say", "image", "alt", "video", "link", "why", "source", "expects", "idle"}

// stepKeys are the keys of each kind, beside the common ones.
var stepKeys = map[Kind][]string{
	KindSay:    {"next"},
	KindAsk:    {"ask", "as", "pattern", "pii", "retry", "next"},
	KindChoose: {"choose"},
	KindCheck:  {"check", "else"},
	KindGuide:  {"guide", "then", "stuck", "pace"},
	KindDo:     {"do", "with", "when"},
	KindCall:   {"call", "when"},
	KindGoto:   {"goto"},
	KindHuman:  {"human", "reason", "share", "closed"},
	KindDone:   {"done"},
}

var (
	askTypes        = []string{"text", "email", "phone", "number", "date", "yes_no", "pattern", "file"}
	doneOutcomes    = []string{"solved", "not_solved", "abandoned"}
	paces           = []string{"all", "one"}
	secrets         = []string{"code", "password"}
	optionKeys      = []string{"label", "go", "times", "synonyms"}
	caseKeys        = []string{"answer", "fact", "tried", "is", "in", "missing", "older_than", "go"}
	instructionKeys = []string{"say", "image", "alt", "video", "link", "stuck", "expects"}
	retryKeys       = []string{"say", "times", "go"}
	idleKeys        = []string{"after", "say", "go"}
	closedKeys      = []string{"say", "go"}
)

// noRetries marks a retry that leaves the number of tries to the pack.
const noRetries = -1

func (pf *parsedFlow) step(id string, key, n *yaml.Node) *Step {
	d := pf.doc
	kind, ok := pf.kind(id, n)
	if !ok {
		return nil
	}
	o, ok := d.object(n, fmt.Sprintf("the %s step %q", kind, id), append(slices.Clone(commonKeys), stepKeys[kind]...))
	if !ok {
		return nil
	}
	st := &Step{ID: id, Kind: kind, Pos: d.pos(key)}
	pf.text(&st.Say, id+".say", o.get("say"))
	pf.text(&st.Why, id+".why", o.get("why"))
	st.Media = pf.media(o, id)
	if s := o.get("source"); s != nil {
		st.Source = d.scalar(s, "source")
		pf.ref("source", st.Source, s)
	}
	if s := o.get("expects"); s != nil {
		st.Secret = d.oneOf(s, "expects", secrets...)
	}
	pf.idle(st, o.get("idle"))
	pf.body(st, o)
	return st
}

// kind finds the one keyword of a step.
func (pf *parsedFlow) kind(id string, n *yaml.Node) (Kind, bool) {
	d := pf.doc
	if n.Kind != yaml.MappingNode {
		d.report(n, "E21", fmt.Sprintf("the step %q is not a list of \"key: value\" lines", id), "indent its lines below its name")
		return "", false
	}
	found := KindSay
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := Kind(n.Content[i].Value)
		if !slices.Contains(kindKeywords, k) {
			continue
		}
		if found != KindSay {
			d.report(n.Content[i], "E01", fmt.Sprintf("the step %q is both a %s and a %s", id, found, k), "make two steps of it")
			return "", false
		}
		found = k
	}
	return found, found != KindSay || !pf.unknownKind(n)
}

// unknownKind reports the misspelt keyword of a step that has none.
func (pf *parsedFlow) unknownKind(n *yaml.Node) bool {
	known := append(slices.Clone(commonKeys), stepKeys[KindSay]...)
	kinds := make([]string, len(kindKeywords))
	for i, k := range kindKeywords {
		kinds[i] = string(k)
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if slices.Contains(known, k.Value) {
			continue
		}
		if near, ok := closest(k.Value, append(slices.Clone(known), kinds...)); ok && slices.Contains(kinds, near) {
			pf.doc.report(k, "E01", fmt.Sprintf("there is no kind of step %q", k.Value), fmt.Sprintf("did you mean %q?", near))
			return true
		}
	}
	return false
}

func (pf *parsedFlow) body(st *Step, o object) {
	d := pf.doc
	what := fmt.Sprintf("the %s step %q", st.Kind, st.ID)
	if slices.Contains([]Kind{KindSay, KindAsk, KindChoose, KindHuman}, st.Kind) {
		o.need("say", what)
	}
	switch st.Kind {
	case KindSay:
		st.Next = pf.edge(st, "next", o.need("next", what))
	case KindAsk:
		pf.ask(st, o, what)
	case KindChoose:
		pf.options(st, o.get("choose"))
	case KindCheck:
		pf.cases(st, o.get("check"))
		st.Else = pf.edge(st, "else", o.need("else", what))
	case KindGuide:
		pf.guide(st, o, what)
	case KindDo:
		st.Do = &Do{Action: d.scalar(o.get("do"), "do"), With: map[string]string{}}
		if w := o.get("with"); w != nil {
			if wo, ok := d.object(w, "with", nil); ok {
				for _, k := range wo.keys {
					st.Do.With[k.Value] = d.scalar(wo.vals[k.Value], "an input")
				}
			}
		}
		pf.when(st, o.need("when", what))
	case KindCall:
		st.Call = d.scalar(o.get("call"), "call")
		pf.when(st, o.need("when", what))
	case KindGoto:
		pf.gotoStep(st, o.get("goto"))
	case KindHuman:
		pf.human(st, o, what)
	case KindDone:
		st.Done = d.oneOf(o.get("done"), "done", doneOutcomes...)
	}
}

// edge records one authored way out of a step and returns its target.
func (pf *parsedFlow) edge(st *Step, name string, n *yaml.Node) string {
	to := pf.doc.scalar(n, fmt.Sprintf("%q", name))
	if to == "" {
		return ""
	}
	st.Edges = append(st.Edges, Edge{Name: name, To: Target{Step: to}, Pos: pf.doc.pos(n)})
	pf.targs = append(pf.targs, targetRef{st.ID, name, to, pf.doc.pos(n)})
	return to
}

func (pf *parsedFlow) media(o object, key string) []Media {
	d := pf.doc
	var out []Media
	if n := o.get("image"); n != nil {
		m := Media{Kind: "image", Path: d.scalar(n, "image"), Pos: d.pos(n)}
		pf.ref("media", m.Path, n)
		out = append(out, m)
	} else if n := o.get("alt"); n != nil {
		d.report(n, "E01", "\"alt\" describes a picture, but there is no \"image\" here", "add the image or take the line away")
	}
	for _, kind := range []string{"video", "link"} {
		if n := o.get(kind); n != nil {
			m := Media{Kind: kind, Link: d.scalar(n, kind), Pos: d.pos(n)}
			pf.ref("link", m.Link, n)
			out = append(out, m)
		}
	}
	if n := o.get("alt"); n != nil && len(out) > 0 && out[0].Kind == "image" {
		pf.text(&out[0].Alt, key+".alt", n)
	}
	return out
}

func (pf *parsedFlow) idle(st *Step, n *yaml.Node) {
	if n == nil {
		return
	}
	d := pf.doc
	if n.Kind == yaml.ScalarNode && n.Value == "off" {
		st.Idle = &Idle{After: -1}
		return
	}
	o, ok := d.object(n, "idle", idleKeys)
	if !ok {
		return
	}
	st.Idle = &Idle{}
	if a := o.get("after"); a != nil {
		st.Idle.After = d.duration(a, "after")
	}
	pf.text(&st.Idle.Say, st.ID+".idle", o.get("say"))
	if g := o.get("go"); g != nil {
		st.Idle.Go = pf.edge(st, "idle", g)
	}
}

func (pf *parsedFlow) ask(st *Step, o object, what string) {
	d := pf.doc
	a := &Ask{Type: d.oneOf(o.get("ask"), "the kind of answer", askTypes...), As: st.ID}
	st.Ask = a
	if n := o.get("as"); n != nil {
		a.As = d.id(n, "the answer's name", stepID)
	}
	a.PII = d.boolean(o.get("pii"), "pii")
	if n := o.get("pattern"); n != nil {
		re, err := regexp.Compile(`^(?:` + d.scalar(n, "pattern") + `)$`)
		if err != nil {
			d.report(n, "E21", fmt.Sprintf("the pattern cannot be read: %v", err), "write a regular expression such as [A-Z]{2}[0-9]{6}")
		}
		a.Pattern = re
	} else if a.Type == "pattern" {
		o.need("pattern", what)
	}
	if n := o.need("retry", what); n != nil {
		pf.retry(st, a, n)
	}
	st.Next = pf.edge(st, "next", o.need("next", what))
}

func (pf *parsedFlow) retry(st *Step, a *Ask, n *yaml.Node) {
	d := pf.doc
	a.Retry.Times = noRetries
	if n.Kind != yaml.MappingNode {
		pf.text(&a.Retry.Say, st.ID+".retry", n)
		return
	}
	o, _ := d.object(n, "retry", retryKeys)
	pf.text(&a.Retry.Say, st.ID+".retry", o.get("say"))
	if t := o.get("times"); t != nil {
		a.Retry.Times = d.number(t, "times", 0, 5)
	}
	if g := o.get("go"); g != nil {
		a.Retry.Go = pf.edge(st, "retry", g)
	}
}

func (pf *parsedFlow) options(st *Step, n *yaml.Node) {
	d := pf.doc
	o, ok := d.object(n, "choose", nil)
	if !ok {
		return
	}
	if len(o.keys) < 2 {
		d.report(n, "E03", fmt.Sprintf("the choose step %q has %d option", st.ID, len(o.keys)), "give it two or more, or make it a say")
	}
	for _, k := range o.keys {
		id := d.id(k, "the option", stepID)
		oo, ok := d.object(o.vals[k.Value], fmt.Sprintf("the option %q", k.Value), optionKeys)
		if id == "" || !ok {
			continue
		}
		opt := &Option{ID: id, Pos: d.pos(k), Synonyms: map[string][]string{}}
		pf.text(&opt.Label, st.ID+"."+id+".label", oo.need("label", fmt.Sprintf("the option %q", id)))
		for _, s := range d.list(oo.get("synonyms"), "synonyms") {
			if w := d.words(s, "a synonym"); w != "" {
				opt.Synonyms[""] = append(opt.Synonyms[""], w)
			}
		}
		if t := oo.get("times"); t != nil {
			opt.Times = d.number(t, "times", 1, 9)
		}
		opt.Go = pf.edge(st, id, oo.need("go", fmt.Sprintf("the option %q", id)))
		st.Options = append(st.Options, opt)
		pf.syns[st.ID+"."+id+".synonyms"] = opt
	}
}

func (pf *parsedFlow) cases(st *Step, n *yaml.Node) {
	d := pf.doc
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		d.report(n, "E21", fmt.Sprintf("the check of %q is not a list of cases", st.ID), "write \"- {answer: where, is: site, go: step}\" below it")
		return
	}
	for i, cn := range n.Content {
		o, ok := d.object(cn, "a case", caseKeys)
		if !ok {
			continue
		}
		c := &Case{Pos: d.pos(cn)}
		if !d.caseSubject(c, o) || !d.caseOp(c, o) {
			continue
		}
		c.Go = pf.edge(st, "case."+strconv.Itoa(i+1), o.need("go", "a case"))
		st.Cases = append(st.Cases, c)
	}
}

func (d *doc) caseSubject(c *Case, o object) bool {
	n := 0
	for key, to := range map[string]*string{"answer": &c.Answer, "fact": &c.Fact, "tried": &c.Tried} {
		if v := o.get(key); v != nil {
			*to = d.scalar(v, key)
			n++
		}
	}
	if n != 1 {
		d.report(o.node, "E03", fmt.Sprintf("a case looks at %d things", n), "name one of answer, fact or tried")
	}
	return n == 1
}

func (d *doc) caseOp(c *Case, o object) bool {
	n := 0
	if v := o.get("is"); v != nil {
		c.Op, c.Values = OpIn, []string{d.scalar(v, "is")}
		n++
	}
	if v := o.get("in"); v != nil {
		c.Op, c.Values = OpIn, d.names(v, "in")
		n++
	}
	if v := o.get("missing"); v != nil {
		c.Op = OpMissing
		if !d.boolean(v, "missing") {
			d.report(v, "E22", fmt.Sprintf("\"missing\" is %q, not true", v.Value), "write \"missing: true\", or let \"else\" take the other case")
		}
		n++
	}
	if v := o.get("older_than"); v != nil {
		c.Op, c.Age = OpOlder, d.duration(v, "older_than")
		n++
	}
	if c.Tried != "" {
		c.Op = OpTried
		n++
	}
	if n != 1 {
		d.report(o.node, "E03", fmt.Sprintf("a case has %d comparisons", n), "write one of is, in, missing, older_than (none beside tried)")
	}
	return n == 1
}
