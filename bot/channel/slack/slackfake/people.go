package slackfake

import "fmt"

// Edit changes what a user wrote.
func (s *Server) Edit(channel, ts, text string) ([]*Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, m, err := s.usersMessage(channel, ts)
	if err != nil {
		return nil, err
	}
	r := s.edit(c, m, text, typed(text))
	s.show(Entry{Kind: "edited", Channel: c.id, Thread: m.Thread, TS: m.TS, User: m.User, Text: text})
	return r, nil
}

// Delete takes back what a user wrote.
func (s *Server) Delete(channel, ts string) ([]*Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, m, err := s.usersMessage(channel, ts)
	if err != nil {
		return nil, err
	}
	r := s.erase(c, m)
	s.show(Entry{Kind: "deleted", Channel: c.id, Thread: m.Thread, TS: m.TS, User: m.User})
	return r, nil
}

func (s *Server) usersMessage(channel, ts string) (*channel, *Message, error) {
	c := s.channels[channel]
	if c == nil {
		return nil, nil, fmt.Errorf("no channel %s", channel)
	}
	m := c.find(ts)
	if m == nil || m.Bot {
		return nil, nil, fmt.Errorf("no user's message %s in %s", ts, channel)
	}
	return c, m, nil
}

// Channel describes a channel to add.
type Channel struct {
	Name    string
	Private bool
	Shared  bool     // with another workspace (Slack Connect)
	Members []string // the bot is one of them only when named
}

// AddChannel adds a channel and returns its id.
func (s *Server) AddChannel(d Channel) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &channel{id: s.id("C"), name: d.Name, kind: kindPublic, shared: d.Shared, members: map[string]bool{}}
	if d.Private {
		c.kind = kindPrivate
	}
	for _, m := range d.Members {
		c.members[m] = true
	}
	s.channels[c.id] = c
	return c.id
}

// Archive closes a channel for good and tells the app.
func (s *Server) Archive(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[id]
	if c == nil {
		return
	}
	ts := s.ts()
	s.member(c, "channel_archive", object{"type": "channel_archive", "channel": id, "user": Customer, "event_ts": ts})
	c.archived = true
	s.note()
}

// Kick removes the bot from a channel; the app hears channel_left.
func (s *Server) Kick(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[id]
	if c == nil {
		return
	}
	delete(c.members, BotUser)
	s.member(c, "channel_left", object{"type": "channel_left", "channel": id, "actor_id": Customer, "event_ts": s.ts()})
	s.note()
}

// Invite adds a user (or the bot) to a channel; the app hears
// member_joined_channel when it is there itself.
func (s *Server) Invite(id, user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[id]
	if c == nil {
		return
	}
	c.members[user] = true
	if c.members[BotUser] {
		s.member(c, "member_joined_channel", object{
			"type": "member_joined_channel", "user": user, "channel": id, "channel_type": "C", "team": Team, "event_ts": s.ts(),
		})
	}
	s.note()
}

func (s *Server) member(c *channel, subscription string, ev object) { s.event(c, subscription, "", ev) }

// Deactivate turns a user's account off.
func (s *Server) Deactivate(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[user]
	if u == nil {
		return
	}
	u.Deleted = true
	s.event(nil, "user_change", "", object{"type": "user_change", "user": object{"id": user, "deleted": true, "name": u.Name}, "event_ts": s.ts()})
	s.note()
}

// Uninstall removes the app: its tokens are refused from now on, and it hears
// tokens_revoked and app_uninstalled. Open sockets stay, to bring the two.
func (s *Server) Uninstall() []*Receipt {
	s.mu.Lock()
	var out []*Receipt
	for _, ev := range []object{
		{"type": "tokens_revoked", "tokens": object{"oauth": []string{}, "bot": []string{BotUser}}, "event_ts": s.ts()},
		{"type": "app_uninstalled", "event_ts": s.ts()},
	} {
		if r := s.event(nil, ev["type"].(string), "", ev); r != nil {
			out = append(out, r)
		}
	}
	s.authErr = "token_revoked"
	s.note()
	s.mu.Unlock()
	return out
}
