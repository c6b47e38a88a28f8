package match

import (
	"regexp"
	"strings"
	"unicode"

	"latchkey/flows"
)

// maxWords and maxWord bound how much of a text is looked at, and so the time
// that the longest message takes.
const (
	maxWords = 120
	maxWord  = 40 // bytes
)

// noWords matches what is no word of the customer's: addresses, links, long
// numbers, and the marks that stand where a secret was removed.
var noWords = regexp.MustCompile(`\S*(?:@|://|www\.)\S*|\[removed: [^\]]*\]|\d{4,}`)

// bare is a text without what is no word.
func bare(text string) string {
	if !strings.ContainsAny(text, "@:[0123456789") && !strings.Contains(text, "www.") {
		return text
	}
	return noWords.ReplaceAllLiteralString(text, " ")
}

// wordsOf are the words of a text in the form in which they are compared.
func wordsOf(text string) []string {
	words := strings.Fields(skeleton(flows.Fold(bare(text))))
	if len(words) > maxWords {
		words = words[:maxWords]
	}
	for i, w := range words {
		words[i] = clipWord(w)
	}
	return words
}

func clipWord(w string) string {
	if len(w) > maxWord {
		w = strings.ToValidUTF8(w[:maxWord], "")
	}
	return w
}

// latin writes Cyrillic letters in Latin ones, in the simplest of the ways
// that people use.
var latin = strings.NewReplacer(
	"а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ж", "zh", "з", "z", "и", "i", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o",
	"п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "h", "ц", "ts", "ч", "ch", "ш", "sh", "щ", "sh", "ъ", "", "ы", "i", "ь", "",
	"э", "e", "ю", "iu", "я", "ia", "і", "i", "є", "e", "ґ", "g",
)

// simpler makes one of the ways in which people spell a sound in Latin letters.
var simpler = strings.NewReplacer("shch", "sh", "sch", "sh", "kh", "h", "tz", "ts", "y", "i", "j", "i", "w", "v")

// skeleton brings a folded text to the letters in which words of all languages
// are compared: Cyrillic in Latin letters, so that "zabyl parol" is "забыл
// пароль", spellings of one sound made one, and double letters single, where
// many typos are. It is applied to phrases and to customers' words alike, so
// it need not be right, only the same.
func skeleton(folded string) string {
	var b strings.Builder
	b.Grow(len(folded))
	last := rune(-1)
	for _, r := range simpler.Replace(latin.Replace(folded)) {
		if r != last || !unicode.IsLetter(r) {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// eachPiece visits the pieces of three and four letters of a word, its ends
// counted as letters.
func eachPiece(w string, visit func(string)) {
	padded := "<" + w + ">"
	var at [maxWord + 3]int // where the letters begin
	n := 0
	for i := range padded {
		at[n] = i
		n++
	}
	at[n] = len(padded)
	for size := 3; size <= 4; size++ {
		for j := 0; j+size <= n; j++ {
			visit(padded[at[j]:at[j+size]])
		}
	}
}
