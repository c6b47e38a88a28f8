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
// The shortest has twelve; some may be mistyped or left out.
const minPhrase = 9

// phrases finds recovery phrases, numbered or not.
func (f *finder) phrases() {
	from, n := -1, 0
	to := 0
	end := func() {
		if n >= minPhrase {
			f.mark(f.ws[from].from, f.ws[to].to, Phrase)
		}
		from, n = -1, 0
	}
	for i, w := range f.ws {
		switch {
		case phraseWords[w.fold]:
			if from < 0 {
				from = i
			}
			n++
			to = i
		case from >= 0 && digitsOnly(w) && w.digits <= 2: // "1. abandon 2. ability"
		default:
			end()
		}
	}
	end()
}

// lists finds backup codes: four or more words of the same odd shape in a row.
func (f *finder) lists() {
	for i := 0; i < len(f.ws); {
		s := shape(f.ws[i])
		j := i + 1
		for j < len(f.ws) && s != "" && (shape(f.ws[j]) == s || digitsOnly(f.ws[j]) && f.ws[j].digits <= 2 && f.ws[j].symbols == 0) {
			j++
		}
		same := 0
		for k := i; k < j; k++ {
			if shape(f.ws[k]) == s {
				same++
			}
		}
		if s != "" && same >= 4 {
			f.mark(f.ws[i].from, f.ws[j-1].to, BackupCodes)
		}
		i = max(j, i+1)
	}
}

// shape is the form of a word that may be a backup code: its length and where
// its hyphens are. Ordinary words and long numbers have none.
func shape(w word) string {
	n := w.runes()
	if n < 6 || n > 14 || !alnum(w) || w.address() {
		return ""
	}
	hyphens := strings.Count(w.text, "-")
	if w.digits == 0 && (hyphens == 0 || w.upper == 0 && vowels(w.fold) > n/2) {
		return ""
	}
	if hyphens == 0 && w.digits == n && n > 10 {
		return ""
	}
	form := strings.Map(func(r rune) rune {
		if r == '-' {
			return '-'
		}
		return 'x'
	}, w.text)
	return form
}
