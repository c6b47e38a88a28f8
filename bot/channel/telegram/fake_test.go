package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"latchkey/bot"
	"latchkey/bot/channel"
	"latchkey/bot/channel/channeltest"
	"latchkey/bot/channel/telegram/telegramfake"
)

const token = "123456:test"

// fake is as much of the Bot API as these tests need: updates stay until a
// higher offset is asked for, and what Telegram refuses is refused.
type fake struct {
	t   *testing.T
	srv *httptest.Server
	c   *Channel

	mu      sync.Mutex
	next    int // update and message ids
	waiting []map[string]any
	poke    chan struct{}
	shown   map[string][]shown
	calls   []call
	called  chan struct{} // capacity 1
	fault   channeltest.Fault
	fails   int
	hook    string            // the webhook's secret, while one is set
	moved   map[string]int    // chats that became another
	refuse  map[string]string // methods that are refused, and why
	polls   func() (code int, words string)
	answer  func() (code int, words string, more map[string]any) // to what sends; 0 = as usual
}

type shown struct {
	id   int
	text string
	keys []string // callback data

	markup string
}

type call struct {
	method string
	form   map[string]string
}

func newFake(t *testing.T, o Options) *fake {
	f := &fake{t: t, next: 1, poke: make(chan struct{}, 1), called: make(chan struct{}, 1), shown: map[string][]shown{}, moved: map[string]int{}, refuse: map[string]string{}}
	f.srv = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.srv.Close)
	o.Token, o.APIURL, o.Memory, o.Log = token, f.srv.URL, &memory{kept: map[string][]byte{}}, slog.New(slog.DiscardHandler)
	o.Poll = 2 * time.Second
	o.Look = func() Look {
		return Look{Media: fstest.MapFS{"media/a.png": {Data: []byte("png")}, "media/b.png": {Data: []byte("png too")}, "media/v.mp4": {Data: []byte("film")}}, Base: "en", Commands: orders}
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.pace.each, c.pauses.retry = 1000, 60*time.Millisecond
	f.c = c
	return f
}

type memory struct {
	mu     sync.Mutex
	kept   map[string][]byte
	buried []string
	gone   map[bot.ConversationID]string
}

func (m *memory) Remember(_ context.Context, k string, v []byte, _ time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept[k] = v
	return nil
}

func (m *memory) Recall(_ context.Context, k string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept[k], nil
}

func (m *memory) Bury(_ context.Context, k string, _ []byte, _ string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.buried = append(m.buried, k)
	return nil
}

