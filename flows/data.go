package flows

import (
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
)

// checkData reports answers that are used before they are set (E20), values
// that do not fit an answer's type (E21) or that it never takes (E22), names
// of facts and guides that do not exist (E02), and questions whose answer
// nobody looks at (W23). Flows in broken are skipped.
//
// An answer counts as set where every dialogue that gets there has given it.
// A `check` may look at an answer that only some dialogues have given: the
// others take `else`.
func checkData(p *Pack, broken map[string]bool) []Problem {
	c := &dataCheck{p: p, broken: broken, used: map[string]bool{}, entered: map[string]map[string]bool{}}
	for _, id := range flowOrder(p) {
		for _, sid := range p.Flows[id].Order {
			if st := p.Flows[id].Steps[sid]; st.Kind == KindGoto && st.Goto.Step != "" {
				c.enter(st.Goto, id)
			}
		}
	}
	for _, id := range flowOrder(p) {
		if f := p.Flows[id]; !broken[id] && len(f.Order) > 0 {
			c.flow(f)
		}
	}
	c.unused()
	return c.problems
}

// dataCheck carries one checkData.
type dataCheck struct {
	p        *Pack
	broken   map[string]bool
	used     map[string]bool            // "flow.answer" that something looks at
	entered  map[string]map[string]bool // flow -> steps that other flows go to
	problems []Problem
}

func (c *dataCheck) add(pos Pos, code, message, fix string) {
	c.problems = append(c.problems, Problem{Pos: pos, Code: code, Message: message, Fix: fix})
}

func (c *dataCheck) enter(to Target, from string) {
	if to.Flow == "" || to.Flow == from {
		return
	}
	if c.entered[to.Flow] == nil {
		c.entered[to.Flow] = map[string]bool{}
	}
	c.entered[to.Flow][to.Step] = true
}

// setter is the step of a flow that sets an answer, by the answer's name.
func setters(f *Flow) map[string]*Step {
	out := map[string]*Step{}
	for _, id := range f.Order {
		switch st := f.Steps[id]; {
		case st.Ask != nil:
			out[st.Ask.As] = st
		case st.Kind == KindChoose:
			out[st.ID] = st
		}
	}
	return out
}

// use is one place that needs an answer.
type use struct {
	name  string // as written: "where" or "other-flow.where"
	step  *Step
	pos   Pos
	maybe bool // it also works when the answer is not there
}

func (c *dataCheck) flow(f *Flow) {
	sets := setters(f)
	var uses []use
	for _, id := range f.Order {
		st := f.Steps[id]
		uses = append(uses, stepUses(st)...)
		c.cases(f, st, sets)
	}
	uses = append(uses, textUses(f.Steps[f.Order[0]], f.Title, f.Why)...)
	var tracked []string
	for _, u := range uses {
		c.used[answerKey(f.ID, u.name)] = true
		if !strings.Contains(u.name, ".") && sets[u.name] != nil && !slices.Contains(tracked, u.name) {
			tracked = append(tracked, u.name)
		}
	}
	sure, some := assigned(f, tracked, c.entered[f.ID])
	for _, u := range uses {
		if !c.exists(f, u, sets) {
			continue
		}
		i := slices.Index(tracked, u.name)
		if i < 0 {
			continue
		}
		switch {
		case !some[u.step.ID].has(i):
			c.add(u.pos, "E20", fmt.Sprintf("the answer %q is used in %q, but no dialogue has set it there", u.name, u.step.ID),
				fmt.Sprintf("go through the step %q first", sets[u.name].ID))
		case !u.maybe && !sure[u.step.ID].has(i):
			c.add(u.pos, "E20", fmt.Sprintf("the answer %q is used in %q, but some dialogues get there without it", u.name, u.step.ID),
				fmt.Sprintf("lead every way to %q through the step %q, or check for {answer: %s, missing: true} before", u.step.ID, sets[u.name].ID, u.name))
		}
	}
}

func answerKey(flow, name string) string {
	if strings.Contains(name, ".") {
		return name
	}
	return flow + "." + name
}

