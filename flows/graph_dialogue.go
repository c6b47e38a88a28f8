package flows

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// maxLegs is how many moves of a long dialogue are shown.
const maxLegs = 30

// dialogueTo is the shortest dialogue to node v, as lines to read, with the
// words of v at its end. Of a long one the last part is shown.
func (g *graph) dialogueTo(v int32) []string {
	legs, start := g.legsTo(v)
	return append(start, append(g.lines(legs), g.words(v, legs)...)...)
}

// legsTo is the way to v, and the lines that stand before it.
func (g *graph) legsTo(v int32) (legs []leg, start []string) {
	legs, cut := g.trail(v, maxLegs)
	if cut {
		earlier := g.come.turns[v] - g.turnsOf(legs)
		return legs, []string{fmt.Sprintf("(… %d earlier turns …)", max(earlier, 0))}
	}
	if !g.plausible(legs) && g.looks > 0 {
		g.looks--
		if aware, ok := g.search(legs[0].at, v, true); ok && len(aware) <= maxLegs {
			legs = aware
		}
	}
	first := v
	if len(legs) > 0 {
		first = legs[0].at
	}
	return legs, []string{g.opening(first)}
}

func (g *graph) turnsOf(legs []leg) (n int32) {
	for _, l := range legs {
		if a := g.arcs[l.arc]; a.from == l.at { // a call's turns are those of the legs inside
			n += max(a.turns, 0)
		}
	}
	return n
}

// plausible tells whether the cases on the way can hold.
func (g *graph) plausible(legs []leg) bool {
	e, ok := env{}, true
	for _, l := range legs {
		if a := g.arcs[l.arc]; a.from == l.at {
			if e, ok = g.follow(e, a); !ok {
				return false
			}
		}
	}
	return true
}

// opening is how a customer gets into a flow.
func (g *graph) opening(v int32) string {
	f := g.flows[g.flow[v]]
	if phrases := f.Start.Phrases[g.p.Base]; len(phrases) > 0 {
		return "customer: " + oneLine(phrases[0].Text)
	}
	return fmt.Sprintf("customer: (opens %q)", f.ID)
}

// dialogueRound leads to a loop and once round it along arcs that keep holds
// for.
func (g *graph) dialogueRound(circle []int32, keep func(arc) bool) []string {
	legs, start := g.legsTo(circle[0])
	for i, v := range circle[:min(len(circle), maxLegs)] {
		next := circle[(i+1)%len(circle)]
		for j := g.row[v]; j < g.row[v+1]; j++ {
			if a := g.arcs[j]; a.to == next && a.turns >= 0 && keep(a) {
				legs = append(legs, g.through(j, maxLegs)...)
				break
			}
		}
	}
	lines := append(start, g.lines(legs)...)
	if len(circle) > maxLegs {
		return append(lines, fmt.Sprintf("(… %d more steps, and round again, for ever)", len(circle)-maxLegs))
	}
	return append(append(lines, g.words(circle[0], legs)...), "(and so on, for ever)")
}

// dialogueOn leads to v and from there along its failing path to the end.
func (g *graph) dialogueOn(v int32) []string {
	legs, start := g.legsTo(v)
	it, _ := g.failing(v)
	on, last := g.along(g.fails, it, maxLegs)
	legs = append(legs, on...)
	lines := append(start, g.lines(legs)...)
	if g.fails.by[last] >= 0 {
		return append(lines, fmt.Sprintf("(… %d more turns …)", g.fails.dist[last]))
	}
	lines = append(lines, g.words(last/kinds, legs)...)
	switch s := g.steps[last/kinds]; s.Kind {
	case KindHuman:
		return append(lines, "(a person takes over)")
	case KindDone:
		return append(lines, "(the end: "+s.Done+")")
	case KindGuide:
		return append(lines, "customer: "+g.label("choice_stuck", "I am stuck"), "(a person is offered)")
	}
	return lines
}

// lines are the turns of a walk.
func (g *graph) lines(legs []leg) []string {
	var out []string
	for _, l := range legs {
		a := g.arcs[l.arc]
		s := g.steps[l.at]
		switch {
		case a.from != l.at: // a called flow comes back, or is cancelled
			out = append(out, g.words(l.at, legs)...)
			if a.kind == wayCancel {
				out = append(out, "customer: cancel")
			}
			out = append(out, fmt.Sprintf("(comes back: %s)", g.way(a).name))
		case a.kind == wayEnter:
			out = append(out, append(g.words(l.at, legs), fmt.Sprintf("(calls flow %s)", s.Call))...)
		case s.Kind == KindGuide && a.kind == wayAnswer:
			out = append(out, g.guideLines(l.at, g.way(a), legs)...)
		default:
			out = append(out, g.words(l.at, legs)...)
			if line := g.reply(a); line != "" {
				out = append(out, line)
			}
		}
	}
	return out
}

