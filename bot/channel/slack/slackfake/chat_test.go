package slackfake

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

func TestPostUpdateAndDelete(t *testing.T) {
	s, api := start(t, Config{})
	dm := s.DM(Customer)
	ch, ts, err := api.PostMessage(dm, slack.MsgOptionText("first", false))
	if err != nil || ch != dm {
		t.Fatal(ch, err)
	}
	if _, _, _, err = api.UpdateMessage(dm, ts, slack.MsgOptionText("second", false)); err != nil {
		t.Fatal(err)
	}
	got := s.Messages(dm, "")
	if len(got) != 1 || got[0].Text != "second" || got[0].History[0].Text != "first" || got[0].Edited == "" {
		t.Errorf("%+v", got)
	}
	if _, _, err = api.DeleteMessage(dm, ts); err != nil || len(s.Messages(dm, "")) != 0 {
		t.Error(err)
	}
	_, _, err = api.DeleteMessage(dm, ts)
	wants(t, err, "message_not_found")
	var kinds []string
	for _, e := range s.Transcript(dm, "") {
		kinds = append(kinds, e.Kind)
	}
	if strings.Join(kinds, " ") != "post update delete" {
		t.Error(kinds)
	}
}

func TestChatRefuses(t *testing.T) {
	s, api := start(t, Config{Limits: Limits{Off: true}})
	said, _ := say(t, s, Said{Text: "mine"})
	dm := said.Channel
	text := slack.MsgOptionText("x", false)
	post := func(channel string, o ...slack.MsgOption) error {
		_, _, err := api.PostMessage(channel, o...)
		return err
	}
	_, _, _, err := api.UpdateMessage(dm, said.TS, text)
	wants(t, err, "cant_update_message")
	_, _, err = api.DeleteMessage(dm, said.TS)
	wants(t, err, "cant_delete_message")
	_, _, _, err = api.UpdateMessage(dm, "1.2", text)
	wants(t, err, "message_not_found")
	wants(t, post("C0NOWHERE"), "channel_not_found")
	wants(t, post(dm), "no_text")
	wants(t, post(Customer, text), "") // a user's id is their direct message
	wants(t, post(dm, slack.MsgOptionText(strings.Repeat("x", maxText+1), false)), "")
	if m := s.Messages(dm, ""); len(m[len(m)-1].Text) != maxText {
		t.Error("a long text was not cut off")
	}
	ts := s.Messages(dm, "")[2].TS
	_, _, _, err = api.UpdateMessage(dm, ts, slack.MsgOptionText(strings.Repeat("x", maxEdit+1), false))
	wants(t, err, "msg_too_long")
	_, out := raw(t, s, "chat.postMessage", "application/json", s.BotToken(), `{"channel":"`+dm+`","markdown_text":"`+strings.Repeat("x", maxMarkdown+1)+`"}`)
	if out["error"] != "msg_too_long" {
		t.Error(out)
	}
	_, out = raw(t, s, "chat.postMessage", "application/json", s.BotToken(), `{"channel":"`+dm+`","markdown_text":"x","text":"y"}`)
	if out["error"] != "markdown_text_conflict" {
		t.Error(out)
	}
	_, err = api.PostEphemeral(General, "U0STRANGER", text)
	wants(t, err, "user_not_in_channel")
}

func TestTokens(t *testing.T) {
	s, _ := start(t, Config{})
	const form, js = "application/x-www-form-urlencoded", "application/json; charset=utf-8"
	for _, c := range []struct{ name, method, kind, header, body, want string }{
		{"form body", "auth.test", form, "", "token=" + s.BotToken(), ""},
		{"header", "auth.test", form, s.BotToken(), "", ""},
		{"JSON with header", "auth.test", js, s.BotToken(), "{}", ""},
		{"JSON body", "auth.test", js, "", `{"token":"` + s.BotToken() + `"}`, "not_authed"},
		{"none", "auth.test", form, "", "", "not_authed"},
		{"wrong", "auth.test", form, "xoxb-other", "", "invalid_auth"},
		{"app token", "chat.postMessage", form, s.AppToken(), "", "not_allowed_token_type"},
		{"bot token", "apps.connections.open", form, s.BotToken(), "", "not_allowed_token_type"},
		{"unknown method", "chat.fly", form, s.BotToken(), "", "unknown_method"},
		{"broken JSON", "auth.test", js, s.BotToken(), "{", "invalid_json"},
	} {
		_, out := raw(t, s, c.method, c.kind, c.header, c.body)
		if got, _ := out["error"].(string); got != c.want || out["ok"] != (c.want == "") {
			t.Errorf("%s: %v, want %q", c.name, out, c.want)
		}
	}
	for _, code := range []string{"token_revoked", "account_inactive", "invalid_auth"} {
		s.RevokeToken(code)
		if _, out := raw(t, s, "auth.test", form, s.BotToken(), ""); out["error"] != code {
			t.Error(code, out)
		}
	}
	s.RevokeToken("")
	s.SetScopes("im:history")
	_, out := raw(t, s, "chat.postMessage", form, s.BotToken(), "")
	if out["error"] != "missing_scope" || out["needed"] != "chat:write" || out["provided"] != "im:history" {
		t.Error(out)
	}
}

