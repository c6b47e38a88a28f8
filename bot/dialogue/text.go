package dialogue

import (
	"slices"
	"strings"
	"unicode/utf8"

	"latchkey/bot"
	"latchkey/flows"
)

// text handles what a customer typed.
func (t *turn) text(ev bot.Event) {
	t.remember(ev.Text)
	t.marked, t.fresh = false, 0
	if utf8.RuneCountInString(ev.Text) > maxTextRunes {
		t.system("too_long")
		t.reask()
	} else {
		t.read(ev)
	}
	if t.s.Control == ControlBot && t.s.Phase == PhaseOpen {
		t.markEdit(ev.Message)
	}
}

// read finds out what a text means here: a word that always works, an answer
// to the open question, then a topic.
func (t *turn) read(ev bot.Event) {
	ev.Text = bare(ev)
	folded := flows.Fold(ev.Text)
	if folded == "" && len(ev.Removed) > 0 {
		t.reask()
		return
	}
	t.switchLang(ev.Reading, folded)
	word, isWord := t.p.Word(folded)
	switch {
	case isWord && (word == "human" || !t.namesOption(folded)):
		t.word(word)
	case t.s.Prompt != nil && t.promptText(folded, ev.Reading):
	case t.s.Prompt == nil && t.s.Phase == PhaseOpen && t.stepText(ev, folded):
	case t.exact(ev.Text, folded):
		t.awake()
		t.stepText(ev, folded)
	case t.languageNamed(folded) != "":
		t.setLang(t.languageNamed(folded))
	default:
		t.topic(ev.Reading)
	}
}

// bare is a text without the marks that the secret filter has left in it
// ("[removed: code]"): they are not the customer's words.
func bare(ev bot.Event) string {
	s := ev.Text
	if len(ev.Removed) == 0 {
		return s
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "[removed")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		_, s, _ = strings.Cut(rest, "]")
	}
}

// stepText offers a text to the step that waits.
func (t *turn) stepText(ev bot.Event, folded string) bool {
	f, st := t.top(), t.step()
	if st == nil {
		return false
	}
	switch st.Kind {
	case flows.KindChoose:
		return t.chooseText(f, st, ev, folded)
	case flows.KindAsk:
		return t.askText(f, st, ev, folded)
	case flows.KindGuide:
		return t.guideText(f, st, ev, folded)
	case flows.KindDo:
		t.reask()
		return true
	}
	return false
}

// exact tells whether a text is by itself an answer to the step that waits,
// one that is taken even when another question stands above it or the
// conversation was closed for silence. Bare words for yes and no may be meant
// for that other question, and what fits any text says nothing.
func (t *turn) exact(text, folded string) bool {
	st := t.asksNow()
	if st == nil || t.p.Says("yes", folded) || t.p.Says("no", folded) || (st.Ask != nil && st.Ask.Type == "pattern") {
		return false
	}
	return t.answers(st, text, folded)
}

// answers tells whether a text needs no reading to be an answer to a step.
func (t *turn) answers(st *flows.Step, text, folded string) bool {
	switch st.Kind {
	case flows.KindChoose:
		i := st.Option(folded)
		return i >= 0 && !t.spent(t.top(), st, st.Options[i])
	case flows.KindGuide:
		return t.p.Says("done", folded) || t.p.Says("stuck", folded)
	case flows.KindAsk:
		_, ok := t.parse(st.Ask, text, folded)
		return ok && st.Ask.Type != "text"
	}
	return false
}

// namesOption tells whether the waiting question has an option of that name,
// which then means more than a built-in word.
func (t *turn) namesOption(folded string) bool {
	st := t.step()
	return t.s.Prompt == nil && t.s.Phase == PhaseOpen && st != nil && st.Kind == flows.KindChoose && st.Option(folded) >= 0
}

// topic follows the matcher's reading to a flow, to a question which flow was
// meant, or to a miss.
func (t *turn) topic(r *bot.Reading) {
	if word := sureOf(r, bot.CandidateWord); word != "" && slices.Contains(flows.Words(), word) {
		t.word(word)
		return
	}
	if flow := sureOf(r, bot.CandidateFlow); t.p.Flows[flow] != nil {
		t.understood()
		t.start(flow)
		return
	}
	if found := sureArticle(r); found != nil {
		t.article(found)
		return
	}
	p := t.s.Prompt
	switch {
	case p == nil && t.s.Phase == PhasePaused:
		t.offerResume()
	case r != nil && r.Verdict == bot.Unsure && (p == nil || p.Step != promptWhich) && t.which(r):
	default:
		t.miss(r)
	}
}

// sureOf is the id of the first candidate when the matcher is sure of it and
// it is of that kind.
func sureOf(r *bot.Reading, kind bot.CandidateKind) string {
	if r == nil || r.Verdict != bot.Sure || len(r.Candidates) == 0 || r.Candidates[0].Kind != kind {
		return ""
	}
	return r.Candidates[0].ID
}

// miss climbs the ladder: the nearest flows, then the offer of a person, then
// a person.
func (t *turn) miss(r *bot.Reading) {
	t.s.Misses++
	flow, step := t.s.Here()
	t.note(bot.NoteMiss, flow, step, itoa(t.s.Misses), "")
	switch {
	case t.s.Misses >= 3:
		t.handOff(t.queueHere(), "no_match", nil)
	case t.s.Misses == 2:
		t.prompt(promptPerson, "offer_person", []string{"yes", "no"})
	case t.which(r):
	case t.s.Phase == PhaseNew:
		t.hello() // the first words are mostly a greeting
	default:
		t.s.Prompt = nil
		if st := t.step(); st != nil && st.Kind == flows.KindChoose {
			t.system("miss_choose")
		} else {
			t.system("miss")
		}
		t.reask()
	}
}

// remember keeps the last messages for the operator, who sees addresses only
// masked.
func (t *turn) remember(text string) {
	if text == "" {
		return
	}
	if len(t.s.Last) >= maxLast {
		t.s.Last = slices.Delete(t.s.Last, 0, 1)
	}
	t.s.Last = append(t.s.Last, maskEmails(clip(text, maxLastRunes)))
}

// attachment handles a file with or without words. Files are not looked at.
func (t *turn) attachment(ev bot.Event) {
	if st := t.asksNow(); st != nil && st.Ask != nil && st.Ask.Type == "file" && len(ev.Attachments) > 0 {
		t.remember(ev.Text)
		t.system("attachment_kept")
		t.awake()
		t.accept(t.top(), st, ev.Attachments[0].Kind)
		return
	}
	t.system("attachment")
	if ev.Text == "" {
		t.reask()
		return
	}
	t.text(ev)
}
