package match_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"

	"latchkey/bot"
	"latchkey/knowledge"
	"latchkey/knowledge/match"
)

// small is a small pack in three languages.
func small() []knowledge.Example {
	var ex []knowledge.Example
	add := func(kind bot.CandidateKind, id, lang string, not bool, texts ...string) {
		for _, t := range texts {
			ex = append(ex, knowledge.Example{Kind: kind, ID: id, Lang: lang, Text: t, Not: not})
		}
	}
	const flow, word = bot.CandidateFlow, bot.CandidateWord
	add(flow, "forgot", "en", false, "I forgot my password", "can't remember my password", "how do I restore my password", "lost my password", "reset my password please", "I do not know my password any more")
	add(flow, "forgot", "en", true, "change my password", "delete my password")
	add(flow, "forgot", "ru", false, "я забыл пароль", "не помню пароль", "как восстановить пароль", "потерял пароль от аккаунта", "сбросьте мне пароль пожалуйста")
	add(flow, "forgot", "ru", true, "удалить пароль")
	add(flow, "forgot", "es", false, "olvidé mi contraseña", "no recuerdo mi contraseña", "cómo recupero la contraseña", "perdí la clave de mi cuenta", "quiero restablecer la contraseña")
	add(flow, "forgot", "es", true, "borrar mi contraseña")
	add(flow, "no-code", "en", false, "the code does not come", "I never get the code", "no verification code in my mail", "waiting for the code e-mail for an hour", "code not received")
	add(flow, "no-code", "ru", false, "код не приходит", "нет письма с кодом", "жду код уже час", "не пришёл код на почту", "где мой код")
	add(flow, "no-code", "es", false, "no me llega el código", "el código no llega a mi correo", "sigo esperando el código", "no recibo el correo con el código", "dónde está mi código")
	add(flow, "change", "en", false, "change my password", "I want another password", "how to set a new password in my profile", "update my password", "make my password stronger")
	add(flow, "change", "ru", false, "сменить пароль", "хочу поменять пароль", "поставить новый пароль", "изменить пароль в профиле", "как обновить пароль")
	add(flow, "change", "es", false, "cambiar mi contraseña", "quiero otra contraseña", "poner una contraseña nueva", "actualizar la contraseña", "modificar la clave")
	add(flow, "lost-phone", "en", false, "I lost my phone", "my phone number has changed", "my phone was stolen", "I have a new phone number")
	add(flow, "lost-phone", "ru", false, "потерял телефон", "сменил номер телефона", "украли телефон", "у меня новый номер телефона")
	add(flow, "lost-phone", "es", false, "perdí mi teléfono", "cambié de número de teléfono", "me robaron el teléfono", "tengo un número nuevo")
	add(word, "human", "en", false, "human", "talk to a person", "a real person please", "operator")
	add(word, "human", "ru", false, "оператор", "позовите человека", "живой человек")
	add(word, "human", "es", false, "persona", "hablar con una persona", "operador")
	add(word, "back", "en", false, "back", "go back", "one step back")
	add(word, "back", "ru", false, "назад", "вернуться", "шаг назад")
	add(word, "back", "es", false, "atrás", "volver", "un paso atrás")
	return ex
}

func read(t testing.TB, m *match.Matcher, text string, sc knowledge.Scope) bot.Reading {
	t.Helper()
	r, err := m.Match(context.Background(), text, sc)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return r
}

// surely tells whether a reading is sure of a candidate.
func surely(r bot.Reading, kind bot.CandidateKind, id string) bool {
	return r.Verdict == bot.Sure && r.Candidates[0].Kind == kind && r.Candidates[0].ID == id
}

