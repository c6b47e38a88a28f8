package slackfake

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
)

func TestAForeignClientConnectsAndAcknowledges(t *testing.T) {
	s, api := start(t, Config{})
	c, events := connect(t, s, api)
	m, receipts := say(t, s, Said{Text: "hello"})
	ev := next(t, events)
	if ev.Type != "events_api" || ev.Request.RetryAttempt != 0 || !strings.Contains(string(ev.Request.Payload), m.TS) {
		t.Fatalf("got %+v", ev)
	}
	if err := c.Ack(*ev.Request); err != nil {
		t.Fatal(err)
	}
	if ok, _, err := receipts[0].Await(deadline(t)); !ok || err != nil {
		t.Fatalf("acknowledged %v, %v", ok, err)
	}
	s.Clock().Advance(time.Hour)
	if got := s.Attempts(); len(got) != 1 || s.Pending() != 0 || s.Lost() != 0 {
		t.Errorf("attempts %+v", got)
	}
	if len(s.Complaints()) != 0 {
		t.Error(s.Complaints())
	}
}

func TestAnUnacknowledgedEventComesAgainThreeTimes(t *testing.T) {
	s, api := start(t, Config{})
	_, events := connect(t, s, api)
	say(t, s, Said{Text: "hello"})
	id := ""
	for i, step := range []time.Duration{0, 3 * time.Second, 63 * time.Second, 303 * time.Second} {
		if i > 0 {
			s.Clock().Advance(step - time.Millisecond)
			if got := len(s.Attempts()); got != i {
				t.Fatalf("%d attempts before retry %d is due", got, i)
			}
			s.Clock().Advance(time.Millisecond)
		}
		ev := next(t, events)
		var p struct {
			EventID string `json:"event_id"`
		}
		if err := json.Unmarshal(ev.Request.Payload, &p); err != nil {
			t.Fatal(err)
		}
		if ev.Request.RetryAttempt != i || i > 0 && p.EventID != id {
			t.Errorf("delivery %d: attempt %d of %s", i, ev.Request.RetryAttempt, p.EventID)
		}
		if i > 0 && ev.Request.RetryReason != "timeout" {
			t.Errorf("reason %q", ev.Request.RetryReason)
		}
		id = p.EventID
	}
	s.Clock().Advance(time.Hour)
	if s.Lost() != 1 || len(s.Attempts()) != 4 {
		t.Errorf("lost %d after %d attempts", s.Lost(), len(s.Attempts()))
	}
}

func TestALateAcknowledgementDoesNotCount(t *testing.T) {
	s, api := start(t, Config{})
	c, events := connect(t, s, api)
	say(t, s, Said{Text: "hello"})
	late := next(t, events)
	s.Clock().Advance(3 * time.Second)
	again := next(t, events)
	if err := c.Ack(*late.Request); err != nil {
		t.Fatal(err)
	}
	await(t, s, "the complaint", func() bool { return len(s.Complaints()) == 1 })
	if s.Pending() != 1 {
		t.Error("the late acknowledgement counted")
	}
	if err := c.Ack(*again.Request); err != nil {
		t.Fatal(err)
	}
	await(t, s, "the acknowledgement", func() bool { return s.Pending() == 0 })
}

func TestWithoutAConnectionTheRetryIsTheOnlyCopy(t *testing.T) {
	s, api := start(t, Config{})
	say(t, s, Said{Text: "hello"})
	_, events := connect(t, s, api)
	s.Clock().Advance(time.Minute)
	if ev := next(t, events); ev.Request.RetryAttempt != 2 {
		t.Errorf("attempt %d", ev.Request.RetryAttempt)
	}
}

func TestEachEnvelopeGoesToOneConnection(t *testing.T) {
	s, api := start(t, Config{})
	_, one := connect(t, s, api)
	_, two := connect(t, s, api)
	const n = 20
	for range n {
		say(t, s, Said{Text: "hello"})
	}
	seen := map[string]int{}
	per := [2]int{}
	for range n {
		select {
		case ev := <-one:
			seen[ev.Request.EnvelopeID]++
			per[0]++
		case ev := <-two:
			seen[ev.Request.EnvelopeID]++
			per[1]++
		case <-deadline(t).Done():
			t.Fatal("an envelope is missing")
		}
	}
	if len(seen) != n || per[0] == 0 || per[1] == 0 {
		t.Errorf("%d different envelopes, %v per connection", len(seen), per)
	}
}

