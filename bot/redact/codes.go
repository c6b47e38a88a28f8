package redact

import "strings"

// aroundCode takes a code beside the word for it: "the code is 482913", "код
// 48 29 13", "482913 is the code".
func (f *finder) aroundCode(i int) {
	if f.harmlessCode(i) {
		return
	}
	said := f.ws[i].colon
	qualified := true // nothing but "verification", "is", "de segurança" so far
	for j := i + 1; j < len(f.ws) && j <= i+6; j++ {
		w := &f.ws[j]
		if w.wall || w.number && j > i+1 {
			break
		}
		direct := said || j == i+1 || f.ws[j-1].colon || f.cue(j-1) == copula || qualified && f.sixMixed(j)
		if n := f.codeAt(j, direct); n > 0 && !f.ordinary(j) {
			f.mark(w.from, f.ws[j+n-1].to, Code)
			return
		}
		qualified = qualified && (qualifiers[w.fold] || f.cue(j) == copula || f.cue(j) == codeCue)
		said = said && qualified
		if w.end {
			break
		}
	}
	for j := i - 1; j >= 0 && j >= i-6; j-- {
		w := &f.ws[j]
		if w.wall || w.end {
			return
		}
		said := f.cue(j+1) == copula && (j+2 == i || mine[f.ws[j+2].fold] || qualifiers[f.ws[j+2].fold]) && w.letters > 0 && w.digits > 0
		if n := f.codeAt(j, said); n > 0 && j+n <= i && !f.ordinary(j) && !f.ordered(j) {
			f.mark(f.groupStart(j), f.ws[j+n-1].to, Code)
			return
		}
	}
}

// groupStart is where the groups of digits begin of which the word at j is
// the last: "482 913 is the code" is met from behind.
func (f *finder) groupStart(j int) int {
	if j > 0 && digitsOnly(&f.ws[j]) && digitsOnly(&f.ws[j-1]) && f.ws[j].digits <= 4 && f.ws[j-1].digits <= 4 && f.ws[j-1].line == f.ws[j].line && !f.ws[j-1].comma {
		return f.ws[j-1].from
	}
	return f.ws[j].from
}

// harmlessCode tells whether a word for code means something that anybody may
// know: a postal code, an error code, a coupon.
func (f *finder) harmlessCode(i int) bool {
	if i > 0 && !f.ws[i-1].end && f.ws[i-1].line == f.ws[i].line && (harmless[f.ws[i-1].fold] || harmless[strings.TrimSuffix(f.ws[i-1].fold, "-")] || f.ws[i-1].number && f.ws[i-1].fold != "number") {
		return true
	}
	if i+1 < len(f.ws) && harmlessAfter[f.ws[i+1].fold] {
		return true
	}
	return i+2 < len(f.ws) && f.ws[i+1].fold == "de" && harmlessAfter[f.ws[i+2].fold]
}

// sixMixed tells whether a word is six characters, digits and letters of one
// case among them.
func (f *finder) sixMixed(j int) bool {
	w := &f.ws[j]
	return len(w.text) == 6 && w.symbols == 0 && w.digits > 0 && w.lower+w.upper > 0 && (w.lower == 0 || w.upper == 0) && w.lower+w.upper+w.digits == 6 && !w.goods()
}

// codeAt tells of how many words a code at j is made: 4 to 8 digits, in one
// or two groups, or with said also 5 to 8 letters and digits mixed.
func (f *finder) codeAt(j int, said bool) int {
	w := &f.ws[j]
	if w.digits == 0 {
		if said && w.upper == 6 && len(w.text) == 6 {
			return 1
		}
		return 0
	}
	text := w.text
	if len(text) > 2 && text[1] == '-' && (text[0] == 'G' || text[0] == 'g') {
		text = text[2:]
	}
	n := w.digits
	switch {
	case n <= 8 && strings.Trim(text, "0123456789-") == "":
		from, to, total := f.digitRun(j)
		if total > 8 || from > 0 && f.s[f.ws[from].from-1] == '+' {
			return 0 // a phone, a card, an order
		}
		if total == n && n >= 4 && strings.Count(text, "-") <= 3 && !strings.Contains(text, "--") {
			return 1
		}
		if total >= 4 && f.ws[j].digits <= 4 && from == j {
			return to - j + 1
		}
		if n >= 4 {
			return 1
		}
	case said && alnum(w) && w.runes() >= 5 && w.runes() <= 10 && !w.goods():
		return 1
	}
	return 0
}

// digitRun is the run of digit groups on one line that the word at j is part
// of, and how many digits it has. It stops where there are more than eight,
// which are too many for a code.
func (f *finder) digitRun(j int) (from, to, total int) {
	from, to, total = j, j, f.ws[j].digits
	for total <= 8 && from > 0 && f.ws[from-1].line == f.ws[j].line && !f.ws[from-1].comma && phonePart(&f.ws[from-1]) {
		from--
		total += f.ws[from].digits
	}
	for total <= 8 && to < len(f.ws)-1 && f.ws[to+1].line == f.ws[j].line && !f.ws[to].comma && phonePart(&f.ws[to+1]) {
		to++
		total += f.ws[to].digits
	}
	return from, to, total
}

