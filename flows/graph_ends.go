package flows

// Every node has one item for each way in which what runs there can end: the
// three outcomes of a flow, and a person. An outcome goes back to the caller
// when the flow was called, also after a goto: that replaces the called flow.
const (
	solved = iota
	notSolved
	abandoned
	person
	kinds
)

// endKind is the kind of end that an outcome is, or -1.
func endKind(outcome string) int32 {
	switch outcome {
	case "solved":
		return solved
	case "not_solved":
		return notSolved
	case "abandoned":
		return abandoned
	}
	return -1
}

func item(v, kind int32) int32 { return kinds*v + kind }

// ends is how far every node is from each kind of end, and how to get there.
type ends struct {
	dist []int32 // item -> least customer turns, -1: never
	by   []int32 // item -> the arc to take, -1 at the end itself
	to   []int32 // item -> the item that it leads to
}

// nearest is the item of node v that is the least turns away, of the given
// kinds; ok is false when there is none.
func (e *ends) nearest(v int32, among ...int32) (best int32, ok bool) {
	for _, k := range among {
		it := item(v, k)
		if d := e.dist[it]; d >= 0 && (!ok || d < e.dist[best]) {
			best, ok = it, true
		}
	}
	return best, ok
}

// backLinks are the arcs against their direction, and the calls of each flow.
type backLinks struct {
	row, arc []int32 // arcs into node v: arc[row[v]:row[v+1]]
	callRow  []int32
	calls    []int32 // call steps of flow f: calls[callRow[f]:callRow[f+1]]
}

func (g *graph) backwardLinks() backLinks {
	b := backLinks{row: make([]int32, len(g.steps)+1), callRow: make([]int32, len(g.flows)+1)}
	for _, a := range g.arcs {
		if a.to != outside {
			b.row[a.to+1]++
		}
		if a.kind == wayEnter {
			b.callRow[g.flow[a.to]+1]++
		}
	}
	for v := range g.steps {
		b.row[v+1] += b.row[v]
	}
	for f := range g.flows {
		b.callRow[f+1] += b.callRow[f]
	}
	b.arc, b.calls = make([]int32, b.row[len(g.steps)]), make([]int32, b.callRow[len(g.flows)])
	next, nextCall := append([]int32(nil), b.row...), append([]int32(nil), b.callRow...)
	for i, a := range g.arcs {
		if a.to != outside {
			b.arc[next[a.to]] = int32(i)
			next[a.to]++
		}
		if a.kind == wayEnter {
			f := g.flow[a.to]
			b.calls[nextCall[f]] = a.from
			nextCall[f]++
		}
	}
	return b
}

// measure finds the distances to the ends for customers who go along an arc
// at the given cost in turns, -1 for never. A call costs what the called flow
// takes to the outcome of the branch, so this is Knuth's generalisation of
// Dijkstra's algorithm to such sums (Inf. Process. Lett. 6, 1977): an item is
// combined with the rest of its sum when the later of the two is settled.
// offer is the cost of the offer of a person where a guide has no help, 0 for
// none; nil when such offers do not count as an end.
func (g *graph) measure(cost func(arc) int32, offer func(*Guide) int) *ends {
	n := kinds * len(g.steps)
	m := measuring{g: g, q: newDial(n), cost: cost, settled: make([]bool, n)}
	m.ends = &ends{by: make([]int32, n), to: make([]int32, n)}
	for it := range m.ends.by {
		m.ends.by[it], m.ends.to[it] = -1, -1
	}
	for v := range g.steps {
		m.seed(int32(v), offer)
	}
	m.q.run(m.settle)
	m.ends.dist = m.q.dist
	return m.ends
}

type measuring struct {
	g       *graph
	q       *dial
	cost    func(arc) int32
	settled []bool
	ends    *ends
}

