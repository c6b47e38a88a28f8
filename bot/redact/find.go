package redact

import (
	"regexp"
	"slices"
	"strings"
)

// finder is one look at one text.
type finder struct {
	s     string
	low   string // s in small letters, byte for byte beside it
	c     Context
	ws    []word
	spans []span
}

func (f *finder) mark(from, to int, k Kind) {
	f.spans = append(f.spans, span{from: from, to: to, kind: k})
}

// find runs every detector. What has a form of its own comes first, so that
// its kind is the one that is told.
func (f *finder) find() {
	if strings.Contains(f.s, "-----BEGIN") {
		f.keys()
	}
	digits := false
	for i := range f.ws {
		w := &f.ws[i]
		digits = digits || w.digits > 0
		if len(w.text) >= 16 {
			f.tokens(w)
		}
		if w.symbols > 0 && (strings.Contains(w.text, "://") || strings.HasPrefix(w.fold, "www.")) {
			f.link(w)
		}
	}
	if digits {
		f.cards()
		f.ibans()
	}
	f.phrases()
	f.lists()
	for i := range f.ws {
		switch f.cue(i) {
		case passwordCue:
			f.afterPassword(i)
			f.beforePassword(i)
		case codeCue:
			f.aroundCode(i)
		case cardCodeCue:
			f.afterCardCode(i)
		case copula:
			if i == 1 || i > 1 && f.ws[i-2].end {
				f.looseCode(i - 1)
			}
		}
	}
	f.expected()
	f.repeats()
}

// cue is what the word at i says about its neighbours.
func (f *finder) cue(i int) cue {
	if i < 0 || i >= len(f.ws) {
		return noCue
	}
	return f.ws[i].cue
}

// mean looks up what a word says, "login/password" by its last part.
func (f *finder) mean(w *word) {
	n := len(w.fold)
	if n > 32 || w.digits > 0 && n != 3 && n != 4 { // 2fa, cvv2
		return
	}
	m := lexicon[w.fold]
	w.cue, w.number = m.cue, m.number
	if m.cue != noCue || w.symbols == 0 || n < 5 {
		return
	}
	if k := strings.LastIndexAny(w.fold, "/|"); k >= 0 {
		if c := cueWords[w.fold[k+1:]]; c == passwordCue || c == codeCue {
			w.cue = c
		}
	}
}

// repeats takes the other places where a secret stands that was found in one:
// "my password is x. x does not work".
func (f *finder) repeats() {
	if len(f.spans) == 0 {
		return
	}
	found := map[string]Kind{}
	for _, sp := range f.spans {
		if sp.quiet || sp.kind == CVV || sp.to-sp.from > 64 {
			continue
		}
		if t := strings.TrimRight(strings.TrimLeft(f.s[sp.from:sp.to], opening), closing); len(t) >= 4 {
			found[t] = sp.kind
		}
	}
	for i := range f.ws {
		if w := &f.ws[i]; len(w.text) >= 4 {
			if k, ok := found[w.text]; ok && !f.ordered(i) {
				f.mark(w.from, w.to, k)
			}
		}
	}
}

// keys finds private keys in PEM (RFC 7468), complete or cut off.
func (f *finder) keys() {
	rest, at := f.s, 0
	for {
		i := strings.Index(rest, "-----BEGIN")
		if i < 0 {
			return
		}
		end := len(rest)
		if j := strings.Index(rest[i+10:], "-----END"); j >= 0 {
			end = i + 10 + j + len("-----END")
			if k := strings.Index(rest[end:], "-----"); k >= 0 && k < 64 {
				end += k + 5
			}
		}
		f.mark(at+i, at+end, PrivateKey)
		rest, at = rest[end:], at+end
	}
}

// tokenForm are the published forms of programs' tokens.
var tokenForm = regexp.MustCompile(`xox[a-z]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,}|\b\d{6,12}:[A-Za-z0-9_-]{30,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|(?:AKIA|ASIA|AGPA|AIDA|AROA)[0-9A-Z]{12,}|sk-[A-Za-z0-9_-]{16,}|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}|AIza[0-9A-Za-z_-]{30,}|ya29\.[0-9A-Za-z_-]{20,}|npm_[A-Za-z0-9]{30,}|hf_[A-Za-z0-9]{30,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|dop_v1_[a-f0-9]{32,}|shp(?:at|ss|ca)_[a-fA-F0-9]{20,}|pypi-[A-Za-z0-9_-]{20,}`)

