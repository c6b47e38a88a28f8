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
	t := newTurn(p, s, now)
	t.learn(bot.Event{})
	t.begin(flow)
	t.s.Control, t.s.Release = ControlBot, p.Release
	t.s.Frames = []Frame{t.frame(flow, step, FrameRoot)}
	t.note(bot.NoteStart, flow, step, "", "")
	t.enter()
	return t.finishTurn(bot.Event{})
}
