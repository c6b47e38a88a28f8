package dialogue

import (
	"slices"

	"latchkey/bot"
	"latchkey/flows"
)

// The bot's own questions.
const (
	promptMenu     = "@menu"
	promptCategory = "@category"
	promptWhich    = "@which"
	promptPerson   = "@person"
	promptLanguage = "@language"
	promptResume   = "@resume"
	promptMoved    = "@moved"
)

// maxMenu bounds the choices of one question; Slack shows at most 25 elements
// in one actions block (Block Kit reference, "actions").
const maxMenu = 24

// prompt asks one of the bot's own questions.
func (t *turn) prompt(step, arg string, choices []string) {
	if len(choices) > maxMenu {
		choices = choices[:maxMenu]
	}
	t.s.Prompt = &Prompt{Step: step, Choices: choices, Arg: arg}
	if t.s.Phase == PhaseNew || t.s.Phase == PhaseClosed {
		t.s.Phase = PhaseOpen
	}
	t.promptAgain()
}

// promptAgain sends the open question of the bot with fresh buttons.
func (t *turn) promptAgain() {
	t.asked = true
	t.s.Nonce++
	p := *t.s.Prompt
	p.Nonce = t.s.Nonce
	t.s.Prompt = &p
	m := bot.Message{Text: t.promptWords(&p), Ref: bot.Ref{Step: p.Step}}
	m.Choices = make([]bot.Choice, len(p.Choices))
	for i, id := range p.Choices {
		m.Choices[i] = bot.Choice{
			Label:  t.promptLabel(&p, id),
			Button: bot.Button{Step: p.Step, Nonce: p.Nonce, Choice: id},
			Minor:  (p.Step == promptMenu || p.Step == promptCategory) && (id == "continue" || id == "menu"),
		}
	}
	t.say(m)
}

func (t *turn) promptWords(p *Prompt) string {
	switch p.Step {
	case promptMenu:
		if p.Arg == "greeting" {
			return t.words("greeting")
		}
		return t.words("menu")
	case promptCategory:
		return t.words("category", "{title}", t.categoryTitle(p.Arg))
	case promptPerson:
		return t.words(p.Arg)
	case promptResume:
		return t.words("resume", "{title}", t.hereTitle())
	case promptMoved:
		return t.words("release_moved")
	}
	return t.words(p.Step[1:])
}

func (t *turn) promptLabel(p *Prompt, id string) string {
	if f := t.p.Flows[id]; f != nil && p.Step != promptPerson && p.Step != promptLanguage {
		return f.Title.In(t.s.Lang)
	}
	switch p.Step {
	case promptLanguage:
		return t.p.LanguageName(id)
	case promptMenu:
		if title := t.categoryTitle(id); title != "" {
			return title
		}
	}
	return t.words("choice_" + id)
}

func (t *turn) categoryTitle(id string) string {
	for _, c := range t.p.Categories {
		if c.ID == id {
			return c.Title.In(t.s.Lang)
		}
	}
	return ""
}

func (t *turn) hereTitle() string {
	if f := t.top(); f != nil {
		if fl := t.p.Flows[f.Flow]; fl != nil {
			return fl.Title.In(t.s.Lang)
		}
	}
	return ""
}

// menu asks for a topic. With a flow open it offers the way back to it.
func (t *turn) menu() { t.menuWith("") }

