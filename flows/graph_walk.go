package flows

import (
	"maps"
	"slices"
	"strings"
)

// Hop is one move of a walk: from a step along one of its ways.
type Hop struct {
	Flow, Step string
	// Way is the name of the edge taken; "call" into a called flow, and the
	// outcome, from the done step, back out of it.
	Way string
	To  Target // both parts are set
}

// Walk is the shortest dialogue, in customer turns, from the start of a flow
// to one of its steps: tests start anywhere with it, and every graph problem
// is shown by one. It keeps to the cases of check steps as far as the choices
// made on the way decide them. Where only another flow leads to the step, it
// starts there. ok is false when no dialogue gets to the step.
func (p *Pack) Walk(flow, step string) (hops []Hop, ok bool) { return p.Walker()(flow, step) }

// Walker returns Walk for many steps of the same pack, which it measures only
// once. It is not safe for concurrent use.
func (p *Pack) Walker() func(flow, step string) (hops []Hop, ok bool) {
	g := newGraph(p, nil)
	return func(flow, step string) ([]Hop, bool) {
		s := p.Step(flow, step)
		if s == nil {
			return nil, false
		}
		v, known := g.nodes[s]
		if !known || !g.reached(v) {
			return nil, false
		}
		legs, ok := g.search(g.first[g.flow[v]], v, true)
		if !ok {
			legs, ok = g.search(g.first[g.flow[v]], v, false)
		}
		if !ok {
			legs, _ = g.trail(v, len(g.arcs)+1)
		}
		return g.hops(legs), true
	}
}

func (g *graph) hops(legs []leg) []Hop {
	out := make([]Hop, 0, len(legs))
	for _, l := range legs {
		a := g.arcs[l.arc]
		h := Hop{Flow: g.flows[g.flow[l.at]].ID, Step: g.steps[l.at].ID, Way: g.wayName(a)}
		if a.to != outside {
			h.To = Target{g.flows[g.flow[a.to]].ID, g.steps[a.to].ID}
		}
		out = append(out, h)
	}
	return out
}

// wayName is the name of an arc as the file has it.
func (g *graph) wayName(a arc) string {
	switch a.kind {
	case wayEnter:
		return "call"
	case wayCancel:
		return "abandoned"
	}
	return g.way(a).name
}

// way is the way that an arc stands for; not for wayEnter.
func (g *graph) way(a arc) way { return ways(g.steps[a.from])[a.way] }

// leg is a move from node at along an arc. When a called flow comes back, at
// is its done step and the arc is the one of the call.
type leg struct{ at, arc int32 }

// trail is the way by which dialogues get to node v, from the start of a flow;
// of a long one the last most legs or a few more. cut tells that legs are
// missing.
func (g *graph) trail(v int32, most int) (legs []leg, cut bool) {
	var back [][]leg
	n := 0
	for n < most && g.come.by[v] >= 0 {
		part := g.through(g.come.by[v], most)
		back = append(back, part)
		n += len(part)
		v = g.arcs[g.come.by[v]].from
	}
	slices.Reverse(back)
	return slices.Concat(back...), g.come.by[v] >= 0
}

// through is the legs of one arc: more than one for a call.
func (g *graph) through(arc int32, most int) []leg {
	a := g.arcs[arc]
	into := leg{a.from, g.row[a.from+1] - 1} // the wayEnter arc is the last
	switch {
	case a.kind == wayCancel && !g.opaque[a.from]:
		return []leg{into, {g.enter(a.from).to, arc}}
	case a.kind == wayReturn && !g.opaque[a.from]:
		legs, last := g.along(g.all, g.inside(a), most)
		return append(append([]leg{into}, legs...), leg{last / kinds, arc})
	}
	return []leg{{a.from, arc}}
}

// along is the way from an item to its end, or the first most legs of it and
// a few more, and the item where they stop.
func (g *graph) along(e *ends, it int32, most int) (legs []leg, last int32) {
	for e.by[it] >= 0 && len(legs) < most {
		i := e.by[it]
		a := g.arcs[i]
		if a.kind == wayReturn && !g.opaque[a.from] {
			inside, last := g.along(e, g.inside(a), most)
			legs = append(legs, leg{a.from, g.row[a.from+1] - 1})
			legs = append(append(legs, inside...), leg{last / kinds, i})
		} else {
			legs = append(legs, g.through(i, most)...)
		}
		it = e.to[it]
	}
	return legs, it
}

// maxStates bounds how many combinations of step and answers a search looks at.
const maxStates = 20_000

// state is a step with the answers so far that a check may ask for.
type state struct {
	node int32
	env  string
}

