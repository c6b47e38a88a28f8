package slackfake

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// triggerLife is how long a trigger_id may be exchanged for a view.
const triggerLife = 3 * time.Second

// trigger is a trigger_id that was handed out.
type trigger struct {
	user string
	at   time.Time
	used bool
	view string // the view in which the interaction took place
}

func (s *Server) trigger(user, view string) string {
	id := s.id("trg-")
	s.triggers[id] = &trigger{user: user, at: s.clock.Now(), view: view}
	return id
}

// Press is what a user presses or chooses, in a message or in their Home tab.
type Press struct {
	User    string // default Customer
	Channel string // "" is the user's Home tab or open modal
	TS      string // of the message; default the newest with such an element
	Action  string // action_id, or
	Label   string // what stands on the button or option
	Value   string // narrows down: the button's or option's value
	Stale   bool   // the user's client still shows an older version of the message
}

// Press presses a button or chooses an option that the user can see. The
// receipt's Await says whether the app acknowledged in time; if it did not, the
// user sees a warning sign.
func (s *Server) Press(p Press) (*Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.User == "" {
		p.User = Customer
	}
	payload := s.interaction("block_actions", p.User)
	if p.Channel == "" {
		return s.pressInView(p, payload)
	}
	c := s.channels[p.Channel]
	if c == nil || !c.members[p.User] {
		return nil, fmt.Errorf("%s cannot see channel %s", p.User, p.Channel)
	}
	m, act := s.findAction(c, p)
	if act == nil {
		return nil, fmt.Errorf("%s sees nothing to press that is %q or %q", p.User, p.Action, p.Label)
	}
	container := object{"type": "message", "message_ts": m.TS, "channel_id": c.id, "is_ephemeral": m.To != ""}
	if m.Thread != "" {
		container["thread_ts"] = m.Thread
	}
	payload["container"] = container
	payload["channel"] = object{"id": c.id, "name": channelName(c)}
	payload["trigger_id"] = s.trigger(p.User, "")
	payload["response_url"] = s.responseURL(c, m, p.User)
	payload["actions"] = []object{act}
	payload["state"] = object{"values": object{}}
	if m.To == "" {
		payload["message"] = s.wire(m)
	}
	s.show(Entry{Kind: "press", Channel: c.id, Thread: m.Thread, TS: m.TS, User: p.User, Text: actionText(act)})
	return s.interact("block_actions", m.TS, payload, s.unlessAcked(c.id, m.Thread, p.User)), nil
}

// unlessAcked shows the user that something went wrong when the app is silent.
func (s *Server) unlessAcked(channel, thread, user string) *job {
	return &job{onFail: func() {
		s.show(Entry{Kind: "error", Channel: channel, Thread: thread, User: user, Text: "the app did not answer"})
	}}
}

func channelName(c *channel) string {
	if c.kind == kindIM {
		return "directmessage"
	}
	return c.name
}

func actionText(act object) string {
	if o, ok := act["selected_option"].(map[string]any); ok {
		return label(o["text"])
	}
	if t := label(act["text"]); t != "" {
		return t
	}
	s, _ := act["action_id"].(string)
	return s
}

// interaction is what all interaction payloads have in common.
func (s *Server) interaction(typ, user string) object {
	u := s.users[user]
	name := user
	if u != nil {
		name = u.Name
	}
	return object{
		"type": typ, "token": "legacy", "api_app_id": App, "team": object{"id": Team, "domain": "fake"},
		"user": object{"id": user, "name": name, "username": name, "team_id": Team}, "enterprise": nil, "is_enterprise_install": false,
	}
}

// interact delivers an interaction, once.
func (s *Server) interact(typ, ts string, payload object, j *job) *Receipt {
	b, err := json.Marshal(payload)
	if err != nil {
		panic(fmt.Sprintf("slackfake: interaction: %v", err))
	}
	j.kind, j.typ, j.ts, j.payload, j.accepts = KindInteractive, typ, ts, b, true
	return s.deliver(j)
}

// findAction looks for what is pressed in the messages that the user sees.
func (s *Server) findAction(c *channel, p Press) (*Message, object) {
	for i := len(c.messages) - 1; i >= 0; i-- {
		m := c.messages[i]
		if p.TS != "" && m.TS != p.TS || m.Deleted || m.To != "" && m.To != p.User {
			continue
		}
		versions := []json.RawMessage{m.Blocks}
		if p.Stale {
			for _, v := range m.History {
				versions = append(versions, v.Blocks)
			}
		}
		for _, blocks := range versions {
			if act := s.action(blocks, p); act != nil {
				return m, act
			}
		}
	}
	return nil, nil
}

