package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"latchkey/bot"
)

// TestRefusals: what Telegram says about a message, in the words of package bot.
func TestRefusals(t *testing.T) {
	as := func(want any) func(error) bool {
		return func(err error) bool { return errors.As(err, want) }
	}
	for _, tc := range []struct {
		code  int
		words string
		more  map[string]any
		ok    func(error) bool
	}{
		{403, "Forbidden: bot was blocked by the user", nil, as(new(*bot.GoneError))},
		{403, "Forbidden: user is deactivated", nil, as(new(*bot.GoneError))},
		{403, "Forbidden: bot was kicked from the supergroup chat", nil, as(new(*bot.GoneError))},
		{400, "Bad Request: chat not found", nil, as(new(*bot.GoneError))},
		{400, "Bad Request: message thread not found", nil, as(new(*bot.GoneError))},
		{400, "Bad Request: not enough rights to send text messages to the chat", nil, as(new(*bot.GoneError))},
		{400, "Bad Request: BUSINESS_CONNECTION_INVALID", nil, as(new(*bot.GoneError))},
		{400, "Bad Request: message text is empty", nil, as(new(*bot.InvalidError))},
		{429, "Too Many Requests: retry after 7", map[string]any{"retry_after": 7}, func(err error) bool {
			e, ok := errors.AsType[*bot.RetryError](err)
			return ok && e.After == 7*time.Second && !e.All
		}},
		{401, "Unauthorized", nil, func(err error) bool {
			e, ok := errors.AsType[*bot.RetryError](err)
			return ok && e.After > time.Minute && e.All
		}},
		{500, "Internal Server Error", nil, func(err error) bool {
			var u *bot.UncertainError
			return err != nil && !errors.As(err, &u) && !strings.Contains(err.Error(), token)
		}},
	} {
		t.Run(tc.words, func(t *testing.T) {
			f := alive(t)
			f.answer = func() (int, string, map[string]any) { return tc.code, tc.words, tc.more }
			if _, err := f.c.Send(t.Context(), out(1, bot.Message{Text: "x"})); err == nil || !tc.ok(err) {
				t.Fatalf("the adapter says %T %v", err, err)
			}
			if tc.code == 401 && f.c.Problem() != tokenRefused {
				t.Errorf("problem: %q", f.c.Problem())
			}
		})
	}
}

// TestWholeBot: one chat that was too fast is its own matter, several are the
// bot's.
func TestWholeBot(t *testing.T) {
	f := alive(t)
	f.answer = func() (int, string, map[string]any) {
		return 429, "Too Many Requests: retry after 2", map[string]any{"retry_after": 2}
	}
	for i := range 3 {
		o := out(1, bot.Message{Text: "x"})
		o.Conversation = bot.ConversationID(fmt.Sprintf("telegram:%d", 100+i))
		_, err := f.c.Send(t.Context(), o)
		if e, ok := errors.AsType[*bot.RetryError](err); !ok || e.All != (i == 2) {
			t.Errorf("chat %d: %v", i, err)
		}
	}
}

