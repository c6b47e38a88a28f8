package flows

import (
	"fmt"
	"slices"
	"strings"
)

// calls is which flow calls which.
type calls struct {
	l     links
	comp  []int32 // flow -> its circle of flows that call each other
	loops [][]int32
}

// callGraph reads the call steps of all checked flows.
func (g *graph) callGraph() calls {
	c := calls{l: links{row: make([]int32, 1, len(g.flows)+1)}}
	v := 0
	for f := range g.flows {
		for ; v < len(g.steps) && g.flow[v] == int32(f); v++ {
			if to, ok := g.flowAt[g.steps[v].Call]; ok && g.steps[v].Kind == KindCall {
				c.l.to = append(c.l.to, to)
			}
		}
		c.l.row = append(c.l.row, int32(len(c.l.to)))
	}
	comp, count := components(c.l, nil)
	c.comp, c.loops = comp, loops(c.l, comp, count)
	return c
}

// opaque tells whether the call at node v leads into what is not looked at:
// a flow that is missing or broken, or a circle of calls (E14). Such a call
// counts as one that can end in every way, so that one fault is reported once.
func (g *graph) opaque(v int32) bool {
	to, ok := g.flowAt[g.steps[v].Call]
	return !ok || g.calls.comp[to] == g.calls.comp[g.flow[v]]
}

// checkCalls reports circles of calls and calls nested too deeply (E14).
func (g *graph) checkCalls() []Problem {
	var ps []Problem
	for _, loop := range g.calls.loops {
		ps = append(ps, g.callLoop(loop))
	}
	return append(ps, g.deepCalls()...)
}

// callLoop reports the shortest circle through the first flow of a loop.
func (g *graph) callLoop(loop []int32) Problem {
	circle := shortestCircle(g.calls.l, loop[0], func(f int32) bool { return g.calls.comp[f] == g.calls.comp[loop[0]] })
	ids := make([]string, 0, len(circle)+1)
	for _, f := range circle {
		ids = append(ids, g.flows[f].ID)
	}
	ids = append(ids, ids[0])
	at := g.callStep(circle[0], circle[1%len(circle)])
	text := fmt.Sprintf("these flows call each other for ever: %s", strings.Join(ids, " -> "))
	if len(circle) == 1 {
		text = fmt.Sprintf("flow %q calls itself for ever", ids[0])
	}
	return Problem{Pos: g.where(at), Code: "E14", Message: text,
		Fix:      "let one of them use `goto` instead of `call`, or end before it calls",
		Dialogue: g.callDialogue(circle)}
}

// callStep is the first step of flow f that calls flow to.
func (g *graph) callStep(f, to int32) int32 {
	for v := g.first[f]; ; v++ {
		s := g.steps[v]
		if s.Kind != KindCall {
			continue
		}
		if t, ok := g.flowAt[s.Call]; ok && t == to {
			return v
		}
	}
}

// callDialogue leads into the first call and lists the rest of the circle.
func (g *graph) callDialogue(circle []int32) []string {
	lines := g.dialogueTo(g.callStep(circle[0], circle[1%len(circle)]))
	for i := range circle {
		lines = append(lines, fmt.Sprintf("(calls flow %s)", g.flows[circle[(i+1)%len(circle)]].ID))
	}
	return append(lines, "(and so on, for ever)")
}

// deepCalls reports flows above a chain of more than maxCalls calls. Flows
// that call such a flow in turn are not reported again.
func (g *graph) deepCalls() []Problem {
	depth := make([]int32, len(g.flows))
	below := make([]int32, len(g.flows)) // the callee on the longest chain
	order := make([]int32, len(g.flows))
	for f := range order {
		order[f] = int32(f)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return int(g.calls.comp[a] - g.calls.comp[b]) })
	var ps []Problem
	for _, f := range order {
		for _, to := range g.calls.l.of(f) {
			if g.calls.comp[to] != g.calls.comp[f] && depth[to]+1 > depth[f] {
				depth[f], below[f] = depth[to]+1, to
			}
		}
		if depth[f] == maxCalls+1 {
			ps = append(ps, g.deepCall(f, below))
		}
	}
	return ps
}

func (g *graph) deepCall(f int32, below []int32) Problem {
	chain := []string{g.flows[f].ID}
	at := g.callStep(f, below[f])
	lines := g.dialogueTo(at)
	for range maxCalls + 1 {
		f = below[f]
		chain = append(chain, g.flows[f].ID)
		lines = append(lines, fmt.Sprintf("(calls flow %s)", g.flows[f].ID))
	}
	return Problem{Pos: g.where(at), Code: "E14",
		Message:  fmt.Sprintf("calls nest %d deep, at most %d are allowed: %s", maxCalls+1, maxCalls, strings.Join(chain, " -> ")),
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
			if _, seen := prev[w]; w >= 0 && !seen && in(w) {
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
