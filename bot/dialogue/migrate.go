package dialogue

import (
	"slices"

	"latchkey/bot"
	"latchkey/flows"
)

// migrate brings a conversation that was on another pack release onto this
// one. A step with the same id and contract goes on unseen; so does one that
// the editor's moved rule leads elsewhere. Any other flow is put on the
// nearest place that is still there. It returns false when that happened to
// the open step, so that the event is not read against a question that the
// customer has not seen.
func (t *turn) migrate() bool {
	was := t.s.Release
	t.s.Release = t.p.Release
	if was == "" || was == t.p.Release {
		return true
	}
	if t.s.Prompt != nil && !t.promptFits() {
		t.s.Prompt = nil // its numbers on the screen would count other things now
	}
	if len(t.s.Frames) == 0 {
		return true
	}
	kept, moved, lost := t.moveFrames()
	t.s.Frames = kept
	if !moved {
		t.keepCheckpoints()
		return true
	}
	t.forgetBack()
	t.s.Edit = nil
	if lost {
		for i := range t.s.Frames {
			t.s.Frames[i].Action = 0 // its answer may find nobody: it is asked for again
		}
	}
	return !lost
}

// moveFrames brings every open flow onto this release. lost tells that the
// top one does not stand where it stood and no rule of the editor says so.
func (t *turn) moveFrames() (kept []Frame, moved, lost bool) {
	kept = make([]Frame, 0, len(t.s.Frames))
	var gone *Frame // the lowest of the flows just below that are no more
	for i := range t.s.Frames {
		f := t.s.Frames[i]
		fl := t.p.Flows[f.Flow]
		lost = false
		switch {
		case fl == nil || len(fl.Order) == 0:
			t.note(bot.NoteMoved, f.Flow, f.Step, "gone", "")
			moved, lost = true, true
			if gone == nil {
				gone = &t.s.Frames[i]
			}
			continue
		case t.fits(&f):
			f.At = inGuide(fl.Steps[f.Step], f.At)
		case t.moveByRule(fl, &f):
			moved = true
		default:
			moved, lost = true, true
			t.moveNear(fl, &f)
		}
		if gone != nil { // what lies above takes over its place
			f.Kind, gone = gone.Kind, nil
		}
		kept = append(kept, f)
	}
	return kept, moved, lost
}

// promptFits tells whether everything that the bot's own question offers is
// still there.
func (t *turn) promptFits() bool {
	p := t.s.Prompt
	if p.Step == promptCategory && t.categoryTitle(p.Arg) == "" {
		return false
	}
	return !slices.ContainsFunc(p.Choices, func(id string) bool {
		switch {
		case p.Step == promptLanguage:
			return !t.p.Speaks(id)
		case !lists(p.Step) || id == "none" || id == "menu" || id == "continue":
			return false
		}
		return t.p.Flows[id] == nil && t.categoryTitle(id) == ""
	})
}

// keepCheckpoints forgets what "back" cannot undo in this release.
func (t *turn) keepCheckpoints() {
	for i := len(t.s.Back) - 1; i >= 0; i-- {
		if top := t.s.Back[i].Top; top != nil && (!t.fits(top) || inGuide(t.p.Step(top.Flow, top.Step), top.At) != top.At) {
			t.s.Back = t.s.Back[i+1:]
			return
		}
	}
}

// fits tells whether a frame can go on in this release where it stands.
func (t *turn) fits(f *Frame) bool {
	st := t.p.Step(f.Flow, f.Step)
	return st != nil && st.Contract == f.Contract
}

// inGuide is instruction at of a guide that may have become shorter.
func inGuide(st *flows.Step, at int) int {
	if st == nil || st.Guide == nil {
		return 0
	}
	return min(at, len(st.Guide.Instructions)-1)
}

// moveByRule follows the editor's moved rule for the frame's step.
func (t *turn) moveByRule(fl *flows.Flow, f *Frame) bool {
	to, ok := fl.Moved[f.Step]
	if !ok || fl.Steps[to] == nil {
		return false
	}
	t.note(bot.NoteMoved, f.Flow, f.Step, "moved", to)
	t.stand(f, to)
	return true
}

// moveNear puts a frame on the nearest place that its flow still has: the
// same step with other answers, the last question that has stayed as it was,
// or the beginning.
func (t *turn) moveNear(fl *flows.Flow, f *Frame) {
	to, at := fl.First(), 0
	for _, c := range t.s.Back {
		if c.Top != nil && c.Top.Flow == f.Flow && t.fits(c.Top) {
			to, at = c.Top.Step, c.Top.At
		}
	}
	if fl.Steps[f.Step] != nil {
		to, at = f.Step, 0
	}
	t.note(bot.NoteMoved, f.Flow, f.Step, "asked", to)
	t.stand(f, to)
	f.At = inGuide(fl.Steps[to], at)
}

// goesOnAnyway tells whether an event means the same wherever the
// conversation stands.
func (t *turn) goesOnAnyway(ev bot.Event) bool {
	switch ev.Kind {
	case bot.EventText:
		word, ok := t.p.Word(flows.Fold(ev.Text))
		return ok && word != "back" && word != "repeat" && word != "why"
	case bot.EventButton:
		return ev.Button != nil && ev.Button.Choice == "human"
	case bot.EventOpened:
		return t.deepLink(ev.Payload) != ""
	case bot.EventOperator:
		return true
	}
	return false
}

// askMoved asks where to go on after the open step has gone.
func (t *turn) askMoved() {
	choices := []string{"start_over", "menu", "human"}
	switch f := t.top(); {
	case f == nil:
		choices = choices[1:]
	case f.Step != t.p.Flows[f.Flow].First():
		choices = append([]string{"continue"}, choices...)
	}
	t.prompt(promptMoved, "", choices)
}
