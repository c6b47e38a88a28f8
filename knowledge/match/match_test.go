package match_test

import (
	"context"
	"reflect"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"latchkey/bot"
	"latchkey/flows"
	"latchkey/knowledge"
	"latchkey/knowledge/match"
)

// examples are a small pack in three languages.
func examples() []knowledge.Example {
	var ex []knowledge.Example
	add := func(kind bot.CandidateKind, id, lang string, not bool, texts ...string) {
		for _, t := range texts {
			ex = append(ex, knowledge.Example{Kind: kind, ID: id, Lang: lang, Text: t, Not: not})
		}
	}
	add(bot.CandidateFlow, "forgot", "en", false, "I forgot my password", "can't remember my password", "how do I restore my password", "lost my password", "reset my password please", "I do not know my password any more")
	add(bot.CandidateFlow, "forgot", "en", true, "change my password", "delete my password")
	add(bot.CandidateFlow, "forgot", "ru", false, "я забыл пароль", "не помню пароль", "как восстановить пароль", "потерял пароль от аккаунта", "сбросьте мне пароль пожалуйста")
	add(bot.CandidateFlow, "forgot", "es", false, "olvidé mi contraseña", "no recuerdo mi contraseña", "cómo recupero la contraseña", "perdí la clave de mi cuenta", "quiero restablecer la contraseña")
	add(bot.CandidateFlow, "no-code", "en", false, "the code does not come", "I never get the code", "no verification code in my mail", "waiting for the code e-mail for an hour", "code not received")
	add(bot.CandidateFlow, "no-code", "ru", false, "код не приходит", "нет письма с кодом", "жду код уже час", "не пришёл код на почту", "где мой код")
	add(bot.CandidateFlow, "no-code", "es", false, "no me llega el código", "el código no llega a mi correo", "sigo esperando el código", "no recibo el correo con el código", "dónde está mi código")
	add(bot.CandidateFlow, "change", "en", false, "change my password", "I want another password", "how to set a new password in my profile", "update my password", "make my password stronger")
	add(bot.CandidateFlow, "change", "ru", false, "сменить пароль", "хочу поменять пароль", "поставить новый пароль", "изменить пароль в профиле", "как обновить пароль")
	add(bot.CandidateFlow, "change", "es", false, "cambiar mi contraseña", "quiero otra contraseña", "poner una contraseña nueva", "actualizar la contraseña", "modificar la clave")
	add(bot.CandidateWord, "human", "en", false, "human", "talk to a person", "a real person please", "operator")
	add(bot.CandidateWord, "human", "ru", false, "оператор", "позовите человека", "живой человек")
	add(bot.CandidateWord, "human", "es", false, "persona", "hablar con una persona", "operador")
	return ex
}

