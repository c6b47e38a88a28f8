package flows

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

func (pf *parsedFlow) guide(st *Step, o object, what string) {
	d := pf.doc
	g := &Guide{}
	st.Guide = g
	n := o.get("guide")
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		d.report(n, "E03", what+" has no instruction", "write \"- say: …\" lines below it")
	} else {
		for i, in := range n.Content {
			pf.instruction(st, i+1, in)
		}
	}
	if p := o.get("pace"); p != nil {
		g.All = d.oneOf(p, "pace", paces...) == "all"
	}
	if s := o.get("stuck"); s != nil {
		g.Stuck = pf.edge(st, "stuck", s)
	}
	g.Then = pf.edge(st, "then", o.need("then", what))
}

func (pf *parsedFlow) instruction(st *Step, i int, n *yaml.Node) {
	d := pf.doc
	what := fmt.Sprintf("instruction %d of %q", i, st.ID)
	key := st.ID + "." + strconv.Itoa(i)
	in := &Instruction{Pos: d.pos(n)}
	o, ok := d.object(n, what, instructionKeys)
	if !ok {
		return
	}
	pf.text(&in.Say, key+".say", o.need("say", what))
	in.Media = pf.media(o, key)
	if s := o.get("stuck"); s != nil {
		in.Stuck = pf.edge(st, "stuck."+strconv.Itoa(i), s)
	}
	if s := o.get("expects"); s != nil {
		in.Secret = d.oneOf(s, "expects", secrets...)
	}
	st.Guide.Instructions = append(st.Guide.Instructions, in)
}

// when reads the branches of a do or call step.
func (pf *parsedFlow) when(st *Step, n *yaml.Node) {
	if n == nil {
		return
	}
	o, ok := pf.doc.object(n, "when", nil)
	if !ok {
		return
	}
	st.When = []Branch{}
	for _, k := range o.keys {
		to := pf.edge(st, k.Value, o.vals[k.Value])
		st.When = append(st.When, Branch{Outcome: k.Value, Go: to, Pos: pf.doc.pos(k)})
	}
}

func (pf *parsedFlow) gotoStep(st *Step, n *yaml.Node) {
	s := pf.doc.scalar(n, "goto")
	if s == "" {
		return
	}
	flow, step, _ := strings.Cut(s, "/")
	st.Goto = Target{Flow: flow, Step: step}
	st.Edges = append(st.Edges, Edge{Name: "goto", To: st.Goto, Pos: pf.doc.pos(n)})
}

// reason is a word for figures, not for people.
var reasonID = regexp.MustCompile(`^[a-z][a-z_]{1,39}$`)

func (pf *parsedFlow) human(st *Step, o object, what string) {
	d := pf.doc
	h := &Human{}
	st.Human = h
	if n := o.get("human"); n != nil {
		h.Queue = d.scalar(n, "the queue")
		pf.ref("queue", h.Queue, n)
	}
	if n := o.need("reason", what); n != nil {
		h.Reason = d.scalar(n, "reason")
		if h.Reason != "" && !reasonID.MatchString(h.Reason) {
			d.report(n, "E21", fmt.Sprintf("the reason %q is not a word for figures", h.Reason), "use small letters and _, like self_service_failed")
		}
	}
	if n := o.get("share"); n != nil {
		h.Share = d.names(n, "share")
	}
	n := o.get("closed")
	if n == nil {
		return
	}
	if n.Kind == yaml.ScalarNode {
		pf.text(&h.Closed, st.ID+".closed", n)
		return
	}
	if co, ok := d.object(n, "closed", closedKeys); ok {
		pf.text(&h.Closed, st.ID+".closed", co.get("say"))
		if g := co.get("go"); g != nil {
			h.ClosedGo = pf.edge(st, "closed", g)
		}
	}
}
