package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a run of characters without white space, with the punctuation
// around it left out. Chinese has no white space: its runs are cut where the
// script changes and around the words for password and code.
type word struct {
	from, to int    // bytes of the text
	text     string // as written
	fold     string // in small letters
	digits   int    // ASCII digits and those of other scripts
	letters  int    // of any script
	lower    int    // ASCII
	upper    int    // ASCII
	symbols  int    // neither letter nor digit, inside the word
	line     int
	cue      cue
	number   bool // a number behind it is of an order, a phone, …
	head     byte // the punctuation right before it, 0 for none
	quoted   bool
	colon    bool // ":" or "=" stands right behind it
	comma    bool
	end      bool // a sentence ends behind it
	wall     bool // what an earlier look removed: nothing reaches across
}

// opening and closing are the punctuation that stands around words.
const (
	opening = "\"'`«“‘„([{<*_~¿¡「『（【，。：、"
	closing = "\"'`»”’“)]}>*_~,.;:!?…、。，！？；：」』）】="
)

// walls are what Text puts in place of secrets.
var walls = func() []string {
	var out []string
	for _, k := range []Kind{Password, Code, Card, CVV, IBAN, Token, JWT, PrivateKey, Phrase, BackupCodes, Link} {
		out = append(out, removed(k))
	}
	return out
}()

func removed(k Kind) string { return "[removed: " + string(k) + "]" }

// wallLength is how long the removal mark is that s begins with, 0 for none.
func wallLength(s string) int {
	if !strings.HasPrefix(s, "[removed: ") {
		return 0
	}
	for _, w := range walls {
		if strings.HasPrefix(s, w) {
			return len(w)
		}
	}
	return 0
}

// script is what decides where a run of characters ends.
type script int

const (
	space script = iota
	han
	pause // punctuation of Chinese, which stands without spaces
	other
)

func scriptOf(r rune) script {
	switch {
	case r < 0x80:
		if r == ' ' || r >= '\t' && r <= '\r' {
			return space
		}
		return other
	case unicode.IsSpace(r):
		return space
	case r >= 0x3001 && r <= 0x301F, r == '，', r == '：', r == '；', r == '！', r == '？', r == '（', r == '）':
		return pause
	case r >= 0x3040 && r <= 0x9FFF, r >= 0xF900 && r <= 0xFAFF:
		return han
	}
	return other
}

// words splits the text once; everything else looks at words.
func (f *finder) words() {
	f.low = lower(f.s)
	if f.ws == nil {
		f.ws = make([]word, 0, strings.Count(f.s, " ")+strings.Count(f.s, "\n")+len(f.s)/64+4)
	}
	line := 0
	for i := 0; i < len(f.s); {
		if f.s[i] == '[' {
			if n := wallLength(f.s[i:]); n > 0 {
				f.ws = append(f.ws, word{from: i, to: i + n, line: line, end: true, wall: true})
				i += n
				continue
			}
		}
		r, n := utf8.DecodeRuneInString(f.s[i:])
		kind := scriptOf(r)
		if kind == space {
			if r == '\n' {
				line++
			}
			i += n
			continue
		}
		j := i + n
		for j < len(f.s) && (f.s[j] != '[' || wallLength(f.s[j:]) == 0) {
			if kind == other && isAlnum(f.s[j]) {
				j++
				continue
			}
			r, n := utf8.DecodeRuneInString(f.s[j:])
			next := scriptOf(r)
			if next != kind && next != pause || next == pause && opens(r) {
				break
			}
			j += n
			if next == pause {
				break
			}
		}
		f.split(i, j, line, kind)
		i = j
	}
}

func opens(r rune) bool { return strings.ContainsRune("「『（【《", r) }

