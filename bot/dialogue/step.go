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
	t := &turn{p: p, s: s.clone(), now: now}
	t.out = make([]bot.Effect, 0, 6)
	before := t.s.Timer
	t.learn(ev)
	if t.s.Control != ControlBot {
		t.desk(ev)
	} else if t.migrate() {
		t.dispatch(ev)
	}
	t.s.Release = p.Release
	t.settle(ev, before)
	return t.s, t.out
}

// turn is the work of one Step.
type turn struct {
	p   *flows.Pack
	s   State
	now time.Time
	out []bot.Effect
	// asked is set once a question went out, so that a turn asks only one.
	asked bool
	// armed is set when the turn has set or must not set the idle timer.
	armed bool
}

// learn takes over what every event may tell, whatever its kind.
func (t *turn) learn(ev bot.Event) {
	for _, k := range sortedKeys(ev.Facts) {
		t.fact(k, ev.Facts[k])
	}
	if t.s.Lang == "" {
		t.s.Lang = t.p.Base
		t.platformLang(ev.Lang)
	} else if !t.s.LangSet {
		t.platformLang(ev.Lang)
	}
	t.s.Removed += len(ev.Removed)
	if t.s.Removed > 9999 {
		t.s.Removed = 9999
	}
}

// platformLang adopts the platform's language ("ru-RU") when the pack has it.
func (t *turn) platformLang(tag string) {
	lang, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(tag), "_", "-"), "-")
	if lang != "" && t.p.Speaks(lang) {
		t.s.Lang = lang
		t.s.LangSet = true
	}
}

func (t *turn) fact(name, value string) {
	t.s.Facts = setAnswer(t.s.Facts, Answer{Name: clip(name, 40), Value: clip(value, 200), At: t.now}, maxFacts)
}

// dispatch handles an event while the bot has the conversation.
func (t *turn) dispatch(ev bot.Event) {
	if len(ev.Removed) > 0 && ev.Kind != bot.EventTimer {
		t.system("secret_removed")
	}
	switch ev.Kind {
	case bot.EventText:
		t.text(ev)
	case bot.EventButton:
		if ev.Button != nil {
			t.press(*ev.Button)
		}
	case bot.EventAttachment:
		t.attachment(ev)
	case bot.EventEdited:
		t.edited(ev)
	case bot.EventOpened:
		t.opened(ev)
	case bot.EventTimer:
		t.timer(ev)
	case bot.EventAction:
		t.action(ev)
	case bot.EventOperator:
		t.operatorEvent(ev)
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

func (t *turn) emit(e bot.Effect) { t.out = append(t.out, e) }

func (t *turn) note(kind bot.NoteKind, flow, step, edge, to string) {
	t.emit(bot.Effect{Kind: bot.EffectNote, Note: &bot.Note{Kind: kind, Flow: flow, Step: step, Edge: edge, To: to}})
}

// understood ends a run of misses.
func (t *turn) understood() { t.s.Misses = 0 }
