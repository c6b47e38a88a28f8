package redact

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/tyler-smith/go-bip39/wordlists"
)

// markers stand in stored files for the beginnings of tokens, so that no
// scanner of repositories takes the made-up ones for real.
var markers = strings.NewReplacer(
	"{xoxb}", "xox"+"b-", "{xoxp}", "xox"+"p-", "{xapp}", "xap"+"p-1-", "{ghp}", "gh"+"p_", "{gpat}", "github"+"_pat_",
	"{akia}", "AK"+"IA", "{asia}", "AS"+"IA", "{sk}", "s"+"k-", "{skproj}", "s"+"k-proj-", "{aa}", ":A"+"A", "{eyj}", "ey"+"J",
	"{pembegin}", "-----BE"+"GIN", "{pemend}", "-----E"+"ND",
)

const (
	lowers = "abcdefghijklmnopqrstuvwxyz"
	uppers = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	tens   = "0123456789"
	alnums = lowers + uppers + tens
)

// values makes secrets and the harmless things around them.
type values struct{ r *rand.Rand }

func (v values) of(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[v.r.IntN(len(alphabet))]
	}
	return string(b)
}

func (v values) between(a, b int) int { return a + v.r.IntN(b-a+1) }

func (v values) pick(list ...string) string { return list[v.r.IntN(len(list))] }

// password is what people use: a word and a year, a word with marks, random
// letters, one in ten a plain word.
func (v values) password() string {
	switch v.r.IntN(20) {
	case 0:
		return v.pick("monkey", "dragon", "sunshine", "qwerty", "iloveyou", "princess", "liverpool", "shadow")
	case 1:
		return v.pick("барселона", "солнышко", "котенок", "ангел", "mariposa", "estrella", "saudade", "cachorro")
	case 2:
		return v.of(tens, v.between(6, 8))
	case 3, 4, 5:
		return strings.ToLower(v.name()) + v.of(tens, v.between(2, 4))
	}
	return v.strong()
}

// strong is a password that looks like one.
func (v values) strong() string {
	switch v.r.IntN(6) {
	case 0:
		return v.word() + v.of(tens, 4) + v.pick("!", "?", ".", "#", "$", "!!")
	case 1:
		return v.pick("P@ssw0rd", "Tr0ub4dor&", "S3cret!", "L0ve_", "Qw3rty#", "@dmin") + v.of(tens, v.between(1, 3))
	case 2:
		return v.of(uppers, 1) + v.of(alnums, v.between(5, 9)) + v.of("!#$%&*+?@_", 1) + v.of(alnums, 2) + v.of(tens, 1)
	case 3:
		return strings.ToLower(v.word()) + v.pick("-", "_", ".") + strings.ToLower(v.word()) + v.of(tens, v.between(1, 3))
	case 4:
		return v.word() + v.pick("@", "*", "_", "&") + v.of(tens, v.between(2, 4))
	}
	return v.word() + v.word() + v.of(tens, v.between(1, 4))
}

func (v values) word() string {
	return v.pick("Summer", "Winter", "Perro", "Gato", "Sonne", "Zvezda", "Moscow", "Chelsea", "Tiger", "Amor", "Familia", "Flor", "Secret", "Hunter", "Dima", "Sakura", "Wang", "Brasil", "Coffee", "Apple")
}

func (v values) name() string {
	return v.pick("anna", "ivan88", "maria", "joao", "li.wei", "sergey_k", "Lucia", "tom", "wangfang", "olga", "pedro")
}

func (v values) code() string {
	n := []int{6, 6, 6, 6, 6, 4, 5, 7, 8}[v.r.IntN(9)]
	d := v.of(tens, n)
	if n == 6 {
		switch v.r.IntN(8) {
		case 0:
			return d[:3] + " " + d[3:]
		case 1:
			return d[:3] + "-" + d[3:]
		case 2:
			return "G-" + d
		}
	}
	return d
}

// code6 is six letters and digits, one in four in small letters.
func (v values) code6() string {
	for {
		s := v.of(uppers+tens+tens, 6)
		if strings.ContainsAny(s, tens) && strings.ContainsAny(s, uppers) {
			if v.r.IntN(4) == 0 {
				s = strings.ToLower(s)
			}
			return s
		}
	}
}

func (v values) card() string {
	prefix := v.pick("4", "4", "51", "53", "55", "2221", "2202", "37", "6011", "62")
	n := 16
	if prefix == "37" {
		n = 15
	}
	d := prefix + v.of(tens, n-1-len(prefix))
	for c := byte('0'); c <= '9'; c++ {
		if luhn(d + string(c)) {
			d += string(c)
			break
		}
	}
	sep := v.pick("", " ", " ", "-")
	if n == 15 {
		return d[:4] + sep + d[4:10] + sep + d[10:]
	}
	return d[:4] + sep + d[4:8] + sep + d[8:12] + sep + d[12:]
}

