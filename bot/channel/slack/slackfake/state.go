package slackfake

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// User is a member of the workspace.
type User struct {
	ID       string
	Name     string // handle
	RealName string
	Locale   string // such as "ru-RU"
	TZ       string
	Team     string // another workspace's id for a user of a shared channel
	IsBot    bool
	Deleted  bool // deactivated
}

// Kinds of channel, as events name them in channel_type.
const (
	kindPublic  = "channel"
	kindPrivate = "group"
	kindIM      = "im"
	kindMPIM    = "mpim"
)

type channel struct {
	id, name string
	kind     string
	user     string // of a direct message
	members  map[string]bool
	archived bool
	shared   bool // with another workspace (Slack Connect)
	messages []*Message
}

// find is the message with a timestamp, nil when there is none or it is gone.
func (c *channel) find(ts string) *Message {
	i := slices.IndexFunc(c.messages, func(m *Message) bool { return m.TS == ts && !m.Deleted && m.To == "" })
	if i < 0 {
		return nil
	}
	return c.messages[i]
}

// Message is what stands in a channel.
type Message struct {
	Channel   string
	TS        string
	Thread    string // the parent's ts, "" outside a thread
	User      string
	Bot       bool   // posted by the app
	To        string // the only user who sees it (ephemeral)
	Text      string
	Blocks    json.RawMessage
	Metadata  json.RawMessage
	Subtype   string
	Files     []string // ids
	Reactions map[string][]string
	Deleted   bool
	Edited    string    // ts of the last edit
	History   []Version // what it was before, oldest first
	Mentions  []string  // control sequences with which the app named or notified somebody
	Stray     []string  // <…> that are neither that nor links: the app did not escape them
	Streaming bool
	streamed  time.Time // when the last text of a stream came
}

// Version is what a message said before an edit.
type Version struct {
	Text   string
	Blocks json.RawMessage
	At     time.Time
}

// Entry is one thing that happened before a user's eyes, in order.
type Entry struct {
	Kind    string // said, post, update, delete, ephemeral, status, prompts, title, view, home, reaction, file, error
	At      time.Time
	Channel string
	Thread  string
	TS      string
	User    string // who did it; for ephemeral, view, home: who sees it
	Text    string // what can be read, blocks rendered
}

// show adds to the transcript; s.mu is held.
func (s *Server) show(e Entry) {
	e.At = s.clock.Now()
	s.log = append(s.log, e)
	s.note()
}

// Transcript is all that happened in a channel (all channels when it is "") and
// thread (all threads when it is ""), oldest first.
func (s *Server) Transcript(channel, thread string) []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Entry
	for _, e := range s.log {
		if (channel == "" || e.Channel == channel) && (thread == "" || e.Thread == thread || e.TS == thread) {
			out = append(out, e)
		}
	}
	return out
}

// Messages are what stands in a channel now, ephemeral ones included and
// deleted ones left out, oldest first; of one thread when thread is not "".
func (s *Server) Messages(channel, thread string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channel]
	if c == nil {
		return nil
	}
	var out []Message
	for _, m := range c.messages {
		if !m.Deleted && (thread == "" || m.Thread == thread || m.TS == thread) {
			out = append(out, m.copy())
		}
	}
	return out
}

func (m *Message) copy() Message {
	out := *m
	out.History = slices.Clone(m.History)
	out.Files = slices.Clone(m.Files)
	out.Reactions = map[string][]string{}
	for k, v := range m.Reactions {
		out.Reactions[k] = slices.Clone(v)
	}
	return out
}

// replies counts the messages in m's thread and tells the last one's ts.
func (s *Server) replies(m *Message) (n int, last string) {
	for _, r := range s.channels[m.Channel].messages {
		if r.Thread == m.TS && !r.Deleted && r.To == "" {
			n, last = n+1, r.TS
		}
	}
	return n, last
}

// wire is a message as the API and events show it.
func (s *Server) wire(m *Message) object {
	out := object{"type": "message", "ts": m.TS, "text": m.Text, "user": m.User, "team": Team}
	if m.Thread != "" {
		out["thread_ts"] = m.Thread
	}
	if m.Subtype != "" {
		out["subtype"] = m.Subtype
	}
	if m.Bot {
		out["bot_id"], out["app_id"] = BotID, App
		out["bot_profile"] = object{"id": BotID, "app_id": App, "team_id": Team, "name": s.users[BotUser].Name}
	}
	if m.Blocks != nil {
		out["blocks"] = m.Blocks
	}
	if m.Metadata != nil {
		out["metadata"] = m.Metadata
	}
	if m.Edited != "" {
		out["edited"] = object{"user": m.User, "ts": m.Edited}
	}
	if len(m.Files) > 0 {
		var fs []object
		for _, id := range m.Files {
			fs = append(fs, s.wireFile(s.files[id], s.channels[m.Channel]))
		}
		out["files"], out["upload"] = fs, false
	}
	if n, last := s.replies(m); n > 0 {
		out["thread_ts"], out["reply_count"], out["latest_reply"] = m.TS, n, last
	}
	if len(m.Reactions) > 0 {
		var rs []object
		for _, name := range slices.Sorted(maps.Keys(m.Reactions)) {
			rs = append(rs, object{"name": name, "users": m.Reactions[name], "count": len(m.Reactions[name])})
		}
		out["reactions"] = rs
	}
	return out
}
