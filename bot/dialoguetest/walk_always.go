package dialoguetest

import (
	"context"
	"slices"

	"latchkey/bot"
	"latchkey/flows"
)

// always walks the ways out of a step that no editor writes. They are counted
// as flows.Proof counts them.
func (w *walker) always(ctx context.Context, t *talk, f *flows.Flow, st *flows.Step) error {
	var ways []func(context.Context, *talk, *flows.Step) error
	if st.Kind.Waits() {
		ways = append(ways, w.human, w.cancel, w.misses)
		if st.Idle == nil || st.Idle.Go == "" {
			ways = append(ways, w.silence)
		}
	}
	switch st.Kind {
	case flows.KindAsk:
		if st.Ask.Retry.Go == "" {
			ways = append(ways, w.retries)
		}
	case flows.KindGuide:
		if g := st.Guide; g.Stuck == "" && slices.ContainsFunc(g.Instructions, func(i *flows.Instruction) bool { return i.Stuck == "" }) {
			ways = append(ways, w.offer)
		}
	case flows.KindCall:
		if !slices.ContainsFunc(st.When, func(b flows.Branch) bool { return b.Outcome == string(bot.Abandoned) }) {
			ways = append(ways, w.cancel)
		}
	case flows.KindHuman:
		if st.Human.ClosedGo == "" {
			ways = append(ways, w.outOfHours(f))
		}
	case flows.KindDo:
		if err := w.timeout(ctx, t.fork(), st); err != nil {
			return err
		}
	}
	for _, way := range ways {
		w.Implicit++
		if err := way(ctx, t.fork(), st); err != nil {
			return err
		}
	}
	return nil
}

// word says a word that works in every step, in the pack's base language.
func (w *walker) word(ctx context.Context, t *talk, word string) error {
	return t.utter(ctx, w.pack.WaysToSay(word, w.pack.Base)[0])
}

func (t *talk) handed() bool {
	return slices.ContainsFunc(t.fresh[t.newest:], func(e bot.Effect) bool { return e.Kind == bot.EffectHandOff })
}

// human asks for a person.
func (w *walker) human(ctx context.Context, t *talk, st *flows.Step) error {
	if err := w.word(ctx, t, "human"); err != nil {
		return err
	}
	w.Walks++
	if !t.handed() {
		w.fault(t, st, "the word for a person brings none")
	}
	return nil
}

// cancel gives up what is open. In a called flow the caller may go on.
func (w *walker) cancel(ctx context.Context, t *talk, st *flows.Step) error {
	if t.ended() {
		return nil // the called flow waits for nobody: there is nothing to cancel
	}
	before := t.place()
	if err := w.word(ctx, t, "cancel"); err != nil {
		return err
	}
	if t.place() == before {
		w.Walks++
		w.fault(t, st, "the word to cancel changes nothing")
		return nil
	}
	return w.end(ctx, t, st.Pos)
}

// misses writes what nobody understands, until there is a person. Where any
// text is an answer the dialogue goes on instead.
func (w *walker) misses(ctx context.Context, t *talk, st *flows.Step) error {
	flow, step := t.state.Here()
	for range 3 + maxRetries {
		if err := t.utter(ctx, t.wrong(st)); err != nil {
			return err
		}
		if t.ended() {
			w.Walks++
			return nil
		}
		if f, s := t.state.Here(); f != flow || s != step {
			return w.end(ctx, t, st.Pos)
		}
	}
	w.Walks++
	w.fault(t, st, "a customer who is never understood gets no person")
	return nil
}

// maxRetries is the most tries that the format allows beside the first.
const maxRetries = 5

// silence waits for the reminder and the close, and comes back afterwards.
func (w *walker) silence(ctx context.Context, t *talk, st *flows.Step) error {
	w.Walks++
	before := t.place()
	for range 2 {
		if t.ended() {
			break
		}
		if ok, err := t.beSilent(ctx); err != nil {
			return err
		} else if !ok {
			break
		}
	}
	if !slices.ContainsFunc(t.fresh[t.newest:], func(e bot.Effect) bool { return e.Kind == bot.EffectClose && e.Close.Idle }) {
		w.fault(t, st, "silence does not end in an honest close")
		return nil
	}
	if err := t.receive(ctx, t.key(), bot.Event{Kind: bot.EventOpened}); err != nil {
		return err
	}
	if t.state.Prompt == nil {
		w.fault(t, st, "a customer who comes back after the close is not asked whether to go on")
		return nil
	}
	if ok, err := t.move(ctx, "continue"); err != nil {
		return err
	} else if !ok || t.place() != before {
		w.fault(t, st, "a customer who comes back after the close does not get to the same question")
	}
	return nil
}

// retries answers wrongly until the tries are used up.
func (w *walker) retries(ctx context.Context, t *talk, st *flows.Step) error {
	if _, err := t.answerHere(ctx, st, "retry"); err != nil {
		return err
	}
	w.Walks++
	if !t.handed() {
		w.fault(t, st, "a customer whose answers never fit gets no person")
	}
	return nil
}

// offer is stuck at an instruction that has no help of its own: a person is
// offered, and taken in one walk, turned down in another.
func (w *walker) offer(ctx context.Context, t *talk, st *flows.Step) error {
	if ok, err := t.guideWay(ctx, st.Guide, "stuck"); err != nil {
		return err
	} else if !ok {
		w.fault(t, st, "a customer who is stuck cannot say so")
		return nil
	}
	no := t.fork()
	if ok, err := t.move(ctx, "yes"); err != nil {
		return err
	} else if !ok || !t.handed() {
		w.fault(t, st, "a customer who is stuck is offered no person")
		return nil
	}
	w.Walks++
	if ok, err := no.move(ctx, "no"); err != nil {
		return err
	} else if flow, step := no.state.Here(); !ok || step != st.ID || flow == "" || no.state.Prompt != nil {
		w.fault(no, st, "a customer who wants no person does not get back to the instruction")
		return nil
	}
	return w.end(ctx, no, st.Pos)
}

// outOfHours hands over while the queue is closed: the case is taken all the
// same.
func (w *walker) outOfHours(f *flows.Flow) func(context.Context, *talk, *flows.Step) error {
	return func(ctx context.Context, _ *talk, st *flows.Step) error {
		t, err := w.drop(ctx, f.ID, st.ID, factOf("closed_"+st.Human.Queue, "yes"))
		if err != nil {
			return err
		}
		w.Walks++
		if !t.handed() {
			w.fault(t, st, "a hand-over out of hours is lost")
		}
		return nil
	}
}

// timeout waits for an action that never answers.
func (w *walker) timeout(ctx context.Context, t *talk, st *flows.Step) error {
	if t.action == nil {
		return nil
	}
	before := t.place()
	if _, err := t.beSilent(ctx); err != nil {
		return err
	}
	if t.place() == before {
		w.Walks++
		w.fault(t, st, "an action that never answers is waited for, for ever")
		return nil
	}
	return w.end(ctx, t, st.Pos)
}
