package telegramfake

import (
	"slices"
	"testing"
)

// TestParseHTML: what a person reads, with the places of the marks in UTF-16.
func TestParseHTML(t *testing.T) {
	text, es, err := ParseHTML(`🔑 <b>bold <i>both</i></b> &lt;x&gt; &copy; &#1071; <a href="https://e.example/?a=1&amp;b=2">link</a><u></u>`)
	want := []Entity{
		{Type: "italic", Offset: 8, Length: 4}, {Type: "bold", Offset: 3, Length: 9},
		{Type: "text_link", Offset: 26, Length: 4, URL: "https://e.example/?a=1&b=2"},
	}
	if err != nil || text != "🔑 bold both <x> &copy; Я link" || !slices.Equal(es, want) {
		t.Errorf("%q, %+v, %v", text, es, err)
	}
	if n := Units(text); n != 30 {
		t.Errorf("%d units", n)
	}
}

// TestRefusedHTML: each refusal in Telegram's words.
func TestRefusedHTML(t *testing.T) {
	for in, want := range map[string]string{
		"a <p>b</p>":                      `Unsupported start tag "p" at byte offset 2`,
		"3 < 4":                           `Unsupported start tag "" at byte offset 2`,
		"a <b":                            `Unclosed start tag at byte offset 2`,
		"<b>x":                            `Can't find end tag corresponding to start tag "b"`,
		"x</b>":                           `Unexpected end tag at byte offset 1`,
		"<b><i>x</b></i>":                 `Unmatched end tag at byte offset 7, expected "</i>", found "</b>"`,
		"<b>x</b":                         `Unclosed end tag at byte offset 4`,
		"<span>x</span>":                  `Tag "span" must have class "tg-spoiler" at byte offset 0`,
		"🏟 🏟&lt;<i   =aba>":               `Empty attribute name in the tag "i" at byte offset 13`,
		"🏟 🏟&lt;<i    aba>":               `Can't find end tag corresponding to start tag "i"`,
		"🏟 🏟&lt;<i    aba  =  ":           `Unclosed start tag "i" at byte offset 13`,
		"🏟 🏟&lt;<i    aba  =  190azAz-.,": `Unexpected end of name token at byte offset 27`,
		`🏟 🏟&lt;<i    aba  =  "&lt;&gt;&quot;>`: `Unclosed start tag at byte offset 13`,
		"🏟 🏟&lt;</":                `Unexpected end tag at byte offset 13`,
		"🏟 🏟&lt;<i>a</i   ":        `Unclosed end tag at byte offset 17`,
		"🏟 🏟&lt;<i>a</em   >":      `Unmatched end tag at byte offset 17, expected "</i>", found "</em>"`,
		`<a ="x">x</a>`:            `Empty attribute name in the tag "a" at byte offset 0`,
		`<a href="x>x</a>`:         `Unclosed start tag at byte offset 0`,
		"\xff":                     `text must be encoded in UTF-8`,
		`<span class="x">x</span>`: `Tag "span" must have class "tg-spoiler" at byte offset 0`,
	} {
		if _, _, err := ParseHTML(in); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
	for _, in := range []string{`<span class="tg-spoiler">x</span>`, "<blockquote expandable>x</blockquote>", `<pre><code class="language-go">x</code></pre>`, "a > b"} {
		if _, _, err := ParseHTML(in); err != nil {
			t.Errorf("%q: %v", in, err)
		}
	}
}
