package dialogue

import (
	"latchkey/bot"
)

// migrate brings a conversation that was on another pack release onto this
// one. A step with the same id and contract goes on unseen; else the editor's
// moved rule decides; else the customer is asked. It returns false when the
// customer was asked, so that the event is not read against a changed step.
func (t *turn) migrate() bool {
	if t.s.Release == "" || t.s.Release == t.p.Release || len(t.s.Frames) == 0 {
		return true
	}
	flow, step := t.s.Here()
	kept := t.s.Frames[:0]
	ok := true
	for i := range t.s.Frames {
		f := t.s.Frames[i]
		ok = t.fits(&f)
		if ok {
			kept = append(kept, f)
			continue
		}
		if i < len(t.s.Frames)-1 {
			continue // a frame below that is gone is not missed yet
		}
		kept = append(kept, f)
	}
	t.s.Frames = kept
	for i := range t.s.Frames { // a call frame whose caller is gone ends like a root
		if i == 0 {
			t.s.Frames[i].Kind = FrameRoot
		}
	}
	t.s.Back = nil
	if ok {
		if _, now := t.s.Here(); now != step {
			t.note(bot.NoteMoved, flow, step, "moved", now)
		}
		return true
	}
	t.note(bot.NoteMoved, flow, step, "asked", "")
	t.s.Prompt = nil
	if t.p.Flows[flow] == nil {
		t.s.Frames = nil
		t.menu()
		return false
	}
	t.prompt(promptMoved, "", []string{"start_over", "menu", "human"})
	return false
}

// fits tells whether a frame can go on in this release, after the editor's
// moved rule if there is one.
func (t *turn) fits(f *Frame) bool {
	fl := t.p.Flows[f.Flow]
	if fl == nil {
		return false
	}
	if st := fl.Steps[f.Step]; st != nil && st.Contract == f.Contract {
		return true
	}
	to, ok := fl.Moved[f.Step]
	st := fl.Steps[to]
	if !ok || st == nil {
		return false
	}
	f.Step, f.At, f.Tries, f.Contract = to, 0, 0, st.Contract
	return true
}
