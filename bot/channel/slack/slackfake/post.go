package slackfake

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Sign sets the headers with which Slack signs a body, version v0
// (https://docs.slack.dev/authentication/verifying-requests-from-slack/).
func Sign(h http.Header, secret string, at time.Time, body []byte) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:", stamp)
	mac.Write(body)
	h.Set("X-Slack-Request-Timestamp", stamp)
	h.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
}

var errRedirects = errors.New("too many redirects")

// request delivers a job once over HTTP; s.mu is held.
func (s *Server) request(j *job) {
	body, kind := []byte(j.payload), "application/json"
	switch j.kind {
	case KindInteractive:
		body, kind = []byte(url.Values{"payload": {string(j.payload)}}.Encode()), "application/x-www-form-urlencoded"
	case KindSlash:
		body, kind = []byte(j.form.Encode()), "application/x-www-form-urlencoded"
	}
	ctx, cancel := context.WithCancelCause(s.ctx)
	stop := s.clock.after(ackWithin, func() { cancel(context.DeadlineExceeded) })
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.requestURL, bytes.NewReader(body))
	if err != nil {
		panic(fmt.Sprintf("slackfake: request URL: %v", err))
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	if j.retry > 0 {
		req.Header.Set("X-Slack-Retry-Num", strconv.Itoa(j.retry))
		req.Header.Set("X-Slack-Retry-Reason", j.reason)
	}
	Sign(req.Header, s.cfg.SigningSecret, s.cfg.Stamp(), body)
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		defer cancel(nil)
		defer stop()
		status, reply, noRetry, reason := roundTrip(ctx, req)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.attempts[j.try].Status = status
		switch {
		case reason == "":
			if !j.accepts {
				reply = nil
			}
			s.succeeded(j, reply)
		case noRetry:
			s.failed(j, "")
		default:
			s.failed(j, reason)
		}
	}()
}

// roundTrip sends a request and names what went wrong in Slack's words.
func roundTrip(ctx context.Context, req *http.Request) (status int, reply json.RawMessage, noRetry bool, reason string) {
	client := http.Client{
		Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(_ *http.Request, via []*http.Request) error {
			if len(via) > 2 {
				return errRedirects
			}
			return nil
		},
	}
	resp, err := client.Do(req)
	if err == nil {
		defer resp.Body.Close()
		reply, err = io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	}
	switch {
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return 0, nil, false, "http_timeout"
	case errors.Is(err, errRedirects):
		return 0, nil, false, "too_many_redirects"
	case err != nil:
		return 0, nil, false, "connection_failed"
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return resp.StatusCode, nil, resp.Header.Get("X-Slack-No-Retry") == "1", "http_error"
	}
	return resp.StatusCode, reply, false, ""
}

// VerifyURL asks the app for the url_verification handshake, as Slack does when
// somebody enters a Request URL. It returns nil when the app has answered the
// challenge.
func (s *Server) VerifyURL(ctx context.Context) error {
	s.mu.Lock()
	challenge := s.id("challenge-")
	target := s.requestURL
	s.mu.Unlock()
	body, err := json.Marshal(object{"token": "legacy", "challenge": challenge, "type": "url_verification"})
	if err != nil {
		return fmt.Errorf("challenge: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("challenge: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	Sign(req.Header, s.cfg.SigningSecret, s.cfg.Stamp(), body)
	_, reply, _, reason := roundTrip(ctx, req)
	if reason != "" {
		return fmt.Errorf("challenge: %s", reason)
	}
	var got struct {
		Challenge string `json:"challenge"`
	}
	if string(bytes.TrimSpace(reply)) != challenge && (json.Unmarshal(reply, &got) != nil || got.Challenge != challenge) {
		return fmt.Errorf("your URL did not answer the challenge: %.80s", reply)
	}
	return nil
}
