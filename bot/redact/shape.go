package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }
func isDigit(b byte) bool  { return b >= '0' && b <= '9' }
func isAlnum(b byte) bool  { return isLetter(b) || isDigit(b) }

// runes is the length of a word in characters.
func (w *word) runes() int { return w.digits + w.letters + w.symbols }

// plain tells whether a word has nothing but letters.
func (w *word) plain() bool { return w.digits == 0 && w.symbols == 0 }

// latin tells whether all letters of a word are ASCII and it has some.
func (w *word) latin() bool { return w.letters > 0 && w.letters == w.lower+w.upper }

// han tells whether a word is Chinese.
func (w *word) han() bool {
	r, _ := utf8.DecodeRuneInString(w.text)
	return scriptOf(r) == han
}

// address tells whether a word is an e-mail address or a link, which are no
// passwords though they have all sorts of characters.
func (w *word) address() bool {
	if w.symbols == 0 {
		return false
	}
	if strings.Contains(w.text, "://") || strings.HasPrefix(w.fold, "www.") {
		return true
	}
	text := strings.TrimRight(w.text, "/")
	at := strings.IndexByte(text, '@')
	return at > 0 && strings.Contains(text[at:], ".") && !strings.ContainsAny(text, "!#$%&*=?^`{|}~/") && isLetter(text[len(text)-1])
}

// passwordMarks are the signs that people put into passwords and into no
// other word.
const passwordMarks = "!@#$%^&*_+=?~|\\<>€£§"

func (w *word) marks() int {
	n := 0
	if w.symbols > 0 {
		for _, r := range w.text {
			if strings.ContainsRune(passwordMarks, r) {
				n++
			}
		}
	}
	return n
}

// mixed tells whether a word looks made up, as passwords do: letters with
// digits or with marks inside, or capitals in the middle.
func (w *word) mixed() bool {
	if w.address() || w.runes() < 4 || w.money() {
		return false
	}
	switch {
	case w.digits > 0 && w.letters > 0:
		return true
	case w.marks() > 0 && w.letters+w.digits >= 3:
		return true
	}
	return w.camel() && w.runes() >= 6
}

// camel tells whether a word has capitals in its middle.
func (w *word) camel() bool {
	if w.lower == 0 || w.upper == 0 {
		return false
	}
	for i, r := range w.text {
		if i > 0 && unicode.IsUpper(r) {
			return true
		}
	}
	return false
}

// strong tells whether a word cannot be much else than a password: small
// letters or several kinds of characters, with digits or marks among them, and
// neither a number of goods nor a device.
func (w *word) strong() bool {
	if w.runes() < 6 || w.letters == 0 || w.address() || w.money() || w.han() {
		return false
	}
	marks := w.marks()
	switch {
	case strings.ContainsAny(w.text, "/\\") && marks == 0:
		return false
	case marks > 0 && w.digits > 0:
		return w.lower > 0 || w.letters > w.upper || marks > strings.Count(w.text, "_")
	case marks > 0:
		return w.letters >= 4 && strings.Trim(w.text, "_") == w.text && !strings.ContainsAny(w.text, "&+=<>") && marks > strings.Count(w.text, "_")
	case w.digits > 0 && w.lower > 0 || w.digits > 0 && w.letters > w.upper:
		return !w.goods()
	}
	return false
}

// goods tells whether a word with letters and digits is the name of a thing
// ("iphone12", "windows10", "mp3player") or a measure ("15minutes", "3rd").
func (w *word) goods() bool {
	for _, p := range []string{"iphone", "ipad", "android", "windows", "galaxy", "redmi", "chrome", "macbook", "ios1", "usb", "ps", "mp3", "wifi", "http", "covid"} {
		if strings.HasPrefix(w.fold, p) {
			return true
		}
	}
	i := 0
	for i < len(w.text) && (isDigit(w.text[i]) || strings.IndexByte(".,:-", w.text[i]) >= 0) {
		i++
	}
	return i > 0 && units[w.fold[i:]]
}

// money tells whether a word is a price with its currency glued to it.
func (w *word) money() bool {
	if w.digits == 0 {
		return false
	}
	t := strings.Trim(w.fold, "0123456789.,-+'")
	switch t {
	case "$", "us$", "r$", "€", "£", "¥", "￥", "₽", "usd", "eur", "rub", "brl", "cny", "gbp", "元", "руб", "р", "a$", "c$", "mx$", "%":
		return true
	}
	return false
}

// digitsOnly tells whether a word is digits in groups.
func digitsOnly(w *word) bool {
	if w.digits == 0 || w.letters > 0 {
		return false
	}
	return w.symbols == 0 || strings.Trim(w.text, "0123456789-.") == ""
}

// alnum tells whether a word is ASCII letters and digits only, hyphens inside
// allowed.
func alnum(w *word) bool {
	n := w.lower + w.upper + w.digits
	if w.symbols == 0 {
		return n == len(w.text)
	}
	return n+strings.Count(w.text, "-") == len(w.text) && w.text[0] != '-' && w.text[len(w.text)-1] != '-'
}

func vowels(s string) int {
	n := 0
	for _, r := range s {
		if strings.ContainsRune("aeiouy", r) {
			n++
		}
	}
	return n
}
