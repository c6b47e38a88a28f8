package redact

import (
	"regexp"
	"strings"
)

// finder is one look at one text.
type finder struct {
	s     string
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
	f.tokens()
	f.links()
	f.numbers()
	f.ibans()
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
		}
	}
	f.expected()
}

func (f *finder) cue(i int) cue {
	if i < 0 || i >= len(f.ws) {
		return noCue
	}
	return cueWords[f.ws[i].fold]
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

// tokens looks at long words only: no token is short.
func (f *finder) tokens() {
	for _, w := range f.ws {
		if len(w.text) < 16 {
			continue
		}
		if strings.Contains(w.text, "eyJ") {
			for _, m := range jwtForm.FindAllStringIndex(w.text, -1) {
				f.mark(w.from+m[0], w.from+m[1], JWT)
			}
		}
		for _, m := range tokenForm.FindAllStringIndex(w.text, -1) {
			f.mark(w.from+m[0], w.from+m[1], Token)
		}
		if len(w.text) >= 30 && w.upper > 2 && w.lower > 2 && w.digits > 2 && unreadable(w.text) {
			f.mark(w.from, w.to, Token)
		}
	}
}

// unreadable tells whether a long word is nothing but the characters of
// base64 and base64url; a slash would make it a path.
func unreadable(s string) bool {
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+=") == ""
}

// wayIn are words in a link that open an account to whoever has it.
var wayIn = regexp.MustCompile(`(?i)reset|recover|token|verif|confirm|passw|magic|otp|auth|login|signin|sign-in|session|ticket|activation|activate|invite|unlock|restore|key=|code=|sid=|hash=|sig=`)

// links cuts what stands behind the question mark or number sign of a link,
// and long random pieces of its path. Where the link looks like a way into an
// account the customer is told; else it is cut quietly.
func (f *finder) links() {
	for _, w := range f.ws {
		i := strings.Index(w.text, "://")
		if i < 0 && !strings.HasPrefix(w.fold, "www.") {
			continue
		}
		from := max(i+3, 0)
		opens := wayIn.MatchString(w.text[from:])
		if q := strings.IndexAny(w.text[from:], "?#"); q >= 0 && from+q+1 < len(w.text) {
			f.spans = append(f.spans, span{w.from + from + q + 1, w.to, Link, !opens})
			f.path(w, from, from+q, opens)
			continue
		}
		f.path(w, from, len(w.text), opens)
	}
}

// path cuts pieces of a link's path that nobody can read: 16 characters or
// more with digits among the letters.
func (f *finder) path(w word, from, to int, opens bool) {
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
