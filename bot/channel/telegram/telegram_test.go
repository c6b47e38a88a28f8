package telegram

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-telegram/bot/models"

	"latchkey/bot"
)

func TestParts(t *testing.T) {
	tests := []struct{ in, want string }{
		{"plain", "plain"},
		{"a **bold** and _soft_ `code` [link](https://example.com/?a=1&b=2)",
			`a <b>bold</b> and <i>soft</i> <code>code</code> <a href="https://example.com/?a=1&amp;b=2">link</a>`},
		{bot.Escape("3 < 4 & <b>x</b> *y*"), "3 &lt; 4 &amp; &lt;b&gt;x&lt;/b&gt; *y*"},
		{"one\n\ntwo\nthree", "one\n\ntwo\nthree"},
		{"- a\n- b\n  - c\n\n3. x\n4. y", "• a\n• b\n   • c\n\n3. x\n4. y"},
		{"[bad](javascript:alert)", "bad"},
		{"<u>raw</u>", "&lt;u&gt;raw&lt;/u&gt;"},
	}
	for _, tc := range tests {
		if got := strings.Join(parts(tc.in, maxText), "|"); got != tc.want {
			t.Errorf("%q\n got %q\nwant %q", tc.in, got, tc.want)
		}
	}
	for _, p := range parts(strings.Repeat("слово🔑 ", 3000), maxText) {
		if n := units([]run{{text: stripTags(p)}}); n > maxText || n == 0 {
			t.Errorf("a part of %d units", n)
		}
	}
}

// FuzzParts: whatever the text, every part is balanced in Telegram's tags, is
// not too long and not broken.
func FuzzParts(f *testing.F) {
	for _, s := range []string{"**a** _b_", "- x\n  1. y\n\n    code", "`<`&amp;\\*", "[a](https://e.com/\"x\")", "> q\n\n***\n# h", "\xff\x00 \u200b", "<b>**x", "*a **b* c**"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range parts(s, 64) {
			balanced(t, p)
			if n := units([]run{{text: stripTags(p)}}); n > 64 {
				t.Errorf("%d units: %q", n, p)
			}
		}
	})
}

// balanced reads Telegram's HTML strictly: only our tags, closed in order, no
// bare < or &.
func balanced(t *testing.T, s string) {
	t.Helper()
	var open []string
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '&':
			if r := s[i:]; !strings.HasPrefix(r, "&amp;") && !strings.HasPrefix(r, "&lt;") && !strings.HasPrefix(r, "&gt;") && !strings.HasPrefix(r, "&#34;") && !strings.HasPrefix(r, "&#39;") {
				t.Fatalf("a bare & in %q", s)
			}
		case '<':
			end := strings.IndexByte(s[i:], '>')
			if end < 0 {
				t.Fatalf("an open tag in %q", s)
			}
			tag := s[i+1 : i+end]
			name, _, _ := strings.Cut(strings.TrimPrefix(tag, "/"), " ")
			if name != "b" && name != "i" && name != "code" && name != "a" {
				t.Fatalf("tag %q in %q", tag, s)
			}
			if tag[0] != '/' {
				open = append(open, name)
			} else if len(open) == 0 || open[len(open)-1] != name {
				t.Fatalf("%q closes nothing in %q", tag, s)
			} else {
				open = open[:len(open)-1]
			}
			i += end
		case '>':
			t.Fatalf("a bare > in %q", s)
		}
	}
	if len(open) > 0 {
		t.Fatalf("%v stay open in %q", open, s)
	}
}

