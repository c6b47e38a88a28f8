package slackfake

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

type hit struct {
	header http.Header
	body   []byte
	signed error
}

// app is an HTTP app that answers as answer says.
func app(t *testing.T, s *Server, answer http.HandlerFunc) <-chan hit {
	t.Helper()
	hits := make(chan hit, 100)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		v, err := slack.NewSecretsVerifier(r.Header, s.SigningSecret())
		if err == nil {
			_, _ = v.Write(body)
			err = v.Ensure()
		}
		hits <- hit{r.Header, body, err}
		answer(w, r)
	}))
	t.Cleanup(srv.Close)
	s.SetRequestURL(srv.URL)
	return hits
}

func TestEventsComeSignedOverHTTP(t *testing.T) {
	s, _ := start(t, Config{})
	hits := app(t, s, func(http.ResponseWriter, *http.Request) {})
	_, r := say(t, s, Said{Text: "hello"})
	if ok, _, err := r[0].Await(deadline(t)); !ok || err != nil {
		t.Fatal(ok, err)
	}
	h := <-hits
	if h.signed != nil || h.header.Get("Content-Type") != "application/json" || h.header.Get("X-Slack-Retry-Num") != "" {
		t.Errorf("%v %v", h.signed, h.header)
	}
	if v, err := slack.NewSecretsVerifier(h.header, "another"); err == nil {
		_, _ = v.Write(h.body)
		if v.Ensure() == nil {
			t.Error("signed with any secret")
		}
	}
}

func TestAFailingAppGetsThreeRetries(t *testing.T) {
	s, _ := start(t, Config{})
	hits := app(t, s, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	say(t, s, Said{Text: "hello"})
	for i := range 4 {
		h := <-hits
		num, reason := "", ""
		if i > 0 {
			num, reason = fmt.Sprint(i), "http_error"
		}
		if h.header.Get("X-Slack-Retry-Num") != num || h.header.Get("X-Slack-Retry-Reason") != reason || h.signed != nil {
			t.Errorf("delivery %d: %v", i, h.header)
		}
		if i == 1 || i == 2 {
			await(t, s, "the failure", func() bool { a := s.Attempts(); return a[len(a)-1].Done })
			s.Clock().Advance([]time.Duration{0, time.Minute, 5 * time.Minute}[i])
		}
	}
	await(t, s, "the end", func() bool { return s.Lost() == 1 })
}

func TestAnAppCanRefuseRetries(t *testing.T) {
	s, _ := start(t, Config{})
	app(t, s, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Slack-No-Retry", "1")
		w.WriteHeader(403)
	})
	say(t, s, Said{Text: "hello"})
	await(t, s, "the end", func() bool { return s.Lost() == 1 })
	if len(s.Attempts()) != 1 {
		t.Error(s.Attempts())
	}
}

func TestASlowAppIsRetriedAfterThreeSeconds(t *testing.T) {
	s, _ := start(t, Config{})
	hits := app(t, s, func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Slack-Retry-Num") == "" {
			<-r.Context().Done()
		}
	})
	say(t, s, Said{Text: "hello"})
	<-hits
	s.Clock().Advance(3 * time.Second)
	if h := <-hits; h.header.Get("X-Slack-Retry-Reason") != "http_timeout" || h.header.Get("X-Slack-Retry-Num") != "1" {
		t.Errorf("%v", h.header)
	}
	await(t, s, "the success", func() bool { return s.Pending() == 0 })
}

func TestOneChannelsEventsComeInOrder(t *testing.T) {
	s, _ := start(t, Config{})
	hits := app(t, s, func(http.ResponseWriter, *http.Request) {})
	const n = 50
	for i := range n {
		say(t, s, Said{Text: fmt.Sprint(i)})
	}
	for i := range n {
		h := <-hits
		var p struct {
			Event struct {
				Text string `json:"text"`
			} `json:"event"`
		}
		if err := json.Unmarshal(h.body, &p); err != nil || p.Event.Text != fmt.Sprint(i) {
			t.Fatalf("event %d says %q, %v", i, p.Event.Text, err)
		}
	}
}

func TestTheChallengeMustBeAnswered(t *testing.T) {
	s, _ := start(t, Config{})
	app(t, s, func(http.ResponseWriter, *http.Request) {})
	if s.VerifyURL(deadline(t)) == nil {
		t.Error("an empty answer passed")
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in map[string]string
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, in["challenge"])
	}))
	defer srv.Close()
	s.SetRequestURL(srv.URL)
	if err := s.VerifyURL(deadline(t)); err != nil {
		t.Error(err)
	}
}
