package dialoguetest

import (
	"context"

	"latchkey/bot"
	"latchkey/flows"
)

// reach brings a conversation to a step by the shortest dialogue that the pack
// knows, with made-up answers. The customer stands on the step then or, when
// it waits for nobody, has just come through it. false means that the dialogue
// went another way than the pack's graph says.
func (t *talk) reach(ctx context.Context, walk func(flow, step string) ([]flows.Hop, bool), flow, step string) (bool, error) {
	hops, ok := walk(flow, step)
	if !ok {
		return false, nil
	}
	from := flows.Target{Flow: flow, Step: step}
	if len(hops) > 0 {
		from = flows.Target{Flow: hops[0].Flow, Step: hops[0].Step}
	}
	if err := t.startAt(from.Flow, from.Step); err != nil {
		return false, err
	}
	for _, h := range hops {
		if ok, err := t.hop(ctx, h); !ok || err != nil {
			return false, err
		}
	}
	if f, s := t.state.Here(); f == flow && s == step {
		return true, nil
	}
	return t.passed(flow, step), nil
}

// hop takes one move of a walk.
func (t *talk) hop(ctx context.Context, h flows.Hop) (bool, error) {
	st := t.pack.Step(h.Flow, h.Step)
	f, s := t.state.Here()
	switch {
	case st == nil:
		return false, nil
	case h.Way == "abandoned" && st.Kind != flows.KindDo && st.Kind != flows.KindCall && st.Kind != flows.KindDone:
		return f == h.Flow && s == h.Step, t.utter(ctx, t.pack.WaysToSay("cancel", t.pack.Base)[0])
	case st.Kind.Waits() || st.Kind == flows.KindDo:
		if f != h.Flow || s != h.Step {
			return false, nil
		}
		return t.take(ctx, h.Way)
	case st.Kind == flows.KindHuman && h.Way == "closed":
		return false, nil // by the walker alone: a test says so with "fact:"
	}
	return true, nil // it has happened by itself; a wrong turn shows later
}

// passed tells whether the newest turn came through a step.
func (t *talk) passed(flow, step string) bool {
	for _, e := range t.fresh[t.newest:] {
		switch {
		case e.Kind == bot.EffectNote && e.Note.Flow == flow && (e.Note.Kind == bot.NoteEdge || e.Note.Kind == bot.NoteEnd) && e.Note.Step == step,
			e.Kind == bot.EffectSay && e.Say.Ref.Flow == flow && e.Say.Ref.Step == step:
			return true
		}
	}
	return false
}
