package dialogue

import (
	"slices"
	"time"

	"latchkey/bot"
	"latchkey/flows"
)

// timerAction ends the wait for an action. Its nonce is the action's.
const timerAction = "action"

// actionTimeout is how long an action may take before it counts as failed.
const actionTimeout = 30 * time.Second

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
	t.forgetBack() // what an action did cannot be undone
	t.emit(bot.Effect{Kind: bot.EffectAction, Action: &bot.ActionCall{Name: st.Do.Action, Nonce: f.Action, With: with}})
	t.emit(bot.Effect{Kind: bot.EffectArm, Timer: &bot.Timer{Name: timerAction, Nonce: f.Action, At: t.now.Add(actionTimeout)}})
}

// action takes the answer of an action.
func (t *turn) action(ev bot.Event) {
	if ev.Action == nil {
		t.still = true
		return
	}
	t.actionDone(ev.Action.Nonce, ev.Action.Outcome, bot.AttemptError)
}

// actionDone goes on in the flow that awaits the action with this nonce; when
// none does, the answer is late and changes nothing. failure is what a failed
// action is recorded as. A flow that lies below a side question takes the
// answer in silence and goes on when the customer is back.
func (t *turn) actionDone(nonce int, outcome string, failure bot.AttemptOutcome) {
	i := slices.IndexFunc(t.s.Frames, func(f Frame) bool { return f.Action != 0 && f.Action == nonce })
	if i < 0 {
		t.still = true
		return
	}
	f := &t.s.Frames[i]
	st := t.p.Step(f.Flow, f.Step) // a do step: standing on any other ends the wait
	t.spoilEdit()
	t.forgetBack()
	if failure != bot.AttemptTimeout {
		t.emit(bot.Effect{Kind: bot.EffectDisarm, Timer: &bot.Timer{Name: timerAction, Nonce: nonce}})
	}
	to := branch(st, outcome)
	if to == "" { // an outcome that nobody declared counts as failed
		outcome = "failed"
		to = branch(st, outcome)
	}
	if outcome == "failed" {
		t.ended(f, st, failure, "")
	}
	t.follow(f, outcome, to)
	if i == len(t.s.Frames)-1 {
		t.enter()
		return
	}
	t.still = true
}
