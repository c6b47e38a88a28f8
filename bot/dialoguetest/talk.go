package dialoguetest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/bot/redact"
	"latchkey/flows"
	"latchkey/knowledge"
)

// epoch is when every dialogue begins. The day does not matter; that it is
// always the same one does, so that a test says the same for ever.
var epoch = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

// talk is one conversation with all that a runtime does around the engine, in
// virtual time: an inbox that takes each delivery once, the secret filter, the
// matcher, timers, and the choice of the pack release.
type talk struct {
	pack    *flows.Pack // the release that the conversation is on
	current *flows.Pack // the release in force
	reader  func(*flows.Pack) knowledge.Matcher
	state   dialogue.State
	now     time.Time
	updated time.Time // of the newest turn
	timers  map[string]bot.Timer
	action  *bot.ActionCall   // that awaits its answer
	facts   map[string]string // told with the next event
	inbox   map[string]bool   // keys of the deliveries taken
	keys    int
	turns   int           // what the customer has said and done
	came    bot.Event     // the newest delivery that was taken, as it came
	sent    []bot.Message // all that the bot has said
	lines   []string      // the dialogue, for people to read
	fresh   []bot.Effect  // what came of the newest line of a test
	newest  int           // where in fresh the newest turn begins
	taken   coverage      // the edges taken are added to it; nil = nobody counts
	records []record      // what a runtime would store; nil unless wanted
	keeps   bool          // records are wanted
	json    bool          // the state goes through its JSON form after each turn
}

// record is what a runtime stores of one turn.
type record struct{ event, state, effects string }

func newTalk(p *flows.Pack) *talk {
	return &talk{pack: p, current: p, now: epoch, updated: epoch, timers: map[string]bot.Timer{}, inbox: map[string]bool{}}
}

// fork is a copy that goes its own way.
func (t *talk) fork() *talk {
	c := *t
	c.timers, c.inbox, c.facts = maps.Clone(t.timers), maps.Clone(t.inbox), maps.Clone(t.facts)
	c.sent, c.lines, c.records = slices.Clip(t.sent), slices.Clip(t.lines), slices.Clip(t.records)
	c.fresh = slices.Clip(t.fresh)
	return &c
}

// begin forgets which messages are new: what follows is a turn of its own.
func (t *talk) begin() { t.fresh, t.newest = nil, 0 }

func (t *talk) key() string {
	t.keys++
	return fmt.Sprint("delivery ", t.keys)
}

// receive takes one delivery, as inbox and turn do. A key that was taken
// before is dropped. An error means that the matcher could not work.
func (t *talk) receive(ctx context.Context, key string, ev bot.Event) error {
	if t.inbox[key] {
		return nil
	}
	t.inbox[key] = true
	t.came = ev
	t.choosePack()
	ev.Facts, t.facts = t.facts, nil
	if ev.Text != "" {
		expects := dialogue.Expects(t.pack, t.state)
		clean, kinds := redact.Text(ev.Text, redact.Context{ExpectCode: expects == "code", ExpectPassword: expects == "password"})
		ev.Text = clean
		for _, k := range kinds {
			ev.Removed = append(ev.Removed, string(k))
		}
		if t.reader != nil && ev.Reading == nil {
			reading, err := t.reader(t.pack).Match(ctx, clean, dialogue.Scope(t.pack, t.state))
			if err != nil {
				return fmt.Errorf("read %q: %w", clean, err)
			}
			ev.Reading = &reading
		}
	}
	var out []bot.Effect
	t.state, out = dialogue.Step(t.pack, t.state, ev, t.now)
	return t.commit(ev, out)
}

// choosePack goes over to the release in force where a runtime would.
func (t *talk) choosePack() {
	if t.pack != t.current && (dialogue.Rests(t.state, t.now.Sub(t.updated)) || dialogue.MovesNow(t.current, t.pack, t.state)) {
		t.pack = t.current
	}
}

// startAt begins a flow at one of its steps.
func (t *talk) startAt(flow, step string) error {
	var out []bot.Effect
	t.state, out = dialogue.StartAt(t.pack, t.state, flow, step, t.now)
	return t.commit(bot.Event{}, out)
}

// commit carries out what came of a turn.
func (t *talk) commit(ev bot.Event, out []bot.Effect) error {
	t.updated, t.newest = t.now, len(t.fresh)
	t.fresh = append(t.fresh, out...)
	for _, e := range out {
		t.carryOut(e)
	}
	if t.taken != nil {
		t.taken.add(out)
	}
	if !t.keeps {
		return nil
	}
	return t.store(ev, out)
}

func (t *talk) carryOut(e bot.Effect) {
	switch e.Kind {
	case bot.EffectSay:
		t.sent = append(t.sent, *e.Say)
		t.lines = append(t.lines, "bot: "+shown(*e.Say))
	case bot.EffectArm:
		t.timers[e.Timer.Name] = *e.Timer
	case bot.EffectDisarm:
		delete(t.timers, e.Timer.Name)
	case bot.EffectAction:
		t.action = e.Action
		t.lines = append(t.lines, "(the action "+e.Action.Name+" is called)")
	case bot.EffectHandOff:
		t.lines = append(t.lines, fmt.Sprintf("(handed to a person: queue %s, reason %s)", e.HandOff.Queue, e.HandOff.Reason))
	case bot.EffectClose:
		t.lines = append(t.lines, fmt.Sprintf("(closed: %s)", e.Close.Outcome))
	}
}

