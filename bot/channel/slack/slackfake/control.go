package slackfake

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxWait bounds every wait that is asked for over the control endpoint.
const maxWait = 30 * time.Second

// order is what the control endpoint takes: one flat object for all verbs, of
// which each verb reads its own fields.
type order struct {
	User, Channel, Thread, TS, Text, Action, Label, Value string
	Name, Locale, Team, Command, Callback, Code, Reason   string
	Method, URL, Kind, Data, Type, Error                  string
	Values                                                map[string]string
	Files, Members, Scopes                                []string
	Stale, Private, Shared, On, Hang, Reset, Before       bool
	N, Status                                             int
	Seconds                                               float64
}

// Do carries out one verb of the control endpoint, with its arguments as a JSON
// object; a test script calls it directly or by POST to /_control/<verb>. The
// answer is JSON. The verbs:
//
//	say edit delete again press submit close command shortcut home assistant context
//	user channel file invite kick archive deactivate
//	fail revoke uninstall scopes url verify disconnect cut pings advance
//	wait transcript text messages view modal status prompts calls attempts overruns complaints state
func (s *Server) Do(ctx context.Context, verb string, in []byte) (any, error) {
	var o order
	if len(strings.TrimSpace(string(in))) > 0 {
		d := json.NewDecoder(strings.NewReader(string(in)))
		d.DisallowUnknownFields()
		if err := d.Decode(&o); err != nil {
			return nil, fmt.Errorf("%s: %w", verb, err)
		}
	}
	if o.User == "" && verb != "user" {
		o.User = Customer
	}
	for _, group := range []map[string]func(*Server, context.Context, order) (any, error){userVerbs(), worldVerbs(), readVerbs()} {
		if f, ok := group[verb]; ok {
			return f(s, ctx, o)
		}
	}
	return nil, fmt.Errorf("unknown verb %q", verb)
}

func (s *Server) serveControl(w http.ResponseWriter, r *http.Request, verb string) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
	var out any
	if err == nil {
		out, err = s.Do(r.Context(), verb, body)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if text, ok := out.(string); ok {
		_, _ = io.WriteString(w, text) // the client may have gone
		return
	}
	w.Header().Set("Content-Type", "application/json")
	writeJSON(w, out)
}

// settled waits for a delivery and tells how it went.
func settled(ctx context.Context, r *Receipt, err error) (any, error) {
	if err != nil || r == nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, maxWait)
	defer cancel()
	ok, _, err := r.Await(ctx)
	return object{"ok": ok}, err
}

func userVerbs() map[string]func(*Server, context.Context, order) (any, error) {
	return map[string]func(*Server, context.Context, order) (any, error){
		"say": func(s *Server, _ context.Context, o order) (any, error) {
			m, _, err := s.Say(Said{User: o.User, Channel: o.Channel, Thread: o.Thread, Text: o.Text, Files: o.Files})
			return object{"channel": m.Channel, "ts": m.TS}, err
		},
		"edit": func(s *Server, _ context.Context, o order) (any, error) {
			_, err := s.Edit(s.dm(o), o.TS, o.Text)
			return nil, err
		},
		"delete": func(s *Server, _ context.Context, o order) (any, error) {
			_, err := s.Delete(s.dm(o), o.TS)
			return nil, err
		},
		"again": func(s *Server, _ context.Context, o order) (any, error) {
			return len(s.Again(s.dm(o), o.TS)), nil
		},
		"press": func(s *Server, ctx context.Context, o order) (any, error) {
			p := Press{User: o.User, Channel: o.Channel, TS: o.TS, Action: o.Action, Label: o.Label, Value: o.Value, Stale: o.Stale}
			switch o.Kind {
			case "view":
				p.Channel = ""
			default:
				p.Channel = s.dm(o)
			}
			r, err := s.Press(p)
			return settled(ctx, r, err)
		},
		"submit": func(s *Server, ctx context.Context, o order) (any, error) {
			r, err := s.Submit(o.User, o.Values)
			return settled(ctx, r, err)
		},
		"close": func(s *Server, ctx context.Context, o order) (any, error) {
			return settled(ctx, s.CloseModal(o.User), nil)
		},
		"command": func(s *Server, ctx context.Context, o order) (any, error) {
			r, err := s.Command(o.User, o.Channel, o.Command, o.Text)
			return settled(ctx, r, err)
		},
		"shortcut": func(s *Server, ctx context.Context, o order) (any, error) {
			if o.TS == "" {
				return settled(ctx, s.Shortcut(o.User, o.Callback), nil)
			}
			r, err := s.MessageShortcut(o.User, s.dm(o), o.TS, o.Callback)
			return settled(ctx, r, err)
		},
		"home": func(s *Server, ctx context.Context, o order) (any, error) {
			return settled(ctx, s.OpenHome(o.User), nil)
		},
		"assistant": func(s *Server, _ context.Context, o order) (any, error) {
			channel, thread, _ := s.OpenAssistant(o.User, o.Channel)
			return object{"channel": channel, "thread": thread}, nil
		},
		"context": func(s *Server, ctx context.Context, o order) (any, error) {
			return settled(ctx, s.ChangeContext(o.User, o.Thread, o.Channel), nil)
		},
	}
}

