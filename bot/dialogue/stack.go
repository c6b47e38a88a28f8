package dialogue

import (
	"slices"

	"latchkey/bot"
)

// start opens a flow. With a flow already open, or paused, it becomes a side
// question from which the customer is brought back.
func (t *turn) start(id string) {
	if t.comeTo(id) {
		return
	}
	kind := FrameSide
	switch {
	case len(t.s.Frames) == 0:
		kind = FrameRoot
		t.begin(id)
	case t.inHidden():
		t.replace(id)
		return
	case t.sides() >= maxSides || len(t.s.Frames) >= maxFrames-1:
		t.makeRoom()
	}
	t.checkpoint()
	t.s.Frames = append(t.s.Frames, t.frame(id, t.first(id), kind))
	t.note(bot.NoteStart, id, t.first(id), string(kind), "")
	t.enter()
}

// first is the step where a flow starts, or "" without that flow: what the
// pack's checks rule out ends with a person, in enter.
func (t *turn) first(flow string) string {
	if f := t.p.Flows[flow]; f != nil && len(f.Order) > 0 {
		return f.First()
	}
	return ""
}

// inHidden tells whether the open flow, or the one that called it, is not
// listed in menus: a greeting, for instance.
func (t *turn) inHidden() bool { return t.hidden(t.s.Frames[t.base()].Flow) }

func (t *turn) hidden(flow string) bool {
	f := t.p.Flows[flow]
	return f != nil && f.Start.Hidden
}

// base is the index of the flow that the top one belongs to as the customer
// sees it: what was called belongs to its caller. It is -1 without any flow.
func (t *turn) base() int {
	i := len(t.s.Frames) - 1
	for i > 0 && t.s.Frames[i].Kind == FrameCall {
		i--
	}
	return i
}

// replace lets a topic take the place of a hidden flow: nobody who came with
// a greeting wants to be brought back to it.
func (t *turn) replace(id string) {
	for i := t.base(); len(t.s.Frames) > i+1; {
		t.drop(bot.Abandoned)
	}
	t.checkpoint()
	f := t.top()
	t.note(bot.NoteEnd, f.Flow, f.Step, string(bot.Abandoned), "")
	*f = t.frame(id, t.first(id), f.Kind)
	if len(t.s.Frames) == 1 {
		t.s.Goal = id
	}
	t.note(bot.NoteStart, id, f.Step, string(f.Kind), "")
	t.enter()
}

// begin forgets what belongs to an earlier conversation. What the customer
// has just written, and how often a secret was in it, is part of the new one.
func (t *turn) begin(goal string) {
	last, removed := t.s.Last, t.s.Removed
	t.forget()
	t.s.Last, t.s.Removed = last, removed
	t.s.Goal, t.s.Phase, t.s.Prompt = goal, PhaseOpen, nil
}

// frame is a flow that is about to be walked from one of its steps.
func (t *turn) frame(flow, step string, kind FrameKind) Frame {
	f := Frame{Flow: flow, Kind: kind}
	t.stand(&f, step)
	return f
}

// comeTo goes back to a flow that is already open, giving up the side
// questions that lie above. What the flow has called is part of it.
func (t *turn) comeTo(id string) bool {
	i := -1
	for j, f := range t.s.Frames {
		if f.Flow == id {
			i = j
		}
	}
	if i < 0 {
		return false
	}
	if t.s.Phase == PhasePaused {
		t.offerResume()
		return true
	}
	for i+1 < len(t.s.Frames) && t.s.Frames[i+1].Kind == FrameCall {
		i++
	}
	for len(t.s.Frames) > i+1 {
		t.drop(bot.Abandoned)
	}
	t.s.Prompt = nil
	t.reask()
	return true
}

func (t *turn) sides() (n int) {
	for i := range t.s.Frames {
		if t.s.Frames[i].Kind == FrameSide {
			n++
		}
	}
	return n
}

// makeRoom gives up the oldest side question that is not the present one,
// with all that it called. The customer's first goal stays.
func (t *turn) makeRoom() bool {
	side := func(f Frame) bool { return f.Kind == FrameSide }
	first := slices.IndexFunc(t.s.Frames, side)
	if first < 0 {
		return false
	}
	next := slices.IndexFunc(t.s.Frames[first+1:], side)
	if next < 0 {
		return false
	}
	next += first + 1
	for i := next - 1; i >= first; i-- {
		f := &t.s.Frames[i]
		t.note(bot.NoteEnd, f.Flow, f.Step, string(bot.Abandoned), "")
	}
	t.s.Frames = slices.Delete(t.s.Frames, first, next)
	t.forgetBack()
	return true
}

// drop takes the top frame off with an outcome, and with it the checkpoints
// that lie inside it. The answers given there stay undoable from below.
func (t *turn) drop(outcome bot.Outcome) {
	f := t.top()
	t.note(bot.NoteEnd, f.Flow, f.Step, string(outcome), "")
	t.s.Frames = t.s.Frames[:len(t.s.Frames)-1]
	keep := len(t.s.Back)
	for keep > 0 && t.s.Back[keep-1].Depth > len(t.s.Frames) {
		keep--
	}
	if keep > 0 {
		for _, c := range t.s.Back[keep:] {
			for _, a := range c.Undo {
				t.s.Back[keep-1].remember(a)
			}
		}
	}
	t.fresh = max(0, t.fresh-(len(t.s.Back)-keep))
	t.s.Back, t.marked = t.s.Back[:keep], true
}

// backTo brings the customer back from a side question to the open one.
func (t *turn) backTo() {
	f := t.top()
	if f == nil {
		return
	}
	if fl := t.p.Flows[f.Flow]; fl != nil {
		t.system("back_to", "{title}", fl.Title.In(t.s.Lang))
	}
	t.reask()
}

// close ends the conversation. What was solved is no longer what the customer
// wants; what was tried still is of use to a person who is called soon.
func (t *turn) close(outcome bot.Outcome, at Frame) {
	if outcome == bot.Solved {
		t.s.Goal, t.s.Stuck = "", nil
	}
	t.s.Phase, t.s.ClosedAt = PhaseClosed, t.now
	t.s.Frames, t.s.Prompt, t.s.Edit = nil, nil, nil
	t.forgetBack()
	t.emit(bot.Effect{Kind: bot.EffectClose, Close: &bot.Close{Outcome: outcome, Flow: at.Flow, Step: at.Step}})
}