func (m *memory) Unreachable(_ context.Context, c bot.ConversationID, reason string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gone == nil {
		m.gone = map[bot.ConversationID]string{}
	}
	m.gone[c] = reason
	return nil
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	method := r.URL.Path[len("/bot"+token+"/"):]
	_ = r.ParseMultipartForm(1 << 20) // calls without parameters have no form
	form := map[string]string{}
	if r.MultipartForm != nil {
		for k, v := range r.MultipartForm.Value {
			form[k] = v[0]
		}
		for k, v := range r.MultipartForm.File {
			form[k] = fmt.Sprintf("<file %s, %d bytes>", v[0].Filename, v[0].Size)
		}
	}
	f.mu.Lock()
	f.calls = append(f.calls, call{method, form})
	f.mu.Unlock()
	select {
	case f.called <- struct{}{}:
	default:
	}
	switch method {
	case "getMe":
		ok(w, map[string]any{"id": 123456, "is_bot": true, "first_name": "Help", "username": "help_bot"})
	case "getUpdates":
		f.mu.Lock()
		polls, hook := f.polls, f.hook
		f.mu.Unlock()
		if hook != "" {
			refuse(w, 409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first", nil)
			return
		}
		if polls != nil {
			code, words := polls()
			refuse(w, code, words, nil)
			return
		}
		f.updates(w, r, form)
	case "setWebhook", "deleteWebhook":
		f.mu.Lock()
		f.hook = form["secret_token"]
		f.mu.Unlock()
		ok(w, true)
	case "sendMessage", "sendPhoto", "sendVideo", "sendMediaGroup":
		f.send(w, method, form)
	case "editMessageText", "editMessageCaption", "editMessageReplyMarkup":
		f.edit(w, method, form)
	default:
		ok(w, true)
	}
}

func ok(w http.ResponseWriter, result any) {
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": true, "result": result})
}

func refuse(w http.ResponseWriter, code int, words string, more map[string]any) {
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": false, "error_code": code, "description": words, "parameters": more})
}

func (f *fake) updates(w http.ResponseWriter, r *http.Request, form map[string]string) {
	offset, _ := strconv.Atoi(form["offset"])
	end := time.NewTimer(time.Second)
	defer end.Stop()
	for {
		f.mu.Lock()
		for len(f.waiting) > 0 && f.waiting[0]["update_id"].(int) < offset {
			f.waiting = f.waiting[1:]
		}
		batch := append([]map[string]any{}, f.waiting...)
		f.mu.Unlock()
		if len(batch) > 0 {
			ok(w, batch)
			return
		}
		select {
		case <-f.poke:
		case <-end.C:
			ok(w, batch)
			return
		case <-r.Context().Done():
			return
		}
	}
}

func (f *fake) send(w http.ResponseWriter, method string, form map[string]string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fault := channeltest.Fault("")
	if f.fails > 0 {
		f.fails--
		fault = f.fault
	}
	switch fault {
	case channeltest.FaultTooFast:
		refuse(w, 429, "Too Many Requests: retry after 3", map[string]any{"retry_after": 3})
		return
	case channeltest.FaultServer:
		w.WriteHeader(502)
		_, _ = w.Write([]byte("<html>502 Bad Gateway</html>"))
		return
	case channeltest.FaultGone:
		refuse(w, 403, "Forbidden: bot was blocked by the user", nil)
		return
	}
	if f.answer != nil {
		if code, words, more := f.answer(); code != 0 {
			refuse(w, code, words, more)
			return
		}
	}
	if to := f.moved[form["chat_id"]]; to != 0 {
		refuse(w, 400, "Bad Request: group chat was upgraded to a supergroup chat", map[string]any{"migrate_to_chat_id": to})
		return
	}
	if why := f.refuse[method]; why != "" {
		refuse(w, 400, "Bad Request: "+why, nil)
		return
	}
	s := shown{id: f.id(), text: form["text"] + form["caption"], markup: form["reply_markup"]}
	limit := maxCaption
	if method == "sendMessage" {
		limit = maxText
	}
	if form["parse_mode"] == "HTML" {
		if err := strict(s.text); err != nil {
			refuse(w, 400, "Bad Request: can't parse entities: "+err.Error(), nil)
			return
		}
		text, _, err := telegramfake.ParseHTML(s.text)
		if err != nil {
			refuse(w, 400, "Bad Request: can't parse entities: "+err.Error(), nil)
			return
		}
		s.text = text
	}
	if n := length(s.text); n > limit || n == 0 && method == "sendMessage" {
		refuse(w, 400, "Bad Request: message is too long", nil)
		return
	}
	var why string
	if s.keys, why = keysOf(s.markup); why != "" {
		refuse(w, 400, "Bad Request: "+why, nil)
		return
	}
	f.shown[form["chat_id"]] = append(f.shown[form["chat_id"]], s)
	if fault == channeltest.FaultReset {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
		return
	}
	chat, _ := strconv.Atoi(form["chat_id"])
	m := map[string]any{"message_id": s.id, "date": 1, "chat": map[string]any{"id": chat, "type": "private"}, "text": s.text}
	if method == "sendMediaGroup" {
		ok(w, []any{m})
		return
	}
	ok(w, m)
}

// edit changes a message that is shown. One that would stay as it is is
// refused, as Telegram does.
func (f *fake) edit(w http.ResponseWriter, method string, form map[string]string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if why := f.refuse[method]; why != "" {
		refuse(w, 400, "Bad Request: "+why, nil)
		return
	}
	all := f.shown[form["chat_id"]]
	i := slices.IndexFunc(all, func(s shown) bool { return strconv.Itoa(s.id) == form["message_id"] })
	if i < 0 {
		refuse(w, 400, "Bad Request: message to edit not found", nil)
		return
	}
	s := all[i]
	s.markup = form["reply_markup"]
	if method != "editMessageReplyMarkup" {
		if s.text = form["text"] + form["caption"]; form["parse_mode"] == "HTML" {
			text, _, err := telegramfake.ParseHTML(s.text)
			if err != nil {
				refuse(w, 400, "Bad Request: can't parse entities: "+err.Error(), nil)
				return
			}
			s.text = text
		}
	}
	var why string
	if s.keys, why = keysOf(s.markup); why != "" {
		refuse(w, 400, "Bad Request: "+why, nil)
		return
	}
	if s.text == all[i].text && s.markup == all[i].markup {
		refuse(w, 400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content", nil)
		return
	}
	all[i] = s
	chat, _ := strconv.Atoi(form["chat_id"])
	ok(w, map[string]any{"message_id": s.id, "date": 1, "chat": map[string]any{"id": chat, "type": "private"}, "text": s.text})
}

// keysOf are the data of an inline keyboard's buttons, or why it is refused
// (https://core.telegram.org/bots/api#inlinekeyboardbutton).
func keysOf(markup string) (keys []string, why string) {
	var k struct {
		Rows [][]struct {
			Text string `json:"text"`
			Data string `json:"callback_data"`
		} `json:"inline_keyboard"`
	}
	if markup == "" {
		return nil, ""
	}
	if err := json.Unmarshal([]byte(markup), &k); err != nil {
		return nil, "can't parse inline keyboard"
	}
	for _, row := range k.Rows {
		if len(row) == 0 || len(row) > 8 {
			return nil, "REPLY_MARKUP_INVALID"
		}
		for _, b := range row {
			if len(b.Data) == 0 || len(b.Data) > 64 {
				return nil, "BUTTON_DATA_INVALID"
			}
			if b.Text == "" {
				return nil, "BUTTON_TEXT_INVALID"
			}
			keys = append(keys, b.Data)
		}
	}
	return keys, ""
}

func (f *fake) id() int { f.next++; return f.next }

func chatOf(customer int) int { return 1000 + customer }

func (f *fake) deliver(kind string, body map[string]any) {
	f.mu.Lock()
	f.waiting = append(f.waiting, map[string]any{"update_id": f.id(), kind: body})
	f.mu.Unlock()
	select {
	case f.poke <- struct{}{}:
	default:
	}
}

func person(customer int) map[string]any {
	return map[string]any{"id": chatOf(customer), "is_bot": false, "first_name": "P", "language_code": "en"}
}

func (f *fake) message(customer int, text string) map[string]any {
	f.mu.Lock()
	defer f.mu.Unlock()
	return map[string]any{"message_id": f.id(), "date": 1, "from": person(customer), "text": text,
		"chat": map[string]any{"id": chatOf(customer), "type": "private"}}
}

// The rest makes it a channeltest.Rig.

func (f *fake) Channel() channel.Channel { return f.c }

func (f *fake) Write(customer int, text string) { f.deliver("message", f.message(customer, text)) }

func (f *fake) Redeliver() {} // what is not confirmed comes again at the next poll

func (f *fake) Press(customer, choice int) {
	f.mu.Lock()
	all := f.shown[fmt.Sprint(chatOf(customer))]
	last := all[len(all)-1]
	f.mu.Unlock()
	m := f.message(customer, last.text)
	m["message_id"], m["reply_markup"] = last.id, json.RawMessage(last.markup)
	f.deliver("callback_query", map[string]any{"id": "q", "from": person(customer), "message": m, "data": last.keys[choice]})
}

func (f *fake) Shown(customer int) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, s := range f.shown[fmt.Sprint(chatOf(customer))] {
		out = append(out, s.text)
	}
	return out
}

func (f *fake) Fail(fault channeltest.Fault, n int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault, f.fails = fault, n
	return true
}

func TestChannel(t *testing.T) {
	channeltest.Run(t, func(t *testing.T) channeltest.Rig { return newFake(t, Options{}) })
}

// TestChannelByWebhook: the same promises hold when Telegram delivers.
func TestChannelByWebhook(t *testing.T) {
	channeltest.Run(t, func(t *testing.T) channeltest.Rig {
		f := newFake(t, Options{Webhook: "https://help.example.com/hooks/telegram"})
		f.hooks(t)
		return f
	})
}

// hooks delivers what waits to the adapter's handler, over HTTP, in order,
// each update until it is answered 200, while a webhook is set.
func (f *fake) hooks(t *testing.T) { t.Cleanup(f.hooksUntil()) }

// hooksUntil does what hooks does until it is told to stop.
func (f *fake) hooksUntil() (stop func()) {
	srv := httptest.NewServer(f.c.Handler())
	ctx, end := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for sleep(ctx, 5*time.Millisecond) == nil {
			f.mu.Lock()
			var head map[string]any
			if len(f.waiting) > 0 && f.hook != "" {
				head = f.waiting[0]
			}
			secret := f.hook
			f.mu.Unlock()
			if head != nil && hookPost(ctx, srv.URL, secret, head) == http.StatusOK {
				f.mu.Lock()
				f.waiting = f.waiting[1:]
				f.mu.Unlock()
			}
		}
	}()
	return func() { end(); <-done; srv.Close() }
}