// dm is the channel of an order, the user's direct message by default.
func (s *Server) dm(o order) string {
	if o.Channel != "" {
		return o.Channel
	}
	return s.DM(o.User)
}

// do is a verb that only changes something.
func do(f func(s *Server, o order)) func(*Server, context.Context, order) (any, error) {
	return func(s *Server, _ context.Context, o order) (any, error) {
		f(s, o)
		return nil, nil
	}
}

func worldVerbs() map[string]func(*Server, context.Context, order) (any, error) {
	seconds := func(o order) time.Duration { return time.Duration(o.Seconds * float64(time.Second)) }
	return map[string]func(*Server, context.Context, order) (any, error){
		"user": func(s *Server, _ context.Context, o order) (any, error) {
			return s.AddUser(User{ID: o.User, Name: o.Name, RealName: o.Name, Locale: o.Locale, Team: o.Team}), nil
		},
		"channel": func(s *Server, _ context.Context, o order) (any, error) {
			return s.AddChannel(Channel{Name: o.Name, Private: o.Private, Shared: o.Shared, Members: o.Members}), nil
		},
		"file": func(s *Server, _ context.Context, o order) (any, error) {
			return s.AddFile(File{Name: o.Name, Type: o.Type, User: o.User, Data: []byte(o.Data)}), nil
		},
		"invite":     do(func(s *Server, o order) { s.Invite(o.Channel, o.User) }),
		"kick":       do(func(s *Server, o order) { s.Kick(o.Channel) }),
		"archive":    do(func(s *Server, o order) { s.Archive(s.dm(o)) }),
		"deactivate": do(func(s *Server, o order) { s.Deactivate(o.User) }),
		"fail": do(func(s *Server, o order) {
			s.Fail(o.Method, max(1, o.N), Fault{Status: o.Status, RetryAfter: seconds(o), Error: o.Error, Hang: o.Hang, Reset: o.Reset, Before: o.Before})
		}),
		"revoke":    do(func(s *Server, o order) { s.RevokeToken(o.Code) }),
		"uninstall": do(func(s *Server, _ order) { s.Uninstall() }),
		"scopes":    do(func(s *Server, o order) { s.SetScopes(o.Scopes...) }),
		"url":       do(func(s *Server, o order) { s.SetRequestURL(o.URL) }),
		"verify": func(s *Server, ctx context.Context, _ order) (any, error) {
			return nil, s.VerifyURL(ctx)
		},
		"disconnect": func(s *Server, _ context.Context, o order) (any, error) {
			return s.Disconnect(o.Reason), nil
		},
		"cut":     do(func(s *Server, _ order) { s.Cut() }),
		"pings":   do(func(s *Server, o order) { s.SetPings(o.On) }),
		"advance": do(func(s *Server, o order) { s.clock.Advance(seconds(o)) }),
	}
}

