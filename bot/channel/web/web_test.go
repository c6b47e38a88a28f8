package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"latchkey/bot"
	"latchkey/bot/channel/web"
)

// room is one conversation's history, and what was accepted.
type room struct {
	mu      sync.Mutex
	entries []web.Entry
	in      []bot.Inbound
	refuse  error
}

func (r *room) Entries(_ context.Context, _ bot.ConversationID, after int64, limit int) ([]web.Entry, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []web.Entry
	for _, e := range r.entries {
		if after == 0 || e.ID > after {
			out = append(out, e)
		}
	}
	return out, nil
}

func (r *room) accept(_ context.Context, in bot.Inbound) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refuse != nil {
		return r.refuse
	}
	r.in = append(r.in, in)
	return nil
}

func (r *room) say(id int64, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.entries = append(r.entries, web.Entry{ID: id, From: "bot", Msg: &bot.Message{Text: text, Lang: "en", Choices: []bot.Choice{{Label: "Go"}}}, Tokens: []string{"tok.0"}})
}

func (r *room) accepted() []bot.Inbound {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]bot.Inbound(nil), r.in...)
}

func start(t *testing.T) (*web.Chat, *room, *httptest.Server) {
	t.Helper()
	r := &room{}
	c := web.New(web.Options{History: r, Log: slog.New(slog.DiscardHandler), Look: func() web.Look {
		return web.Look{Title: "Help & <more>", Languages: []web.Language{{Code: "en", Name: "English"}, {Code: "ru", Name: "Русский"}}, Media: fstest.MapFS{
			"media/a.png": {Data: []byte("picture")}, "pack.yaml": {Data: []byte("secret: config")},
		}}
	}})
	ctx, stop := context.WithCancel(t.Context())
	running := make(chan struct{})
	go func() { defer close(running); _ = c.Run(ctx, r.accept) }()
	srv := httptest.NewServer(c.Handler())
	t.Cleanup(func() { srv.Close(); stop(); <-running })
	for { // until Run has taken the accept function
		res := do(t, srv, "POST", "/chat/open", `{"token":"","link":""}`, nil)
		if res.status == http.StatusOK {
			break
		}
	}
	r.mu.Lock()
	r.in = nil
	r.mu.Unlock()
	return c, r, srv
}

type response struct {
	status int
	body   string
	header http.Header
}

func do(t *testing.T, srv *httptest.Server, method, path, body string, header map[string]string) response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var b strings.Builder
	if _, err := bufio.NewReader(res.Body).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return response{res.StatusCode, b.String(), res.Header}
}

const goodID = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func token(t *testing.T, srv *httptest.Server) string {
	t.Helper()
	var v struct{ Token string }
	if err := json.Unmarshal([]byte(do(t, srv, "POST", "/chat/open", `{"token":"","link":""}`, nil).body), &v); err != nil {
		t.Fatal(err)
	}
	return v.Token
}

func TestOpenAndSend(t *testing.T) {
	_, r, srv := start(t)
	res := do(t, srv, "POST", "/chat/open", `{"token":"","link":"forgot"}`, map[string]string{"Accept-Language": "ru-RU,ru;q=0.9,en;q=0.8"})
	if res.status != http.StatusOK || !strings.Contains(res.body, `"entries":[]`) {
		t.Fatalf("open: %d %s", res.status, res.body)
	}
	in := r.accepted()
	if len(in) != 1 || in[0].Event.Kind != bot.EventOpened || in[0].Event.Payload != "forgot" || in[0].Event.Lang != "ru-RU" || in[0].Channel != "web" {
		t.Fatalf("opened: %+v", in)
	}
	tok := token(t, srv)
	head := map[string]string{"Latchkey-Chat": tok}
	if res := do(t, srv, "POST", "/chat/send", `{"id":"`+goodID+`","text":"hello"}`, head); res.status != http.StatusNoContent {
		t.Fatalf("send: %d %s", res.status, res.body)
	}
	if res := do(t, srv, "POST", "/chat/send", `{"id":"`+goodID[1:]+`A","press":"tok.1"}`, head); res.status != http.StatusNoContent {
		t.Fatalf("press: %d %s", res.status, res.body)
	}
	in = r.accepted()
	text, press := in[len(in)-2], in[len(in)-1]
	if text.Event.Text != "hello" || text.Conversation != web.Conversation(tok) || !strings.HasSuffix(text.Key, goodID) {
		t.Errorf("text: %+v", text)
	}
	if press.Event.Kind != bot.EventButton || press.Token != "tok.1" || press.Event.Button != nil {
		t.Errorf("press: %+v", press)
	}
	if strings.Contains(string(text.Conversation), tok) {
		t.Error("the conversation's id gives the token away")
	}
}

