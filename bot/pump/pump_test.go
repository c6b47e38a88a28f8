package pump_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"latchkey/bot"
	"latchkey/bot/channel"
	"latchkey/bot/channel/channeltest"
	"latchkey/bot/desk"
	"latchkey/bot/pump"
	"latchkey/bot/redact"
	"latchkey/bot/store"
	"latchkey/bot/store/sqlstore"
	"latchkey/flows"
	"latchkey/knowledge"
	"latchkey/knowledge/match"
)

// onePack is one pack release for all conversations.
type onePack struct{ r *pump.Release }

func (o onePack) Current() *pump.Release                                 { return o.r }
func (o onePack) Release(context.Context, string) (*pump.Release, error) { return o.r, nil }

func benchPack(b *testing.B) onePack { return smallPack(b) }

func smallPack(t testing.TB) onePack {
	t.Helper()
	p, problems := flows.Load(os.DirFS("testdata/pack"), flows.Options{Today: time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)})
	if p == nil {
		t.Fatalf("the test's pack does not load: %v", problems)
	}
	return onePack{&pump.Release{Pack: p, Matcher: match.New([]knowledge.Example{{Kind: bot.CandidateFlow, ID: "count", Lang: "en", Text: "count with me please"}}, match.Options{})}}
}

// world is a pump with a real database and a fake platform.
type world struct {
	t        *testing.T
	path     string
	store    store.Store
	packs    pump.Packs
	platform *channeltest.Platform
	stop     func()
}

// start opens the database and runs a pump on it.
func start(t *testing.T, path string, packs pump.Packs, p *channeltest.Platform, change ...func(*pump.Options)) *world {
	t.Helper()
	s, _, err := sqlstore.OpenSQLite(t.Context(), sqlstore.SQLiteOptions{Path: path, Poll: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.UnleaseNode("") }); err != nil {
		t.Fatal(err)
	}
	o := pump.Options{
		Store: s, Packs: packs, Desk: &desk.Desk{Now: time.Now}, Filter: redact.Inbound, Channels: []channel.Channel{p},
		Node: "n1", Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError + 4})),
		Metrics: pump.NewMetrics(prometheus.NewRegistry()), Limits: pump.Limits{PerMinute: 1_000_000, Burst: 1_000_000},
	}
	for _, c := range change {
		c(&o)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- pump.New(o).Run(ctx) }()
	w := &world{t: t, path: path, store: s, packs: packs, platform: p}
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if b := p.Broken(); len(b) > 0 {
			t.Errorf("contract broken: %v", b)
		}
	})
	return w
}

var keys struct {
	sync.Mutex
	n int
}

func newKey() string {
	keys.Lock()
	defer keys.Unlock()
	keys.n++
	return fmt.Sprint("key", keys.n)
}

func (w *world) deliver(c string, ev bot.Event) { w.deliverKey(c, newKey(), ev) }

func (w *world) deliverKey(c, key string, ev bot.Event) {
	w.t.Helper()
	in := bot.Inbound{Key: key, Conversation: bot.ConversationID(c), Customer: bot.CustomerID(c), Event: ev}
	if err := w.platform.Deliver(w.t.Context(), in); err != nil {
		w.t.Errorf("deliver: %v", err)
	}
}

func (w *world) open(c string) {
	w.deliver(c, bot.Event{Kind: bot.EventOpened, Payload: "count"})
}

func (w *world) say(c, text string) { w.deliver(c, bot.Event{Kind: bot.EventText, Text: text}) }

// heard are the words a customer saw, in order.
func (w *world) heard(c string) []string {
	var out []string
	for _, s := range w.platform.Seen(bot.ConversationID(c)) {
		out = append(out, s.Out.Message.Text)
	}
	return out
}

func (w *world) wantHeard(c string, want ...string) {
	w.t.Helper()
	if got := strings.Join(w.heard(c), " | "); got != strings.Join(want, " | ") {
		w.t.Errorf("%s heard %q, want %q", c, got, strings.Join(want, " | "))
	}
}

