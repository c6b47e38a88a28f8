package slack_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/bot/channel"
	"latchkey/bot/channel/channeltest"
	"latchkey/bot/channel/slack"
	"latchkey/bot/channel/slack/slackfake"
)

// memory is a Memory without a database.
type memory struct {
	mu     sync.Mutex
	kept   map[string][]byte
	buried []string
}

func newMemory() *memory { return &memory{kept: map[string][]byte{}} }

func (m *memory) Remember(_ context.Context, k string, v []byte, _ time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[k] = v
	return nil
}

func (m *memory) Recall(_ context.Context, k string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept[k], nil
}

func (m *memory) Bury(_ context.Context, k string, _ []byte, _ string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.buried = append(m.buried, k)
	return nil
}

func look(string) slack.Look {
	return slack.Look{Title: "Sign-in help", Flows: []slack.Item{{Title: "I forgot my password", Link: "forgot"}, {Title: "No code", Link: "nocode"}}, Languages: []string{"English", "Русский"}}
}

// rig is the adapter on a strict fake Slack.
type rig struct {
	t     *testing.T
	fake  *slackfake.Server
	c     *slack.Channel
	mem   *memory
	users map[int]string
	mu    sync.Mutex
}

func newRig(t *testing.T, http bool) *rig {
	f := slackfake.Start(slackfake.Config{})
	t.Cleanup(f.Close)
	o := slack.Options{
		AppToken: f.AppToken(), BotToken: f.BotToken(), Secrets: []string{"an old secret", f.SigningSecret()}, APIURL: f.APIURL(),
		Log: slog.New(slog.DiscardHandler), Slow: 50 * time.Millisecond, Between: time.Millisecond,
	}
	if http {
		o.AppToken = ""
	}
	r := &rig{t: t, fake: f, mem: newMemory(), users: map[int]string{}}
	r.c = slack.New(o)
	r.c.Keep(r.mem, look, nil)
	if http {
		srv := httptest.NewServer(r.c.Handler())
		t.Cleanup(srv.Close)
		f.SetRequestURL(srv.URL)
	}
	return r
}

func (r *rig) user(customer int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.users[customer] == "" {
		r.users[customer] = r.fake.AddUser(slackfake.User{Name: fmt.Sprint("c", customer), RealName: "C", Locale: "en-US"})
	}
	return r.users[customer]
}

func (r *rig) Channel() channel.Channel { return r.c }

func (r *rig) Write(customer int, text string) {
	r.connected()
	if _, _, err := r.fake.Say(slackfake.Said{User: r.user(customer), Text: escape(text)}); err != nil {
		r.t.Error(err)
	}
}

// escape is what a customer's client does to what is typed.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace

// connected waits until there is something to deliver to.
func (r *rig) connected() {
	r.t.Helper()
	eventually(r.t, "the adapter takes deliveries", r.c.Ready)
}

// eventually waits for something that another goroutine does.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("it never happened: %s", what)
		}
	}
}

func (r *rig) Redeliver() { r.fake.Clock().Advance(4 * time.Second) }

func (r *rig) Press(customer, choice int) {
	if _, err := r.fake.Press(slackfake.Press{User: r.user(customer), Channel: r.fake.DM(r.user(customer)), Action: fmt.Sprint("latchkey_choice_", choice)}); err != nil {
		r.t.Error(err)
	}
}

func (r *rig) Shown(customer int) []string {
	var out []string
	for _, e := range r.fake.Transcript(r.fake.DM(r.user(customer)), "") {
		if e.Kind == "post" {
			out = append(out, e.Text)
		}
	}
	return out
}

func (r *rig) Fail(f channeltest.Fault, n int) bool {
	r.fake.Fail("chat.postMessage", n, map[channeltest.Fault]slackfake.Fault{
		channeltest.FaultTooFast: {RetryAfter: 3 * time.Second}, channeltest.FaultServer: {Status: 502},
		channeltest.FaultReset: {Reset: true}, channeltest.FaultGone: {Error: "is_archived"},
	}[f])
	return true
}

func TestSocketMode(t *testing.T) {
	channeltest.Run(t, func(t *testing.T) channeltest.Rig { return newRig(t, false) })
}

func TestHTTP(t *testing.T) {
	channeltest.Run(t, func(t *testing.T) channeltest.Rig { return newRig(t, true) })
}
