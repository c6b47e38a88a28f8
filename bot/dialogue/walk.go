package dialogue

import (
	"latchkey/bot"
	"latchkey/flows"
)

// maxWalk bounds the steps of one turn that need no customer. The pack's
// proof forbids loops of such steps; this holds even for a pack that was
// never checked.
const maxWalk = 200

// start opens a flow. With a flow already open it becomes a side question
// from which the customer is brought back.
func (t *turn) start(id string) {
	f := t.p.Flows[id]
	if f == nil || len(f.Order) == 0 {
		t.miss(nil)
		return
	}
	if t.unwind(id) {
		return
	}
	if t.s.Phase == PhaseClosed || t.s.Phase == PhasePaused || len(t.s.Frames) == 0 {
		t.begin(id)
	}
	t.checkpoint()
	kind := FrameRoot
	if len(t.s.Frames) > 0 {
		kind = FrameSide
		t.forgetSide()
	}
	t.s.Prompt = nil
	t.s.Frames = append(t.s.Frames, Frame{Flow: id, Step: f.First(), Kind: kind})
	t.note(bot.NoteStart, id, f.First(), string(kind), "")
	t.enter()
}

// begin forgets what belongs to an earlier conversation.
func (t *turn) begin(goal string) {
	t.s.Phase = PhaseOpen
	t.s.Goal = goal
	t.s.Frames, t.s.Back, t.s.Answers, t.s.Attempts, t.s.Done = nil, nil, nil, nil, nil
	t.s.Stuck, t.s.Edit = nil, nil
	t.s.Told = false
}

// unwind goes back to a flow that is already open, closing what lies above.
func (t *turn) unwind(id string) bool {
	for i := len(t.s.Frames) - 1; i >= 0; i-- {
		if t.s.Frames[i].Flow != id || t.s.Phase != PhaseOpen {
			continue
		}
		for len(t.s.Frames) > i+1 {
			t.drop(bot.Abandoned)
		}
		t.s.Prompt = nil
		t.reask()
		return true
	}
	return false
}

// forgetSide makes room for one more side question: of too many the oldest is
// given up, the customer's first goal never.
func (t *turn) forgetSide() {
	sides, first, next := 0, -1, len(t.s.Frames)
	for i, f := range t.s.Frames {
		if f.Kind != FrameSide {
			continue
		}
		sides++
		if first < 0 {
			first = i
		} else if sides == 2 {
			next = i
		}
	}
	if first < 0 || (sides < maxSides && len(t.s.Frames) < maxFrames-1) {
		return
	}
	t.s.Frames = append(t.s.Frames[:first], t.s.Frames[next:]...)
	t.s.Back = nil
}