func (v values) iban() string {
	country := v.pick("DE18", "ES20", "FR23", "GB18", "PT21", "PL24", "NL14", "BR25")
	var n int
	fmt.Sscan(country[2:], &n)
	rest := v.of(tens, n)
	if country[:2] == "GB" || country[:2] == "NL" {
		rest = v.of(uppers, 4) + v.of(tens, n-4)
	}
	for check := range 100 {
		s := fmt.Sprintf("%s%02d%s", country[:2], check, rest)
		if check < 2 || !iban(s) {
			continue
		}
		if v.r.IntN(2) == 0 {
			return s
		}
		var groups []string
		for len(s) > 4 {
			groups, s = append(groups, s[:4]), s[4:]
		}
		return strings.Join(append(groups, s), " ")
	}
	return ""
}

func (v values) token() string {
	switch v.r.IntN(10) {
	case 0:
		return "{xoxb}" + v.of(tens, 12) + "-" + v.of(tens, 13) + "-" + v.of(alnums, 24)
	case 1:
		return "{xoxp}" + v.of(tens, 12) + "-" + v.of(tens, 12) + "-" + v.of(lowers+tens, 32)
	case 2:
		return "{xapp}" + v.of(uppers+tens, 11) + "-" + v.of(tens, 13) + "-" + v.of("abcdef"+tens, 64)
	case 3, 4:
		return v.of("123456789", 1) + v.of(tens, 9) + "{aa}" + v.of(alnums+"_-", 32) + v.of(alnums, 1)
	case 5:
		return "{ghp}" + v.of(alnums, 36)
	case 6:
		return "{gpat}" + v.of(alnums, 22) + "_" + v.of(alnums, 59)
	case 7:
		return v.pick("{akia}", "{asia}") + v.of(uppers+"234567", 16)
	case 8:
		return "{sk}" + v.of(alnums, 48)
	}
	return "{skproj}" + v.of(alnums+"_-", 60) + v.of(alnums, 1)
}

func (v values) jwt() string {
	b64 := base64.RawURLEncoding
	head := b64.EncodeToString(fmt.Appendf(nil, `{"alg":%q,"typ":"JWT"}`, v.pick("HS256", "RS256", "ES256")))
	body := b64.EncodeToString(fmt.Appendf(nil, `{"sub":"%s","exp":17%s}`, v.of(tens, 8), v.of(tens, 8)))
	return "{eyj}" + head[3:] + ".{eyj}" + body[3:] + "." + v.of(alnums+"-_", 42) + v.of(alnums, 1)
}

func (v values) pem() string {
	kind := v.pick("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY")
	var b strings.Builder
	for range v.between(2, 4) {
		b.WriteString(v.of(alnums+"+/", 64) + "\n")
	}
	b.WriteString(v.of(alnums, v.between(10, 40)) + "==\n")
	return "{pembegin} " + kind + "-----\n" + b.String() + "{pemend} " + kind + "-----"
}

func (v values) phrase() []string {
	out := make([]string, []int{12, 12, 12, 15, 24}[v.r.IntN(5)])
	for i := range out {
		out[i] = wordlists.English[v.r.IntN(len(wordlists.English))]
	}
	return out
}

// backup is a list of backup codes, in one of the forms that sites use.
func (v values) backup() string {
	form := v.r.IntN(5)
	sep := v.pick("\n", "\n", " ", ", ")
	codes := make([]string, v.between(5, 10))
	for i := range codes {
		switch form {
		case 0:
			codes[i] = v.of(tens, 8)
		case 1:
			codes[i] = v.of(tens, 4) + " " + v.of(tens, 4)
		case 2:
			codes[i] = v.of("abcdef"+tens, 5) + "-" + v.of("abcdef"+tens, 5)
		case 3:
			codes[i] = v.of(uppers+tens, 4) + "-" + v.of(uppers+tens, 4)
		default:
			codes[i] = v.of(lowers+tens, 4) + v.of(tens, 1) + v.of(lowers+tens, 5)
		}
	}
	if form == 1 && sep == " " {
		sep = "\n"
	}
	return strings.Join(codes, sep)
}

// link is a link with a token; the second value is the token.
func (v values) link() (text, secret string) {
	host := v.pick("https://accounts.example.com", "https://login.example.org", "http://www.example.net", "https://shop.example.com.br")
	t := v.of(alnums, 14) + v.of(tens, 4) + v.of(alnums, 14)
	switch v.r.IntN(5) {
	case 0:
		return host + "/reset?token=" + t, t
	case 1:
		return host + "/password/reset/" + t, t
	case 2:
		return host + "/verify?uid=" + v.of(tens, 6) + "&code=" + t, t
	case 3:
		return host + "/r/#" + t, t
	}
	return host + "/account/recover?lang=en&key=" + t + "&expires=" + v.of(tens, 10), t
}