func TestARefreshedConnectionGetsNothingNew(t *testing.T) {
	s, api := start(t, Config{})
	_, _ = connect(t, s, api)
	_, _ = connect(t, s, api)
	if !s.Disconnect("refresh_requested") {
		t.Fatal("no connection")
	}
	// slack-go closes the old connection and opens a new one.
	await(t, s, "the reconnect", func() bool { return len(s.Calls("apps.connections.open")) == 3 && s.Connections() == 2 })
}

func TestASocketTicketWorksOnce(t *testing.T) {
	s, _ := start(t, Config{})
	_, out := raw(t, s, "apps.connections.open", "application/x-www-form-urlencoded", s.AppToken(), "")
	u, _ := out["url"].(string)
	ws, _, err := websocket.DefaultDialer.DialContext(deadline(t), u, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	_, hello, err := ws.ReadMessage()
	if err != nil || !strings.Contains(string(hello), `"type":"hello"`) || !strings.Contains(string(hello), `"num_connections":1`) {
		t.Errorf("hello %s, %v", hello, err)
	}
	if _, resp, err := websocket.DefaultDialer.DialContext(deadline(t), u, nil); err == nil || resp.StatusCode != 404 {
		t.Error("the ticket worked twice")
	}
	s.mu.Lock()
	for len(s.conns) < maxConns {
		s.conns = append(s.conns, s.conns[0])
	}
	s.mu.Unlock()
	if _, out := raw(t, s, "apps.connections.open", "application/x-www-form-urlencoded", s.AppToken(), ""); out["error"] != "too_many_websockets" {
		t.Errorf("connection 11: %v", out)
	}
	s.mu.Lock()
	s.conns = s.conns[:1]
	s.mu.Unlock()
}

func TestPingsComeAndCanBeWithheld(t *testing.T) {
	s, _ := start(t, Config{PingEvery: time.Millisecond})
	dial := func() *websocket.Conn {
		_, out := raw(t, s, "apps.connections.open", "application/x-www-form-urlencoded", s.AppToken(), "")
		ws, _, err := websocket.DefaultDialer.DialContext(deadline(t), out["url"].(string), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { ws.Close() })
		return ws
	}
	ws, pinged := dial(), make(chan struct{}, 1)
	ws.SetPingHandler(func(string) error {
		select {
		case pinged <- struct{}{}:
		default:
		}
		return nil
	})
	go func() {
		for {
			if _, _, err := ws.ReadMessage(); err != nil {
				return
			}
		}
	}()
	select {
	case <-pinged:
	case <-deadline(t).Done():
		t.Fatal("no PING")
	}
	s.SetPings(false)
	quiet := dial()
	quiet.SetPingHandler(func(string) error { t.Error("a PING although withheld"); return nil })
	await(t, s, "the second connection", func() bool { return s.Connections() == 2 })
	say(t, s, Said{Text: "a"})
	say(t, s, Said{Text: "b"})
	for range 2 { // hello and one of the events
		if _, _, err := quiet.ReadMessage(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnOversizedAcknowledgementIsDropped(t *testing.T) {
	s, _ := start(t, Config{})
	_, out := raw(t, s, "apps.connections.open", "application/x-www-form-urlencoded", s.AppToken(), "")
	ws, _, err := websocket.DefaultDialer.DialContext(deadline(t), out["url"].(string), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	say(t, s, Said{Text: "hello"})
	var env struct {
		EnvelopeID string `json:"envelope_id"`
	}
	for env.EnvelopeID == "" {
		if err := ws.ReadJSON(&env); err != nil {
			t.Fatal(err)
		}
	}
	if err := ws.WriteJSON(object{"envelope_id": env.EnvelopeID, "payload": strings.Repeat("x", maxAck)}); err != nil {
		t.Fatal(err)
	}
	await(t, s, "the complaint", func() bool { return len(s.Complaints()) == 1 })
	if s.Pending() != 1 {
		t.Error("the acknowledgement counted")
	}
}

func TestARevokedTokenEndsTheSocket(t *testing.T) {
	s, api := start(t, Config{})
	connect(t, s, api)
	s.RevokeToken("token_revoked")
	await(t, s, "the end of the connection", func() bool { return s.Connections() == 0 })
	_, err := api.AuthTest()
	wants(t, err, "token_revoked")
	_, _, err = slack.New("xapp-fake", slack.OptionAppLevelToken(s.AppToken()), slack.OptionAPIURL(s.APIURL())).StartSocketModeContext(deadline(t))
	wants(t, err, "token_revoked")
}
