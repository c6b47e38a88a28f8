package dialoguetest

import (
	"context"
	"strconv"
	"strings"

	"latchkey/bot"
	"latchkey/flows"
)

// take lets a customer, or the world, take one way out of the step on which
// the conversation stands. Ways are named as flows.Edge has them; those that
// nobody takes ("next" of a message, a case, a call) have happened by
// themselves. false means that the way cannot be taken from here.
func (t *talk) take(ctx context.Context, way string) (bool, error) {
	st := t.pack.Step(t.state.Here())
	switch {
	case st == nil || t.state.Prompt != nil:
		return false, nil
	case way == "idle" && st.Idle != nil && st.Idle.Go != "" && !isOption(st, way):
		return t.beSilent(ctx)
	}
	switch st.Kind {
	case flows.KindChoose:
		return t.pressHere(ctx, way)
	case flows.KindAsk:
		return t.answerHere(ctx, st, way)
	case flows.KindGuide:
		return t.guideWay(ctx, st.Guide, way)
	case flows.KindDo:
		return t.outcome(ctx, way)
	}
	return false, nil
}

func isOption(st *flows.Step, id string) bool {
	for _, o := range st.Options {
		if o.ID == id {
			return true
		}
	}
	return false
}

// pressHere presses a choice of the open question.
func (t *talk) pressHere(ctx context.Context, id string) (bool, error) {
	flow, step := t.state.Here()
	c, ok := t.button(func(m bot.Message, c bot.Choice) bool {
		return m.Ref.Flow == flow && m.Ref.Step == step && c.Button.Choice == id
	})
	if !ok || c.Button.Nonce < t.state.Frames[len(t.state.Frames)-1].Asked {
		return false, nil // not offered in this visit
	}
	return true, t.press(ctx, t.key(), c)
}

func (t *talk) beSilent(ctx context.Context) (bool, error) {
	tm, ok := t.next()
	if !ok {
		return false, nil
	}
	return true, t.ring(ctx, tm)
}

func (t *talk) outcome(ctx context.Context, outcome string) (bool, error) {
	if t.action == nil {
		return false, nil
	}
	return true, t.answerAction(ctx, outcome)
}

// guideWay does, or is stuck at, the instructions of a guide until it is left
// by the way named.
func (t *talk) guideWay(ctx context.Context, g *flows.Guide, way string) (bool, error) {
	at := -1 // the instruction at which the customer is stuck; -1 = none
	if n, ok := strings.CutPrefix(way, "stuck."); ok {
		i, err := strconv.Atoi(n)
		if err != nil || i < 1 || i > len(g.Instructions) {
			return false, nil
		}
		at = i - 1
	} else if way == "stuck" {
		for at = t.instruction(); at < len(g.Instructions) && g.Instructions[at].Stuck != ""; at++ {
		}
		if at == len(g.Instructions) {
			return false, nil
		}
	} else if way != "then" {
		return false, nil
	}
	flow, step := t.state.Here()
	for range len(g.Instructions) + 1 {
		if at >= 0 && (g.All || t.instruction() >= at) {
			return t.pressHere(ctx, "stuck")
		}
		if ok, err := t.pressHere(ctx, "done"); !ok || err != nil {
			return ok, err
		}
		if f, s := t.state.Here(); f != flow || s != step || !t.same(flow, step) {
			return at < 0, nil
		}
	}
	return false, nil
}

// same tells whether the newest turn took no way out of a step.
func (t *talk) same(flow, step string) bool {
	for _, e := range t.fresh[t.newest:] {
		if e.Kind == bot.EffectNote && e.Note.Kind == bot.NoteEdge && e.Note.Flow == flow && e.Note.Step == step {
			return false
		}
	}
	return true
}

// instruction is the present instruction of the open guide, from 0.
func (t *talk) instruction() int {
	if n := len(t.state.Frames); n > 0 {
		return t.state.Frames[n-1].At
	}
	return 0
}

// answerHere answers the question of an ask step, or answers it wrongly until
// the tries are used up.
func (t *talk) answerHere(ctx context.Context, st *flows.Step, way string) (bool, error) {
	switch way {
	case "next":
		return t.fitting(ctx, st)
	case "retry":
		for range st.Ask.Retry.Times + 1 {
			if err := t.utter(ctx, t.wrong(st)); err != nil {
				return false, err
			}
		}
		return true, nil
	}
	return false, nil
}

// fitting gives an answer that fits.
func (t *talk) fitting(ctx context.Context, st *flows.Step) (bool, error) {
	if st.Ask.Type == "file" {
		t.customer("(sends a picture)")
		return true, t.receive(ctx, t.key(), bot.Event{Kind: bot.EventAttachment, Attachments: []bot.Attachment{{Kind: "image"}}})
	}
	if st.Ask.Type == "pattern" {
		s, ok := sample(st.Ask.Pattern)
		if !ok {
			return false, nil
		}
		return true, t.utter(ctx, s)
	}
	if st.Ask.Type == "yes_no" {
		return t.pressHere(ctx, "yes")
	}
	return true, t.utter(ctx, answers[st.Ask.Type])
}

// answers are what a made-up customer answers. None of them is anybody's.
var answers = map[string]string{
	"text": "a few words about it", "email": "customer@example.com", "phone": "+10000000000", "number": "7", "date": "2026-01-05",
}

// nonsense are texts that mean nothing, to be tried one after the other.
var nonsense = []string{"qqxzv wwkpt", "?!", "0 0 0"}

// wrong is a text that does not fit a step.
func (t *talk) wrong(st *flows.Step) string {
	if st.Kind == flows.KindAsk {
		switch {
		case st.Ask.Type == "text":
			return "?!"
		case st.Ask.Pattern != nil:
			for _, s := range nonsense {
				if !st.Ask.Pattern.MatchString(s) {
					return s
				}
			}
		}
	}
	return nonsense[0]
}

// utter types words that a matcher makes nothing of.
func (t *talk) utter(ctx context.Context, words string) error {
	t.customer(words)
	return t.receive(ctx, t.key(), bot.Event{Kind: bot.EventText, Text: words, Reading: &bot.Reading{Verdict: bot.None}})
}
