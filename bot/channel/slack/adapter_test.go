package slack_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"latchkey/bot"
	"latchkey/bot/channel/slack/slackfake"
)

// inbox is what the adapter has handed over.
type inbox struct {
	mu  sync.Mutex
	got []bot.Inbound
}

func (b *inbox) accept(_ context.Context, in bot.Inbound) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, x := range b.got {
		if x.Key == in.Key {
			return nil
		}
	}
	b.got = append(b.got, in)
	return nil
}

func (b *inbox) all() []bot.Inbound {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]bot.Inbound(nil), b.got...)
}

// last waits until n events have been handed over.
func (b *inbox) last(t *testing.T, n int) bot.Inbound {
	t.Helper()
	eventually(t, fmt.Sprintf("%d events", n), func() bool { return len(b.all()) >= n })
	return b.all()[n-1]
}

// running starts the adapter on a fake.
func running(t *testing.T, http bool) (*rig, *inbox) {
	r, b := newRig(t, http), &inbox{}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- r.c.Run(ctx, b.accept) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if bad := r.fake.Complaints(); len(bad) > 0 {
			t.Errorf("Slack would complain: %q", bad)
		}
	})
	r.connected()
	return r, b
}

func (r *rig) said(w slackfake.Said) slackfake.Message {
	r.t.Helper()
	m, _, err := r.fake.Say(w)
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

func (r *rig) send(in bot.Inbound, id int64, m bot.Message) bot.Receipt {
	r.t.Helper()
	o := bot.Outgoing{ID: id, Channel: "slack", Conversation: in.Conversation, Customer: in.Customer, Message: m}
	for i := range m.Choices {
		o.Tokens = append(o.Tokens, fmt.Sprintf("token%d.%d", id, i))
	}
	rec, err := r.c.Send(r.t.Context(), o)
	if err != nil {
		r.t.Fatal(err)
	}
	return rec
}

// TestThread: a mention opens a thread that is its writer's; the same message
// under several event ids is one; others in the thread get a private notice.
func TestThread(t *testing.T) {
	for _, http := range []bool{false, true} {
		t.Run(fmt.Sprintf("http=%v", http), func(t *testing.T) {
			r, b := running(t, http)
			r.said(slackfake.Said{Channel: slackfake.General, Text: "just talking"})
			m := r.said(slackfake.Said{Channel: slackfake.General, Text: slackfake.Mention + " I cannot sign in"})
			in := b.last(t, 1)
			if in.Event.Text != "I cannot sign in" || !strings.HasSuffix(string(in.Conversation), ":"+m.TS) {
				t.Fatalf("mentioned: %+v", in)
			}
			for range 5 {
				r.fake.Again(slackfake.General, m.TS)
			}
			r.send(in, 1, bot.Message{Text: "Where?", Lang: "en", Choices: []bot.Choice{{Label: "Here"}, {Label: "There"}}})
			posted := r.fake.Messages(slackfake.General, m.TS)
			if len(posted) != 2 || posted[1].Thread != m.TS {
				t.Fatalf("the answer is not in the thread: %+v", posted)
			}
			other := r.fake.AddUser(slackfake.User{Name: "bo", RealName: "Bo", Locale: "es-ES"})
			r.fake.Invite(slackfake.General, other)
			r.said(slackfake.Said{User: other, Channel: slackfake.General, Thread: m.TS, Text: "me too"})
			r.said(slackfake.Said{User: other, Channel: slackfake.General, Thread: m.TS, Text: slackfake.Mention + " and me?"})
			if _, err := r.fake.Press(slackfake.Press{User: other, Channel: slackfake.General, Label: "Here"}); err != nil {
				t.Fatal(err)
			}
			ephemeral := func() (out []string) {
				for _, e := range r.fake.Transcript(slackfake.General, "") {
					if e.Kind == "ephemeral" && e.User == other {
						out = append(out, e.Text)
					}
				}
				return out
			}
			eventually(t, "two private notices in Spanish", func() bool {
				all := strings.Join(ephemeral(), "|")
				return strings.Contains(all, "otra persona") && len(ephemeral()) == 2
			})
			r.said(slackfake.Said{Channel: slackfake.General, Thread: m.TS, Text: "at home"})
			if in := b.last(t, 2); in.Event.Text != "at home" || len(b.all()) != 2 {
				t.Errorf("after it: %+v", b.all())
			}
			if _, err := r.fake.Press(slackfake.Press{Channel: slackfake.General, Label: "There"}); err != nil {
				t.Fatal(err)
			}
			if in := b.last(t, 3); in.Token != "token1.1" {
				t.Errorf("pressed: %+v", in)
			}
			eventually(t, "the choice is frozen into the message", func() bool {
				m := r.fake.Messages(slackfake.General, m.TS)[1]
				return strings.Contains(string(m.Blocks), "✓ There") && !strings.Contains(string(m.Blocks), `"actions"`)
			})
		})
	}
}

// TestPeople: edits, files, the bot's own words, other bots, deletions.
func TestPeople(t *testing.T) {
	r, b := running(t, false)
	m := r.said(slackfake.Said{Text: "my code is wrong"})
	dm := r.fake.DM(slackfake.Customer)
	first := b.last(t, 1)
	if _, err := r.fake.Edit(dm, m.TS, "my code is late"); err != nil {
		t.Fatal(err)
	}
	if in := b.last(t, 2); in.Event.Kind != bot.EventEdited || in.Event.Text != "my code is late" || in.Event.Message != first.Event.Message || in.Key == first.Key {
		t.Errorf("edited: %+v", in)
	}
	id := r.fake.AddFile(slackfake.File{User: slackfake.Customer, Name: "shot.png", Type: "image/png", Data: []byte("png")})
	r.said(slackfake.Said{Text: "see", Files: []string{id}})
	if in := b.last(t, 3); in.Event.Kind != bot.EventAttachment || in.Event.Text != "see" || in.Event.Attachments[0].Kind != "image" || in.Event.Attachments[0].Name != "shot.png" {
		t.Errorf("file: %+v", in)
	}
	r.send(first, 1, bot.Message{Text: "I see", Lang: "en"})
	r.said(slackfake.Said{Text: "beep", Bot: "B0OTHER"})
	if _, err := r.fake.Delete(dm, m.TS); err != nil {
		t.Fatal(err)
	}
	r.said(slackfake.Said{Text: "ask <@U1|ada> in <#C1|general>, see <https://example.com|this> &amp; that"})
	if in := b.last(t, 4); in.Event.Text != "ask @ada in #general, see https://example.com & that" || in.Name == "" || in.Event.Lang != "en-US" {
		t.Errorf("control sequences: %+v", in)
	}
}

// TestElsewhere: the assistant pane, the Home tab, the command and the shortcut
// all lead into a conversation.
func TestElsewhere(t *testing.T) {
	r, b := running(t, false)
	channel, thread, _ := r.fake.OpenAssistant(slackfake.Customer, "")
	in := b.last(t, 1)
	if in.Event.Kind != bot.EventOpened || in.Conversation != bot.ConversationID("slack:"+slackfake.Team+":"+channel+":"+thread) {
		t.Fatalf("assistant: %+v", in)
	}
	eventually(t, "prompts", func() bool { return len(r.fake.Prompts(channel, thread)) == 2 })
	if err := r.c.Typing(t.Context(), in.Conversation); err != nil || r.fake.Status(channel, thread) == "" {
		t.Errorf("status: %v", err)
	}
	r.fake.OpenHome(slackfake.Customer)
	eventually(t, "a Home tab", func() bool {
		v, ok := r.fake.Home(slackfake.Customer)
		return ok && strings.Contains(v.Text, "Sign-in help")
	})
	if _, err := r.fake.Press(slackfake.Press{Label: "I forgot my password"}); err != nil {
		t.Fatal(err)
	}
	dm := bot.ConversationID("slack:" + slackfake.Team + ":" + r.fake.DM(slackfake.Customer))
	if in := b.last(t, 2); in.Event.Payload != "forgot" || in.Conversation != dm {
		t.Errorf("home: %+v", in)
	}
	rec, err := r.fake.Command(slackfake.Customer, slackfake.General, "/latchkey", "no code")
	if err != nil {
		t.Fatal(err)
	}
	if ok, reply, err := rec.Await(t.Context()); err != nil || !ok || !strings.Contains(string(reply), "ephemeral") {
		t.Errorf("command: %v %s %v", ok, reply, err)
	}
	if in := b.last(t, 3); in.Event.Text != "no code" || in.Conversation != dm {
		t.Errorf("command: %+v", in)
	}
	m := r.said(slackfake.Said{Channel: slackfake.General, Text: "my account is locked"})
	if _, err := r.fake.MessageShortcut(slackfake.Customer, slackfake.General, m.TS, "latchkey_help"); err != nil {
		t.Fatal(err)
	}
	if in := b.last(t, 4); in.Event.Text != "my account is locked" || in.Conversation != dm {
		t.Errorf("shortcut: %+v", in)
	}
}

// TestRepeat: a post whose answer was lost is found by its mark and not posted
// again.
func TestRepeat(t *testing.T) {
	r, b := running(t, false)
	r.said(slackfake.Said{Text: "hello"})
	in := b.last(t, 1)
	r.fake.Fail("chat.postMessage", 1, slackfake.Fault{Reset: true})
	o := bot.Outgoing{ID: 7, Channel: "slack", Conversation: in.Conversation, Customer: in.Customer, Message: bot.Message{Text: "Once.", Lang: "en"}}
	if _, err := r.c.Send(t.Context(), o); err == nil {
		t.Fatal("no answer, no error")
	}
	o.MayRepeat = true
	rec, err := r.c.Send(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range r.fake.Messages(r.fake.DM(slackfake.Customer), "") {
		if m.Bot {
			n++
			if string(rec.Message) != m.TS {
				t.Errorf("receipt %s for message %s", rec.Message, m.TS)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d messages", n)
	}
}

// TestRevoked: a revoked token is told in words, and when it is good again the
// channel works by itself.
func TestRevoked(t *testing.T) {
	r, b := running(t, false)
	r.fake.RevokeToken("token_revoked")
	eventually(t, "it is told", func() bool { return strings.Contains(r.c.Problem(), "token_revoked") })
	r.fake.RevokeToken("")
	eventually(t, "it works again", func() bool { return r.c.Problem() == "" && r.c.Ready() })
	r.said(slackfake.Said{Text: "hello"})
	b.last(t, 1)
}
