package dialogue

import (
	"time"

	"latchkey/bot"
	"latchkey/flows"
)

// timerIdle is the one timer that the engine sets for silence; timerAction
// ends the wait for an action.
const (
	timerIdle   = "idle"
	timerAction = "action"
)

// actionTimeout is how long an action may take before it counts as failed.
const actionTimeout = 30 * time.Second

// opened handles a chat that was opened, with or without a deep link.
func (t *turn) opened(ev bot.Event) {
	if id := t.deepLink(ev.Payload); id != "" {
		t.start(id)
		return
	}
	switch {
	case t.s.Phase == PhasePaused && len(t.s.Frames) > 0:
		t.offerResume()
	case t.s.Phase == PhaseOpen && t.s.Open():
		t.reask()
	case t.s.Phase == PhaseNew && !t.s.LangSet && t.p.Defaults.Languages && len(t.p.Languages()) > 1:
		t.askLanguage()
	default:
		t.menuWith("greeting")
	}
}

func (t *turn) deepLink(payload string) string {
	if payload == "" {
		return ""
	}
	for _, id := range t.p.Order {
		if t.p.Flows[id].Start.DeepLink == payload {
			return id
		}
	}
	return ""
}

// settle sets the timer for silence after every turn that leaves a question
// open, and takes it away when none is.
func (t *turn) settle(ev bot.Event, before int) {
	if t.armed {
		return
	}
	waits := t.s.Control == ControlBot && t.s.Phase == PhaseOpen && len(t.s.Frames) > 0
	if st := t.step(); waits && st != nil && st.Kind == flows.KindDo && t.s.Prompt == nil {
		return // the action's own timer runs
	}
	if !waits {
		if before > 0 && t.s.Timer == before && t.s.Timer%2 == 1 {
			t.disarm()
		}
		return
	}
	if ev.Kind != bot.EventTimer {
		t.s.Reminded = false
	}
	d := t.p.Defaults.Remind
	if st := t.step(); st != nil && st.Idle != nil && st.Idle.After > 0 {
		d = st.Idle.After
	}
	if d == 0 {
		t.s.Reminded = true
		d = t.p.Defaults.Close
	}
	t.arm(timerIdle, d)
}

// arm sets a timer. Nonces are odd while a timer is armed and even when none
// is, so a turn can see at a glance whether there is one to take away.
func (t *turn) arm(name string, d time.Duration) {
	t.armed = true
	t.s.Timer += 2 - (t.s.Timer+1)%2
	t.emit(bot.Effect{Kind: bot.EffectArm, Timer: &bot.Timer{Name: name, Nonce: t.s.Timer, At: t.now.Add(d)}})
}

func (t *turn) disarm() {
	t.s.Timer++
	t.emit(bot.Effect{Kind: bot.EffectDisarm, Timer: &bot.Timer{Name: timerIdle, Nonce: t.s.Timer}})
}

// timer handles an alarm. One that is no longer the present one does nothing.
func (t *turn) timer(ev bot.Event) {
	if ev.Timer == nil || ev.Timer.Nonce != t.s.Timer || t.s.Control != ControlBot {
		t.armed = true
		return
	}
	if ev.Timer.Name == timerAction {
		t.actionDone("failed")
		return
	}
	f, st := t.top(), t.step()
	if t.s.Phase != PhaseOpen || f == nil {
		t.armed = true
		return
	}
	if st != nil && st.Idle != nil && st.Idle.Go != "" && t.s.Prompt == nil {
		t.idleWords(f, st)
		t.follow("idle", st.Idle.Go)
		t.enter()
		return
	}
	if !t.s.Reminded {
		t.s.Reminded = true
		t.idleWords(f, st)
		t.arm(timerIdle, max(t.p.Defaults.Close-t.p.Defaults.Remind, time.Minute))
		return
	}
	t.pause(*f)
}

func (t *turn) idleWords(f *Frame, st *flows.Step) {
	if st != nil && st.Idle != nil && !st.Idle.Say.IsZero() {
		t.say(bot.Message{Text: t.fill(f.Flow, st.Idle.Say), Ref: bot.Ref{Flow: f.Flow, Step: f.Step, Field: "idle"}})
		return
	}
	t.say(bot.Message{Text: t.words("idle"), Ref: bot.Ref{Flow: f.Flow, Step: f.Step, Field: "idle"}})
}

// pause closes the conversation honestly after a long silence and keeps the
// place, so that the customer can go on there.
func (t *turn) pause(at Frame) {
	t.system("idle_close")
	t.note(bot.NoteEnd, at.Flow, at.Step, "idle", "")
	t.s.Phase, t.s.Prompt = PhasePaused, nil
	t.s.Timer++ // even: no timer is armed
	t.armed = true
	t.emit(bot.Effect{Kind: bot.EffectClose, Close: &bot.Close{Outcome: bot.Abandoned, Flow: at.Flow, Step: at.Step, Idle: true}})
}

// callAction asks for an action and waits for its answer.
func (t *turn) callAction(f *Frame, st *flows.Step) {
	t.sayStep(f, st)
	with := make(map[string]string, len(st.Do.With))
	for in, name := range st.Do.With {
		if a, ok := findAnswer(t.s.Answers, answerName(f.Flow, name)); ok {
			with[in] = a.Value
		}
	}
	t.s.Nonce++
	f.Action = t.s.Nonce
	t.s.Back = nil // what an action did cannot be undone
	t.emit(bot.Effect{Kind: bot.EffectAction, Action: &bot.ActionCall{Name: st.Do.Action, Nonce: f.Action, With: with}})
	t.arm(timerAction, actionTimeout)
}

// action takes the answer of the action that is awaited; any other is late
// and ignored.
func (t *turn) action(ev bot.Event) {
	f, st := t.top(), t.step()
	if ev.Action == nil || st == nil || st.Kind != flows.KindDo || f.Action == 0 || ev.Action.Nonce != f.Action {
		t.armed = true
		return
	}
	t.actionDone(ev.Action.Outcome)
}

func (t *turn) actionDone(outcome string) {
	f, st := t.top(), t.step()
	if st == nil || st.Kind != flows.KindDo {
		return
	}
	to := ""
	for _, b := range st.When {
		if b.Outcome == outcome {
			to = b.Go
		}
	}
	if to == "" { // an outcome nobody declared counts as failed
		outcome = "failed"
		for _, b := range st.When {
			if b.Outcome == outcome {
				to = b.Go
			}
		}
	}
	if outcome == "failed" {
		t.attempt(f, st, bot.AttemptError, "")
	}
	f.Action = 0
	t.follow(outcome, to)
	t.enter()
}