// TestOffline: with nobody there, nothing was sent.
func TestOffline(t *testing.T) {
	f := alive(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	f.c.o.APIURL = nobody
	if f.c.api, err = f.c.library(); err != nil {
		t.Fatal(err)
	}
	_, err = f.c.Send(t.Context(), out(1, bot.Message{Text: "x"}))
	var u *bot.UncertainError
	var unsent *unsentError
	if !errors.As(err, &unsent) || errors.As(err, &u) || strings.Contains(err.Error(), token) {
		t.Errorf("%v", err)
	}
}

// TestMarkupRefused: words whose markup is refused are said without it.
func TestMarkupRefused(t *testing.T) {
	f := alive(t)
	f.answer = func() (int, string, map[string]any) {
		if f.calls[len(f.calls)-1].form["parse_mode"] != "" {
			return 400, "Bad Request: can't parse entities: unsupported start tag", nil
		}
		return 0, "", nil
	}
	send(t, f, out(1, bot.Message{Text: "a **b** [c](https://example.com/) <d>", Choices: choices("Yes")}))
	if s := f.shown["1000"]; len(s) != 1 || s[0].text != "a b c (https://example.com/) <d>" || len(s[0].keys) != 1 {
		t.Errorf("shown: %+v", s)
	}
}

// TestFilesRefused: a picture that Telegram does not take is described.
func TestFilesRefused(t *testing.T) {
	f := alive(t)
	f.refuse["sendPhoto"] = "PHOTO_INVALID_DIMENSIONS"
	send(t, f, out(1, bot.Message{Text: "Move it.", Media: []bot.Media{{Kind: bot.MediaImage, Path: "media/a.png", Alt: "a slider"}}, Choices: choices("Done")}))
	if s := f.shown["1000"]; len(s) != 1 || s[0].text != "Move it.\n\n🖼 a slider" || len(s[0].keys) != 1 {
		t.Errorf("shown: %+v", s)
	}
}

// TestResume: a message of several parts that got stuck goes on where it was.
func TestResume(t *testing.T) {
	f := alive(t)
	text := strings.Repeat("Words that fill a line of text.\n\n", 400)
	calls := 0
	f.answer = func() (int, string, map[string]any) {
		if calls++; calls == 3 {
			return 429, "Too Many Requests: retry after 1", map[string]any{"retry_after": 1}
		}
		return 0, "", nil
	}
	_, err := f.c.Send(t.Context(), out(1, bot.Message{Text: text, Choices: choices("Done")}))
	if _, ok := errors.AsType[*bot.RetryError](err); !ok {
		t.Fatalf("%v", err)
	}
	send(t, f, out(1, bot.Message{Text: text, Choices: choices("Done")}))
	all := ""
	for i, s := range f.shown["1000"] {
		all += s.text + "\n\n"
		if (len(s.keys) > 0) != (i == len(f.shown["1000"])-1) {
			t.Errorf("part %d has %d buttons", i, len(s.keys))
		}
	}
	if strings.TrimSpace(all) != strings.TrimSpace(text) {
		t.Error("what is shown is not the text, once")
	}
}

// TestMigration: a group that became a supergroup keeps its conversation, also
// after a restart, whoever tells of it first.
func TestMigration(t *testing.T) {
	f := alive(t)
	f.moved["-5"] = -1009
	o := out(1, bot.Message{Text: "x"})
	o.Conversation = "telegram:-5"
	send(t, f, o)
	if len(f.shown["-1009"]) != 1 || len(f.shown["-5"]) != 0 {
		t.Errorf("shown: %v", f.shown)
	}
	f.c.chats = newChats(f.c.o.Memory) // a restart
	var got bot.Inbound
	f.c.accept = func(_ context.Context, in bot.Inbound) error { got = in; return nil }
	hear := func(raw string) {
		t.Helper()
		if err := f.c.take(t.Context(), []json.RawMessage{json.RawMessage(raw)}); err != nil {
			t.Fatal(err)
		}
	}
	hear(`{"update_id":1,"message":{"message_id":5,"from":{"id":7},"chat":{"id":-1009,"type":"supergroup"},"date":1,"text":"@DeskBot hi","entities":[{"type":"mention","offset":0,"length":8}]}}`)
	if got.Conversation != "telegram:-5" {
		t.Errorf("conversation %s", got.Conversation)
	}
	hear(`{"update_id":2,"message":{"message_id":6,"from":{"id":7},"chat":{"id":-6,"type":"group"},"date":1,"migrate_to_chat_id":-1010}}`)
	o.ID, o.Conversation = 2, "telegram:-6"
	send(t, f, o)
	if len(f.shown["-1010"]) != 1 {
		t.Errorf("shown: %v", f.shown)
	}
}

// TestRemoveAndTyping: the calls beside messages, in a topic and a business chat.
func TestRemoveAndTyping(t *testing.T) {
	f := alive(t)
	if err := f.c.Typing(t.Context(), "telegram:-1001:44"); err != nil {
		t.Fatal(err)
	}
	if c := f.call(t, "sendChatAction"); c.form["message_thread_id"] != "44" || c.form["action"] != "typing" {
		t.Errorf("%v", c.form)
	}
	if err := errors.Join(f.c.Remove(t.Context(), "telegram:7", "12"), f.c.Remove(t.Context(), "telegram:b:Bc:7", "13")); err != nil {
		t.Fatal(err)
	}
	if c := f.call(t, "deleteMessage"); c.form["message_id"] != "12" {
		t.Errorf("%v", c.form)
	}
	if c := f.call(t, "deleteBusinessMessages"); c.form["message_ids"] != "[13]" || c.form["business_connection_id"] != "Bc" {
		t.Errorf("%v", c.form)
	}
}

// TestBlockedIsNoted: that a customer blocked the bot, and took it back, is
// noted before the update is confirmed; when it cannot be, the update comes again.
func TestBlockedIsNoted(t *testing.T) {
	f := alive(t)
	m := f.c.o.Memory.(*memory)
	member := func(id int, status string) error {
		return f.c.take(t.Context(), []json.RawMessage{json.RawMessage(fmt.Sprintf(
			`{"update_id":%d,"my_chat_member":{"chat":{"id":7,"type":"private"},"from":{"id":7},"new_chat_member":{"status":%q,"user":{"id":777}}}}`, id, status))})
	}
	if err := member(1, "kicked"); err != nil || m.gone["telegram:7"] == "" {
		t.Errorf("%v, %v", err, m.gone)
	}
	if err := member(2, "member"); err != nil || m.gone["telegram:7"] != "" {
		t.Errorf("%v, %v", err, m.gone)
	}
	f.c.o.Memory = forgetful{m}
	if err := member(3, "kicked"); err == nil {
		t.Error("confirmed although nothing was noted")
	}
}

// forgetful is a memory that cannot note anything.
type forgetful struct{ *memory }

func (forgetful) Unreachable(context.Context, bot.ConversationID, string) error {
	return errors.New("disk full")
}
