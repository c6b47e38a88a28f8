package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"latchkey/bot"
)

// run runs the adapter until the test ends and hands over what it accepts.
func run(t *testing.T, f *fake, accept func(context.Context, bot.Inbound) error) {
	t.Helper()
	ctx, end := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.c.Run(ctx, accept) }()
	t.Cleanup(func() {
		end()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run ended with %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("Run does not end")
		}
	})
}

// TestNothingConfirmedUnkept: while updates cannot be kept, no request
// confirms them; once they can, each is accepted once and in order.
func TestNothingConfirmedUnkept(t *testing.T) {
	f := newFake(t, Options{})
	for i := range 20 {
		f.Write(i%3, fmt.Sprint(i))
	}
	refusals := 3
	seen, got := map[string]bool{}, make(chan bot.Inbound, 100)
	f.c.o.Look = nil
	run(t, f, func(_ context.Context, in bot.Inbound) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		if in.Event.Text == "10" && refusals > 0 {
			refusals--
			if len(f.waiting) != 20 {
				t.Errorf("%d updates wait, 20 are not confirmed", len(f.waiting))
			}
			return errors.New("disk full")
		}
		if !seen[in.Key] {
			seen[in.Key] = true
			got <- in
		}
		return nil
	})
	last := map[bot.ConversationID]int{}
	for range 20 {
		select {
		case in := <-got:
			n := 0
			if _, err := fmt.Sscan(in.Event.Text, &n); err != nil || n < last[in.Conversation] {
				t.Errorf("%q after %d", in.Event.Text, last[in.Conversation])
			}
			last[in.Conversation] = n
		case <-time.After(20 * time.Second):
			t.Fatal("not everything came")
		}
	}
	if refusals != 0 {
		t.Errorf("%d refusals left", refusals)
	}
}

// TestUnreadable: an update that cannot be read is buried, and does not keep
// the ones around it from being read.
func TestUnreadable(t *testing.T) {
	f := newFake(t, Options{})
	f.Write(0, "before")
	f.deliver("message", map[string]any{"message_id": "five", "chat": []int{}})
	f.deliver("message_from_the_future", map[string]any{"x": 1})
	f.Write(0, "after")
	got := make(chan string, 10)
	run(t, f, func(_ context.Context, in bot.Inbound) error { got <- in.Event.Text; return nil })
	if a, b := <-got, <-got; a != "before" || b != "after" {
		t.Errorf("%q, %q", a, b)
	}
	if m := f.c.o.Memory.(*memory); len(m.buried) != 1 || !strings.HasPrefix(m.buried[0], "123456:") {
		t.Errorf("buried %v", m.buried)
	}
}

