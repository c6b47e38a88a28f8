package slackfake

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// statusLife is how long a status stands when no message ends it.
const statusLife = 2 * time.Minute

// Prompt is a suggested prompt of an assistant thread.
type Prompt struct {
	Title   string `json:"title"`
	Message string `json:"message"`
}

// OpenAssistant opens the assistant pane as a user and returns the direct
// message's id and the new thread's ts. Context is the channel that the user is
// looking at, "" for none.
func (s *Server) OpenAssistant(user, context string) (channel, thread string, r *Receipt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.im(user)
	m := &Message{Channel: c.id, TS: s.ts(), User: BotUser, Bot: true, Text: "New Assistant Thread", Subtype: "assistant_app_thread"}
	s.put(c, m)
	s.show(Entry{Kind: "assistant", Channel: c.id, TS: m.TS, User: user})
	return c.id, m.TS, s.event(c, "assistant_thread_started", m.TS, s.assistantEvent("assistant_thread_started", c, m.TS, context))
}

// ChangeContext is the user going to another channel with the pane open.
func (s *Server) ChangeContext(user, thread, context string) *Receipt {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.im(user)
	return s.event(c, "assistant_thread_context_changed", thread, s.assistantEvent("assistant_thread_context_changed", c, thread, context))
}

func (s *Server) assistantEvent(typ string, c *channel, thread, context string) object {
	ctx := object{}
	if context != "" {
		ctx = object{"channel_id": context, "team_id": Team, "enterprise_id": nil}
	}
	return object{
		"type": typ, "event_ts": s.ts(),
		"assistant_thread": object{"user_id": c.user, "channel_id": c.id, "thread_ts": thread, "context": ctx},
	}
}

// thread is the thread that an assistant call names.
func (s *Server) thread(a args, needed bool) (*channel, *Message, error) {
	c, err := s.writable(a["channel_id"])
	if err != nil {
		return nil, nil, err
	}
	ts := a["thread_ts"]
	if ts == "" && !needed {
		for i := len(c.messages) - 1; i >= 0; i-- {
			if m := c.messages[i]; !m.Deleted && m.To == "" {
				return c, m, nil
			}
		}
	}
	m := c.find(ts)
	if m == nil {
		return nil, nil, fail("invalid_thread_ts")
	}
	return c, m, nil
}

func setStatus(s *Server, a args) (object, error) {
	c, m, err := s.thread(a, true)
	if err != nil {
		return nil, err
	}
	if raw := a["loading_messages"]; raw != "" {
		var list []string
		if json.Unmarshal([]byte(raw), &list) != nil {
			list = strings.Split(raw, ",")
		}
		if len(list) > 10 {
			return nil, fail("invalid_arguments", "no more than 10 loading_messages")
		}
	}
	key := c.id + " " + m.TS
	if a["status"] == "" {
		delete(s.status, key)
	} else {
		st := &status{text: a["status"], until: s.clock.Now().Add(statusLife)}
		s.status[key] = st
	}
	s.show(Entry{Kind: "status", Channel: c.id, Thread: m.TS, User: BotUser, Text: a["status"]})
	return nil, nil
}

type status struct {
	text  string
	until time.Time
}

// Status is the status that a user sees in a thread now, "" for none.
func (s *Server) Status(channel, thread string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.status[channel+" "+thread]
	if st == nil || !s.clock.Now().Before(st.until) {
		return ""
	}
	return st.text
}

func setSuggestedPrompts(s *Server, a args) (object, error) {
	c, m, err := s.thread(a, false)
	if err != nil {
		return nil, err
	}
	var list []Prompt
	if json.Unmarshal([]byte(a["prompts"]), &list) != nil || len(list) == 0 {
		return nil, fail("invalid_arguments", "invalid `prompts`")
	}
	if len(list) > 4 {
		return nil, fail("invalid_arguments", "no more than 4 `prompts`")
	}
	var titles []string
	for _, p := range list {
		if p.Title == "" || p.Message == "" {
			return nil, fail("invalid_arguments", "a prompt needs title and message")
		}
		titles = append(titles, "["+p.Title+"]")
	}
	s.prompts[c.id+" "+m.TS] = list
	s.show(Entry{Kind: "prompts", Channel: c.id, Thread: m.TS, User: BotUser, Text: strings.TrimSpace(a["title"] + " " + strings.Join(titles, " "))})
	return nil, nil
}

// Prompts are the suggested prompts of a thread.
func (s *Server) Prompts(channel, thread string) []Prompt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Prompt(nil), s.prompts[channel+" "+thread]...)
}

func setTitle(s *Server, a args) (object, error) {
	c, m, err := s.thread(a, true)
	if err != nil {
		return nil, err
	}
	if a["title"] == "" || utf8.RuneCountInString(a["title"]) > 255 {
		return nil, fail("invalid_arguments", "invalid `title`")
	}
	s.show(Entry{Kind: "title", Channel: c.id, Thread: m.TS, User: BotUser, Text: a["title"]})
	return nil, nil
}