func TestOneChannelTakesOneMessageASecondAfterABurst(t *testing.T) {
	s, api := start(t, Config{Limits: Limits{PostBurst: 2}})
	dm := s.DM(Customer)
	post := func(ch string) error {
		_, _, err := api.PostMessage(ch, slack.MsgOptionText("x", false))
		return err
	}
	for range 2 {
		wants(t, post(dm), "")
	}
	var rl *slack.RateLimitedError
	if err := post(dm); !errors.As(err, &rl) || rl.RetryAfter != time.Second {
		t.Fatal(err)
	}
	wants(t, post(General), "") // its own lane
	if err := post(dm); !errors.As(err, &rl) {
		t.Fatal(err)
	}
	o := s.Overruns()
	if len(o) != 2 || o[0].Early || !o[1].Early || o[1].Channel != dm {
		t.Errorf("%+v", o)
	}
	s.Clock().Advance(time.Second)
	wants(t, post(dm), "")
	if err := post(dm); !errors.As(err, &rl) {
		t.Error("the burst came back at once")
	}
}

func TestAMethodHasItsTier(t *testing.T) {
	_, api := start(t, Config{})
	_, ts, err := api.PostMessage(General, slack.MsgOptionText("x", false))
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		if _, _, _, err := api.UpdateMessage(General, ts, slack.MsgOptionText("y", false)); err != nil {
			t.Fatal(err)
		}
	}
	_, _, _, err = api.UpdateMessage(General, ts, slack.MsgOptionText("y", false))
	var rl *slack.RateLimitedError
	if !errors.As(err, &rl) || rl.RetryAfter != 2*time.Second {
		t.Error(err)
	}
}

func TestFaultsHappenAsPlanned(t *testing.T) {
	s, api := start(t, Config{})
	dm := s.DM(Customer)
	post := func() error {
		_, _, err := api.PostMessage(dm, slack.MsgOptionText("x", false))
		return err
	}
	s.Fail("chat.postMessage", 1, Fault{Status: 503})
	var status slack.StatusCodeError
	if err := post(); !errors.As(err, &status) || status.Code != 503 {
		t.Error(err)
	}
	s.Fail("chat.postMessage", 1, Fault{RetryAfter: 30 * time.Second})
	var rl *slack.RateLimitedError
	if err := post(); !errors.As(err, &rl) || rl.RetryAfter != 30*time.Second {
		t.Error(err)
	}
	s.Fail("*", 1, Fault{Error: "fatal_error"})
	wants(t, post(), "fatal_error")
	s.Fail("chat.postMessage", 1, Fault{Before: true})
	if post() == nil || len(s.Messages(dm, "")) != 0 {
		t.Error("cut before processing, and yet something stands there")
	}
	s.Fail("chat.postMessage", 1, Fault{Reset: true})
	if post() == nil || len(s.Messages(dm, "")) != 1 {
		t.Error("cut after processing, and nothing stands there")
	}
	s.Fail("chat.postMessage", 1, Fault{Hang: true})
	short := slack.New(s.BotToken(), slack.OptionAPIURL(s.APIURL()))
	ctx := deadline(t)
	done := make(chan error, 1)
	go func() {
		_, _, err := short.PostMessageContext(ctx, dm, slack.MsgOptionText("x", false))
		done <- err
	}()
	await(t, s, "the hanging call", func() bool { return len(s.Messages(dm, "")) == 2 })
	s.http.CloseClientConnections()
	if <-done == nil {
		t.Error("a hanging call was answered")
	}
	wants(t, post(), "")
}
