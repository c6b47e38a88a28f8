package dialogue_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/flows"
)

// maxEffects bounds what one turn may ask for: the walk is bounded, and a step
// of it speaks at most twice and leaves two notes.
const maxEffects = 4*200 + 20

// step is dialogue.Step with everything that must hold of every turn: the same
// from the same, also after a stay in the database; the old state untouched;
// bounded; every message fit to be sent; and a person one word away.
func step(t fataler, p *flows.Pack, s dialogue.State, ev bot.Event, now time.Time) (dialogue.State, []bot.Effect) {
	t.Helper()
	before := encode(t, s)
	next, effects := dialogue.Step(p, s, ev, now)
	after, done := encode(t, next), encode(t, effects)
	if !bytes.Equal(before, encode(t, s)) {
		t.Fatalf("the turn has changed the state it was given\n%s\n%s", before, encode(t, s))
	}
	var stored dialogue.State
	decode(t, before, &stored)
	var recorded bot.Event
	decode(t, encode(t, ev), &recorded)
	next2, effects2 := dialogue.Step(p, stored, recorded, now)
	if got := encode(t, next2); !bytes.Equal(after, got) {
		t.Fatalf("the stored state goes on differently\n%s\n%s", after, got)
	}
	if got := encode(t, effects2); !bytes.Equal(done, got) {
		t.Fatalf("the stored state has other effects\n%s\n%s", done, got)
	}
	var again dialogue.State
	decode(t, after, &again)
	if got := encode(t, again); !bytes.Equal(after, got) {
		t.Fatalf("the state does not survive its JSON form\n%s\n%s", after, got)
	}
	if len(after) > dialogue.MaxStateBytes {
		t.Fatalf("the state has %d bytes", len(after))
	}
	if next.Rough() < len(after) {
		t.Fatalf("the state has %d bytes, which was estimated as at most %d", len(after), next.Rough())
	}
	dialogue.Scope(p, next)
	dialogue.Expects(p, next)
	dialogue.Decisive(p, next, ev)
	checkEffects(t, p, effects)
	checkSilence(t, s, ev, effects)
	checkTimer(t, next)
	checkPerson(t, p, next, now)
	return next, effects
}

// checkSilence: while people have the case, the bot answers only the desk, but
// for the few things it must tell the customer.
func checkSilence(t fataler, s dialogue.State, ev bot.Event, effects []bot.Effect) {
	t.Helper()
	if s.Control == dialogue.ControlBot || ev.Kind == bot.EventOperator {
		return
	}
	for _, e := range effects {
		switch {
		case e.Say == nil, e.Say.Ref.Step == "@secret_removed":
		case s.Control == dialogue.ControlWaiting && (e.Say.Ref.Step == "@waiting" || e.Say.Ref.Step == "@withdrawn"):
		default:
			t.Fatalf("the bot talks while people have the case: %s", encode(t, e))
		}
	}
}

// checkTimer: an alarm for silence runs exactly while a flow waits for the
// customer.
func checkTimer(t fataler, s dialogue.State) {
	t.Helper()
	waits := s.Control == dialogue.ControlBot && s.Phase == dialogue.PhaseOpen && len(s.Frames) > 0
	if waits && s.Prompt == nil && s.Frames[len(s.Frames)-1].Action != 0 {
		waits = false // for the action, which has its own
	}
	if s.Armed != waits {
		t.Fatalf("the alarm for silence is set: %v; a flow waits: %v: %s", s.Armed, waits, encode(t, s))
	}
}

func checkEffects(t fataler, p *flows.Pack, effects []bot.Effect) {
	t.Helper()
	if len(effects) > maxEffects {
		t.Fatalf("%d effects in one turn", len(effects))
	}
	questions, ends := 0, 0
	for _, e := range effects {
		if e.HandOff != nil {
			ends++
			checkPacket(t, p, e.HandOff)
		}
		if e.Close != nil {
			ends++
		}
		m := e.Say
		if m == nil {
			continue
		}
		if strings.TrimSpace(m.Text) == "" {
			t.Fatalf("a message without words: %s", encode(t, m))
		}
		for _, place := range []string{"{title}", "{name}", "{answer."} {
			if strings.Contains(m.Text, place) {
				t.Fatalf("a place that was not filled: %s", encode(t, m))
			}
		}
		if !p.Speaks(m.Lang) {
			t.Fatalf("a message in %q, which the pack does not speak", m.Lang)
		}
		if len(m.Choices) > 0 || m.Ask != "" {
			questions++
		}
		for _, c := range m.Choices {
			if strings.TrimSpace(c.Label) == "" {
				t.Fatalf("a choice without words: %s", encode(t, m))
			}
		}
	}
	if questions > 1 || ends > 1 || questions+ends > 1 {
		t.Fatalf("%d questions and %d ends in one turn: %s", questions, ends, encode(t, effects))
	}
}

var reasonCode = regexp.MustCompile(`^[a-z][a-z_]+$`)

// checkPacket: what an operator gets is complete and true to the pack, and no
// customer is taken for more than they claim.
func checkPacket(t fataler, p *flows.Pack, k *bot.Packet) {
	t.Helper()
	ok := p.Queues[k.Queue] != nil && reasonCode.MatchString(k.Reason) && p.Speaks(k.Lang) && k.Release == p.Release &&
		len(k.Last) <= 3 && k.Identity.Level <= bot.Claimed && (k.AccountHint == "") == (k.Identity.Level == bot.Anonymous) &&
		(k.Flow == "" || p.Step(k.Flow, k.Step) != nil) && (k.GoalFlow == "" || k.Goal != "") && (k.Stuck == nil || k.Suggested != "")
	for _, a := range k.Attempts {
		ok = ok && a.Times > 0 && a.Title != "" && !a.Started.IsZero() && a.Outcome != "" && (a.Ended.IsZero() || !a.Ended.Before(a.Started))
	}
	if !ok {
		t.Fatalf("the packet is not complete: %s", encode(t, k))
	}
}

// checkPerson says the word for a person and wants one, unless there is one or
// the case is in the queue.
func checkPerson(t fataler, p *flows.Pack, s dialogue.State, now time.Time) {
	t.Helper()
	if s.Control != dialogue.ControlBot {
		return
	}
	_, effects := dialogue.Step(p, s, bot.Event{Kind: bot.EventText, Text: "human"}, now)
	for _, e := range effects {
		if e.HandOff != nil {
			return
		}
	}
	t.Fatalf("no person from %s", encode(t, s))
}

func encode(t fataler, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	return b
}

func decode(t fataler, b []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("decode: %v", err)
	}
}
