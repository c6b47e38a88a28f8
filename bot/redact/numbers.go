package redact

import (
	"math/big"
	"strings"
)

// numbers finds payment cards: 13 to 19 digits, in groups or not, of a known
// issuer, whose check digit fits.
func (f *finder) numbers() {
	for i := 0; i < len(f.ws); i++ {
		if !digitsOnly(f.ws[i]) {
			continue
		}
		// The longest run of groups that is a card; groups stand on one line.
		best := -1
		digits := ""
		for j := i; j < len(f.ws) && j < i+6 && digitsOnly(f.ws[j]) && f.ws[j].line == f.ws[i].line; j++ {
			digits += bare(f.ws[j].text)
			if len(digits) > 19 {
				break
			}
			if cardNumber(digits) {
				best = j
			}
		}
		if best < 0 || f.ordered(i) && best == i {
			continue
		}
		f.mark(f.ws[i].from, f.ws[best].to, Card)
		i = best
	}
}

// digitsOnly tells whether a word is digits in groups.
func digitsOnly(w word) bool {
	return w.digits > 0 && w.letters == 0 && strings.Trim(w.text, "0123456789-. ") == ""
}

func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// ordered tells whether a word before says that the number is an order, a
// parcel, a phone.
func (f *finder) ordered(i int) bool {
	for j := max(i-3, 0); j < i; j++ {
		if numbers[strings.TrimLeft(f.ws[j].fold, "#")] {
			return true
		}
	}
	w := f.ws[i]
	return w.from > 0 && (f.s[w.from-1] == '#' || f.s[w.from-1] == '+') || strings.HasSuffix(f.s[:w.from], "№")
}

// cardNumber holds digits against the issuers' ranges and the check digit
// (ISO/IEC 7812-1).
func cardNumber(d string) bool {
	n := len(d)
	if n < 13 || n > 19 || !luhn(d) {
		return false
	}
	p2, p3, p4 := d[:2], d[:3], d[:4]
	switch {
	case d[0] == '4':
		return n == 13 || n == 16 || n == 19
	case p2 >= "51" && p2 <= "55", p4 >= "2221" && p4 <= "2720", p4 >= "2200" && p4 <= "2204":
		return n == 16
	case p2 == "34" || p2 == "37":
		return n == 15
	case p2 == "36" || p2 == "38" || p3 >= "300" && p3 <= "305":
		return n == 14
	case p4 == "6011" || p2 == "65" || p3 >= "644" && p3 <= "649", p4 >= "3528" && p4 <= "3589":
		return n == 16
	case p2 == "62", p4 == "5018" || p4 == "5020" || p4 == "5038" || p4 == "6304" || p4 == "6759" || p4 >= "6761" && p4 <= "6763":
		return n >= 16
	}
	return false
}

func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		x := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if x *= 2; x > 9 {
				x -= 9
			}
		}
		sum += x
	}
	return sum%10 == 0
}

// afterCardCode takes the three or four digits behind "CVV".
func (f *finder) afterCardCode(i int) {
	for j := i + 1; j < len(f.ws) && j <= i+3; j++ {
		w := f.ws[j]
		if digitsOnly(w) && (w.digits == 3 || w.digits == 4) {
			f.mark(w.from, w.to, CVV)
			return
		}
	}
}

// ibans finds international bank account numbers, in groups or not (ISO
// 13616: two letters, two check digits, up to 30 more, remainder 1 by 97).
func (f *finder) ibans() {
	for i := 0; i < len(f.ws); i++ {
		head := f.ws[i].text
		if len(head) < 4 || !isLetter(head[0]) || !isLetter(head[1]) || !isDigit(head[2]) || !isDigit(head[3]) {
			continue
		}
		all := ""
		for j := i; j < len(f.ws) && j < i+10 && f.ws[j].line == f.ws[i].line; j++ {
			w := f.ws[j]
			if w.letters != w.lower+w.upper || strings.Trim(w.text, "-") == "" {
				break
			}
			if all += strings.ToUpper(strings.ReplaceAll(w.text, "-", "")); len(all) > 34 {
				break
			}
			if len(all) >= 15 && iban(all) {
				f.mark(f.ws[i].from, w.to, IBAN)
				i = j
				break
			}
		}
	}
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }
func isDigit(b byte) bool  { return b >= '0' && b <= '9' }

func iban(s string) bool {
	var b strings.Builder
	for _, r := range s[4:] + s[:4] {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			b.WriteString(big.NewInt(int64(r - 'A' + 10)).String())
		default:
			return false
		}
	}
	n, ok := new(big.Int).SetString(b.String(), 10)
	return ok && n.Mod(n, big.NewInt(97)).Int64() == 1
}