func (w *world) conversation(c string) store.Conversation {
	w.t.Helper()
	var out store.Conversation
	if err := w.store.View(w.t.Context(), func(tx store.Tx) error {
		var err error
		out, err = tx.Conversation(bot.ConversationID(c))
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// virtual runs a test in virtual time, with a database of its own.
func virtual(t *testing.T, fn func(t *testing.T, path string, packs onePack)) {
	path := filepath.Join(t.TempDir(), "test.db")
	packs := smallPack(t)
	synctest.Test(t, func(t *testing.T) { fn(t, path, packs) })
}

// settle lets the pump work for a while of virtual time.
func settle(d time.Duration) {
	time.Sleep(d) // virtual: returns as soon as nothing else is left to do
	synctest.Wait()
}

func TestConversation(t *testing.T) {
	virtual(t, func(t *testing.T, path string, packs onePack) {
		w := start(t, path, packs, channeltest.New(channel.Limits{}, nil))
		defer w.stop()
		w.open("a")
		settle(time.Second)
		w.say("a", "1")
		settle(time.Second)
		w.say("a", "again")
		settle(time.Second)
		w.wantHeard("a", "One", "Two", "Three", "One")
		seen := w.platform.Seen("a")
		last := seen[len(seen)-1].Out
		if len(last.Tokens) != 2 || last.MayRepeat {
			t.Fatalf("message: %+v", last)
		}
		in := bot.Inbound{Key: newKey(), Conversation: "a", Customer: "a", Event: bot.Event{Kind: bot.EventButton}, Token: last.Tokens[1]}
		if err := w.platform.Deliver(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		settle(time.Second)
		w.wantHeard("a", "One", "Two", "Three", "One", "End")
	})
}

func TestForeignButton(t *testing.T) {
	virtual(t, func(t *testing.T, path string, packs onePack) {
		w := start(t, path, packs, channeltest.New(channel.Limits{}, nil))
		defer w.stop()
		w.open("a")
		w.open("b")
		settle(time.Second)
		token := w.platform.Seen("a")[0].Out.Tokens[0]
		for _, tok := range []string{token, "nonsense", "", "x.0", strings.Repeat("a", 500), strings.TrimSuffix(token, ".0") + ".7", strings.TrimSuffix(token, ".0") + ".-1"} {
			in := bot.Inbound{Key: newKey(), Conversation: "b", Customer: "b", Event: bot.Event{Kind: bot.EventButton}, Token: tok}
			if err := w.platform.Deliver(t.Context(), in); err != nil {
				t.Fatal(err)
			}
			settle(time.Second)
		}
		for _, words := range w.heard("b") {
			if words == "Two" {
				t.Fatalf("somebody else's button was taken: %v", w.heard("b"))
			}
		}
		w.wantHeard("a", "One")
	})
}

func TestBurstIsReadAsOne(t *testing.T) {
	virtual(t, func(t *testing.T, path string, packs onePack) {
		w := start(t, path, packs, channeltest.New(channel.Limits{}, nil))
		defer w.stop()
		w.say("a", "hello")
		settle(time.Second)
		w.say("a", "something is wrong")
		settle(time.Second)
		w.say("a", "with my thing")
		settle(1500 * time.Millisecond)
		if got := w.conversation("a").Seq; got != 0 {
			t.Fatalf("%d turns while the customer still writes", got)
		}
		settle(time.Second)
		if got := w.conversation("a").Seq; got != 1 {
			t.Fatalf("%d turns for one thought", got)
		}
		var turns []store.Turn
		_ = w.store.View(t.Context(), func(tx store.Tx) error {
			turns, _ = tx.Turns("a", 0, 10)
			return nil
		})
		if !strings.Contains(string(turns[0].Event), `"hello\nsomething is wrong\nwith my thing"`) {
			t.Errorf("event: %s", turns[0].Event)
		}
	})
}

func TestIdleReminderSurvivesRestart(t *testing.T) {
	virtual(t, func(t *testing.T, path string, packs onePack) {
		p := channeltest.New(channel.Limits{}, nil)
		w := start(t, path, packs, p)
		w.open("a")
		settle(time.Minute)
		w.stop()
		settle(10 * time.Minute)
		p2 := channeltest.New(channel.Limits{}, nil)
		w = start(t, path, packs, p2, func(o *pump.Options) { o.Sweep = 20 * time.Second })
		defer w.stop()
		settle(3 * time.Minute)
		if len(w.heard("a")) != 0 {
			t.Fatalf("rang early: %v", w.heard("a"))
		}
		settle(3 * time.Minute)
		if got := w.heard("a"); len(got) != 1 {
			t.Fatalf("reminder: %v", got)
		}
		settle(48 * time.Hour)
		if got := w.heard("a"); len(got) != 2 {
			t.Fatalf("close: %v", got)
		}
	})
}