// fill puts a value in for the name of a slot; secret is what must not be
// left of it, "" when it is harmless.
func (v values) fill(slot string) (text, secret string) {
	switch slot {
	case "password":
		text = v.password()
	case "strong":
		text = v.strong()
	case "code":
		text = v.code()
	case "code6":
		text = v.code6()
	case "card":
		text = v.card()
	case "cvv":
		text = v.of(tens, 3)
	case "iban":
		text = v.iban()
	case "token":
		text = v.token()
	case "jwt":
		text = v.jwt()
	case "pem":
		text = v.pem()
	case "phrase":
		text = strings.Join(v.phrase(), " ")
	case "numbered":
		words := v.phrase()
		lines := make([]string, len(words))
		for i, w := range words {
			lines[i] = fmt.Sprintf("%d. %s", i+1, w)
		}
		return strings.Join(lines, "\n"), strings.Join(words, " ")
	case "backup":
		text = v.backup()
		return text, strings.ReplaceAll(text, ",", "")
	case "link":
		return v.link()
	default:
		return v.harmless(slot), ""
	}
	return text, text
}

// harmless are the values of ordinary messages.
func (v values) harmless(slot string) string {
	switch slot {
	case "order":
		return v.pick(v.of("12345678", 1)+v.of(tens, 15), "#"+v.of(tens, 7), v.of("123456789", 1)+v.of(tens, 9), "AE-"+v.of(tens, 8), v.of(tens, 3)+"-"+v.of(tens, 7)+"-"+v.of(tens, 7))
	case "price":
		n := v.between(2, 4999)
		return v.pick(fmt.Sprintf("$%d.%02d", n, v.r.IntN(100)), fmt.Sprintf("%d,%02d €", n, v.r.IntN(100)), fmt.Sprintf("%d руб", n), fmt.Sprintf("R$ %d,90", n), fmt.Sprintf("%d USD", n), fmt.Sprintf("￥%d", n), fmt.Sprintf("%d元", n))
	case "date":
		y, m, d := v.between(2019, 2026), v.between(1, 12), v.between(1, 28)
		return v.pick(fmt.Sprintf("%d-%02d-%02d", y, m, d), fmt.Sprintf("%02d.%02d.%d", d, m, y), fmt.Sprintf("%d/%d/%d", m, d, y), fmt.Sprintf("%d-%d-%02d", d, m, y-2000), fmt.Sprintf("%d月%d日", m, d))
	case "phone":
		return v.pick(fmt.Sprintf("+1 %d %d %s", v.between(201, 989), v.between(200, 999), v.of(tens, 4)), "+7 9"+v.of(tens, 2)+" "+v.of(tens, 3)+"-"+v.of(tens, 2)+"-"+v.of(tens, 2), "+34 6"+v.of(tens, 2)+" "+v.of(tens, 2)+" "+v.of(tens, 2)+" "+v.of(tens, 2), "+55 11 9"+v.of(tens, 4)+"-"+v.of(tens, 4), "138"+v.of(tens, 8), "8(9"+v.of(tens, 2)+")"+v.of(tens, 7))
	case "track":
		return v.pick("RB"+v.of(tens, 9)+"CN", "LP00"+v.of(tens, 12), "1Z"+v.of(uppers+tens, 8)+v.of(tens, 8), v.of("123456789", 1)+v.of(tens, 11), "CNFR"+v.of(tens, 12)+"HD")
	case "promo":
		return v.pick("SALE20", "WELCOME10", "AESHOP5", "SUMMER", "BF2024", "NEW4U")
	case "errcode":
		return v.pick("500", "403", "1002", "E-404", "SYS_2031", "B001", "10060", "504")
	case "zip":
		return v.pick(v.of(tens, 5), v.of(tens, 6), "SW1A 1AA", "01310-100", v.of(tens, 5)+"-"+v.of(tens, 3))
	case "email":
		return strings.ToLower(v.name()) + v.of(tens, v.between(0, 4)) + "@" + v.pick("mail.example", "example.com", "correo.example.org")
	case "name":
		return v.name()
	case "minutes":
		return v.pick("5", "10", "15", "20", "30", "40", "120")
	case "small":
		return fmt.Sprint(v.between(3, 15))
	case "year":
		return fmt.Sprint(v.between(2012, 2025))
	case "time":
		return fmt.Sprintf("%02d:%02d", v.r.IntN(24), v.r.IntN(60))
	case "version":
		return fmt.Sprintf("%d.%d.%d", v.between(8, 130), v.r.IntN(10), v.r.IntN(100))
	case "expiry":
		return fmt.Sprintf("%02d/%d", v.between(1, 12), v.between(26, 31))
	}
	return "{" + slot + "}"
}