func TestRefusals(t *testing.T) {
	_, r, srv := start(t)
	head := map[string]string{"Latchkey-Chat": token(t, srv)}
	ok := `{"id":"` + goodID + `","text":"x"}`
	tests := map[string]struct {
		method, path, body string
		header             map[string]string
		status             int
	}{
		"no token":         {"POST", "/chat/send", ok, nil, 401},
		"odd token":        {"POST", "/chat/send", ok, map[string]string{"Latchkey-Chat": "../../etc"}, 401},
		"stream no token":  {"GET", "/chat/stream", "", nil, 401},
		"not JSON":         {"POST", "/chat/send", ok, map[string]string{"Latchkey-Chat": head["Latchkey-Chat"], "Content-Type": "text/plain"}, 415},
		"form":             {"POST", "/chat/open", "token=", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, 415},
		"broken":           {"POST", "/chat/send", `{"id":`, head, 400},
		"unknown key":      {"POST", "/chat/send", `{"id":"` + goodID + `","text":"x","admin":true}`, head, 400},
		"two documents":    {"POST", "/chat/send", ok + ok, head, 400},
		"no id":            {"POST", "/chat/send", `{"text":"x"}`, head, 400},
		"short id":         {"POST", "/chat/send", `{"id":"A","text":"x"}`, head, 400},
		"nothing":          {"POST", "/chat/send", `{"id":"` + goodID + `","text":"  "}`, head, 400},
		"text and press":   {"POST", "/chat/send", `{"id":"` + goodID + `","text":"x","press":"y"}`, head, 400},
		"long press":       {"POST", "/chat/send", `{"id":"` + goodID + `","press":"` + strings.Repeat("x", 65) + `"}`, head, 400},
		"long text":        {"POST", "/chat/send", `{"id":"` + goodID + `","text":"` + strings.Repeat("x", 8001) + `"}`, head, 413},
		"large body":       {"POST", "/chat/send", `{"id":"` + goodID + `","text":"` + strings.Repeat("x", 70_000) + `"}`, head, 413},
		"change by GET":    {"GET", "/chat/send", "", head, 405},
		"unknown page":     {"GET", "/nothing", "", nil, 404},
		"no such picture":  {"GET", "/chat/media/b.png", "", nil, 404},
		"out of the media": {"GET", "/chat/media/..%2fpack.yaml", "", nil, 404},
		"media folder":     {"GET", "/chat/media/", "", nil, 404},
	}
	before := len(r.accepted())
	for name, tc := range tests {
		if res := do(t, srv, tc.method, tc.path, tc.body, tc.header); res.status != tc.status {
			t.Errorf("%s: %d %s, want %d", name, res.status, res.body, tc.status)
		}
	}
	if n := len(r.accepted()); n != before {
		t.Errorf("%d refused requests were accepted", n-before)
	}
}

func TestNotTakenMeansTryAgain(t *testing.T) {
	_, r, srv := start(t)
	head := map[string]string{"Latchkey-Chat": token(t, srv)}
	r.mu.Lock()
	r.refuse = errors.New("disk full at /var/lib/secret")
	r.mu.Unlock()
	res := do(t, srv, "POST", "/chat/send", `{"id":"`+goodID+`","text":"x"}`, head)
	if res.status != http.StatusServiceUnavailable || res.header.Get("Retry-After") == "" {
		t.Errorf("%d %v", res.status, res.header)
	}
	if strings.Contains(res.body, "disk") {
		t.Errorf("the customer sees internals: %s", res.body)
	}
}

func TestTooManyNewChats(t *testing.T) {
	_, _, srv := start(t)
	last := 0
	for range 60 {
		last = do(t, srv, "POST", "/chat/open", `{"token":"","link":""}`, nil).status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the sixtieth new chat gave %d", last)
	}
}

func TestStream(t *testing.T) {
	c, r, srv := start(t)
	tok := token(t, srv)
	id := web.Conversation(tok)
	r.say(3, "three")
	r.say(5, "**five** <script>alert(1)</script> [x](javascript:alert(1)) [ok](https://example.com)")
	req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/chat/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Latchkey-Chat", tok)
	req.Header.Set("Last-Event-ID", "3")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if ct := res.Header.Get("Content-Type"); ct != "text/event-stream" {
		t.Fatalf("content type %s", ct)
	}
	lines := make(chan string, 100)
	go func() {
		sc := bufio.NewScanner(res.Body)
		for sc.Scan() {
			lines <- sc.Text()
		}
		close(lines)
	}()
	next := func(prefix string) string {
		deadline := time.After(10 * time.Second)
		for {
			select {
			case l := <-lines:
				if strings.HasPrefix(l, prefix) {
					return l
				}
			case <-deadline:
				t.Fatalf("no line %q came", prefix)
			}
		}
	}
	if l := next("id: "); l != "id: 5" {
		t.Errorf("resumed at %q", l)
	}
	data := next("data: ")
	var e struct{ HTML string }
	if err := json.Unmarshal([]byte(strings.TrimPrefix(data, "data: ")), &e); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(e.HTML, "<strong>five</strong>") || strings.Contains(e.HTML, "<script") || strings.Contains(e.HTML, "javascript:") || !strings.Contains(e.HTML, `rel="noopener noreferrer"`) {
		t.Errorf("html: %s", e.HTML)
	}
	if err := c.Typing(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	next("event: typing")
	r.say(7, "seven")
	if _, err := c.Send(t.Context(), bot.Outgoing{ID: 7, Conversation: id}); err != nil {
		t.Fatal(err)
	}
	if l := next("id: "); l != "id: 7" {
		t.Errorf("then came %q", l)
	}
}

func TestPage(t *testing.T) {
	_, _, srv := start(t)
	res := do(t, srv, "GET", "/", "", nil)
	for _, want := range []string{"Help &amp; &lt;more&gt;", `<option value="ru">Русский</option>`, `lang="en"`, "chat/static/chat.js"} {
		if !strings.Contains(res.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, path := range []string{"/chat/static/chat.js", "/chat/static/chat.css", "/chat/static/words.js", "/chat/static/icon.svg", "/embed.js", "/chat/media/a.png"} {
		if res := do(t, srv, "GET", path, "", nil); res.status != 200 || res.body == "" {
			t.Errorf("%s: %d", path, res.status)
		}
	}
}
