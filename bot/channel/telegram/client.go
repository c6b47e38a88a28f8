package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"path"
	"sync/atomic"
	"time"
)

// client is the HTTP client that the library is given. It is the one place
// that sees the updates before the library confirms them: it takes them over
// first, and hands the library nothing but their ids.
type client struct {
	http *http.Client
	// take makes updates durable. On an error they are not confirmed.
	take func(ctx context.Context, updates []json.RawMessage) error
	// slow is how long to wait before the next poll after an answer that says
	// so; polled is told every answer to a poll, 0 when there was none.
	slow    func(answer) time.Duration
	polled  func(answer)
	pollFor time.Duration
	until   atomic.Int64 // no poll before, Unix nanoseconds
}

// answer is what Telegram says about a request.
type answer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int `json:"retry_after"`
	} `json:"parameters"`
}

// The ways in which no answer comes.
type (
	unsentError struct{ err error }   // the request never left
	lostError   struct{ err error }   // the request left: Telegram may have acted on it
	serverError struct{ status int }  // Telegram, or what stands before it, is out of order
	foreignBody struct{ status int }  // the answer is not Telegram's
	intakeError struct{ cause error } // updates came and could not be kept
)

func (e *unsentError) Error() string { return fmt.Sprintf("not sent: %v", e.err) }
func (e *unsentError) Unwrap() error { return e.err }
func (e *lostError) Error() string   { return fmt.Sprintf("no answer came: %v", e.err) }
func (e *lostError) Unwrap() error   { return e.err }
func (e *serverError) Error() string {
	return fmt.Sprintf("the server answers with status %d", e.status)
}
func (e *foreignBody) Error() string {
	return fmt.Sprintf("the answer with status %d is not from Telegram's Bot API; check api_url", e.status)
}
func (e *intakeError) Error() string { return fmt.Sprintf("updates not kept: %v", e.cause) }
func (e *intakeError) Unwrap() error { return e.cause }

// maxAnswer is more than 100 updates can have, in bytes.
const maxAnswer = 64 << 20

// newHTTP is a client that keeps connections shorter than servers do: a
// connection that was closed meanwhile makes a lost answer.
func newHTTP() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.IdleConnTimeout = 30 * time.Second
	t.MaxIdleConnsPerHost = 32
	t.DialContext = (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}).DialContext
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Do makes a request of the library's (bot.HttpClient).
func (c *client) Do(req *http.Request) (*http.Response, error) {
	if path.Base(req.URL.Path) == "getUpdates" {
		return c.poll(req)
	}
	resp, body, err := c.call(req)
	if err != nil {
		return nil, err
	}
	return with(resp, body), nil
}

// call makes a request and reads the whole answer.
func (c *client) call(req *http.Request) (*http.Response, []byte, error) {
	var sent bool // whether a connection was had; what follows may have left
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent = true }})
	form, err := io.ReadAll(req.Body) // the library writes it bit by bit; whole, it can be sent again
	if err != nil {
		return nil, nil, &unsentError{err}
	}
	req = req.WithContext(ctx)
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(form)), int64(len(form))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(form)), nil }
	resp, err := c.http.Do(req)
	if err != nil {
		if sent {
			return nil, nil, &lostError{err}
		}
		return nil, nil, &unsentError{err}
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	err = errors.Join(err, resp.Body.Close())
	switch {
	case err != nil:
		return nil, nil, &lostError{err}
	case resp.StatusCode >= 500:
		return nil, nil, &serverError{resp.StatusCode}
	case len(body) > maxAnswer || !json.Valid(body):
		return nil, nil, &foreignBody{resp.StatusCode}
	}
	return resp, body, nil
}

func with(resp *http.Response, body []byte) *http.Response {
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return resp
}

// poll asks for updates and takes them over before it returns. The library
// confirms them with its next request, so an error here leaves them where they
// are. It never sees more of them than their ids: it would refuse all for one
// that it cannot read.
func (c *client) poll(req *http.Request) (*http.Response, error) {
	if err := sleep(req.Context(), time.Until(time.Unix(0, c.until.Load()))); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(req.Context(), c.pollFor+20*time.Second)
	defer cancel()
	resp, body, err := c.call(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, &foreignBody{resp.StatusCode}
	}
	if wait := c.slow(a); wait > 0 {
		c.until.Store(time.Now().Add(wait).UnixNano())
	}
	c.polled(a)
	if !a.OK {
		return with(resp, body), nil
	}
	var updates []json.RawMessage
	if err := json.Unmarshal(a.Result, &updates); err != nil {
		return nil, &foreignBody{resp.StatusCode}
	}
	if err := c.take(req.Context(), updates); err != nil {
		return nil, &intakeError{err}
	}
	type only struct {
		ID int64 `json:"update_id"`
	}
	ids := make([]only, len(updates))
	for i, u := range updates {
		if err := json.Unmarshal(u, &ids[i]); err != nil {
			return nil, &foreignBody{resp.StatusCode}
		}
	}
	body, err = json.Marshal(map[string]any{"ok": true, "result": ids})
	if err != nil {
		return nil, err
	}
	return with(resp, body), nil
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