func TestSurelyMeant(t *testing.T) {
	m := match.New(small(), match.Options{})
	tests := map[string][]struct{ text, id, lang string }{
		"the phrase itself": {
			{"I forgot my password", "forgot", "en"}, {"не помню пароль", "forgot", "ru"}, {"cambiar mi contraseña", "change", "es"},
		},
		"letter case, punctuation": {
			{"I FORGOT MY PASSWORD!!!", "forgot", "en"}, {"«Код» — не приходит...", "no-code", "ru"}, {"¿Cómo recupero la contraseña?", "forgot", "es"},
		},
		"typos": {
			{"i forgot my pasword", "forgot", "en"}, {"how do i retsore my passwrod", "forgot", "en"}, {"the code dosent come", "no-code", "en"}, {"my phoen was stolen", "lost-phone", "en"},
			{"я забыл пороль", "forgot", "ru"}, {"код не прихадит", "no-code", "ru"}, {"хочю поменять пароль", "change", "ru"}, {"потирял телефон", "lost-phone", "ru"},
			{"olvide mi contrseña", "forgot", "es"}, {"no me yega el codigo", "no-code", "es"}, {"quiero otra contraceña", "change", "es"}, {"me rovaron el telefono", "lost-phone", "es"},
		},
		"word order": {
			{"my password i forgot it", "forgot", "en"}, {"the phone i lost", "lost-phone", "en"},
			{"пароль я забыл", "forgot", "ru"}, {"телефон украли", "lost-phone", "ru"}, {"на почту не пришёл код", "no-code", "ru"},
			{"mi contraseña olvidé", "forgot", "es"}, {"el código no me llega", "no-code", "es"},
		},
		"words apart and together": {
			{"waiting for the code email", "no-code", "en"}, {"i forgot my pass word", "forgot", "en"},
		},
		"no accents": {
			{"olvide mi contrasena", "forgot", "es"}, {"donde esta mi codigo", "no-code", "es"}, {"perdi mi telefono", "lost-phone", "es"}, {"не пришел код на почту", "no-code", "ru"},
		},
		"Russian in Latin letters": {
			{"zabyl parol", "forgot", "ru"}, {"ne pomnyu parol", "forgot", "ru"}, {"ne pomniu parol'", "forgot", "ru"}, {"kod ne prihodit", "no-code", "ru"},
			{"kod ne prikhodit", "no-code", "ru"}, {"hochu pomenyat parol", "change", "ru"}, {"ukrali telefon", "lost-phone", "ru"},
		},
		"words around": {
			{"hello, sorry, i forgot my password again", "forgot", "en"}, {"здравствуйте, у меня не приходит код", "no-code", "ru"}, {"hola, quiero cambiar mi contraseña por favor", "change", "es"},
		},
		"two languages": {
			{"код не приходит на email", "no-code", "ru"}, {"no me llega el code", "no-code", "es"},
		},
	}
	for name, cases := range tests {
		t.Run(name, func(t *testing.T) {
			for _, tc := range cases {
				r := read(t, m, tc.text, knowledge.Scope{Lang: "en"})
				if !surely(r, bot.CandidateFlow, tc.id) {
					t.Errorf("%q: %s %v, want surely %s", tc.text, r.Verdict, r.Candidates, tc.id)
				}
				if r.Lang != tc.lang {
					t.Errorf("%q: language %q, want %q", tc.text, r.Lang, tc.lang)
				}
			}
		})
	}
}

func TestNoneIsMeant(t *testing.T) {
	m := match.New(small(), match.Options{})
	for _, text := range []string{
		"", "   ", "?!", "🙂🙂", "12345", "anna@example.com", "https://example.com/a?b=c", "[removed: code]", "+34 600 123 456",
		"tell me a joke", "what's the weather like today", "pizza", "order a large pizza", "lorem ipsum dolor sit amet", "who won the world cup", "set an alarm for seven",
		"какая сегодня погода", "расскажи анекдот", "пицца", "сколько тебе лет", "столица франции",
		"qué tiempo hace hoy", "cuéntame un chiste", "quién ganó el mundial", "cuántos años tienes",
		"ich spreche kein englisch", "今日はいい天気ですね", "مرحبا بالعالم",
	} {
		if r := read(t, m, text, knowledge.Scope{Lang: "en"}); r.Verdict != bot.None {
			t.Errorf("%q: %s %v, want none", text, r.Verdict, r.Candidates)
		}
	}
}

// TestNearMiss holds phrases against the flows that say they are not theirs.
func TestNearMiss(t *testing.T) {
	with := match.New(small(), match.Options{})
	without := match.New(slices.DeleteFunc(small(), func(e knowledge.Example) bool { return e.Not }), match.Options{})
	score := func(m *match.Matcher, text string) float64 {
		for _, c := range read(t, m, text, knowledge.Scope{Lang: "en"}).Candidates {
			if c.ID == "forgot" {
				return c.Score
			}
		}
		return 0
	}
	for _, text := range []string{"delete my password", "I want to delete my pasword", "удалить пароль", "хочу удалить пароль", "borrar mi contraseña", "quiero borrar la contraseña"} {
		if r := read(t, with, text, knowledge.Scope{Lang: "en"}); surely(r, bot.CandidateFlow, "forgot") {
			t.Errorf("%q: a near miss was taken: %v", text, r.Candidates)
		}
		if a, b := score(with, text), score(without, text); a > b/2 {
			t.Errorf("%q: the near miss pushes %.2f down to %.2f only", text, b, a)
		}
	}
	// Where it is far from the near misses, nothing changes for the better or worse.
	if r := read(t, with, "i forgot my pasword", knowledge.Scope{Lang: "en"}); !surely(r, bot.CandidateFlow, "forgot") {
		t.Errorf("a near miss pushes down what it is not near: %v", r.Candidates)
	}
}

