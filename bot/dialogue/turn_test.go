package dialogue_test

import (
	"bytes"
	"encoding/json"
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
	checkPerson(t, p, next, now)
	return next, effects
}

func checkEffects(t fataler, p *flows.Pack, effects []bot.Effect) {
	t.Helper()
	if len(effects) > maxEffects {
		t.Fatalf("%d effects in one turn", len(effects))
	}
	questions := 0
	for _, e := range effects {
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
	if questions > 1 {
		t.Fatalf("%d questions in one turn: %s", questions, encode(t, effects))
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
