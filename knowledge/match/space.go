package match

import (
	"math"
	"slices"
	"strings"

	"latchkey/flows"
)

// space turns texts into weighted features and finds the examples that share
// them. Weights are the usual TF-IDF with the length of a vector brought to
// one, so that similarity is a cosine between 0 and 1.
type space struct {
	ids   map[string]int32
	idf   []float64
	post  [][]posting // feature -> examples that have it
	n     int
	rare  float64 // weight of a feature that no example has
	spell *speller
}

type posting struct {
	example int32
	weight  float32
}

// feature is a word, a pair of words or a piece of a word, with its weight in
// the text.
type feature struct {
	key    string
	weight float64
}

// The weights of the kinds of features. Pieces are many; whole words count
// for more where they are there.
const (
	wordWeight  = 1.0
	pairWeight  = 0.6
	pieceWeight = 0.42
)

// cyrillic is how Russian is commonly written in Latin letters. Both scripts
// become one, so that "zabyl parol" is "забыл пароль".
var cyrillic = strings.NewReplacer(
	"а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ж", "zh", "з", "z", "и", "i", "й", "i", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o",
	"п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "h", "ц", "c", "ч", "ch", "ш", "sh", "щ", "sh", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "u", "я", "ya",
	"і", "i", "ї", "i", "є", "e", "ґ", "g",
)

// maxWords bounds how much of a text is looked at.
const maxWords = 120

// wordsOf are a text's words in the one script.
func wordsOf(text string) []string {
	words := strings.Fields(cyrillic.Replace(flows.Fold(text)))
	if len(words) > maxWords {
		words = words[:maxWords]
	}
	return words
}

// features lists what a text is made of.
func features(words []string) []feature {
	out := make([]feature, 0, 8*len(words))
	for i, w := range words {
		out = append(out, feature{w, wordWeight})
		if i > 0 {
			a, b := words[i-1], w
			if a > b { // the order of two words does not matter
				a, b = b, a
			}
			out = append(out, feature{a + " " + b, pairWeight})
		}
		padded := "^" + w + "$"
		for _, n := range []int{3, 4} {
			for j := 0; j+n <= len(padded); j++ {
				out = append(out, feature{padded[j : j+n], pieceWeight})
			}
		}
	}
	return out
}

func newSpace(texts []string) *space {
	s := &space{ids: map[string]int32{}, n: len(texts), spell: newSpeller()}
	for _, t := range texts {
		for _, w := range wordsOf(t) {
			s.spell.learn(w)
		}
	}
	lists := make([][]feature, len(texts))
	var df []int
	for i, t := range texts {
		lists[i] = features(s.mended(t))
		seen := map[int32]bool{}
		for _, f := range lists[i] {
			id, ok := s.ids[f.key]
			if !ok {
				id = int32(len(df))
				s.ids[f.key] = id
				df = append(df, 0)
			}
			if !seen[id] {
				seen[id] = true
				df[id]++
			}
		}
	}
	s.idf = make([]float64, len(df))
	for i, d := range df {
		s.idf[i] = math.Log(1 + float64(s.n)/float64(d))
	}
	s.rare = math.Log(1 + float64(s.n)/2)
	s.post = make([][]posting, len(df))
	for i, fs := range lists {
		v := s.weigh(fs)
		for _, x := range v.known {
			s.post[x.id] = append(s.post[x.id], posting{int32(i), float32(x.weight)})
		}
	}
	return s
}

// vector is a text in the space; unknown features only lengthen it.
type vector struct{ known []entry }

type entry struct {
	id     int32
	weight float64
}

func (s *space) vector(text string) vector { return s.weigh(features(s.mended(text))) }

// mended are a text's words with their typos mended.
func (s *space) mended(text string) []string {
	words := wordsOf(text)
	for i, w := range words {
		words[i] = s.spell.mend(w)
	}
	return words
}

func (s *space) weigh(fs []feature) vector {
	sums := make(map[int32]float64, len(fs))
	length := 0.0
	unknown := map[string]float64{}
	for _, f := range fs {
		id, ok := s.ids[f.key]
		if !ok {
			unknown[f.key] += f.weight
			continue
		}
		sums[id] += f.weight
	}
	v := vector{known: make([]entry, 0, len(sums))}
	for id, w := range sums {
		v.known = append(v.known, entry{id, math.Sqrt(w) * s.idf[id]})
	}
	slices.SortFunc(v.known, func(a, b entry) int { return int(a.id) - int(b.id) })
	for _, e := range v.known {
		length += e.weight * e.weight
	}
	// Sorted, so that the sum is the same every time.
	for _, w := range sortedValues(unknown) {
		x := math.Sqrt(w) * s.rare
		length += x * x
	}
	if length = math.Sqrt(length); length > 0 {
		for i := range v.known {
			v.known[i].weight /= length
		}
	}
	return v
}

func sortedValues(m map[string]float64) []float64 {
	out := make([]float64, 0, len(m))
	for _, v := range m {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

// similar is the cosine of a text with every example.
func (s *space) similar(text string) []float64 {
	sims := make([]float64, s.n)
	for _, e := range s.vector(text).known {
		for _, p := range s.post[e.id] {
			sims[p.example] += e.weight * float64(p.weight)
		}
	}
	return sims
}

// cosine of two vectors.
func cosine(a, b vector) float64 {
	sum, i, j := 0.0, 0, 0
	for i < len(a.known) && j < len(b.known) {
		switch x, y := a.known[i], b.known[j]; {
		case x.id == y.id:
			sum += x.weight * y.weight
			i++
			j++
		case x.id < y.id:
			i++
		default:
			j++
		}
	}
	return sum
}
