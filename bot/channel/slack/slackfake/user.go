package slackfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// AddUser adds a member. A missing ID is made up; the id is returned.
func (s *Server) AddUser(u User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.ID == "" {
		u.ID = s.id("U")
	}
	s.users[u.ID] = &u
	return u.ID
}

// DM is the id of the direct message between the bot and a user.
func (s *Server) DM(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.im(user).id
}

func (s *Server) im(user string) *channel {
	for _, c := range s.channels {
		if c.kind == kindIM && c.user == user {
			return c
		}
	}
	c := &channel{id: s.id("D"), kind: kindIM, user: user, members: map[string]bool{BotUser: true, user: true}}
	s.channels[c.id] = c
	return c
}

// Mention is how a text names the bot.
const Mention = "<@" + BotUser + ">"

// Said is a message that a user writes.
type Said struct {
	User    string   // default Customer
	Channel string   // default the direct message with the bot
	Thread  string   // parent's ts
	Text    string   // as events carry it: & < > escaped, users as <@U…>
	Subtype string   // such as "me_message"; "file_share" is set by itself
	Files   []string // ids from AddFile
	Bot     string   // id of another bot that writes it
}

// Say writes a message as a user. The app gets message.im, message.channels and
// so on as subscribed, and app_mention too when the text names the bot, with
// the same ts and its own event_id.
func (s *Server) Say(w Said) (Message, []*Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.User == "" {
		w.User = Customer
	}
	if w.Channel == "" {
		w.Channel = s.im(w.User).id
	}
	c := s.channels[w.Channel]
	if c == nil || s.users[w.User] == nil || !c.members[w.User] {
		return Message{}, nil, fmt.Errorf("%s cannot write to %s", w.User, w.Channel)
	}
	if c.archived {
		return Message{}, nil, fmt.Errorf("%s is archived", w.Channel)
	}
	m := &Message{Channel: c.id, TS: s.ts(), Thread: w.Thread, User: w.User, Text: w.Text, Blocks: typed(w.Text), Subtype: w.Subtype, Files: w.Files}
	if len(w.Files) > 0 && m.Subtype == "" {
		m.Subtype = "file_share"
	}
	s.put(c, m)
	s.show(Entry{Kind: "said", Channel: c.id, Thread: m.Thread, TS: m.TS, User: m.User, Text: m.Text})
	return m.copy(), s.announce(c, m, w.Bot), nil
}

// Again delivers what was said once more under a new event_id, as Slack has
// been seen to do.
func (s *Server) Again(channel, ts string) []*Receipt {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channel]
	if c == nil {
		return nil
	}
	m := c.find(ts)
	if m == nil {
		return nil
	}
	return s.announce(c, m, "")
}

// typed is the rich_text block that Slack's client makes of what a user types.
func typed(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	b, err := json.Marshal([]object{{"type": "rich_text", "elements": []object{
		{"type": "rich_text_section", "elements": []object{{"type": "text", "text": text}}},
	}}})
	if err != nil {
		panic(fmt.Sprintf("slackfake: text: %v", err))
	}
	return b
}

// announce sends the events of a user's message; s.mu is held. An app hears
// nothing of channels that it is not in.
func (s *Server) announce(c *channel, m *Message, bot string) []*Receipt {
	if !c.members[BotUser] {
		return nil
	}
	ev := s.wire(m)
	ev["channel"], ev["event_ts"], ev["client_msg_id"] = c.id, m.TS, "cmid-"+m.TS
	if team := s.users[m.User].Team; team != "" {
		ev["team"], ev["user_team"], ev["source_team"] = team, team, team
	}
	if bot != "" {
		ev["bot_id"] = bot
	}
	var out []*Receipt
	if c.kind != kindIM && strings.Contains(m.Text, Mention) {
		mention := maps.Clone(ev)
		mention["type"] = "app_mention"
		if r := s.event(c, "app_mention", m.TS, mention); r != nil {
			out = append(out, r)
		}
	}
	ev["channel_type"] = c.kind
	if r := s.event(c, messageEvent(c.kind), m.TS, ev); r != nil {
		out = append(out, r)
	}
	return out
}

// messageEvent is the subscription under which a channel's messages come.
func messageEvent(kind string) string {
	if kind == kindIM || kind == kindMPIM {
		return "message." + kind
	}
	return "message." + kind + "s"
}

// AllEvents are the subscriptions that the fake knows.
func AllEvents() []string { return slices.Sorted(maps.Keys(eventScope())) }

// eventScope says which scope an event needs; without it Slack sends nothing
// (https://docs.slack.dev/reference/events).
func eventScope() map[string]string {
	return map[string]string{
		"message.im": "im:history", "message.channels": "channels:history", "message.groups": "groups:history",
		"message.mpim": "mpim:history", "app_mention": "app_mentions:read", "app_home_opened": "",
		"assistant_thread_started": "assistant:write", "assistant_thread_context_changed": "assistant:write",
		"member_joined_channel": "channels:read", "member_left_channel": "channels:read", "channel_left": "channels:read",
		"channel_archive": "channels:read", "tokens_revoked": "", "app_uninstalled": "",
		"reaction_added": "reactions:read", "user_change": "users:read",
	}
}

// event delivers an event if the app is subscribed to it and may see it, and
// returns nil otherwise; s.mu is held.
func (s *Server) event(c *channel, subscription, ts string, ev object) *Receipt {
	if !slices.Contains(s.cfg.Events, subscription) {
		return nil
	}
	if scope := eventScope()[subscription]; scope != "" && !slices.Contains(s.scopes, scope) {
		return nil
	}
	lane := "team"
	if c != nil {
		lane = c.id
	}
	id := s.id("Ev")
	typ, _ := ev["type"].(string)
	payload := object{
		"token": "legacy", "team_id": Team, "api_app_id": App, "type": "event_callback", "event_id": id,
		"event_time": s.clock.Now().Unix(), "event": ev, "is_ext_shared_channel": c != nil && c.shared,
		"authorizations": []object{{"enterprise_id": nil, "team_id": Team, "user_id": BotUser, "is_bot": true, "is_enterprise_install": false}},
	}
	b, err := json.Marshal(payload)
	if err != nil {
		panic(fmt.Sprintf("slackfake: event: %v", err))
	}
	return s.deliver(&job{kind: KindEvent, typ: typ, ts: ts, eventID: id, lane: lane, payload: b})
}