// action is the entry in a payload's actions for a pressed element.
func (s *Server) action(blocks json.RawMessage, p Press) object {
	list, _ := decode(blocks).([]any)
	for _, b := range list {
		o, _ := b.(map[string]any)
		var found object
		walk([]any{o["elements"], o["accessory"]}, func(e map[string]any) {
			if found == nil {
				found = pressed(e, p)
			}
		})
		if found != nil {
			found["block_id"] = o["block_id"]
			found["action_ts"] = s.ts()
			return found
		}
	}
	return nil
}

// pressed is the action when e is the element that is meant.
func pressed(e map[string]any, p Press) object {
	kind, _ := e["type"].(string)
	if _, ok := elements()[kind]; !ok || kind == "image" || p.Action != "" && e["action_id"] != p.Action {
		return nil
	}
	out := object{"type": kind, "action_id": e["action_id"]}
	fits := func(text, value any) bool {
		return (p.Label == "" || label(text) == p.Label) && (p.Value == "" || value == p.Value)
	}
	switch kind {
	case "button", "icon_button":
		if !fits(e["text"], e["value"]) {
			return nil
		}
		for _, k := range []string{"text", "value", "style"} {
			if e[k] != nil {
				out[k] = e[k]
			}
		}
		return out
	case "feedback_buttons":
		for _, k := range []string{"positive_button", "negative_button"} {
			if b, ok := e[k].(map[string]any); ok && fits(b["text"], b["value"]) {
				out["text"], out["value"] = b["text"], b["value"]
				return out
			}
		}
		return nil
	}
	for _, opt := range options(e) {
		if fits(opt["text"], opt["value"]) {
			out["selected_option"] = opt
			return out
		}
	}
	return nil
}

// Command runs a slash command as a user. The app's answer, if it gives one
// with its acknowledgement, is shown to the user alone or to all as it says.
func (s *Server) Command(user, channel, command, text string) (*Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if user == "" {
		user = Customer
	}
	if channel == "" {
		channel = s.im(user).id
	}
	c := s.channels[channel]
	u := s.users[user]
	if c == nil || u == nil || !c.members[user] || c.archived {
		return nil, fmt.Errorf("%s cannot write to %s", user, channel)
	}
	if !strings.HasPrefix(command, "/") {
		return nil, errors.New("a command begins with a slash")
	}
	fields := map[string]string{
		"token": "legacy", "team_id": Team, "team_domain": "fake", "channel_id": c.id, "channel_name": channelName(c),
		"user_id": user, "user_name": u.Name, "command": command, "text": text, "api_app_id": App,
		"is_enterprise_install": "false", "response_url": s.responseURL(c, nil, user), "trigger_id": s.trigger(user, ""),
	}
	form := url.Values{}
	for k, v := range fields {
		form.Set(k, v)
	}
	payload, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("command: %w", err)
	}
	s.show(Entry{Kind: "command", Channel: c.id, User: user, Text: strings.TrimSpace(command + " " + text)})
	j := s.unlessAcked(c.id, "", user)
	j.kind, j.typ, j.payload, j.form, j.accepts = KindSlash, command, payload, form, true
	j.onReply = func(reply json.RawMessage) {
		if len(strings.TrimSpace(string(reply))) == 0 {
			return
		}
		in := answer{Text: string(reply)} // over HTTP plain text is an answer too
		if json.Valid(reply) {
			in = answer{}
			if err := json.Unmarshal(reply, &in); err != nil {
				s.complain("answer to %s: %v", command, err)
				return
			}
		}
		if err := s.respond(&responseURL{channel: c.id, user: user}, in); err != nil {
			s.complain("answer to %s: %v", command, err)
		}
	}
	return s.deliver(j), nil
}

// MessageShortcut runs a message shortcut on a message, Shortcut a global one.
func (s *Server) MessageShortcut(user, channel, ts, callback string) (*Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channel]
	if c == nil || !c.members[user] {
		return nil, fmt.Errorf("%s cannot see channel %s", user, channel)
	}
	m := c.find(ts)
	if m == nil {
		return nil, fmt.Errorf("no message %s in %s", ts, channel)
	}
	p := s.interaction("message_action", user)
	p["callback_id"], p["trigger_id"], p["action_ts"] = callback, s.trigger(user, ""), s.ts()
	p["response_url"], p["message_ts"], p["message"] = s.responseURL(c, nil, user), ts, s.wire(m)
	p["channel"] = object{"id": c.id, "name": channelName(c)}
	s.show(Entry{Kind: "shortcut", Channel: c.id, Thread: m.Thread, TS: ts, User: user, Text: callback})
	return s.interact("message_action", ts, p, s.unlessAcked(c.id, m.Thread, user)), nil
}

// Shortcut runs a global shortcut.
func (s *Server) Shortcut(user, callback string) *Receipt {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.interaction("shortcut", user)
	p["callback_id"], p["trigger_id"], p["action_ts"] = callback, s.trigger(user, ""), s.ts()
	return s.interact("shortcut", "", p, s.unlessAcked("", "", user))
}
