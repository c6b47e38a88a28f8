package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"latchkey/bot/store"
	"latchkey/bot/store/sqlstore"
)

// TestMemory: what one adapter keeps is its own, ends when it should, and what
// it buries is there once and without secrets.
func TestMemory(t *testing.T) {
	ctx := t.Context()
	s, _, err := sqlstore.OpenSQLite(ctx, sqlstore.SQLiteOptions{Path: filepath.Join(t.TempDir(), "m.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	slack, telegram := memory{s, "slack", clock}, memory{s, "telegram", clock}
	if err := slack.Remember(ctx, "k", []byte("v"), time.Minute); err != nil {
		t.Fatal(err)
	}
	want := func(m memory, what string) {
		t.Helper()
		if v, err := m.Recall(ctx, "k"); err != nil || string(v) != what {
			t.Errorf("recalled %q, %v; want %q", v, err, what)
		}
	}
	want(slack, "v")
	want(telegram, "")
	now = now.Add(time.Minute)
	want(slack, "")
	for range 2 {
		if err := slack.Bury(ctx, "e1", []byte(`{"text":"my password is Tr0ub4dor&3x"`), "not JSON"); err != nil {
			t.Fatal(err)
		}
	}
	if err := slack.Bury(ctx, "e2", []byte{0xff, 0xfe}, "not text"); err != nil {
		t.Fatal(err)
	}
	var buried []store.DeadLetter
	if err := s.View(ctx, func(tx store.Tx) error {
		var err error
		buried, err = tx.Buried(0, 10)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(buried) != 2 || buried[0].Channel != "slack" || !strings.Contains(buried[0].Body, "my password is") || strings.Contains(buried[0].Body, "Tr0ub4dor") {
		t.Errorf("buried: %+v", buried)
	}
}