// exists tells whether anything in the pack sets the answer of a use.
func (c *dataCheck) exists(f *Flow, u use, sets map[string]*Step) bool {
	of, name, foreign := strings.Cut(u.name, ".")
	names := sets
	if foreign {
		other := c.p.Flows[of]
		if other == nil && c.broken[of] {
			return false
		}
		if other == nil {
			c.add(u.pos, "E20", fmt.Sprintf("the answer %q belongs to the flow %q, which does not exist", u.name, of), nearest(of, c.p.Order))
			return false
		}
		if c.broken[of] {
			return false
		}
		names = setters(other)
	} else {
		name = u.name
	}
	if names[name] == nil {
		c.add(u.pos, "E20", fmt.Sprintf("no step sets the answer %q", u.name), nearest(name, keysOf(names)))
		return false
	}
	return true
}

// stepUses are the places of a step that need an answer.
func stepUses(st *Step) []use {
	texts := []Text{st.Say, st.Why}
	if st.Idle != nil {
		texts = append(texts, st.Idle.Say)
	}
	if st.Ask != nil {
		texts = append(texts, st.Ask.Retry.Say)
	}
	for _, o := range st.Options {
		texts = append(texts, o.Label)
	}
	var us []use
	if st.Human != nil {
		texts = append(texts, st.Human.Closed)
		for _, s := range st.Human.Share {
			us = append(us, use{name: s, step: st, pos: st.Pos, maybe: true})
		}
	}
	if st.Guide != nil {
		for _, in := range st.Guide.Instructions {
			texts = append(texts, in.Say)
		}
	}
	if st.Do != nil {
		for _, in := range keysOf(st.Do.With) {
			us = append(us, use{name: st.Do.With[in], step: st, pos: st.Pos})
		}
	}
	for _, c := range st.Cases {
		if c.Answer != "" {
			us = append(us, use{name: c.Answer, step: st, pos: c.Pos, maybe: true})
		}
	}
	return append(us, textUses(st, texts...)...)
}

func textUses(st *Step, texts ...Text) []use {
	var us []use
	for _, t := range texts {
		if !strings.Contains(t.raw, "{answer.") {
			continue
		}
		for _, name := range placeholders(t.raw) {
			if a, ok := strings.CutPrefix(name, "answer."); ok {
				us = append(us, use{name: a, step: st, pos: t.Pos})
			}
		}
	}
	return us
}

// cases holds the cases of a check against what they look at.
func (c *dataCheck) cases(f *Flow, st *Step, sets map[string]*Step) {
	for _, k := range st.Cases {
		switch {
		case k.Tried != "":
			c.triedCase(f, k)
		case k.Fact != "":
			c.factCase(k)
		default:
			of, name, foreign := strings.Cut(k.Answer, ".")
			set := sets[k.Answer]
			if other := c.p.Flows[of]; foreign && other != nil {
				set = setters(other)[name]
			}
			if set != nil {
				c.values(k, set)
			}
		}
	}
}

func (c *dataCheck) triedCase(f *Flow, k *Case) {
	of, step, foreign := strings.Cut(k.Tried, "/")
	if !foreign {
		of, step = f.ID, k.Tried
	}
	other := c.p.Flows[of]
	switch {
	case other == nil && c.broken[of]:
	case other == nil:
		c.add(k.Pos, "E02", fmt.Sprintf("the flow %q does not exist", of), nearest(of, c.p.Order))
	case other.Steps[step] == nil:
		c.add(k.Pos, "E02", fmt.Sprintf("the flow %q has no step %q to have tried", of, step), nearest(step, other.Order))
	case other.Steps[step].Kind != KindGuide:
		c.add(k.Pos, "E21", fmt.Sprintf("%q is not a guide, so nobody can have tried it", k.Tried), "name a guide step")
	}
}

func (c *dataCheck) factCase(k *Case) {
	facts := append(slices.Clone(builtinFacts), c.p.Facts...)
	for _, q := range keysOf(c.p.Queues) {
		facts = append(facts, "closed_"+q)
	}
	if !slices.Contains(facts, k.Fact) {
		c.add(k.Pos, "E02", fmt.Sprintf("the fact %q is not declared in pack.yaml", k.Fact), nearest(k.Fact, facts))
		return
	}
	if k.Fact == "language" && k.Op == OpIn {
		c.outside(k, "the language", c.p.Languages())
	}
}

