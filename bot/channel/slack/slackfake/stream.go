package slackfake

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// streamLife is how long a stream stays open without new text. Slack closes
// quiet streams (https://github.com/vercel/chat/issues/607); after how long is
// unverified.
const streamLife = 5 * time.Minute

// chunks is the new text of a stream call: markdown_text or chunks.
func (s *Server) chunks(a args) (string, json.RawMessage, error) {
	text := a["markdown_text"]
	var blocks json.RawMessage
	if raw := a["chunks"]; raw != "" {
		var list []struct {
			Type   string          `json:"type"`
			Text   string          `json:"text"`
			Title  string          `json:"title"`
			Blocks json.RawMessage `json:"blocks"`
		}
		if json.Unmarshal([]byte(raw), &list) != nil {
			return "", nil, fail("invalid_chunks")
		}
		for _, c := range list {
			switch c.Type {
			case "markdown_text":
				text += c.Text
			case "task_update", "plan_update":
				text += "\n[" + c.Title + "]"
			case "blocks":
				if err := refuse(ForMessage, c.Blocks); err != nil {
					return "", nil, err
				}
				blocks = c.Blocks
			default:
				return "", nil, fail("invalid_chunks")
			}
		}
	}
	if utf8.RuneCountInString(text) > maxMarkdown {
		return "", nil, fail("msg_too_long")
	}
	return text, blocks, nil
}

func startStream(s *Server, a args) (object, error) {
	c, err := s.writable(a["channel"])
	if err != nil {
		return nil, err
	}
	root := c.find(a["thread_ts"])
	if root == nil {
		return nil, fail("invalid_thread_ts")
	}
	if c.kind != kindIM {
		switch {
		case a["recipient_user_id"] == "":
			return nil, fail("missing_recipient_user_id")
		case a["recipient_team_id"] == "":
			return nil, fail("missing_recipient_team_id")
		case s.users[a["recipient_user_id"]] == nil:
			return nil, fail("user_not_found")
		}
	}
	text, blocks, err := s.chunks(a)
	if err != nil {
		return nil, err
	}
	thread := root.TS
	if root.Thread != "" {
		thread = root.Thread
	}
	m := &Message{Channel: c.id, TS: s.ts(), Thread: thread, User: BotUser, Bot: true, Text: text, Blocks: blocks, Streaming: true, streamed: s.clock.Now()}
	s.post(c, m)
	return object{"channel": c.id, "ts": m.TS}, nil
}

// stream is a message that is being streamed.
func (s *Server) stream(a args) (*channel, *Message, error) {
	c, m, err := s.own(a, "message_not_owned_by_app")
	if err != nil {
		return nil, nil, err
	}
	if m.Streaming && s.clock.Now().Sub(m.streamed) > streamLife {
		m.Streaming = false
	}
	if !m.Streaming {
		return nil, nil, fail("message_not_in_streaming_state")
	}
	return c, m, nil
}

func appendStream(s *Server, a args) (object, error) {
	c, m, err := s.stream(a)
	if err != nil {
		return nil, err
	}
	text, blocks, err := s.chunks(a)
	if err != nil {
		return nil, err
	}
	if text == "" && blocks == nil {
		return nil, fail("no_text")
	}
	s.grow(c, m, text, blocks)
	return object{"channel": c.id, "ts": m.TS}, nil
}

func (s *Server) grow(c *channel, m *Message, text string, blocks json.RawMessage) {
	m.Text += text
	if blocks != nil {
		m.Blocks = blocks
	}
	m.streamed = s.clock.Now()
	s.dress(m)
	s.show(Entry{Kind: "stream", Channel: c.id, Thread: m.Thread, TS: m.TS, User: BotUser, Text: m.Text})
}

func stopStream(s *Server, a args) (object, error) {
	c, m, err := s.stream(a)
	if err != nil {
		return nil, err
	}
	text, more, err := s.chunks(a)
	if err != nil {
		return nil, err
	}
	blocks, err := s.blocks(a)
	if err != nil {
		return nil, err
	}
	meta, err := metadata(a)
	if err != nil {
		return nil, err
	}
	if blocks == nil {
		blocks = more
	}
	m.Streaming = false
	if meta != nil {
		m.Metadata = meta
	}
	s.grow(c, m, text, nil)
	if blocks != nil {
		m.Blocks = blocks // they stand below the streamed text
		s.dress(m)
	}
	s.show(Entry{Kind: "update", Channel: c.id, Thread: m.Thread, TS: m.TS, User: BotUser, Text: strings.TrimSpace(m.Text + "\n" + Read("", blocks))})
	return object{"channel": c.id, "ts": m.TS, "message": s.wire(m)}, nil
}