// phonePart tells whether a word may be a group of a phone number.
func phonePart(w *word) bool {
	return w.digits > 0 && w.letters == 0 && !w.wall && (w.symbols == 0 || strings.Trim(w.text, "0123456789-.+()") == "")
}

// ordered tells whether a word before, on the same line, says that the number
// is an order, a parcel, a phone.
func (f *finder) ordered(i int) bool {
	for j := i - 1; j >= max(i-3, 0) && f.ws[j].line == f.ws[i].line && !f.ws[j].wall; j-- {
		if f.ws[j].number {
			return true
		}
	}
	w := &f.ws[i]
	return w.from > 0 && (f.s[w.from-1] == '#' || f.s[w.from-1] == '+' && w.letters == 0) || strings.HasSuffix(f.s[:w.from], "№")
}

// ordinary tells whether the number at j is a date, a year, an amount or a
// time by its form and its neighbours.
func (f *finder) ordinary(j int) bool {
	w := &f.ws[j]
	if w.digits == 0 {
		return false
	}
	if w.money() || w.text[0] == '#' || date(w.text) {
		return true
	}
	if w.letters > 0 {
		return false
	}
	if j+1 < len(f.ws) && f.ws[j+1].line == w.line {
		next := f.ws[j+1].fold
		if units[next] || f.ws[j+1].han() && f.unitBegins(next) {
			return true
		}
	}
	if w.to < len(f.s) && strings.HasPrefix(f.s[w.to:], "%") {
		return true
	}
	if j == 0 || f.ws[j-1].line != w.line {
		return false
	}
	prev := f.ws[j-1].fold
	if prev == "$" || prev == "r$" || prev == "us$" || prev == "€" || prev == "£" || prev == "usd" {
		return true
	}
	return w.digits == 4 && w.symbols == 0 && (strings.HasPrefix(w.text, "19") || strings.HasPrefix(w.text, "20")) && since[prev]
}

// unitBegins tells whether a Chinese word begins with a unit: 分钟, 年, 元.
func (f *finder) unitBegins(s string) bool {
	for _, u := range []string{"元", "块", "年", "月", "日", "天", "分钟", "小时", "次", "遍", "个", "美元", "欧元"} {
		if strings.HasPrefix(s, u) {
			return true
		}
	}
	return false
}

// date tells whether a word is a date in digits: 2024-05-12, 12.05.24.
func date(s string) bool {
	for _, sep := range []string{"-", ".", "/"} {
		a, rest, ok := strings.Cut(s, sep)
		if !ok {
			continue
		}
		b, c, ok := strings.Cut(rest, sep)
		if !ok || strings.Trim(a+b+c, "0123456789") != "" {
			continue
		}
		year, day := c, a
		if len(a) == 4 {
			year, day = a, c
		}
		return (len(year) == 4 || len(year) == 2) && len(day) >= 1 && len(day) <= 2 && len(b) >= 1 && len(b) <= 2
	}
	return false
}

// looseCode takes the number of "482913 is what it says", which no word for
// code stands beside.
func (f *finder) looseCode(i int) {
	w := &f.ws[i]
	if i+2 >= len(f.ws) || w.end || w.digits < 4 || w.letters > 0 || f.cue(i+1) != copula {
		return
	}
	switch f.ws[i+2].fold {
	case "what", "то", "lo", "o", "我", "que", "all":
		if n := f.codeAt(i, false); n == 1 && !f.ordinary(i) && !f.ordered(i) {
			f.mark(w.from, w.to, Code)
		}
	}
}

// expected looks for what the customer is typing elsewhere: a bare number or
// six characters count as a code then, and an odd word as a password.
func (f *finder) expected() {
	if f.c.ExpectCode {
		for j := 0; j < len(f.ws); j++ {
			w := &f.ws[j]
			if w.wall || f.ordered(j) || w.address() || f.ordinary(j) {
				continue
			}
			n := f.codeAt(j, false)
			if n == 0 && (f.sixMixed(j) || len(w.text) == 6 && w.symbols == 0 && w.plain() && (w.upper == 6 && len(f.ws) <= 3 || w.lower == 6 && len(f.ws) == 1 && vowels(w.fold) == 0)) {
				n = 1
			}
			if n > 0 {
				f.mark(w.from, f.ws[j+n-1].to, Code)
				j += n - 1
			}
		}
	}
	if f.c.ExpectPassword {
		for j := range f.ws {
			if w := &f.ws[j]; w.strong() && !f.ordered(j) && !f.ordinary(j) || len(f.ws) == 1 && w.mixed() && w.runes() >= 6 && (w.lower > 0 || w.marks() > 0) && !w.goods() {
				f.markPassword(j)
			}
		}
	}
	if len(f.ws) != 1 {
		return
	}
	w := &f.ws[0]
	if w.runes() >= 8 && w.upper > 0 && w.lower > 0 && w.digits > 0 && w.marks() > strings.Count(w.text, "_") && !w.address() && !strings.ContainsAny(w.text, "/\\:") {
		f.markPassword(0)
	}
}
