package dialogue

import (
	"latchkey/bot"
	"latchkey/flows"
)

// desk handles events while the case is in the queue or with a person. The
// bot keeps out of the way: it never talks over an operator.
func (t *turn) desk(ev bot.Event) {
	if len(ev.Removed) > 0 {
		t.system("secret_removed")
	}
	switch ev.Kind {
	case bot.EventOperator:
		t.operatorEvent(ev)
	case bot.EventText, bot.EventAttachment, bot.EventButton, bot.EventOpened:
		if ev.Text != "" {
			t.remember(ev.Text)
		}
		if t.s.Control == ControlWaiting {
			t.inQueue(ev)
		}
	}
}

// inQueue answers a customer whom no operator has taken yet: "cancel" leaves
// the queue; anything else is acknowledged once.
func (t *turn) inQueue(ev bot.Event) {
	if word, ok := t.p.Word(flows.Fold(ev.Text)); ok && ev.Kind == bot.EventText && word == "cancel" {
		at := Frame{}
		if f := t.top(); f != nil {
			at = *f
		}
		t.s.Control = ControlBot
		t.system("withdrawn")
		t.close(bot.Abandoned, at, false)
		return
	}
	if !t.s.Told {
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
			t.s.Control = ControlHuman
			t.system("person_here", "{name}", escapeMarkdown(op.Name))
		}
	case bot.OperatorReleased:
		if t.s.Control == ControlHuman {
			t.s.Control, t.s.Told = ControlWaiting, true
			t.system("person_gone")
		}
	case bot.OperatorHandedBack:
		t.handedBack(op)
	case bot.OperatorResolved:
		at := Frame{}
		if f := t.top(); f != nil {
			at = *f
		}
		t.s.Control = ControlBot
		t.system("resolved")
		t.close(bot.Solved, at, false)
	}
}

// handedBack goes on at the step the operator chose, with what they learnt.
// Guides that they have done already are skipped.
func (t *turn) handedBack(op *bot.OperatorEvent) {
	for _, k := range sortedKeys(op.Facts) {
		t.fact(k, op.Facts[k])
	}
	t.s.Done = append([]string(nil), op.Done[:min(len(op.Done), maxAttempts)]...)
	t.s.Control, t.s.Prompt, t.s.Phase, t.s.Back = ControlBot, nil, PhaseOpen, nil
	if op.Text != "" {
		t.say(bot.Message{Text: escapeMarkdown(clip(op.Text, maxTextRunes)), Ref: bot.Ref{Step: "@from_person"}})
	}
	t.system("back_from_person")
	if t.p.Step(op.Flow, op.Step) == nil {
		t.s.Frames = nil
		t.menu()
		return
	}
	t.s.Frames = []Frame{{Flow: op.Flow, Step: op.Step}}
	t.note(bot.NoteStart, op.Flow, op.Step, "handed_back", "")
	t.enter()
}
