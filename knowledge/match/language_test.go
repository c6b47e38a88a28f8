package match_test

import (
	"testing"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/knowledge"
	"latchkey/knowledge/match"
)

func TestLanguage(t *testing.T) {
	m := match.New(dialogue.Examples(bundled(t)), match.Options{})
	tests := []struct {
		current string
		want    string // "" also stands for the current one
		texts   []string
	}{
		{"en", "ru", []string{"да", "пароль", "забыл password", "у меня iphone", "не приходит sms", "zabyl parol", "ne mogu voiti v akkaunt", "аккаунт google", "Здравствуйте!"}},
		{"en", "es", []string{"contraseña", "código", "no puedo entrar", "no me llega el sms", "olvidé mi password", "hola necesito ayuda", "mi email no funciona", "no funciona mi cuenta"}},
		{"es", "en", []string{"help me please", "i forgot", "the code does not come", "where is my código", "login does not work"}},
		{"ru", "en", []string{"help me please", "i forgot my password", "it says incorrect"}},
		{"ru", "es", []string{"no puedo entrar", "ayuda por favor", "el code no llega"}},
		// What does not tell leaves the language as it is.
		{"en", "", []string{"ok", "no", "si", "a", "7", "Maria", "Ivan Petrov", "Maria Gonzalez", "482913", "anna@example.com", "https://example.com/restablecer-la-contraseña", "+34 600 123 456", "🙂", "AliExpress", "hm", "[removed: code]", ""}},
		{"es", "", []string{"password", "login", "email", "google authenticator", "iphone 13", "wifi", "outlook", "John Smith", "captcha", "sms", "whatsapp"}},
		{"ru", "", []string{"password", "login", "email", "google authenticator", "iphone 13", "wifi", "outlook", "John Smith", "captcha", "sms", "whatsapp"}},
	}
	for _, tc := range tests {
		for _, text := range tc.texts {
			r := read(t, m, text, knowledge.Scope{Lang: tc.current})
			if r.Lang != tc.want && !(tc.want == "" && r.Lang == tc.current) {
				t.Errorf("in a conversation in %s, %q counts as %q, want %q", tc.current, text, r.Lang, tc.want)
			}
		}
	}
}

// TestForeignLanguage holds texts of languages that the pack has not.
func TestForeignLanguage(t *testing.T) {
	m := match.New(dialogue.Examples(bundled(t)), match.Options{})
	for _, text := range []string{"ich habe mein passwort vergessen", "bonjour tout le monde", "今日はいい天気ですね", "مرحبا بالعالم", "jag har glömt mitt lösenord"} {
		if r := read(t, m, text, knowledge.Scope{Lang: "en"}); r.Lang != "" && r.Lang != "en" {
			t.Errorf("%q counts as %q", text, r.Lang)
		}
	}
}

func TestOneLanguage(t *testing.T) {
	var ex []knowledge.Example
	for _, e := range small() {
		if e.Lang == "en" {
			ex = append(ex, e)
		}
	}
	m := match.New(ex, match.Options{})
	for text, want := range map[string]string{"i forgot my password": "en", "the code does not come": "en", "я забыл пароль": "", "olvidé la contraseña": "", "xyzzy": ""} {
		if r := read(t, m, text, knowledge.Scope{}); r.Lang != want {
			t.Errorf("%q counts as %q, want %q", text, r.Lang, want)
		}
	}
	if r := read(t, match.New([]knowledge.Example{{Kind: bot.CandidateFlow, ID: "a", Text: "my own words"}}, match.Options{}), "my own words", knowledge.Scope{}); r.Lang != "" {
		t.Errorf("examples of no language give %q", r.Lang)
	}
}
