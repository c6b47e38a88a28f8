package pump_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/bot/channel"
	"latchkey/bot/channel/channeltest"
	"latchkey/bot/pump"
	"latchkey/bot/store"
)

// firstTries answers the first tries of every message with the given replies
// and takes it after that.
func firstTries(rs ...channeltest.Reply) func(bot.Outgoing, int) channeltest.Reply {
	return func(_ bot.Outgoing, n int) channeltest.Reply {
		if n <= len(rs) {
			return rs[n-1]
		}
		return channeltest.OK
	}
}

func TestPlatformFailures(t *testing.T) {
	tests := map[string]struct {
		replies []channeltest.Reply
		heard   []string
		repeats bool // a repeat must be marked as one
		after   time.Duration
	}{
		"ServerError": {[]channeltest.Reply{channeltest.ServerError, channeltest.ServerError}, []string{"One", "Two", "Three"}, false, time.Minute},
		"TooFast":     {[]channeltest.Reply{channeltest.TooFast(20*time.Second, false)}, []string{"One", "Two", "Three"}, false, 3 * time.Minute},
		"Reset":       {[]channeltest.Reply{channeltest.Reset}, []string{"One", "One", "Two", "Two", "Three", "Three"}, true, time.Minute},
		"Hang":        {[]channeltest.Reply{channeltest.Hang}, []string{"One", "One", "Two", "Two", "Three", "Three"}, true, 10 * time.Minute},
		"Refused":     {[]channeltest.Reply{channeltest.Refused}, nil, false, time.Minute},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			virtual(t, func(t *testing.T, path string, packs onePack) {
				w := start(t, path, packs, channeltest.New(channel.Limits{}, firstTries(tc.replies...)))
				defer w.stop()
				w.open("a")
				settle(tc.after)
				w.say("a", "1")
				settle(tc.after)
				w.wantHeard("a", tc.heard...)
				for i, s := range w.platform.Seen("a") {
					if repeat := i > 0 && w.platform.Seen("a")[i-1].Out.ID == s.Out.ID; repeat != s.Out.MayRepeat {
						t.Errorf("message %d: MayRepeat is %v", i, s.Out.MayRepeat)
					}
				}
			})
		})
	}
}

func TestRetryAfterIsKept(t *testing.T) {
	virtual(t, func(t *testing.T, path string, packs onePack) {
		w := start(t, path, packs, channeltest.New(channel.Limits{}, firstTries(channeltest.TooFast(30*time.Second, false))))
		defer w.stop()
		w.open("a")
		settle(2 * time.Minute)
		calls := w.platform.Calls()
		if len(calls) != 2 || calls[1].Sub(calls[0]) < 30*time.Second {
			t.Errorf("called at %v", calls)
		}
	})
}

func TestOneConversationsTroubleIsItsOwn(t *testing.T) {
	virtual(t, func(t *testing.T, path string, packs onePack) {
		p := channeltest.New(channel.Limits{}, func(m bot.Outgoing, _ int) channeltest.Reply {
			switch m.Conversation {
			case "slow":
				return channeltest.TooFast(time.Minute, false)
			case "blocked":
				return channeltest.Blocked
			case "hanging":
				return channeltest.Hang
			}
			return channeltest.OK
		})
		w := start(t, path, packs, p)
		defer w.stop()
		for _, c := range []string{"slow", "blocked", "hanging", "fine"} {
			w.open(c)
		}
		settle(time.Second)
		w.wantHeard("fine", "One")
		w.say("fine", "1")
		settle(time.Second)
		w.wantHeard("fine", "One", "Two", "Three")
		if got := w.conversation("blocked").Unreachable; got == "" {
			t.Error("the blocked conversation is not marked")
		}
		settle(10 * time.Minute)
		n := 0
		for _, c := range p.Calls() {
			_ = c
			n++
		}
		if n > 40 {
			t.Errorf("%d calls: the platform is being hammered", n)
		}
	})
}

