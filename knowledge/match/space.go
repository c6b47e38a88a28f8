package match

import (
	"cmp"
	"math"
	"slices"
)

// space turns texts into vectors of weighted features: words, neighbouring
// words joined (so that "e mail" is "email", and "pass word" is "password"),
// and pieces of words. A feature weighs the more the fewer things can be meant
// by it. A vector has length one, so that the product of two is their cosine.
type space struct {
	names  names
	weight []float64 // by feature
	rare   float64   // weight of a feature that no example has
	spell  *speller
}

// names number the features, words apart from pieces: the piece "code" is not
// the word.
type names [2]map[string]int32

const words, pieces = 0, 1

func newNames() names { return names{words: {}, pieces: {}} }

func (n names) size() int { return len(n[words]) + len(n[pieces]) }

// vector holds its entries sorted by feature.
type vector []entry

type entry struct {
	id     int32
	weight float32
}

const (
	wordShare = 0.5 // of a vector's square length; the rest is the pieces'
	joined    = 0.3 // how much of a word two joined words are
	// unknown is how much heavier an unknown feature is than the rarest known
	// one. It only makes a text longer, so that a text of mostly unknown words
	// is near to nothing.
	unknown = 1.3
)

// newSpace learns the features of texts; class says what each text means,
// classes how many meanings there are. A text of a negative class means
// nothing, but its words are known.
func newSpace(texts []string, class []int, classes int) (*space, []vector) {
	s := &space{names: newNames(), spell: newSpeller()}
	split := make([][]string, len(texts))
	order := make([]int, len(texts))
	for i, t := range texts {
		order[i] = i
		split[i] = wordsOf(t)
		for _, w := range split[i] {
			s.spell.learn(w)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(class[a], class[b]) })
	bags := make([]bag, len(texts))
	var last, in []int // by feature: the last class that has it, and how many have it
	for _, i := range order {
		bags[i] = s.bag(split[i], names{})
		for len(in) < s.names.size() {
			last, in = append(last, -1), append(in, 0)
		}
		for _, kind := range bags[i] {
			for _, e := range kind {
				if class[i] > last[e.id] { // classes come in order
					last[e.id] = class[i]
					in[e.id]++
				}
			}
		}
	}
	weight := func(n int) float64 { return math.Sqrt(math.Log(1 + float64(classes)/float64(max(n, 1)))) }
	s.rare = unknown * weight(1)
	s.weight = make([]float64, len(in))
	for id, n := range in {
		s.weight[id] = weight(n)
	}
	vectors := make([]vector, len(texts))
	for i, b := range bags {
		vectors[i] = s.weigh(b)
	}
	return s, vectors
}

// vector is a text in the space. Features that no example has get numbers of
// their own in local, so that a vector made with the same local can share
// them. It is empty for a text without words.
func (s *space) vector(text string, local names) vector {
	return s.weigh(s.bag(wordsOf(text), local))
}

// bag counts the features of a text.
type bag [2][]entry

// bag counts the features of typed words. Typos are mended in words; their
// pieces stay as they were typed, so that a wrong guess costs only half.
// Without local, unknown features are learnt.
func (s *space) bag(typed []string, local names) bag {
	var b bag
	before := ""
	for i, w := range typed {
		mended := s.spell.mend(w)
		b[words] = append(b[words], entry{s.number(words, mended, local), 1})
		if i > 0 {
			b[words] = append(b[words], entry{s.number(words, before+mended, local), joined})
		}
		before = mended
		eachPiece(w, func(p string) {
			b[pieces] = append(b[pieces], entry{s.number(pieces, p, local), 1})
		})
	}
	return bag{summed(b[words]), summed(b[pieces])}
}

func (s *space) number(kind int, key string, local names) int32 {
	if id, ok := s.names[kind][key]; ok {
		return id
	}
	into := local[kind]
	if into == nil {
		into = s.names[kind]
	}
	if id, ok := into[key]; ok {
		return id
	}
	id := int32(s.names.size() + local.size())
	into[key] = id
	return id
}

// summed sorts entries and makes one of those with the same feature.
func summed(es []entry) []entry {
	slices.SortFunc(es, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
	out := es[:0]
	for _, e := range es {
		if n := len(out); n > 0 && out[n-1].id == e.id {
			out[n-1].weight += e.weight
			continue
		}
		out = append(out, e)
	}
	return out
}

// weigh gives each feature its weight, and each kind its share of the length.
func (s *space) weigh(b bag) vector {
	v := make(vector, 0, len(b[words])+len(b[pieces]))
	for kind, share := range [2]float64{words: wordShare, pieces: 1 - wordShare} {
		from, square := len(v), 0.0
		for _, e := range b[kind] {
			w := s.rare
			if int(e.id) < len(s.weight) {
				w = s.weight[e.id]
			}
			w *= math.Sqrt(float64(e.weight))
			square += w * w
			v = append(v, entry{e.id, float32(w)})
		}
		scale := float32(math.Sqrt(share / max(square, 1e-9)))
		for i := from; i < len(v); i++ {
			v[i].weight *= scale
		}
	}
	slices.SortFunc(v, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
	return v
}