// words is what the bot says at node v before anybody answers. The flow is
// named beside the step when it is not the one that the legs start in.
func (g *graph) words(v int32, legs []leg) []string {
	seen := v
	if len(legs) > 0 {
		seen = legs[0].at
	}
	name, s := g.name(v, seen), g.steps[v]
	var out []string
	if !s.Say.IsZero() {
		out = append(out, fmt.Sprintf("bot: %s (%s)", g.sentence(s.Say), name))
	}
	if s.Kind == KindGuide && s.Guide != nil && len(s.Guide.Instructions) > 0 {
		out = append(out, fmt.Sprintf("bot: %s (%s.1)", g.sentence(s.Guide.Instructions[0].Say), name))
	}
	if len(out) == 0 && s.Kind.Waits() {
		out = append(out, fmt.Sprintf("bot: (%s)", name))
	}
	return out
}

// guideLines are the instructions up to the one where way w leaves the guide.
func (g *graph) guideLines(v int32, w way, legs []leg) []string {
	guide, name := g.steps[v].Guide, g.name(v, legs[0].at)
	out := g.words(v, legs)
	done := "customer: " + g.label("choice_done", "Done")
	const most = 6
	for i := 1; i <= w.n; i++ {
		if i > most && i < w.n {
			continue
		}
		if i == w.n && w.n > most+1 {
			out = append(out, fmt.Sprintf("(… %d more instructions, each done …)", w.n-most-1))
		}
		if !guide.All {
			out = append(out, done)
		}
		out = append(out, fmt.Sprintf("bot: %s (%s.%d)", g.sentence(guide.Instructions[i].Say), name, i+1))
	}
	if w.name != "then" {
		done = "customer: " + g.label("choice_stuck", "I am stuck")
	}
	return append(out, done)
}

// reply is what makes the dialogue take an arc.
func (g *graph) reply(a arc) string {
	s := g.steps[a.from]
	w := g.way(a)
	switch a.kind {
	case wayIdle:
		return "customer: (is silent)"
	case wayClosed:
		return "(nobody is there at this hour)"
	case wayReturn:
		return fmt.Sprintf("(calls flow %s, comes back: %s)", s.Call, w.name)
	}
	switch s.Kind {
	case KindChoose:
		return "customer: " + cmp.Or(g.sentence(s.Options[w.n].Label), w.name)
	case KindAsk:
		if w.name == "retry" {
			return fmt.Sprintf("customer: (answers what does not fit, %d times)", w.turns)
		}
		return "customer: (answers)"
	case KindCheck:
		return fmt.Sprintf("(%s: %s)", s.ID, caseWords(s, w.n))
	case KindDo:
		return fmt.Sprintf("(action %s answers: %s)", s.Do.Action, w.name)
	case KindGoto:
		if g.leaves(a) {
			return fmt.Sprintf("(goes on in flow %s)", g.flows[g.flow[a.to]].ID)
		}
	}
	return ""
}

// caseWords says when the n-th way of a check is taken.
func caseWords(s *Step, n int) string {
	if n >= len(s.Cases) {
		return "else"
	}
	c := s.Cases[n]
	switch {
	case c.Tried != "":
		return "tried " + c.Tried
	case c.Op == OpMissing:
		return c.Answer + c.Fact + " is missing"
	case c.Op == OpOlder:
		return fmt.Sprintf("%s%s is older than %s", c.Answer, c.Fact, hours(c.Age))
	}
	return c.Answer + c.Fact + " is " + strings.Join(c.Values, " or ")
}

// label is a built-in button, or plain English in a pack built by hand.
func (g *graph) label(key, plain string) string {
	return cmp.Or(g.sentence(g.p.System(key)), plain)
}

// sentence is a text in the base language on one line.
func (g *graph) sentence(t Text) string { return oneLine(t.In(g.p.Base)) }

// oneLine folds white space and cuts what is too long to read in passing.
func oneLine(s string) string {
	const most = 100
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return strings.TrimRight(string(r[:most-1]), " ") + "…"
	}
	return s
}

// hours writes a duration as the format does: 24h, 30m, 3d.
func hours(d time.Duration) string {
	switch {
	case d > 24*time.Hour && d%(24*time.Hour) == 0:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}
