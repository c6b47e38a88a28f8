package flows

// dial is Dial's shortest-path queue (Comm. ACM 12, 1969): one bucket a
// distance. Distances are customer turns and never exceed those of the whole
// pack, so it is linear in the size of the pack.
type dial struct {
	dist []int32 // -1: not reached
	rows [][]int32
	top  int // buckets in use
}

func newDial(n int) *dial {
	d := &dial{dist: make([]int32, n)}
	for v := range d.dist {
		d.dist[v] = -1
	}
	return d
}

// add offers node v at distance d and tells whether that is an improvement.
func (q *dial) add(v, d int32) bool {
	if q.dist[v] >= 0 && q.dist[v] <= d {
		return false
	}
	q.dist[v] = d
	for len(q.rows) <= int(d) {
		q.rows = append(q.rows, nil)
	}
	q.rows[d] = append(q.rows[d], v)
	q.top = max(q.top, int(d)+1)
	return true
}

// run visits nodes in the order of their distance; visit may add more.
func (q *dial) run(visit func(v, d int32)) {
	for d := 0; d < q.top; d++ {
		for i := 0; i < len(q.rows[d]); i++ {
			if v := q.rows[d][i]; q.dist[v] == int32(d) {
				visit(v, int32(d))
			}
		}
		q.rows[d] = q.rows[d][:0]
	}
	q.top = 0
}