func readVerbs() map[string]func(*Server, context.Context, order) (any, error) {
	read := func(f func(s *Server, o order) any) func(*Server, context.Context, order) (any, error) {
		return func(s *Server, _ context.Context, o order) (any, error) { return f(s, o), nil }
	}
	return map[string]func(*Server, context.Context, order) (any, error){
		"wait":       wait,
		"transcript": read(func(s *Server, o order) any { return s.Transcript(o.Channel, o.Thread) }),
		"text":       read(func(s *Server, o order) any { return s.Text(o.Channel, o.Thread) }),
		"messages":   read(func(s *Server, o order) any { return s.Messages(s.dm(o), o.Thread) }),
		"view":       read(func(s *Server, o order) any { v, _ := s.Home(o.User); return v }),
		"modal":      read(func(s *Server, o order) any { v, _ := s.Modal(o.User); return v }),
		"status":     read(func(s *Server, o order) any { return s.Status(s.dm(o), o.Thread) }),
		"prompts":    read(func(s *Server, o order) any { return s.Prompts(s.dm(o), o.Thread) }),
		"calls":      read(func(s *Server, o order) any { return s.Calls(o.Method) }),
		"attempts":   read(func(s *Server, _ order) any { return s.Attempts() }),
		"overruns":   read(func(s *Server, _ order) any { return s.Overruns() }),
		"complaints": read(func(s *Server, _ order) any { return s.Complaints() }),
		"state": read(func(s *Server, _ order) any {
			return object{"connections": s.Connections(), "pending": s.Pending(), "lost": s.Lost(), "now": s.clock.Now()}
		}),
	}
}

// wait waits until N sockets are open (kind "connections"), until everything is
// delivered or given up (kind "quiet"), or until something in the transcript
// after its first N entries contains Text; the number to go on from is
// returned.
func wait(s *Server, ctx context.Context, o order) (any, error) {
	limit := maxWait
	if o.Seconds > 0 {
		limit = min(limit, time.Duration(o.Seconds*float64(time.Second)))
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	n := o.N
	err := s.Await(ctx, func() bool {
		switch o.Kind {
		case "connections":
			return s.Connections() >= o.N
		case "quiet":
			return s.Pending() == 0
		}
		log := s.Transcript(o.Channel, o.Thread)
		i := slices.IndexFunc(log[min(o.N, len(log)):], func(e Entry) bool {
			return e.Kind != "said" && strings.Contains(e.Text, o.Text)
		})
		n = o.N + i + 1
		return i >= 0
	})
	if err != nil {
		return nil, fmt.Errorf("waited %v for %s %q; the transcript is\n%s", limit, o.Kind, o.Text, s.Text(o.Channel, o.Thread))
	}
	return n, nil
}

// Text is the transcript for people and for scripts, one thing a line:
// "ada: hello", "bot: Hi", "bot (edit): …", "bot (only ada): …".
func (s *Server) Text(channel, thread string) string {
	var b strings.Builder
	for _, e := range s.Transcript(channel, thread) {
		s.mu.Lock()
		name := e.User
		if u := s.users[e.User]; u != nil {
			name = u.Name
		}
		s.mu.Unlock()
		switch e.Kind {
		case "said":
		case "post":
			name = "bot"
		case "update", "delete", "stream", "status", "prompts", "title", "file", "reaction", "reaction_removed":
			name = "bot (" + e.Kind + ")"
		case "ephemeral", "view", "view_update", "view_closed", "view_errors", "home", "error":
			name = "bot (" + e.Kind + ", only " + name + ")"
		default:
			name += " (" + e.Kind + ")"
		}
		fmt.Fprintf(&b, "%s: %s\n", name, strings.ReplaceAll(e.Text, "\n", "\n    "))
	}
	return b.String()
}
