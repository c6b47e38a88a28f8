package redact

import (
	"strings"
	"unicode/utf8"
)

// reach is how many words on from a cue a word that cannot be much else than
// a password is still taken for one, within the sentence.
const reach = 6

// trail is how a password may follow its cue: what stood between them.
type trail struct {
	said    bool // a copula or colon right before the word: "password is x"
	changed bool // a word of change: "changed the password to x"
	filler  bool // nothing but words that often stand there: "password for aliexpress"
}

// afterPassword takes what stands behind the word for password: "password:
// x", "my password is x", "пароль x". Ordinary sentences go on with ordinary
// words there; those are known, or do not look like a password.
func (f *finder) afterPassword(i int) {
	login := strings.ContainsAny(f.ws[i].text, "/") // "login/password:"
	t := trail{said: f.ws[i].colon, filler: true}
	for j := i + 1; j < len(f.ws) && j <= i+reach; j++ {
		w := &f.ws[j]
		if w.wall || j > i+1 && f.ws[j-1].end && !f.ws[j-1].colon || j == i+1 && f.ws[i].end && !f.ws[i].colon {
			return
		}
		if w.line > f.ws[j-1].line+1 || w.line != f.ws[j-1].line && !f.ws[j-1].colon {
			return
		}
		switch {
		case w.address():
		case t.said && behindSlash(w) > 0:
			f.mark(w.from+behindSlash(w), f.tail(j), Password)
			return
		case login && t.said && j == i+1 && f.loginFirst(j):
			if f.ws[j+1].text == "/" {
				j++
			}
		case t.said && f.quotedRun(j):
			return
		case f.passwordHere(j, t, j == i+1):
			f.markPassword(j)
			return
		}
		switch c := f.cue(j); {
		case c == passwordCue || c == codeCue:
			return
		case c == copula || w.colon:
			t.said = c == copula || t.filler
			t.changed = false
		case c == becomes:
			t.changed = true
			t.said = false
		case t.said && adverbs[w.fold]: // "is now x"
		case t.said && j > i+1:
			t = trail{} // what was said went by
		default:
			t.filler = t.filler && (fillers[w.fold] || w.text == "/" || w.address())
			t.said = t.said && t.filler
		}
	}
}

// loginFirst tells whether a word is the login of "login/password: anna
// Secret99", so that the password is the next one.
func (f *finder) loginFirst(j int) bool {
	return !strings.Contains(f.ws[j].text, "/") && j+1 < len(f.ws) && !f.ws[j].end && f.ws[j+1].line == f.ws[j].line
}

// behindSlash is where in a word the password of "anna@mail.example/Secret99"
// begins, 0 when it is no such word.
func behindSlash(w *word) int {
	at, slash := strings.IndexByte(w.text, '@'), strings.IndexByte(w.text, '/')
	if at <= 0 || slash < at || slash+1 == len(w.text) || strings.Contains(w.text, "://") {
		return 0
	}
	return slash + 1
}

// passwordHere tells whether the word at j is the password that its cue
// announced.
func (f *finder) passwordHere(j int, t trail, next bool) bool {
	w := &f.ws[j]
	if w.han() || cueWords[w.fold] != noCue && w.plain() || brands[w.fold] || f.ordinary(j) {
		return false
	}
	switch {
	case w.strong():
		return true
	case w.mixed() && !w.goods() && (t.said || t.changed || next || t.filler):
		return true
	case follow[w.fold] || f.ordered(j):
		return false
	case t.said && w.digits >= 4, t.changed && w.digits >= 6:
		return true
	case t.said && t.filler, t.changed && f.changes(j):
		return f.standsAlone(j)
	case next && w.digits >= 6 && w.letters == 0 && digitsOnly(w):
		return true
	case next && w.latin() && w.plain() && f.foreign(j) && w.runes() >= 4:
		return true
	case next && w.plain() && w.runes() >= 3 && (len(f.ws) == 2 || (w.quoted || w.head == '(') && !f.closed(j-1)):
		return true
	}
	return false
}

// closed tells whether a closing quote stands behind the word at j: what is
// quoted behind it is something else.
func (f *finder) closed(j int) bool {
	to := f.ws[j].to
	return to < len(f.s) && strings.IndexByte("\"'`", f.s[to]) >= 0
}

