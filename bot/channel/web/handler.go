package web

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"latchkey/bot"
)

//go:embed static
var files embed.FS

//go:embed page.html
var page string

const (
	maxBody    = 64 << 10 // bytes of one request
	maxText    = 8000     // characters of one message
	maxEntries = 200      // lines of history that a page shows
	heartbeat  = 15 * time.Second
)

// Handler serves the page and its interface:
//
//	GET  /                  the page
//	GET  /embed.js          one script tag that puts the chat into another site
//	GET  /chat/static/…     script, style
//	GET  /chat/media/…      pictures of the pack
//	POST /chat/open         begin or go on; answers with a token and the lines so far
//	POST /chat/send         a message, a pressed choice or a language
//	GET  /chat/stream       answers as they come (server-sent events)
//
// All but the first four want the token in the header Latchkey-Chat.
func (c *Chat) Handler() http.Handler {
	static, err := fs.Sub(files, "static")
	if err != nil {
		panic(err) // embedded
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.servePage)
	mux.HandleFunc("GET /embed.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		w.Header().Set("Cache-Control", "public, max-age=300")
		http.ServeFileFS(w, r, static, "embed.js")
	})
	mux.Handle("GET /chat/static/", http.StripPrefix("/chat/static/", cached(http.FileServerFS(static))))
	mux.HandleFunc("GET /chat/media/{name...}", c.serveMedia)
	mux.HandleFunc("POST /chat/open", c.serveOpen)
	mux.HandleFunc("POST /chat/send", c.serveSend)
	mux.HandleFunc("GET /chat/stream", c.serveStream)
	return mux
}

func cached(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=300")
		h.ServeHTTP(w, r)
	})
}

// Ancestors are the sites that may frame the page, for its
// Content-Security-Policy.
func (c *Chat) Ancestors() []string { return c.o.Embed }

var pageTemplate = template.Must(template.New("page").Parse(page))

func (c *Chat) servePage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	look := c.o.Look()
	err := pageTemplate.Execute(w, map[string]any{
		"Title": look.Title, "Languages": look.Languages, "Embedded": r.URL.Query().Has("embedded"),
	})
	if err != nil {
		c.o.Log.Debug("page not written", "err", err)
	}
}

func (c *Chat) serveMedia(w http.ResponseWriter, r *http.Request) {
	name := path.Join("media", path.Clean("/"+r.PathValue("name")))
	info, err := fs.Stat(c.o.Look().Media, name)
	if err != nil || info.IsDir() {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=3600")
	http.ServeFileFS(w, r, c.o.Look().Media, name)
}

// problem answers with one sentence that the page may show.
func problem(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": words})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // the browser is gone; it will ask again
}

// body reads a JSON request strictly.
func body(w http.ResponseWriter, r *http.Request, v any) bool {
	if ct, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); ct != "application/json" {
		problem(w, http.StatusUnsupportedMediaType, "send application/json")
		return false
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			problem(w, http.StatusRequestEntityTooLarge, "that is too long")
			return false
		}
		problem(w, http.StatusBadRequest, "the request is not the JSON it should be")
		return false
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		problem(w, http.StatusBadRequest, "the request has something behind its JSON")
		return false
	}
	return true
}

type openRequest struct {
	Token string `json:"token"`
	Link  string `json:"link"` // a deep link: /?start=forgot
}

// serveOpen begins a conversation or goes on with one.
func (c *Chat) serveOpen(w http.ResponseWriter, r *http.Request) {
	var q openRequest
	if !body(w, r, &q) {
		return
	}
	fresh := !tokenForm.MatchString(q.Token)
	if fresh {
		if !c.open.allow(remote(r), time.Now()) {
			w.Header().Set("Retry-After", "60")
			problem(w, http.StatusTooManyRequests, "too many new chats from this address; try again in a minute")
			return
		}
		q.Token = newToken()
	}
	id := Conversation(q.Token)
	entries, err := c.o.History.Entries(r.Context(), id, 0, maxEntries)
	if err != nil {
		c.unavailable(w, "read the conversation", err)
		return
	}
	if len(entries) == 0 || q.Link != "" {
		ev := bot.Event{Kind: bot.EventOpened, Payload: q.Link, Lang: language(r), Facts: map[string]string{"channel": Name}}
		in := bot.Inbound{Channel: Name, Key: fmt.Sprintf("open:%s:%s", id, newToken()), Conversation: id, Customer: bot.CustomerID(id), Event: ev}
		if len(entries) == 0 && q.Link == "" {
			in.Key = "open:" + string(id) // two tabs open it once
		}
		if err := c.take(r.Context(), in); err != nil {
			c.unavailable(w, "open the conversation", err)
			return
		}
	}
	answer(w, map[string]any{"token": q.Token, "entries": c.render(entries)})
}

