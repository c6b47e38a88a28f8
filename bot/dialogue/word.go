package dialogue

import (
	"latchkey/bot"
	"latchkey/flows"
)

// word does what one of the always-there words says.
func (t *turn) word(word string) {
	t.understood()
	switch word {
	case "human":
		t.handOff(t.queueHere(), "asked_human", nil)
	case "menu":
		t.menu()
	case "back":
		t.back()
	case "cancel":
		t.cancel()
	case "restart":
		t.restart()
	case "repeat":
		t.repeat()
	case "why":
		t.why()
	case "language":
		t.askLanguage()
	}
}

// repeat asks the open question again, or says the menu.
func (t *turn) repeat() {
	if t.s.Phase == PhasePaused && len(t.s.Frames) > 0 && t.s.Prompt == nil {
		t.offerResume()
		return
	}
	t.reask()
}

// back undoes the last answer. An action that was called stays called.
func (t *turn) back() {
	if t.s.Prompt != nil && len(t.s.Frames) > 0 && t.s.Phase == PhaseOpen {
		t.s.Prompt = nil
		t.reask()
		return
	}
	if t.s.Phase != PhaseOpen || len(t.s.Back) == 0 {
		t.system("nothing_back")
		t.repeat()
		return
	}
	t.undo()
	t.reask()
}

// undo restores the newest checkpoint.
func (t *turn) undo() {
	c := t.s.Back[len(t.s.Back)-1]
	t.s.Back = t.s.Back[:len(t.s.Back)-1]
	t.s.Prompt = nil
	t.s.Frames = t.s.Frames[:min(c.Depth, len(t.s.Frames))]
	if c.Top != nil && len(t.s.Frames) > 0 {
		t.s.Frames[len(t.s.Frames)-1] = *c.Top
	}
	for i := len(c.Undo) - 1; i >= 0; i-- {
		a := c.Undo[i]
		if a.At.IsZero() {
			t.s.Answers = deleteAnswer(t.s.Answers, a.Name)
			continue
		}
		t.s.Answers = setAnswer(t.s.Answers, a, maxAnswers)
	}
}

func deleteAnswer(list []Answer, name string) []Answer {
	out := list[:0]
	for _, a := range list {
		if a.Name != name {
			out = append(out, a)
		}
	}
	return out
}

// cancel gives up what is open: the bot's own question, a side question, or
// the conversation.
func (t *turn) cancel() {
	if t.s.Prompt != nil && len(t.s.Frames) > 0 && t.s.Phase == PhaseOpen {
		t.s.Prompt = nil
		t.reask()
		return
	}
	if len(t.s.Frames) == 0 || t.s.Phase != PhaseOpen {
		t.s.Prompt, t.s.Frames, t.s.Phase = nil, nil, PhaseClosed
		t.system("abandoned")
		return
	}
	if t.cancelTop(false) {
		t.enter()
	}
}

// cancelTop gives up the top flow. It returns true when the walk goes on in
// the flow below. quiet leaves out the words (the flow has just ended).
func (t *turn) cancelTop(quiet bool) bool {
	for {
		at := *t.top()
		t.drop(bot.Abandoned)
		switch at.Kind {
		case FrameSide:
			t.backTo()
			return false
		case FrameCall:
			if st := t.step(); st != nil {
				for _, b := range st.When {
					if b.Outcome == string(bot.Abandoned) {
						t.follow(b.Outcome, b.Go)
						return true
					}
				}
			}
			if len(t.s.Frames) > 0 {
				continue
			}
		}
		if !quiet {
			t.system("cancelled")
		}
		t.close(bot.Abandoned, at, false)
		return false
	}
}

// restart begins the present flow again from its first step.
func (t *turn) restart() {
	n := len(t.s.Frames)
	if n == 0 || t.s.Phase == PhaseClosed {
		t.s.Prompt = nil
		t.menu()
		return
	}
	i := n - 1
	for i > 0 && t.s.Frames[i].Kind == FrameCall {
		i--
	}
	f := t.p.Flows[t.s.Frames[i].Flow]
	t.s.Frames = t.s.Frames[:i+1]
	t.s.Back, t.s.Prompt, t.s.Phase = nil, nil, PhaseOpen
	if f == nil || len(f.Order) == 0 {
		t.handOff(t.queueHere(), "system_error", nil)
		return
	}
	prefix := f.ID + "."
	kept := t.s.Answers[:0]
	for _, a := range t.s.Answers {
		if len(a.Name) < len(prefix) || a.Name[:len(prefix)] != prefix {
			kept = append(kept, a)
		}
	}
	t.s.Answers = kept
	t.s.Frames[i] = Frame{Flow: f.ID, Step: f.First(), Kind: t.s.Frames[i].Kind}
	t.system("restarted")
	t.enter()
}

// why says what the open question is good for, then asks it again.
func (t *turn) why() {
	f, st := t.top(), t.step()
	switch {
	case st == nil:
		t.system("why_top")
	case !st.Why.IsZero():
		t.say(bot.Message{Text: t.fill(f.Flow, st.Why), Ref: bot.Ref{Flow: f.Flow, Step: st.ID, Field: "why"}})
	case !t.flowWhy(f).IsZero():
		t.say(bot.Message{Text: t.fill(f.Flow, t.flowWhy(f)), Ref: bot.Ref{Flow: f.Flow, Step: st.ID, Field: "why"}})
	default:
		t.system("why")
	}
	t.repeat()
}

func (t *turn) flowWhy(f *Frame) flows.Text {
	if fl := t.p.Flows[f.Flow]; fl != nil {
		return fl.Why
	}
	return flows.Text{}
}

// setLang goes over to a language the customer chose.
func (t *turn) setLang(lang string) {
	t.understood()
	t.s.Lang, t.s.LangSet = lang, true
	if t.s.Prompt != nil && t.s.Prompt.Step == promptLanguage {
		t.s.Prompt = nil
	}
	t.system("language_set")
	t.repeat()
}
