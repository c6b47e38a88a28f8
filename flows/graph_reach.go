package flows

// arrivals is how dialogues get to each node.
type arrivals struct {
	turns []int32 // node -> least customer turns
	by    []int32 // node -> the arc taken; -1 where a flow starts
	shut  []int32 // flows that nobody can get into
}

// arrive goes from the first steps of all flows that customers can get into
// along every arc. A flow that nobody can get into is one fault; its steps
// then count as reached.
func (g *graph) arrive() arrivals {
	q := newDial(len(g.steps))
	by := make([]int32, len(g.steps))
	for v := range by {
		by[v] = -1
	}
	visit := func(v, d int32) {
		for i := g.row[v]; i < g.row[v+1]; i++ {
			if a := g.arcs[i]; a.to != outside && a.turns >= 0 && q.add(a.to, d+a.turns) {
				by[a.to] = i
			}
		}
	}
	for f := range g.flows {
		if entered(g.flows[f].Start) {
			q.add(g.first[f], 0)
		}
	}
	for _, v := range g.ledToByBroken() {
		q.add(v, 0)
	}
	q.run(visit)
	led := g.ledTo()
	var shut []int32
	for _, last := range []bool{false, true} {
		for f, first := range g.first {
			// In the first round only flows that no other flow leads to: they
			// are the cause, the flows behind them are not.
			if q.dist[first] < 0 && (last || !led[f]) {
				shut = append(shut, int32(f))
				q.add(first, 0)
				q.run(visit)
			}
		}
	}
	return arrivals{q.dist, by, shut}
}

// ledToByBroken are the nodes that flows with other faults lead to: those are
// not checked, but what they lead to is reached. Where a flow could not be read
// at all, it may lead to any other.
func (g *graph) ledToByBroken() []int32 {
	var out []int32
	for id := range g.broken {
		f := g.p.Flows[id]
		if f == nil {
			out = append(out, g.first...)
			continue
		}
		for _, st := range f.Steps {
			to := st.Goto
			if st.Kind == KindCall {
				to = Target{Flow: st.Call}
			}
			other, ok := g.flowAt[to.Flow]
			if !ok {
				continue
			}
			v := g.first[other]
			if st := g.flows[other].Steps[to.Step]; st != nil {
				v = g.nodes[st]
			}
			out = append(out, v)
		}
	}
	return out
}

// entered tells whether customers can get into a flow by themselves.
func entered(s Start) bool {
	if !s.Hidden || s.DeepLink != "" {
		return true
	}
	for _, phrases := range s.Phrases {
		if len(phrases) > 0 {
			return true
		}
	}
	return false
}

// ledTo marks the flows to whose first step another flow leads.
func (g *graph) ledTo() []bool {
	led := make([]bool, len(g.flows))
	for _, a := range g.arcs {
		if a.to == outside {
			continue
		}
		if to := g.flow[a.to]; to != g.flow[a.from] && a.to == g.first[to] {
			led[to] = true
		}
	}
	return led
}

// reached tells whether any dialogue gets to node v.
func (g *graph) reached(v int32) bool { return g.come.turns[v] >= 0 }
