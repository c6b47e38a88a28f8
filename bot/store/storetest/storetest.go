// Package storetest is the conformance suite of package store: what every
// store must do, by guarantee. A store's own tests call Run with a function
// that opens an empty one.
package storetest

import (
	"errors"
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
)

// Open opens a store. Two stores that were opened with the same name in one
// test share their data, as two nodes do; every other is empty.
type Open func(t *testing.T, name string) store.Store

// Run runs the whole suite.
func Run(t *testing.T, open Open) {
	t.Run("Inbox", func(t *testing.T) { testInbox(t, open) })
	t.Run("Leases", func(t *testing.T) { testLeases(t, open) })
	t.Run("Turns", func(t *testing.T) { testTurns(t, open) })
	t.Run("Outbox", func(t *testing.T) { testOutbox(t, open) })
	t.Run("Timers", func(t *testing.T) { testTimers(t, open) })
	t.Run("Tickets", func(t *testing.T) { testTickets(t, open) })
	t.Run("Releases", func(t *testing.T) { testReleases(t, open) })
	t.Run("Memory", func(t *testing.T) { testMemory(t, open) })
	t.Run("DeadLetters", func(t *testing.T) { testDeadLetters(t, open) })
	t.Run("Transactions", func(t *testing.T) { testTransactions(t, open) })
	t.Run("Concurrency", func(t *testing.T) { testConcurrency(t, open) })
	t.Run("Wakes", func(t *testing.T) { testWakes(t, open) })
}

// t0 is the time at which the suite's world begins.
var t0 = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func at(d time.Duration) time.Time { return t0.Add(d) }

// update runs fn and fails the test on any error.
func update(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatalf("update: %v", err)
	}
}

func view(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatalf("view: %v", err)
	}
}

// refused runs fn and demands an error.
func refused(t *testing.T, s store.Store, want error, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); !errors.Is(err, want) {
		t.Fatalf("update: got %v, want %v", err, want)
	}
}

func text(c bot.ConversationID, key, words string, when time.Time) bot.Inbound {
	return bot.Inbound{Channel: "fake", Key: key, Conversation: c, Customer: "cust", Event: bot.Event{Kind: bot.EventText, Text: words}, ReceivedAt: when}
}

func receive(t *testing.T, s store.Store, in bot.Inbound) int64 {
	t.Helper()
	var id int64
	update(t, s, func(tx store.Tx) error {
		var err error
		var fresh bool
		id, fresh, err = tx.Receive(in)
		if err == nil && !fresh {
			err = errors.New("not fresh")
		}
		return err
	})
	return id
}

func lease(t *testing.T, s store.Store, c bot.ConversationID, node string, now time.Time) store.Conversation {
	t.Helper()
	var out store.Conversation
	update(t, s, func(tx store.Tx) error {
		var err error
		out, err = tx.Lease(store.Conversation{ID: c, Channel: "fake", Customer: "cust"}, node, now, now.Add(15*time.Second))
		return err
	})
	return out
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func list[T comparable](t *testing.T, what string, got []T, want ...T) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s: got %v, want %v", what, got, want)
		}
	}
}

var errStop = errors.New("stop")