func TestInbound(t *testing.T) {
	me := self{id: 9, name: "help_bot"}
	user := &models.User{ID: 5, FirstName: "P", LanguageCode: "ru"}
	private := models.Chat{ID: 5, Type: models.ChatTypePrivate}
	group := models.Chat{ID: -7, Type: models.ChatTypeSupergroup}
	command := func(n int) []models.MessageEntity {
		return []models.MessageEntity{{Type: models.MessageEntityTypeBotCommand, Length: n}}
	}
	tests := []struct {
		name string
		m    models.Message
		kind bot.EventKind // "" = nothing
		text string        // or payload
		id   bot.ConversationID
	}{
		{"text", models.Message{Chat: private, Text: "hi"}, bot.EventText, "hi", "telegram:5"},
		{"deep link", models.Message{Chat: private, Text: "/start forgot", Entities: command(6)}, bot.EventOpened, "forgot", "telegram:5"},
		{"command", models.Message{Chat: private, Text: "/human", Entities: command(6)}, bot.EventText, "human", "telegram:5"},
		{"sticker", models.Message{Chat: private, Sticker: &models.Sticker{}}, bot.EventAttachment, "", "telegram:5"},
		{"caption", models.Message{Chat: private, Caption: "see", Photo: []models.PhotoSize{{}}}, bot.EventAttachment, "see", "telegram:5"},
		{"service message", models.Message{Chat: private, NewChatTitle: "x"}, "", "", ""},
		{"group talk", models.Message{Chat: group, Text: "hi"}, "", "", ""},
		{"mentioned after an emoji", models.Message{Chat: group, Text: "🔑 @help_bot hi",
			Entities: []models.MessageEntity{{Type: models.MessageEntityTypeMention, Offset: 3, Length: 9}}}, bot.EventText, "🔑  hi", "telegram:-7"},
		{"another bot's command", models.Message{Chat: group, Text: "/start@other", Entities: command(12)}, "", "", ""},
		{"my command in a topic", models.Message{Chat: group, IsTopicMessage: true, MessageThreadID: 3, Text: "/start@Help_Bot", Entities: command(15)},
			bot.EventOpened, "", "telegram:-7:3"},
		{"a reply to me", models.Message{Chat: group, Text: "yes", ReplyToMessage: &models.Message{From: &models.User{ID: 9}}}, bot.EventText, "yes", "telegram:-7"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			tc.m.ID, tc.m.From = 11, user
			in, ok := inbound(&models.Update{ID: 1, Message: &tc.m}, me)
			if ok != (tc.kind != "") {
				t.Fatalf("taken: %v", ok)
			}
			if !ok {
				return
			}
			if in.Event.Kind != tc.kind || in.Event.Text+in.Event.Payload != tc.text || in.Conversation != tc.id || in.Event.Lang != "ru" || in.Event.Message != "11" {
				t.Errorf("%+v", in)
			}
		})
	}
}

// TestPressOfSomebodyElse: a button in a group is for whom it was sent to; others
// are told so, and nothing is taken.
func TestPressOfSomebodyElse(t *testing.T) {
	f := newFake(t, Options{})
	f.c.accept = func(context.Context, bot.Inbound) error { t.Error("taken"); return nil }
	q := `{"update_id":3,"callback_query":{"id":"1","from":{"id":77,"is_bot":false,"first_name":"X","language_code":"es"},` +
		`"message":{"message_id":4,"date":0,"chat":{"id":-7,"type":"supergroup"}},"data":"tok.0|` + ownerMark(customer(5)) + `"}}`
	if _, err := f.c.take(t.Context(), []byte(q)); err != nil {
		t.Fatal(err)
	}
	f.c.beside.Wait()
	if len(f.calls) != 1 || f.calls[0].method != "answerCallbackQuery" || f.calls[0].form["text"] != "Esta pregunta es para otra persona." {
		t.Errorf("calls: %+v", f.calls)
	}
}

// TestWebhook: who does not know the secret gets nothing, garbage is told
// apart, and only what is durable is acknowledged.
func TestWebhook(t *testing.T) {
	f := newFake(t, Options{Webhook: "https://help.example.com/hooks/telegram", Secret: "s3cret_s3cret"})
	var fail error
	taken := 0
	f.c.accept = func(context.Context, bot.Inbound) error { taken++; return fail }
	h := f.c.Handler()
	post := func(secret, body string) int {
		r := httptest.NewRequest("POST", "/hooks/telegram", strings.NewReader(body))
		if secret != "" {
			r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	good := `{"update_id":7,"message":{"message_id":1,"date":1,"from":{"id":5,"is_bot":false,"first_name":"P"},"chat":{"id":5,"type":"private"},"text":"hi"}}`
	for _, tc := range []struct {
		secret, body string
		status       int
	}{
		{"", good, 401}, {"wrong", good, 401}, {f.c.o.Secret, good, 200}, {f.c.o.Secret, "{", 400},
		{f.c.o.Secret, `"` + strings.Repeat("x", maxWebhook) + `"`, 413}, {f.c.o.Secret, `{"update_id":"x"}`, 200}, {f.c.o.Secret, `{"update_id":8,"message":[]}`, 200},
	} {
		if got := post(tc.secret, tc.body); got != tc.status {
			t.Errorf("secret %q, body %.20q: %d, want %d", tc.secret, tc.body, got, tc.status)
		}
	}
	if taken != 1 || len(f.c.o.Memory.(*memory).buried) != 2 {
		t.Errorf("taken %d, buried %v", taken, f.c.o.Memory.(*memory).buried)
	}
	fail = errors.New("disk full")
	if got := post(f.c.o.Secret, good); got != 503 {
		t.Errorf("not kept: %d", got)
	}
	fail = nil
	chances := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		b := []byte(good)
		for range 1 + chances.IntN(4) {
			b[chances.IntN(len(b))] = byte(chances.IntN(256))
		}
		if got := post(f.c.o.Secret, string(b)); got >= 500 || got == 401 {
			t.Fatalf("%q: %d", b, got)
		}
		if got := post("s3cret_s3creT", string(b)); got != 401 {
			t.Fatalf("taken without the secret: %d", got)
		}
	}
}
