package slackfake

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

func pt(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject("plain_text", s, false, false)
}

// buttons posts a message with Yes, No and a select.
func buttons(t *testing.T, api *slack.Client, channel string) string {
	t.Helper()
	sel := slack.NewOptionsSelectBlockElement("static_select", pt("More"), "more", slack.NewOptionBlockObject("a", pt("Apple"), nil), slack.NewOptionBlockObject("b", pt("Banana"), nil))
	_, ts, err := api.PostMessage(channel, slack.MsgOptionText("Choose", false), slack.MsgOptionBlocks(
		slack.NewActionBlock("", slack.NewButtonBlockElement("yes", "1", pt("Yes")), slack.NewButtonBlockElement("", "0", pt("No")), sel)))
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

// interactive waits for an interaction on the socket.
func interactive(t *testing.T, events <-chan socketmode.Event) (slack.InteractionCallback, socketmode.Request) {
	t.Helper()
	for {
		ev := next(t, events)
		if ic, ok := ev.Data.(slack.InteractionCallback); ok {
			return ic, *ev.Request
		}
	}
}

func TestAPressReachesTheApp(t *testing.T) {
	s, api := start(t, Config{Events: []string{}})
	c, events := connect(t, s, api)
	dm := s.DM(Customer)
	ts := buttons(t, api, dm)
	if _, err := s.Press(Press{Channel: dm, Label: "Maybe"}); err == nil {
		t.Error("pressed what is not there")
	}
	if _, err := s.Press(Press{Channel: dm, User: "U0STRANGER", Label: "Yes"}); err == nil {
		t.Error("pressed by somebody who cannot see it")
	}
	r, err := s.Press(Press{Channel: dm, Label: "Yes"})
	if err != nil {
		t.Fatal(err)
	}
	ic, req := interactive(t, events)
	act := ic.ActionCallback.BlockActions[0]
	if ic.Type != "block_actions" || ic.User.ID != Customer || ic.Container.MessageTs != ts || ic.Channel.ID != dm || act.ActionID != "yes" || act.Value != "1" ||
		act.BlockID == "" || act.ActionTs == "" || ic.TriggerID == "" || ic.ResponseURL == "" || ic.Message.Timestamp != ts || !req.AcceptsResponsePayload {
		t.Errorf("%+v", ic)
	}
	if err := c.Ack(req); err != nil {
		t.Fatal(err)
	}
	if ok, _, err := r.Await(deadline(t)); !ok || err != nil {
		t.Error(ok, err)
	}
	if _, err := s.Press(Press{Channel: dm, Label: "Banana"}); err != nil {
		t.Fatal(err)
	}
	ic, _ = interactive(t, events)
	if act := ic.ActionCallback.BlockActions[0]; act.SelectedOption.Value != "b" || act.ActionID != "more" {
		t.Errorf("%+v", act)
	}
	if _, err := s.Press(Press{Channel: dm, Label: "No"}); err != nil {
		t.Fatal(err)
	}
	ic, _ = interactive(t, events)
	if act := ic.ActionCallback.BlockActions[0]; act.ActionID == "" || act.Value != "0" {
		t.Errorf("an action_id is made up: %+v", act)
	}
}

func TestAnInteractionComesOnceAndTheUserSeesTheFailure(t *testing.T) {
	s, api := start(t, Config{Events: []string{}})
	_, events := connect(t, s, api)
	dm := s.DM(Customer)
	buttons(t, api, dm)
	r, err := s.Press(Press{Channel: dm, Label: "Yes"})
	if err != nil {
		t.Fatal(err)
	}
	interactive(t, events)
	s.Clock().Advance(time.Hour)
	if ok, _, err := r.Await(deadline(t)); ok || err != nil {
		t.Error(ok, err)
	}
	if len(s.Attempts()) != 1 || s.Lost() != 1 || !strings.Contains(s.Text(dm, ""), "the app did not answer") {
		t.Error(s.Attempts(), s.Text(dm, ""))
	}
}

func TestAnOldButtonIsPressedOnlyInAStaleClient(t *testing.T) {
	s, api := start(t, Config{})
	dm := s.DM(Customer)
	ts := buttons(t, api, dm)
	if _, _, _, err := api.UpdateMessage(dm, ts, slack.MsgOptionText("You chose Yes", false)); err != nil {
		t.Fatal(err)
	}
	if m := s.Messages(dm, "")[0]; m.Blocks != nil {
		t.Error("text without blocks takes the blocks away")
	}
	if _, err := s.Press(Press{Channel: dm, Label: "Yes"}); err == nil {
		t.Error("pressed a button that is gone")
	}
	if _, err := s.Press(Press{Channel: dm, Label: "Yes", Stale: true}); err != nil {
		t.Error(err)
	}
}

func TestATriggerLivesThreeSecondsAndWorksOnce(t *testing.T) {
	s, api := start(t, Config{Events: []string{}})
	_, events := connect(t, s, api)
	dm := s.DM(Customer)
	buttons(t, api, dm)
	press := func() string {
		if _, err := s.Press(Press{Channel: dm, Label: "Yes"}); err != nil {
			t.Fatal(err)
		}
		ic, _ := interactive(t, events)
		return ic.TriggerID
	}
	view := slack.ModalViewRequest{Type: "modal", Title: pt("Title"), Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewDividerBlock()}}}
	open := func(trigger string) error { _, err := api.OpenView(trigger, view); return err }
	wants(t, open("trg-nonsense"), "invalid_trigger_id")
	id := press()
	s.Clock().Advance(3 * time.Second)
	wants(t, open(id), "")
	wants(t, open(id), "exchanged_trigger_id")
	id = press()
	s.Clock().Advance(3*time.Second + time.Millisecond)
	wants(t, open(id), "expired_trigger_id")
	if v, ok := s.Modal(Customer); !ok || v.Title != "Title" {
		t.Error(v, ok)
	}
}

