package flows

import "slices"

// maxTurns is how many customer turns a failing path may take (E13).
const maxTurns = 12

// maxAttempts is how many guides may fail before a person is offered (W16).
const maxAttempts = 2

// maxCalls is how many calls may be open inside each other (E14).
const maxCalls = 8

// checkGraph proves that every step reaches a person or an end, and reports
// what stands against it:
//
//   - E10: a step that nothing leads to, or a flow that nobody can get into.
//     Steps that only an unreachable step leads to are named in its message.
//   - E12: a loop with no bound and no way out. Either no step of it has a
//     path to an end, and no option with `times` breaks it, or it goes round
//     without the customer: actions that fail, silence and closed hours
//     included.
//   - E11: a step outside such a loop with no path to an end; of several in a
//     row the last is reported.
//   - E13: a step from which a failing path takes more than 12 customer turns.
//     On a failing path the customer answers every question, is stuck at
//     guides and is never solved; see turns.failing.
//   - E14: flows that call each other in a circle, or calls nested deeper
//     than 8.
//   - W16: a step from which a customer for whom nothing works goes through
//     more than 2 guides before a person is offered.
//
// An end is a hand-over or a done. Only what editors wrote counts as a way
// out: the ways to a person that are always there (the word "human", the miss
// ladder, retries used up, the offer after "stuck") rescue a customer from a
// bad flow, they do not make it a good one. For the same reason silence
// (idle.go) leads on but is no way out. A goto inside a called flow leaves the
// call for good.
//
// Flows in broken are skipped, and whatever leads into them or to a step that
// does not exist counts as reaching an end: those mistakes are reported
// already. The time taken is linear in the size of the pack.
func checkGraph(p *Pack, broken map[string]bool) []Problem {
	g := newGraph(p, broken)
	var ps []Problem
	ps = append(ps, g.checkCalls()...)
	ps = append(ps, g.checkReached()...)
	ps = append(ps, g.checkTraps()...)
	ps = append(ps, g.checkTurns()...)
	return append(ps, g.checkAttempts()...)
}

// graph is the steps of all checked flows as numbered nodes. Nodes are
// numbered in pack and file order, so "the first" is always the lowest.
type graph struct {
	p      *Pack
	broken map[string]bool // flows that are not checked
	flows  []*Flow
	flowAt map[string]int32 // flow id -> index in flows
	first  []int32          // flow -> node of its first step
	flow   []int32          // node -> flow
	steps  []*Step          // node -> step
	nodes  map[*Step]int32
	arcs   []arc
	row    []int32 // the arcs out of node v are arcs[row[v]:row[v+1]]
	back   backLinks
	opaque []bool    // calls that are not looked into, see findCircles
	rings  [][]int32 // circles of calls

	all    *ends // for some customer
	leads  *ends // for one who talks
	fails  *ends // the same, with the offers of a person
	silent *ends // without the customer; 0 or never
	come   arrivals
	tricky map[string]bool // what checks ask for, see asked
	looks  int             // data-aware searches left, see legsTo
}

// arc is a way between two nodes. The way of a wayEnter arc is -1.
type arc struct {
	from, to int32 // to -1: out of what is checked
	turns    int32 // customer turns; -1: never taken
	way      int32 // index in ways(step)
	kind     wayKind
}

// outside is the target of an arc to a step or flow that is not checked.
const outside = -1

func newGraph(p *Pack, broken map[string]bool) *graph {
	g := &graph{p: p, broken: broken, flowAt: map[string]int32{}, nodes: map[*Step]int32{}, looks: 20}
	for _, id := range flowOrder(p) {
		f := p.Flows[id]
		if f == nil || broken[id] || len(f.Order) == 0 || f.Steps[f.Order[0]] == nil {
			continue
		}
		g.flowAt[id] = int32(len(g.flows))
		g.first = append(g.first, int32(len(g.steps)))
		g.flows = append(g.flows, f)
		for _, step := range f.Order {
			if s := f.Steps[step]; s != nil {
				g.nodes[s] = int32(len(g.steps))
				g.steps = append(g.steps, s)
				g.flow = append(g.flow, int32(len(g.flows)-1))
			}
		}
	}
	g.link()
	g.back = g.backwardLinks()
	g.all = g.measure(anyhow, nil)
	g.price()
	if g.findCircles() {
		g.all = g.measure(anyhow, nil)
		g.price()
	}
	g.leads, g.fails = g.measure(talking, nil), g.measure(talking, (*Guide).offer)
	g.silent = g.measure(g.alone, nil)
	g.come = g.arrive()
	return g
}

