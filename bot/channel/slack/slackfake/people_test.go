package slackfake

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

func inner(t *testing.T, ev socketmode.Event) any {
	t.Helper()
	e, ok := ev.Data.(slackevents.EventsAPIEvent)
	if !ok {
		t.Fatalf("no event: %+v", ev)
	}
	return e.InnerEvent.Data
}

func TestAMentionComesTwiceWithOneTimestamp(t *testing.T) {
	s, api := start(t, Config{})
	_, events := connect(t, s, api)
	m, receipts := say(t, s, Said{Channel: General, Text: Mention + " help"})
	a, ok := inner(t, next(t, events)).(*slackevents.AppMentionEvent)
	b, ok2 := inner(t, next(t, events)).(*slackevents.MessageEvent)
	if !ok || !ok2 || a.TimeStamp != m.TS || b.TimeStamp != m.TS || b.ChannelType != "channel" || receipts[0].EventID == receipts[1].EventID {
		t.Errorf("%+v %+v", a, b)
	}
	s.Again(General, m.TS)
	again, _ := inner(t, next(t, events)).(*slackevents.AppMentionEvent)
	if again.TimeStamp != m.TS || s.Attempts()[2].EventID == receipts[0].EventID || s.Attempts()[2].Retry != 0 {
		t.Errorf("%+v %+v", again, s.Attempts())
	}
}

func TestEditsAndDeletionsAreTold(t *testing.T) {
	s, api := start(t, Config{})
	_, events := connect(t, s, api)
	m, _ := say(t, s, Said{Text: "helo"})
	first, _ := inner(t, next(t, events)).(*slackevents.MessageEvent)
	if first.ClientMsgID == "" || len(first.Blocks.BlockSet) != 1 || first.Blocks.BlockSet[0].BlockType() != "rich_text" {
		t.Errorf("a typed message: %+v", first)
	}
	if _, err := s.Edit(m.Channel, m.TS, "hello"); err != nil {
		t.Fatal(err)
	}
	ev, _ := inner(t, next(t, events)).(*slackevents.MessageEvent)
	if ev.SubType != "message_changed" || ev.Message.Text != "hello" || ev.PreviousMessage.Text != "helo" || ev.Message.Edited == nil || ev.Message.Timestamp != m.TS {
		t.Errorf("%+v", ev)
	}
	if _, err := s.Delete(m.Channel, m.TS); err != nil {
		t.Fatal(err)
	}
	ev, _ = inner(t, next(t, events)).(*slackevents.MessageEvent)
	if ev.SubType != "message_deleted" || ev.DeletedTimeStamp != m.TS || ev.PreviousMessage.Text != "hello" {
		t.Errorf("%+v", ev)
	}
	if _, err := s.Edit(m.Channel, m.TS, "x"); err == nil {
		t.Error("edited what is gone")
	}
}

func TestTheAppHearsItself(t *testing.T) {
	s, api := start(t, Config{})
	_, events := connect(t, s, api)
	if _, _, err := api.PostMessage(s.DM(Customer), slack.MsgOptionText("hi", false)); err != nil {
		t.Fatal(err)
	}
	if ev, _ := inner(t, next(t, events)).(*slackevents.MessageEvent); ev.BotID != BotID || ev.User != BotUser {
		t.Errorf("%+v", ev)
	}
}

func TestEventsNeedSubscriptionScopeAndMembership(t *testing.T) {
	s, _ := start(t, Config{Events: []string{"message.im"}, Scopes: []string{"im:history"}})
	if _, r := say(t, s, Said{Text: "x"}); len(r) != 1 {
		t.Error("message.im")
	}
	if _, r := say(t, s, Said{Channel: General, Text: Mention}); len(r) != 0 {
		t.Error("not subscribed")
	}
	s.SetScopes()
	if _, r := say(t, s, Said{Text: "x"}); len(r) != 0 {
		t.Error("no scope")
	}
	s, _ = start(t, Config{})
	c := s.AddChannel(Channel{Name: "quiet", Members: []string{Customer}})
	if _, r := say(t, s, Said{Channel: c, Text: Mention}); len(r) != 0 {
		t.Error("not a member")
	}
}

