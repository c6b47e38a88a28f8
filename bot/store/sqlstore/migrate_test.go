package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
)

func testConn(t *testing.T, path string) *sql.Conn {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); db.Close() })
	return conn
}

var day = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)

// TestMigrationIsAllOrNothing breaks the second step in its middle: the first
// stays, the second leaves no trace, and a mended program goes on from there.
func TestMigrationIsAllOrNothing(t *testing.T) {
	conn := testConn(t, filepath.Join(t.TempDir(), "m.db"))
	files := fstest.MapFS{
		"migrations/sqlite/0001_one.sql": {Data: []byte("CREATE TABLE one (x INTEGER)")},
		"migrations/sqlite/0002_two.sql": {Data: []byte("CREATE TABLE two (x INTEGER); INSERT INTO two VALUES (1); INSERT INTO nowhere VALUES (1)")},
	}
	all, err := steps(files, "sqlite")
	if err != nil {
		t.Fatal(err)
	}
	ran, err := migrate(t.Context(), conn, all, "BEGIN IMMEDIATE", day, nil)
	if err == nil || len(ran) != 1 {
		t.Fatalf("ran %v, %v", ran, err)
	}
	if _, err := conn.ExecContext(t.Context(), "SELECT * FROM two"); err == nil {
		t.Error("half a step was left")
	}
	files["migrations/sqlite/0002_two.sql"] = &fstest.MapFile{Data: []byte("CREATE TABLE two (x INTEGER)")}
	if all, err = steps(files, "sqlite"); err != nil {
		t.Fatal(err)
	}
	if ran, err = migrate(t.Context(), conn, all, "BEGIN IMMEDIATE", day, nil); err != nil || len(ran) != 1 || ran[0] != "0002_two" {
		t.Fatalf("ran %v, %v", ran, err)
	}
	if ran, err = migrate(t.Context(), conn, all, "BEGIN IMMEDIATE", day, nil); err != nil || len(ran) != 0 {
		t.Fatalf("ran again: %v, %v", ran, err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.db")
	s, _, err := OpenSQLite(t.Context(), SQLiteOptions{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	conn := testConn(t, path)
	if _, err := conn.ExecContext(t.Context(), "INSERT INTO schema_migration VALUES (9999, 'from the future', 0)"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := OpenSQLite(t.Context(), SQLiteOptions{Path: path}); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("a newer schema was opened: %v", err)
	}
}

func TestMigrationsAreNumbered(t *testing.T) {
	lite, err1 := steps(migrations, "sqlite")
	pg, err2 := steps(migrations, "postgres")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if len(lite) != len(pg) {
		t.Fatalf("%d migrations for SQLite, %d for PostgreSQL", len(lite), len(pg))
	}
	for i := range lite {
		if lite[i].name != pg[i].name {
			t.Errorf("%s beside %s", lite[i].name, pg[i].name)
		}
	}
	for _, files := range []fstest.MapFS{
		{"migrations/sqlite/0002_two.sql": {}},
		{"migrations/sqlite/one.sql": {}},
		{"migrations/sqlite/0001_a.sql": {}, "migrations/sqlite/0001_b.sql": {}},
	} {
		if _, err := steps(files, "sqlite"); err == nil {
			t.Errorf("taken: %v", files)
		}
	}
}

// TestFrozenFirstSchema opens a database as the first release wrote it, with a
// conversation in it. The file is never to be made anew: it is what is out
// there.
func TestFrozenFirstSchema(t *testing.T) {
	script, err := os.ReadFile("testdata/schema1.sql")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "old.db")
	conn := testConn(t, path)
	if _, err := conn.ExecContext(t.Context(), string(script)); err != nil {
		t.Fatal(err)
	}
	s, _, err := OpenSQLite(t.Context(), SQLiteOptions{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.View(t.Context(), func(tx store.Tx) error {
		c, err := tx.Conversation("web:old")
		if err != nil {
			return err
		}
		if c.Seq != 2 || c.Lang != "es" || c.Release != "0123456789abcdef" {
			t.Errorf("conversation: %+v", c)
		}
		turns, err := tx.Turns("web:old", 0, 10)
		if err != nil || len(turns) != 2 {
			t.Errorf("turns: %v, %v", turns, err)
		}
		queue, err := tx.Queue("web:old", 10)
		if err != nil || len(queue) != 1 || queue[0].Token != "tok" {
			t.Errorf("queue: %v, %v", queue, err)
		}
		k, err := tx.TicketNo(1001)
		if err != nil || k.State != "queued" {
			t.Errorf("ticket: %+v, %v", k, err)
		}
		due, err := tx.Due(day.Add(100000*time.Hour), 10)
		if err != nil || len(due) != 1 {
			t.Errorf("timers: %v, %v", due, err)
		}
		cur, err := tx.Current()
		if err != nil || cur != "0123456789abcdef" {
			t.Errorf("release: %s, %v", cur, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(context.Background(), func(tx store.Tx) error {
		_, fresh, err := tx.Receive(bot.Inbound{Channel: "web", Key: "k1", Conversation: "web:old"})
		if fresh {
			t.Error("an event of the old release is not known any more")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
