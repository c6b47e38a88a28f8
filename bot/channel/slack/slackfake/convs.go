package slackfake

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// seen is a channel that the app may look at.
func (s *Server) seen(id string) (*channel, error) {
	c := s.channels[id]
	if c == nil || c.kind != kindPublic && !c.members[BotUser] {
		return nil, fail("channel_not_found")
	}
	return c, nil
}

func (s *Server) wireChannel(c *channel) object {
	out := object{
		"id": c.id, "is_channel": c.kind == kindPublic, "is_group": c.kind == kindPrivate, "is_im": c.kind == kindIM,
		"is_mpim": c.kind == kindMPIM, "is_private": c.kind != kindPublic, "is_archived": c.archived,
		"is_shared": c.shared, "is_ext_shared": c.shared, "is_member": c.members[BotUser], "created": 1700000000,
	}
	if c.kind == kindIM {
		out["user"] = c.user
	} else {
		out["name"], out["name_normalized"], out["num_members"] = c.name, c.name, len(c.members)
	}
	return out
}

func conversationsInfo(s *Server, a args) (object, error) {
	c, err := s.seen(a["channel"])
	if err != nil {
		return nil, err
	}
	return object{"channel": s.wireChannel(c)}, nil
}

func conversationsOpen(s *Server, a args) (object, error) {
	if id := a["channel"]; id != "" {
		c, err := s.seen(id)
		if err != nil {
			return nil, err
		}
		return object{"channel": s.wireChannel(c)}, nil
	}
	ids := strings.FieldsFunc(a["users"], func(r rune) bool { return r == ',' })
	switch {
	case len(ids) == 0:
		return nil, fail("users_list_not_supplied")
	case len(ids) > 8:
		return nil, fail("too_many_users")
	}
	for _, id := range ids {
		switch u := s.users[id]; {
		case u == nil:
			return nil, fail("user_not_found")
		case u.Deleted:
			return nil, fail("user_disabled")
		}
	}
	if len(ids) == 1 {
		return object{"channel": s.wireChannel(s.im(ids[0]))}, nil
	}
	c := &channel{id: s.id("G"), kind: kindMPIM, members: map[string]bool{BotUser: true}}
	for _, id := range ids {
		c.members[id] = true
	}
	s.channels[c.id] = c
	return object{"channel": s.wireChannel(c)}, nil
}

// page cuts a list of messages into pages by cursor and limit.
func (s *Server) page(ms []*Message, a args, most int) (object, error) {
	limit := 100
	if raw := a["limit"]; raw != "" {
		n, err := strconv.Atoi(raw)
		if err != nil || n < 1 {
			return nil, fail("invalid_limit")
		}
		limit = min(n, most)
	}
	from := 0
	if raw := a["cursor"]; raw != "" {
		b, err := base64.StdEncoding.DecodeString(raw)
		if err == nil {
			from, err = strconv.Atoi(strings.TrimPrefix(string(b), "next:"))
		}
		if err != nil || from > len(ms) {
			return nil, fail("invalid_cursor")
		}
	}
	end := min(from+limit, len(ms))
	list := []object{}
	for _, m := range ms[from:end] {
		w := s.wire(m)
		if a["include_all_metadata"] != "true" && a["include_all_metadata"] != "1" {
			delete(w, "metadata")
		}
		list = append(list, w)
	}
	out := object{"messages": list, "has_more": end < len(ms)}
	if end < len(ms) {
		out["response_metadata"] = object{"next_cursor": base64.StdEncoding.EncodeToString([]byte("next:" + strconv.Itoa(end)))}
	}
	return out, nil
}

// within keeps the messages between oldest and latest.
func within(ms []*Message, a args) []*Message {
	edge := a["inclusive"] == "true" || a["inclusive"] == "1"
	return slices.DeleteFunc(ms, func(m *Message) bool {
		if o := a["oldest"]; o != "" && (m.TS < o || m.TS == o && !edge) {
			return true
		}
		l := a["latest"]
		return l != "" && (m.TS > l || m.TS == l && !edge)
	})
}

// history needs the scope of the channel's kind and membership.
func (s *Server) history(a args) (*channel, error) {
	c, err := s.seen(a["channel"])
	if err != nil {
		return nil, err
	}
	if !c.members[BotUser] {
		return nil, fail("not_in_channel")
	}
	scope := map[string]string{kindPublic: "channels:history", kindPrivate: "groups:history", kindIM: "im:history", kindMPIM: "mpim:history"}[c.kind]
	if !slices.Contains(s.scopes, scope) {
		return nil, &apiError{code: "missing_scope", needed: scope}
	}
	return c, nil
}

func conversationsHistory(s *Server, a args) (object, error) {
	c, err := s.history(a)
	if err != nil {
		return nil, err
	}
	var ms []*Message
	for _, m := range slices.Backward(c.messages) { // newest first
		if !m.Deleted && m.To == "" && m.Thread == "" {
			ms = append(ms, m)
		}
	}
	return s.page(within(ms, a), a, 999)
}

func conversationsReplies(s *Server, a args) (object, error) {
	c, err := s.history(a)
	if err != nil {
		return nil, err
	}
	root := c.find(a["ts"])
	if root == nil {
		return nil, fail("thread_not_found")
	}
	ts := root.TS
	if root.Thread != "" {
		ts = root.Thread
	}
	var ms []*Message
	for _, m := range c.messages { // oldest first
		if !m.Deleted && m.To == "" && (m.TS == ts || m.Thread == ts) {
			ms = append(ms, m)
		}
	}
	return s.page(within(ms, a), a, 1000)
}

func usersInfo(s *Server, a args) (object, error) {
	u := s.users[a["user"]]
	if u == nil {
		return nil, fail("user_not_found")
	}
	team := u.Team
	if team == "" {
		team = Team
	}
	out := object{
		"id": u.ID, "team_id": team, "name": u.Name, "real_name": u.RealName, "deleted": u.Deleted, "is_bot": u.IsBot,
		"is_stranger": u.Team != "", "tz": u.TZ,
		"profile": object{"real_name": u.RealName, "display_name": u.Name, "team": team},
	}
	if a["include_locale"] == "true" || a["include_locale"] == "1" {
		out["locale"] = u.Locale
	}
	return object{"user": out}, nil
}

func react(add bool) func(s *Server, a args) (object, error) {
	return func(s *Server, a args) (object, error) {
		c, err := s.seen(a["channel"])
		if err != nil {
			return nil, err
		}
		m := c.find(a["timestamp"])
		name := a["name"]
		switch {
		case m == nil:
			return nil, fail("message_not_found")
		case name == "" || strings.ContainsAny(name, ": "):
			return nil, fail("invalid_name")
		case !c.members[BotUser]:
			return nil, fail("not_in_channel")
		case c.archived:
			return nil, fail("is_archived")
		}
		has := slices.Contains(m.Reactions[name], BotUser)
		kind := "reaction"
		switch {
		case add && has:
			return nil, fail("already_reacted")
		case !add && !has:
			return nil, fail("no_reaction")
		case add:
			if m.Reactions == nil {
				m.Reactions = map[string][]string{}
			}
			m.Reactions[name] = append(m.Reactions[name], BotUser)
		default:
			kind = "reaction_removed"
			m.Reactions[name] = slices.DeleteFunc(m.Reactions[name], func(u string) bool { return u == BotUser })
			if len(m.Reactions[name]) == 0 {
				delete(m.Reactions, name)
			}
		}
		s.show(Entry{Kind: kind, Channel: c.id, Thread: m.Thread, TS: m.TS, User: BotUser, Text: name})
		return nil, nil
	}
}
