package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// telegramAPI is as much of the Bot API as whole-program tests need. An update
// stays until a higher offset is asked for, or its webhook was answered 200.
type telegramAPI struct {
	url string

	mu      sync.Mutex
	next    int
	updates []telegramUpdate
	changed chan struct{} // closed and made anew with every change
	chats   map[int]*telegramChat
	hook    string // secret of the webhook, while one is set
	blocked map[int]bool
	calls   map[string]int
}

type telegramUpdate struct {
	id, chat int
	body     string
}

// telegramChat is what a customer sees, and wrote.
type telegramChat struct {
	shown   []string
	buttons []telegramButton // of the newest message that has any
	newest  int              // that message
	wrote   []string         // ids of messages that are no commands, in order
}

type telegramButton struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
}

func newTelegramAPI(t *testing.T) *telegramAPI {
	a, end := startTelegramAPI()
	t.Cleanup(end)
	return a
}

func startTelegramAPI() (a *telegramAPI, end func()) {
	a = &telegramAPI{changed: make(chan struct{}), chats: map[int]*telegramChat{}, blocked: map[int]bool{}, calls: map[string]int{}}
	srv := httptest.NewServer(a)
	a.url = srv.URL
	return a, func() { srv.CloseClientConnections(); srv.Close() }
}

// touch wakes everybody who waits for a change. mu is held.
func (a *telegramAPI) touch() {
	close(a.changed)
	a.changed = make(chan struct{})
}

func (a *telegramAPI) chat(id int) *telegramChat {
	if a.chats[id] == nil {
		a.chats[id] = &telegramChat{}
	}
	return a.chats[id]
}

func (a *telegramAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseMultipartForm(1 << 20) // calls without parameters have no form
	method := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	if method == "getUpdates" {
		a.poll(w, r)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls[method]++
	defer a.touch()
	chat, _ := strconv.Atoi(r.FormValue("chat_id"))
	result := "true"
	switch method {
	case "getMe":
		result = `{"id":1,"is_bot":true,"first_name":"Help","username":"help_bot"}`
	case "getWebhookInfo":
		result = `{"url":"https://old.example.com/","pending_update_count":3}`
	case "setWebhook":
		a.hook = r.FormValue("secret_token")
	case "deleteWebhook":
		a.hook = ""
	case "sendMessage", "sendPhoto":
		if a.blocked[chat] {
			a.calls["refused"]++
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`))
			return
		}
		a.next++
		a.show(chat, a.next, r)
		result = fmt.Sprintf(`{"message_id":%d,"date":1,"chat":{"id":%d,"type":"private"}}`, a.next, chat)
	case "editMessageText", "editMessageReplyMarkup", "editMessageCaption":
		id, _ := strconv.Atoi(r.FormValue("message_id"))
		a.show(chat, id, r)
		result = fmt.Sprintf(`{"message_id":%d,"date":1,"chat":{"id":%d,"type":"private"}}`, id, chat)
	}
	_, _ = w.Write([]byte(`{"ok":true,"result":` + result + `}`))
}

// show puts a new or edited message before the customer. mu is held.
func (a *telegramAPI) show(chat, id int, r *http.Request) {
	c := a.chat(chat)
	if text := r.FormValue("text") + r.FormValue("caption"); text != "" {
		c.shown = append(c.shown, text)
	}
	var k struct {
		Rows [][]telegramButton `json:"inline_keyboard"`
	}
	if json.Unmarshal([]byte(r.FormValue("reply_markup")), &k) == nil && len(k.Rows) > 0 {
		c.buttons, c.newest = nil, id
		for _, row := range k.Rows {
			c.buttons = append(c.buttons, row...)
		}
	}
}

// poll confirms what lies below the offset, and holds the request until there
// is an update or a second has passed.
func (a *telegramAPI) poll(w http.ResponseWriter, r *http.Request) {
	offset, _ := strconv.Atoi(r.FormValue("offset"))
	end := time.NewTimer(time.Second)
	defer end.Stop()
	for over := false; ; {
		a.mu.Lock()
		for len(a.updates) > 0 && a.updates[0].id < offset {
			a.updates = a.updates[1:]
		}
		var batch []string
		for _, u := range a.updates[:min(len(a.updates), 100)] {
			batch = append(batch, u.body)
		}
		changed := a.changed
		a.mu.Unlock()
		if len(batch) > 0 || over {
			_, _ = w.Write([]byte(`{"ok":true,"result":[` + strings.Join(batch, ",") + `]}`))
			return
		}
		select {
		case <-changed:
		case <-end.C:
			over = true
		case <-r.Context().Done():
			return
		}
	}
}

// deliver posts updates to the webhook until ctx ends: those of a chat one
// after the other, each until it is answered 200.
func (a *telegramAPI) deliver(ctx context.Context, base func() string) {
	client := &http.Client{Timeout: 5 * time.Second}
	for ctx.Err() == nil {
		a.mu.Lock()
		changed, secret := a.changed, a.hook
		var heads []telegramUpdate
		seen := map[int]bool{}
		for _, u := range a.updates {
			if !seen[u.chat] {
				seen[u.chat] = true
				heads = append(heads, u)
			}
		}
		a.mu.Unlock()
		done := make([]bool, len(heads))
		var wg sync.WaitGroup
		for i, u := range heads {
			wg.Go(func() {
				req, err := http.NewRequestWithContext(ctx, http.MethodPost, base()+telegramHook, bytes.NewReader([]byte(u.body)))
				if err != nil || secret == "" {
					return
				}
				req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
				resp, err := client.Do(req)
				if err != nil {
					return
				}
				_ = resp.Body.Close()
				done[i] = resp.StatusCode == http.StatusOK
			})
		}
		wg.Wait()
		a.mu.Lock()
		for i, u := range heads {
			if n := slices.IndexFunc(a.updates, func(x telegramUpdate) bool { return x.id == u.id }); done[i] && n >= 0 {
				a.updates = slices.Delete(a.updates, n, n+1)
			}
		}
		a.mu.Unlock()
		wait := time.NewTimer(50 * time.Millisecond) // and then the rest again
		select {
		case <-changed:
		case <-wait.C:
		case <-ctx.Done():
		}
		wait.Stop()
	}
}

func telegramPerson(chat int, lang string) string {
	return fmt.Sprintf(`{"id":%d,"is_bot":false,"first_name":"P","language_code":%q}`, chat, lang)
}

// writes lets a customer write. A text that begins with a slash is a command.
func (a *telegramAPI) writes(chat int, lang, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.next++
	entities := ""
	if strings.HasPrefix(text, "/") {
		word, _, _ := strings.Cut(text, " ")
		entities = fmt.Sprintf(`{"type":"bot_command","offset":0,"length":%d}`, len(word))
	}
	words, _ := json.Marshal(text)
	if c := a.chat(chat); entities == "" {
		c.wrote = append(c.wrote, strconv.Itoa(a.next))
	}
	a.updates = append(a.updates, telegramUpdate{a.next, chat, fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1,"from":%s,"chat":{"id":%d,"type":"private"},"text":%s,"entities":[%s]}}`,
		a.next, a.next, telegramPerson(chat, lang), chat, words, entities)})
	a.touch()
}

