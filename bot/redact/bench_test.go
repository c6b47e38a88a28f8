package redact

import (
	"strings"
	"testing"
)

// talk is n bytes of ordinary messages with a secret now and then.
func talk(tb testing.TB, n int) string {
	var b strings.Builder
	for i, s := range half(tb, "tune", 3, 2) {
		if s.secret == "" && (b.Len() < n/2 || i%40 == 0) || i%400 == 0 {
			b.WriteString(markers.Replace(s.message) + ". ")
		}
		if b.Len() >= n {
			break
		}
	}
	for b.Len() < n {
		b.WriteString(b.String()[:min(b.Len(), n-b.Len())])
	}
	return strings.ToValidUTF8(b.String()[:n], "")
}

func benchmarkText(b *testing.B, n int) {
	s := talk(b, n)
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		Text(s, Context{ExpectCode: true, ExpectPassword: true})
	}
}

// BenchmarkClean4K has no secret, as nearly all messages, and is looked at
// once; the others are looked at twice.
func BenchmarkClean4K(b *testing.B) {
	s, _ := Text(talk(b, 4<<10), Context{})
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		Text(s, Context{})
	}
}

func BenchmarkText100B(b *testing.B) { benchmarkText(b, 100) }
func BenchmarkText4K(b *testing.B)   { benchmarkText(b, 4<<10) }
func BenchmarkText16K(b *testing.B)  { benchmarkText(b, 16<<10) }
func BenchmarkText64K(b *testing.B)  { benchmarkText(b, 64<<10) }
