package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"latchkey/bot/store/storetest"
)

// migrationPoints are the places of one migration at which a program may die.
var migrationPoints = []string{"migration begun", "migration run", "migration marked", "migration committed"}

// dies starts the program with a fail point and demands that it came there.
func dies(t *testing.T, config, point string) {
	t.Helper()
	s := startServer(t, config, "LATCHKEY_CRASH="+point)
	if s.base != "" {
		s.kill()
		t.Fatalf("the program does not come to %q", point)
	}
	<-s.done
}

// serves demands that a program that starts now works, and stops well.
func serves(t *testing.T, config string) {
	t.Helper()
	s := startServer(t, config)
	p := newPage(t, s)
	if _, err := p.open("forgot"); err != nil {
		t.Fatal(err)
	}
	p.wait(t, "Where do you sign in")
	s.stop()
}

// TestCrashInMigration kills the program at every point of every migration, on
// an empty database: the one that starts next finishes the work.
func TestCrashInMigration(t *testing.T) {
	files, err := filepath.Glob("../../bot/store/sqlstore/migrations/sqlite/*.sql")
	if err != nil || len(files) < 2 {
		t.Fatalf("migrations: %v, %v", files, err)
	}
	for n := range files {
		for _, point := range migrationPoints {
			at := fmt.Sprintf("%s:%d", point, n+1)
			t.Run("SQLite/"+at, func(t *testing.T) {
				config := writeConfig(t)
				dies(t, config, at)
				serves(t, config)
			})
			t.Run("PostgreSQL/"+at, func(t *testing.T) {
				if testing.Short() && n > 0 {
					t.Skip("one migration is enough in the short form")
				}
				t.Setenv("LATCHKEY_TEST_DATABASE", storetest.Postgres(t))
				config := writeConfig(t, "database: env:LATCHKEY_TEST_DATABASE")
				dies(t, config, at)
				serves(t, config)
			})
		}
	}
}

// TestCrashInMigrationOfOldDatabase does the same to a database of the first
// release: what stands in it is there afterwards.
func TestCrashInMigrationOfOldDatabase(t *testing.T) {
	script, err := os.ReadFile("../../bot/store/sqlstore/testdata/schema1.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, point := range migrationPoints {
		t.Run(point, func(t *testing.T) {
			config := writeConfig(t)
			path := filepath.Join(filepath.Dir(config), "data", "latchkey.db")
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open("sqlite3", "file:"+path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec(string(script)); err != nil {
				t.Fatal(err)
			}
			dies(t, config, point+":1")
			serves(t, config)
			var seq int
			if err := db.QueryRow(`SELECT seq FROM conversation WHERE id = 'web:old'`).Scan(&seq); err != nil || seq < 2 {
				t.Errorf("the old conversation: turn %d, %v", seq, err)
			}
		})
	}
}

// TestCrashInReload kills the program while it takes over an edit of the flows,
// before and after the release is kept: the next one has the edit in force and
// the conversation goes on.
func TestCrashInReload(t *testing.T) {
	for _, point := range []string{"before publish", "release published"} {
		t.Run(point, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name, text string) {
				t.Helper()
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write("pack.yaml", reloadPack)
			write("walk.yaml", reloadFlow("Old", ""))
			config := writeConfig(t, "flows: "+dir)
			dies(t, config, point+":1") // with the first release of all
			s := startServer(t, config, "LATCHKEY_CRASH="+point+":2")
			if point == "before publish" && s.base == "" {
				t.Fatal("the program died too early")
			}
			if s.base == "" { // the release was kept at the first start, so this was only its second look
				t.Fatal("a release that is known was published again")
			}
			p := newPage(t, s)
			if _, err := p.open("walk"); err != nil {
				t.Fatal(err)
			}
			p.wait(t, "Old first")
			write("walk.yaml", reloadFlow("New", ""))
			s.wait(t.Context(), longest)
			s.kill()
			s = startServer(t, config)
			p.base = func() string { return s.base }
			p.press(t, "Go on")
			p.wait(t, "New second")
			if status, body := fetch(t, s.base+"/readyz"); status != http.StatusOK || strings.Contains(body, "stays in force") {
				t.Errorf("after the crash: %d %s", status, body)
			}
			s.stop()
		})
	}
}

// numbered is a number as a message id: letters alone.
func numbered(n int) string {
	return strings.Map(func(r rune) rune { return r - '0' + 'A' }, fmt.Sprintf("%026d", n))
}

// TestDiskFull fills the room that the database may take, over HTTP: what no
// longer fits is not acknowledged, /readyz says why, and with more room the
// same database goes on with everything that was acknowledged.
func TestDiskFull(t *testing.T) {
	config := writeConfig(t, "max_database_mib: 1")
	s := startServer(t, config)
	p := newPage(t, s)
	if _, err := p.open("forgot"); err != nil {
		t.Fatal(err)
	}
	p.wait(t, "Where do you sign in")
	taken := 0
	var status int
	for ; taken < 5000; taken++ {
		var err error
		status, _, err = p.post("/chat/send", map[string]string{"id": numbered(taken), "text": strings.Repeat("help me ", 500)})
		if err != nil {
			t.Fatal(err)
		}
		if status != http.StatusNoContent {
			break
		}
	}
	if status != http.StatusServiceUnavailable || taken == 0 {
		t.Fatalf("message %d was answered %d", taken, status)
	}
	eventually(t, "/readyz says that there is no room", func() bool {
		status, body := fetch(t, s.base+"/readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(body, "no room left")
	})
	s.kill()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, []byte(strings.Replace(string(text), "max_database_mib: 1", "max_database_mib: 100", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	s = startServer(t, config)
	p.base = func() string { return s.base }
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(filepath.Dir(config), "data", "latchkey.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	eventually(t, "what was acknowledged has been used", func() bool {
		var got, waiting int
		err := db.QueryRow(`SELECT count(*), count(*) FILTER (WHERE status = 0) FROM inbox WHERE key LIKE '%:AAAAAAAA%'`).Scan(&got, &waiting)
		if err == nil && got < taken {
			t.Fatalf("%d messages were acknowledged, %d are there", taken, got)
		}
		return err == nil && waiting == 0
	})
	s.stop()
}
