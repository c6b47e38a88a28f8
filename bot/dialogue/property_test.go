package dialogue_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/flows"
)

// customer is a random one, with everything that its platform, its operators
// and its editors may do at the same time.
type customer struct {
	t       *rapid.T
	packs   []*flows.Pack
	p       *flows.Pack
	s       dialogue.State
	now     time.Time
	buttons []bot.Button
	calls   []bot.ActionCall
	timers  []bot.Timer
}

// TestRandomConversations lets random customers talk to random packs. What
// must hold of every turn is in step; here it is that every button of the
// newest question is taken, and that no state is changed by what comes after.
func TestRandomConversations(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := &customer{t: rt, now: time.Date(2027, 1, 5, 10, 0, 0, 0, time.UTC)}
		c.packs = []*flows.Pack{randomPack(rt, "a"), randomPack(rt, "b")}
		c.p = c.packs[0]
		type kept struct {
			s    dialogue.State
			json []byte
		}
		var states []kept
		for range rapid.IntRange(10, 60).Draw(rt, "turns") {
			if rapid.IntRange(0, 15).Draw(rt, "publish") == 0 {
				c.p = c.packs[rapid.IntRange(0, 1).Draw(rt, "release")]
			}
			states = append(states, kept{c.s, encode(rt, c.s)})
			ev := c.event()
			rt.Logf("%s: %.300s", c.now.Format(time.TimeOnly), encode(rt, ev))
			var effects []bot.Effect
			c.s, effects = step(rt, c.p, c.s, ev, c.now)
			rt.Logf("  -> %.2000s", encode(rt, c.s))
			c.learn(effects)
			c.pressAll(effects)
		}
		for i, k := range states {
			if got := encode(rt, k.s); !bytes.Equal(k.json, got) {
				rt.Fatalf("state %d was changed later\n%s\n%s", i, k.json, got)
			}
		}
	})
}

// learn keeps what later events may refer to.
func (c *customer) learn(effects []bot.Effect) {
	for _, e := range effects {
		switch {
		case e.Say != nil:
			for _, ch := range e.Say.Choices {
				c.buttons = append(c.buttons, ch.Button)
			}
		case e.Action != nil:
			c.calls = append(c.calls, *e.Action)
		case e.Kind == bot.EffectArm:
			c.timers = append(c.timers, *e.Timer)
		}
	}
}

// pressAll presses every button of the newest question: each must be taken.
func (c *customer) pressAll(effects []bot.Effect) {
	for _, e := range effects {
		if e.Say == nil {
			continue
		}
		for _, ch := range e.Say.Choices {
			_, after := dialogue.Step(c.p, c.s, bot.Event{Kind: bot.EventButton, Button: &ch.Button}, c.now)
			for _, x := range after {
				if x.Note != nil && x.Note.Kind == bot.NoteStale {
					c.t.Fatalf("the fresh button %q of %s is refused: %s", ch.Button.Choice, e.Say.Ref, encode(c.t, c.s))
				}
			}
			checkEffects(c.t, c.p, after)
		}
	}
}

func (c *customer) number(what string, from, to int) int {
	return rapid.IntRange(from, to).Draw(c.t, what)
}

func pick[T any](c *customer, what string, of []T) T { return rapid.SampledFrom(of).Draw(c.t, what) }

// event draws what happens next, and lets time pass.
func (c *customer) event() bot.Event {
	c.now = c.now.Add(pick(c, "pause", []time.Duration{0, time.Second, time.Minute, 16 * time.Minute, 5 * time.Hour, 49 * time.Hour}))
	var ev bot.Event
	switch c.number("event", 0, 19) {
	case 0, 1, 2, 3, 4, 5:
		ev = c.text(bot.EventText)
	case 6, 7, 8, 9, 10:
		ev = c.press()
	case 11, 12:
		ev = c.alarm()
	case 13, 14:
		ev = c.answer()
	case 15, 16:
		ev = bot.Event{Kind: bot.EventOperator, Operator: c.operator()}
	case 17:
		ev = c.text(bot.EventEdited)
	case 18:
		ev = c.text(bot.EventAttachment)
		ev.Attachments = []bot.Attachment{{Kind: pick(c, "file", []string{"image", "audio", "contact", hostile(c)})}}
	default:
		ev = bot.Event{Kind: bot.EventOpened, Payload: pick(c, "link", []string{"", "link0", "link1", "link2", "nowhere"})}
	}
	if c.number("lang", 0, 9) == 0 {
		ev.Lang = pick(c, "platform", []string{"ru-RU", "es_AR", "en", "de", "??"})
	}
	if c.number("facts", 0, 9) == 0 {
		ev.Facts = map[string]string{pick(c, "fact", []string{"plan", "channel", "closed_day", "closed_night", hostile(c)}): pick(c, "value", []string{"gold", "yes", hostile(c)})}
	}
	return ev
}

var words = []string{
	"human", "menu", "back", "cancel", "restart", "repeat", "why", "language", "назад", "оператор", "cancelar", "idioma",
	"yes", "no", "да", "sí", "done", "stuck", "готово", "it does not work", "none of these", "1", "2", "3", "4", "9", "0",
	"On 0", "Way go of 1", "way human of 0", "Well", "Bad", "Other", "anna@shop.example", "+34600123456", "2027-01-05", "12", "abc 12",
	"English", "русский", "Español", "hello", "привет, не могу войти", "phrase number 1", "...", "", "[removed: code]", "x [removed: code] y", "[removed",
}

