package redact

import "strings"

// afterPassword takes what stands behind the word for password: "password:
// x", "my password is x", "пароль x". Ordinary sentences go on with ordinary
// words there; those are known, or do not look like a password.
func (f *finder) afterPassword(i int) {
	explicit := f.ws[i].colon
	j := i + 1
	saidIs := false
	for j < len(f.ws) && j <= i+3 && !explicit && f.ws[j-1].end == false && f.bridge(j) {
		saidIs = saidIs || cueWords[f.ws[j].fold] == copula
		explicit = f.ws[j].colon
		j++
	}
	if j >= len(f.ws) || f.ws[j-1].end && !explicit && j-1 != i {
		return
	}
	if f.ws[i].end && !explicit {
		return
	}
	if f.quotedRun(j, explicit || saidIs) {
		return
	}
	w := f.ws[j]
	switch {
	case w.address() && !strings.ContainsAny(w.text, "!#$%&*=?^"), cueWords[w.fold] != noCue && w.plain():
		return
	case w.mixed() && (explicit || saidIs || w.symbols > 0 || w.digits > 0):
	case explicit && !follow[w.fold]:
	case saidIs && !follow[w.fold] && (w.digits >= 4 || f.last(j)):
	case !follow[w.fold] && len(f.ws) == 2 && i == 0: // nothing but "password x"
	case w.digits >= 4 && w.plain() == false && w.letters == 0 && w.runes() >= 6 && !f.ordered(j):
	default:
		return
	}
	f.mark(w.from, w.to, Password)
}

// bridge are the words between "password" and the password.
func (f *finder) bridge(j int) bool {
	w := f.ws[j]
	if cueWords[w.fold] == copula {
		return true
	}
	switch w.fold {
	case "for", "от", "для", "de", "da", "aliexpress", "account", "аккаунта", "cuenta", "here", "so", "actually", "так", "мой", "my", "mi", "вот":
		return f.hasCopulaWithin(j)
	}
	return false
}

// hasCopulaWithin looks two words on for a copula or a colon.
func (f *finder) hasCopulaWithin(j int) bool {
	for k := j; k < len(f.ws) && k <= j+2; k++ {
		if f.ws[k].colon || k > j && cueWords[f.ws[k].fold] == copula {
			return true
		}
	}
	return false
}

// last tells whether a word ends its sentence or the message.
func (f *finder) last(j int) bool {
	return j == len(f.ws)-1 || f.ws[j].end || f.ws[j+1].line != f.ws[j].line
}

// quotedRun takes a quoted password, which may hold spaces.
func (f *finder) quotedRun(j int, said bool) bool {
	if !f.ws[j].quoted || !said && !f.ws[j].mixed() {
		return false
	}
	from := f.ws[j].from
	rest := f.s[from:]
	if len(rest) > 80 {
		rest = strings.ToValidUTF8(rest[:80], "")
	}
	end := strings.IndexAny(rest, "\"'`»”’\n")
	if end <= 0 {
		return false
	}
	f.mark(from, from+end, Password)
	return true
}

// beforePassword takes "x is my password", "x — мой пароль", "x es mi clave".
func (f *finder) beforePassword(i int) {
	j := i - 1
	for j >= 0 && mine[f.ws[j].fold] {
		j--
	}
	if j < 1 || cueWords[f.ws[j].fold] != copula || f.ws[j].end {
		return
	}
	if w := f.ws[j-1]; (w.mixed() || w.quoted && !follow[w.fold]) && !w.end {
		f.mark(w.from, w.to, Password)
	}
}

var mine = set("my the our old new current мой моя мои наш старый новый mi mis nuestra la el minha a 我的")

// aroundCode takes a code beside the word for it: "the code is 482913", "код
// 48 29 13", "482913 is the code".
func (f *finder) aroundCode(i int) {
	if i > 0 && (harmless[f.ws[i-1].fold] || harmless[strings.TrimSuffix(f.ws[i-1].fold, "-")]) ||
		i+1 < len(f.ws) && harmlessAfter[f.ws[i+1].fold] || i+2 < len(f.ws) && f.ws[i+1].fold == "de" && harmlessAfter[f.ws[i+2].fold] {
		return
	}
	for j := i + 1; j < len(f.ws) && j <= i+6; j++ {
		if numbers[f.ws[j].fold] && j > i+1 {
			break
		}
		if n := f.codeAt(j, j == i+1 || f.ws[j-1].colon || f.cue(j-1) == copula); n > 0 {
			f.mark(f.ws[j].from, f.ws[j+n-1].to, Code)
			return
		}
		if f.ws[j].end {
			break
		}
	}
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		if f.ws[j].end {
			break
		}
		if n := f.codeAt(j, false); n > 0 && !f.ordered(j) {
			f.mark(f.ws[j].from, f.ws[j+n-1].to, Code)
			return
		}
	}
}

// codeAt tells of how many words a code at j is made: 4 to 8 digits, in one
// or two groups, or with said also 5 to 8 letters and digits mixed.
func (f *finder) codeAt(j int, said bool) int {
	w := f.ws[j]
	text := strings.TrimPrefix(strings.TrimPrefix(w.text, "G-"), "g-")
	n := len(bare(text))
	switch {
	case strings.Trim(text, "0123456789-") == "" && n >= 4 && n <= 8 && !strings.Contains(text, "--"):
		return 1
	case digitsOnly(w) && w.digits >= 2 && w.digits <= 4 && j+1 < len(f.ws) && digitsOnly(f.ws[j+1]) && f.ws[j+1].line == w.line:
		total, k := w.digits, j+1
		for k < len(f.ws) && k < j+4 && digitsOnly(f.ws[k]) && f.ws[k].digits <= 4 && f.ws[k].line == w.line {
			total += f.ws[k].digits
			k++
		}
		if total >= 4 && total <= 8 {
			return k - j
		}
	case said && alnum(w) && w.runes() >= 5 && w.runes() <= 10 && w.digits > 0:
		return 1
	case said && alnum(w) && w.runes() == 6 && w.upper == 6:
		return 1
	}
	return 0
}

// alnum tells whether a word is ASCII letters and digits only.
func alnum(w word) bool {
	return w.lower+w.upper+w.digits == len(strings.ReplaceAll(w.text, "-", "")) && strings.Trim(w.text, "-") == w.text
}

// expected looks for what the customer is typing elsewhere: a bare number or
// six characters count as a code then, and one odd word as a password.
func (f *finder) expected() {
	if f.c.ExpectCode {
		for j := 0; j < len(f.ws); j++ {
			w := f.ws[j]
			n := 0
			switch {
			case f.ordered(j) || w.address():
			default:
				n = f.codeAt(j, false)
			}
			if n == 0 && alnum(w) && !w.address() && w.runes() == 6 && (w.digits > 0 && w.letters > 0 || w.upper == 6 && len(f.ws) <= 3 || len(f.ws) == 1 && vowels(w.fold) <= 1) {
				n = 1
			}
			if n > 0 {
				f.mark(w.from, f.ws[j+n-1].to, Code)
				j += n - 1
			}
		}
	}
	if len(f.ws) != 1 {
		return
	}
	w := f.ws[0]
	strong := w.runes() >= 8 && w.upper > 0 && w.lower > 0 && w.digits > 0 && w.symbols > 0 && !w.address() && !strings.Contains(w.text, "/")
	if strong || f.c.ExpectPassword && w.runes() >= 6 && w.mixed() {
		f.mark(w.from, w.to, Password)
	}
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