func TestASlashCommandIsAnsweredInPlace(t *testing.T) {
	s, api := start(t, Config{})
	c, events := connect(t, s, api)
	r, err := s.Command("", General, "/latchkey", "password")
	if err != nil {
		t.Fatal(err)
	}
	ev := next(t, events)
	cmd, ok := ev.Data.(slack.SlashCommand)
	if !ok || cmd.Command != "/latchkey" || cmd.Text != "password" || cmd.ChannelID != General || cmd.UserID != Customer || cmd.ResponseURL == "" {
		t.Fatalf("%+v", ev)
	}
	if err := c.Ack(*ev.Request, object{"text": "On my way"}); err != nil {
		t.Fatal(err)
	}
	if ok, _, err := r.Await(deadline(t)); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if got := s.Messages(General, ""); len(got) != 1 || got[0].To != Customer || got[0].Text != "On my way" {
		t.Errorf("%+v", got)
	}
}

func TestCommandsAndPressesOverHTTP(t *testing.T) {
	s, api := start(t, Config{Events: []string{}})
	hits := app(t, s, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"response_type":"in_channel","text":"Hello all"}`))
	})
	r, err := s.Command("", General, "/latchkey", "a b & c")
	if err != nil {
		t.Fatal(err)
	}
	if ok, _, err := r.Await(deadline(t)); !ok || err != nil {
		t.Fatal(ok, err)
	}
	h := <-hits
	form, err := url.ParseQuery(string(h.body))
	if err != nil || h.signed != nil || form.Get("text") != "a b & c" || form.Get("command") != "/latchkey" || h.header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Error(h, err)
	}
	if got := s.Messages(General, ""); len(got) != 1 || got[0].To != "" {
		t.Errorf("%+v", got)
	}
	dm := s.DM(Customer)
	buttons(t, api, dm)
	if _, err := s.Press(Press{Channel: dm, Label: "Yes"}); err != nil {
		t.Fatal(err)
	}
	h = <-hits
	form, err = url.ParseQuery(string(h.body))
	var ic slack.InteractionCallback
	if err != nil || h.signed != nil || json.Unmarshal([]byte(form.Get("payload")), &ic) != nil || ic.Type != "block_actions" {
		t.Error(h, err)
	}
}

func TestAResponseURLWorksFiveTimesInThirtyMinutes(t *testing.T) {
	s, api := start(t, Config{Events: []string{}})
	_, events := connect(t, s, api)
	dm := s.DM(Customer)
	ts := buttons(t, api, dm)
	press := func() string {
		if _, err := s.Press(Press{Channel: dm, TS: ts, Label: "Yes", Stale: true}); err != nil {
			t.Fatal(err)
		}
		ic, _ := interactive(t, events)
		return ic.ResponseURL
	}
	text := slack.MsgOptionText("only you", false)
	send := func(o ...slack.MsgOption) error { _, _, err := api.PostMessage("", o...); return err }
	u := press()
	for range 5 {
		if err := send(text, slack.MsgOptionResponseURL(u, "ephemeral")); err != nil {
			t.Fatal(err)
		}
	}
	var status slack.StatusCodeError
	if err := send(text, slack.MsgOptionResponseURL(u, "ephemeral")); !errors.As(err, &status) || status.Code != 404 {
		t.Errorf("the sixth use: %v", err)
	}
	if m := s.Messages(dm, ""); len(m) != 6 || m[1].To != Customer {
		t.Errorf("%+v", m)
	}
	u = press()
	s.Clock().Advance(30*time.Minute + time.Second)
	if err := send(text, slack.MsgOptionResponseURL(u, "ephemeral")); !errors.As(err, &status) {
		t.Errorf("after 30 minutes: %v", err)
	}
	if err := send(text, slack.MsgOptionReplaceOriginal(press())); err != nil {
		t.Fatal(err)
	}
	if m := s.Messages(dm, ""); m[0].Text != "only you" || len(m[0].History) != 1 {
		t.Errorf("%+v", m[0])
	}
	if err := send(slack.MsgOptionDeleteOriginal(press())); err != nil {
		t.Fatal(err)
	}
	if m := s.Messages(dm, ""); len(m) != 5 {
		t.Errorf("%+v", m)
	}
	if last := s.Calls("response_url"); last[5].Error != "used_url" || last[6].Error != "expired_url" {
		t.Errorf("%+v", last)
	}
}

func TestShortcuts(t *testing.T) {
	s, api := start(t, Config{Events: []string{}})
	_, events := connect(t, s, api)
	m, _ := say(t, s, Said{Channel: General, Text: "I cannot sign in"})
	if _, err := s.MessageShortcut(Customer, General, m.TS, "get_help"); err != nil {
		t.Fatal(err)
	}
	ic, _ := interactive(t, events)
	if ic.Type != "message_action" || ic.CallbackID != "get_help" || ic.Message.Text != "I cannot sign in" || ic.MessageTs != m.TS || ic.TriggerID == "" {
		t.Errorf("%+v", ic)
	}
	s.Shortcut(Customer, "anywhere")
	if ic, _ = interactive(t, events); ic.Type != "shortcut" || ic.CallbackID != "anywhere" {
		t.Errorf("%+v", ic)
	}
}
