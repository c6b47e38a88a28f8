package dialogue

import (
	"time"

	"latchkey/bot"
	"latchkey/flows"
)

// StartAt begins a flow at one of its steps, as `latchkey chat --at` and
// editors' previews do. What earlier steps would have asked is not known
// then. The step must exist in p.
func StartAt(p *flows.Pack, s State, flow, step string, now time.Time) (State, []bot.Effect) {
	t := &turn{p: p, s: s.clone(), now: now}
	t.begin(flow)
	t.s.Prompt, t.s.Control = nil, ControlBot
	t.s.Frames = []Frame{{Flow: flow, Step: step}}
	t.note(bot.NoteStart, flow, step, "", "")
	t.enter()
	t.s.Release = p.Release
	t.settle(bot.Event{}, s.Timer)
	return t.s, t.out
}
