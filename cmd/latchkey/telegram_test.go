package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"latchkey/bot/store"
	"latchkey/bot/store/sqlstore"
)

// telegramAPI is a Bot API with one customer: updates stay until a higher
// offset is asked for.
type telegramAPI struct {
	mu      sync.Mutex
	updates []string
	sent    []string
	buttons []string // of the newest message
	next    int
}

func (a *telegramAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseMultipartForm(1 << 20) // calls without parameters have no form
	a.mu.Lock()
	defer a.mu.Unlock()
	result := "true"
	switch method := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]; method {
	case "getMe":
		result = `{"id":1,"is_bot":true,"first_name":"Help","username":"help_bot"}`
	case "getWebhookInfo":
		result = `{"url":"https://old.example.com/","pending_update_count":3}`
	case "getUpdates":
		offset, _ := strconv.Atoi(r.FormValue("offset"))
		for len(a.updates) > 0 && a.next-len(a.updates)+1 < offset {
			a.updates = a.updates[1:]
		}
		result = "[" + strings.Join(a.updates, ",") + "]"
	case "sendMessage":
		a.sent = append(a.sent, r.FormValue("text"))
		var k struct {
			Rows [][]struct {
				Data string `json:"callback_data"`
			} `json:"inline_keyboard"`
		}
		_ = json.Unmarshal([]byte(r.FormValue("reply_markup")), &k)
		a.buttons = nil
		for _, row := range k.Rows {
			for _, b := range row {
				a.buttons = append(a.buttons, b.Data)
			}
		}
		result = `{"message_id":` + strconv.Itoa(100+len(a.sent)) + `,"date":1,"chat":{"id":5,"type":"private"}}`
	}
	_, _ = w.Write([]byte(`{"ok":true,"result":` + result + `}`))
}

const telegramPerson = `{"id":5,"is_bot":false,"first_name":"P","language_code":"en"}`

func (a *telegramAPI) says(text, entities string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.next++
	a.updates = append(a.updates, fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1,"from":%s,"chat":{"id":5,"type":"private"},"text":%q,"entities":[%s]}}`,
		a.next, a.next, telegramPerson, text, entities))
}

func (a *telegramAPI) press(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.next++
	a.updates = append(a.updates, fmt.Sprintf(`{"update_id":%d,"callback_query":{"id":"q","from":%s,"message":{"message_id":%d,"date":1,"chat":{"id":5,"type":"private"},"text":"x"},"data":%q}}`,
		a.next, telegramPerson, 100+len(a.sent), a.buttons[n]))
}

func (a *telegramAPI) seen(words string) func() bool {
	return func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return len(a.sent) > 0 && strings.Contains(a.sent[len(a.sent)-1], words)
	}
}

// TestTelegram talks to the real program through a Bot API: a deep link opens
// the flow, a pressed choice leads on, the program is killed and started again
// in the middle, and a person takes the case.
func TestTelegram(t *testing.T) {
	api := &telegramAPI{}
	srv := httptest.NewServer(api)
	defer srv.Close()
	t.Setenv("LATCHKEY_TEST_TELEGRAM", "1:token")
	config := writeConfig(t, "telegram: {token: env:LATCHKEY_TEST_TELEGRAM, api_url: "+srv.URL+"}")
	s := startServer(t, config)
	api.says("/start forgot", `{"type":"bot_command","offset":0,"length":6}`)
	eventually(t, "the flow asks where", api.seen("Where do you sign in"))
	api.press(0)
	eventually(t, "the guide begins", api.seen("Take these steps on the website"))
	s.kill()
	s = startServer(t, config)
	api.says("human", "")
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

// TestTelegramDoctor: what is wrong is said in words, with the exit code of a finding.
func TestTelegramDoctor(t *testing.T) {
	srv := httptest.NewServer(&telegramAPI{})
	defer srv.Close()
	t.Setenv("LATCHKEY_TEST_TELEGRAM", "1:token")
	config := writeConfig(t, "telegram: {token: env:LATCHKEY_TEST_TELEGRAM, api_url: "+srv.URL+"}")
	cmd := exec.Command(os.Args[0], "telegram", "doctor", "--config", config)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	out, err := cmd.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "ok  the token belongs to @help_bot") ||
		!strings.Contains(string(out), "!!  a webhook is set at https://old.example.com/") {
		t.Errorf("%v: %s", err, out)
	}
}