// search is the shortest walk from a node to another. When aware, it tells
// steps apart by the answers given on the way and takes only cases that can
// hold; it then gives up after maxStates.
func (g *graph) search(from, to int32, aware bool) ([]leg, bool) {
	type visit struct {
		state
		up, arc int32
	}
	visits := []visit{{state{from, ""}, -1, -1}}
	best := map[state]int32{visits[0].state: 0}
	rows := [][]int32{{0}}
	for d := 0; d < len(rows); d++ {
		for i := 0; i < len(rows[d]); i++ {
			at := rows[d][i]
			now := visits[at]
			if best[now.state] != int32(d) {
				continue
			}
			if now.node == to {
				var back [][]leg
				for ; visits[at].up >= 0; at = visits[at].up {
					back = append(back, g.through(visits[at].arc, len(g.arcs)+1))
				}
				slices.Reverse(back)
				return slices.Concat(back...), true
			}
			for i := g.row[now.node]; i < g.row[now.node+1]; i++ {
				a := g.arcs[i]
				next := state{a.to, ""}
				if a.to == outside || a.turns < 0 {
					continue
				}
				if aware {
					e, ok := g.follow(parseEnv(now.env), a)
					if !ok {
						continue
					}
					next.env = e.String()
				}
				nd := int32(d) + a.turns
				if old, seen := best[next]; seen && old <= nd {
					continue
				}
				if aware && len(visits) >= maxStates {
					return nil, false
				}
				best[next] = nd
				for len(rows) <= int(nd) {
					rows = append(rows, nil)
				}
				rows[nd] = append(rows[nd], int32(len(visits)))
				visits = append(visits, visit{next, at, i})
			}
		}
	}
	return nil, false
}

// env is what a walk knows of the answers: "flow.name" -> option id, or anyOne
// for a typed answer; "flow/guide" once the customer was in the guide.
type env map[string]string

const anyOne = "*"

func parseEnv(s string) env {
	e := env{}
	for line := range strings.SplitSeq(s, "\n") {
		if k, v, ok := strings.Cut(line, "="); ok {
			e[k] = v
		}
	}
	return e
}

// String is the same for equal environments.
func (e env) String() string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(e)) {
		b.WriteString(k + "=" + e[k] + "\n")
	}
	return b.String()
}

// follow takes an arc: it changes e and returns it, or says that the cases of
// a check do not allow it. Only what some check asks for is kept, so that
// walks do not branch for nothing.
func (g *graph) follow(e env, a arc) (env, bool) {
	s := g.steps[a.from]
	flow := g.flows[g.flow[a.from]].ID
	note := func(key, value string) {
		if g.asked()[key] {
			e[key] = value
		}
	}
	switch {
	case s.Kind == KindCheck:
		return e, g.caseOpen(e, flow, s, int(a.way))
	case s.Kind == KindGuide:
		note(flow+"/"+s.ID, anyOne)
	case s.Kind == KindChoose && (a.kind == wayAnswer || a.kind == wayLimited):
		note(flow+"."+s.ID, g.way(a).name)
	case s.Kind == KindAsk && a.kind == wayAnswer && g.way(a).name == "next":
		note(flow+"."+answerName(s), anyOne)
	}
	return e, true
}

// answerName is the name under which an ask or choose step keeps its answer.
func answerName(s *Step) string {
	if s.Kind == KindAsk && s.Ask != nil && s.Ask.As != "" {
		return s.Ask.As
	}
	return s.ID
}

// qualify puts the flow before a name that has none.
func qualify(flow, name, sep string) string {
	if strings.Contains(name, sep) {
		return name
	}
	return flow + sep + name
}

// asked is the set of keys of env that check steps of the pack ask for.
func (g *graph) asked() map[string]bool {
	if g.tricky != nil {
		return g.tricky
	}
	g.tricky = map[string]bool{}
	for v, s := range g.steps {
		for _, c := range s.Cases {
			flow := g.flows[g.flow[v]].ID
			if c.Answer != "" {
				g.tricky[qualify(flow, c.Answer, ".")] = true
			}
			if c.Tried != "" {
				g.tricky[qualify(flow, c.Tried, "/")] = true
			}
		}
	}
	return g.tricky
}

// holding is whether a case holds: it may depend on what a walk does not know.
type holding int

const (
	never holding = iota
	maybe
	surely
)

// caseOpen tells whether a check can take its n-th way: the case may hold and
// none before it surely does.
func (g *graph) caseOpen(e env, flow string, s *Step, n int) bool {
	for _, c := range s.Cases[:min(n, len(s.Cases))] {
		if holds(e, flow, c) == surely {
			return false
		}
	}
	return n >= len(s.Cases) || holds(e, flow, s.Cases[n]) != never
}

func holds(e env, flow string, c *Case) holding {
	key := qualify(flow, c.Answer, ".")
	if c.Tried != "" {
		key = qualify(flow, c.Tried, "/")
	}
	value, known := e[key]
	switch {
	case c.Fact != "":
		return maybe
	case !known && strings.ContainsAny(c.Answer+c.Tried, "./"):
		return maybe // an earlier conversation in that flow may have left it
	case c.Tried != "":
		return sure(known)
	case c.Op == OpMissing:
		return sure(!known)
	case !known:
		return never
	case value == anyOne || c.Op == OpOlder:
		return maybe
	}
	return sure(slices.Contains(c.Values, value))
}

func sure(yes bool) holding {
	if yes {
		return surely
	}
	return never
}