// lower is s in small letters, byte for byte beside it: the few letters whose
// small form is longer or shorter stay as they are.
func lower(s string) string {
	first := strings.IndexFunc(s, unicode.IsUpper)
	if first < 0 {
		return s
	}
	b := []byte(s)
	for i := first; i < len(b); {
		if b[i] < utf8.RuneSelf {
			if b[i] >= 'A' && b[i] <= 'Z' {
				b[i] += 'a' - 'A'
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r < 0x3000 { // nothing behind has small letters that people write
			if l := unicode.ToLower(r); l != r && utf8.RuneLen(l) == n {
				utf8.EncodeRune(b[i:], l)
			}
		}
		i += n
	}
	return string(b)
}

// split adds the words of one run: a run such as "password:hunter2" or
// "我的密码是" holds several.
func (f *finder) split(from, to, line int, kind script) {
	if kind == han || kind == pause {
		f.splitHan(from, to, line)
		return
	}
	for from < to {
		run := f.s[from:to]
		cut := cueLength(run, f.low[from:to])
		if cut == 0 || cut == len(run) || strings.Contains(run, "://") {
			f.add(from, to, line)
			return
		}
		f.add(from, from+cut, line)
		from += cut
		f.ws[len(f.ws)-1].colon = strings.IndexByte(":=", f.s[from]) >= 0
		for from < to && strings.IndexByte(":=,->/", f.s[from]) >= 0 {
			from++
		}
	}
}

// splitHan cuts a Chinese run around the cue words in it.
func (f *finder) splitHan(from, to, line int) {
	start := from
	for i := from; i < to; {
		r, size := utf8.DecodeRuneInString(f.s[i:to])
		if n := hanCue(r, f.s[i:to]); n > 0 {
			if i > start {
				f.add(start, i, line)
			}
			end := i + n
			for end < to { // the punctuation behind it belongs to it
				r, n := utf8.DecodeRuneInString(f.s[end:to])
				if scriptOf(r) != pause {
					break
				}
				end += n
			}
			f.add(i, end, line)
			i, start = end, end
			continue
		}
		i += size
	}
	if start < to {
		f.add(start, to, line)
	}
}

// add appends one word without the punctuation around it.
func (f *finder) add(from, to, line int) {
	text := f.s[from:to]
	trimmed := text
	if !isAlnum(text[0]) {
		trimmed = strings.TrimLeft(text, opening)
	}
	inner := trimmed
	if n := len(trimmed); n > 0 && !isAlnum(trimmed[n-1]) {
		inner = strings.TrimRight(trimmed, closing)
	}
	w := word{line: line}
	if tail := trimmed[len(inner):]; tail != "" {
		w.colon = strings.ContainsAny(tail, ":=：")
		w.comma = strings.ContainsAny(tail, ",，、;；")
		w.end = strings.ContainsAny(tail, ".!?。！？;；")
	}
	if inner == "" {
		if n := len(f.ws); n > 0 {
			f.ws[n-1].colon = f.ws[n-1].colon || w.colon || strings.ContainsAny(text, ":=：")
			f.ws[n-1].end = f.ws[n-1].end || w.end
		}
		return
	}
	if len(text) > len(trimmed) {
		w.head = text[len(text)-len(trimmed)-1]
		w.quoted = strings.ContainsAny(text[:len(text)-len(trimmed)], "\"'`«“‘„")
	}
	w.from = from + len(text) - len(trimmed)
	w.to = w.from + len(inner)
	w.text, w.fold = inner, f.low[w.from:w.to]
	w.count()
	f.mean(&w)
	f.ws = append(f.ws, w)
}

func (w *word) count() {
	for _, r := range w.text {
		switch {
		case r >= '0' && r <= '9':
			w.digits++
		case r >= 'a' && r <= 'z':
			w.lower++
		case r >= 'A' && r <= 'Z':
			w.upper++
		case r < 0x80:
			w.symbols++
		case unicode.IsLetter(r):
			w.letters++
		case unicode.IsDigit(r):
			w.digits++
		default:
			w.symbols++
		}
	}
	w.letters += w.lower + w.upper
}
