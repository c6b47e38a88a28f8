package match

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"latchkey/flows"
	"latchkey/knowledge"
)

// languages tells in which language of the pack a text is written, by the
// pieces of words that the pack's own phrases have in each: naive Bayes over
// groups of three letters (Cavnar and Trenkle 1994 compare such profiles).
type languages struct {
	names  []profile
	counts []map[string]float64
	total  []float64
	known  []map[string]bool // whole words
	vocab  float64
}

func newLanguages(ex []knowledge.Example) *languages {
	l := &languages{}
	at := map[profile]int{}
	pieces := map[string]bool{}
	learn := func(p profile, folded string) {
		i, ok := at[p]
		if !ok {
			i = len(l.names)
			at[p] = i
			l.names = append(l.names, p)
			l.counts = append(l.counts, map[string]float64{})
			l.total = append(l.total, 0)
			l.known = append(l.known, map[string]bool{})
		}
		for w := range strings.FieldsSeq(folded) {
			l.known[i][w] = true
			for _, t := range triples(w) {
				l.counts[i][t]++
				l.total[i]++
				pieces[t] = true
			}
		}
	}
	for _, e := range ex {
		script := scriptOf(e.Text)
		if e.Lang == "" || script == "" {
			continue
		}
		folded := flows.Fold(e.Text)
		learn(profile{e.Lang, script}, folded)
		if script == "cyrillic" { // as it is written without a Cyrillic keyboard
			learn(profile{e.Lang, "latin"}, cyrillic.Replace(folded))
		}
	}
	l.vocab = float64(len(pieces)) + 1
	return l
}

// profile is a language in one script.
type profile struct{ lang, script string }

func triples(w string) []string {
	r := []rune(" " + w + " ")
	var out []string
	for i := 0; i+3 <= len(r); i++ {
		out = append(out, string(r[i:i+3]))
	}
	return out
}

func scriptOf(s string) string {
	latin, cyr, other := 0, 0, 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.Is(unicode.Cyrillic, r):
			cyr++
		case unicode.IsLetter(r):
			other++
		}
	}
	switch {
	case latin+cyr+other == 0:
		return ""
	case cyr > latin && cyr > other:
		return "cyrillic"
	case latin >= other:
		return "latin"
	}
	return "other"
}

// minProfile is how many pieces a language must have been seen in before it
// counts: English phrases hold a foreign name here and there.
const minProfile = 200

// lead is by how much a language must lead the next one, in natural logs for
// each piece of the text, to be told. A single word must lead by more.
const (
	lead       = 0.35
	singleLead = 1.1
)

// of is the language of a text, or "" when the text does not tell.
func (l *languages) of(text string) string {
	script := scriptOf(text)
	if script == "" || strings.ContainsAny(text, "@") || strings.Contains(text, "://") {
		return ""
	}
	words := strings.Fields(flows.Fold(text))
	var pieces []string
	for _, w := range words {
		pieces = append(pieces, triples(w)...)
	}
	if len(pieces) < 3 {
		return ""
	}
	type score struct {
		i int
		s float64
	}
	var scores []score
	for i, name := range l.names {
		if name.script != script || l.total[i] < minProfile {
			continue
		}
		s := 0.0
		for _, p := range pieces {
			s += math.Log((l.counts[i][p] + 0.1) / (l.total[i] + 0.1*l.vocab))
		}
		for _, w := range words {
			if l.known[i][w] {
				s += 2
			}
		}
		scores = append(scores, score{i, s / float64(len(pieces))})
	}
	if len(scores) == 0 {
		return ""
	}
	slices.SortFunc(scores, func(a, b score) int {
		if a.s != b.s {
			if a.s > b.s {
				return -1
			}
			return 1
		}
		return a.i - b.i
	})
	if len(scores) == 1 {
		if script == "latin" { // any language is written like that
			return ""
		}
		return l.names[scores[0].i].lang
	}
	need := lead
	if len(words) < 2 {
		need = singleLead
	}
	if scores[0].s-scores[1].s < need {
		return ""
	}
	return l.names[scores[0].i].lang
}