// hookPost delivers one update; 0 = no answer came.
func hookPost(ctx context.Context, url, secret string, update map[string]any) int {
	body, err := json.Marshal(update)
	if err != nil {
		return 0
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header.Set(secretHeader, secret)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// TestSwitching: updates that wait while the bot goes from polling to a webhook
// and back come all, once and in order.
func TestSwitching(t *testing.T) {
	f := newFake(t, Options{})
	got := map[string]bool{}
	var order []string
	n := 0
	for round := range 6 {
		for range 10 {
			f.Write(0, fmt.Sprint(n))
			n++
		}
		o := f.c.o
		if o.Webhook = ""; round%2 == 1 {
			o.Webhook = "https://help.example.com/hooks/telegram"
		}
		c, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		c.pauses.retry = 60 * time.Millisecond
		f.c = c
		ctx, end := context.WithTimeout(t.Context(), 20*time.Second)
		all := make(chan struct{})
		stop := func() {}
		if round%2 == 1 {
			stop = f.hooksUntil()
		}
		done := make(chan error, 1)
		go func() {
			done <- c.Run(ctx, func(_ context.Context, in bot.Inbound) error {
				f.mu.Lock()
				defer f.mu.Unlock()
				if len(got) == n-3 && round < 5 { // the way ends with some left
					select {
					case <-all:
					default:
						close(all)
					}
					return errStopping
				}
				if !got[in.Key] {
					got[in.Key] = true
					order = append(order, in.Event.Text)
				}
				if len(got) == n {
					close(all)
				}
				return nil
			})
		}()
		select {
		case <-all:
		case <-ctx.Done():
			t.Fatalf("round %d: %d of %d came", round, len(got), n)
		}
		end()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		stop()
	}
	if len(order) != n {
		t.Fatalf("%d of %d came", len(order), n)
	}
	for i, s := range order {
		if s != fmt.Sprint(i) {
			t.Fatalf("at place %d: %s", i, s)
		}
	}
}

// running lets what the adapter does beside run until the test ends.
func running(t *testing.T, f *fake) {
	ctx, end := context.WithCancel(context.Background())
	t.Cleanup(end)
	f.c.begin = func(fn func(context.Context)) { go fn(ctx) }
}

// call waits for the next call of a method and takes it off the list.
func (f *fake) call(t *testing.T, method string) call {
	t.Helper()
	for end := time.After(10 * time.Second); ; {
		f.mu.Lock()
		for i, c := range f.calls {
			if c.method == method {
				f.calls = append(f.calls[:i], f.calls[i+1:]...)
				f.mu.Unlock()
				return c
			}
		}
		f.mu.Unlock()
		select {
		case <-f.called:
		case <-end:
			t.Fatalf("%s was not called", method)
		}
	}
}
