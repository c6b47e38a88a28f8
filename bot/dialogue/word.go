package dialogue

import (
	"slices"
	"strings"

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
		t.menu("")
	case "back":
		t.back()
	case "cancel":
		t.cancel()
	case "restart":
		t.restart()
	case "repeat":
		t.reask()
	case "why":
		t.why()
	case "language":
		t.askLanguage("")
	}
}

// cancel gives up what is open: the bot's own question, a side question, or
// the conversation.
func (t *turn) cancel() {
	open := len(t.s.Frames) > 0 && t.s.Phase == PhaseOpen
	switch {
	case open && t.s.Prompt != nil:
		t.s.Prompt = nil
		t.reask()
	case open:
		if t.giveUp() {
			t.enter()
		}
	default:
		if t.s.Phase != PhaseClosed {
			t.s.Phase, t.s.ClosedAt = PhaseClosed, t.now
		}
		t.s.Prompt, t.s.Frames = nil, nil
		t.forgetBack()
		t.system("abandoned")
	}
}

// restart begins the present flow, as the customer sees it, again from its
// first step: a called flow belongs to its caller.
func (t *turn) restart() {
	i := t.base()
	if i < 0 {
		t.menu("")
		return
	}
	for len(t.s.Frames) > i+1 {
		t.forgetAnswers(t.top().Flow)
		t.drop(bot.Abandoned)
	}
	f := t.top()
	t.forgetBack()
	t.forgetAnswers(f.Flow)
	*f = t.frame(f.Flow, t.first(f.Flow), f.Kind)
	t.system("restarted")
	t.enter()
}

// forgetAnswers drops what was said and done in a flow that begins again.
func (t *turn) forgetAnswers(flow string) {
	t.s.Answers = slices.DeleteFunc(t.s.Answers, func(a Answer) bool { return strings.HasPrefix(a.Name, flow+".") })
	var done []string
	for _, id := range t.s.Done {
		if !strings.HasPrefix(id, flow+"/") {
			done = append(done, id)
		}
	}
	t.s.Done = done
}

// why says what the open question is good for, then asks it again.
func (t *turn) why() {
	f, st := t.top(), t.step()
	if st == nil || t.s.Prompt != nil || t.s.Phase != PhaseOpen {
		t.system("why_top")
		t.reask()
		return
	}
	why := st.Why
	if fl := t.p.Flows[f.Flow]; why.IsZero() && fl != nil {
		why = fl.Why
	}
	if why.IsZero() {
		t.system("why")
	} else {
		t.say(bot.Message{Text: t.fill(f.Flow, why), Ref: bot.Ref{Flow: f.Flow, Step: st.ID, Field: "why"}})
	}
	t.reask()
}

// switchLang goes over to the language a customer writes in. In the middle of
// a conversation the bot says so.
func (t *turn) switchLang(r *bot.Reading, folded string) {
	if r == nil || r.Lang == "" || r.Lang == t.s.Lang || folded == "" || !t.p.Speaks(r.Lang) {
		return
	}
	if t.languageNamed(folded) != "" {
		return // "English", written by somebody who asks for it
	}
	if st := t.step(); st != nil && st.Kind == flows.KindAsk && t.s.Prompt == nil {
		return // a name or an address tells nothing of the customer's language
	}
	t.s.Lang, t.s.LangSet = r.Lang, true
	if t.s.Phase == PhaseOpen || t.s.Phase == PhasePaused {
		t.system("language_set")
	}
}

// setLang goes over to a language the customer chose.
func (t *turn) setLang(lang string) {
	t.understood()
	t.s.Lang, t.s.LangSet = lang, true
	first := false
	if p := t.s.Prompt; p != nil && p.Step == promptLanguage {
		first = p.Arg == "first"
		t.s.Prompt = nil
	}
	t.system("language_set")
	if first && len(t.s.Frames) == 0 {
		t.menu("greeting")
		return
	}
	t.reask()
}

// languageNamed is the language that folded is the name of, or "".
func (t *turn) languageNamed(folded string) string {
	if folded == "" {
		return ""
	}
	for _, l := range t.p.Languages() {
		if flows.Fold(t.p.LanguageName(l)) == folded {
			return l
		}
	}
	return ""
}