func (t *turn) menuWith(arg string) {
	var ids []string
	for _, c := range t.p.Categories {
		if len(t.listed(c.ID)) > 0 {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) < 2 {
		ids = t.listed("")
	}
	if len(t.s.Frames) > 0 && t.s.Phase == PhaseOpen {
		ids = append(ids[:min(len(ids), maxMenu-1)], "continue")
	}
	t.prompt(promptMenu, arg, ids)
}

// listed are the flows that menus show, of one category or of all.
func (t *turn) listed(category string) []string {
	var ids []string
	for _, id := range t.p.Order {
		f := t.p.Flows[id]
		if !f.Start.Hidden && (category == "" || f.Category == category) {
			ids = append(ids, id)
		}
	}
	return ids
}

// which asks which of up to three flows was meant. It returns false when the
// reading names no flow to offer. A miss asks even for unlikely ones.
func (t *turn) which(r *bot.Reading, missed bool) bool {
	if r == nil {
		return false
	}
	var ids []string
	for _, c := range r.Candidates {
		if c.Kind == bot.CandidateFlow && t.p.Flows[c.ID] != nil && len(ids) < 3 && !slices.Contains(ids, c.ID) {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return false
	}
	if !missed {
		t.understood()
	}
	t.prompt(promptWhich, "", append(ids, "none"))
	return true
}

// offerPerson asks whether a person shall take over.
func (t *turn) offerPerson(words string) { t.prompt(promptPerson, words, []string{"yes", "no"}) }

func (t *turn) askLanguage() { t.prompt(promptLanguage, "", t.p.Languages()) }

func (t *turn) offerResume() {
	t.prompt(promptResume, "", []string{"continue", "start_over", "menu"})
}

// promptText reads a text as an answer to the bot's own question. It returns
// false when the text is about something else; the question then gives way.
func (t *turn) promptText(ev bot.Event, folded string) bool {
	p := t.s.Prompt
	if n := ordinal(folded); n > 0 && n <= len(p.Choices) {
		t.promptChosen(p.Choices[n-1])
		return true
	}
	for _, id := range p.Choices {
		if folded == flows.Fold(t.promptLabel(p, id)) || folded == flows.Fold(id) || t.p.Says(id, folded) {
			t.promptChosen(id)
			return true
		}
	}
	if p.Step == promptResume && t.p.Says("yes", folded) {
		t.promptChosen("continue")
		return true
	}
	if p.Step == promptResume && t.p.Says("no", folded) {
		t.promptChosen("menu")
		return true
	}
	if sureOf(ev.Reading, bot.CandidateFlow) == "" && p.Step == promptPerson && t.s.Misses > 0 {
		return false
	}
	// Words for the step below still answer it: the customer may ignore a
	// side question of ours.
	if t.s.Phase == PhaseOpen && t.namesStepAnswer(folded) {
		t.s.Prompt = nil
		return t.stepText(ev, folded)
	}
	return false
}

// namesStepAnswer tells whether folded names an option of the step that
// waits below the bot's own question.
func (t *turn) namesStepAnswer(folded string) bool {
	st := t.step()
	return st != nil && st.Kind == flows.KindChoose && st.Option(folded) >= 0
}

// promptChosen does what a choice of the bot's own question says.
func (t *turn) promptChosen(id string) {
	p := t.s.Prompt
	t.s.Prompt = nil
	if p.Step != promptWhich || id != "none" {
		if !(p.Step == promptPerson && id == "no") {
			t.understood()
		}
	}
	switch {
	case p.Step == promptLanguage:
		t.setLang(id)
	case id == "none":
		t.miss(nil)
	case p.Step == promptPerson && id == "yes":
		t.handOff(t.queueHere(), t.offerReason(p), nil)
	case p.Step == promptPerson:
		t.declined()
	case id == "continue":
		t.resume()
	case id == "start_over":
		t.s.Phase = PhaseOpen
		t.restart()
	case id == "human":
		t.handOff(t.queueHere(), "asked_human", nil)
	case id == "menu":
		t.menu()
	case p.Step == promptMenu && t.p.Flows[id] == nil:
		t.prompt(promptCategory, id, append(t.listed(id), "menu"))
	default:
		t.start(id)
	}
}

// offerReason is why a person was offered.
func (t *turn) offerReason(p *Prompt) string {
	if p.Arg == "stuck_offer" {
		return "self_service_failed"
	}
	return "no_match"
}

// declined goes on after the offer of a person was turned down.
func (t *turn) declined() {
	if t.s.Misses > 0 && t.top() == nil {
		t.system("miss")
	}
	t.reask()
}

// resume goes on where the conversation stopped.
func (t *turn) resume() {
	t.s.Phase = PhaseOpen
	if f, st := t.top(), t.step(); st != nil && f.Action == 0 && !st.Kind.Waits() {
		t.enter()
		return
	}
	t.reask()
}
