package redact

import (
	"strings"

	"github.com/tyler-smith/go-bip39/wordlists"
)

// phraseWords are the 2,048 English words of recovery phrases (BIP-39).
var phraseWords = func() map[string]bool {
	out := make(map[string]bool, len(wordlists.English))
	for _, w := range wordlists.English {
		out[w] = true
	}
	return out
}()

// minPhrase is how many words of the list in a row make a recovery phrase.
// The shortest has twelve; some may be left out and one may be mistyped.
const minPhrase = 9

// phrases finds recovery phrases, numbered or not.
func (f *finder) phrases() {
	from, to, n := -1, 0, 0 // the run
	gap, behind := -1, 0    // the mistyped word in it, and how many words follow
	end := func(at int) {
		if n >= minPhrase {
			f.mark(f.ws[from].from, f.ws[to].to, Phrase)
		} else if behind > 0 && gap >= 0 { // what follows the gap may begin another
			from, n, gap, behind = gap+1, behind, at, 0
			return
		}
		from, n, gap, behind = -1, 0, -1, 0
	}
	for i := range f.ws {
		w := &f.ws[i]
		switch {
		case w.digits == 0 && w.symbols == 0 && len(w.fold) >= 3 && len(w.fold) <= 8 && phraseWords[w.fold]:
			if from < 0 {
				from = i
			}
			if gap >= 0 {
				behind++
			}
			n++
			to = i
		case from < 0 || digitsOnly(w) && w.digits <= 2: // "1. abandon 2. ability"
		case gap < 0 && w.latin() && w.plain() && !w.wall && n >= 2:
			gap = i
		default:
			end(i)
			if w.wall || !w.plain() {
				from, n, gap, behind = -1, 0, -1, 0
			}
		}
	}
	end(len(f.ws))
}

// lists finds backup codes: four or more words of the same odd shape in a row,
// or eight and more groups of four digits.
func (f *finder) lists() {
	for i := 0; i < len(f.ws); {
		s := shapeOf(&f.ws[i])
		if s == (shape{}) {
			i++
			continue
		}
		same, last, j := 1, i, i+1
		for ; j < len(f.ws); j++ {
			if shapeOf(&f.ws[j]) == s {
				same, last = same+1, j
			} else if !digitsOnly(&f.ws[j]) || f.ws[j].digits > 2 || f.ws[j].symbols > 0 {
				break
			}
		}
		if same >= 4 && s.length > 4 || same >= 8 {
			f.mark(f.ws[i].from, f.ws[last].to, BackupCodes)
		}
		i = j
	}
}

// shape is the form of a word that may be a backup code: its length and where
// its hyphen is. Ordinary words and long numbers have none.
type shape struct{ length, hyphen int }

func shapeOf(w *word) shape {
	n := len(w.text)
	if n < 4 || n > 14 || n == 5 || w.wall || !alnum(w) {
		return shape{}
	}
	if n == 4 && w.digits < 4 || w.digits == n && n > 10 {
		return shape{}
	}
	hyphens := 0
	if w.symbols > 0 {
		hyphens = strings.Count(w.text, "-")
	}
	if w.digits == 0 && (hyphens == 0 || w.upper == 0 && vowels(w.fold) > n/2) {
		return shape{}
	}
	if date(w.text) || w.goods() {
		return shape{}
	}
	return shape{n, strings.IndexByte(w.text, '-') + 1}
}
