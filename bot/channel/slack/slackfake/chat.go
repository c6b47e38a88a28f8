package slackfake

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Slack's limits for texts, in characters.
const (
	maxText     = 40000 // chat.postMessage: the rest is cut off
	maxEdit     = 4000  // chat.update: refused above this
	maxMarkdown = 12000 // markdown_text
	maxMetadata = 16000 // metadata, in bytes
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
	case c.kind == kindIM && s.users[c.user].Deleted:
		return nil, fail("user_disabled") // which code Slack has here is unverified
	}
	return c, nil
}

// content checks text, markdown_text and blocks of a post.
func (s *Server) content(a args) (text string, blocks json.RawMessage, err error) {
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
	if blocks, err = s.blocks(a); err != nil {
		return "", nil, err
	}
	if text == "" && blocks == nil && (a["attachments"] == "" || a["attachments"] == "[]") {
		return "", nil, fail("no_text")
	}
	return text, blocks, nil
}

// blocks checks the blocks argument. Video blocks need a scope of their own
// (https://docs.slack.dev/reference/block-kit/blocks/video-block).
func (s *Server) blocks(a args) (json.RawMessage, error) {
	raw := json.RawMessage(a["blocks"])
	if len(raw) == 0 || string(raw) == "[]" {
		return nil, nil
	}
	if err := refuse(ForMessage, raw); err != nil {
		return nil, err
	}
	var err error
	walk(decode(raw), func(o map[string]any) {
		if o["type"] == "video" && !slices.Contains(s.scopes, "links.embed:write") {
			err = fail("invalid_blocks", "[ERROR] video blocks need the scope links.embed:write")
		}
	})
	return raw, err
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
	if len(raw) > maxMetadata {
		return nil, fail("metadata_too_large")
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
	text, blocks, err := s.content(a)
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
	s.post(c, m)
	return object{"channel": c.id, "ts": m.TS, "message": s.wire(m)}, nil
}

// post shows a new message of the app and tells the app of it; s.mu is held.
func (s *Server) post(c *channel, m *Message) {
	s.put(c, m)
	s.show(Entry{Kind: "post", Channel: c.id, Thread: m.Thread, TS: m.TS, User: BotUser, Text: Read(m.Text, m.Blocks)})
	delete(s.status, c.id+" "+m.Thread) // a message ends the status of its thread
	ev := s.wire(m)
	ev["channel"], ev["event_ts"], ev["channel_type"] = c.id, m.TS, c.kind
	if c.members[BotUser] {
		s.event(c, messageEvent(c.kind), m.TS, ev)
	}
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
	if m.Streaming {
		return nil, fail("streaming_state_conflict")
	}
	text, blocks, err := s.content(a)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(text) > maxEdit {
		return nil, fail("msg_too_long")
	}
	meta, err := metadata(a)
	if err != nil {
		return nil, err
	}
	s.edit(c, m, text, blocks)
	if meta != nil {
		m.Metadata = meta
	}
	s.show(Entry{Kind: "update", Channel: c.id, Thread: m.Thread, TS: m.TS, User: BotUser, Text: Read(text, blocks)})
	return object{"channel": c.id, "ts": m.TS, "text": text, "message": s.wire(m)}, nil
}

// edit gives a message new content, keeps the old and tells the app; s.mu is
// held. Text without blocks takes the old blocks away.
func (s *Server) edit(c *channel, m *Message, text string, blocks json.RawMessage) []*Receipt {
	before := s.wire(m)
	m.History = append(m.History, Version{Text: m.Text, Blocks: m.Blocks, At: s.clock.Now()})
	m.Text, m.Blocks, m.Edited = text, blocks, s.ts()
	s.dress(m)
	return s.changedEvent(c, m, object{"subtype": "message_changed", "message": s.wire(m), "previous_message": before})
}

// erase takes a message away and tells the app; s.mu is held.
func (s *Server) erase(c *channel, m *Message) []*Receipt {
	before := s.wire(m)
	m.Deleted = true
	return s.changedEvent(c, m, object{"subtype": "message_deleted", "deleted_ts": m.TS, "previous_message": before})
}

// changedEvent is a message event about another message; s.mu is held.
func (s *Server) changedEvent(c *channel, m *Message, ev object) []*Receipt {
	if m.To != "" || !c.members[BotUser] {
		return nil
	}
	ts := s.ts()
	maps.Copy(ev, object{"type": "message", "channel": c.id, "channel_type": c.kind, "ts": ts, "event_ts": ts, "hidden": true})
	if r := s.event(c, messageEvent(c.kind), m.TS, ev); r != nil {
		return []*Receipt{r}
	}
	return nil
}

func remove(s *Server, a args) (object, error) {
	c, m, err := s.own(a, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	s.erase(c, m)
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
	text, blocks, err := s.content(a)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(text) > maxText {
		return nil, fail("msg_too_long")
	}
	m := &Message{Channel: c.id, TS: s.ts(), Thread: a["thread_ts"], User: BotUser, Bot: true, To: a["user"], Text: text, Blocks: blocks}
	s.put(c, m)
	s.show(Entry{Kind: "ephemeral", Channel: c.id, Thread: m.Thread, TS: m.TS, User: m.To, Text: Read(text, blocks)})
	return object{"message_ts": m.TS}, nil
}

// put adds a message to a channel; s.mu is held.
func (s *Server) put(c *channel, m *Message) {
	s.dress(m)
	c.messages = append(c.messages, m)
	s.note()
}

// dress gives blocks the ids that Slack makes up for those without, and notes
// whom the app's message names.
func (s *Server) dress(m *Message) {
	m.Blocks = s.fill(m.Blocks)
	if m.Bot {
		m.Mentions, m.Stray = notices(marked(m.Text, m.Blocks))
	}
}

// fill gives every block a block_id and every element that acts an action_id.
func (s *Server) fill(blocks json.RawMessage) json.RawMessage {
	list, _ := decode(blocks).([]any)
	if list == nil {
		return blocks
	}
	acting := elements()
	for _, b := range list {
		o, _ := b.(map[string]any)
		if o["block_id"] == nil {
			o["block_id"] = s.id("blk")
		}
		walk([]any{o["elements"], o["accessory"], o["element"]}, func(e map[string]any) {
			kind, _ := e["type"].(string)
			if _, ok := acting[kind]; ok && kind != "image" && e["action_id"] == nil {
				e["action_id"] = s.id("act")
			}
		})
	}
	out, err := json.Marshal(list)
	if err != nil {
		panic("slackfake: blocks: " + err.Error()) // they came from JSON
	}
	return out
}
