package slackfake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

// apiError is an answer {"ok":false,"error":code}.
type apiError struct {
	code     string
	messages []string // response_metadata.messages
	needed   string   // missing_scope only
}

func (e *apiError) Error() string { return e.code }

func fail(code string, messages ...string) error { return &apiError{code: code, messages: messages} }

type object = map[string]any

// Call is one request to the Web API.
type Call struct {
	Method string
	At     time.Time
	Args   map[string]string // the token left out; nested values as JSON
	Status int               // HTTP status of the answer; 0 when the connection was cut
	Error  string            // Slack's error code, "" on ok
}

// Calls are all requests so far to one method, or to all when method is "".
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, c := range s.calls {
		if method == "" || c.Method == method {
			out = append(out, c)
		}
	}
	return out
}

// args are a call's arguments, whether they came as a form, in the query or as
// JSON. Nested values are kept as their JSON text.
type args map[string]string

// readArgs reads a request the way Slack's Web API does: the token in the
// Authorization header, or for forms also in the body, never in a JSON body or
// in the query (https://docs.slack.dev/apis/web-api/).
func readArgs(r *http.Request) (args, string, error) {
	a := args{}
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), "Bearer ")
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Method == http.MethodPost && r.ContentLength != 0 {
		return nil, token, fail("invalid_post_type")
	}
	for k, v := range r.URL.Query() {
		if k != "token" {
			a[k] = v[0]
		}
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
	if err != nil {
		return nil, token, fmt.Errorf("read the body: %w", err)
	}
	switch {
	case r.Method == http.MethodGet:
	case kind == "application/json":
		var in map[string]json.RawMessage
		if len(bytes.TrimSpace(body)) > 0 && json.Unmarshal(body, &in) != nil {
			return nil, token, fail("invalid_json")
		}
		for k, raw := range in {
			if k == "token" || string(raw) == "null" {
				continue
			}
			var text string
			if json.Unmarshal(raw, &text) != nil {
				text = string(raw)
			}
			a[k] = text
		}
	case kind == "application/x-www-form-urlencoded" || kind == "multipart/form-data":
		r.Body = io.NopCloser(bytes.NewReader(body))
		if kind == "multipart/form-data" {
			err = r.ParseMultipartForm(16 << 20)
		} else {
			err = r.ParseForm()
		}
		if err != nil {
			return nil, token, fail("invalid_form_data")
		}
		for k, v := range r.PostForm {
			a[k] = v[0]
		}
		if token == "" {
			token = a["token"]
		}
		delete(a, "token")
	case len(body) > 0:
		return nil, token, fail("invalid_post_type")
	}
	return a, token, nil
}

// method is one call of the Web API.
type method struct {
	app    bool     // wants the app-level token
	scopes []string // one of them is enough; none: any token does
	do     func(s *Server, a args) (object, error)
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, name string) {
	a, token, err := readArgs(r)
	s.mu.Lock()
	var out object
	m, known := methods()[name]
	fault := s.nextFault(name)
	status := http.StatusOK
	switch {
	case fault.Before:
	case err != nil:
	case !known:
		err = fail("unknown_method")
	case fault.Error != "":
		err = fail(fault.Error)
	case fault.Status != 0 || fault.RetryAfter != 0:
	default:
		if err = s.authorise(m, token); err == nil {
			if wait := s.limit(name, a); wait > 0 {
				fault.RetryAfter = wait
			} else {
				out, err = m.do(s, a)
			}
		}
	}
	switch {
	case fault.Hang || fault.Reset || fault.Before:
		status = 0
	case fault.RetryAfter != 0:
		status = http.StatusTooManyRequests
	case fault.Status != 0:
		status = fault.Status
	}
	code := ""
	var ae *apiError
	if errors.As(err, &ae) {
		code = ae.code
	} else if err != nil {
		code = "internal_error"
	}
	if status == http.StatusTooManyRequests {
		code = "ratelimited"
	}
	s.calls = append(s.calls, Call{Method: name, At: s.clock.Now(), Args: a, Status: status, Error: code})
	scopes := strings.Join(s.scopes, ",")
	s.note()
	s.mu.Unlock()

	h := w.Header()
	h.Set("X-OAuth-Scopes", scopes)
	if len(m.scopes) > 0 {
		h.Set("X-Accepted-OAuth-Scopes", strings.Join(m.scopes, ","))
	}
	switch {
	case fault.Hang:
		select { // the client gives up, or the test ends
		case <-r.Context().Done():
		case <-s.ctx.Done():
		}
		panic(http.ErrAbortHandler)
	case status == 0:
		panic(http.ErrAbortHandler)
	case status == http.StatusTooManyRequests:
		h.Set("Retry-After", fmt.Sprint(int((fault.RetryAfter+time.Second-1)/time.Second)))
	case status != http.StatusOK:
		w.WriteHeader(status)
		fmt.Fprintf(w, "<html>%d</html>", status) // Slack's 5xx pages are HTML
		return
	}
	if code != "" {
		out = object{"ok": false, "error": code}
		if ae != nil && ae.code == "missing_scope" {
			out["needed"], out["provided"] = ae.needed, scopes
		}
		if ae != nil && len(ae.messages) > 0 {
			out["response_metadata"] = object{"messages": ae.messages}
		}
	} else {
		if out == nil {
			out = object{}
		}
		out["ok"] = true
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	writeJSON(w, out)
}

func writeJSON(w io.Writer, v any) {
	// The only error here is that the client has gone.
	_ = json.NewEncoder(w).Encode(v)
}

// authorise checks the token in Slack's order: is there one, is it known, does
// it still work, is it of the right kind, may it do this.
func (s *Server) authorise(m method, token string) error {
	right, other := s.cfg.BotToken, s.cfg.AppToken
	if m.app {
		right, other = other, right
	}
	switch {
	case token == "":
		return fail("not_authed")
	case token != right && token != other:
		return fail("invalid_auth")
	case s.authErr != "":
		return fail(s.authErr)
	case token != right:
		return fail("not_allowed_token_type")
	}
	for _, scope := range m.scopes {
		if slices.Contains(s.scopes, scope) {
			return nil
		}
	}
	if len(m.scopes) > 0 {
		return &apiError{code: "missing_scope", needed: strings.Join(m.scopes, ",")}
	}
	return nil
}
