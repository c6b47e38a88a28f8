package flows

import (
	"fmt"
	"slices"
)

// findCircles marks as opaque the calls that lead back to themselves without
// coming back, and the calls of what is not checked. An opaque call counts as
// one that can end in every way, so that one fault is reported once. It tells
// whether it found a circle.
func (g *graph) findCircles() bool {
	l := g.links(func(arc) bool { return true })
	comp, count := components(l, nil)
	nested := make([]bool, count) // a call that stays inside its circle
	found := false
	for _, a := range g.arcs {
		if a.kind == wayEnter && comp[a.from] == comp[a.to] {
			nested[comp[a.from]], g.opaque[a.from], found = true, true, true
		}
	}
	for _, loop := range members(comp, nested) {
		g.rings = append(g.rings, g.callRing(l, comp, loop))
	}
	return found
}

// callRing is the shortest circle through the first call that enters one.
func (g *graph) callRing(l links, comp, loop []int32) []int32 {
	for _, v := range loop {
		if a := g.enter(v); g.opaque[v] && a.kind == wayEnter && comp[a.to] == comp[v] {
			l := l.without(v, a.to)
			return shortestCircle(l, v, func(w int32) bool { return comp[w] == comp[v] })
		}
	}
	return loop[:1]
}

// without is l with no other successor of v than to.
func (l links) without(v, to int32) links {
	l.to = slices.Clone(l.to)
	for i := l.row[v]; i < l.row[v+1]; i++ {
		if l.to[i] != to {
			l.to[i] = outside
		}
	}
	return l
}

// enter is the arc of a call step into the called flow; it is the last one.
func (g *graph) enter(v int32) arc {
	if g.row[v] == g.row[v+1] {
		return arc{}
	}
	return g.arcs[g.row[v+1]-1]
}

// checkCalls reports circles of calls and calls nested too deeply (E14).
func (g *graph) checkCalls() []Problem {
	var ps []Problem
	for _, ring := range g.rings {
		ps = append(ps, g.callLoop(ring))
	}
	return append(ps, g.deepCalls()...)
}

// callLoop reports a circle of steps that begins with a call.
func (g *graph) callLoop(ring []int32) Problem {
	ids := []string{g.flows[g.flow[ring[0]]].ID}
	for i, v := range ring {
		next := ring[(i+1)%len(ring)]
		if g.flow[next] != g.flow[v] || g.steps[v].Kind == KindCall && g.enter(v).to == next {
			ids = append(ids, g.flows[g.flow[next]].ID)
		}
	}
	text := fmt.Sprintf("these flows call each other for ever: %s", arrows(ids))
	if len(slices.Compact(slices.Clone(ids))) == 1 {
		text = fmt.Sprintf("flow %q calls itself for ever", ids[0])
	}
	return Problem{Pos: g.where(ring[0]), Code: "E14", Message: text,
		Fix:      "let one of them use `goto` instead of `call`, or end before it calls",
		Dialogue: g.dialogueRound(ring, func(arc) bool { return true })}
}

// deepCalls reports the calls below which maxCalls more may be open. Calls
// that lead to such a call in turn are not reported again.
func (g *graph) deepCalls() []Problem {
	l := g.links(func(a arc) bool { return a.kind != wayEnter || !g.opaque[a.from] })
	comp, count := components(l, nil)
	depth := make([]int32, count)            // calls that may be open at once below
	by := make([]int32, count)               // the arc towards them
	for _, v := range inOrder(comp, count) { // successors first
		for i := g.row[v]; i < g.row[v+1]; i++ {
			a := g.arcs[i]
			if d := g.callsBelow(a, depth, comp); a.to != outside && comp[a.to] != comp[v] && d > depth[comp[v]] {
				depth[comp[v]], by[comp[v]] = d, i
			}
		}
	}
	var ps []Problem
	told := make([]bool, count)
	for _, a := range g.arcs {
		if a.kind != wayEnter || told[comp[a.to]] || g.callsBelow(a, depth, comp) != maxCalls+1 {
			continue
		}
		told[comp[a.to]] = true
		chain := []string{g.flows[g.flow[a.from]].ID, g.flows[g.flow[a.to]].ID}
		for c := comp[a.to]; depth[c] > 0; c = comp[g.arcs[by[c]].to] {
			if next := g.arcs[by[c]]; next.kind == wayEnter {
				chain = append(chain, g.flows[g.flow[next.to]].ID)
			}
		}
		ps = append(ps, g.deepCall(a.from, chain))
	}
	return ps
}

// callsBelow is how many calls may be open after an arc, 0 for one that a
// dialogue never takes.
func (g *graph) callsBelow(a arc, depth, comp []int32) int32 {
	switch {
	case a.to == outside || a.turns < 0 || a.kind == wayEnter && g.opaque[a.from]:
		return 0
	case a.kind == wayEnter:
		return depth[comp[a.to]] + 1
	}
	return depth[comp[a.to]]
}

// inOrder is the nodes by their component's number.
func inOrder(comp []int32, count int32) []int32 {
	next := make([]int32, count+1)
	for _, c := range comp {
		next[c+1]++
	}
	for c := range count {
		next[c+1] += next[c]
	}
	out := make([]int32, len(comp))
	for v, c := range comp {
		out[next[c]] = int32(v)
		next[c]++
	}
	return out
}

func (g *graph) deepCall(at int32, chain []string) Problem {
	lines := g.dialogueTo(at)
	for _, id := range chain[1:] {
		lines = append(lines, fmt.Sprintf("(calls flow %s)", id))
	}
	return Problem{Pos: g.where(at), Code: "E14",
		Message:  fmt.Sprintf("calls nest %d deep, at most %d are allowed: %s", len(chain)-1, maxCalls, arrows(chain)),
		Fix:      "let one of these flows use `goto` instead of `call`, or put two of them together",
		Dialogue: lines}
}

// shortestCircle is the shortest way from start back to start inside the nodes
// for which in holds, without the closing start. There must be one.
func shortestCircle(l links, start int32, in func(int32) bool) []int32 {
	prev := map[int32]int32{}
	queue := []int32{start}
	for i := 0; i < len(queue); i++ {
		v := queue[i]
		for _, w := range l.of(v) {
			if w == start {
				return trace(prev, v, start)
			}
			if w < 0 || !in(w) {
				continue
			}
			if _, seen := prev[w]; !seen {
				prev[w] = v
				queue = append(queue, w)
			}
		}
	}
	return []int32{start}
}

// trace follows prev from v back to start and returns the way forwards.
func trace(prev map[int32]int32, v, start int32) []int32 {
	out := []int32{v}
	for v != start {
		v = prev[v]
		out = append(out, v)
	}
	slices.Reverse(out)
	return out
}
