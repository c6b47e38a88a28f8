package dialoguetest

import (
	"context"
	"slices"
	"strings"
	"time"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/flows"
)

// maxTries bounds how many combinations of answers are tried at a check.
const maxTries = 4096

// setting makes one thing true of a conversation that comes to a check.
type setting func(*dialogue.State)

// cases walks the ways out of a check. Those that no dialogue has taken yet
// are taken by conversations with made-up answers: every value that a case
// asks for, another one, none, and old ones, in all combinations.
func (w *walker) cases(ctx context.Context, f *flows.Flow, st *flows.Step) error {
	missing := w.untaken(f, st)
	if missing == 0 {
		return nil
	}
	base, err := w.drop(ctx, f.ID, f.First())
	if err != nil {
		return err
	}
	choices := w.settings(f, st)
	pick := make([]int, len(choices))
	for range maxTries {
		t := base.fork()
		t.state.Control, t.state.Prompt, t.action = dialogue.ControlWaiting, nil, nil
		t.state.Answers, t.state.Attempts = nil, nil
		t.timers = map[string]bot.Timer{}
		for i, c := range choices {
			c[pick[i]](&t.state)
		}
		if err := t.receive(ctx, t.key(), bot.Event{Kind: bot.EventOperator,
			Operator: &bot.OperatorEvent{Kind: bot.OperatorHandedBack, Flow: f.ID, Step: st.ID}}); err != nil {
			return err
		}
		if left := w.untaken(f, st); left < missing {
			missing = left
			if err := w.end(ctx, t, st.Pos); err != nil {
				return err
			}
		}
		if missing == 0 || !next(pick, choices) {
			break
		}
	}
	return nil
}

func (w *walker) untaken(f *flows.Flow, st *flows.Step) (n int) {
	for _, e := range st.Edges {
		if !w.taken[edge{f.ID, st.ID, e.Name}] {
			n++
		}
	}
	return n
}

// next counts pick up, like the wheels of a counter.
func next(pick []int, choices [][]setting) bool {
	for i := range pick {
		if pick[i]++; pick[i] < len(choices[i]) {
			return true
		}
		pick[i] = 0
	}
	return false
}

// settings lists, for each thing that a check looks at, what can be true of it.
func (w *walker) settings(f *flows.Flow, st *flows.Step) [][]setting {
	var out [][]setting
	var seen []string
	for _, c := range st.Cases {
		subject := c.Answer + "|" + c.Fact + "|" + c.Tried
		if slices.Contains(seen, subject) {
			continue
		}
		seen = append(seen, subject)
		switch {
		case c.Tried != "":
			out = append(out, tried(f.ID, c.Tried))
		case c.Fact == "language":
			out = append(out, w.languages())
		default:
			out = append(out, values(f, st, c))
		}
	}
	return out
}

func nothing(*dialogue.State) {}

func tried(flow, guide string) []setting {
	step := guide
	if of, s, ok := strings.Cut(guide, "/"); ok {
		flow, step = of, s
	}
	return []setting{nothing, func(s *dialogue.State) {
		s.Attempts = append(s.Attempts, bot.Attempt{Flow: flow, Step: step, Times: 1, Started: epoch})
	}}
}

func (w *walker) languages() []setting {
	var out []setting
	for _, l := range w.pack.Languages() {
		out = append(out, func(s *dialogue.State) { s.Lang = l })
	}
	return out
}

// values are the values that the cases of a check ask of one answer or fact:
// fresh, and older than any age in question.
func values(f *flows.Flow, st *flows.Step, like *flows.Case) []setting {
	list, age := []string{"something else"}, time.Duration(0)
	for _, c := range st.Cases {
		if c.Answer == like.Answer && c.Fact == like.Fact {
			list, age = append(list, c.Values...), max(age, c.Age)
		}
	}
	name := like.Fact
	if like.Answer != "" {
		if name = like.Answer; !strings.Contains(name, ".") {
			name = f.ID + "." + name
		}
	}
	out := []setting{nothing}
	for _, v := range list {
		for _, at := range []time.Time{epoch, epoch.Add(-age - time.Hour)} {
			out = append(out, func(s *dialogue.State) {
				a := dialogue.Answer{Name: name, Value: v, At: at, Type: "text"}
				if like.Fact != "" {
					s.Facts = append(slices.Clone(s.Facts), a)
				} else {
					s.Answers = append(s.Answers, a)
				}
			})
			if age == 0 {
				break
			}
		}
	}
	return out
}