// TestAlbums: an album is one message, in one batch or over several.
func TestAlbums(t *testing.T) {
	f := alive(t)
	var got []bot.Inbound
	f.c.accept = func(_ context.Context, in bot.Inbound) error { got = append(got, in); return nil }
	n := 0
	photo := func(album, caption string) json.RawMessage {
		n++
		return json.RawMessage(fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,%s,"media_group_id":%q,"photo":[{"file_size":1}],"caption":%q}}`, n, n, anna, album, caption))
	}
	take := func(batch ...json.RawMessage) {
		t.Helper()
		if err := f.c.take(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	take(photo("one", ""), photo("one", "look"), photo("one", ""))
	take(photo("one", ""))      // one more, late
	take(photo("one", "there")) // the words of a late one count
	take(photo("two", ""))
	f.c.albums = newRecent[string, struct{}](8) // a restart
	take(photo("two", ""))
	if len(got) != 4 {
		t.Fatalf("%d messages: %+v", len(got), got)
	}
	if e := got[0].Event; e.Kind != bot.EventAttachment || len(e.Attachments) != 3 || e.Text != "look" || got[0].Key != "777:2" || e.Message != "1" {
		t.Errorf("the album: %+v", got[0])
	}
	if e := got[1].Event; e.Kind != bot.EventText || e.Text != "there" {
		t.Errorf("late words: %+v", e)
	}
	if got[2].Key != got[3].Key {
		t.Errorf("after a restart an album is new: %s, %s", got[2].Key, got[3].Key)
	}
}

// TestConflict: two programs that poll are told so in words, and asked for
// patience; so is a token that Telegram does not know.
func TestConflict(t *testing.T) {
	for _, tc := range []struct {
		code  int
		words string
		want  string
	}{
		{409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running", otherPoller},
		{409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first", otherHook},
		{401, "Unauthorized", tokenRefused},
	} {
		f := newFake(t, Options{})
		f.c.pauses.conflict, f.c.pauses.revoked = 300*time.Millisecond, 300*time.Millisecond
		f.polls = func() (int, string) { return tc.code, tc.words }
		got := make(chan bot.Inbound, 1)
		run(t, f, func(_ context.Context, in bot.Inbound) error { got <- in; return nil })
		f.call(t, "getUpdates")
		start := time.Now()
		f.call(t, "getUpdates")
		if time.Since(start) < 200*time.Millisecond {
			t.Errorf("%d: asked again after %s", tc.code, time.Since(start))
		}
		if p := f.c.Problem(); p != tc.want {
			t.Errorf("%d: %q", tc.code, p)
		}
		f.mu.Lock()
		f.polls = nil
		f.mu.Unlock()
		f.Write(0, "hello")
		<-got
		if p := f.c.Problem(); p != "" {
			t.Errorf("%d is over: %q", tc.code, p)
		}
	}
}

// TestSwitch: both ways in are set up by the adapter, and nothing that waits
// is dropped.
func TestSwitch(t *testing.T) {
	f := newFake(t, Options{Webhook: "https://help.example.com/hooks/telegram"})
	run(t, f, func(context.Context, bot.Inbound) error { return nil })
	c := f.call(t, "setWebhook")
	if c.form["secret_token"] != f.c.secret || c.form["url"] != f.c.o.Webhook || c.form["drop_pending_updates"] != "" ||
		c.form["allowed_updates"] != `["message","edited_message","business_message","edited_business_message","callback_query","my_chat_member"]` {
		t.Errorf("set with %v", c.form)
	}
	p := newFake(t, Options{})
	run(t, p, func(context.Context, bot.Inbound) error { return nil })
	if c := p.call(t, "deleteWebhook"); c.form["drop_pending_updates"] != "" {
		t.Errorf("deleted with %v", c.form)
	}
	if c := p.call(t, "getUpdates"); !strings.Contains(c.form["allowed_updates"], "my_chat_member") {
		t.Errorf("polled with %v", c.form)
	}
}

// TestMenus: the commands of the pack by language and kind of chat, told once.
func TestMenus(t *testing.T) {
	f := newFake(t, Options{})
	f.c.o.Look = func() Look {
		return Look{Base: "en", Commands: []Command{
			{Name: "menu", Text: "menu", About: map[string]string{"en": "Other topics", "ru": "Другие темы"}, Group: true},
			{Name: "back", Text: "back", About: map[string]string{"en": "Back", "ru": "Назад"}},
			{Name: "forgot", Payload: "forgot"},
		}}
	}
	f.c.pauses.watch = 20 * time.Millisecond
	run(t, f, func(context.Context, bot.Inbound) error { return nil })
	var got []string
	for range 4 {
		c := f.call(t, "setMyCommands")
		got = append(got, c.form["scope"]+c.form["language_code"]+c.form["commands"])
	}
	f.call(t, "setChatMenuButton")
	want := []string{
		`{"type":"all_private_chats"}[{"command":"menu","description":"Other topics"},{"command":"back","description":"Back"}]`,
		`{"type":"all_private_chats"}ru[{"command":"menu","description":"Другие темы"},{"command":"back","description":"Назад"}]`,
		`{"type":"all_group_chats"}[{"command":"menu","description":"Other topics"}]`,
		`{"type":"all_group_chats"}ru[{"command":"menu","description":"Другие темы"}]`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("set:\n%s", strings.Join(got, "\n"))
	}
	f.call(t, "getUpdates")
	f.call(t, "getUpdates")
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.calls {
		if c.method == "setMyCommands" {
			t.Error("the same commands were set again")
		}
	}
}