// enter walks from the top frame's step until the customer is asked
// something, an action is awaited, or the conversation ends.
func (t *turn) enter() {
	for range maxWalk {
		f := t.top()
		st := t.step()
		if f == nil {
			return
		}
		if st == nil {
			t.handOff(t.queueHere(), "system_error", nil)
			return
		}
		f.Tries, f.Contract, f.Action = 0, st.Contract, 0
		if st.Kind == flows.KindGuide && t.skipped(f, st) {
			t.follow("then", st.Guide.Then)
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
		t.follow("next", st.Next)
	case flows.KindCheck:
		edge, to := t.decide(f, st)
		t.follow(edge, to)
	case flows.KindGoto:
		t.sayStep(f, st)
		t.jump(f, st)
	case flows.KindCall:
		return t.callFlow(f, st)
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

func (t *turn) sayStep(f *Frame, st *flows.Step) {
	if st.Say.IsZero() && len(st.Media) == 0 {
		return
	}
	t.say(bot.Message{Text: t.fill(f.Flow, st.Say), Media: t.media(st.Media), Ref: bot.Ref{Flow: f.Flow, Step: st.ID}})
}

// follow moves the top frame along one of its step's edges.
func (t *turn) follow(edge, to string) {
	f := t.top()
	t.note(bot.NoteEdge, f.Flow, f.Step, edge, to)
	f.Step, f.At = to, 0
	if st := t.p.Step(f.Flow, to); st != nil && st.Kind == flows.KindGuide {
		if m := f.Marks.get(to); m > 0 && m <= len(st.Guide.Instructions) {
			f.At = m - 1
		}
	}
}

// jump replaces the flow by another; what was open below stays.
func (t *turn) jump(f *Frame, st *flows.Step) {
	to := st.Goto
	next := t.p.Flows[to.Flow]
	if next == nil && to.Flow == "" {
		next = t.p.Flows[f.Flow]
	}
	if next == nil || len(next.Order) == 0 {
		t.handOff(t.queueHere(), "system_error", nil)
		return
	}
	step := to.Step
	if step == "" {
		step = next.First()
	}
	t.note(bot.NoteEdge, f.Flow, f.Step, "goto", next.ID+"/"+step)
	t.note(bot.NoteStart, next.ID, step, "goto", "")
	*f = Frame{Flow: next.ID, Step: step, Kind: f.Kind}
	// A deeper frame below may already run this flow; keep the stack small.
	if len(t.s.Frames) == 1 {
		t.s.Prompt = nil
	}
}

func (t *turn) callFlow(f *Frame, st *flows.Step) bool {
	callee := t.p.Flows[st.Call]
	if callee == nil || len(callee.Order) == 0 || len(t.s.Frames) >= maxFrames {
		t.handOff(t.queueHere(), "system_error", nil)
		return false
	}
	t.sayStep(f, st)
	t.note(bot.NoteEdge, f.Flow, f.Step, "call", callee.ID)
	t.note(bot.NoteStart, callee.ID, callee.First(), "call", "")
	t.s.Frames = append(t.s.Frames, Frame{Flow: callee.ID, Step: callee.First(), Kind: FrameCall})
	return true
}

// finish ends the top flow at a done step and tells whether the walk goes on
// in the flow below.
func (t *turn) finish(f *Frame, st *flows.Step) bool {
	t.sayStep(f, st)
	outcome := bot.Outcome(st.Done)
	if len(t.s.Frames) == 1 && st.Say.IsZero() {
		t.system(string(outcome))
	}
	at := *f
	t.drop(outcome)
	switch at.Kind {
	case FrameCall:
		return t.returned(string(outcome))
	case FrameSide:
		t.backTo()
		return false
	}
	t.close(outcome, at, false)
	return false
}

// returned follows the caller's branch for an outcome of the called flow.
func (t *turn) returned(outcome string) bool {
	st := t.step()
	if st == nil || st.Kind != flows.KindCall {
		t.handOff(t.queueHere(), "system_error", nil)
		return false
	}
	for _, b := range st.When {
		if b.Outcome == outcome {
			t.follow(outcome, b.Go)
			return true
		}
	}
	return t.cancelTop(true)
}

// drop takes the top frame off with an outcome, and with it the checkpoints
// that lie inside it.
func (t *turn) drop(outcome bot.Outcome) {
	f := t.top()
	t.note(bot.NoteEnd, f.Flow, f.Step, string(outcome), "")
	t.s.Frames = t.s.Frames[:len(t.s.Frames)-1]
	depth := len(t.s.Frames)
	for n := len(t.s.Back); n > 0 && t.s.Back[n-1].Depth > depth; n-- {
		t.s.Back = t.s.Back[:n-1]
	}
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

// close ends the conversation.
func (t *turn) close(outcome bot.Outcome, at Frame, idle bool) {
	t.s.Phase = PhaseClosed
	t.s.Frames, t.s.Prompt, t.s.Back = nil, nil, nil
	t.emit(bot.Effect{Kind: bot.EffectClose, Close: &bot.Close{Outcome: outcome, Flow: at.Flow, Step: at.Step, Idle: idle}})
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
