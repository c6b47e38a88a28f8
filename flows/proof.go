package flows

import "fmt"

// Proof is what a check without errors has shown, in figures.
type Proof struct {
	Flows     int `json:"flows"`
	Steps     int `json:"steps"`
	Edges     int `json:"edges"`    // ways out that the files name
	Implicit  int `json:"implicit"` // ways out that are always there, see implicitEdges
	Languages int `json:"languages"`
	Texts     int `json:"texts"`   // pieces of wording in the base language
	Longest   int `json:"longest"` // customer turns of the longest failing path, at most 12
}

// String is the proof as `latchkey check` ends with it.
func (p Proof) String() string {
	return fmt.Sprintf("%s, %s, %s and %d implicit, %s in %s\n"+
		"every step reaches a person or an end; the longest failing path takes %s (at most %d)",
		plural(p.Flows, "flow", "flows"), plural(p.Steps, "step", "steps"), plural(p.Edges, "edge", "edges"), p.Implicit,
		plural(p.Texts, "text", "texts"), plural(p.Languages, "language", "languages"), plural(p.Longest, "customer turn", "customer turns"), maxTurns)
}

// Proof counts what Load has proved of a pack that it returned.
func (p *Pack) Proof() Proof {
	out := Proof{Flows: len(p.Flows), Languages: len(p.Languages())}
	g := newGraph(p, nil)
	for v, st := range g.steps {
		out.Steps++
		out.Edges += len(st.Edges)
		out.Implicit += implicitEdges(st)
		out.Texts += stepTexts(st)
		if _, turns := g.failing(int32(v)); g.reached(int32(v)) && int(turns) > out.Longest {
			out.Longest = int(turns)
		}
	}
	out.Texts += len(p.Flows) // titles
	return out
}

// implicitEdges counts the ways out of a step that no editor wrote: at every
// step that waits the word for a person, "cancel", the miss ladder and, unless
// the flow says otherwise, silence; retries used up; the offer of a person to
// who is stuck; a called flow that is cancelled; closed hours.
func implicitEdges(st *Step) int {
	n := 0
	if st.Kind.Waits() {
		n += 3
		if st.Idle == nil || st.Idle.Go == "" {
			n++
		}
	}
	switch st.Kind {
	case KindAsk:
		if st.Ask.Retry.Go == "" {
			n++
		}
	case KindGuide:
		if st.Guide.offer() > 0 {
			n++
		}
	case KindCall:
		for _, b := range st.When {
			if b.Outcome == "abandoned" {
				return n
			}
		}
		n++
	case KindHuman:
		if st.Human.ClosedGo == "" {
			n++
		}
	}
	return n
}

func stepTexts(st *Step) int {
	n := 0
	count := func(ts ...Text) {
		for _, t := range ts {
			if !t.IsZero() {
				n++
			}
		}
	}
	count(st.Say, st.Why)
	for _, m := range st.Media {
		count(m.Alt)
	}
	if st.Idle != nil {
		count(st.Idle.Say)
	}
	if st.Ask != nil {
		count(st.Ask.Retry.Say)
	}
	for _, o := range st.Options {
		count(o.Label)
	}
	if st.Human != nil {
		count(st.Human.Closed)
	}
	if st.Guide != nil {
		for _, in := range st.Guide.Instructions {
			count(in.Say)
			for _, m := range in.Media {
				count(m.Alt)
			}
		}
	}
	return n
}