type sendRequest struct {
	ID    string `json:"id"`    // made by the page: the same message sent twice is one
	Text  string `json:"text"`  // what was typed
	Press string `json:"press"` // or the token of a choice
}

var idForm = tokenForm

// serveSend takes what the customer did. It answers 204 once that is durable.
func (c *Chat) serveSend(w http.ResponseWriter, r *http.Request) {
	id, ok := c.known(w, r)
	if !ok {
		return
	}
	var q sendRequest
	if !body(w, r, &q) {
		return
	}
	ev := bot.Event{Kind: bot.EventText, Text: q.Text, Message: bot.MessageID(q.ID), Facts: map[string]string{"channel": Name}}
	switch {
	case !idForm.MatchString(q.ID):
		problem(w, http.StatusBadRequest, "the message has no id")
		return
	case q.Press != "" && q.Text == "" && len(q.Press) <= 64:
		ev = bot.Event{Kind: bot.EventButton}
	case q.Press != "" || strings.TrimSpace(q.Text) == "":
		problem(w, http.StatusBadRequest, "send a text or a pressed choice")
		return
	case len([]rune(q.Text)) > maxText:
		problem(w, http.StatusRequestEntityTooLarge, "that is too long")
		return
	}
	in := bot.Inbound{Channel: Name, Key: string(id) + ":" + q.ID, Conversation: id, Customer: bot.CustomerID(id), Event: ev, Token: q.Press}
	if err := c.take(r.Context(), in); err != nil {
		c.unavailable(w, "take the message", err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// known finds the conversation that a request's token opens.
func (c *Chat) known(w http.ResponseWriter, r *http.Request) (bot.ConversationID, bool) {
	token := r.Header.Get("Latchkey-Chat")
	if !tokenForm.MatchString(token) {
		problem(w, http.StatusUnauthorized, "open the chat first")
		return "", false
	}
	return Conversation(token), true
}

// unavailable says that the message was not taken and may be sent again.
func (c *Chat) unavailable(w http.ResponseWriter, doing string, err error) {
	c.o.Log.Warn("request not served", "doing", doing, "err", err)
	w.Header().Set("Retry-After", "2")
	problem(w, http.StatusServiceUnavailable, "not possible at the moment; it is tried again")
}

// serveStream sends the messages after Last-Event-ID, and each new one.
func (c *Chat) serveStream(w http.ResponseWriter, r *http.Request) {
	id, ok := c.known(w, r)
	if !ok {
		return
	}
	after, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil || after < 0 {
		after = 0
	}
	l, stop := c.listen(id)
	defer stop()
	s := stream{w: w, rc: http.NewResponseController(w)}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	every := heartbeat
	if c.o.Poll > 0 {
		every = c.o.Poll
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	spoke := time.Now()
	for {
		entries, err := c.o.History.Entries(r.Context(), id, after, maxEntries)
		if err != nil {
			return // the page connects again
		}
		for _, e := range entries {
			if e.ID > after {
				s.event(e.ID, "message", c.renderOne(e))
				after = e.ID
			}
		}
		if !s.flush() {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case sig := <-l.poke:
			if sig.typing {
				s.event(0, "typing", map[string]bool{"typing": true})
			}
		case now := <-tick.C:
			if now.Sub(spoke) >= heartbeat {
				s.comment()
				spoke = now
			}
		}
	}
}

// language is the first language the browser asks for.
func language(r *http.Request) string {
	first, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	first, _, _ = strings.Cut(first, ";")
	return strings.TrimSpace(first)
}

// remote is the address a request came from, without its port.
func remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