// standsAlone tells whether an ordinary-looking word behind "is" is what the
// password is and not how it is: the sentence ends or goes on with "and".
func (f *finder) standsAlone(j int) bool {
	w := &f.ws[j]
	if w.plain() && w.runes() < 3 || describes(w.fold) {
		return false
	}
	return f.last(j) || w.comma || joins[f.ws[j+1].fold] || f.ws[j].quoted || w.latin() && f.foreign(j) || f.ws[j-1].colon
}

// changes tells whether a word of change stands within six words before j:
// "changed the password to x".
func (f *finder) changes(j int) bool {
	for k := j - 1; k >= max(j-6, 0) && !f.ws[k].wall && !f.ws[k].end; k-- {
		if f.changed(k) {
			return true
		}
	}
	return false
}

// changed tells whether the word at k is one of change.
func (f *finder) changed(k int) bool {
	for _, stem := range changeStems {
		if strings.HasPrefix(f.ws[k].fold, stem) {
			return true
		}
	}
	return false
}

// describes tells whether a word is a participle or an adjective by its
// ending.
func describes(fold string) bool {
	if utf8.RuneCountInString(fold) < 5 {
		return false
	}
	for _, e := range []string{"ed", "ing", "able", "ible", "ado", "ada", "ido", "ida", "ável", "ível", "ный", "ная", "ное", "вой", "ний", "ется", "ится", "ают", "ает", "ен", "ён", "an", "ly"} {
		if strings.HasSuffix(fold, e) {
			return true
		}
	}
	return false
}

// foreign tells whether the words around are written in another script than
// the word: "пароль qwerty".
func (f *finder) foreign(j int) bool {
	for _, k := range []int{j - 1, j - 2, j + 1} {
		if k >= 0 && k < len(f.ws) && f.ws[k].letters > 0 {
			return !f.ws[k].latin() && f.ws[j].latin() && (f.ws[k].han() || cyrillic(f.ws[k].text))
		}
	}
	return false
}

func cyrillic(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= 0x400 && r <= 0x52F
}

// last tells whether a word ends its sentence or the message.
func (f *finder) last(j int) bool {
	return j == len(f.ws)-1 || f.ws[j].end || f.ws[j+1].line != f.ws[j].line
}

// quotedRun takes a quoted password, which may hold spaces.
func (f *finder) quotedRun(j int) bool {
	w := &f.ws[j]
	if !w.quoted || w.from == 0 {
		return false
	}
	from := w.from
	rest := f.s[from:min(len(f.s), from+80)]
	end := strings.IndexAny(rest, "\"`»”\n")
	if end < 0 && w.head == '\'' {
		end = strings.IndexByte(rest, '\'')
	}
	if end <= 0 {
		return false
	}
	f.mark(from, from+end, Password)
	return true
}

// markPassword takes a word with the marks around it that may belong to it:
// "Perro123!" ends in one.
func (f *finder) markPassword(j int) {
	from := f.ws[j].from
	floor := 0
	if j > 0 {
		floor = f.ws[j-1].to
	}
	for from > floor && strings.IndexByte("!?#$%&+@~_*", f.s[from-1]) >= 0 {
		from--
	}
	f.mark(from, f.tail(j), Password)
}

func (f *finder) tail(j int) int {
	to := f.ws[j].to
	for to < len(f.s) && strings.IndexByte("!?.#$%&+=@^~_*-", f.s[to]) >= 0 {
		to++
	}
	return to
}

// beforePassword takes "x is my password", "x — мой пароль", "x es mi clave",
// "put x as my password".
func (f *finder) beforePassword(i int) {
	j := i - 1
	for j >= 0 && j > i-4 && mine[f.ws[j].fold] {
		j--
	}
	if j < 1 {
		return
	}
	c := f.cue(j)
	if c != copula && f.ws[j].fold != "as" && f.ws[j].fold != "como" || f.ws[j].end {
		return
	}
	w := &f.ws[j-1]
	if w.wall || w.end && w.to < len(f.s) && f.s[w.to] == '.' || w.address() || f.ordinary(j-1) {
		return
	}
	first := j == 1 || f.ws[j-2].end || f.ws[j-2].line != w.line || joins[f.ws[j-2].fold]
	switch {
	case w.mixed() && !w.goods(), w.quoted && !follow[w.fold], w.digits >= 4 && w.letters == 0 && !f.ordered(j-1):
	case c == copula && first && w.plain() && w.runes() >= 4 && !follow[w.fold] && f.cue(j-1) == noCue && !describes(w.fold):
	case c != copula && j >= 2 && w.plain() && w.runes() >= 4 && !follow[w.fold] && f.changed(j-2):
	default:
		return
	}
	f.markPassword(j - 1)
}
