package slackfake

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Slack's limits for texts, in characters.
const (
	maxText     = 40000 // chat.postMessage: the rest is cut off
	maxEdit     = 4000  // chat.update: refused above this
	maxMarkdown = 12000 // markdown_text
)

// writable is the channel that a call writes to, or why it may not. A user's id
// stands for the direct message with them.
func (s *Server) writable(id string) (*channel, error) {
	if strings.HasPrefix(id, "U") || strings.HasPrefix(id, "W") {
		u := s.users[id]
		if u == nil || id == BotUser {
			return nil, fail("channel_not_found")
		}
		return s.im(id), nil
	}
	c := s.channels[id]
	switch {
	case c == nil, c.kind != kindPublic && !c.members[BotUser]:
		return nil, fail("channel_not_found") // a private channel is not there for strangers
	case !c.members[BotUser]:
		return nil, fail("not_in_channel")
	case c.archived:
		return nil, fail("is_archived")
	}
	return c, nil
}

// content checks text, markdown_text and blocks of a post.
func content(a args) (text string, blocks json.RawMessage, err error) {
	text = a["text"]
	if md := a["markdown_text"]; md != "" {
		if text != "" || a["blocks"] != "" {
			return "", nil, fail("markdown_text_conflict")
		}
		if utf8.RuneCountInString(md) > maxMarkdown {
			return "", nil, fail("msg_too_long")
		}
		text = md
	}
	if raw := a["blocks"]; raw != "" && raw != "[]" {
		if err := refuse(ForMessage, json.RawMessage(raw)); err != nil {
			return "", nil, err
		}
		blocks = json.RawMessage(raw)
	}
	if text == "" && blocks == nil && (a["attachments"] == "" || a["attachments"] == "[]") {
		return "", nil, fail("no_text")
	}
	return text, blocks, nil
}

// metadata checks the metadata argument: an object with event_type and
// event_payload (https://docs.slack.dev/messaging/message-metadata/).
func metadata(a args) (json.RawMessage, error) {
	raw := a["metadata"]
	if raw == "" {
		return nil, nil
	}
	var m struct {
		Type    string                     `json:"event_type"`
		Payload map[string]json.RawMessage `json:"event_payload"`
	}
	if json.Unmarshal([]byte(raw), &m) != nil {
		return nil, fail("invalid_metadata_format")
	}
	if m.Type == "" || m.Payload == nil {
		return nil, fail("invalid_metadata_schema")
	}
	return json.RawMessage(raw), nil
}

func postMessage(s *Server, a args) (object, error) {
	c, err := s.writable(a["channel"])
	if err != nil {
		return nil, err
	}
	text, blocks, err := content(a)
	if err != nil {
		return nil, err
	}
	meta, err := metadata(a)
	if err != nil {
		return nil, err
	}
	if r := []rune(text); len(r) > maxText {
		text = string(r[:maxText])
	}
	thread := a["thread_ts"]
	if thread != "" {
		p := c.find(thread)
		switch {
		case p == nil:
			thread = "" // Slack posts outside the thread when the parent is gone
		case p.Thread != "":
			thread = p.Thread // a reply is no parent: the message lands in its thread
		}
	}
	m := &Message{Channel: c.id, TS: s.ts(), Thread: thread, User: BotUser, Bot: true, Text: text, Blocks: blocks, Metadata: meta}
	m.Mentions = mentions(m, a)
	s.put(c, m)
	s.show(Entry{Kind: "post", Channel: c.id, Thread: thread, TS: m.TS, User: BotUser, Text: Read(text, blocks)})
	s.appMessage(c, m)
	return object{"channel": c.id, "ts": m.TS, "message": s.wire(m)}, nil
}

// own is a message that the app may change or delete, or why it may not.
func (s *Server) own(a args, forbidden string) (*channel, *Message, error) {
	c := s.channels[a["channel"]]
	if c == nil || c.kind != kindPublic && !c.members[BotUser] {
		return nil, nil, fail("channel_not_found")
	}
	if c.archived {
		return nil, nil, fail("is_archived")
	}
	m := c.find(a["ts"])
	if m == nil {
		return nil, nil, fail("message_not_found")
	}
	if !m.Bot {
		return nil, nil, fail(forbidden)
	}
	return c, m, nil
}

func update(s *Server, a args) (object, error) {
	c, m, err := s.own(a, "cant_update_message")
	if err != nil {
		return nil, err
	}
	text, blocks, err := content(a)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(text) > maxEdit && blocks == nil {
		return nil, fail("msg_too_long")
	}
	meta, err := metadata(a)
	if err != nil {
		return nil, err
	}
	// Without blocks in the call the old ones stay only if there is no text
	// either; with text alone they go.
	s.edit(m, text, blocks)
	if meta != nil {
		m.Metadata = meta
	}
	m.Mentions = mentions(m, a)
	s.show(Entry{Kind: "update", Channel: c.id, Thread: m.Thread, TS: m.TS, User: BotUser, Text: Read(text, blocks)})
	return object{"channel": c.id, "ts": m.TS, "text": text, "message": s.wire(m)}, nil
}

// edit gives a message new content and keeps the old; s.mu is held.
func (s *Server) edit(m *Message, text string, blocks json.RawMessage) {
	m.History = append(m.History, Version{Text: m.Text, Blocks: m.Blocks, At: s.clock.Now()})
	m.Text, m.Blocks, m.Edited = text, blocks, s.ts()
}

func remove(s *Server, a args) (object, error) {
	c, m, err := s.own(a, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	m.Deleted = true
	s.show(Entry{Kind: "delete", Channel: c.id, Thread: m.Thread, TS: m.TS, User: BotUser})
	return object{"channel": c.id, "ts": m.TS}, nil
}

func postEphemeral(s *Server, a args) (object, error) {
	c, err := s.writable(a["channel"])
	if err != nil {
		return nil, err
	}
	if !c.members[a["user"]] {
		return nil, fail("user_not_in_channel")
	}
	text, blocks, err := content(a)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(text) > maxText {
		return nil, fail("msg_too_long")
	}
	m := &Message{Channel: c.id, TS: s.ts(), Thread: a["thread_ts"], User: BotUser, Bot: true, To: a["user"], Text: text, Blocks: blocks}
	m.Mentions = mentions(m, a)
	s.put(c, m)
	s.show(Entry{Kind: "ephemeral", Channel: c.id, Thread: m.Thread, TS: m.TS, User: m.To, Text: Read(text, blocks)})
	return object{"message_ts": m.TS}, nil
}

func (s *Server) put(c *channel, m *Message) {
	c.messages = append(c.messages, m)
	s.note()
}