func TestWholeChannelWaits(t *testing.T) {
	virtual(t, func(t *testing.T, path string, packs onePack) {
		var mu sync.Mutex
		first := true
		p := channeltest.New(channel.Limits{}, func(bot.Outgoing, int) channeltest.Reply {
			mu.Lock()
			defer mu.Unlock()
			if first {
				first = false
				return channeltest.TooFast(time.Minute, true)
			}
			return channeltest.OK
		})
		w := start(t, path, packs, p)
		defer w.stop()
		w.open("a")
		settle(time.Second)
		w.open("b")
		settle(30 * time.Second)
		w.wantHeard("b")
		settle(time.Minute)
		w.wantHeard("a", "One")
		w.wantHeard("b", "One")
	})
}

func TestLimitsAreKeptInAdvance(t *testing.T) {
	virtual(t, func(t *testing.T, path string, packs onePack) {
		limits := channel.Limits{Conversation: channel.Rate{Every: time.Second, Burst: 1}, Channel: channel.Rate{Every: 100 * time.Millisecond, Burst: 2}}
		w := start(t, path, packs, channeltest.New(limits, nil))
		defer w.stop()
		for i := range 20 {
			w.open(fmt.Sprint("c", i))
		}
		settle(time.Minute)
		calls := w.platform.Calls()
		if len(calls) != 20 {
			t.Fatalf("%d messages", len(calls))
		}
		for i := 3; i < len(calls); i++ {
			if d := calls[i].Sub(calls[i-3]); d < 200*time.Millisecond {
				t.Errorf("three messages within %v", d)
			}
		}
		w.say("c0", "1") // two messages to one conversation
		settle(time.Minute)
		seen := w.platform.Seen("c0")
		if d := seen[2].At.Sub(seen[1].At); d < time.Second {
			t.Errorf("two messages to one conversation within %v", d)
		}
	})
}

// TestOnceAndInOrder has many customers at once, whose platform delivers
// every tenth event twice.
func TestOnceAndInOrder(t *testing.T) {
	virtual(t, func(t *testing.T, path string, packs onePack) {
		w := start(t, path, packs, channeltest.New(channel.Limits{}, nil))
		defer w.stop()
		const customers, presses = 40, 15
		var wg sync.WaitGroup
		for c := range customers {
			wg.Go(func() {
				id := fmt.Sprint("c", c)
				for n := range presses {
					key := fmt.Sprintf("%s-%d", id, n)
					ev := bot.Event{Kind: bot.EventText, Text: "1"}
					if n == 0 {
						ev = bot.Event{Kind: bot.EventOpened, Payload: "count"}
					}
					w.deliverKey(id, key, ev)
					if (c+n)%10 == 0 {
						w.deliverKey(id, key, ev)
					}
				}
			})
		}
		wg.Wait()
		settle(time.Minute)
		for c := range customers {
			id := fmt.Sprint("c", c)
			if got := w.conversation(id).Seq; got != presses {
				t.Errorf("%s: %d turns of %d events", id, got, presses)
			}
			heard := w.heard(id)
			if len(heard) == 0 || heard[0] != "One" {
				t.Fatalf("%s heard %v", id, heard)
			}
			next := map[string]string{"One": "Two", "Two": "Three", "Three": "One"}
			for i := 1; i < len(heard); i++ {
				if heard[i] != next[heard[i-1]] {
					t.Fatalf("%s heard %q after %q", id, heard[i], heard[i-1])
				}
			}
		}
	})
}

func TestFloodIsToldOnce(t *testing.T) {
	virtual(t, func(t *testing.T, path string, packs onePack) {
		w := start(t, path, packs, channeltest.New(channel.Limits{}, nil), func(o *pump.Options) { o.Limits = pump.Limits{PerMinute: 20, Burst: 10} })
		defer w.stop()
		w.open("quiet")
		for i := range 200 {
			w.deliver("loud", bot.Event{Kind: bot.EventText, Text: fmt.Sprint("message ", i)})
		}
		settle(10 * time.Second)
		var turns int64 = w.conversation("loud").Seq
		if turns > 12 {
			t.Errorf("%d turns for a flood", turns)
		}
		settle(2 * time.Minute)
		w.wantHeard("quiet", "One")
		before := len(w.heard("loud"))
		w.say("loud", "menu")
		settle(time.Minute)
		if len(w.heard("loud")) <= before {
			t.Error("nobody answers after the flood is over")
		}
	})
}

