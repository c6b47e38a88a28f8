package flows

import "fmt"

// failing is the item at the end of the shortest failing path from node v: the
// customer answers every question, is stuck at guides, and the end is a person
// or a done that is not `solved`. Where a guide has no help, the offer of a
// person counts. Without any such end it is the path to `solved`.
func (g *graph) failing(v int32) (it, turns int32) {
	it, ok := g.fails.nearest(v, person, notSolved, abandoned)
	if !ok {
		if it, ok = g.fails.nearest(v, solved); !ok {
			return -1, -1
		}
	}
	return it, g.fails.dist[it]
}

// lost tells whether no way leads from node v to an end.
func (g *graph) lost(v int32) bool {
	_, ok := g.leads.nearest(v, solved, notSolved, abandoned, person)
	return !ok
}

// checkTurns reports, once a flow, the step with the longest failing path
// above maxTurns (E13). A flow whose path is only long because of the flow it
// leads into is not reported.
func (g *graph) checkTurns() []Problem {
	var ps []Problem
	for f := range g.flows {
		at, most := int32(outside), int32(maxTurns)
		for v := g.first[f]; v < g.after(int32(f)); v++ {
			if _, turns := g.failing(v); g.reached(v) && turns > most {
				at, most = v, turns
			}
		}
		if at == outside || g.longElsewhere(at) {
			continue
		}
		ps = append(ps, Problem{Pos: g.where(at), Code: "E13",
			Message: fmt.Sprintf("from step %q a customer for whom nothing works needs %d turns to a person or an end, at most %d are allowed",
				g.steps[at].ID, most, maxTurns),
			Fix:      "offer a person earlier, or ask for less",
			Dialogue: g.dialogueOn(at)})
	}
	return ps
}

// longElsewhere tells whether the path from v leads into another flow from
// where it is still too long.
func (g *graph) longElsewhere(v int32) bool {
	for it, _ := g.failing(v); g.fails.by[it] >= 0; it = g.fails.to[it] {
		if next := g.fails.to[it] / kinds; g.flow[next] != g.flow[v] {
			_, turns := g.failing(next)
			return turns > maxTurns
		}
	}
	return false
}

// checkAttempts warns, once a flow, of the step from which the most guides
// fail before a person is offered. Every other path may be longer, so what is
// counted are the guides of the path with the fewest.
func (g *graph) checkAttempts() []Problem {
	ends := g.measure(g.attempt, func(guide *Guide) int { return min(guide.offer(), 1) })
	count := func(v int32) int32 {
		if it, ok := ends.nearest(v, person, notSolved, abandoned); ok {
			return ends.dist[it]
		}
		return 0
	}
	var ps []Problem
	for f := range g.flows {
		at, most := int32(outside), int32(maxAttempts)
		for v := g.first[f]; v < g.after(int32(f)); v++ {
			if n := count(v); g.reached(v) && n > most {
				at, most = v, n
			}
		}
		if at == outside || g.attemptsElsewhere(ends, at) {
			continue
		}
		ps = append(ps, Problem{Pos: g.where(at), Code: "W16",
			Message: fmt.Sprintf("from step %q a customer for whom nothing works fails at %d guides before a person is offered, at most %d are advised",
				g.steps[at].ID, most, maxAttempts),
			Fix:      "offer a person earlier",
			Dialogue: g.dialogueTo(at)})
	}
	return ps
}

// attempt is the cost of an arc in guides, for a customer as in talking.
func (g *graph) attempt(a arc) int32 {
	switch {
	case talking(a) < 0:
		return -1
	case g.steps[a.from].Kind == KindGuide && a.kind == wayAnswer:
		return 1
	}
	return 0
}

// attemptsElsewhere tells whether the path from v leads into another flow
// from where it still has too many guides.
func (g *graph) attemptsElsewhere(e *ends, v int32) bool {
	for it, _ := e.nearest(v, person, notSolved, abandoned); e.by[it] >= 0; it = e.to[it] {
		if next := e.to[it] / kinds; g.flow[next] != g.flow[v] {
			return e.dist[e.to[it]] > maxAttempts
		}
	}
	return false
}