// values checks that the answer that set gives can take the values of a case.
func (c *dataCheck) values(k *Case, set *Step) {
	if k.Op != OpIn {
		return
	}
	if set.Kind == KindChoose {
		ids := make([]string, len(set.Options))
		for i, o := range set.Options {
			ids[i] = o.ID
		}
		c.outside(k, fmt.Sprintf("the answer %q", k.Answer), ids)
		return
	}
	switch set.Ask.Type {
	case "yes_no":
		c.outside(k, fmt.Sprintf("the answer %q", k.Answer), []string{"yes", "no"})
	case "file":
		c.outside(k, fmt.Sprintf("the answer %q", k.Answer), []string{"image", "video", "audio", "file", "sticker", "location", "contact"})
	case "pattern":
		for _, v := range k.Values {
			if set.Ask.Pattern != nil && !set.Ask.Pattern.MatchString(v) {
				c.add(k.Pos, "E22", fmt.Sprintf("the answer %q never is %q: that does not fit its pattern", k.Answer, v), "write a value that fits the pattern of "+set.ID)
			}
		}
	default:
		for _, v := range k.Values {
			if !fitsType(set.Ask.Type, v) {
				c.add(k.Pos, "E21", fmt.Sprintf("the answer %q is of type %s and never is %q", k.Answer, set.Ask.Type, v), "compare it with a value of that type")
			}
		}
	}
}

func (c *dataCheck) outside(k *Case, what string, can []string) {
	for _, v := range k.Values {
		if !slices.Contains(can, v) {
			c.add(k.Pos, "E22", fmt.Sprintf("%s never is %q", what, v), nearest(v, can))
		}
	}
}

// fitsType tells whether an answer of a type can read v, in the form in which
// answers are stored.
func fitsType(kind, v string) bool {
	switch kind {
	case "number":
		_, err := strconv.ParseFloat(v, 64)
		return err == nil
	case "date":
		_, err := time.Parse(time.DateOnly, v)
		return err == nil
	case "email":
		a, err := mail.ParseAddress(v)
		return err == nil && a.Address == v
	case "phone":
		return v != "" && strings.Trim(v, "+0123456789") == ""
	}
	return true
}

// unused reports questions whose answer neither a step nor an operator sees.
func (c *dataCheck) unused() {
	var shares map[string]bool
	for _, id := range flowOrder(c.p) {
		f := c.p.Flows[id]
		for _, sid := range f.Order {
			st := f.Steps[sid]
			if c.broken[id] || st.Ask == nil || c.used[id+"."+st.Ask.As] {
				continue
			}
			if shares == nil {
				shares = c.sharing()
			}
			if !shares[id] {
				c.add(st.Pos, "W23", fmt.Sprintf("%q asks for %q and nothing uses the answer", sid, st.Ask.As),
					"use it in a check, a text or a hand-over, or do not ask")
			}
		}
	}
}

// sharing are the flows from which a dialogue may get to a hand-over that
// shows all answers: their own, one of a flow they lead to, or one of a flow
// that called them.
func (c *dataCheck) sharing() map[string]bool {
	next := map[string][]string{}
	out := map[string]bool{}
	var todo []string
	for _, id := range flowOrder(c.p) {
		f := c.p.Flows[id]
		for _, sid := range f.Order {
			switch st := f.Steps[sid]; st.Kind {
			case KindHuman:
				if st.Human.Share == nil && !out[id] {
					out[id] = true
					todo = append(todo, id)
				}
			case KindGoto:
				next[st.Goto.Flow] = append(next[st.Goto.Flow], id)
			case KindCall:
				next[st.Call] = append(next[st.Call], id)
				next[id] = append(next[id], st.Call)
			}
		}
	}
	for len(todo) > 0 {
		id := todo[0]
		todo = todo[1:]
		for _, from := range next[id] {
			if !out[from] {
				out[from] = true
				todo = append(todo, from)
			}
		}
	}
	return out
}
