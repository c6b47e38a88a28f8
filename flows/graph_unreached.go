package flows

import (
	"fmt"
	"strings"
)

// checkReached reports flows and steps that no dialogue gets to (E10).
func (g *graph) checkReached() []Problem {
	var ps []Problem
	for _, f := range g.come.shut {
		ps = append(ps, Problem{Pos: g.flows[f].Pos, Code: "E10",
			Message: fmt.Sprintf("no customer can get into flow %q: it is hidden, and has no phrases, no deep link and no flow that leads to it", g.flows[f].ID),
			Fix:     "give it phrases under `start`, or `call` it from another flow"})
	}
	lost := func(v int32) bool { return !g.reached(v) }
	l := g.links(func(a arc) bool { return lost(a.from) && lost(a.to) })
	comp, count := components(l, lost)
	cause := make([]bool, count)
	for c := range cause {
		cause[c] = true
	}
	for v := range comp {
		for _, w := range l.of(int32(v)) {
			if comp[w] != comp[v] {
				cause[comp[w]] = false
			}
		}
	}
	seen, dead := make([]bool, len(g.steps)), g.deadReturns()
	for _, steps := range members(comp, cause) {
		ps = append(ps, g.unreached(steps, g.behind(l, steps, seen), dead))
	}
	return ps
}

// behind lists the nodes that only steps lead to, beside those seen already.
func (g *graph) behind(l links, steps []int32, seen []bool) []int32 {
	queue := append([]int32(nil), steps...)
	for _, v := range steps {
		seen[v] = true
	}
	for i := 0; i < len(queue); i++ {
		for _, w := range l.of(queue[i]) {
			if !seen[w] {
				seen[w] = true
				queue = append(queue, w)
			}
		}
	}
	return queue[len(steps):]
}

// unreached reports one cause: a step, or a ring of steps that lead to each
// other, with the steps behind it.
func (g *graph) unreached(steps, behind []int32, dead map[int32]arc) Problem {
	at := steps[0]
	text := fmt.Sprintf("no step leads to step %q", g.steps[at].ID)
	fix := "lead to it from another step, or delete it"
	if len(steps) > 1 {
		text = fmt.Sprintf("steps %s lead only to each other, no other step leads to them", g.names(steps, at))
		fix = "lead to one of them from another step, or delete them"
	}
	for _, v := range steps {
		if a, ok := dead[v]; ok {
			outcome, call := g.steps[a.from].When[a.way].Outcome, g.steps[a.from].Call
			text = fmt.Sprintf("step %q waits for the outcome %q of flow %q, which never ends so", g.steps[v].ID, outcome, call)
			fix = fmt.Sprintf("delete the branch and the step, or let a reachable step of %q be `done: %s`", call, outcome)
		}
	}
	if len(behind) == 1 {
		text += fmt.Sprintf(", nor to the step behind it, %s", g.names(behind, at))
	} else if len(behind) > 1 {
		text += fmt.Sprintf(", nor to the %d steps behind it, %s", len(behind), g.names(behind, at))
	}
	return Problem{Pos: g.where(at), Code: "E10", Message: text, Fix: fix}
}

// deadReturns finds, for every step, a call that a dialogue gets to and that
// names the step for an outcome that the called flow never has.
func (g *graph) deadReturns() map[int32]arc {
	dead := map[int32]arc{}
	for _, a := range g.arcs {
		if a.kind == wayReturn && a.turns < 0 && a.to != outside && g.reached(a.from) {
			dead[a.to] = a
		}
	}
	return dead
}

// names lists steps for a message: at most three, then how many more.
func (g *graph) names(steps []int32, seen int32) string {
	const most = 3
	var out []string
	for _, v := range steps[:min(most, len(steps))] {
		out = append(out, fmt.Sprintf("%q", g.name(v, seen)))
	}
	if more := len(steps) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(out, ", "), more)
	}
	return strings.Join(out, ", ")
}
