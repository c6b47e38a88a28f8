package flows

// links is a directed graph in rows: the successors of v are
// to[row[v]:row[v+1]]. A negative successor is skipped.
type links struct {
	row []int32
	to  []int32
}

func (l links) of(v int32) []int32 { return l.to[l.row[v]:l.row[v+1]] }

// components finds the strongly connected components of the nodes for which
// in holds (nil = all), by Tarjan's algorithm (SIAM J. Comput. 1, 1972) with
// its own stack, because a chain of 100,000 steps must not nest 100,000 calls.
// comp is -1 outside; components are numbered successors first, so that going
// through them by number meets a callee before its callers.
func components(l links, in func(int32) bool) (comp []int32, count int32) {
	n := len(l.row) - 1
	t := tarjan{l: l, in: in, comp: make([]int32, n), low: make([]int32, n), order: make([]int32, n), at: make([]int32, n)}
	for v := range t.comp {
		t.comp[v] = -1
	}
	for v := range int32(n) {
		if t.order[v] == 0 && (in == nil || in(v)) {
			t.from(v)
		}
	}
	return t.comp, t.count
}

type tarjan struct {
	l          links
	in         func(int32) bool
	comp       []int32
	low, order []int32 // order 0 = not seen
	at         []int32 // next successor to look at
	path       []int32 // the nodes we are inside of
	open       []int32 // seen, component not known yet
	seen       int32
	count      int32
}

func (t *tarjan) from(root int32) {
	t.enter(root)
	for len(t.path) > 0 {
		v := t.path[len(t.path)-1]
		next := t.l.of(v)
		if int(t.at[v]) == len(next) {
			t.leave(v)
			continue
		}
		w := next[t.at[v]]
		t.at[v]++
		switch {
		case w < 0 || t.in != nil && !t.in(w):
		case t.order[w] == 0:
			t.enter(w)
		case t.comp[w] < 0:
			t.low[v] = min(t.low[v], t.order[w])
		}
	}
}

func (t *tarjan) enter(v int32) {
	t.seen++
	t.order[v], t.low[v] = t.seen, t.seen
	t.path = append(t.path, v)
	t.open = append(t.open, v)
}

func (t *tarjan) leave(v int32) {
	t.path = t.path[:len(t.path)-1]
	if len(t.path) > 0 {
		up := t.path[len(t.path)-1]
		t.low[up] = min(t.low[up], t.low[v])
	}
	if t.low[v] != t.order[v] {
		return
	}
	for {
		w := t.open[len(t.open)-1]
		t.open = t.open[:len(t.open)-1]
		t.comp[w] = t.count
		if w == v {
			break
		}
	}
	t.count++
}

// loops returns, for every component with a cycle, its nodes in rising order.
func loops(l links, comp []int32, count int32) [][]int32 {
	cyclic := make([]bool, count)
	for v := range comp {
		if comp[v] < 0 {
			continue
		}
		for _, w := range l.of(int32(v)) {
			// Two nodes of one component, or one node twice, make a cycle.
			if w >= 0 && comp[w] == comp[v] {
				cyclic[comp[v]] = true
			}
		}
	}
	return members(comp, cyclic)
}

// members gathers the nodes of the wanted components, in the order in which
// their first nodes come.
func members(comp []int32, want []bool) [][]int32 {
	slot := make([]int32, len(want))
	var out [][]int32
	for v, c := range comp {
		if c < 0 || !want[c] {
			continue
		}
		if slot[c] == 0 {
			out = append(out, nil)
			slot[c] = int32(len(out))
		}
		out[slot[c]-1] = append(out[slot[c]-1], int32(v))
	}
	return out
}
