package match

import "strings"

// speller finds the known word that a mistyped one probably is. It keeps, for
// each known word, the words that come of it by leaving one letter out; two
// words that differ by one letter changed, left out, added or swapped share
// such a remainder (the method of symmetric deletes).
type speller struct {
	known map[string]int      // word -> in how many phrases
	rest  map[string][]string // word with one letter left out -> known words
}

// minTyped is the length from which words are mended, and minKnown that from
// which even a known one is: shorter ones are too often another word.
const (
	minTyped = 4
	minKnown = 6
)

func newSpeller() *speller {
	return &speller{known: map[string]int{}, rest: map[string][]string{}}
}

func (s *speller) learn(word string) {
	if s.known[word]++; s.known[word] > 1 || len(word) < minTyped {
		return
	}
	s.rest[word] = append(s.rest[word], word)
	eachLeftOut(word, func(r string) { s.rest[r] = append(s.rest[r], word) })
}

// eachLeftOut visits the words that come of one by leaving one letter out.
// Words are in Latin letters here; others are cut at bytes, which finds fewer.
func eachLeftOut(word string, visit func(string)) {
	for i := range len(word) {
		visit(word[:i] + word[i+1:])
	}
}

// common is in how many phrases a word must stand to be what another was meant
// to be; rarer is by how much a known word must be outnumbered to count as a
// mistake itself, for phrases hold typos on purpose.
const (
	common = 2
	rarer  = 10
)

// mend is the known word nearest to one that is not known, or hardly, or the
// word itself. Of several the commonest is taken.
func (s *speller) mend(word string) string {
	if len(word) < minTyped || s.known[word] > 0 && len(word) < minKnown {
		return word
	}
	best, count := word, max(rarer*s.known[word], common)-1
	try := func(list []string) {
		for _, k := range list {
			if n := s.known[k]; (n > count || n == count && best != word && k < best) && slip(word, k) {
				best, count = k, n
			}
		}
	}
	try(s.rest[word])
	eachLeftOut(word, func(r string) { try(s.rest[r]) })
	return best
}

// slip tells whether a is likely to be b mistyped: two neighbours swapped, or
// one letter changed, left out or added. The first letter is seldom wrong, a
// vowel is wrong more often than another letter, and the shorter words are the
// likelier one is simply another ("sick" and "kick", "comes" and "codes").
func slip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if a == b || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		if i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:] {
			return true
		}
		least := 7
		if vowel(a[i]) && vowel(b[i]) {
			least = 4
		}
		return i > 0 && len(a) >= least && a[i+1:] == b[i+1:]
	}
	least := 6
	if i == len(a) || vowel(b[i]) {
		least = 5
	}
	return i > 0 && len(b) >= least && a[i:] == b[i+1:]
}

func vowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }
