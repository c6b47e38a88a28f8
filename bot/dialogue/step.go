// Package dialogue is the engine: Step takes what a conversation remembers
// and one thing that happened, and returns what it remembers afterwards and
// what is to be done. It is a pure function: no clock, no randomness, no I/O,
// no log. The same pack, state, event and time give the same answer for ever,
// which is what makes replay possible.
//
// Understanding of free text happens outside and arrives as Event.Reading;
// secrets have been removed from the text before it gets here.
package dialogue

import (
	"strings"
	"time"

	"latchkey/bot"
	"latchkey/flows"
)

// Step applies one event to a conversation. The returned state shares no
// memory that a later Step changes; the given state is left as it is. The
// zero State is a conversation in which nothing was said yet.
//
// Step never fails: whatever a customer sends has an answer, and from every
// state it returns a person can be reached by the word for it.
func Step(p *flows.Pack, s State, ev bot.Event, now time.Time) (State, []bot.Effect) {
	t := newTurn(p, s, now)
	t.learn(ev)
	if t.s.Control != ControlBot {
		t.desk(ev)
	} else {
		t.dispatch(ev)
	}
	return t.finishTurn(ev)
}

// turn is the work of one Step.
type turn struct {
	p   *flows.Pack
	s   State
	now time.Time
	out []bot.Effect
	// asked is set once a question went out, so that a turn asks only one.
	asked bool
	// still is set when the timer for silence is to stay as it is.
	still bool
	// marked is set once this turn has changed what "back" returns to; fresh
	// of the newest checkpoints are its own. An edit needs to know.
	marked bool
	fresh  int
}

func newTurn(p *flows.Pack, s State, now time.Time) *turn {
	// What a state remembers of time must come back from JSON unchanged.
	return &turn{p: p, s: s.clone(), now: now.Round(0).UTC(), out: make([]bot.Effect, 0, 8)}
}

// finishTurn is what every turn ends with.
func (t *turn) finishTurn(ev bot.Event) (State, []bot.Effect) {
	t.settle(ev)
	t.s.shrink()
	return t.s, t.out
}

// keepClosed is how long what was tried in a closed conversation still counts
// as part of what the customer writes about next.
const keepClosed = 24 * time.Hour

// learn takes over what every event may tell, whatever its kind.
func (t *turn) learn(ev bot.Event) {
	if t.s.Phase == PhaseClosed && t.now.Sub(t.s.ClosedAt) > keepClosed {
		t.forget()
	}
	for _, k := range sortedKeys(ev.Facts) {
		t.fact(k, ev.Facts[k])
	}
	if t.s.Lang == "" || !t.p.Speaks(t.s.Lang) {
		t.s.Lang, t.s.LangSet = t.p.Base, false
	}
	if !t.s.LangSet {
		t.platformLang(ev.Lang)
	}
	t.s.Removed = min(t.s.Removed+len(ev.Removed), 9999)
}

// forget drops what belongs to a conversation that is over.
func (t *turn) forget() {
	t.s.Goal, t.s.Frames, t.s.Back, t.s.Answers, t.s.Attempts, t.s.Done = "", nil, nil, nil, nil, nil
	t.s.Stuck, t.s.Edit, t.s.Last = nil, nil, nil
	t.s.Removed, t.s.Misses = 0, 0
}

// platformLang adopts the platform's language ("ru-RU") when the pack has it.
func (t *turn) platformLang(tag string) {
	if tag == "" {
		return
	}
	lang, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(tag), "_", "-"), "-")
	if t.p.Speaks(lang) {
		t.s.Lang, t.s.LangSet = lang, true
	}
}

func (t *turn) fact(name, value string) {
	t.s.Facts = setAnswer(t.s.Facts, Answer{Name: clip(name, 40), Value: clip(value, 200), At: t.now}, maxFacts)
}

// dispatch handles an event while the bot has the conversation.
func (t *turn) dispatch(ev bot.Event) {
	t.secretRemoved(ev)
	switch ev.Kind {
	case bot.EventFlood:
		t.system("slow_down")
		t.still = true
		return
	case bot.EventFault:
		t.handOff(t.queueHere(), "system_error", nil)
		return
	}
	how := t.migrate()
	if f := t.top(); f != nil && how == inPlace && t.s.Prompt == nil && f.Asked == 0 && f.Action == 0 {
		how = byRule // moved by an event that did not show it to the customer
	}
	if how != inPlace && !t.goesOnAnyway(ev) {
		t.remember(ev.Text)
		t.moved(how)
		return
	}
	switch ev.Kind {
	case bot.EventText:
		t.text(ev)
	case bot.EventButton:
		t.spoilEdit()
		if ev.Button != nil {
			t.press(*ev.Button)
		}
	case bot.EventAttachment:
		t.spoilEdit()
		t.attachment(ev)
	case bot.EventEdited:
		t.edited(ev)
	case bot.EventOpened:
		t.spoilEdit()
		t.opened(ev)
	case bot.EventTimer:
		t.timer(ev)
	case bot.EventAction:
		t.action(ev)
	case bot.EventOperator:
		t.operatorEvent(ev)
	}
}

// secretRemoved tells the customer that something was taken out of what they
// sent, whoever has the conversation.
func (t *turn) secretRemoved(ev bot.Event) {
	if len(ev.Removed) > 0 {
		t.system("secret_removed")
	}
}

// top returns the frame that has the turn, or nil.
func (t *turn) top() *Frame {
	if n := len(t.s.Frames); n > 0 {
		return &t.s.Frames[n-1]
	}
	return nil
}

// step returns the step the conversation stands on, or nil.
func (t *turn) step() *flows.Step {
	f := t.top()
	if f == nil {
		return nil
	}
	return t.p.Step(f.Flow, f.Step)
}

// asksNow returns the step whose question the customer has before them, or
// nil. A step that another release has put the conversation on has not asked.
func (t *turn) asksNow() *flows.Step {
	if f := t.top(); f != nil && f.Asked > 0 {
		return t.step()
	}
	return nil
}

// place is the top frame, or an empty one when no flow is open.
func (t *turn) place() Frame {
	if f := t.top(); f != nil {
		return *f
	}
	return Frame{}
}

func (t *turn) emit(e bot.Effect) { t.out = append(t.out, e) }

func (t *turn) note(kind bot.NoteKind, flow, step, edge, to string) {
	t.emit(bot.Effect{Kind: bot.EffectNote, Note: &bot.Note{Kind: kind, Flow: flow, Step: step, Edge: edge, To: to}})
}

// understood ends a run of misses.
func (t *turn) understood() { t.s.Misses = 0 }
