package main

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"latchkey/bot/store"
	"latchkey/bot/store/sqlstore"
)

// TestTelegram talks to the real program through a Bot API: a deep link opens
// the flow, a pressed choice leads on, the program is killed and started again
// in the middle, and a person takes the case.
func TestTelegram(t *testing.T) {
	api := newTelegramAPI(t)
	config := telegramConfig(t, api)
	s := startServer(t, config)
	api.writes(5, "en", "/start forgot")
	api.seen(t, 5, "Where do you sign in")
	api.press(t, 5, "en", "On the website")
	api.seen(t, 5, "Take these steps on the website")
	s.kill()
	s = startServer(t, config)
	api.writes(5, "en", "human")
	eventually(t, "the case is with the desk", func() bool {
		open := 0
		db, _, err := sqlstore.OpenSQLite(t.Context(), sqlstore.SQLiteOptions{Path: filepath.Join(filepath.Dir(config), "data", "latchkey.db")})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		err = db.View(t.Context(), func(tx store.Tx) error {
			ts, err := tx.Tickets(store.TicketFilter{Conversation: "telegram:5"})
			open = len(ts)
			return err
		})
		return err == nil && open == 1
	})
	if status, body := fetch(t, s.base+"/readyz"); status != http.StatusOK || !strings.Contains(body, `"name":"telegram","ok":true`) {
		t.Errorf("readiness: %d %s", status, body)
	}
	s.stop()
}

// TestTelegramUnblocked: the running program marks who blocks the bot as out of
// reach, and takes the mark away with the news that it is over as well as with
// the next words.
func TestTelegramUnblocked(t *testing.T) {
	api := newTelegramAPI(t)
	config := telegramConfig(t, api)
	s := startServer(t, config)
	db, _, err := sqlstore.OpenSQLite(t.Context(), sqlstore.SQLiteOptions{Path: filepath.Join(filepath.Dir(config), "data", "latchkey.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	marked := func(want bool) {
		t.Helper()
		eventually(t, "the mark is right", func() bool {
			var c store.Conversation
			err := db.View(t.Context(), func(tx store.Tx) (err error) {
				c, err = tx.Conversation("telegram:5")
				return err
			})
			return err == nil && (c.Unreachable != "") == want
		})
	}
	api.writes(5, "en", "/start forgot")
	api.seen(t, 5, "Where do you sign in")
	api.member(5, "kicked")
	marked(true)
	api.member(5, "member")
	marked(false)
	api.member(5, "kicked")
	marked(true)
	api.mu.Lock()
	api.blocked[5] = false // the news of it comes after the words, or never
	api.mu.Unlock()
	api.press(t, 5, "en", "On the website")
	api.seen(t, 5, "Take these steps on the website")
	marked(false)
	s.stop()
}

// TestTelegramDoctor: what is wrong is said in words, with the exit code of a finding.
func TestTelegramDoctor(t *testing.T) {
	config := telegramConfig(t, newTelegramAPI(t))
	cmd := exec.Command(os.Args[0], "telegram", "doctor", "--config", config)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	out, err := cmd.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "ok  the token belongs to @help_bot") ||
		!strings.Contains(string(out), "!!  a webhook is set at https://old.example.com/") {
		t.Errorf("%v: %s", err, out)
	}
}

// telegramConfig is a config with a Telegram bot at a test's Bot API.
func telegramConfig(t *testing.T, api *telegramAPI, lines ...string) string {
	t.Helper()
	t.Setenv("LATCHKEY_TEST_TELEGRAM", "1:token")
	more := ""
	if len(lines) > 0 {
		more = ", " + strings.Join(lines, ", ")
	}
	return writeConfig(t, "public_url: https://help.example.com", "telegram: {token: env:LATCHKEY_TEST_TELEGRAM, api_url: "+api.url+more+"}")
}