// jwtForm is a JSON web token in compact form (RFC 7519): its first part is
// the base64url of an object, which begins with eyJ.
var jwtForm = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?`)

// tokens looks for tokens in a word of 16 bytes or more: no token is shorter.
func (f *finder) tokens(w *word) {
	if strings.Contains(w.text, "eyJ") {
		for _, m := range jwtForm.FindAllStringIndex(w.text, -1) {
			f.mark(w.from+m[0], w.from+m[1], JWT)
		}
	}
	if w.lower+w.upper+w.digits < 12 {
		return
	}
	if hinted(w.text) {
		for _, m := range tokenForm.FindAllStringIndex(w.text, -1) {
			f.mark(w.from+m[0], w.from+m[1], Token)
		}
	}
	if len(w.text) >= 30 && w.upper > 2 && w.lower > 2 && w.digits > 2 && unreadable(w.text) {
		f.mark(w.from, w.to, Token)
	}
}

// tokenSigns are the pieces of which every form of token has one, but for
// Telegram's, which has digits before a colon.
var tokenSigns = []string{"xox", "xapp-", "gh", "github_pat_", "glpat-", "AKIA", "ASIA", "AGPA", "AIDA", "AROA", "sk", "rk_", "pk_", "AIza", "ya29", "npm_", "hf_", "SG.", "dop_v1_", "shp", "pypi-"}

// hinted tells whether a long word may hold a token of a known form. It spares
// the regular expression, which costs fifty times as much.
func hinted(s string) bool {
	for i := 6; i < len(s); i++ {
		if s[i] == ':' && isDigit(s[i-1]) && isDigit(s[i-6]) {
			return true
		}
	}
	for _, sign := range tokenSigns {
		if strings.Contains(s, sign) {
			return true
		}
	}
	return false
}

// unreadable tells whether a long word is nothing but the characters of
// base64 and base64url; a slash would make it a path.
func unreadable(s string) bool {
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+=") == ""
}

// wayIn are words in a link that open an account to whoever has it.
var wayIn = []string{"reset", "recover", "token", "verif", "confirm", "passw", "magic", "otp", "auth", "login", "signin", "sign-in", "session", "ticket", "activation", "activate", "invite", "unlock", "restore", "key=", "code=", "sid=", "hash=", "sig="}

// link cuts what stands behind the question mark or number sign of a link,
// and long random pieces of its path. Where the link looks like a way into an
// account the customer is told; else it is cut quietly.
func (f *finder) link(w *word) {
	i := strings.Index(w.text, "://")
	from := max(i+3, 0)
	opens := slices.ContainsFunc(wayIn, func(s string) bool { return strings.Contains(w.fold[from:], s) })
	q := strings.IndexAny(w.text[from:], "?#")
	if q < 0 {
		f.path(w, from, len(w.text), opens)
		return
	}
	if from+q+1 < len(w.text) {
		f.spans = append(f.spans, span{w.from + from + q + 1, w.to, Link, !opens})
	}
	f.path(w, from, from+q, opens)
}

// path cuts pieces of a link's path that nobody can read: 16 characters or
// more with digits among the letters.
func (f *finder) path(w *word, from, to int, opens bool) {
	at := from
	for piece := range strings.SplitSeq(w.text[from:to], "/") {
		if at > from && random(piece) {
			f.spans = append(f.spans, span{w.from + at, w.from + at + len(piece), Link, !opens})
		}
		at += len(piece) + 1
	}
}

func random(s string) bool {
	if len(s) < 16 {
		return false
	}
	digits, letters := 0, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			letters++
		case r != '-' && r != '_' && r != '.' && r != '=':
			return false
		}
	}
	return digits >= 3 && letters >= 3 && strings.Count(s, "-") <= 5
}
