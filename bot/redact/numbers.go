package redact

import "strings"

// cards finds payment cards: 13 to 19 digits, in groups or not, of a known
// issuer, whose check digit fits.
func (f *finder) cards() {
	var digits [24]byte
	for i := 0; i < len(f.ws); i++ {
		if !digitsOnly(&f.ws[i]) {
			continue
		}
		// The longest run of groups that is a card; groups stand on one line.
		best, n := -1, 0
		for j := i; j < len(f.ws) && j < i+6 && digitsOnly(&f.ws[j]) && f.ws[j].line == f.ws[i].line; j++ {
			if n+f.ws[j].digits > 19 {
				break
			}
			for k := range len(f.ws[j].text) {
				if b := f.ws[j].text[k]; isDigit(b) {
					digits[n] = b
					n++
				}
			}
			if n >= 13 && cardNumber(string(digits[:n])) {
				best = j
			}
		}
		if best < 0 || best == i && f.goodsNumber(i) {
			continue
		}
		f.mark(f.ws[i].from, f.ws[best].to, Card)
		f.cardCodeBehind(best)
		i = best
	}
}

// goodsNumber tells whether a word before, on the same line, says that the
// number is an order's or a parcel's, and none that it is a card's.
func (f *finder) goodsNumber(i int) bool {
	goods := f.ws[i].head == '#' || f.ws[i].from > 0 && strings.IndexByte("#+", f.s[f.ws[i].from-1]) >= 0
	for j := i - 1; j >= max(i-3, 0) && f.ws[j].line == f.ws[i].line && !f.ws[j].wall; j-- {
		fold := f.ws[j].fold
		for _, c := range []string{"card", "visa", "master", "карт", "tarjeta", "cartão", "cartao", "卡"} {
			if strings.Contains(fold, c) {
				return false
			}
		}
		goods = goods || f.ws[j].number && !vague[fold]
	}
	return goods
}

// cardCodeBehind takes the three digits, or four, that stand within a few
// words behind a card number: "4111… 06/27 123".
func (f *finder) cardCodeBehind(i int) {
	for j := i + 1; j < len(f.ws) && j <= i+8 && !f.ws[j].wall; j++ {
		w := &f.ws[j]
		if w.digits == len(w.text) && (w.digits == 3 || w.digits == 4 && f.ws[j-1].letters > 0 && strings.HasSuffix(f.ws[j-1].fold, "code")) && !f.ordinary(j) {
			f.mark(w.from, w.to, CVV)
			return
		}
	}
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
	for j := i + 1; j < len(f.ws) && j <= i+3 && !f.ws[j].wall; j++ {
		w := &f.ws[j]
		if digitsOnly(w) && (w.digits == 3 || w.digits == 4) {
			f.mark(w.from, w.to, CVV)
			return
		}
	}
}

// ibanLength is how long an account number of a country is, from the registry
// of ISO 13616.
var ibanLength = func() map[string]int {
	out := map[string]int{}
	for s := range strings.FieldsSeq(`AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`) {
		out[s[:2]] = int(s[2]-'0')*10 + int(s[3]-'0')
	}
	return out
}()

// ibans finds international bank account numbers, in groups or not.
func (f *finder) ibans() {
	for i := 0; i < len(f.ws); i++ {
		head := f.ws[i].text
		if len(head) < 4 || !isLetter(head[0]) || !isLetter(head[1]) || !isDigit(head[2]) || !isDigit(head[3]) {
			continue
		}
		want := ibanLength[strings.ToUpper(head[:2])]
		all := make([]byte, 0, 34)
		for j := i; want > 0 && j < len(f.ws) && j < i+12 && f.ws[j].line == f.ws[i].line; j++ {
			w := &f.ws[j]
			if !alnum(w) || len(all)+len(w.text) > 40 {
				break
			}
			all = append(all, strings.ToUpper(strings.ReplaceAll(w.text, "-", ""))...)
			if len(all) >= want {
				if len(all) == want && iban(string(all)) {
					f.mark(f.ws[i].from, w.to, IBAN)
					i = j
				}
				break
			}
		}
	}
}

// iban holds a number against its check digits: two letters, two digits, up to
// 30 more; moved behind, the remainder by 97 is 1 (ISO 13616). s is in
// capitals.
func iban(s string) bool {
	if len(s) < 15 || s[2:4] < "02" || s[2:4] > "98" {
		return false
	}
	rest := 0
	for i := range len(s) {
		switch b := s[(i+4)%len(s)]; {
		case isDigit(b):
			rest = (rest*10 + int(b-'0')) % 97
		case b >= 'A' && b <= 'Z':
			rest = (rest*100 + int(b-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}
