package match

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"latchkey/flows"
	"latchkey/knowledge"
)

// languages tells in which language of the pack a text is written, by what the
// pack's own phrases look like in each: their words, their groups of three
// letters (naive Bayes; Cavnar and Trenkle 1994 compare such profiles), and
// letters that one language alone has. A language that is not written in Latin
// letters is learnt in its skeleton, and so is known in Latin letters too.
type languages struct {
	list    []language
	letters map[rune]int // letters beyond ASCII that one language alone has
	pieces  float64      // how many different groups of letters there are
}

type language struct {
	name    string
	latin   bool // written in Latin letters
	words   map[string]float64
	triples map[string]float64
	nWords  float64
	nTriple float64
}

func newLanguages(ex []knowledge.Example) *languages {
	l := &languages{letters: map[rune]int{}}
	at := map[string]int{}
	for _, e := range ex {
		if _, ok := at[e.Lang]; !ok && e.Lang != "" {
			at[e.Lang] = len(l.list)
			l.list = append(l.list, language{name: e.Lang, words: map[string]float64{}, triples: map[string]float64{}})
		}
	}
	letters := make([]map[rune]int, len(l.list))
	ascii := make([]int, len(l.list)) // letters of the Latin script less all others
	for _, e := range ex {
		if i, ok := at[e.Lang]; ok {
			if letters[i] == nil {
				letters[i] = map[rune]int{}
			}
			ascii[i] += countLetters(e.Text, letters[i])
		}
	}
	l.owned(letters)
	all := map[string]bool{}
	for i := range l.list {
		l.list[i].latin = ascii[i] > 0
	}
	for _, e := range ex {
		if i, ok := at[e.Lang]; ok {
			l.list[i].learn(e.Text, all)
		}
	}
	l.pieces = float64(len(all)) + 1
	return l
}

// countLetters counts letters beyond ASCII, and returns how many more Latin
// letters there are than others.
func countLetters(text string, into map[rune]int) (latin int) {
	for _, r := range composed(text) {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.IsLetter(r):
			latin--
		}
		if r > unicode.MaxASCII && unicode.IsLetter(r) {
			into[r]++
		}
	}
	return latin
}

func composed(text string) string { return norm.NFC.String(strings.ToLower(text)) }

// owned finds the letters that nearly only one language has. Foreign words
// stand in the phrases of every language, so a few do not count.
func (l *languages) owned(letters []map[rune]int) {
	sum := map[rune]int{}
	for _, m := range letters {
		for r, n := range m {
			sum[r] += n
		}
	}
	for i, m := range letters {
		for r, n := range m {
			if n >= 3 && n*20 >= sum[r]*19 {
				l.letters[r] = i
			}
		}
	}
}

func (g *language) key(folded string) string {
	if !g.latin {
		folded = skeleton(folded)
	}
	return clipWord(folded)
}

func (g *language) learn(text string, all map[string]bool) {
	for _, w := range strings.Fields(flows.Fold(bare(text))) {
		w = g.key(w)
		g.words[w]++
		g.nWords++
		eachTriple(w, func(t string) {
			g.triples[t]++
			g.nTriple++
			all[t] = true
		})
	}
}

func eachTriple(w string, visit func(string)) {
	eachPiece(w, func(p string) {
		if utf8.RuneCountInString(p) == 3 {
			visit(p)
		}
	})
}

// What it takes to tell a language, in natural logs.
const (
	mostPerWord = 4.0     // what one word can tell at most
	leastClue   = 0.5     // from where a word counts as a clue
	needed      = 4.0     // what all words must tell together
	neededOwned = 2.0     // the same, where a letter is that language's own
	borrowed    = 1.0 / 3 // what a Latin word tells beside words of another script
)

// clue is a word of the text as languages see it.
type clue struct {
	own    int // the language whose letter it has, or -1
	latin  bool
	folded string
}

// of is the language of a text, or "" when the text does not tell. Words of
// the conversation's language are enough to stay with it. To leave it takes
// two words, one of them known, or a letter that only the other language has:
// a single borrowed word, a name or a brand is no change of language.
func (l *languages) of(text, current string) string {
	clues, mixed := l.clues(text)
	total := make([]float64, len(l.list))
	support, known, own := make([]int, len(l.list)), make([]int, len(l.list)), make([]bool, len(l.list))
	scores := make([]float64, len(l.list))
	for _, c := range clues {
		for i := range l.list {
			score, ok := l.list[i].score(c.folded, l.pieces)
			if scores[i] = score; ok {
				known[i]++
			}
		}
		for i := range l.list {
			d := min(mostPerWord, max(-mostPerWord, scores[i]-l.rival(i, c.folded, scores)))
			if c.own == i {
				d, own[i] = mostPerWord, true
			} else if c.own >= 0 {
				d = -mostPerWord
			}
			if d > leastClue {
				support[i]++
			}
			if mixed && c.latin {
				d *= borrowed
			}
			total[i] += d
		}
	}
	best := 0
	for i := range total {
		if total[i] > total[best] {
			best = i
		}
	}
	switch {
	case len(total) == 0 || total[best] <= 0:
		return ""
	case l.list[best].name == current,
		own[best] && total[best] >= neededOwned,
		total[best] >= needed && support[best] >= 2 && known[best] >= 1:
		return l.list[best].name
	}
	return ""
}

// clues splits a text. It is mixed when some words are of another script than
// Latin: then the Latin ones may be borrowed.
func (l *languages) clues(text string) (out []clue, mixed bool) {
	for _, raw := range strings.Fields(bare(text)) {
		c := clue{own: -1}
		for _, r := range composed(raw) {
			if o, ok := l.letters[r]; ok {
				c.own = o
			}
			c.latin = c.latin || unicode.Is(unicode.Latin, r)
		}
		mixed = mixed || c.own >= 0 && !c.latin
		for _, w := range strings.Fields(flows.Fold(raw)) {
			c.folded = w
			out = append(out, c)
		}
		if len(out) > maxWords {
			break
		}
	}
	return out, mixed
}

// rival is the best score of the others, one of which is no language of the
// pack and has all groups of letters equally often.
func (l *languages) rival(i int, folded string, scores []float64) float64 {
	best := math.Log(0.5) - float64(min(utf8.RuneCountInString(folded), maxWord))*math.Log(l.pieces)
	for j, s := range scores {
		if j != i {
			best = max(best, s)
		}
	}
	return best
}

// score is the logarithm of how likely the language has the word, half by the
// word itself and half by its groups of letters, and whether it is known.
func (g *language) score(folded string, pieces float64) (float64, bool) {
	w := g.key(folded)
	p := 0.0
	eachTriple(w, func(t string) {
		p += math.Log((g.triples[t] + 0.1) / (g.nTriple + 0.1*pieces))
	})
	n := g.words[w]
	return math.Log(0.5*n/max(g.nWords, 1) + 0.5*math.Exp(p)), n > 0
}
