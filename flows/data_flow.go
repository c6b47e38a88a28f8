package flows

import "slices"

// names is a set of tracked answers, one bit each.
type names []uint64

func newNames(n int, full bool) names {
	s := make(names, (n+63)/64)
	if full {
		for i := range s {
			s[i] = ^uint64(0)
		}
	}
	return s
}

func (s names) has(i int) bool { return s != nil && s[i/64]&(1<<(i%64)) != 0 }

// assigned computes for every step of a flow which of the tracked answers all
// dialogues have set when they get there (sure), and which some have (some).
// Dialogues begin at the first step and, with nothing set, at the steps in
// entered. It is the usual forward analysis over a work list: sure shrinks
// and some grows until nothing changes (Aho et al., Compilers, 9.2).
func assigned(f *Flow, tracked []string, entered map[string]bool) (sure, some map[string]names) {
	sure, some = make(map[string]names, len(f.Order)), make(map[string]names, len(f.Order))
	if len(tracked) == 0 {
		return sure, some
	}
	var todo []*Step
	waiting := map[*Step]bool{}
	push := func(st *Step) {
		if !waiting[st] {
			waiting[st] = true
			todo = append(todo, st)
		}
	}
	for _, id := range f.Order {
		if id == f.First() || entered[id] {
			sure[id], some[id] = newNames(len(tracked), false), newNames(len(tracked), false)
			push(f.Steps[id])
		}
	}
	for len(todo) > 0 {
		st := todo[0]
		todo = todo[1:]
		waiting[st] = false
		for _, w := range ways(st) {
			next := f.Steps[w.to.Step]
			if w.to.Flow != "" && w.to.Flow != f.ID || next == nil {
				continue
			}
			if sure[next.ID] == nil {
				sure[next.ID], some[next.ID] = newNames(len(tracked), true), newNames(len(tracked), false)
				push(next)
			}
			if flowInto(sure[next.ID], some[next.ID], sure[st.ID], some[st.ID], known(st, w, tracked)) {
				push(next)
			}
		}
	}
	return sure, some
}

// flowInto carries what holds after a step over to the next one and tells
// whether that changed anything there.
func flowInto(sure, some, fromSure, fromSome names, learnt []int) bool {
	changed := false
	for i := range sure {
		a, b := fromSure[i], fromSome[i]
		for _, k := range learnt {
			if k/64 == i {
				a |= 1 << (k % 64)
				b |= 1 << (k % 64)
			}
		}
		if x := sure[i] & a; x != sure[i] {
			sure[i], changed = x, true
		}
		if x := some[i] | b; x != some[i] {
			some[i], changed = x, true
		}
	}
	return changed
}

// known are the tracked answers that are surely there behind one way out of a
// step: what the step asked, or what a check has found to be there.
func known(st *Step, w way, tracked []string) []int {
	var out []int
	learn := func(name string) {
		if i := slices.Index(tracked, name); i >= 0 {
			out = append(out, i)
		}
	}
	switch {
	case st.Ask != nil && w.name == "next" && w.kind == wayAnswer:
		learn(st.Ask.As)
	case st.Kind == KindChoose && (w.kind == wayAnswer || w.kind == wayLimited):
		learn(st.ID)
	case st.Kind == KindCheck:
		for i, c := range st.Cases {
			if i < w.n && c.Op == OpMissing { // an earlier case would have been taken
				learn(c.Answer)
			}
			if i == w.n && (c.Op == OpIn || c.Op == OpOlder) {
				learn(c.Answer)
			}
		}
	}
	return out
}