// press lets a customer press the button with a label.
func (a *telegramAPI) press(t fataler, chat int, lang, label string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.chat(chat)
	for _, b := range c.buttons {
		if b.Text == label {
			a.next++
			a.updates = append(a.updates, telegramUpdate{a.next, chat, fmt.Sprintf(`{"update_id":%d,"callback_query":{"id":"q%d","from":%s,"message":{"message_id":%d,"date":1,"chat":{"id":%d,"type":"private"},"text":"x"},"data":%q}}`,
				a.next, a.next, telegramPerson(chat, lang), c.newest, chat, b.Data)})
			a.touch()
			return
		}
	}
	t.Fatalf("there is no button %q among %v; the last words were %q", label, c.buttons, c.shown)
}

// member lets a customer block the bot, or no longer do so.
func (a *telegramAPI) member(chat int, status string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.blocked[chat] = status == "kicked"
	a.next++
	a.updates = append(a.updates, telegramUpdate{a.next, chat, fmt.Sprintf(`{"update_id":%d,"my_chat_member":{"chat":{"id":%d,"type":"private"},"from":{"id":%d},"new_chat_member":{"status":%q,"user":{"id":1}}}}`, a.next, chat, chat, status)})
	a.touch()
}

// called waits until a method was called so often.
func (a *telegramAPI) called(t fataler, method string, times int) {
	end := time.NewTimer(longest)
	defer end.Stop()
	for {
		a.mu.Lock()
		n, changed := a.calls[method], a.changed
		a.mu.Unlock()
		if n >= times {
			return
		}
		select {
		case <-changed:
		case <-end.C:
			t.Fatalf("%s was called %d times", method, n)
		}
	}
}

// fataler ends a test or a script.
type fataler interface{ Fatalf(string, ...any) }

// seen waits until the newest words before a customer hold some.
func (a *telegramAPI) seen(t fataler, chat int, words string) {
	end := time.NewTimer(longest)
	defer end.Stop()
	for {
		a.mu.Lock()
		changed := a.changed
		shown := a.chat(chat).shown
		a.mu.Unlock()
		if len(shown) > 0 && strings.Contains(shown[len(shown)-1], words) {
			return
		}
		select {
		case <-changed:
		case <-end.C:
			t.Fatalf("%q was never shown, but %q", words, shown)
		}
	}
}
