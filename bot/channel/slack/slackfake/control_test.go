package slackfake

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

// control posts an order to the control endpoint as a script would.
func control(t *testing.T, s *Server, verb, in string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(deadline(t), http.MethodPost, s.URL()+"/_control/"+verb, strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestAScriptDrivesTheFake(t *testing.T) {
	s, api := start(t, Config{Clock: RunningClock()})
	c, events := connect(t, s, api)
	must := func(verb, in string) string {
		t.Helper()
		code, out := control(t, s, verb, in)
		if code != 200 {
			t.Fatalf("%s %s: %d %s", verb, in, code, out)
		}
		return out
	}
	must("wait", `{"kind":"connections","n":1}`)
	var said struct{ Channel, TS string }
	if err := json.Unmarshal([]byte(must("say", `{"text":"hello"}`)), &said); err != nil || said.TS == "" {
		t.Fatal(said, err)
	}
	if err := c.Ack(*next(t, events).Request); err != nil {
		t.Fatal(err)
	}
	must("wait", `{"kind":"quiet"}`)
	buttons(t, api, said.Channel)
	if err := c.Ack(*next(t, events).Request); err != nil {
		t.Fatal(err)
	}
	from := strings.TrimSpace(must("wait", `{"text":"[Yes] [No]"}`))
	if from != "2" {
		t.Errorf("the entry's number is %s", from)
	}
	done := make(chan string, 1)
	go func() { _, out := control(t, s, "press", `{"label":"Yes"}`); done <- out }()
	_, req := interactive(t, events)
	if err := c.Ack(req); err != nil {
		t.Fatal(err)
	}
	if out := <-done; !strings.Contains(out, `"ok":true`) {
		t.Error(out)
	}
	want := "ada: hello\nbot: [Yes] [No] [More: Apple | Banana]\nada (press): Yes\n"
	if got := must("text", ""); got != want {
		t.Errorf("the transcript is\n%s", got)
	}
	must("fail", `{"method":"chat.postMessage","error":"fatal_error"}`)
	_, _, err := api.PostMessage(said.Channel, slack.MsgOptionText("x", false))
	wants(t, err, "fatal_error")
	must("revoke", `{"code":"token_revoked"}`)
	_, err = api.AuthTest()
	wants(t, err, "token_revoked")
	must("advance", `{"seconds":600}`)
	if out := must("state", ""); !strings.Contains(out, `"pending":0`) || !strings.Contains(out, `"lost":0`) {
		t.Error(out)
	}
}

func TestAWrongOrderIsRefused(t *testing.T) {
	s, _ := start(t, Config{})
	for verb, in := range map[string]string{
		"fly": "", "say": `{"txet":"x"}`, "press": `{"label":"nothing"}`, "submit": `{}`, "command": `{"command":"latchkey"}`,
		"edit": `{"ts":"1.2"}`, "verify": "", "wait": `{"text":"never","seconds":0.01}`,
	} {
		if code, out := control(t, s, verb, in); code != 400 || out == "" {
			t.Errorf("%s: %d %s", verb, code, out)
		}
	}
}
