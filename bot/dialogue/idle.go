package dialogue

import (
	"time"

	"latchkey/bot"
	"latchkey/flows"
)

// timerIdle is the one timer that the engine sets for silence. Its nonce is
// State.Timer.
const timerIdle = "idle"

// opened handles a chat that was opened, with or without a deep link.
func (t *turn) opened(ev bot.Event) {
	switch id := t.deepLink(ev.Payload); {
	case id != "":
		t.start(id)
	case t.s.Phase != PhaseClosed && t.s.Open():
		t.reask()
	default:
		t.hello()
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

// settle sets the timer for silence after every turn that leaves a flow
// waiting for the customer, and takes it away when none does.
func (t *turn) settle(ev bot.Event) {
	f := t.top()
	switch {
	case t.still:
		return
	case t.s.Control != ControlBot || t.s.Phase != PhaseOpen || f == nil, f.Action != 0 && t.s.Prompt == nil:
		t.disarm()
		return
	}
	if ev.Kind != bot.EventTimer {
		t.s.Reminded = false
	}
	d := t.remindAfter()
	if d == 0 {
		t.s.Reminded = true
		d = t.p.Defaults.Close
	}
	t.arm(d)
}

// arm sets the timer for silence.
func (t *turn) arm(d time.Duration) {
	t.s.Timer++
	t.s.Armed = true
	t.emit(bot.Effect{Kind: bot.EffectArm, Timer: &bot.Timer{Name: timerIdle, Nonce: t.s.Timer, At: t.now.Add(d)}})
}

// disarm takes the timer for silence away when it runs.
func (t *turn) disarm() {
	if t.s.Armed {
		t.s.Armed = false
		t.emit(bot.Effect{Kind: bot.EffectDisarm, Timer: &bot.Timer{Name: timerIdle, Nonce: t.s.Timer}})
	}
}

// ownIdle is the open step's own rule for silence. A question of the bot's
// own above the step has none.
func (t *turn) ownIdle() *flows.Idle {
	if st := t.step(); st != nil && t.s.Prompt == nil {
		return st.Idle
	}
	return nil
}

// remindAfter is the silence before the reminder; 0 = there is none.
func (t *turn) remindAfter() time.Duration {
	idle := t.ownIdle()
	if idle == nil || idle.After == 0 {
		return t.p.Defaults.Remind
	}
	return max(idle.After, 0) // less than 0: switched off for this step
}

// timer handles an alarm. One that is no longer the present one does nothing.
func (t *turn) timer(ev bot.Event) {
	tm := ev.Timer
	if tm != nil && tm.Name == timerAction {
		t.actionDone(tm.Nonce, "failed", bot.AttemptTimeout)
		return
	}
	f := t.top()
	if tm == nil || tm.Name != timerIdle || !t.s.Armed || tm.Nonce != t.s.Timer || f == nil {
		t.still = true
		return
	}
	t.s.Armed = false
	idle := t.ownIdle()
	switch {
	case idle != nil && idle.Go != "":
		t.idleWords(f, idle.Say)
		t.spoilEdit()
		t.follow(f, "idle", idle.Go)
		t.enter()
	case !t.s.Reminded:
		words := t.p.System("idle")
		if idle != nil && !idle.Say.IsZero() {
			words = idle.Say
		}
		t.idleWords(f, words)
		t.s.Reminded, t.still = true, true
		t.arm(max(t.p.Defaults.Close-t.remindAfter(), time.Minute))
	default:
		t.pause(*f)
	}
}

func (t *turn) idleWords(f *Frame, words flows.Text) {
	if !words.IsZero() {
		t.say(bot.Message{Text: t.fill(f.Flow, words), Ref: bot.Ref{Flow: f.Flow, Step: f.Step, Field: "idle"}})
	}
}

// pause closes the conversation honestly after a long silence and keeps the
// place, so that the customer can go on there.
func (t *turn) pause(at Frame) {
	t.system("idle_close")
	t.note(bot.NoteEnd, at.Flow, at.Step, "idle", "")
	t.s.Phase, t.s.Prompt, t.s.Misses, t.s.Edit = PhasePaused, nil, 0, nil
	t.emit(bot.Effect{Kind: bot.EffectClose, Close: &bot.Close{Outcome: bot.Abandoned, Flow: at.Flow, Step: at.Step, Idle: true}})
}
