package dialogue

import (
	"cmp"

	"latchkey/bot"
	"latchkey/flows"
)

// maxWalk bounds the steps of one turn that need no customer. The pack's
// proof forbids loops of such steps; this holds even for a pack that was
// never checked.
const maxWalk = 200

// enter walks from the top frame's step until the customer is asked
// something, an action is awaited, or the conversation ends. A question of
// the bot's own gives way to it.
func (t *turn) enter() {
	t.s.Prompt, t.s.Phase = nil, PhaseOpen
	for range maxWalk {
		f, st := t.top(), t.step()
		if f == nil {
			return
		}
		if st == nil {
			break
		}
		if st.Kind == flows.KindGuide && t.skipped(f, st) {
			t.follow(f, "then", st.Guide.Then)
			continue
		}
		if st.Kind.Waits() {
			t.arrive(f, st)
			return
		}
		if !t.pass(f, st) {
			return
		}
	}
	t.handOff(t.queueHere(), "system_error", nil)
}

// pass goes through a step that does not wait for the customer and tells
// whether the walk goes on.
func (t *turn) pass(f *Frame, st *flows.Step) bool {
	switch st.Kind {
	case flows.KindSay:
		t.sayStep(f, st)
		t.follow(f, "next", st.Next)
	case flows.KindCheck:
		edge, to := t.decide(f, st)
		t.follow(f, edge, to)
	case flows.KindGoto:
		t.sayStep(f, st)
		t.jump(f, st)
	case flows.KindCall:
		return t.callFlow(st)
	case flows.KindDo:
		t.callAction(f, st)
		return false
	case flows.KindHuman:
		return t.human(f, st)
	case flows.KindDone:
		return t.finish(f, st)
	}
	return true
}

// follow moves a frame along one of its step's edges.
func (t *turn) follow(f *Frame, edge, to string) {
	t.note(bot.NoteEdge, f.Flow, f.Step, edge, to)
	t.stand(f, to)
}

// stand puts a frame on a step of its flow. A guide that the customer left
// for help goes on where it was left.
func (t *turn) stand(f *Frame, step string) {
	f.Step, f.At, f.Tries, f.Action, f.Asked, f.Contract = step, 0, 0, 0, 0, ""
	st := t.p.Step(f.Flow, step)
	if st == nil {
		return
	}
	f.Contract = st.Contract
	if st.Kind == flows.KindGuide {
		if m := f.Marks.get(step); m > 0 && m <= len(st.Guide.Instructions) {
			f.At = m - 1
		}
	}
}

// jump replaces the flow by another; what was open below stays.
func (t *turn) jump(f *Frame, st *flows.Step) {
	flow := cmp.Or(st.Goto.Flow, f.Flow)
	step := cmp.Or(st.Goto.Step, t.first(flow))
	t.note(bot.NoteEdge, f.Flow, f.Step, "goto", flow+"/"+step)
	t.note(bot.NoteStart, flow, step, "goto", "")
	*f = t.frame(flow, step, f.Kind)
	if len(t.s.Frames) == 1 && t.hidden(t.s.Goal) {
		t.s.Goal = flow // a greeting has led to what the customer came for
	}
}

func (t *turn) callFlow(st *flows.Step) bool {
	if len(t.s.Frames) >= maxFrames && !t.makeRoom() {
		t.handOff(t.queueHere(), "system_error", nil)
		return false
	}
	f := t.top() // after making room, which may have moved it
	t.sayStep(f, st)
	t.note(bot.NoteEdge, f.Flow, f.Step, "call", st.Call)
	t.note(bot.NoteStart, st.Call, t.first(st.Call), "call", "")
	t.s.Frames = append(t.s.Frames, t.frame(st.Call, t.first(st.Call), FrameCall))
	return true
}

// finish ends the top flow at a done step and tells whether the walk goes on
// in the flow below.
func (t *turn) finish(f *Frame, st *flows.Step) bool {
	t.sayStep(f, st)
	at, outcome := *f, bot.Outcome(st.Done)
	if at.Kind == FrameRoot && st.Say.IsZero() {
		t.system(st.Done)
	}
	t.drop(outcome)
	switch at.Kind {
	case FrameCall:
		return t.returned(st.Done)
	case FrameSide:
		t.backTo()
		return false
	}
	t.close(outcome, at)
	return false
}

// returned follows the caller's branch for an outcome of the called flow. An
// outcome without a branch is one that only "cancel" gives: it ends the
// caller as well.
func (t *turn) returned(outcome string) bool {
	f, st := t.top(), t.step()
	if st == nil || st.Kind != flows.KindCall {
		// Another release has taken the call away: the caller goes on where
		// it was put.
		return true
	}
	if to := branch(st, outcome); to != "" {
		t.follow(f, outcome, to)
		return true
	}
	return t.giveUp()
}

// branch is where a call or do step goes on after an outcome, or "".
func branch(st *flows.Step, outcome string) string {
	for _, b := range st.When {
		if b.Outcome == outcome {
			return b.Go
		}
	}
	return ""
}

// giveUp ends the top flow as abandoned, and its callers that have no branch
// for that. It returns true when the walk goes on in a caller.
func (t *turn) giveUp() bool {
	at := t.place()
	t.drop(bot.Abandoned)
	switch at.Kind {
	case FrameCall:
		return t.returned(string(bot.Abandoned))
	case FrameSide:
		t.backTo()
		return false
	}
	t.system("cancelled")
	t.close(bot.Abandoned, at)
	return false
}

// decide takes the first case that holds.
func (t *turn) decide(f *Frame, st *flows.Step) (edge, to string) {
	for i, c := range st.Cases {
		if t.holds(f, c) {
			return caseEdge(i), c.Go
		}
	}
	return "else", st.Else
}
