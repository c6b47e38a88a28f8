package match

import (
	"slices"
	"strings"
	"testing"

	"latchkey/flows"
)

// TestSkeleton pairs what people write with what is meant by it.
func TestSkeleton(t *testing.T) {
	for a, b := range map[string]string{
		"забыл пароль": "zabyl parol", "вход": "vkhod", "вхід": "vhid", "щука": "shchuka", "жду": "zhdu", "мой": "moj", "мои": "moy", "юля": "yulia",
		"циферблат": "tsiferblat", "цена": "tzena", "ещё": "eshche", "password": "pasword", "account": "acount", "código": "codigo", "объект": "obekt",
	} {
		if x, y := skeleton(flows.Fold(a)), skeleton(flows.Fold(b)); x != y {
			t.Errorf("%q is %q, but %q is %q", a, x, b, y)
		}
	}
	for _, different := range [][2]string{{"code", "codes"}, {"ship", "sip"}, {"код", "кот"}, {"there", "three"}} {
		if a, b := skeleton(different[0]), skeleton(different[1]); a == b {
			t.Errorf("%q and %q are both %q", different[0], different[1], a)
		}
	}
}

func TestWordsOf(t *testing.T) {
	for text, want := range map[string]string{
		"My code is [removed: code], ok?": "mi code is ok", "write to anna@example.com now": "vrite to nov", "see https://example.com/a b": "se b", "www.example.com": "",
		"call +34 600 1234567": "cal 34 600", "2FA, can't": "2fa cant", "e-mail": "e mail", "\xff\xfe": "", "١٢٣٤٥ ": "١٢٣٤٥",
	} {
		if got := strings.Join(wordsOf(text), " "); got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
	if n := len(wordsOf(strings.Repeat("a b ", 1000))); n != maxWords {
		t.Errorf("%d words are looked at, want %d", n, maxWords)
	}
	if w := wordsOf(strings.Repeat("жя", 100))[0]; len(w) > maxWord {
		t.Errorf("a word of %d bytes is looked at", len(w))
	}
}

func TestMend(t *testing.T) {
	s := newSpeller()
	for _, w := range strings.Fields("password password password code code code codes codes square square receive receive sign sign parol parol parol rare back back change change change change change change change change change change change chaange") {
		s.learn(w)
	}
	for typed, want := range map[string]string{
		"pasword": "password", "passowrd": "password", "passwordd": "password", "pessword": "password", "sqaure": "square", "recieve": "receive", "cdoe": "code", "porol": "parol", "parl": "parol",
		"chaange": "change", // known, but hardly
		// Too short, too different, another first letter, too seldom, or known.
		"teh": "teh", "cope": "cope", "cod": "cod", "assword": "assword", "xassword": "xassword", "rarre": "rarre", "codes": "codes", "comes": "comes", "black": "black", "paswrod": "paswrod", "": "",
	} {
		if got := s.mend(typed); got != want {
			t.Errorf("%q is mended to %q, want %q", typed, got, want)
		}
	}
}

func TestPieces(t *testing.T) {
	for w, want := range map[string]string{"code": "<co cod ode de> <cod code ode>", "a": "<a>", "日本": "<日本 日本> <日本>", "": ""} {
		var got []string
		eachPiece(w, func(p string) { got = append(got, p) })
		if !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("the pieces of %q are %q, want %q", w, got, strings.Fields(want))
		}
	}
}

// TestJoinedWords: words written apart share the feature of the one word.
func TestJoinedWords(t *testing.T) {
	s, _ := newSpace([]string{"reset my password", "send an e-mail", "something else"}, []int{0, 1, 2}, 3)
	for apart, together := range map[string]string{"pass word": "password", "e mail": "email", "e-mail": "email"} {
		local := newNames()
		a, b := s.vector(apart, local), s.vector(together, local)
		id := s.number(words, skeleton(together), local)
		has := func(v vector) bool { return slices.ContainsFunc(v, func(e entry) bool { return e.id == id }) }
		if !has(a) || !has(b) {
			t.Errorf("%q and %q do not share the word %q", apart, together, skeleton(together))
		}
	}
}
