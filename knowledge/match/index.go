package match

import (
	"math"

	"latchkey/bot"
	"latchkey/knowledge"
)

// class is one thing that can be meant.
type class struct {
	kind bot.CandidateKind
	id   string
}

// group is the phrases of one class in one language. Each has a centre of its
// own: the middle between two languages is near to neither.
type group struct {
	class int
	lang  string
}

// index finds, for a text, how near it is to the phrases of each class.
type index struct {
	space    *space
	classes  []class
	groups   []group
	examples []example
	phrases  [][]posting // by feature: the examples that have it
	centres  [][]posting // by feature: the groups that have it, with its weight in the centre
	lengths  []float64   // by group: length of the sum of its phrases
}

type example struct {
	group int
	not   bool
	text  string
}

type posting struct {
	at     int32
	weight float32
}

func newIndex(ex []knowledge.Example) *index {
	x := &index{}
	classAt, groupAt := map[class]int{}, map[group]int{}
	texts, classOf := make([]string, len(ex)), make([]int, len(ex))
	for i, e := range ex {
		c := class{e.Kind, e.ID}
		ci, ok := classAt[c]
		if !ok {
			ci = len(x.classes)
			classAt[c] = ci
			x.classes = append(x.classes, c)
		}
		g := group{ci, e.Lang}
		gi, ok := groupAt[g]
		if !ok {
			gi = len(x.groups)
			groupAt[g] = gi
			x.groups = append(x.groups, g)
		}
		x.examples = append(x.examples, example{group: gi, not: e.Not, text: e.Text})
		texts[i], classOf[i] = e.Text, ci
		if e.Not {
			classOf[i] = -1
		}
	}
	var vectors []vector
	x.space, vectors = newSpace(texts, classOf, len(x.classes))
	x.phrases = make([][]posting, len(x.space.weight))
	for i, v := range vectors {
		for _, e := range v {
			x.phrases[e.id] = append(x.phrases[e.id], posting{int32(i), e.weight})
		}
	}
	x.centres = x.centred()
	return x
}

// centred adds up the phrases of each group and brings the sums to length one.
func (x *index) centred() [][]posting {
	square := make([]float64, len(x.groups))
	sums := make([][]posting, len(x.phrases))
	sum := make([]float32, len(x.groups))
	for id, ps := range x.phrases {
		var touched []int32
		for _, p := range ps {
			e := &x.examples[p.at]
			if e.not {
				continue
			}
			if sum[e.group] == 0 {
				touched = append(touched, int32(e.group))
			}
			sum[e.group] += p.weight
		}
		for _, g := range touched {
			sums[id] = append(sums[id], posting{g, sum[g]})
			square[g] += float64(sum[g]) * float64(sum[g])
			sum[g] = 0
		}
	}
	for _, ps := range sums {
		for i := range ps {
			ps[i].weight /= float32(math.Sqrt(square[ps[i].at]))
		}
	}
	for i, q := range square {
		square[i] = math.Sqrt(q)
	}
	x.lengths = square
	return sums
}

// nearness is how a text lies to the phrases of one class in one language.
type nearness struct {
	best    float64               // cosine with the nearest phrase
	phrase  int                   // that phrase
	top     [nearestCount]float64 // cosines with the nearest phrases
	centre  float64               // cosine with the centre
	covered float64               // share of the text's square length that the phrases have
	not     float64               // cosine with the nearest phrase that must not lead here
}

// nearestCount is how many phrases of a group count. More would favour flows that
// have many.
const nearestCount = 3

// nearest compares a vector with every group.
func (x *index) nearest(v vector) []nearness { return x.nearestBut(v, -1) }

// nearestBut leaves one example out of the nearest phrases.
func (x *index) nearestBut(v vector, but int) []nearness {
	sims := make([]float64, len(x.examples))
	out := make([]nearness, len(x.groups))
	for _, e := range v {
		if int(e.id) >= len(x.phrases) {
			continue // no example has it
		}
		w := float64(e.weight)
		for _, p := range x.phrases[e.id] {
			sims[p.at] += w * float64(p.weight)
		}
		for _, p := range x.centres[e.id] {
			out[p.at].centre += w * float64(p.weight)
			out[p.at].covered += w * w
		}
	}
	for i, s := range sims {
		if i == but {
			continue
		}
		n := &out[x.examples[i].group]
		if x.examples[i].not {
			n.not = max(n.not, s)
			continue
		}
		n.keep(s, i)
	}
	return out
}

// keep takes the cosine with a phrase among the nearest.
func (n *nearness) keep(s float64, phrase int) {
	if s > n.best {
		n.best, n.phrase = s, phrase
	}
	for i := range n.top {
		if s > n.top[i] {
			s, n.top[i] = n.top[i], s
		}
	}
}

// together is the nearest phrases as one measure: two that are near are more
// than one, and many that are far are still little.
func (n *nearness) together() float64 {
	sum := 0.0
	for _, s := range n.top {
		sum += s * s * s
	}
	return math.Cbrt(sum)
}
