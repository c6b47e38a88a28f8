package dialogue

import (
	"slices"

	"latchkey/flows"
)

// checkpoint marks the place that "back" returns to.
func (t *turn) checkpoint() {
	c := Checkpoint{Depth: len(t.s.Frames)}
	if f := t.top(); f != nil {
		top := *f
		c.Top = &top
	}
	if len(t.s.Back) >= maxCheckpoints {
		t.s.Back = slices.Delete(t.s.Back, 0, 1)
	}
	t.s.Back = append(t.s.Back, c)
	t.marked = true
	t.fresh++
}

// forgetBack leaves nothing that "back" could undo.
func (t *turn) forgetBack() {
	t.s.Back, t.marked, t.fresh = nil, true, 0
}

// remember keeps how an answer was. The first word on it counts.
func (c *Checkpoint) remember(old Answer) {
	known := func(a Answer) bool { return a.Name == old.Name }
	if len(c.Undo) < maxAnswers && !slices.ContainsFunc(c.Undo, known) {
		c.Undo = append(c.Undo[:len(c.Undo):len(c.Undo)], old)
	}
}

// answer stores a value under the flow's name, remembering what it replaces
// so that "back" can restore it.
func (t *turn) answer(f *Frame, name string, a Answer) {
	a.Name, a.At = f.Flow+"."+name, t.now
	a.Value = clip(a.Value, maxValueRunes)
	old, ok := findAnswer(t.s.Answers, a.Name)
	if !ok {
		old = Answer{Name: a.Name}
	}
	if n := len(t.s.Back); n > 0 {
		t.s.Back[n-1].remember(old)
	}
	t.s.Answers = setAnswer(t.s.Answers, a, maxAnswers)
}

// back undoes the last answer. An action that was called stays called.
func (t *turn) back() {
	f, st := t.top(), t.step()
	switch {
	case t.s.Prompt != nil && f != nil && t.s.Phase == PhaseOpen:
		t.s.Prompt = nil
	case t.s.Phase == PhaseOpen && len(t.s.Back) > 0:
		t.undoVisibly()
	case t.s.Phase == PhaseOpen && st != nil && st.Kind == flows.KindGuide && !st.Guide.All && f.At > 0:
		f.At-- // an instruction read again undoes nothing
		t.marked = true
	default:
		t.system("nothing_back")
	}
	t.reask()
}

// undoVisibly goes back to another question: help that led to the same
// instruction again is undone with what came before it.
func (t *turn) undoVisibly() {
	here := t.place()
	for len(t.s.Back) > 0 {
		t.undo()
		if f := t.place(); f.Flow != here.Flow || f.Step != here.Step || f.At != here.At {
			return
		}
	}
}

// undo restores the newest checkpoint.
func (t *turn) undo() {
	c := t.s.Back[len(t.s.Back)-1]
	t.s.Back = t.s.Back[:len(t.s.Back)-1]
	t.marked, t.fresh = true, max(0, t.fresh-1)
	t.s.Frames = t.s.Frames[:min(c.Depth, len(t.s.Frames))]
	if c.Top != nil && len(t.s.Frames) > 0 {
		t.s.Frames[len(t.s.Frames)-1] = *c.Top
	}
	for _, a := range c.Undo {
		if a.Type == "" {
			t.s.Answers = deleteAnswer(t.s.Answers, a.Name)
			continue
		}
		t.s.Answers = setAnswer(t.s.Answers, a, maxAnswers)
	}
	f, st := t.top(), t.step()
	switch {
	case f == nil:
		t.s.Goal = ""
	case len(t.s.Frames) == 1 && t.hidden(f.Flow):
		t.s.Goal = f.Flow
	case st != nil && st.Kind == flows.KindGuide:
		t.reopen(f, st)
	}
}

func deleteAnswer(list []Answer, name string) []Answer {
	return slices.DeleteFunc(list, func(a Answer) bool { return a.Name == name })
}
