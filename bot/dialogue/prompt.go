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
	promptArticle  = "@article"
)

// maxMenu bounds the choices of one question; Slack shows at most 25 elements
// in one actions block (Block Kit reference, "actions").
const maxMenu = 24

// lists tells whether a question of the bot's own offers flows or categories.
func lists(step string) bool {
	return step == promptMenu || step == promptCategory || step == promptWhich
}

// prompt asks one of the bot's own questions.
func (t *turn) prompt(step, arg string, choices []string) { t.promptWith(step, arg, choices, nil) }

func (t *turn) promptWith(step, arg string, choices []string, found []bot.Passage) {
	t.s.Prompt = &Prompt{Step: step, Choices: choices, Arg: arg, Nonce: t.s.Nonce + 1, Found: found}
	if t.s.Phase == PhaseNew || t.s.Phase == PhaseClosed {
		t.s.Phase = PhaseOpen
	}
	t.promptAgain()
}

// promptAgain sends the open question of the bot with fresh buttons.
func (t *turn) promptAgain() {
	t.asked = true
	t.s.Nonce++
	p := t.s.Prompt
	m := bot.Message{Text: t.promptWords(p), Ref: bot.Ref{Step: p.Step}}
	m.Choices = make([]bot.Choice, len(p.Choices))
	for i, id := range p.Choices {
		m.Choices[i] = bot.Choice{
			Label:  t.promptLabel(p, id),
			Button: bot.Button{Step: p.Step, Nonce: t.s.Nonce, Choice: id},
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
	case promptCategory:
		return t.words("category", "{title}", t.categoryTitle(p.Arg))
	case promptPerson:
		return t.words(p.Arg)
	case promptResume:
		title := ""
		if f := t.top(); f != nil && t.p.Flows[f.Flow] != nil {
			title = t.p.Flows[f.Flow].Title.In(t.s.Lang)
		}
		return t.words("resume", "{title}", title)
	case promptMoved:
		return t.words("release_moved")
	case promptArticle:
		return t.articleWords(p)
	}
	return t.words(p.Step[1:])
}

// promptLabel is the words on a choice: the name of a language, a category or
// a flow, else the bot's own.
func (t *turn) promptLabel(p *Prompt, id string) string {
	switch {
	case p.Step == promptLanguage:
		return t.p.LanguageName(id)
	case p.Step == promptMenu && t.categoryTitle(id) != "":
		return t.categoryTitle(id)
	case offersFlows(p.Step) && t.p.Flows[id] != nil:
		return t.p.Flows[id].Title.In(t.s.Lang)
	case p.Step == promptWhich && foundAt(p.Found, id) >= 0:
		return p.Found[foundAt(p.Found, id)].Title
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

// hello is the bot's first message: the greeting, after the question for the
// language when nobody has told it.
func (t *turn) hello() {
	if t.s.Phase == PhaseNew && !t.s.LangSet && t.p.Defaults.Languages && len(t.p.Languages()) > 1 {
		t.askLanguage("first")
		return
	}
	t.menu("greeting")
}

// menu asks for a topic; arg "greeting" says hello with it. With a flow open
// it offers the way back to it.
func (t *turn) menu(arg string) {
	ids := make([]string, 0, len(t.p.Categories)+1)
	for _, c := range t.p.Categories {
		if slices.ContainsFunc(t.p.Order, func(id string) bool { return t.isListed(id, c.ID) }) {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) < 2 {
		ids = t.listed("")
	}
	ids = ids[:min(len(ids), maxMenu-1)]
	if len(t.s.Frames) > 0 {
		ids = append(ids, "continue")
	}
	t.prompt(promptMenu, arg, ids)
}

// listed are the flows that menus show, of one category or of all. One place
// stays free for the way out.
func (t *turn) listed(category string) []string {
	ids := make([]string, 0, maxMenu)
	for _, id := range t.p.Order {
		if len(ids) < maxMenu-1 && t.isListed(id, category) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (t *turn) isListed(id, category string) bool {
	f := t.p.Flows[id]
	return !f.Start.Hidden && (category == "" || f.Category == category)
}

// which asks which of up to three flows was meant. It returns false when the
// reading names no flow to offer.
func (t *turn) which(r *bot.Reading) bool {
	if r == nil {
		return false
	}
	var ids []string
	var found []bot.Passage
	for _, c := range r.Candidates {
		switch i := foundAt(r.Passages, articleChoice+c.ID); {
		case len(ids) == 3:
		case c.Kind == bot.CandidateFlow && t.p.Flows[c.ID] != nil && !slices.Contains(ids, c.ID):
			ids = append(ids, c.ID)
		case c.Kind == bot.CandidateArticle && i >= 0 && !slices.Contains(ids, articleChoice+c.ID):
			ids, found = append(ids, articleChoice+c.ID), append(found, fit(r.Passages[i]))
		}
	}
	if len(ids) == 0 {
		return false
	}
	t.promptWith(promptWhich, "", append(ids, "none"), found)
	return true
}

// askLanguage asks for the language; arg "first" when nothing was said yet.
func (t *turn) askLanguage(arg string) { t.prompt(promptLanguage, arg, t.p.Languages()) }

func (t *turn) offerResume() {
	t.prompt(promptResume, "", []string{"continue", "start_over", "menu"})
}

// promptText reads a text as an answer to the bot's own question. It returns
// false when the text is about something else.
func (t *turn) promptText(folded string, r *bot.Reading) bool {
	id := t.promptChoice(folded, r)
	if id != "" {
		t.promptChosen(id)
	}
	return id != ""
}

// promptChoice is the choice of the bot's own question that a text names, or
// that the matcher is sure it means.
func (t *turn) promptChoice(folded string, r *bot.Reading) string {
	p := t.s.Prompt
	if folded == "" {
		return ""
	}
	if n := ordinal(folded); n > 0 && n <= len(p.Choices) {
		return p.Choices[n-1]
	}
	for _, id := range p.Choices {
		flow := offersFlows(p.Step) && t.p.Flows[id] != nil
		if folded == flows.Fold(t.promptLabel(p, id)) || folded == flows.Fold(id) || (!flow && t.p.Says(id, folded)) {
			return id
		}
	}
	switch {
	case p.Step == promptResume && t.p.Says("yes", folded):
		return "continue"
	case p.Step == promptResume && t.p.Says("no", folded):
		return "menu"
	}
	if id := sureOf(r, bot.CandidateOption); slices.Contains(p.Choices, id) {
		return id
	}
	return ""
}

// promptChosen does what a choice of the bot's own question says.
func (t *turn) promptChosen(id string) {
	p := t.s.Prompt
	t.s.Prompt = nil
	if id != "none" && id != "no" { // either may be one more miss
		t.understood()
	}
	switch {
	case p.Step == promptLanguage && t.p.Speaks(id):
		t.s.Prompt = p
		t.setLang(id)
	case p.Step == promptMenu && t.categoryTitle(id) != "":
		t.prompt(promptCategory, id, append(t.listed(id), "menu"))
	case p.Step == promptWhich && foundAt(p.Found, id) >= 0:
		t.article(p.Found[foundAt(p.Found, id):][:1])
	case p.Step == promptArticle:
		t.articleChosen(p, id)
	case lists(p.Step) && t.p.Flows[id] != nil:
		t.start(id)
	case p.Step == promptPerson && id == "yes":
		t.handOff(t.queueHere(), offerReason(p), nil)
	case p.Step == promptPerson:
		t.declined()
	case id == "continue":
		t.awake()
		t.reask()
	case id == "start_over":
		t.restart()
	case id == "human":
		t.handOff(t.queueHere(), "asked_human", nil)
	case id == "menu":
		t.menu("")
	default: // none of these, or something that this release no longer has
		t.miss(nil)
	}
}

// offerReason is why a person was offered, as desk.md's reason codes have it.
func offerReason(p *Prompt) string {
	if p.Arg == "stuck_offer" {
		return "step_failed_max"
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
