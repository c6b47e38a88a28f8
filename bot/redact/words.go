package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a run of characters without white space, with the punctuation
// around it left out.
type word struct {
	from, to int
	text     string // as written
	fold     string // in small letters
	digits   int
	letters  int // of any script
	lower    int // ASCII
	upper    int // ASCII
	symbols  int // neither letter nor digit, inside the word
	quoted   bool
	colon    bool // ":" or "=" stands right behind it
	end      bool // a sentence ends behind it
	line     int
}

// opening and closing are the punctuation that stands around words.
const (
	opening = "\"'`«“‘„([{<*_~「『（【"
	closing = "\"'`»”’“)]}>*_~,.;:!?…、。，！？；：」』）】="
)

// words splits the text once; everything else looks at words.
func (f *finder) words() {
	line := 0
	i := 0
	for i < len(f.s) {
		r, n := utf8.DecodeRuneInString(f.s[i:])
		if unicode.IsSpace(r) {
			if r == '\n' {
				line++
			}
			i += n
			continue
		}
		j := i + n
		for j < len(f.s) {
			r, n := utf8.DecodeRuneInString(f.s[j:])
			if unicode.IsSpace(r) {
				break
			}
			j += n
		}
		f.split(i, j, line)
		i = j
	}
}

// split adds the words of one run: a run such as "password:hunter2" or
// "密码是abc123" holds two.
func (f *finder) split(from, to, line int) {
	run := f.s[from:to]
	if strings.Contains(run, "://") {
		f.add(from, to, line)
		return
	}
	if cut := cueLength(run); cut > 0 && cut < len(run) {
		f.add(from, from+cut, line)
		rest := from + cut
		f.ws[len(f.ws)-1].colon = strings.ContainsAny(f.s[rest:min(rest+3, to)], ":=：")
		for rest < to {
			r, n := utf8.DecodeRuneInString(f.s[rest:])
			if !strings.ContainsRune(":=：，,-–—>/", r) {
				break
			}
			rest += n
		}
		if rest < to {
			f.split(rest, to, line)
		}
		return
	}
	f.add(from, to, line)
}

func (f *finder) add(from, to, line int) {
	text := f.s[from:to]
	trimmed := strings.TrimLeft(text, opening)
	from += len(text) - len(trimmed)
	inner := strings.TrimRight(trimmed, closing)
	tail := trimmed[len(inner):]
	w := word{from: from, to: from + len(inner), text: inner, line: line, quoted: len(text) > len(trimmed) && strings.ContainsAny(text[:1], "\"'`«“‘„"),
		colon: strings.ContainsAny(tail, ":=："), end: strings.ContainsAny(tail, ".!?。！？;")}
	if inner == "" {
		if n := len(f.ws); n > 0 && tail != "" {
			f.ws[n-1].colon = f.ws[n-1].colon || w.colon
			f.ws[n-1].end = f.ws[n-1].end || w.end
		}
		return
	}
	w.fold = strings.ToLower(inner)
	for _, r := range inner {
		switch {
		case r >= '0' && r <= '9':
			w.digits++
		case r >= 'a' && r <= 'z':
			w.lower++
			w.letters++
		case r >= 'A' && r <= 'Z':
			w.upper++
			w.letters++
		case unicode.IsLetter(r):
			w.letters++
		case unicode.IsDigit(r):
			w.digits++
		default:
			w.symbols++
		}
	}
	f.ws = append(f.ws, w)
}

// runes is the length of a word in characters.
func (w word) runes() int { return utf8.RuneCountInString(w.text) }

// plain tells whether a word has nothing but letters.
func (w word) plain() bool { return w.digits == 0 && w.symbols == 0 }

// address tells whether a word is an e-mail address or a link, which are no
// passwords though they have all sorts of characters.
func (w word) address() bool {
	at := strings.IndexByte(w.text, '@')
	return strings.Contains(w.text, "://") || strings.HasPrefix(w.fold, "www.") ||
		at > 0 && strings.Contains(w.text[at:], ".") && !strings.ContainsAny(w.text, "!#$%&*=?^`{|}~")
}

// mixed tells whether a word looks made up, as passwords do: letters with
// digits or with marks inside, or capitals in the middle.
func (w word) mixed() bool {
	if w.address() || w.runes() < 4 {
		return false
	}
	inside := strings.Trim(w.text, "-–—'’.…/")
	marks := 0
	for _, r := range inside {
		if strings.ContainsRune("!@#$%^&*_+=?~|\\<>€£§", r) {
			marks++
		}
	}
	capitals := false
	for i, r := range inside {
		if i > 0 && unicode.IsUpper(r) && w.lower > 0 {
			capitals = true
		}
	}
	switch {
	case marks > 0 && w.letters+w.digits >= 3:
		return true
	case w.digits > 0 && w.letters > 0:
		return true
	}
	return capitals && w.runes() >= 6
}