func TestAStrangerOfASharedChannel(t *testing.T) {
	s, api := start(t, Config{})
	_, events := connect(t, s, api)
	u := s.AddUser(User{Name: "bob", Team: "T0OTHER"})
	c := s.AddChannel(Channel{Name: "shared", Shared: true, Members: []string{BotUser, u}})
	say(t, s, Said{User: u, Channel: c, Text: "hi"})
	ev := next(t, events)
	m, _ := inner(t, ev).(*slackevents.MessageEvent)
	var p struct {
		Shared bool `json:"is_ext_shared_channel"`
	}
	if err := json.Unmarshal(ev.Request.Payload, &p); err != nil || !p.Shared || m.UserTeam != "T0OTHER" {
		t.Errorf("%s", ev.Request.Payload)
	}
	info, err := api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: c})
	if err != nil || !info.IsExtShared {
		t.Error(info, err)
	}
}

func TestKickArchiveDeactivate(t *testing.T) {
	s, api := start(t, Config{})
	_, events := connect(t, s, api)
	post := func(ch string) error { _, _, err := api.PostMessage(ch, slack.MsgOptionText("x", false)); return err }
	private := s.AddChannel(Channel{Name: "secret", Private: true, Members: []string{BotUser, Customer}})
	s.Kick(General)
	if ev := inner(t, next(t, events)); ev.(*slackevents.ChannelLeftEvent).Channel != General {
		t.Errorf("%+v", ev)
	}
	wants(t, post(General), "not_in_channel")
	s.Kick(private)
	next(t, events)
	wants(t, post(private), "channel_not_found")
	s.Invite(General, BotUser)
	if ev := inner(t, next(t, events)); ev.(*slackevents.MemberJoinedChannelEvent).User != BotUser {
		t.Errorf("%+v", ev)
	}
	wants(t, post(General), "")
	next(t, events)
	ts := s.Messages(General, "")[0].TS
	s.Archive(General)
	next(t, events)
	wants(t, post(General), "is_archived")
	_, _, _, err := api.UpdateMessage(General, ts, slack.MsgOptionText("x", false))
	wants(t, err, "is_archived")
	if _, _, err := s.Say(Said{Channel: General, Text: "x"}); err == nil {
		t.Error("wrote to an archived channel")
	}
	dm := s.DM(Customer)
	s.Deactivate(Customer)
	next(t, events)
	wants(t, post(dm), "user_disabled")
	_, _, _, err = api.OpenConversation(&slack.OpenConversationParameters{Users: []string{Customer}})
	wants(t, err, "user_disabled")
	if u, err := api.GetUserInfo(Customer); err != nil || !u.Deleted {
		t.Error(u, err)
	}
}

func TestUninstalling(t *testing.T) {
	s, api := start(t, Config{})
	_, events := connect(t, s, api)
	s.Uninstall()
	if _, ok := inner(t, next(t, events)).(*slackevents.TokensRevokedEvent); !ok {
		t.Error("no tokens_revoked")
	}
	if _, ok := inner(t, next(t, events)).(*slackevents.AppUninstalledEvent); !ok {
		t.Error("no app_uninstalled")
	}
	_, err := api.AuthTest()
	wants(t, err, "token_revoked")
}

