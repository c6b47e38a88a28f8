package slackfake

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Submit submits the modal on top as a user. Values are the inputs by action_id
// or by block_id; a select's value is the option's value. Slack's client does
// not let a user submit with a required input empty or an option that is not
// there, and neither does Submit.
func (s *Server) Submit(user string, values map[string]string) (*Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.top(user)
	if v == nil {
		return nil, fmt.Errorf("%s sees no modal", user)
	}
	state, err := inputs(v, values)
	if err != nil {
		return nil, err
	}
	p := s.interaction("view_submission", user)
	p["view"], p["trigger_id"], p["response_urls"] = wireView(v, state), s.trigger(user, v.ID), []object{}
	j := s.unlessAcked("", "", user)
	j.onReply = func(reply json.RawMessage) { s.submitted(v, reply) }
	s.show(Entry{Kind: "submit", TS: v.ID, User: user, Text: v.Title})
	return s.interact("view_submission", "", p, j), nil
}

// inputs fills a view's input blocks.
func inputs(v *View, values map[string]string) (object, error) {
	state := object{}
	list, _ := decode(v.blocks).([]any)
	used := 0
	for _, b := range list {
		o, _ := b.(map[string]any)
		if o["type"] != "input" {
			continue
		}
		block, _ := o["block_id"].(string)
		e, _ := o["element"].(map[string]any)
		action, _ := e["action_id"].(string)
		value, given := values[action]
		if !given {
			value, given = values[block]
		}
		if given {
			used++
		}
		if value == "" && o["optional"] != true {
			return nil, fmt.Errorf("%q needs a value", label(o["label"]))
		}
		entry, err := input(e, value)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", label(o["label"]), err)
		}
		state[block] = object{action: entry}
	}
	if used != len(values) {
		return nil, fmt.Errorf("the modal has inputs for %d of the %d values", used, len(values))
	}
	return state, nil
}

func input(e map[string]any, value string) (object, error) {
	entry := object{"type": e["type"]}
	if !strings.Contains(e["type"].(string), "select") && e["type"] != "radio_buttons" {
		if value == "" {
			entry["value"] = nil
		} else {
			entry["value"] = value
		}
		if most, ok := e["max_length"].(float64); ok && len([]rune(value)) > int(most) {
			return nil, fmt.Errorf("longer than %v", most)
		}
		return entry, nil
	}
	entry["selected_option"] = nil
	for _, o := range options(e) {
		if o["value"] == value {
			entry["selected_option"] = o
			return entry, nil
		}
	}
	if value != "" {
		return nil, fmt.Errorf("no option %q", value)
	}
	return entry, nil
}

// submitted does what the app answered to a submission
// (https://docs.slack.dev/surfaces/modals#submissions).
func (s *Server) submitted(v *View, reply json.RawMessage) {
	var in struct {
		Action string            `json:"response_action"`
		View   json.RawMessage   `json:"view"`
		Errors map[string]string `json:"errors"`
	}
	if len(strings.TrimSpace(string(reply))) > 0 && json.Unmarshal(reply, &in) != nil {
		s.trouble(v, "the answer to view_submission is no JSON")
		return
	}
	stack := s.modals[v.User]
	switch in.Action {
	case "":
		s.closeTop(v.User)
		s.show(Entry{Kind: "view_closed", TS: v.ID, User: v.User})
	case "clear":
		s.modals[v.User] = nil
		s.show(Entry{Kind: "view_closed", TS: v.ID, User: v.User})
	case "errors":
		ids := map[string]bool{}
		walk(decode(v.blocks), func(o map[string]any) {
			if id, ok := o["block_id"].(string); ok && o["type"] == "input" {
				ids[id] = true
			}
		})
		for id := range in.Errors {
			if !ids[id] {
				s.trouble(v, "errors name the block "+id+", which is no input")
				return
			}
		}
		v.Errors = in.Errors
		s.show(Entry{Kind: "view_errors", TS: v.ID, User: v.User, Text: fmt.Sprint(in.Errors)})
	case "update", "push":
		n, err := s.view(string(in.View), ForModal, v.User)
		switch {
		case err != nil:
			s.trouble(v, "the view in the answer: "+err.Error())
		case in.Action == "push" && len(stack) >= maxStack:
			s.trouble(v, "push_limit_reached")
		case in.Action == "push":
			n.root, n.previous = v.root, v.ID
			s.modals[v.User] = append(stack, n)
			s.showView("view", n)
		default:
			n.ID, n.root, n.previous = v.ID, v.root, v.previous
			stack[len(stack)-1] = n
			s.showView("view_update", n)
		}
	default:
		s.trouble(v, "unknown response_action "+in.Action)
	}
}

// trouble is Slack's "We had some trouble connecting".
func (s *Server) trouble(v *View, why string) {
	s.complain("view %s: %s", v.ID, why)
	s.show(Entry{Kind: "error", TS: v.ID, User: v.User, Text: "we had some trouble connecting"})
}

// CloseModal closes the modal on top as a user; the app hears view_closed when
// it asked for that.
func (s *Server) CloseModal(user string) *Receipt {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.top(user)
	if v == nil {
		return nil
	}
	s.closeTop(user)
	s.show(Entry{Kind: "view_closed", TS: v.ID, User: user})
	if v.raw["notify_on_close"] != true {
		return nil
	}
	p := s.interaction("view_closed", user)
	p["view"], p["is_cleared"] = wireView(v, object{}), false
	return s.interact("view_closed", "", p, s.unlessAcked("", "", user))
}
