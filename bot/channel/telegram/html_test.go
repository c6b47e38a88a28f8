package telegram

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"latchkey/bot"
	"latchkey/bot/channel/telegram/telegramfake"
)

// TestMarkdown: the subset in Telegram's HTML, and nothing of it obeyed that
// was escaped.
func TestMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"Hello **bold** and _soft_ `co<de>`.":                  "Hello <b>bold</b> and <i>soft</i> <code>co&lt;de&gt;</code>.",
		"a < b & c > d \"q\"":                                  "a &lt; b &amp; c &gt; d \"q\"",
		"One.\n\nTwo\nlines.":                                  "One.\n\nTwo\nlines.",
		"Do:\n\n1. first **x**\n2. second\n\nThen.":            "Do:\n\n1. first <b>x</b>\n2. second\n\nThen.",
		"- a\n- b\n  - c":                                      "• a\n• b\n   • c",
		"[the **site**](https://example.com/?a=1&b=\"2\")":     `<a href="https://example.com/?a=1&amp;b=&quot;2&quot;">the <b>site</b></a>`,
		"[bad](javascript:alert)":                              "bad",
		"<b>not</b> bold":                                      "&lt;b&gt;not&lt;/b&gt; bold",
		bot.Escape("3 < 4 & <b>x</b> *y* _z_ `q` [l](h) &lt;"): "3 &lt; 4 &amp; &lt;b&gt;x&lt;/b&gt; *y* _z_ `q` [l](h) &amp;lt;",
		"# Head\ntext":                                         "<b>Head</b>\n\ntext",
		"***both***":                                           "<b><i>both</i></b>",
		"&copy; &amp; &lt;":                                    "© &amp; &lt;",
		"a\u202Eb\u0000c":                                      "abc",
		"**`x`**":                                              "<code>x</code>",
		"```\nif a < b {\n}\n```":                              "<pre>if a &lt; b {\n}</pre>",
	} {
		if got := toHTML(trim(markdown(in))); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
	if got := toPlain(markdown("See [the **site**](https://example.com/) or <https://a.example/>.")); got != "See the site (https://example.com/) or https://a.example/." {
		t.Errorf("plain: %q", got)
	}
}

// TestSplit: parts keep to the limit, at paragraph ends where there are any,
// and together they are the whole.
func TestSplit(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "Paragraph %d with **bold 🔑 words** and more.\n\n", i)
	}
	parts := split(markdown(b.String()), maxText)
	if len(parts) < 2 {
		t.Fatalf("%d parts", len(parts))
	}
	all := ""
	for i, p := range parts {
		if n := size(p); n > maxText || n == 0 {
			t.Errorf("part %d has %d units", i, n)
		}
		if err := strict(toHTML(p)); err != nil {
			t.Errorf("part %d: %v", i, err)
		}
		if s := toPlain(p); !strings.HasPrefix(s, "Paragraph") || !strings.HasSuffix(s, "more.") {
			t.Errorf("part %d is cut badly: %.20q … %q", i, s, s[len(s)-20:])
		}
		all += toPlain(p) + "\n\n"
	}
	if strings.TrimSpace(all) != strings.TrimSpace(toPlain(markdown(b.String()))) {
		t.Error("something is lost")
	}
	one := split(markdown(strings.Repeat("🔑", 5000)), maxText)
	if len(one) != 3 || size(one[0]) != maxText || size(one[2]) != 10000-2*maxText {
		t.Errorf("a text without any place to cut: %d parts", len(one))
	}
	many := split(markdown(strings.Repeat("**a** b ", 300)), maxText)
	if len(many) < 3 {
		t.Errorf("%d parts for 300 entities", len(many))
	}
	if got := split(markdown(" \n\n "), maxText); len(got) != 0 {
		t.Errorf("blank: %v", got)
	}
}

// strictTag is Telegram's tag set as far as it is written here, and the
// references it knows (https://core.telegram.org/bots/api#html-style).
var (
	strictTag  = regexp.MustCompile(`^<(/?)(b|i|code|pre|a)( href="(https?://[^"<>]+)")?>`)
	strictName = regexp.MustCompile(`^&(lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});`)
)

// strict reads HTML as Telegram does and refuses what it refuses.
func strict(s string) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("not UTF-8")
	}
	var open []string
	since := 0 // text since the last tag was opened
	for len(s) > 0 {
		switch s[0] {
		case '<':
			m := strictTag.FindStringSubmatch(s)
			if m == nil {
				return fmt.Errorf("unsupported tag at %.20q", s)
			}
			if m[1] == "" {
				if (m[2] == "a") != (m[3] != "") {
					return fmt.Errorf("attribute at %.20q", s)
				}
				for _, o := range open {
					if o == m[2] || o == "code" || o == "pre" || m[2] == "code" || m[2] == "pre" {
						return fmt.Errorf("%s inside %s", m[2], o)
					}
				}
				open, since = append(open, m[2]), 0
			} else {
				if len(open) == 0 || open[len(open)-1] != m[2] || m[3] != "" {
					return fmt.Errorf("unexpected end at %.20q", s)
				}
				if since == 0 {
					return fmt.Errorf("empty %s", m[2])
				}
				open = open[:len(open)-1]
			}
			s = s[len(m[0]):]
		case '&':
			m := strictName.FindString(s)
			if m == "" {
				return fmt.Errorf("unknown reference at %.20q", s)
			}
			s, since = s[len(m):], since+1
		case '>':
			return fmt.Errorf("bare > at %.20q", s)
		default:
			_, n := utf8.DecodeRuneInString(s)
			s, since = s[n:], since+1
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("%v left open", open)
	}
	return nil
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"**a** _b_ `c` [d](https://e.f/)", "1. a\n2. b\n   - c", "<b>&lt;\\*", "```\nx\n```", "> q\n> w", "<!-- -->", "![a](b)", "a\xffb", "***x** y*", "[**`a`**](http://x/)", "<div>\n*a*\n</div>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, limit := range []int{maxText, 16} {
			for _, p := range split(markdown(s), limit) {
				if n := size(p); n == 0 || n > limit {
					t.Fatalf("a part of %d units, limit %d", n, limit)
				}
				if err := strict(toHTML(p)); err != nil {
					t.Fatalf("%v in %q", err, toHTML(p))
				}
				text, _, err := telegramfake.ParseHTML(toHTML(p))
				if err != nil {
					t.Fatalf("Telegram refuses %q: %v", toHTML(p), err)
				}
				if n := telegramfake.Units(text); n > limit {
					t.Fatalf("%q is %d units long for Telegram, limit %d", text, n, limit)
				}
			}
		}
	})
}
