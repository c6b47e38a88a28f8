package telegram

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"net/http/httptest"
	"strings"
	"testing"

	"latchkey/bot"
)

var hookRequests = flag.Int("webhook.requests", 20_000, "how many mutated webhook requests; nightly 100000")

// hooked is an adapter that takes webhooks, and posts to it.
func hooked(t *testing.T, accept func(context.Context, bot.Inbound) error) (*fake, func(secret, body string) int) {
	f := newFake(t, Options{Webhook: "https://help.example.com/hooks/telegram", Secret: strings.Repeat("s3cret_-", 4)})
	f.c.accept, f.c.me = accept, me
	h := f.c.Handler()
	return f, func(secret, body string) int {
		r := httptest.NewRequest("POST", "/hooks/telegram", strings.NewReader(body))
		if secret != "" {
			r.Header.Set(secretHeader, secret)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
}

const hello = `{"update_id":7,"message":{"message_id":1,"date":1,"from":{"id":5,"is_bot":false,"first_name":"P"},"chat":{"id":5,"type":"private"},"text":"hi"}}`

// TestWebhook: who does not know the secret gets nothing, garbage is told
// apart, and only what is durable is acknowledged.
func TestWebhook(t *testing.T) {
	var fail error
	taken := 0
	f, post := hooked(t, func(context.Context, bot.Inbound) error { taken++; return fail })
	secret := f.c.o.Secret
	for _, tc := range []struct {
		secret, body string
		status       int
	}{
		{"", hello, 401}, {"wrong", hello, 401}, {secret + "x", hello, 401}, {secret, hello, 200}, {secret, "{", 400}, {secret, "[]", 400}, {secret, "{}", 400},
		{secret, `"` + strings.Repeat("x", maxHook) + `"`, 413}, {secret, `{"update_id":"x"}`, 400}, {secret, `{"update_id":8,"message":[]}`, 200},
		{secret, `{"update_id":9,"poll":{"id":"1"}}`, 200},
	} {
		if got := post(tc.secret, tc.body); got != tc.status {
			t.Errorf("secret %q, body %.30q: %d, want %d", tc.secret, tc.body, got, tc.status)
		}
	}
	if buried := f.c.o.Memory.(*memory).buried; taken != 1 || len(buried) != 1 || buried[0] != "777:8" {
		t.Errorf("taken %d, buried %v", taken, buried)
	}
	fail = errors.New("disk full")
	if got := post(secret, hello); got != 503 {
		t.Errorf("not kept: %d", got)
	}
	fail = nil
	f.c.accept = nil
	if got := post(secret, hello); got != 503 {
		t.Errorf("not running: %d", got)
	}
}

// TestMutatedWebhooks: whatever is sent, nothing is taken without the secret,
// nothing panics, and nothing is answered as if the program were broken.
func TestMutatedWebhooks(t *testing.T) {
	taken := 0
	f, post := hooked(t, func(context.Context, bot.Inbound) error { taken++; return nil })
	secret := f.c.o.Secret
	bodies := []string{hello,
		`{"update_id":7,"callback_query":{"id":"c","from":{"id":5,"first_name":"P"},"message":{"message_id":1,"date":0,"chat":{"id":-5,"type":"supergroup"}},"data":"tok.0|abc"}}`,
		`{"update_id":7,"message":{"message_id":1,"date":1,"from":{"id":5},"chat":{"id":-5,"type":"group"},"text":"/start@DeskBot 🔑 x","entities":[{"type":"bot_command","offset":0,"length":14},{"type":"mention","offset":6,"length":8}],"media_group_id":"1","photo":[{"file_size":1}]}}`,
	}
	chances := rand.New(rand.NewPCG(1, 2))
	for n := range *hookRequests {
		b := []byte(bodies[n%len(bodies)])
		for range 1 + chances.IntN(6) {
			b[chances.IntN(len(b))] = byte(chances.IntN(256))
		}
		if chances.IntN(10) == 0 {
			b = b[:chances.IntN(len(b))]
		}
		wrong := []byte(secret)
		wrong[chances.IntN(len(wrong))] ^= byte(1 + chances.IntN(3))
		before := taken
		for _, s := range []string{"", string(wrong), secret[:chances.IntN(len(secret))]} {
			if got := post(s, string(b)); got != 401 || taken != before {
				t.Fatalf("%q with secret %q: %d", b, s, got)
			}
		}
		if got := post(secret, string(b)); got != 200 && got != 400 {
			t.Fatalf("%q: %d", b, got)
		}
	}
	if taken == 0 {
		t.Error("nothing was taken at all")
	}
}

// TestSecret: the secret that is made from the token is one that Telegram
// takes, and a weak one is refused.
func TestSecret(t *testing.T) {
	a, b := hookSecret(Options{Token: "1:a"}), hookSecret(Options{Token: "1:b"})
	if a == b || !secretForm.MatchString(a) {
		t.Errorf("%q, %q", a, b)
	}
	if _, err := New(Options{Token: "1:a", Secret: "short"}); err == nil {
		t.Error("a short secret was taken")
	}
}

// TestPressOfSomebodyElse: a button in a group is for whom it was sent to;
// others are told so, and nothing is taken.
func TestPressOfSomebodyElse(t *testing.T) {
	taken := 0
	f, post := hooked(t, func(context.Context, bot.Inbound) error { taken++; return nil })
	running(t, f)
	press := func(who string) {
		body := `{"update_id":3,"callback_query":{"id":"1","from":{"id":` + who + `,"is_bot":false,"first_name":"X","language_code":"es"},` +
			`"message":{"message_id":4,"date":0,"chat":{"id":-7,"type":"supergroup"}},"data":"tok.0|` + ownerMark(customer(user{ID: 5})) + `"}}`
		if got := post(f.c.o.Secret, body); got != 200 {
			t.Fatalf("answered %d", got)
		}
	}
	press("77")
	if c := f.call(t, "answerCallbackQuery"); taken != 0 || c.form["text"] != "Esta pregunta es para otra persona." {
		t.Errorf("taken %d, answered %v", taken, c.form)
	}
	press("5")
	if c := f.call(t, "answerCallbackQuery"); taken != 1 || c.form["text"] != "" {
		t.Errorf("taken %d, answered %v", taken, c.form)
	}
}

// TestDoctorAddress: an address that Telegram does not deliver to is told.
func TestDoctorAddress(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://a.example/hooks/telegram": true, "https://a.example:8443/x": true, "https://a.example:8080/x": false, "http://a.example/x": false,
	} {
		if f := addressFinding(address); f.OK != ok {
			t.Errorf("%s: %+v", address, f)
		}
	}
}