func TestConversations(t *testing.T) {
	s, api := start(t, Config{})
	c, _, _, err := api.OpenConversation(&slack.OpenConversationParameters{Users: []string{Customer}, ReturnIM: true})
	if err != nil || c.ID != s.DM(Customer) {
		t.Fatal(c, err)
	}
	_, _, _, err = api.OpenConversation(&slack.OpenConversationParameters{Users: []string{"U0NOBODY"}})
	wants(t, err, "user_not_found")
	info, err := api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: c.ID})
	if err != nil || !info.IsIM || info.User != Customer {
		t.Error(info, err)
	}
	meta := slack.SlackMetadata{EventType: "effect", EventPayload: map[string]any{"id": "7"}}
	_, root, err := api.PostMessage(c.ID, slack.MsgOptionText("root", false), slack.MsgOptionMetadata(meta))
	if err != nil {
		t.Fatal(err)
	}
	_, reply, err := api.PostMessage(c.ID, slack.MsgOptionText("reply", false), slack.MsgOptionTS(root))
	if err != nil {
		t.Fatal(err)
	}
	_, deep, err := api.PostMessage(c.ID, slack.MsgOptionText("deep", false), slack.MsgOptionTS(reply))
	if err != nil {
		t.Fatal(err)
	}
	ms, more, _, err := api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: c.ID, Timestamp: root, IncludeAllMetadata: true})
	if err != nil || more || len(ms) != 3 || ms[0].Metadata.EventPayload["id"] != "7" || ms[2].Timestamp != deep || ms[0].ReplyCount != 2 {
		t.Errorf("%+v %v", ms, err)
	}
	_, _, _, err = api.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: c.ID, Timestamp: "1.2"})
	wants(t, err, "thread_not_found")
	_, last, err := api.PostMessage(c.ID, slack.MsgOptionText("last", false))
	if err != nil {
		t.Fatal(err)
	}
	h, err := api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: c.ID, Limit: 1})
	if err != nil || len(h.Messages) != 1 || h.Messages[0].Timestamp != last || !h.HasMore {
		t.Fatalf("%+v %v", h, err)
	}
	h, err = api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: c.ID, Limit: 1, Cursor: h.ResponseMetaData.NextCursor})
	if err != nil || len(h.Messages) != 1 || h.Messages[0].Timestamp != root || h.HasMore || h.Messages[0].Metadata.EventType != "" {
		t.Errorf("%+v %v", h, err)
	}
	h, err = api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: c.ID, Oldest: root, Inclusive: false})
	if err != nil || len(h.Messages) != 1 {
		t.Errorf("%+v %v", h, err)
	}
	s.SetScopes("channels:history")
	_, err = api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: c.ID})
	wants(t, err, "missing_scope")
}

func TestMetadataIsChecked(t *testing.T) {
	s, _ := start(t, Config{})
	for meta, want := range map[string]string{
		`nonsense`:                             "invalid_metadata_format",
		`{"event_type":"a"}`:                   "invalid_metadata_schema",
		`{"event_type":"","event_payload":{}}`: "invalid_metadata_schema",
		`{"event_type":"a","event_payload":{"x":"` + strings.Repeat("x", maxMetadata) + `"}}`: "metadata_too_large",
	} {
		body, err := json.Marshal(map[string]string{"channel": General, "text": "x", "metadata": meta})
		if err != nil {
			t.Fatal(err)
		}
		if _, out := raw(t, s, "chat.postMessage", "application/json", s.BotToken(), string(body)); out["error"] != want {
			t.Errorf("%.40s: %v", meta, out)
		}
	}
}

func TestAReplyToAMissingParentStandsAlone(t *testing.T) {
	_, api := start(t, Config{})
	_, _, m, err := api.PostMessageWithResponse(General, slack.MsgOptionText("x", false), slack.MsgOptionTS("1.000002"))
	if err != nil || m.ThreadTimestamp != "" {
		t.Error(m, err)
	}
}

func TestReactions(t *testing.T) {
	s, api := start(t, Config{})
	m, _ := say(t, s, Said{Channel: General, Text: "x"})
	ref := slack.NewRefToMessage(General, m.TS)
	wants(t, api.AddReaction("eyes", ref), "")
	wants(t, api.AddReaction("eyes", ref), "already_reacted")
	wants(t, api.AddReaction(":eyes:", ref), "invalid_name")
	wants(t, api.AddReaction("eyes", slack.NewRefToMessage(General, "1.2")), "message_not_found")
	if got := s.Messages(General, "")[0].Reactions["eyes"]; len(got) != 1 || got[0] != BotUser {
		t.Error(got)
	}
	wants(t, api.RemoveReaction("eyes", ref), "")
	wants(t, api.RemoveReaction("eyes", ref), "no_reaction")
}

func TestUsersInfo(t *testing.T) {
	s, api := start(t, Config{})
	id := s.AddUser(User{Name: "vera", RealName: "Vera", Locale: "ru-RU", TZ: "Europe/Moscow"})
	u, err := api.GetUserInfo(id)
	if err != nil || u.Name != "vera" || u.TZ != "Europe/Moscow" || u.Locale != "ru-RU" {
		t.Errorf("%+v %v", u, err)
	}
	_, err = api.GetUserInfo("U0NOBODY")
	wants(t, err, "user_not_found")
}

