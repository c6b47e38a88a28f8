package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
)

func testLeases(t *testing.T, open Open) {
	s := open(t, "a")
	c := lease(t, s, "c1", "n1", t0)
	same(t, "channel", c.Channel, "fake")
	same(t, "node", c.Node, "n1")
	same(t, "leased", c.Leased("n1", at(14*time.Second)), true)
	same(t, "run out", c.Leased("n1", at(15*time.Second)), false)
	same(t, "another's", c.Leased("n2", t0), false)
	again := lease(t, s, "c1", "n1", at(time.Second))
	same(t, "renewing keeps the fence", again.Fence, c.Fence)
	refused(t, s, store.ErrLeased, func(tx store.Tx) error {
		_, err := tx.Lease(store.Conversation{ID: "c1"}, "n2", at(2*time.Second), at(17*time.Second))
		return err
	})
	c.Seq, c.State = 1, []byte("{}")
	update(t, s, func(tx store.Tx) error { return tx.Save(c, at(2*time.Second)) })
	taken := lease(t, s, "c1", "n2", at(time.Minute)) // n1 was silent for too long
	if taken.Fence <= c.Fence || taken.Seq != 1 {
		t.Errorf("taken over: %+v after %+v", taken, c)
	}
	c.Seq = 2
	refused(t, s, store.ErrFenced, func(tx store.Tx) error { return tx.Save(c, at(time.Minute)) })
	update(t, s, func(tx store.Tx) error { return tx.Unlease("c1", c.Fence) }) // of the past: changes nothing
	refused(t, s, store.ErrLeased, func(tx store.Tx) error {
		_, err := tx.Lease(store.Conversation{ID: "c1"}, "n1", at(time.Minute), at(2*time.Minute))
		return err
	})
	update(t, s, func(tx store.Tx) error { return tx.Unlease("c1", taken.Fence) })
	back := lease(t, s, "c1", "n1", at(time.Minute))
	if back.Fence <= taken.Fence {
		t.Errorf("the fence did not rise: %d after %d", back.Fence, taken.Fence)
	}
	update(t, s, func(tx store.Tx) error { return tx.Control("c1", "human") }) // the desk steps in
	back.Seq, back.Control = 2, ""
	refused(t, s, store.ErrFenced, func(tx store.Tx) error { return tx.Save(back, at(time.Minute)) })
	lease(t, s, "c2", "n1", t0)
	lease(t, s, "c3", "n2", t0)
	update(t, s, func(tx store.Tx) error { return tx.UnleaseNode("n1") })
	lease(t, s, "c2", "n3", t0)
	refused(t, s, store.ErrLeased, func(tx store.Tx) error {
		_, err := tx.Lease(store.Conversation{ID: "c3"}, "n3", t0, at(time.Minute))
		return err
	})
	update(t, s, func(tx store.Tx) error { return tx.UnleaseNode("") })
	lease(t, s, "c3", "n3", t0)
}

