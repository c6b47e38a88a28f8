package slackfake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// A response_url works five times within 30 minutes
// (https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses).
const (
	responseUses = 5
	responseLife = 30 * time.Minute
)

type responseURL struct {
	channel string
	message *Message // the original, of a press
	user    string
	at      time.Time
	uses    int
}

// answer is what an app sends to a response_url or with an acknowledgement.
type answer struct {
	Text     string          `json:"text"`
	Blocks   json.RawMessage `json:"blocks"`
	Type     string          `json:"response_type"`
	Replace  bool            `json:"replace_original"`
	Delete   bool            `json:"delete_original"`
	ThreadTS string          `json:"thread_ts"`
}

func (s *Server) responseURL(c *channel, m *Message, user string) string {
	id := s.id("rsp-")
	s.responses[id] = &responseURL{channel: c.id, message: m, user: user, at: s.clock.Now()}
	return s.URL() + "/actions/" + id
}

func (s *Server) serveResponse(w http.ResponseWriter, r *http.Request, id string) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	var in answer
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.responses[id]
	status := http.StatusNotFound
	switch {
	case err != nil:
		status, err = http.StatusBadRequest, fail("invalid_payload")
	case u == nil:
		err = fail("no_active_hooks")
	case s.clock.Now().Sub(u.at) > responseLife:
		err = fail("expired_url")
	case u.uses >= responseUses:
		err = fail("used_url")
	default:
		u.uses++
		status = http.StatusBadRequest
		err = s.respond(u, in)
	}
	call := Call{Method: "response_url", At: s.clock.Now(), Args: args{"body": string(body)}, Status: status}
	out := object{"ok": err == nil}
	if err == nil {
		call.Status = http.StatusOK
	} else {
		call.Error = err.Error()
		out["error"] = err.Error()
	}
	s.calls = append(s.calls, call)
	s.note()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(call.Status)
	writeJSON(w, out)
}

// respond shows an answer; s.mu is held.
func (s *Server) respond(u *responseURL, in answer) error {
	c := s.channels[u.channel]
	if c == nil {
		return fail("channel_not_found")
	}
	m := u.message
	if in.Delete {
		if m == nil {
			return errors.New("cannot_delete_message")
		}
		s.erase(c, m)
		s.show(Entry{Kind: "delete", Channel: c.id, Thread: m.Thread, TS: m.TS, User: BotUser})
		return nil
	}
	a := args{"text": in.Text}
	if len(in.Blocks) > 0 && string(in.Blocks) != "null" {
		a["blocks"] = string(in.Blocks)
	}
	text, blocks, err := s.content(a)
	if err != nil {
		return err
	}
	if in.Replace && m != nil {
		s.edit(c, m, text, blocks)
		s.show(Entry{Kind: "update", Channel: c.id, Thread: m.Thread, TS: m.TS, User: BotUser, Text: Read(text, blocks)})
		return nil
	}
	n := &Message{Channel: c.id, TS: s.ts(), Thread: in.ThreadTS, User: BotUser, Bot: true, Text: text, Blocks: blocks}
	switch in.Type {
	case "", "ephemeral":
		n.To = u.user
		s.put(c, n)
		s.show(Entry{Kind: "ephemeral", Channel: c.id, Thread: n.Thread, TS: n.TS, User: u.user, Text: Read(text, blocks)})
	case "in_channel":
		s.post(c, n)
	default:
		return fmt.Errorf("invalid response_type %q", in.Type)
	}
	return nil
}