func TestTheAssistantPane(t *testing.T) {
	s, api := start(t, Config{})
	_, events := connect(t, s, api)
	dm, thread, _ := s.OpenAssistant(Customer, General)
	ev, ok := inner(t, next(t, events)).(*slackevents.AssistantThreadStartedEvent)
	if !ok || ev.AssistantThread.ThreadTimeStamp != thread || ev.AssistantThread.ChannelID != dm || ev.AssistantThread.Context.ChannelID != General || ev.AssistantThread.UserID != Customer {
		t.Fatalf("%+v", ev)
	}
	s.ChangeContext(Customer, thread, "")
	if _, ok := inner(t, next(t, events)).(*slackevents.AssistantThreadContextChangedEvent); !ok {
		t.Error("no context change")
	}
	status := func(text string) error {
		return api.SetAssistantThreadsStatus(slack.AssistantThreadsSetStatusParameters{ChannelID: dm, ThreadTS: thread, Status: text})
	}
	wants(t, status("is thinking"), "")
	if s.Status(dm, thread) != "is thinking" {
		t.Error("no status")
	}
	s.Clock().Advance(2 * time.Minute)
	if s.Status(dm, thread) != "" {
		t.Error("a status stands for two minutes")
	}
	wants(t, status("again"), "")
	if _, _, err := api.PostMessage(dm, slack.MsgOptionText("x", false), slack.MsgOptionTS(thread)); err != nil {
		t.Fatal(err)
	}
	if s.Status(dm, thread) != "" {
		t.Error("a message ends the status")
	}
	wants(t, api.SetAssistantThreadsStatus(slack.AssistantThreadsSetStatusParameters{ChannelID: dm, ThreadTS: "1.2", Status: "x"}), "invalid_thread_ts")
	wants(t, api.SetAssistantThreadsStatus(slack.AssistantThreadsSetStatusParameters{ChannelID: dm, ThreadTS: thread, Status: "x", LoadingMessages: strings.Split("abcdefghijk", "")}), "invalid_arguments")
	prompts := func(n int) error {
		p := slack.AssistantThreadsSetSuggestedPromptsParameters{ChannelID: dm, ThreadTS: thread}
		for range n {
			p.AddPrompt("Password", "I forgot my password")
		}
		return api.SetAssistantThreadsSuggestedPrompts(p)
	}
	wants(t, prompts(4), "")
	wants(t, prompts(5), "invalid_arguments")
	wants(t, prompts(0), "invalid_arguments")
	if p := s.Prompts(dm, thread); len(p) != 4 || p[0].Message != "I forgot my password" {
		t.Error(p)
	}
	wants(t, api.SetAssistantThreadsTitle(slack.AssistantThreadsSetTitleParameters{ChannelID: dm, ThreadTS: thread, Title: "Help"}), "")
	wants(t, api.SetAssistantThreadsTitle(slack.AssistantThreadsSetTitleParameters{ChannelID: dm, ThreadTS: thread}), "invalid_arguments")
	s.SetScopes("chat:write")
	wants(t, status("x"), "")
	wants(t, prompts(1), "missing_scope")
}

func TestStreams(t *testing.T) {
	s, api := start(t, Config{})
	m, _ := say(t, s, Said{Text: "hello"})
	md := slack.MsgOptionMarkdownText
	_, ts, err := api.StartStream(m.Channel, slack.MsgOptionTS(m.TS), md("Hel"))
	if err != nil {
		t.Fatal(err)
	}
	add := func(o ...slack.MsgOption) error { _, _, err := api.AppendStream(m.Channel, ts, o...); return err }
	wants(t, add(md("lo")), "")
	wants(t, add(), "no_text")
	wants(t, add(md(strings.Repeat("x", maxMarkdown+1))), "msg_too_long")
	_, _, _, err = api.UpdateMessage(m.Channel, ts, slack.MsgOptionText("x", false))
	wants(t, err, "streaming_state_conflict")
	_, _, err = api.StopStream(m.Channel, ts, md("!"))
	wants(t, err, "")
	if got := s.Messages(m.Channel, m.TS)[1]; got.Text != "Hello!" || got.Streaming {
		t.Errorf("%+v", got)
	}
	wants(t, add(md("x")), "message_not_in_streaming_state")
	_, _, err = api.StartStream(m.Channel, md("x"))
	wants(t, err, "invalid_thread_ts")
	g, _ := say(t, s, Said{Channel: General, Text: "x"})
	_, _, err = api.StartStream(General, slack.MsgOptionTS(g.TS), md("x"))
	wants(t, err, "missing_recipient_user_id")
	_, _, err = api.StartStream(General, slack.MsgOptionTS(g.TS), md("x"), slack.MsgOptionRecipientUserID(Customer))
	wants(t, err, "missing_recipient_team_id")
	_, ts2, err := api.StartStream(General, slack.MsgOptionTS(g.TS), md("x"), slack.MsgOptionRecipientUserID(Customer), slack.MsgOptionRecipientTeamID(Team))
	wants(t, err, "")
	s.Clock().Advance(streamLife + time.Second)
	_, _, err = api.AppendStream(General, ts2, md("x"))
	wants(t, err, "message_not_in_streaming_state")
	_, _, err = api.AppendStream(General, g.TS, md("x"))
	wants(t, err, "message_not_owned_by_app")
}

