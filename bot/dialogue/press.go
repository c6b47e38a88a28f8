package dialogue

import (
	"slices"
	"strings"

	"latchkey/bot"
	"latchkey/flows"
)

// press handles a button. A button of a question that still waits is taken,
// however late; any other changes nothing.
func (t *turn) press(b bot.Button) {
	switch {
	case b.Choice == "human" && !t.ownOption(b):
		t.word("human") // the way to a person never grows stale
	case b.Nonce < 1 || b.Nonce > t.s.Nonce: // no question of this conversation
		t.stale(b)
	case strings.HasPrefix(b.Step, "@"):
		t.pressPrompt(b)
	case t.waitsFor(b):
		t.awake()
		t.take(t.top(), t.step(), b.Choice)
	default:
		t.stale(b)
	}
}

// ownOption tells whether a button is an option that the flow itself has
// called "human".
func (t *turn) ownOption(b bot.Button) bool {
	st := t.p.Step(b.Flow, b.Step)
	return st != nil && st.Kind == flows.KindChoose && optionIndex(st, b.Choice) >= 0
}

// waitsFor tells whether the question that a button belongs to is the open
// one, asked in this visit of the step, and still has that answer.
func (t *turn) waitsFor(b bot.Button) bool {
	f, st := t.top(), t.asksNow()
	if st == nil || f.Flow != b.Flow || b.Nonce < f.Asked || b.At != buttonAt(f, st) {
		return false
	}
	if b.Step != f.Step && t.p.Flows[f.Flow].Moved[b.Step] != f.Step {
		return false
	}
	return t.hasOffer(f, st, b.Choice)
}

// take does what a choice of the open question says.
func (t *turn) take(f *Frame, st *flows.Step, id string) {
	switch i := optionIndex(st, id); {
	case i >= 0:
		t.choose(f, st, i)
	case id == "human":
		t.word("human")
	case st.Kind == flows.KindAsk:
		t.accept(f, st, id)
	case id == "done":
		t.guideDone(f, st)
	case id == "stuck":
		t.guideStuck(f, st)
	case id == "back":
		t.word("back")
	}
}

// awake opens a conversation that was closed for silence, and drops a
// question of the bot's own that is answered past.
func (t *turn) awake() { t.s.Prompt, t.s.Phase = nil, PhaseOpen }

func (t *turn) pressPrompt(b bot.Button) {
	p := t.s.Prompt
	if p != nil && p.Step == b.Step && slices.Contains(p.Choices, b.Choice) && current(p, b) {
		t.promptChosen(b.Choice)
		return
	}
	// An old menu still says what the customer wants when nothing else is open.
	if lists(b.Step) && len(t.s.Frames) == 0 && (t.p.Flows[b.Choice] != nil || t.categoryTitle(b.Choice) != "") {
		t.s.Prompt = &Prompt{Step: b.Step}
		t.promptChosen(b.Choice)
		return
	}
	t.stale(b)
}

// current tells whether a press is for the question as it stands. Lists that
// stay the same take a button of an earlier one; where the same words can ask
// another thing each time, only the question's own buttons count.
func current(p *Prompt, b bot.Button) bool {
	return b.Nonce >= p.Nonce || p.Step == promptMenu || p.Step == promptCategory || p.Step == promptLanguage
}

// stale answers a press on a question that is over.
func (t *turn) stale(b bot.Button) {
	t.note(bot.NoteStale, b.Flow, b.Step, b.Choice, "")
	if !t.s.Open() {
		t.system("moved_on_end")
		return
	}
	t.system("moved_on")
	t.reask()
}
