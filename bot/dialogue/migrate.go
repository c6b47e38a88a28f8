package dialogue

import (
	"slices"
	"time"

	"latchkey/bot"
	"latchkey/flows"
)

// restAfter is the silence after which a conversation need not stay on its
// pack release any more.
const restAfter = 24 * time.Hour

// Rests tells whether a conversation is bound to no pack release: nothing of
// it is open, or nothing has happened in it for quiet, a day or more.
func Rests(s State, quiet time.Duration) bool {
	return len(s.Frames) == 0 && s.Prompt == nil || quiet >= restAfter
}

// MovesNow tells whether a conversation goes over to a new release at once:
// because a flow it is in was recalled, or because nothing but words changed
// in all of them.
func MovesNow(cur, old *flows.Pack, s State) bool {
	same := true
	for _, f := range s.Frames {
		now, was := cur.Flows[f.Flow], old.Flows[f.Flow]
		if now != nil && now.Recall {
			return true
		}
		if now == nil || was == nil || now.Contract != was.Contract {
			same = false
		}
	}
	return same
}

// arrival is how a conversation came onto another pack release.
type arrival int

const (
	inPlace arrival = iota // the open question is the one the customer has seen
	byRule                 // the editor has said which step takes its place
	lost                   // nobody knows where to go on
)

// migrate brings a conversation that was on another pack release onto this
// one. A step with the same id and contract goes on unseen. Where the step has
// gone, or has other answers, the editor's moved rule says where to go on, and
// without one the flow is put on the nearest place that is still there. Only
// inPlace may the event be read as an answer.
func (t *turn) migrate() arrival {
	was := t.s.Release
	t.s.Release = t.p.Release
	if was == "" || was == t.p.Release {
		return inPlace
	}
	if t.s.Prompt != nil && !t.promptFits() {
		t.s.Prompt = nil // its numbers on the screen would count other things now
	}
	if len(t.s.Frames) == 0 {
		return inPlace
	}
	kept, moved, how := t.moveFrames()
	t.s.Frames = kept
	if !moved {
		t.keepCheckpoints()
		return inPlace
	}
	t.forgetBack()
	t.s.Edit = nil
	if how != inPlace {
		for i := range t.s.Frames {
			t.s.Frames[i].Action = 0 // its answer may find nobody: it is asked for again
		}
	}
	return how
}

// moveFrames brings every open flow onto this release, and tells how the top
// one arrived there.
func (t *turn) moveFrames() (kept []Frame, moved bool, how arrival) {
	kept = make([]Frame, 0, len(t.s.Frames))
	var gone *Frame // the lowest of the flows just below that are no more
	for i := range t.s.Frames {
		f := t.s.Frames[i]
		fl := t.p.Flows[f.Flow]
		if fl == nil {
			t.note(bot.NoteMoved, f.Flow, f.Step, "gone", "")
			moved, how = true, lost
			if gone == nil {
				gone = &t.s.Frames[i]
			}
			continue
		}
		step := f.Step
		if how = t.moveFrame(fl, &f); how != inPlace || f.Step != step {
			moved = true
		}
		if gone != nil { // what lies above takes over its place
			f.Kind, gone = gone.Kind, nil
		}
		kept = append(kept, f)
	}
	return kept, moved, how
}

// moveFrame brings one flow onto this release.
func (t *turn) moveFrame(fl *flows.Flow, f *Frame) arrival {
	if t.fits(f) {
		f.At = inGuide(fl.Steps[f.Step], f.At)
		return inPlace
	}
	if to := fl.Moved[f.Step]; fl.Steps[to] != nil {
		t.note(bot.NoteMoved, f.Flow, f.Step, "moved", to)
		if st := fl.Steps[to]; st.Contract == f.Contract { // only its name is another
			f.Step, f.At = to, inGuide(st, f.At)
			return inPlace
		}
		t.stand(f, to)
		return byRule
	}
	t.moveNear(fl, f)
	return lost
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
		case foundAt(p.Found, id) >= 0, p.Step == promptArticle && (id == "yes" || id == "no" || id == "human"):
			return false
		case p.Step == promptArticle:
			return t.p.Flows[id] == nil
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

// moveNear puts a frame on the nearest place that its flow still has: the
// same step with other answers, the last question that has stayed as it was,
// or the beginning.
func (t *turn) moveNear(fl *flows.Flow, f *Frame) {
	to, at := t.first(fl.ID), 0
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

// moved shows the customer where the conversation stands after the open step
// has gone, or asks where to go on.
func (t *turn) moved(how arrival) {
	if how == byRule {
		t.s.Prompt = nil
		t.system("moved_on")
		t.reask()
		return
	}
	choices := []string{"start_over", "menu", "human"}
	switch f := t.top(); {
	case f == nil:
		choices = choices[1:]
	case f.Step != t.first(f.Flow):
		choices = append([]string{"continue"}, choices...)
	}
	t.prompt(promptMoved, "", choices)
}