func TestPoisonGoesToAPerson(t *testing.T) {
	virtual(t, func(t *testing.T, path string, packs onePack) {
		w := start(t, path, packs, channeltest.New(channel.Limits{}, nil))
		defer w.stop()
		// A flow that exists in name only makes the engine panic on a deep link.
		broken := *packs.r.Pack
		broken.Order = append([]string{"ghost"}, broken.Order...)
		old := packs.r.Pack
		packs.r.Pack = &broken
		defer func() { packs.r.Pack = old }()
		w.open("a")
		settle(5 * time.Minute)
		packs.r.Pack = old
		c := w.conversation("a")
		if c.Control != "waiting" {
			t.Errorf("control is %q after poison", c.Control)
		}
		var tickets []store.Ticket
		_ = w.store.View(t.Context(), func(tx store.Tx) error {
			tickets, _ = tx.Tickets(store.TicketFilter{Conversation: "a"})
			return nil
		})
		if len(tickets) != 1 || tickets[0].Reason != "system_error" {
			t.Errorf("tickets: %+v", tickets)
		}
		w.open("b")
		settle(time.Minute)
		w.wantHeard("b", "One")
	})
}

func TestStopLosesAndRepeatsNothing(t *testing.T) {
	virtual(t, func(t *testing.T, path string, packs onePack) {
		slow := func(bot.Outgoing, int) channeltest.Reply { return channeltest.Reply{After: 2 * time.Second} }
		p := channeltest.New(channel.Limits{}, slow)
		w := start(t, path, packs, p)
		for i := range 30 {
			w.open(fmt.Sprint("c", i))
			w.say(fmt.Sprint("c", i), "1")
		}
		time.Sleep(100 * time.Millisecond)
		began := time.Now()
		w.stop()
		if d := time.Since(began); d > 10*time.Second {
			t.Errorf("stopping took %v", d)
		}
		p2 := channeltest.New(channel.Limits{}, nil)
		w2 := start(t, path, packs, p2)
		defer w2.stop()
		settle(time.Minute)
		for i := range 30 {
			id := fmt.Sprint("c", i)
			var all []string
			for _, s := range append(p.Seen(bot.ConversationID(id)), p2.Seen(bot.ConversationID(id))...) {
				all = append(all, s.Out.Message.Text)
				if s.Out.MayRepeat {
					t.Errorf("%s: a repeat after a graceful stop", id)
				}
			}
			if fmt.Sprint(all) != "[One Two Three]" {
				t.Errorf("%s heard %v", id, all)
			}
		}
	})
}

// TestBackAfterBlocking: who writes again can be reached again, while who is
// silent stays marked.
func TestBackAfterBlocking(t *testing.T) {
	virtual(t, func(t *testing.T, path string, packs onePack) {
		var blocked atomic.Bool
		p := channeltest.New(channel.Limits{}, func(bot.Outgoing, int) channeltest.Reply {
			if blocked.Load() {
				return channeltest.Blocked
			}
			return channeltest.OK
		})
		w := start(t, path, packs, p)
		defer w.stop()
		blocked.Store(true)
		w.open("back")
		w.open("silent")
		settle(time.Second)
		blocked.Store(false)
		settle(24 * time.Hour)
		for _, c := range []string{"back", "silent"} {
			if w.conversation(c).Unreachable == "" {
				t.Fatalf("%s is not marked", c)
			}
		}
		w.say("back", "1")
		settle(time.Second)
		if why := w.conversation("back").Unreachable; why != "" {
			t.Errorf("still marked after writing: %s", why)
		}
		if len(p.Seen("back")) == 0 {
			t.Error("no answer came")
		}
		if w.conversation("silent").Unreachable == "" {
			t.Error("the silent one's mark is gone")
		}
	})
}
