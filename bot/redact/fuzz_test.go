package redact

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// plants are secrets of forms that nothing around them can hide, each on lines
// of its own.
var plants = []struct{ line, secret string }{
	{"password: Kx9$canary7", "Kx9$canary7"},
	{"card 4111 1111 1111 1111", "4111 1111 1111 1111"},
	{"{xoxb}123456789012-canarycanary", "123456789012-canarycanary"},
	{"{eyj}hbGciOiJIUzI1NiJ9.{eyj}zdWIiOiIxMjM0In0.canarycanary", "canarycanary"},
	{"DE89370400440532013000", "DE89370400440532013000"},
	{"https://a.example/reset?token=canary77canary", "canary77canary"},
	{"код: 482913", "482913"},
}

// FuzzText holds what must be true of any text: no panic, valid UTF-8, no
// growth over the bound, nothing more to remove, and no planted secret left.
func FuzzText(f *testing.F) {
	for _, s := range append(stored(f, "tune")[:600:600], stored(f, "held")[:600]...) {
		if len(s.secret) > 0 && len(s.message) < 200 {
			f.Add(markers.Replace(s.message), "", byte(len(s.message)))
		}
	}
	f.Add("[removed: password] hunter2", "[removed: code]482913", byte(3))
	f.Add("\xff\xe2\x80 pass\u200bword \u202e: x", "密码：", byte(0))
	f.Add("İ Ⱥ ẞ password İİİ: ȺȺ", "", byte(1))
	f.Fuzz(func(t *testing.T, before, after string, pick byte) {
		c := Context{ExpectCode: pick&1 > 0, ExpectPassword: pick&2 > 0}
		plant := plants[int(pick>>2)%len(plants)]
		secret := markers.Replace(plant.secret)
		if len(before)+len(after) > 4<<10 || strings.Contains(before+after, secret) {
			return
		}
		text := before + ".\n\n" + markers.Replace(plant.line) + "\n\n" + after
		clean, kinds := Text(text, c)
		if !utf8.ValidString(clean) {
			t.Fatalf("%q became %q, which is no UTF-8", text, clean)
		}
		if again, _ := Text(clean, c); again != clean {
			t.Fatalf("%q became %q and then %q", text, clean, again)
		}
		for w := range strings.FieldsSeq(secret) {
			if strings.Contains(clean, w) && !strings.Contains(before+after, w) {
				t.Fatalf("%q is left of %q: %q", w, text, clean)
			}
		}
		if len(kinds) == 0 {
			t.Fatalf("nothing was told of %q", text)
		}
		if only, _ := Text(before, c); !utf8.ValidString(only) {
			t.Fatalf("%q became %q", before, only)
		}
	})
}