func TestEphemeralMessagesAreForOne(t *testing.T) {
	s, api := start(t, Config{})
	u := s.AddUser(User{Name: "bob"})
	s.Invite(General, u)
	ts, err := api.PostEphemeral(General, u, slack.MsgOptionText("psst", false), slack.MsgOptionBlocks(
		slack.NewActionBlock("", slack.NewButtonBlockElement("ok", "", pt("OK")))))
	if err != nil {
		t.Fatal(err)
	}
	if m := s.Messages(General, ""); len(m) != 1 || m[0].To != u {
		t.Errorf("%+v", m)
	}
	if _, _, _, err := api.UpdateMessage(General, ts, slack.MsgOptionText("x", false)); err == nil {
		t.Error("an ephemeral message cannot be updated by ts")
	}
	if h, err := api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: General}); err != nil || len(h.Messages) != 0 {
		t.Error(h, err)
	}
	if _, err := s.Press(Press{Channel: General, Label: "OK"}); err == nil {
		t.Error("pressed by somebody who does not see it")
	}
	if _, err := s.Press(Press{Channel: General, Label: "OK", User: u}); err != nil {
		t.Error(err)
	}
}

func TestEventsOfTheTestsOwn(t *testing.T) {
	s, api := start(t, Config{})
	c, events := connect(t, s, api)
	r, err := s.Event(json.RawMessage(`{"type":"reaction_added","user":"U1","reaction":"eyes","item":{"type":"message"}}`))
	if err != nil {
		t.Fatal(err)
	}
	ev := next(t, events)
	if _, ok := inner(t, ev).(*slackevents.ReactionAddedEvent); !ok {
		t.Errorf("%+v", ev)
	}
	if err := c.Ack(*ev.Request); err != nil {
		t.Fatal(err)
	}
	again := s.Repeat(r.EventID)
	if ev = next(t, events); ev.Request.RetryAttempt != 0 || again.EventID != r.EventID || !strings.Contains(string(ev.Request.Payload), r.EventID) {
		t.Errorf("%+v", ev.Request)
	}
	if s.Repeat("Ev0NOWHERE") != nil {
		t.Error("repeated what never was")
	}
	s.Throttle()
	await(t, s, "the third delivery", func() bool { return len(s.Attempts()) == 3 })
}

func TestTheAppTokenNeedsItsScope(t *testing.T) {
	s, _ := start(t, Config{})
	s.SetAppScopes()
	_, out := raw(t, s, "apps.connections.open", "application/x-www-form-urlencoded", s.AppToken(), "")
	if out["error"] != "missing_scope" || out["needed"] != "connections:write" || out["provided"] != "" {
		t.Error(out)
	}
}

func TestTheSigningSecretChanges(t *testing.T) {
	s, _ := start(t, Config{})
	hits := app(t, s, func(http.ResponseWriter, *http.Request) {})
	s.SetSigningSecret("new-secret")
	say(t, s, Said{Text: "x"})
	h := <-hits
	v, err := slack.NewSecretsVerifier(h.header, "new-secret")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Write(h.body); err != nil || v.Ensure() != nil {
		t.Error("not signed with the new secret")
	}
}
