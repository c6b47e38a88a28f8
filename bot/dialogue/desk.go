package dialogue

import (
	"cmp"
	"slices"
	"strings"

	"latchkey/bot"
	"latchkey/flows"
)

// maxNameRunes bounds an operator's name in a message.
const maxNameRunes = 80

// desk handles events while the case is in the queue or with a person. The
// bot keeps out of the way: it never talks over an operator.
func (t *turn) desk(ev bot.Event) {
	t.secretRemoved(ev)
	switch ev.Kind {
	case bot.EventOperator:
		t.operatorEvent(ev)
	case bot.EventText, bot.EventAttachment, bot.EventButton, bot.EventOpened:
		t.remember(ev.Text)
		if t.s.Control == ControlWaiting {
			t.inQueue(ev)
		}
	}
}

// inQueue answers a customer whom no operator has taken yet: "cancel" leaves
// the queue; anything else is acknowledged once.
func (t *turn) inQueue(ev bot.Event) {
	word, _ := t.p.Word(flows.Fold(ev.Text))
	switch {
	case ev.Kind == bot.EventText && word == "cancel":
		t.s.Control = ControlBot
		t.system("withdrawn")
		t.close(bot.Abandoned, t.place())
	case !t.s.Told:
		t.s.Told = true
		t.system("waiting")
	}
}

// operatorEvent does what the desk says.
func (t *turn) operatorEvent(ev bot.Event) {
	op := ev.Operator
	if op == nil {
		return
	}
	switch op.Kind {
	case bot.OperatorClaimed:
		if t.s.Control != ControlHuman {
			t.s.Control, t.s.Prompt = ControlHuman, nil
			name := strings.TrimSpace(clip(op.Name, maxNameRunes))
			if name == "" {
				name = t.p.Title.In(t.s.Lang)
			}
			t.system("person_here", "{name}", escapeMarkdown(name))
		}
	case bot.OperatorReleased:
		if t.s.Control == ControlHuman {
			t.s.Control, t.s.Told = ControlWaiting, true
			t.system("person_gone")
		}
	case bot.OperatorHandedBack:
		t.handedBack(op)
	case bot.OperatorResolved:
		t.resolved(cmp.Or(op.Outcome, bot.Solved))
	}
}

// resolved ends the case. What comes after it is a new one.
func (t *turn) resolved(as bot.Outcome) {
	if t.s.Control == ControlBot && !t.s.Open() {
		return // it has ended without the desk
	}
	t.s.Control = ControlBot
	t.system("resolved")
	t.close(as, t.place())
	t.forget()
}

// handedBack goes on at the step the operator chose, with what they learnt.
// Guides that they have done already are skipped. A flow that was open before
// keeps what it knows, and its callers.
func (t *turn) handedBack(op *bot.OperatorEvent) {
	if t.s.Control == ControlBot {
		return // the customer was faster and has left the queue
	}
	t.migrate()
	for _, k := range sortedKeys(op.Facts) {
		t.fact(k, op.Facts[k])
	}
	t.doneByOperator(op.Done)
	t.s.Control, t.s.Phase, t.s.Prompt, t.s.Edit = ControlBot, PhaseOpen, nil, nil
	t.forgetBack()
	if text := strings.TrimSpace(clip(op.Text, maxTextRunes)); text != "" {
		t.say(bot.Message{Text: escapeMarkdown(text), Ref: bot.Ref{Step: "@from_person"}})
	}
	t.system("back_from_person")
	step := cmp.Or(op.Step, t.first(op.Flow))
	if t.p.Step(op.Flow, step) == nil {
		t.s.Frames = nil
		t.menu("")
		return
	}
	i := len(t.s.Frames) - 1
	for i >= 0 && t.s.Frames[i].Flow != op.Flow {
		i--
	}
	if t.s.Frames = t.s.Frames[:i+1]; i < 0 {
		t.s.Frames = []Frame{t.frame(op.Flow, step, FrameRoot)}
	} else {
		t.stand(&t.s.Frames[i], step)
	}
	if t.s.Goal == "" {
		t.s.Goal = op.Flow
	}
	t.note(bot.NoteStart, op.Flow, step, "handed_back", "")
	t.enter()
}

// doneByOperator adds to the guides ("flow/step") that a person has already
// done with the customer. What the pack does not have is left out.
func (t *turn) doneByOperator(ids []string) {
	done := slices.Clone(t.s.Done)
	for _, id := range ids {
		flow, step, _ := strings.Cut(id, "/")
		if st := t.p.Step(flow, step); st != nil && st.Kind == flows.KindGuide && !slices.Contains(done, id) {
			done = append(done, id)
		}
	}
	t.s.Done = done[max(0, len(done)-maxAttempts):]
}