// hostile is a string that nobody wrote by hand.
func hostile(c *customer) string {
	return strings.Repeat(pick(c, "letter", []string{"a", "<", "\x01", "я", "😀", "\xff", "{answer.s0}", "\u2028", "a@b.c "}), pick(c, "length", []int{1, 40, 299, 2000, 16 << 10}))
}

func (c *customer) text(kind bot.EventKind) bot.Event {
	ev := bot.Event{Kind: kind, Text: pick(c, "text", words)}
	if c.number("hostile", 0, 7) == 0 {
		ev.Text = hostile(c)
	}
	if c.number("removed", 0, 7) == 0 {
		ev.Removed = []string{"code", "password"}[:c.number("kinds", 1, 2)]
	}
	if c.number("id", 0, 2) > 0 {
		ev.Message = bot.MessageID(fmt.Sprintf("m%d", c.number("old id", 0, 3)))
	}
	if c.number("read", 0, 4) > 0 {
		ev.Reading = c.reading()
	}
	return ev
}

func (c *customer) reading() *bot.Reading {
	r := &bot.Reading{Verdict: pick(c, "verdict", []bot.Verdict{bot.Sure, bot.Unsure, bot.None}), Lang: pick(c, "wrote", []string{"", "", "", "en", "ru", "es", "xx"})}
	for range c.number("candidates", 0, 4) {
		kind := pick(c, "candidate", []bot.CandidateKind{bot.CandidateFlow, bot.CandidateFlow, bot.CandidateWord, bot.CandidateOption, bot.CandidateArticle})
		ids := []string{"f0", "f1", "f2", "f3", "gone"}
		switch kind {
		case bot.CandidateWord:
			ids = []string{"human", "menu", "back", "cancel", "restart", "language", "nonsense"}
		case bot.CandidateArticle:
			ids = []string{"a0", "a1", "gone"}
		case bot.CandidateOption:
			ids = []string{"on", "go", "done", "stuck", "yes", "no", "human", "nonsense"}
		}
		r.Candidates = append(r.Candidates, bot.Candidate{Kind: kind, ID: pick(c, "id", ids), Score: 0.5})
	}
	for i := range c.number("passages", 0, 4) {
		r.Passages = append(r.Passages, bot.Passage{Article: fmt.Sprintf("a%d", i), Title: "Why", Text: hostile(c), Flow: pick(c, "leads to", []string{"", "f0", "gone"})})
	}
	return r
}

func (c *customer) press() bot.Event {
	if len(c.buttons) > 0 && c.number("forged", 0, 9) > 0 {
		i := len(c.buttons) - 1 - c.number("late", 0, min(3, len(c.buttons)-1))
		if c.number("very late", 0, 5) == 0 {
			i = c.number("button", 0, len(c.buttons)-1)
		}
		b := c.buttons[i]
		return bot.Event{Kind: bot.EventButton, Button: &b}
	}
	return bot.Event{Kind: bot.EventButton, Button: &bot.Button{
		Flow:   pick(c, "flow", []string{"", "f0", "f1", "nowhere"}),
		Step:   pick(c, "step", []string{"s0", "s1", "last", "@menu", "@person", "@which", "@resume", "@moved", "@language", "@article", "@", ""}),
		At:     c.number("at", -1, 3),
		Nonce:  c.number("nonce", -1, 50),
		Choice: pick(c, "choice", []string{"yes", "no", "on", "human", "done", "stuck", "back", "menu", "none", "continue", "start_over", "f0", "one", "en", "gone", ""})}}
}

func (c *customer) alarm() bot.Event {
	tm := bot.Timer{Name: pick(c, "alarm", []string{"idle", "action", "nonsense"}), Nonce: c.number("nonce", -1, 30)}
	if len(c.timers) > 0 && c.number("known", 0, 4) > 0 {
		tm = c.timers[len(c.timers)-1-c.number("late", 0, min(2, len(c.timers)-1))]
	}
	return bot.Event{Kind: bot.EventTimer, Timer: &tm}
}

func (c *customer) answer() bot.Event {
	a := bot.ActionResult{Name: "act", Nonce: c.number("nonce", -1, 30)}
	if len(c.calls) > 0 && c.number("known", 0, 4) > 0 {
		a.Nonce = c.calls[len(c.calls)-1-c.number("late", 0, min(2, len(c.calls)-1))].Nonce
	}
	a.Outcome = pick(c, "outcome", []string{"ok", "slow", "failed", "nonsense", ""})
	return bot.Event{Kind: bot.EventAction, Action: &a}
}

func (c *customer) operator() *bot.OperatorEvent {
	op := &bot.OperatorEvent{
		Kind: pick(c, "operator", []bot.OperatorKind{bot.OperatorClaimed, bot.OperatorReleased, bot.OperatorHandedBack, bot.OperatorHandedBack, bot.OperatorResolved}),
		Flow: pick(c, "flow", []string{"f0", "f1", "f2", "gone", ""}),
		Step: pick(c, "step", []string{"s0", "s1", "s2", "last", "person", "end", "gone", ""}),
		Name: pick(c, "name", []string{"Ann", "", "*_`[x](y)", hostile(c)}),
		Text: pick(c, "said", []string{"", " ", "I looked.", hostile(c)}),
	}
	for range c.number("done", 0, 3) {
		op.Done = append(op.Done, pick(c, "guide", []string{"f0/s0", "f0/s1", "f1/s0", "f2/s2", hostile(c)}))
	}
	if c.number("facts", 0, 2) == 0 {
		op.Facts = map[string]string{"plan": "gold", hostile(c): hostile(c)}
	}
	return op
}