func TestWordsInSentences(t *testing.T) {
	m := match.New(small(), match.Options{})
	for text, id := range map[string]string{
		"can i please talk to a real person": "human", "i want to talk to a real person": "human", "operator please": "human", "позовите пожалуйста оператора": "human",
		"quiero hablar con una persona real": "human", "please go back": "back", "вернуться на шаг назад": "back", "volver un paso atrás": "back",
	} {
		if r := read(t, m, text, knowledge.Scope{Lang: "en"}); !surely(r, bot.CandidateWord, id) {
			t.Errorf("%q: %s %v, want surely the word %s", text, r.Verdict, r.Candidates, id)
		}
	}
	for _, text := range []string{
		"my phone number has changed, how do I go back", "i want my old password back", "the person who stole my phone is logged in", "the code does not come, i went back and tried again",
		"я сменил номер телефона, как мне вернуться", "cambié de número de teléfono, cómo puedo volver",
	} {
		r := read(t, m, text, knowledge.Scope{Lang: "en"})
		if len(r.Candidates) > 0 && r.Candidates[0].Kind == bot.CandidateWord {
			t.Errorf("%q: the word %s has swallowed the topic: %v", text, r.Candidates[0].ID, r.Candidates)
		}
	}
}

func TestOptionsMoveTheVerdict(t *testing.T) {
	const text = "i cannot find out my password"
	verdicts := map[bot.Verdict]match.Options{
		bot.Sure: {Sure: 0.2, Known: 0.01}, bot.Unsure: {Sure: 1, Known: 0.01}, bot.None: {Sure: 1, Known: 0.99},
	}
	for want, o := range verdicts {
		if r := read(t, match.New(small(), o), text, knowledge.Scope{}); r.Verdict != want {
			t.Errorf("with %+v: %s %v, want %s", o, r.Verdict, r.Candidates, want)
		}
	}
}

func TestEqualPhrasesAreAskedAbout(t *testing.T) {
	m := match.New([]knowledge.Example{
		{Kind: bot.CandidateFlow, ID: "b", Lang: "en", Text: "it does not work"},
		{Kind: bot.CandidateFlow, ID: "a", Lang: "en", Text: "it does not work"},
		{Kind: bot.CandidateFlow, ID: "c", Lang: "en", Text: "delete everything"},
	}, match.Options{})
	r := read(t, m, "it does not work", knowledge.Scope{})
	if r.Verdict != bot.Unsure || len(r.Candidates) < 2 || r.Candidates[0].ID != "a" || r.Candidates[1].ID != "b" {
		t.Errorf("%s %v, want a and b to be asked about", r.Verdict, r.Candidates)
	}
}

func TestAtMostFive(t *testing.T) {
	var ex []knowledge.Example
	for _, id := range []string{"g", "f", "e", "d", "c", "b", "a"} {
		ex = append(ex, knowledge.Example{Kind: bot.CandidateFlow, ID: id, Lang: "en", Text: "it does not work"})
	}
	r := read(t, match.New(ex, match.Options{}), "it does not work", knowledge.Scope{})
	var ids []string
	for _, c := range r.Candidates {
		ids = append(ids, c.ID)
	}
	if !slices.Equal(ids, []string{"a", "b", "c", "d", "e"}) {
		t.Errorf("got %v, want the first five of seven", ids)
	}
}

func TestNothingLearnt(t *testing.T) {
	for name, ex := range map[string][]knowledge.Example{"no examples": nil, "an empty phrase": {{Kind: bot.CandidateFlow, ID: "a", Lang: "en", Text: "?!"}},
		"only a near miss": {{Kind: bot.CandidateFlow, ID: "a", Lang: "en", Text: "go away", Not: true}}} {
		r := read(t, match.New(ex, match.Options{}), "go away", knowledge.Scope{})
		if r.Verdict != bot.None || len(r.Candidates) > 0 {
			t.Errorf("%s: %s %v", name, r.Verdict, r.Candidates)
		}
	}
}

func TestAskedToStop(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := match.New(small(), match.Options{}).Match(ctx, "code", knowledge.Scope{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestConcurrentUse(t *testing.T) {
	m := match.New(small(), match.Options{})
	sc := knowledge.Scope{Lang: "en", Options: []knowledge.Option{{ID: "yes", Words: []string{"Yes"}}, {ID: "no", Words: []string{"No", "not yet"}}}}
	want := read(t, m, "i forgot my pasword", sc)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got, _ := m.Match(context.Background(), "i forgot my pasword", sc); !reflect.DeepEqual(got, want) {
					t.Errorf("got %v, want %v", got, want)
					return
				}
			}
		})
	}
	wg.Wait()
}
