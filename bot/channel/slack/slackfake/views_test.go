package slackfake

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

func modal(title string) slack.ModalViewRequest {
	name := slack.NewInputBlock("name", pt("Name"), nil, slack.NewPlainTextInputBlockElement(nil, "name_in"))
	kind := slack.NewInputBlock("kind", pt("Kind"), nil, slack.NewOptionsSelectBlockElement("static_select", pt("Choose"), "kind_in", slack.NewOptionBlockObject("a", pt("Apple"), nil)))
	kind.Optional = true
	return slack.ModalViewRequest{
		Type: "modal", Title: pt(title), Submit: pt("Send"), CallbackID: "form", PrivateMetadata: "meta",
		Blocks: slack.Blocks{BlockSet: []slack.Block{name, kind}},
	}
}

// opened has a modal open for the customer.
func opened(t *testing.T) (*Server, *slack.Client, *socketmode.Client, <-chan socketmode.Event, slack.View) {
	t.Helper()
	s, api := start(t, Config{Events: []string{}})
	c, events := connect(t, s, api)
	s.Shortcut(Customer, "open")
	ic, req := interactive(t, events)
	v, err := api.OpenView(ic.TriggerID, modal("One"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Ack(req); err != nil {
		t.Fatal(err)
	}
	return s, api, c, events, v.View
}

func TestASubmissionCarriesWhatWasEntered(t *testing.T) {
	s, _, c, events, v := opened(t)
	for _, bad := range []map[string]string{{}, {"name_in": "x", "other": "y"}, {"name": "x", "kind": "pear"}} {
		if _, err := s.Submit(Customer, bad); err == nil {
			t.Errorf("submitted %v", bad)
		}
	}
	r, err := s.Submit(Customer, map[string]string{"name": "Ada", "kind_in": "a"})
	if err != nil {
		t.Fatal(err)
	}
	ic, req := interactive(t, events)
	val := ic.View.State.Values
	if ic.Type != "view_submission" || ic.View.ID != v.ID || ic.View.CallbackID != "form" || ic.View.PrivateMetadata != "meta" ||
		val["name"]["name_in"].Value != "Ada" || val["kind"]["kind_in"].SelectedOption.Value != "a" {
		t.Errorf("%+v", ic.View)
	}
	if err := c.Ack(req); err != nil {
		t.Fatal(err)
	}
	if ok, _, _ := r.Await(deadline(t)); !ok {
		t.Error("not acknowledged")
	}
	if _, open := s.Modal(Customer); open {
		t.Error("an empty answer closes the modal")
	}
}

func TestAnswersToASubmission(t *testing.T) {
	s, _, c, events, _ := opened(t)
	submit := func(answer any) {
		t.Helper()
		r, err := s.Submit(Customer, map[string]string{"name": "Ada"})
		if err != nil {
			t.Fatal(err)
		}
		_, req := interactive(t, events)
		if err := c.Ack(req, answer); err != nil {
			t.Fatal(err)
		}
		if ok, _, _ := r.Await(deadline(t)); !ok {
			t.Fatal("not acknowledged")
		}
	}
	submit(slack.NewErrorsViewSubmissionResponse(map[string]string{"name": "Too short"}))
	if v, _ := s.Modal(Customer); v.Errors["name"] != "Too short" {
		t.Errorf("%+v", v)
	}
	submit(slack.NewErrorsViewSubmissionResponse(map[string]string{"nowhere": "?"}))
	if len(s.Complaints()) != 1 {
		t.Error("errors for a block that is no input pass in silence")
	}
	two := modal("Two")
	submit(slack.NewUpdateViewSubmissionResponse(&two))
	if v, _ := s.Modal(Customer); v.Title != "Two" {
		t.Errorf("%+v", v)
	}
	three := modal("Three")
	submit(slack.NewPushViewSubmissionResponse(&three))
	if v, _ := s.Modal(Customer); v.Title != "Three" {
		t.Errorf("%+v", v)
	}
	submit(nil)
	if v, _ := s.Modal(Customer); v.Title != "Two" {
		t.Errorf("the one below comes back: %+v", v)
	}
	submit(slack.NewClearViewSubmissionResponse())
	if _, open := s.Modal(Customer); open {
		t.Error("clear leaves a modal open")
	}
}

func TestUpdateAndPush(t *testing.T) {
	s, api, _, events, v := opened(t)
	_, err := api.UpdateView(modal("X"), "", "wrong", v.ID)
	wants(t, err, "hash_conflict")
	_, err = api.UpdateView(modal("X"), "", "", "V0NOWHERE")
	wants(t, err, "not_found")
	u, err := api.UpdateView(modal("X"), "", v.Hash, v.ID)
	wants(t, err, "")
	if u.Hash == v.Hash || u.ID != v.ID {
		t.Errorf("%+v", u)
	}
	with := modal("Buttons")
	with.Blocks.BlockSet = append(with.Blocks.BlockSet, slack.NewActionBlock("", slack.NewButtonBlockElement("more", "", pt("More"))))
	for i := range 3 {
		if _, err := api.UpdateView(with, "", "", func() string { m, _ := s.Modal(Customer); return m.ID }()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Press(Press{Action: "more"}); err != nil {
			t.Fatal(err)
		}
		ic, _ := interactive(t, events)
		if ic.View.ID == "" || ic.Container.Type != "view" {
			t.Errorf("%+v", ic)
		}
		_, err = api.PushView(ic.TriggerID, modal("Pushed"))
		wants(t, err, map[bool]string{true: "", false: "push_limit_reached"}[i < 2])
	}
	s.Shortcut(Customer, "x")
	ic, _ := interactive(t, events)
	_, err = api.PushView(ic.TriggerID, modal("Pushed"))
	wants(t, err, "not_found")
	if r := s.CloseModal(Customer); r != nil {
		t.Error("view_closed although not asked for")
	}
}

func TestViewsAreChecked(t *testing.T) {
	s, api, _, events, _ := opened(t)
	open := func(change func(*slack.ModalViewRequest)) error {
		v := modal("One")
		change(&v)
		s.Shortcut(Customer, "x")
		ic, _ := interactive(t, events)
		_, err := api.OpenView(ic.TriggerID, v)
		return err
	}
	for _, change := range []func(*slack.ModalViewRequest){
		func(v *slack.ModalViewRequest) { v.Title = pt(x(25)) },
		func(v *slack.ModalViewRequest) { v.Title = nil },
		func(v *slack.ModalViewRequest) { v.Submit = nil }, // with inputs
		func(v *slack.ModalViewRequest) { v.Submit = pt(x(25)) },
		func(v *slack.ModalViewRequest) { v.Close = pt(x(25)) },
		func(v *slack.ModalViewRequest) { v.PrivateMetadata = x(3001) },
		func(v *slack.ModalViewRequest) { v.CallbackID = x(256) },
		func(v *slack.ModalViewRequest) { v.Type = "home" },
	} {
		wants(t, open(change), "invalid_arguments")
	}
	wants(t, open(func(v *slack.ModalViewRequest) {
		for range 90 {
			v.Blocks.BlockSet = append(v.Blocks.BlockSet, slack.NewSectionBlock(pt(x(3000)), nil, nil))
		}
	}), "view_too_large")
	wants(t, open(func(v *slack.ModalViewRequest) { v.ExternalID = "e" }), "")
	s.mu.Lock()
	stack := s.modals[Customer]
	s.modals["U0OTHER"] = stack
	s.mu.Unlock()
	wants(t, open(func(v *slack.ModalViewRequest) { v.ExternalID = "e" }), "duplicate_external_id")
}

func TestTheHomeTab(t *testing.T) {
	s, api := start(t, Config{})
	_, events := connect(t, s, api)
	s.OpenHome(Customer)
	ev := next(t, events)
	inner, ok := ev.Data.(slackevents.EventsAPIEvent).InnerEvent.Data.(*slackevents.AppHomeOpenedEvent)
	if !ok || inner.User != Customer || inner.Tab != "home" || inner.Channel != s.DM(Customer) || inner.View != nil {
		t.Fatalf("%+v", ev.Data)
	}
	home := slack.HomeTabViewRequest{Type: "home", Blocks: slack.Blocks{BlockSet: []slack.Block{
		slack.NewHeaderBlock(pt("Latchkey")), slack.NewActionBlock("", slack.NewButtonBlockElement("start", "pw", pt("Forgot password")))}}}
	v, err := api.PublishView(Customer, home, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = api.PublishView(Customer, home, "old")
	wants(t, err, "hash_conflict")
	_, err = api.PublishView("U0NOBODY", home, "")
	wants(t, err, "invalid_arguments")
	_, err = api.PublishView(Customer, home, v.Hash)
	wants(t, err, "")
	if h, ok := s.Home(Customer); !ok || !strings.Contains(h.Text, "[Forgot password]") {
		t.Error(h)
	}
	if _, err := s.Press(Press{Label: "Forgot password"}); err != nil {
		t.Fatal(err)
	}
	ic, _ := interactive(t, events)
	if ic.View.Type != "home" || ic.ActionCallback.BlockActions[0].Value != "pw" || ic.Channel.ID != "" {
		t.Errorf("%+v", ic)
	}
}
