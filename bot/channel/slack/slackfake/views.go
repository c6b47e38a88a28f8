package slackfake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Limits of views (https://docs.slack.dev/reference/views).
const (
	maxViewBytes = 250_000
	maxStack     = 3
)

// View is a modal or a Home tab as a user sees it.
type View struct {
	ID       string
	User     string
	Type     string // modal, home
	Title    string
	Callback string
	Metadata string // private_metadata
	External string
	Hash     string
	Text     string            // what can be read
	Errors   map[string]string // shown beside the fields after a refused submission, by block_id
	raw      object
	blocks   json.RawMessage
	root     string
	previous string
}

// viewProps are the properties of a view that an app may set.
func viewProps(kind string) []prop {
	common := []prop{{"blocks", true, free}, {"private_metadata", false, str(0, 3000)}, {"callback_id", false, str(0, 255)}, {"external_id", false, str(0, 255)}}
	if kind == ForHome {
		return common
	}
	return append(common, prop{"title", true, plain(24)}, prop{"close", false, plain(24)}, prop{"submit", false, plain(24)},
		prop{"clear_on_close", false, flag}, prop{"notify_on_close", false, flag}, prop{"submit_disabled", false, flag})
}

// view checks a view argument and makes it.
func (s *Server) view(raw, want, user string) (*View, error) {
	if len(raw) > maxViewBytes {
		return nil, fail("view_too_large")
	}
	var o object
	if json.Unmarshal([]byte(raw), &o) != nil {
		return nil, fail("invalid_arguments", "[ERROR] failed to match all allowed schemas [json-pointer:/view]")
	}
	if o["type"] != want {
		return nil, fail("invalid_arguments", fmt.Sprintf("[ERROR] must be %s [json-pointer:/view/type]", want))
	}
	c := &checker{}
	c.props("/view", o, viewProps(want))
	blocks, err := json.Marshal(o["blocks"])
	if err != nil {
		return nil, fmt.Errorf("view: %w", err)
	}
	problems := append(c.problems, Validate(want, blocks)...)
	if want == ForModal && o["submit"] == nil && strings.Contains(string(blocks), `"type":"input"`) {
		problems = append(problems, Problem{Path: "/view/submit", Text: "must be set when there are input blocks"})
	}
	if len(problems) > 0 {
		var texts []string
		for _, p := range problems {
			texts = append(texts, "[ERROR] "+p.String())
		}
		return nil, fail("invalid_arguments", texts...)
	}
	v := &View{ID: s.id("V"), User: user, Type: want, Title: label(o["title"]), Hash: s.id("h"), raw: o, blocks: s.fill(blocks)}
	v.Callback, _ = o["callback_id"].(string)
	v.Metadata, _ = o["private_metadata"].(string)
	v.External, _ = o["external_id"].(string)
	v.Text = Read("", v.blocks)
	v.root = v.ID
	return v, nil
}

// wireView is a view as the API shows it.
func wireView(v *View, values object) object {
	out := object{}
	for k, x := range v.raw {
		out[k] = x
	}
	for k, x := range (object{
		"id": v.ID, "team_id": Team, "type": v.Type, "blocks": v.blocks, "private_metadata": v.Metadata, "callback_id": v.Callback,
		"external_id": v.External, "hash": v.Hash, "root_view_id": v.root, "previous_view_id": nil, "app_id": App, "bot_id": BotID,
		"app_installed_team_id": Team, "state": object{"values": values},
	}) {
		out[k] = x
	}
	if v.previous != "" {
		out["previous_view_id"] = v.previous
	}
	return out
}

// exchange takes a trigger_id, which works once within three seconds.
func (s *Server) exchange(id string) (*trigger, error) {
	t := s.triggers[id]
	switch {
	case t == nil:
		return nil, fail("invalid_trigger_id")
	case t.used:
		return nil, fail("exchanged_trigger_id")
	case s.clock.Now().Sub(t.at) > triggerLife:
		return nil, fail("expired_trigger_id")
	}
	t.used = true
	return t, nil
}

func (s *Server) showView(kind string, v *View) {
	s.show(Entry{Kind: kind, User: v.User, TS: v.ID, Text: strings.TrimSpace(v.Title + "\n" + v.Text)})
}

// unique refuses an external_id that another view of the app has.
func (s *Server) unique(v *View, but string) error {
	if v.External == "" {
		return nil
	}
	for _, stack := range s.modals {
		for _, o := range stack {
			if o.External == v.External && o.ID != but {
				return fail("duplicate_external_id")
			}
		}
	}
	return nil
}

func viewsOpen(push bool) func(s *Server, a args) (object, error) {
	return func(s *Server, a args) (object, error) {
		t, err := s.exchange(a["trigger_id"])
		if err != nil {
			return nil, err
		}
		v, err := s.view(a["view"], ForModal, t.user)
		if err == nil {
			err = s.unique(v, "")
		}
		if err != nil {
			return nil, err
		}
		stack := s.modals[t.user]
		switch {
		case !push:
			stack = nil
		case len(stack) == 0 || t.view == "":
			return nil, fail("not_found") // pushed from no modal
		case len(stack) >= maxStack:
			return nil, fail("push_limit_reached")
		default:
			v.root, v.previous = stack[0].ID, stack[len(stack)-1].ID
		}
		s.modals[t.user] = append(stack, v)
		s.showView("view", v)
		return object{"view": wireView(v, object{})}, nil
	}
}

func viewsUpdate(s *Server, a args) (object, error) {
	for user, stack := range s.modals {
		for i, old := range stack {
			if old.ID != a["view_id"] && (a["external_id"] == "" || old.External != a["external_id"]) {
				continue
			}
			if a["hash"] != "" && a["hash"] != old.Hash {
				return nil, fail("hash_conflict")
			}
			v, err := s.view(a["view"], ForModal, user)
			if err == nil {
				err = s.unique(v, old.ID)
			}
			if err != nil {
				return nil, err
			}
			v.ID, v.root, v.previous = old.ID, old.root, old.previous
			stack[i] = v
			s.showView("view_update", v)
			return object{"view": wireView(v, object{})}, nil
		}
	}
	return nil, fail("not_found")
}

func viewsPublish(s *Server, a args) (object, error) {
	if s.users[a["user_id"]] == nil {
		return nil, fail("invalid_arguments", "invalid `user_id`")
	}
	old := s.homes[a["user_id"]]
	if a["hash"] != "" && (old == nil || old.Hash != a["hash"]) {
		return nil, fail("hash_conflict")
	}
	v, err := s.view(a["view"], ForHome, a["user_id"])
	if err != nil {
		return nil, err
	}
	if old != nil {
		v.ID, v.root = old.ID, old.ID
	}
	s.homes[v.User] = v
	s.showView("home", v)
	return object{"view": wireView(v, object{})}, nil
}

// Home is a user's Home tab, and Modal the modal on top, as they see it.
func (s *Server) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.homes[user]; v != nil {
		return *v, true
	}
	return View{}, false
}

