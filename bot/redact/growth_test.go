package redact

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// soup is a text of cue words, fillers, numbers, secrets and removal marks in
// any order, which no person would write.
func soup(r *rand.Rand, n int) string {
	v := values{r}
	glue := []string{" ", " ", " ", " ", "\n", ". ", ": ", ", ", "=", "/", "", "? ", " - ", "：", "，", "\"", "(", ") ", "@", "+"}
	var b strings.Builder
	for range n {
		switch v.r.IntN(8) {
		case 0:
			b.WriteString(v.pick("password", "code", "cvv", "is", "пароль", "код", "это", "contraseña", "es", "senha", "é", "密码", "是", "验证码", "to", "a", "my", "order", "login/password", "as", "what"))
		case 1:
			b.WriteString(v.pick(walls...))
		case 2:
			b.WriteString(v.of(tens, v.between(1, 9)))
		case 3:
			b.WriteString(v.harmless(v.pick("order", "price", "date", "phone", "track", "promo", "email", "year", "time")))
		case 4:
			text, _ := v.fill(v.pick("password", "strong", "code", "code6", "card", "iban", "token", "jwt", "backup", "link", "phrase"))
			b.WriteString(markers.Replace(text))
		case 5:
			b.WriteString(v.pick("not", "сегодня", "abandon", "ability", "了", "https://", "www.", "-----BEGIN", "#", "$", "№", "\u200b", "‘", "”"))
		default:
			b.WriteString(v.of(alnums, v.between(1, 12)))
		}
		b.WriteString(v.pick(glue...))
	}
	return b.String()
}

// TestSettled: what Text returns has nothing more to remove, however odd the
// text.
func TestSettled(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 20000 {
		s := soup(r, 1+i%40)
		c := Context{ExpectCode: i%2 == 0, ExpectPassword: i%3 == 0}
		once, _ := Text(s, c)
		if twice, kinds := Text(once, c); twice != once {
			t.Fatalf("%q\nbecame %q\nand then %q (%v)", s, once, twice, kinds)
		}
	}
}

// BenchmarkGrowth looks at texts that are bad for a careless search, 2 KB and
// 64 KB of each: 32 times the text is to take about 32 times as long, far from
// the thousand times of a square. "growth" is the ratio; it is read, not
// asserted, because a busy machine would decide.
func BenchmarkGrowth(b *testing.B) {
	took := func(s string) time.Duration {
		best := time.Hour
		for range 3 {
			start := time.Now()
			Text(s, Context{ExpectCode: true, ExpectPassword: true})
			best = min(best, time.Since(start))
		}
		return best
	}
	for _, piece := range []string{
		"password ", "password is ", "code 1 ", "1 ", "12 34 ", "1234 5678 ", "4111 ", "4111-1111-1111-1111 ", "DE89 ", "-----BEGIN ", "abandon ", "abandon xx ", "a1b2c3 ",
		"https://a.example/?x ", "пароль ", "密码是", "密", "\"", "password \"x ", "[removed: code] ", "[removed: ", "a@", "Kx9$canary ", "login/password: a ", "a", "ey" + "J.", "1:", "x" + "oxb-", "://", "\u200b", ":", "/",
	} {
		b.Run(piece, func(b *testing.B) {
			worst := 0.0
			for b.Loop() {
				short := took(strings.Repeat(piece, 2<<10/len(piece)))
				worst = max(worst, float64(took(strings.Repeat(piece, 64<<10/len(piece))))/float64(max(short, 1)))
			}
			b.ReportMetric(worst, "growth")
		})
	}
}

// BenchmarkSpread4K tells the median and the slowest of a hundred of different
// 4 KB messages (S-03: at most 1 ms).
func BenchmarkSpread4K(b *testing.B) {
	all := talk(b, 64<<10)
	var took []time.Duration
	i := 0
	for b.Loop() {
		at := i * 977 % (len(all) - 4<<10)
		i++
		s := strings.ToValidUTF8(all[at:at+4<<10], "")
		start := time.Now()
		Text(s, Context{})
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