func testTransactions(t *testing.T, open Open) {
	s := open(t, "a")
	t.Run("Rollback", func(t *testing.T) {
		refused(t, s, errStop, func(tx store.Tx) error {
			if _, _, err := tx.Receive(text("c1", "k1", "x", t0)); err != nil {
				return err
			}
			return errStop
		})
		receive(t, s, text("c1", "k1", "x", t0)) // fresh: nothing was left of it
	})
	t.Run("Panic", func(t *testing.T) {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			if _, _, err := tx.Receive(text("c1", "k2", "x", t0)); err != nil {
				return err
			}
			panic("boom")
		})
		if err == nil {
			t.Fatal("a panic was a success")
		}
		receive(t, s, text("c1", "k2", "x", t0))
	})
	t.Run("ViewCannotWrite", func(t *testing.T) {
		err := s.View(t.Context(), func(tx store.Tx) error {
			_, _, err := tx.Receive(text("c1", "k3", "x", t0))
			return err
		})
		if err == nil {
			t.Error("a view wrote")
		}
		receive(t, s, text("c1", "k3", "x", t0))
	})
	t.Run("Snapshot", func(t *testing.T) {
		view(t, s, func(tx store.Tx) error {
			before, err := tx.Pending("c5", 10)
			if err != nil {
				return err
			}
			receive(t, s, text("c5", "k5", "x", t0)) // commits while the view is open
			after, err := tx.Pending("c5", 10)
			same(t, "events seen", len(after), len(before))
			return err
		})
	})
	t.Run("OnlyTheFailingOneFails", func(t *testing.T) {
		// Callers that share a commit do not share a misfortune.
		var wg sync.WaitGroup
		var failed, worked atomic.Int64
		for i := range 64 {
			wg.Go(func() {
				err := s.Update(t.Context(), func(tx store.Tx) error {
					if _, _, err := tx.Receive(text("c6", fmt.Sprint("m", i), "x", t0)); err != nil {
						return err
					}
					if i%4 == 0 {
						return errStop
					}
					return nil
				})
				switch {
				case errors.Is(err, errStop):
					failed.Add(1)
				case err == nil:
					worked.Add(1)
				default:
					t.Errorf("update %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		same(t, "failed", failed.Load(), 16)
		same(t, "worked", worked.Load(), 48)
		view(t, s, func(tx store.Tx) error {
			rs, err := tx.Pending("c6", 100)
			same(t, "kept", len(rs), 48)
			return err
		})
	})
	t.Run("Ping", func(t *testing.T) {
		if err := s.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("CancelledContext", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Update(ctx, func(store.Tx) error { return nil }); err == nil {
			t.Error("an update with a dead context worked")
		}
	})
}

// testConcurrency lets two nodes work on the same conversations: each turn
// must be taken by one of them, in order, whatever they do at the same time.
func testConcurrency(t *testing.T, open Open) {
	const conversations, events = 8, 25
	a, b := open(t, "shared"), open(t, "shared")
	var wg sync.WaitGroup
	for c := range conversations {
		for i, s := range []store.Store{a, b} {
			wg.Go(func() {
				for n := range events {
					key := fmt.Sprintf("%d-%d", c, n) // both nodes deliver every event
					err := s.Update(t.Context(), func(tx store.Tx) error {
						_, _, err := tx.Receive(text(conv(c), key, key, t0))
						return err
					})
					if err != nil {
						t.Errorf("node %d: receive: %v", i, err)
					}
				}
			})
		}
	}
	wg.Wait()
	var taken atomic.Int64
	for c := range conversations {
		for i, s := range []store.Store{a, b} {
			wg.Go(func() { work(t, s, fmt.Sprint("n", i), conv(c), &taken) })
		}
	}
	wg.Wait()
	same(t, "turns taken", taken.Load(), conversations*events)
	for c := range conversations {
		view(t, a, func(tx store.Tx) error {
			got, err := tx.Conversation(conv(c))
			same(t, "last turn", got.Seq, events)
			ts, err2 := tx.Turns(conv(c), 0, 1000)
			same(t, "turns", len(ts), events)
			return first(err, err2)
		})
	}
}

func conv(i int) bot.ConversationID { return bot.ConversationID(fmt.Sprint("conv", i)) }

// work takes turns of a conversation until nothing is pending. Leases are so
// short that the other node often takes over in the middle.
func work(t *testing.T, s store.Store, node string, id bot.ConversationID, taken *atomic.Int64) {
	clock := t0
	for {
		clock = clock.Add(time.Second)
		var c store.Conversation
		var pending []store.Received
		err := s.Update(t.Context(), func(tx store.Tx) error {
			var err error
			c, err = tx.Lease(store.Conversation{ID: id, Channel: "fake"}, node, clock, clock.Add(500*time.Millisecond))
			return err
		})
		if errors.Is(err, store.ErrLeased) {
			continue
		}
		if err != nil {
			t.Errorf("%s: lease: %v", node, err)
			return
		}
		view(t, s, func(tx store.Tx) error {
			pending, err = tx.Pending(id, 1)
			return err
		})
		if len(pending) == 0 {
			return
		}
		err = s.Update(t.Context(), func(tx store.Tx) error {
			if err := tx.Done(pending[0].ID); err != nil {
				return err
			}
			c := c
			c.Seq++
			if err := tx.Save(c, clock); err != nil {
				return err
			}
			return tx.AddTurn(store.Turn{Conversation: id, Seq: c.Seq, At: clock, Event: []byte("{}"), Effects: []byte("[]")})
		})
		switch {
		case err == nil:
			taken.Add(1)
		case errors.Is(err, store.ErrFenced), errors.Is(err, store.ErrUsed): // the other was first
		default:
			t.Errorf("%s: turn: %v", node, err)
			return
		}
	}
}

func testWakes(t *testing.T, open Open) {
	a, b := open(t, "shared"), open(t, "shared")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	wakes := b.Wakes(ctx)
	for n := 0; ; n++ {
		receive(t, a, text("c1", fmt.Sprint("k", n), "x", t0))
		pause, stop := context.WithTimeout(ctx, time.Second)
		select {
		case c := <-wakes:
			stop()
			if c != "c1" && c != "" {
				t.Errorf("woken for %q", c)
			}
			return
		case <-pause.Done(): // the listener may not have been there yet
			stop()
		}
		if ctx.Err() != nil {
			t.Fatal("the other node was never woken")
		}
	}
}
