package dialogue

import (
	"slices"

	"latchkey/bot"
	"latchkey/flows"
)

// press handles a button. A button of a question that still waits is taken,
// however late; any other changes nothing.
func (t *turn) press(b bot.Button) {
	if b.Choice == "human" && !t.optionHere(b) {
		t.word("human") // the way to a person never grows stale
		return
	}
	if b.Step != "" && b.Step[0] == '@' {
		t.pressPrompt(b)
		return
	}
	f, st := t.top(), t.step()
	if st == nil || f.Flow != b.Flow || f.Step != b.Step || !st.Kind.Waits() {
		t.stale(b)
		return
	}
	switch st.Kind {
	case flows.KindChoose:
		i := optionIndex(st, b.Choice)
		if i < 0 || t.spent(f, st, st.Options[i]) {
			t.stale(b)
			return
		}
		t.awake()
		t.choose(f, st, i)
	case flows.KindGuide:
		t.pressGuide(f, st, b)
	case flows.KindAsk:
		if st.Ask.Type != "yes_no" || (b.Choice != "yes" && b.Choice != "no") {
			t.stale(b)
			return
		}
		t.awake()
		t.accept(f, st, b.Choice)
	}
}

func (t *turn) pressGuide(f *Frame, st *flows.Step, b bot.Button) {
	at := f.At + 1
	if st.Guide.All {
		at = 0
	}
	if b.At != at {
		t.stale(b)
		return
	}
	switch b.Choice {
	case "done":
		t.awake()
		t.guideDone(f, st)
	case "stuck":
		t.awake()
		t.guideStuck(f, st)
	case "back":
		t.awake()
		t.back()
	default:
		t.stale(b)
	}
}

// optionHere tells whether a button is an option that the flow itself gave
// that name.
func (t *turn) optionHere(b bot.Button) bool {
	st := t.p.Step(b.Flow, b.Step)
	return st != nil && st.Kind == flows.KindChoose && optionIndex(st, b.Choice) >= 0
}

// awake opens a conversation that was closed for silence, and drops a
// question of the bot's own that the press answers past.
func (t *turn) awake() {
	t.s.Prompt = nil
	t.s.Phase = PhaseOpen
}

func (t *turn) pressPrompt(b bot.Button) {
	p := t.s.Prompt
	if p != nil && p.Step == b.Step && slices.Contains(p.Choices, b.Choice) && t.current(p, b) {
		t.promptChosen(b.Choice)
		return
	}
	// An old menu still says what the customer wants when nothing else is open.
	if (b.Step == promptMenu || b.Step == promptCategory || b.Step == promptWhich) && len(t.s.Frames) == 0 && t.offered(b.Choice) {
		t.s.Prompt = &Prompt{Step: b.Step}
		t.promptChosen(b.Choice)
		return
	}
	t.stale(b)
}

// current tells whether a press is for the question as it stands: questions
// that only repeat themselves take an older button, a person's offer and a
// choice of flows only their own.
func (t *turn) current(p *Prompt, b bot.Button) bool {
	return b.Nonce == p.Nonce || p.Step == promptMenu || p.Step == promptCategory || p.Step == promptLanguage
}

func (t *turn) offered(id string) bool {
	return t.p.Flows[id] != nil || t.categoryTitle(id) != ""
}

// stale answers a press on a question that is over.
func (t *turn) stale(b bot.Button) {
	t.note(bot.NoteStale, b.Flow, b.Step, b.Choice, "")
	if !t.s.Open() || t.s.Phase == PhaseClosed {
		t.system("moved_on_end")
		return
	}
	t.system("moved_on")
	t.repeat()
}