func read(t *testing.T, m *match.Matcher, text string, sc knowledge.Scope) bot.Reading {
	t.Helper()
	r, err := m.Match(t.Context(), text, sc)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSure(t *testing.T) {
	m := match.New(examples(), match.Options{})
	tests := []struct{ text, id, lang string }{
		{"i forgot my pasword", "forgot", "en"},
		{"forgoten password", "forgot", ""},
		{"my password i forgot it", "forgot", "en"},
		{"PASSWORD RESTORE how do i", "forgot", "en"},
		{"change my password", "change", "en"},
		{"the code dosent come", "no-code", "en"},
		{"я забыл пороль", "forgot", "ru"},
		{"пароль я забыл", "forgot", "ru"},
		{"zabyl parol", "forgot", "ru"},
		{"ya ne pomnyu parol", "forgot", "ru"},
		{"код не прихадит", "no-code", "ru"},
		{"не пришел код на почту", "no-code", "ru"},
		{"хочу поменять пароль", "change", "ru"},
		{"olvide mi contrasena", "forgot", "es"},
		{"mi contraseña olvidé", "forgot", "es"},
		{"no me yega el codigo", "no-code", "es"},
		{"cambiar contraseña", "change", "es"},
		{"can I talk to a real person please", "human", "en"},
		{"позовите человека пожалуйста", "human", "ru"},
	}
	for _, tc := range tests {
		r := read(t, m, tc.text, knowledge.Scope{Lang: "en"})
		if r.Verdict != bot.Sure || r.Candidates[0].ID != tc.id {
			t.Errorf("%q: %s %v, want surely %s", tc.text, r.Verdict, r.Candidates, tc.id)
		}
		if tc.lang != "" && r.Lang != tc.lang {
			t.Errorf("%q: language %q, want %q", tc.text, r.Lang, tc.lang)
		}
	}
}

func TestNone(t *testing.T) {
	m := match.New(examples(), match.Options{})
	for _, text := range []string{
		"", "   ", "?!", "🙂🙂", "tell me a joke", "what's the weather like today", "order a large pizza", "lorem ipsum dolor sit amet",
		"какая сегодня погода", "расскажи анекдот", "qué tiempo hace hoy", "cuéntame un chiste", "12345", "anna@example.com",
	} {
		if r := read(t, m, text, knowledge.Scope{Lang: "en"}); r.Verdict == bot.Sure {
			t.Errorf("%q surely means %v", text, r.Candidates)
		}
	}
}

func TestNearMissGoesElsewhere(t *testing.T) {
	m := match.New(examples(), match.Options{})
	r := read(t, m, "I want to delete my password", knowledge.Scope{Lang: "en"})
	if r.Verdict == bot.Sure && r.Candidates[0].ID == "forgot" {
		t.Errorf("a near miss was taken: %v", r.Candidates)
	}
}

func TestLanguageIsNotGuessed(t *testing.T) {
	m := match.New(examples(), match.Options{})
	for _, text := range []string{"ok", "Maria", "a", "7", "anna@example.com", "https://example.com/reset", "hm"} {
		if r := read(t, m, text, knowledge.Scope{}); r.Lang != "" {
			t.Errorf("%q counts as %s", text, r.Lang)
		}
	}
}

func TestOptions(t *testing.T) {
	m := match.New(examples(), match.Options{})
	sc := knowledge.Scope{Lang: "en", Options: []knowledge.Option{
		{ID: "moves", Words: []string{"Yes, it moves", "it moves now"}},
		{ID: "stuck", Words: []string{"No", "it does not move", "still stuck"}},
	}}
	for text, want := range map[string]string{"it moves now thank you": "moves", "it still does not move": "stuck", "dosent move": "stuck"} {
		r := read(t, m, text, sc)
		if len(r.Candidates) == 0 || r.Candidates[0].Kind != bot.CandidateOption || r.Candidates[0].ID != want {
			t.Errorf("%q: %s %v, want the answer %s", text, r.Verdict, r.Candidates, want)
		}
	}
	if r := read(t, m, "I forgot my password", sc); r.Verdict != bot.Sure || r.Candidates[0].ID != "forgot" {
		t.Errorf("a new topic was taken for an answer: %s %v", r.Verdict, r.Candidates)
	}
}

// TestReadingIsWellFormed holds for whatever anybody writes.
func TestReadingIsWellFormed(t *testing.T) {
	m := match.New(examples(), match.Options{})
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"password", "код", "no me llega"}), rapid.StringMatching(`([a-zа-я ]{0,12}){0,6}`)).Draw(rt, "text")
		sc := knowledge.Scope{Lang: rapid.SampledFrom([]string{"", "en", "ru", "xx"}).Draw(rt, "lang")}
		a, err := m.Match(context.Background(), text, sc)
		if err != nil {
			rt.Fatal(err)
		}
		b, _ := m.Match(context.Background(), text, sc)
		if !reflect.DeepEqual(a, b) {
			rt.Fatalf("two readings of %q: %v and %v", text, a, b)
		}
		if len(a.Candidates) > 5 || a.Verdict == bot.None && len(a.Candidates) > 0 || a.Verdict != bot.None && len(a.Candidates) == 0 {
			rt.Fatalf("%q: %v", text, a)
		}
		for i, c := range a.Candidates {
			if c.Score < 0 || c.Score > 1 || i > 0 && c.Score > a.Candidates[i-1].Score {
				rt.Fatalf("%q: %v", text, a.Candidates)
			}
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	m := match.New(examples(), match.Options{})
	want := read(t, m, "i forgot my pasword", knowledge.Scope{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got, _ := m.Match(context.Background(), "i forgot my pasword", knowledge.Scope{}); !reflect.DeepEqual(got, want) {
					t.Errorf("got %v, want %v", got, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

func FuzzMatch(f *testing.F) {
	for _, s := range []string{"i forgot my pasword", "код", "\xff\xfe", "a\u0300", "ﷺ", "İ", "zabyl parol"} {
		f.Add(s)
	}
	m := match.New(examples(), match.Options{})
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := m.Match(context.Background(), text, knowledge.Scope{}); err != nil {
			t.Fatal(err)
		}
	})
}

func bundled(b *testing.B) []knowledge.Example {
	p, problems := flows.Load(flows.Bundled(), flows.Options{Today: time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)})
	if p == nil {
		b.Fatal(problems)
	}
	var ex []knowledge.Example
	for _, id := range p.Order {
		for lang, ps := range p.Flows[id].Start.Phrases {
			for _, x := range ps {
				ex = append(ex, knowledge.Example{Kind: bot.CandidateFlow, ID: id, Lang: lang, Text: x.Text})
			}
		}
	}
	return ex
}

func BenchmarkNew(b *testing.B) {
	ex := bundled(b)
	b.ReportMetric(float64(len(ex)), "examples")
	for b.Loop() {
		match.New(ex, match.Options{})
	}
}

func BenchmarkMatch(b *testing.B) {
	m := match.New(bundled(b), match.Options{})
	for b.Loop() {
		if _, err := m.Match(context.Background(), "so um i tried to log in and i just can't remember what my password was", knowledge.Scope{Lang: "en"}); err != nil {
			b.Fatal(err)
		}
	}
}
