package sqlstore_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
	"latchkey/bot/store/sqlstore"
)

var tornWALs = flag.Int("torn", 100, "how many damaged logs the torn-WAL test opens; CI 1000, nightly 10000")

func openAt(t *testing.T, o sqlstore.SQLiteOptions) *sqlstore.Store {
	t.Helper()
	s, _, err := sqlstore.OpenSQLite(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(ctx context.Context, s store.Store, i int) error {
	return s.Update(ctx, func(tx store.Tx) error {
		_, _, err := tx.Receive(bot.Inbound{Channel: "c", Key: fmt.Sprint("k", i), Conversation: "conv", Event: bot.Event{Kind: bot.EventText, Text: fmt.Sprintf("%0200d", i)}})
		return err
	})
}

func pending(t *testing.T, s store.Store) []store.Received {
	t.Helper()
	var out []store.Received
	if err := s.View(t.Context(), func(tx store.Tx) error {
		var err error
		out, err = tx.Pending("conv", 1_000_000)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestDiskFull fills the database up to its bound: writes are refused with the
// error for it, reads go on, nothing half-written stays, and with room again
// everything works by itself.
func TestDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "full.db")
	s := openAt(t, sqlstore.SQLiteOptions{Path: path, MaxPages: 120})
	kept := 0
	var err error
	for i := 0; i < 10_000 && err == nil; i++ {
		if err = put(t.Context(), s, i); err == nil {
			kept++
		}
	}
	if !errors.Is(err, store.ErrFull) {
		t.Fatalf("a full disk gave %v", err)
	}
	var wg sync.WaitGroup
	for i := range 50 { // many at once share the misfortune, not more
		wg.Go(func() {
			if err := put(t.Context(), s, 20_000+i); err != nil && !errors.Is(err, store.ErrFull) {
				t.Errorf("full: %v", err)
			} else if err == nil {
				t.Logf("a small one still fitted")
			}
		})
	}
	wg.Wait()
	if got := len(pending(t, s)); got < kept {
		t.Errorf("%d events of %d are left", got, kept)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, sqlstore.SQLiteOptions{Path: path})
	defer s.Close()
	if err := put(t.Context(), s, 50_000); err != nil {
		t.Errorf("with room again: %v", err)
	}
	integrity(t, path)
}

// TestLockedFromOutside lets another program hold the write lock: callers are
// told so in time, and everything works again once it lets go.
func TestLockedFromOutside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "locked.db")
	s := openAt(t, sqlstore.SQLiteOptions{Path: path, Busy: 200 * time.Millisecond})
	defer s.Close()
	other, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	conn, err := other.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if err := put(t.Context(), s, i); !errors.Is(err, store.ErrBusy) {
			t.Fatalf("a locked database gave %v", err)
		}
	}
	if got := len(pending(t, s)); got != 0 {
		t.Errorf("%d events were read", got)
	}
	if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if err := put(t.Context(), s, i); err != nil {
			t.Fatalf("after the lock: %v", err)
		}
	}
	if got := len(pending(t, s)); got != 5 {
		t.Errorf("%d events", got)
	}
}

// TestTornWAL cuts or flips the write-ahead log at random places, as a power
// cut does. The database must open, be whole, and hold a prefix of what was
// acknowledged, in order.
func TestTornWAL(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "torn.db")
	s := openAt(t, sqlstore.SQLiteOptions{Path: path})
	const events = 60
	for i := range events {
		if err := put(t.Context(), s, i); err != nil {
			t.Fatal(err)
		}
	}
	db, err1 := os.ReadFile(path)
	wal, err2 := os.ReadFile(path + "-wal")
	if err := errors.Join(err1, err2, s.Close()); err != nil {
		t.Fatal(err)
	}
	if len(wal) < 4096 {
		t.Fatalf("the log has %d bytes only", len(wal))
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, %d logs, log of %d bytes", seed, *tornWALs, len(wal))
	chances := rand.New(rand.NewPCG(seed, 1))
	shortest, longest := events, 0
	for n := range *tornWALs {
		bad := bytes.Clone(wal)
		if n%2 == 0 {
			bad = bad[:chances.IntN(len(bad))]
		} else {
			for range 1 + chances.IntN(3) {
				bad[chances.IntN(len(bad))] ^= byte(1 << chances.IntN(8))
			}
		}
		p := filepath.Join(dir, "copy.db")
		for _, f := range []string{p, p + "-wal", p + "-shm"} {
			if err := os.Remove(f); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
		}
		if err := errors.Join(os.WriteFile(p, db, 0o600), os.WriteFile(p+"-wal", bad, 0o600)); err != nil {
			t.Fatal(err)
		}
		c := openAt(t, sqlstore.SQLiteOptions{Path: p, Readers: 1})
		got := pending(t, c)
		for i, r := range got {
			if r.Key != fmt.Sprint("k", i) {
				t.Fatalf("log %d: event %d is %s", n, i, r.Key)
			}
		}
		shortest, longest = min(shortest, len(got)), max(longest, len(got))
		if err := put(t.Context(), c, 1000); err != nil {
			t.Fatalf("log %d: %v", n, err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		integrity(t, p)
	}
	t.Logf("%d damaged logs: all opened, %d to %d of %d events left, always a prefix", *tornWALs, shortest, longest, events)
}

func integrity(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var word string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&word); err != nil || word != "ok" {
		t.Fatalf("integrity: %s, %v", word, err)
	}
}

// TestBackupWhileWriting takes copies in the middle of the work: each is whole
// and holds a prefix of it.
func TestBackupWhileWriting(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, sqlstore.SQLiteOptions{Path: filepath.Join(dir, "live.db")})
	defer s.Close()
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			if err := put(t.Context(), s, i); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for n := range 10 {
		to := filepath.Join(dir, fmt.Sprint("copy", n, ".db"))
		if err := s.Backup(t.Context(), to); err != nil {
			t.Fatal(err)
		}
		if err := s.Backup(t.Context(), to); err == nil {
			t.Error("a backup was overwritten")
		}
		integrity(t, to)
		if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("backup: %v, %v", info.Mode(), err)
		}
		c := openAt(t, sqlstore.SQLiteOptions{Path: to})
		for i, r := range pending(t, c) {
			if r.Key != fmt.Sprint("k", i) {
				t.Fatalf("copy %d: event %d is %s", n, i, r.Key)
			}
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	wg.Wait()
}
