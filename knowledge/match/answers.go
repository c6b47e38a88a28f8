package match

import (
	"math"

	"latchkey/bot"
	"latchkey/knowledge"
)

// answerBonus is by how much nearer an answer to the waiting question counts
// than the same words would as a new topic: a question makes its answers
// likely. A topic that is clearly named still wins.
const answerBonus = 0.1

// answers are the answers to the waiting question that are near a text at all,
// with their nearness for a score. local holds the features of the text that
// no example has.
func (s *space) answers(text vector, local names, options []knowledge.Option) []bot.Candidate {
	var out []bot.Candidate
	for _, o := range options {
		ways := make([]vector, len(o.Words))
		for i, w := range o.Words {
			ways[i] = s.vector(w, local)
		}
		if n, way := nearAnswer(text, ways); n > 0 {
			out = append(out, bot.Candidate{Kind: bot.CandidateOption, ID: o.ID, Score: n + answerBonus, Phrase: o.Words[way]})
		}
	}
	return out
}

// nearAnswer is how near a text is to the ways to give an answer, and which
// way is the nearest. It goes by their cosines, by how much of the text they
// have, and by how much of each is in the other, so that "Google" is found in
// "well, I think it was Google".
func nearAnswer(text vector, ways []vector) (near float64, way int) {
	var n nearness
	inside := 0.0
	had := map[int32]bool{}
	for i, w := range ways {
		cos, ofText, ofWay := shared(text, w)
		n.keep(cos, i)
		inside = max(inside, math.Sqrt(ofText*ofWay))
		for _, e := range w {
			had[e.id] = true
		}
	}
	for _, e := range text {
		if had[e.id] {
			n.covered += float64(e.weight) * float64(e.weight)
		}
	}
	near = 0.4*min(1, n.together()) + 0.2*n.covered + 0.4*inside
	if n.best >= exactly {
		near += exactBonus
	}
	return near, n.phrase
}

// shared is the cosine of two vectors, and what share of the square length of
// each is in features of both.
func shared(a, b vector) (cos, ofA, ofB float64) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		x, y := a[i], b[j]
		if x.id == y.id {
			cos += float64(x.weight) * float64(y.weight)
			ofA += float64(x.weight) * float64(x.weight)
			ofB += float64(y.weight) * float64(y.weight)
		}
		if x.id <= y.id {
			i++
		}
		if y.id <= x.id {
			j++
		}
	}
	return cos, ofA, ofB
}
