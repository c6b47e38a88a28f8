package slackfake

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// start is a fake with a clock that stands still, and a foreign client for it.
func start(t *testing.T, cfg Config) (*Server, *slack.Client) {
	t.Helper()
	if cfg.Clock == nil {
		cfg.Clock = StillClock(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC))
	}
	s := Start(cfg)
	t.Cleanup(s.Close)
	return s, slack.New(s.BotToken(), slack.OptionAppLevelToken(s.AppToken()), slack.OptionAPIURL(s.APIURL()))
}

func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func await(t *testing.T, s *Server, what string, ok func() bool) {
	t.Helper()
	if err := s.Await(deadline(t), ok); err != nil {
		t.Fatalf("waited for %s: %v", what, err)
	}
}

// connect runs slack-go's Socket Mode client until the test ends and hands out
// its requests.
func connect(t *testing.T, s *Server, api *slack.Client) (*socketmode.Client, <-chan socketmode.Event) {
	t.Helper()
	c := socketmode.New(api)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	out := make(chan socketmode.Event, 100)
	before := s.Connections()
	go func() {
		defer close(done)
		_ = c.RunContext(ctx) // ends with the test
	}()
	go func() {
		for {
			select {
			case ev := <-c.Events:
				if ev.Request != nil && ev.Request.EnvelopeID != "" {
					out <- ev
				}
			case <-done:
				return
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	await(t, s, "a connection", func() bool { return s.Connections() > before })
	return c, out
}

func next(t *testing.T, events <-chan socketmode.Event) socketmode.Event {
	t.Helper()
	select {
	case ev := <-events:
		return ev
	case <-deadline(t).Done():
		t.Fatal("no envelope came")
		return socketmode.Event{}
	}
}

func say(t *testing.T, s *Server, w Said) (Message, []*Receipt) {
	t.Helper()
	m, r, err := s.Say(w)
	if err != nil {
		t.Fatal(err)
	}
	return m, r
}

// wants checks for Slack's error code; "" is success.
func wants(t *testing.T, err error, code string) {
	t.Helper()
	var se slack.SlackErrorResponse
	switch {
	case code == "" && err == nil:
	case errors.As(err, &se) && se.Err == code:
	default:
		t.Errorf("error %v, want %q", err, code)
	}
}

// raw calls a method without a client.
func raw(t *testing.T, s *Server, method, contentType, token, body string) (int, object) {
	t.Helper()
	req, err := http.NewRequestWithContext(deadline(t), http.MethodPost, s.APIURL()+method, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out object
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, out
}