// Modal is the modal that a user sees on top of the others.
func (s *Server) Modal(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.top(user); v != nil {
		return *v, true
	}
	return View{}, false
}

func (s *Server) top(user string) *View {
	stack := s.modals[user]
	if len(stack) == 0 {
		return nil
	}
	return stack[len(stack)-1]
}

// OpenHome opens the Home tab as a user.
func (s *Server) OpenHome(user string) *Receipt {
	s.mu.Lock()
	defer s.mu.Unlock()
	ev := object{"type": "app_home_opened", "user": user, "channel": s.im(user).id, "tab": "home", "event_ts": s.ts()}
	if v := s.homes[user]; v != nil {
		ev["view"] = wireView(v, object{})
	}
	return s.event(s.im(user), "app_home_opened", "", ev)
}

// pressInView presses in the modal on top, or else in the Home tab.
func (s *Server) pressInView(p Press, payload object) (*Receipt, error) {
	v := s.top(p.User)
	if v == nil {
		v = s.homes[p.User]
	}
	if v == nil {
		return nil, fmt.Errorf("%s sees no view", p.User)
	}
	act := s.action(v.blocks, p)
	if act == nil {
		return nil, fmt.Errorf("%s sees nothing to press that is %q or %q", p.User, p.Action, p.Label)
	}
	payload["container"] = object{"type": "view", "view_id": v.ID}
	payload["view"] = wireView(v, object{})
	payload["trigger_id"] = s.trigger(p.User, v.ID)
	payload["actions"] = []object{act}
	s.show(Entry{Kind: "press", TS: v.ID, User: p.User, Text: actionText(act)})
	return s.interact("block_actions", "", payload, s.unlessAcked("", "", p.User)), nil
}

// closeTop takes the modal on top away.
func (s *Server) closeTop(user string) {
	if n := len(s.modals[user]); n > 0 {
		s.modals[user] = slices.Clone(s.modals[user][:n-1])
	}
}
