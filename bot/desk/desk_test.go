package desk_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/bot/desk"
	"latchkey/bot/store"
	"latchkey/bot/store/sqlstore"
	"latchkey/bot/store/storetest"
)

var ada, bob = desk.Operator{ID: "ada", Name: "Ada"}, desk.Operator{ID: "bob", Name: "Bob"}

// onBoth runs a test on SQLite and, where it can be had, on PostgreSQL.
func onBoth(t *testing.T, fn func(t *testing.T, s store.Store, d *desk.Desk)) {
	d := &desk.Desk{Now: func() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) }}
	t.Run("SQLite", func(t *testing.T) {
		s, _, err := sqlstore.OpenSQLite(t.Context(), sqlstore.SQLiteOptions{Path: filepath.Join(t.TempDir(), "desk.db")})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		fn(t, s, d)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		if testing.Short() {
			t.Skip("starts a server; run without -short")
		}
		s, _, err := sqlstore.OpenPostgres(t.Context(), sqlstore.PostgresOptions{URL: storetest.Postgres(t)})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		fn(t, s, d)
	})
}

// turn lets a turn of the bot pass through the desk, as the pump does.
func turn(t *testing.T, s store.Store, d *desk.Desk, before, after string, ev bot.Event, effects ...bot.Effect) {
	t.Helper()
	err := s.Update(t.Context(), func(tx store.Tx) error {
		c, err := tx.Lease(store.Conversation{ID: "c1", Channel: "web", Customer: "cust"}, "n1", d.Now(), d.Now().Add(time.Minute))
		if err != nil {
			return err
		}
		c.Seq++
		c.Control = after
		if err := tx.Save(c, d.Now()); err != nil {
			return err
		}
		return d.Turned(tx, desk.Turned{Conversation: c, Before: before, Event: ev, Effects: effects, At: d.Now()})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func handOff(t *testing.T, s store.Store, d *desk.Desk) store.Ticket {
	t.Helper()
	turn(t, s, d, "", "waiting", bot.Event{Kind: bot.EventText, Text: "human"},
		bot.Effect{Kind: bot.EffectHandOff, HandOff: &bot.Packet{Goal: "Back in", Queue: "access", Reason: "asked_human", Lang: "en"}})
	return only(t, s)
}

// only is the conversation's one open ticket.
func only(t *testing.T, s store.Store) store.Ticket {
	t.Helper()
	var ts []store.Ticket
	if err := s.View(t.Context(), func(tx store.Tx) error {
		var err error
		ts, err = tx.Tickets(store.TicketFilter{Conversation: "c1", States: desk.Open()})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(ts) != 1 {
		t.Fatalf("%d open tickets", len(ts))
	}
	return ts[0]
}

func control(t *testing.T, s store.Store) string {
	t.Helper()
	var c store.Conversation
	if err := s.View(t.Context(), func(tx store.Tx) error {
		var err error
		c, err = tx.Conversation("c1")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return c.Control
}

func TestLifeOfATicket(t *testing.T) {
	onBoth(t, func(t *testing.T, s store.Store, d *desk.Desk) {
		k := handOff(t, s, d)
		if k.State != desk.Queued || k.Queue != "access" || k.Reason != "asked_human" || k.No == 0 {
			t.Fatalf("opened: %+v", k)
		}
		ctx := t.Context()
		if _, err := d.Reply(ctx, s, k.ID, ada, 0, "hello"); !errors.Is(err, desk.ErrState) {
			t.Errorf("a reply before the claim: %v", err)
		}
		k, err := d.Claim(ctx, s, k.ID, ada)
		if err != nil || k.State != desk.Active || k.Epoch != 1 || control(t, s) != "human" {
			t.Fatalf("claimed: %+v, %v, control %q", k, err, control(t, s))
		}
		var taken *desk.TakenError
		if _, err := d.Claim(ctx, s, k.ID, bob); !errors.As(err, &taken) || taken.By != "ada" {
			t.Errorf("a second claim: %v", err)
		}
		if _, err := d.Reply(ctx, s, k.ID, bob, 0, "hello"); !errors.Is(err, desk.ErrNotYours) {
			t.Errorf("somebody else's reply: %v", err)
		}
		if _, err := d.Reply(ctx, s, k.ID, ada, 7, "hello"); !errors.Is(err, desk.ErrStale) {
			t.Errorf("a stale claim: %v", err)
		}
		if _, err := d.Reply(ctx, s, k.ID, ada, 1, "  "); err == nil {
			t.Error("an empty reply was sent")
		}
		if k, err = d.Reply(ctx, s, k.ID, ada, 1, "Hello *you*"); err != nil || k.State != desk.WaitingCustomer || k.FirstHumanAt.IsZero() {
			t.Fatalf("replied: %+v, %v", k, err)
		}
		turn(t, s, d, "human", "human", bot.Event{Kind: bot.EventText, Text: "thanks"})
		if k = only(t, s); k.State != desk.Active {
			t.Errorf("after the customer wrote: %s", k.State)
		}
		if k, err = d.Release(ctx, s, k.ID, ada, 0); err != nil || k.State != desk.Queued || k.Assignee != "" || control(t, s) != "waiting" {
			t.Fatalf("released: %+v, %v, control %q", k, err, control(t, s))
		}
		if k, err = d.Claim(ctx, s, k.ID, bob); err != nil || k.Epoch != 2 {
			t.Fatalf("claimed again: %+v, %v", k, err)
		}
		if k, err = d.HandBack(ctx, s, k.ID, bob, 0, bot.OperatorEvent{Flow: "f", Step: "s"}); err != nil || k.State != desk.WithBot {
			t.Fatalf("handed back: %+v, %v", k, err)
		}
		turn(t, s, d, "", "waiting", bot.Event{Kind: bot.EventText}, bot.Effect{Kind: bot.EffectHandOff, HandOff: &bot.Packet{Queue: "access", Reason: "no_match", Lang: "en"}})
		if again := only(t, s); again.ID != k.ID || again.State != desk.Queued {
			t.Fatalf("the bot failed: %+v", again)
		}
		if k, err = d.Claim(ctx, s, k.ID, ada); err != nil {
			t.Fatal(err)
		}
		if k, err = d.Resolve(ctx, s, k.ID, ada, 0, "solved"); err != nil || k.State != desk.Resolved || k.Code != "solved" {
			t.Fatalf("resolved: %+v, %v", k, err)
		}
		second := handOff(t, s, d)
		if second.ID == k.ID || second.ReopenedOf != k.ID {
			t.Errorf("the next case: %+v", second)
		}
		if _, err = d.Claim(ctx, s, second.ID, ada); err != nil {
			t.Fatal(err)
		}
		if _, err = d.Resolve(ctx, s, second.ID, ada, 0, "no_answer"); err != nil {
			t.Fatal(err)
		}
		var outcomes []bot.Outcome
		if err := s.View(ctx, func(tx store.Tx) error {
			pending, err := tx.Pending("c1", 100)
			for _, in := range pending {
				if o := in.Event.Operator; o != nil && o.Kind == bot.OperatorResolved {
					outcomes = append(outcomes, o.Outcome)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(outcomes, []bot.Outcome{bot.Solved, bot.NotSolved}) {
			t.Errorf("the engine is told %v", outcomes)
		}
		wantHistory(t, s, k.ID, "ticket.queued", "ticket.claimed", "message.out", "message.in", "ticket.released", "ticket.claimed",
			"ticket.handed_back", "ticket.queued", "ticket.claimed", "ticket.resolved")
	})
}

func wantHistory(t *testing.T, s store.Store, id bot.TicketID, want ...string) {
	t.Helper()
	var got []string
	if err := s.View(t.Context(), func(tx store.Tx) error {
		evs, err := tx.TicketEvents(id, 0, 100)
		for i, e := range evs {
			if e.Seq != int64(i+1) {
				t.Errorf("event %d has number %d", i+1, e.Seq)
			}
			got = append(got, e.Kind)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("history: %v\nwant     %v", got, want)
	}
}

func TestCustomerWithdraws(t *testing.T) {
	onBoth(t, func(t *testing.T, s store.Store, d *desk.Desk) {
		k := handOff(t, s, d)
		turn(t, s, d, "waiting", "", bot.Event{Kind: bot.EventText, Text: "cancel"}, bot.Effect{Kind: bot.EffectClose, Close: &bot.Close{Outcome: bot.Abandoned}})
		if err := s.View(t.Context(), func(tx store.Tx) error {
			got, err := tx.Ticket(k.ID)
			if got.State != desk.Closed || got.Code != "withdrawn" {
				t.Errorf("withdrawn: %+v", got)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Claim(t.Context(), s, k.ID, ada); !errors.Is(err, desk.ErrState) {
			t.Errorf("a withdrawn ticket was claimed: %v", err)
		}
	})
}

// TestTwoHundredClaims has 200 operators claim one ticket at once: one wins,
// 199 are told who.
func TestTwoHundredClaims(t *testing.T) {
	onBoth(t, func(t *testing.T, s store.Store, d *desk.Desk) {
		k := handOff(t, s, d)
		var won, told atomic.Int64
		var winner sync.Map
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				who := desk.Operator{ID: bot.OperatorID(fmt.Sprint("op", i)), Name: "x"}
				_, err := d.Claim(context.Background(), s, k.ID, who)
				var taken *desk.TakenError
				switch {
				case err == nil:
					won.Add(1)
					winner.Store("id", who.ID)
				case errors.As(err, &taken):
					told.Add(1)
					winner.Store(taken.By, true)
				default:
					t.Errorf("claim %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || told.Load() != 199 {
			t.Errorf("%d won, %d were told", won.Load(), told.Load())
		}
		id, _ := winner.Load("id")
		winner.Range(func(key, _ any) bool {
			if key != "id" && key != id {
				t.Errorf("%v was named, %v has it", key, id)
			}
			return true
		})
	})
}

// TestBotCannotTalkOverAPerson claims while a turn of the bot is being worked
// on: that turn cannot be saved any more.
func TestBotCannotTalkOverAPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, s store.Store, d *desk.Desk) {
		k := handOff(t, s, d)
		var c store.Conversation
		if err := s.View(t.Context(), func(tx store.Tx) error {
			var err error
			c, err = tx.Conversation("c1")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Claim(t.Context(), s, k.ID, ada); err != nil {
			t.Fatal(err)
		}
		c.Seq++
		if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Save(c, d.Now()) }); !errors.Is(err, store.ErrFenced) {
			t.Errorf("the bot's turn was saved: %v", err)
		}
	})
}

// TestTicketsOfADay: a conversation that is handed over again and again opens
// no more tickets than allowed; the newest comes back into the queue with what
// is known by then.
func TestTicketsOfADay(t *testing.T) {
	onBoth(t, func(t *testing.T, s store.Store, d *desk.Desk) {
		d.PerDay = 2
		handOff := func(goal string) {
			turn(t, s, d, "", "waiting", bot.Event{Kind: bot.EventText},
				bot.Effect{Kind: bot.EffectHandOff, HandOff: &bot.Packet{Goal: goal, Queue: "access", Reason: "asked_human", Lang: "en"}})
		}
		withdraw := func() { turn(t, s, d, "waiting", "", bot.Event{Kind: bot.EventText}) }
		tickets := func() (ts []store.Ticket) {
			if err := s.View(t.Context(), func(tx store.Tx) error {
				var err error
				ts, err = tx.Tickets(store.TicketFilter{Conversation: "c1"})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return ts
		}
		for _, goal := range []string{"one", "two", "three", "four"} {
			handOff(goal)
			withdraw()
		}
		handOff("five")
		ts := tickets()
		if len(ts) != 2 {
			t.Fatalf("%d tickets, want 2", len(ts))
		}
		last := ts[1]
		if last.State != desk.Queued || last.Code != "" || !strings.Contains(string(last.Packet), "five") {
			t.Errorf("the newest: %s, code %q, %s", last.State, last.Code, last.Packet)
		}
		withdraw()
		start := d.Now()
		d.Now = func() time.Time { return start.Add(25 * time.Hour) }
		handOff("the next day")
		if ts := tickets(); len(ts) != 3 {
			t.Errorf("%d tickets a day later, want 3", len(ts))
		}
	})
}
