package match

// speller finds the known word that a mistyped one probably is. It keeps, for
// each known word, the words that come of it by leaving one letter out; two
// words that differ by one letter changed, left out, added or swapped share
// such a remainder (the method of symmetric deletes).
type speller struct {
	known map[string]int      // word -> in how many phrases
	rest  map[string][]string // word with one letter left out -> known words
}

// minTyped is the length from which words are mended: shorter ones are too
// often another word.
const minTyped = 4

func newSpeller() *speller {
	return &speller{known: map[string]int{}, rest: map[string][]string{}}
}

func (s *speller) learn(word string) {
	if s.known[word]++; s.known[word] > 1 || len(word) < minTyped {
		return
	}
	s.rest[word] = append(s.rest[word], word)
	for _, r := range leftOut(word) {
		s.rest[r] = append(s.rest[r], word)
	}
}

// leftOut are the words that come of one by leaving one letter out. Words are
// in Latin letters here; others are cut at bytes, which finds fewer.
func leftOut(word string) []string {
	out := make([]string, 0, len(word))
	for i := range len(word) {
		if i > 0 && word[i] == word[i-1] {
			continue // the same remainder again
		}
		out = append(out, word[:i]+word[i+1:])
	}
	return out
}

// rarer is by how much a known word must be outnumbered by its neighbour to
// count as a mistake itself: phrases hold typos on purpose.
const rarer = 10

// mend is the known word nearest to one that is not known, or hardly, or the
// word itself. Of several at the same distance the commonest is taken.
func (s *speller) mend(word string) string {
	n := s.known[word]
	if len(word) < minTyped || n > 0 && len(word) <= minTyped {
		return word
	}
	best, count := word, max(rarer*n-1, 0)
	try := func(list []string) {
		for _, k := range list {
			if n := s.known[k]; (n > count || n == count && best != word && k < best) && oneApart(word, k) {
				best, count = k, n
			}
		}
	}
	try(s.rest[word])
	for _, r := range leftOut(word) {
		try(s.rest[r])
	}
	return best
}

// oneApart tells whether one letter changed, left out, added, or swapped with
// its neighbour makes b of a.
func oneApart(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		if i == len(a) || a[i+1:] == b[i+1:] {
			return true
		}
		return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	}
	return a[i:] == b[i+1:]
}