// price gives the arcs behind calls the turns that the called flow takes.
func (g *graph) price() {
	for i := range g.arcs {
		a := &g.arcs[i]
		switch {
		case a.kind != wayReturn:
		case g.opaque[a.from]:
			a.turns = 0
		default:
			a.turns = -1
			if inside := g.inside(*a); inside >= 0 {
				a.turns = g.all.dist[inside]
			}
		}
	}
}

// flowOrder is p.Order, or the sorted flow ids of a pack built by hand.
func flowOrder(p *Pack) []string {
	if len(p.Order) > 0 {
		return p.Order
	}
	ids := make([]string, 0, len(p.Flows))
	for id := range p.Flows {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// link makes the arcs; those behind calls get their turns from price.
func (g *graph) link() {
	g.row = make([]int32, 1, len(g.steps)+1)
	g.arcs = make([]arc, 0, 3*len(g.steps))
	g.opaque = make([]bool, len(g.steps))
	for v, s := range g.steps {
		from := int32(v)
		for i, w := range ways(s) {
			a := arc{from, g.node(from, w.to), int32(w.turns), int32(i), w.kind}
			if w.kind == wayReturn && w.name == "abandoned" {
				// A customer can always say "cancel" inside the call.
				c := a
				c.kind, c.turns = wayCancel, 1
				g.arcs = append(g.arcs, c)
			}
			g.arcs = append(g.arcs, a)
		}
		if s.Kind == KindCall {
			if callee, ok := g.flowAt[s.Call]; ok {
				g.arcs = append(g.arcs, arc{from, g.first[callee], 0, -1, wayEnter})
			} else {
				g.opaque[v] = true
			}
		}
		g.row = append(g.row, int32(len(g.arcs)))
	}
}

// node finds the node of a target as seen from node v, or outside.
func (g *graph) node(v int32, to Target) int32 {
	f := g.flow[v]
	if to.Flow != "" {
		other, ok := g.flowAt[to.Flow]
		if !ok {
			return outside
		}
		f = other
	}
	if to.Step == "" {
		return g.first[f]
	}
	if s := g.flows[f].Steps[to.Step]; s != nil {
		if n, ok := g.nodes[s]; ok {
			return n
		}
	}
	return outside
}

// after is the node behind the last of flow f.
func (g *graph) after(f int32) int32 {
	if int(f)+1 < len(g.first) {
		return g.first[f+1]
	}
	return int32(len(g.steps))
}

// out returns the arcs out of node v.
func (g *graph) out(v int32) []arc { return g.arcs[g.row[v]:g.row[v+1]] }

// leaves tells whether an arc leaves its flow for good: a goto elsewhere.
func (g *graph) leaves(a arc) bool {
	return a.kind == wayAuto && a.to != outside && g.flow[a.from] != g.flow[a.to]
}

// where is the place of a node in its file.
func (g *graph) where(v int32) Pos { return g.steps[v].Pos }

// name is the step's id, with its flow when that is not the flow of seen.
func (g *graph) name(v, seen int32) string {
	if g.flow[v] == g.flow[seen] {
		return g.steps[v].ID
	}
	return g.flows[g.flow[v]].ID + "/" + g.steps[v].ID
}

// links keeps the arcs for which keep holds.
func (g *graph) links(keep func(arc) bool) links {
	l := links{row: make([]int32, 1, len(g.row)), to: make([]int32, 0, len(g.arcs))}
	for v := range g.steps {
		for _, a := range g.out(int32(v)) {
			if a.to != outside && a.turns >= 0 && keep(a) {
				l.to = append(l.to, a.to)
			}
		}
		l.row = append(l.row, int32(len(l.to)))
	}
	return l
}
