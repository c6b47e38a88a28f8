package dialogue

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"latchkey/bot"
	"latchkey/flows"
)

func itoa(n int) string { return strconv.Itoa(n) }

// text handles what a customer typed.
func (t *turn) text(ev bot.Event) {
	t.remember(ev.Text)
	mark := len(t.s.Back)
	switch {
	case utf8.RuneCountInString(ev.Text) > maxTextRunes:
		t.system("too_long")
		t.reask()
	default:
		t.read(ev)
	}
	if ev.Message != "" {
		t.s.Edit = &EditMark{Message: ev.Message, Back: mark}
	}
}

// read finds out what a text means here: an answer to the open question
// first, then a word that always works, then a topic.
func (t *turn) read(ev bot.Event) {
	folded := flows.Fold(ev.Text)
	if folded == "" && len(ev.Removed) > 0 {
		t.reask()
		return
	}
	t.switchLang(ev.Reading, folded)
	word, isWord := t.p.Word(folded)
	if isWord && (word == "human" || !t.namesOption(folded)) {
		t.word(word)
		return
	}
	if t.s.Prompt != nil && t.promptText(ev, folded) {
		return
	}
	if t.s.Prompt == nil && t.s.Phase == PhaseOpen && t.stepText(ev, folded) {
		return
	}
	if lang := t.languageNamed(folded); lang != "" {
		t.setLang(lang)
		return
	}
	t.topic(ev)
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
		t.waiting(f, st)
		return true
	}
	return false
}

func (t *turn) chooseText(f *Frame, st *flows.Step, ev bot.Event, folded string) bool {
	i := st.Option(folded)
	if i < 0 {
		i = t.byNumber(f, st, ordinal(folded))
	}
	if i < 0 {
		i = optionIndex(st, sureOf(ev.Reading, bot.CandidateOption))
	}
	if i < 0 || t.spent(f, st, st.Options[i]) {
		return false
	}
	t.choose(f, st, i)
	return true
}

// byNumber is the option that was shown with number n, or -1.
func (t *turn) byNumber(f *Frame, st *flows.Step, n int) int {
	for i, o := range st.Options {
		if t.spent(f, st, o) {
			continue
		}
		if n--; n == 0 {
			return i
		}
	}
	return -1
}

func optionIndex(st *flows.Step, id string) int {
	if id == "" {
		return -1
	}
	return slices.IndexFunc(st.Options, func(o *flows.Option) bool { return o.ID == id })
}

// namesOption tells whether the waiting question has an option of that name,
// which then means more than a built-in word.
func (t *turn) namesOption(folded string) bool {
	st := t.step()
	return t.s.Prompt == nil && t.s.Phase == PhaseOpen && st != nil && st.Kind == flows.KindChoose && st.Option(folded) >= 0
}

// topic follows the matcher's reading to a flow, to a question which flow was
// meant, or to a miss.
func (t *turn) topic(ev bot.Event) {
	r := ev.Reading
	if r == nil || len(r.Candidates) == 0 {
		t.miss(r)
		return
	}
	best := r.Candidates[0]
	switch {
	case r.Verdict == bot.Sure && best.Kind == bot.CandidateWord && t.isAlways(best.ID):
		t.word(best.ID)
	case r.Verdict == bot.Sure && best.Kind == bot.CandidateFlow && t.p.Flows[best.ID] != nil:
		t.understood()
		t.start(best.ID)
	case r.Verdict == bot.Unsure && t.which(r, false):
	case t.pausedText():
	default:
		t.miss(r)
	}
}

// pausedText answers a customer who comes back to a paused conversation with
// words that name no topic.
func (t *turn) pausedText() bool {
	if t.s.Phase != PhasePaused || len(t.s.Frames) == 0 || t.s.Prompt != nil {
		return false
	}
	t.offerResume()
	return true
}

// isAlways tells whether a word works in every step.
func (t *turn) isAlways(word string) bool {
	return slices.Contains(alwaysWords, word)
}

var alwaysWords = []string{"human", "menu", "back", "cancel", "restart", "repeat", "why", "language"}

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
		t.offerPerson("offer_person")
	case t.which(r, true):
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

// remember keeps the last messages for the operator.
func (t *turn) remember(text string) {
	if text == "" {
		return
	}
	if len(t.s.Last) >= maxLast {
		t.s.Last = t.s.Last[1:]
	}
	t.s.Last = append(t.s.Last, clip(text, maxLastRunes))
}

// switchLang goes over to the language a customer writes in. In the middle of
// a conversation the bot says so.
func (t *turn) switchLang(r *bot.Reading, folded string) {
	if r == nil || r.Lang == "" || r.Lang == t.s.Lang || !t.p.Speaks(r.Lang) || folded == "" {
		return
	}
	if st := t.step(); st != nil && st.Kind == flows.KindAsk && t.s.Prompt == nil {
		return // a name or an address tells nothing of the customer's language
	}
	told := t.s.Phase != PhaseNew && t.s.Phase != PhaseClosed
	t.s.Lang, t.s.LangSet = r.Lang, true
	if told {
		t.system("language_set")
	}
}

// languageNamed is the language that folded is the name of, or "".
func (t *turn) languageNamed(folded string) string {
	for _, l := range t.p.Languages() {
		if folded != "" && (flows.Fold(t.p.LanguageName(l)) == folded) {
			return l
		}
	}
	return ""
}

// attachment handles a file with or without words.
func (t *turn) attachment(ev bot.Event) {
	f, st := t.top(), t.step()
	if st != nil && t.s.Prompt == nil && st.Kind == flows.KindAsk && st.Ask.Type == "file" && len(ev.Attachments) > 0 {
		t.system("attachment_kept")
		t.accept(f, st, ev.Attachments[0].Kind)
		return
	}
	if ev.Text != "" {
		t.text(ev)
		return
	}
	t.system("attachment")
	t.reask()
}

// edited lets the new words of the last message replace the old ones. Edits
// of older messages change nothing.
func (t *turn) edited(ev bot.Event) {
	e := t.s.Edit
	if e == nil || (ev.Message != "" && e.Message != ev.Message) || t.s.Phase != PhaseOpen {
		return
	}
	if n := len(t.s.Last); n > 0 {
		t.s.Last = t.s.Last[:n-1]
	}
	switch len(t.s.Back) {
	case e.Back:
	case e.Back + 1:
		t.undo()
	default:
		t.system("edited")
		return
	}
	ev.Message = e.Message
	t.text(ev)
}