// seed adds node v where it is an end or leads out of what is checked.
func (m *measuring) seed(v int32, offer func(*Guide) int) {
	s := m.g.steps[v]
	switch s.Kind {
	case KindHuman:
		m.q.add(item(v, person), 0)
	case KindDone:
		if k := endKind(s.Done); k >= 0 {
			m.q.add(item(v, k), 0)
		}
	case KindGuide:
		if offer == nil {
			break
		}
		if turns := offer(s.Guide); turns > 0 {
			m.q.add(item(v, person), int32(turns))
		}
	case KindCall:
		if m.g.opaque[v] {
			m.q.add(item(v, person), 0)
		}
	}
	for _, a := range m.g.out(v) {
		if c := m.cost(a); a.to == outside && c >= 0 {
			for k := range int32(kinds) {
				m.q.add(item(v, k), c)
			}
		}
	}
}

// settle passes on a distance that is final.
func (m *measuring) settle(it, d int32) {
	if m.settled[it] {
		return
	}
	m.settled[it] = true
	g, v, kind := m.g, it/kinds, it%kinds
	for _, i := range g.back.arc[g.back.row[v]:g.back.row[v+1]] {
		a := g.arcs[i]
		switch {
		case a.kind == wayEnter:
			if kind == person {
				m.improve(item(a.from, person), d, i, it)
			}
		case a.kind == wayReturn && !g.opaque[a.from]:
			if inside := g.inside(a); inside >= 0 && m.settled[inside] {
				m.improve(item(a.from, kind), d+m.q.dist[inside], i, it)
			}
		default:
			if c := m.cost(a); c >= 0 {
				m.improve(item(a.from, kind), d+c, i, it)
			}
		}
	}
	if v == g.first[g.flow[v]] && kind != person {
		m.comeBack(g.flow[v], kind, d)
	}
}

// comeBack lets the callers of flow f go on after an outcome.
func (m *measuring) comeBack(f, kind, d int32) {
	g := m.g
	for _, c := range g.back.calls[g.back.callRow[f]:g.back.callRow[f+1]] {
		for i := g.row[c]; i < g.row[c+1]; i++ {
			a := g.arcs[i]
			if a.kind != wayReturn || a.to == outside || g.opaque[c] || g.outcome(a) != kind {
				continue
			}
			for k := range int32(kinds) {
				if next := item(a.to, k); m.settled[next] {
					m.improve(item(c, k), d+m.q.dist[next], i, next)
				}
			}
		}
	}
}

func (m *measuring) improve(it, d, arc, to int32) {
	if m.q.add(it, d) {
		m.ends.by[it], m.ends.to[it] = arc, to
	}
}

// outcome is the kind of end that a wayReturn arc follows, -1 for an unknown.
func (g *graph) outcome(a arc) int32 { return endKind(g.steps[a.from].When[a.way].Outcome) }

// inside is the item, in the called flow, that a wayReturn arc waits for, or
// -1 when no flow ends so.
func (g *graph) inside(a arc) int32 {
	k := g.outcome(a)
	if k < 0 {
		return -1
	}
	return item(g.first[g.flowAt[g.steps[a.from].Call]], k)
}

// anyhow is the cost of an arc for some customer: also one who is silent,
// cancels or comes out of hours.
func anyhow(a arc) int32 { return a.turns }

// talking is the cost for a customer who does not cancel, is never silent and
// comes in opening hours: only such ways count as ways out.
func talking(a arc) int32 {
	if a.kind == wayIdle || a.kind == wayClosed || a.kind == wayCancel {
		return -1
	}
	return a.turns
}

// alone is 0 for arcs that a dialogue takes without the customer: steps that
// do not wait, an action's outcome, silence and closed hours.
func (g *graph) alone(a arc) int32 {
	switch a.kind {
	case wayAuto, wayIdle:
		return 0
	case wayEnter:
		if !g.opaque[a.from] {
			return 0
		}
	case wayClosed:
		if q := g.p.Queues[g.steps[a.from].Human.Queue]; q == nil || !q.Always {
			return 0
		}
	}
	return -1
}

// unasked tells whether a dialogue can take an arc without the customer, also
// through a called flow that comes back by itself.
func (g *graph) unasked(a arc) bool {
	if a.kind == wayReturn {
		if g.opaque[a.from] {
			return false
		}
		inside := g.inside(a)
		return inside >= 0 && g.silent.dist[inside] == 0
	}
	return g.alone(a) >= 0
}
