package flows

import (
	"fmt"
	"strings"
)

// checkTraps reports loops that nobody gets out of (E12) and the steps before
// them, or in a loop that options with `times` end, with no path to an end
// (E11).
func (g *graph) checkTraps() []Problem {
	lost := func(v int32) bool { return g.reached(v) && g.lost(v) }
	within := func(a arc) bool { return a.kind != wayCancel && lost(a.from) && lost(a.to) }
	looped := make([]bool, len(g.steps))
	ps := g.lostLoops(lost, within, looped)
	ps = append(ps, g.lostSteps(func(v int32) bool { return lost(v) && !looped[v] }, within, looped)...)
	return append(ps, g.idleLoops(looped)...)
}

// lostLoops reports the loops without a bound among the lost nodes and marks
// their nodes in looped.
func (g *graph) lostLoops(lost func(int32) bool, within func(arc) bool, looped []bool) []Problem {
	free := func(a arc) bool { return a.kind != wayLimited && within(a) }
	l := g.links(free)
	comp, count := components(l, lost)
	var ps []Problem
	for _, loop := range loops(l, comp, count) {
		for _, v := range loop {
			looped[v] = true
		}
		circle := g.circle(l, comp, loop)
		ps = append(ps, Problem{Pos: g.where(circle[0]), Code: "E12",
			Message:  fmt.Sprintf("the loop %s has no bound and no way out", g.path(circle)),
			Fix:      "lead one of its steps to a `done` or a `human` step",
			Dialogue: g.dialogueRound(circle, free)})
	}
	return ps
}

// idleLoops reports loops that go round without the customer. They have a way
// out, but nothing makes the dialogue take it: an action may fail for ever.
func (g *graph) idleLoops(looped []bool) []Problem {
	alone := func(a arc) bool { return g.reached(a.from) && g.unasked(a) }
	l := g.links(alone)
	comp, count := components(l, g.reached)
	var ps []Problem
	for _, loop := range loops(l, comp, count) {
		if anyOf(loop, looped) {
			continue
		}
		circle := g.circle(l, comp, loop)
		p := Problem{Pos: g.where(circle[0]), Code: "E12",
			Message:  fmt.Sprintf("the loop %s goes round for ever without the customer", g.path(circle)),
			Fix:      "ask the customer something in it, or lead it to a `done` or a `human` step",
			Dialogue: g.dialogueRound(circle, alone)}
		for _, v := range circle {
			if g.steps[v].Kind.Waits() {
				p.Message = fmt.Sprintf("the loop %s goes round for ever while the customer is silent", g.path(circle))
				p.Fix = "let `idle` go to a `done` or a `human` step, or leave its `go` out so that the conversation closes"
			}
		}
		ps = append(ps, p)
	}
	return ps
}

func anyOf(nodes []int32, marked []bool) bool {
	for _, v := range nodes {
		if marked[v] {
			return true
		}
	}
	return false
}

// lostSteps reports the lost steps outside of loops: of steps that lead into
// each other only the last, where the mistake is.
func (g *graph) lostSteps(rest func(int32) bool, within func(arc) bool, looped []bool) []Problem {
	l := g.links(func(a arc) bool { return within(a) && rest(a.from) && rest(a.to) })
	comp, count := components(l, rest)
	last := make([]bool, count)
	for c := range last {
		last[c] = true
	}
	for v, c := range comp {
		for _, w := range l.of(int32(v)) {
			if comp[w] != c {
				last[c] = false
			}
		}
	}
	var ps []Problem
	for _, steps := range members(comp, last) {
		ps = append(ps, g.lostStep(g.nearest(steps), looped))
	}
	return ps
}

func (g *graph) lostStep(at int32, looped []bool) Problem {
	p := Problem{Pos: g.where(at), Code: "E11", Dialogue: append(g.dialogueTo(at), "(no way on from here to a person or an end)"),
		Message: fmt.Sprintf("step %q has no path to `done` or `human`", g.steps[at].ID),
		Fix:     "lead it to a `done` or a `human` step"}
	limited, into := false, int32(outside)
	for _, a := range g.out(at) {
		limited = limited || a.kind == wayLimited
		if a.to != outside && looped[a.to] && into == outside {
			into = a.to
		}
	}
	switch {
	case into != outside:
		p.Message += fmt.Sprintf(": it only leads into the loop of %q", g.name(into, at))
	case limited:
		p.Message += ": its options are used up after a while and none leads out"
	case g.steps[at].Kind == KindCall:
		p.Message += fmt.Sprintf(": flow %q never comes back from there", g.steps[at].Call)
	}
	return p
}

// circle is the shortest way round a loop from the step where dialogues get
// into it first.
func (g *graph) circle(l links, comp, loop []int32) []int32 {
	start := g.nearest(loop)
	return shortestCircle(l, start, func(v int32) bool { return comp[v] == comp[start] })
}

// nearest is the node that takes the fewest turns to get to.
func (g *graph) nearest(nodes []int32) int32 {
	best := nodes[0]
	for _, v := range nodes {
		if g.come.turns[v] < g.come.turns[best] {
			best = v
		}
	}
	return best
}

// path names the nodes of a circle, back to its start.
func (g *graph) path(circle []int32) string {
	names := make([]string, 0, len(circle)+1)
	for _, v := range circle {
		names = append(names, g.name(v, circle[0]))
	}
	return arrows(append(names, g.name(circle[0], circle[0])))
}

// arrows is "a -> b -> c"; of many names only the first and the last.
func arrows(names []string) string {
	const most = 8
	if len(names) > most+1 {
		names = append(append(names[:most:most], "…"), names[len(names)-1])
	}
	return strings.Join(names, " -> ")
}