// store keeps what a runtime would, in the form in which it would.
func (t *talk) store(ev bot.Event, out []bot.Effect) error {
	var r record
	var err error
	if r.event, err = text(ev); err != nil {
		return err
	}
	if r.effects, err = text(out); err != nil {
		return err
	}
	if r.state, err = text(t.state); err != nil {
		return err
	}
	t.records = append(t.records, r)
	if t.json {
		return t.reload()
	}
	return nil
}

// reload lets the state go through its stored form.
func (t *talk) reload() error {
	data, err := json.Marshal(t.state)
	if err != nil {
		return fmt.Errorf("write the state: %w", err)
	}
	t.state = dialogue.State{}
	if err := json.Unmarshal(data, &t.state); err != nil {
		return fmt.Errorf("read the state: %w", err)
	}
	return nil
}

// text is the JSON form of v, with every character as it is.
func text(v any) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("write a record: %w", err)
	}
	return b.String(), nil
}

// maxRings bounds how many timers one wait lets ring.
const maxRings = 200

// wait lets time pass; timers ring when they are due, the earliest first.
func (t *talk) wait(ctx context.Context, d time.Duration) error {
	until := t.now.Add(d)
	for range maxRings {
		next, ok := t.next()
		if !ok || next.At.After(until) {
			break
		}
		if err := t.ring(ctx, next); err != nil {
			return err
		}
	}
	t.now = until
	return nil
}

// next is the timer that rings first.
func (t *talk) next() (first bot.Timer, ok bool) {
	for _, name := range slices.Sorted(maps.Keys(t.timers)) {
		if tm := t.timers[name]; !ok || tm.At.Before(first.At) {
			first, ok = tm, true
		}
	}
	return first, ok
}

// ring lets a timer run out.
func (t *talk) ring(ctx context.Context, tm bot.Timer) error {
	delete(t.timers, tm.Name)
	if tm.At.After(t.now) {
		t.lines = append(t.lines, fmt.Sprintf("(%s pass)", tm.At.Sub(t.now)))
		t.now = tm.At
	}
	return t.receive(ctx, t.key(), bot.Event{Kind: bot.EventTimer, Timer: &tm})
}

// customer notes what the customer does.
func (t *talk) customer(what string) {
	t.turns++
	t.lines = append(t.lines, "customer: "+what)
}

func (t *talk) say(ctx context.Context, key, words string) error {
	t.customer(words)
	return t.receive(ctx, key, bot.Event{Kind: bot.EventText, Text: words, Message: bot.MessageID(key)})
}

func (t *talk) press(ctx context.Context, key string, c bot.Choice) error {
	t.customer(fmt.Sprintf("[%s] (%s)", c.Label, c.Button.Choice))
	b := c.Button
	return t.receive(ctx, key, bot.Event{Kind: bot.EventButton, Button: &b})
}

// answerAction lets the awaited action answer.
func (t *talk) answerAction(ctx context.Context, outcome string) error {
	a := t.action
	t.action = nil
	t.lines = append(t.lines, fmt.Sprintf("(the action %s answers: %s)", a.Name, outcome))
	return t.receive(ctx, t.key(), bot.Event{Kind: bot.EventAction, Action: &bot.ActionResult{Name: a.Name, Nonce: a.Nonce, Outcome: outcome}})
}

// button finds the newest message that has a choice, and the choice.
func (t *talk) button(has func(bot.Message, bot.Choice) bool) (bot.Choice, bool) {
	for i := len(t.sent) - 1; i >= 0; i-- {
		for _, c := range t.sent[i].Choices {
			if has(t.sent[i], c) {
				return c, true
			}
		}
	}
	return bot.Choice{}, false
}

// place is where the conversation stands, for comparing.
func (t *talk) place() string {
	var b strings.Builder
	s := t.state
	fmt.Fprint(&b, s.Control, s.Phase)
	for _, f := range s.Frames {
		fmt.Fprintf(&b, " %s/%s.%d", f.Flow, f.Step, f.At)
	}
	if s.Prompt != nil {
		fmt.Fprint(&b, " ", s.Prompt.Step, s.Prompt.Arg)
	}
	return b.String()
}

// here is where the conversation stands, for people.
func (t *talk) here() string {
	s := t.state
	flow, step := s.Here()
	at := flow + "/" + step
	if st := t.pack.Step(flow, step); st != nil && st.Guide != nil && !st.Guide.All {
		at = fmt.Sprintf("%s.%d", at, t.instruction()+1)
	}
	switch {
	case s.Control != dialogue.ControlBot:
		return "a person has the conversation"
	case s.Prompt != nil:
		return "the bot asks " + s.Prompt.Step
	case flow == "":
		return "nothing is open"
	case s.Phase == dialogue.PhasePaused:
		return "the conversation is closed for silence at " + at
	}
	return "the conversation stands at " + at
}

// shown is a message on one line.
func shown(m bot.Message) string {
	s := fmt.Sprintf("%s: %s", name(m.Ref), oneLine(m.Text, 90))
	if len(m.Choices) > 0 {
		ids := make([]string, len(m.Choices))
		for i, c := range m.Choices {
			ids[i] = c.Button.Choice
		}
		s += " (" + strings.Join(ids, " | ") + ")"
	}
	return s
}

// name is the place of a message's words, with the flow.
func name(r bot.Ref) string {
	if r.Flow == "" {
		return r.String()
	}
	return r.Flow + "/" + r.String()
}

// oneLine folds white space and cuts what is longer than most characters.
func oneLine(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
