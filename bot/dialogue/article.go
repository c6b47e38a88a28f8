package dialogue

import (
	"slices"
	"strings"

	"latchkey/bot"
)

// articleChoice stands before an article's name in the choices of @which,
// where flows have their bare names.
const articleChoice = "article:"

const (
	maxFound        = 3
	maxPassageRunes = 1500
	maxTitleRunes   = 75 // Slack cuts a button's words there
)

// offersFlows tells whether a question of the bot's own may offer flows.
func offersFlows(step string) bool { return lists(step) || step == promptArticle }

// sureArticle is what was found, the meant article's passage first, when the
// matcher is sure that an article is meant.
func sureArticle(r *bot.Reading) []bot.Passage {
	i := -1
	if id := sureOf(r, bot.CandidateArticle); id != "" {
		i = foundAt(r.Passages, articleChoice+id)
	}
	if i < 0 {
		return nil
	}
	found := []bot.Passage{r.Passages[i]}
	for j, p := range r.Passages {
		if j != i {
			found = append(found, p)
		}
	}
	return found
}

// foundAt is the index of the passage that a choice of @which names, or -1.
func foundAt(found []bot.Passage, choice string) int {
	return slices.IndexFunc(found, func(p bot.Passage) bool { return p.Article != "" && articleChoice+p.Article == choice })
}

// fit makes a passage fit to be kept and shown. Placeholders were filled
// before it was found; a brace that is left would look like one.
func fit(p bot.Passage) bot.Passage {
	plain := strings.NewReplacer("{", "", "}", "")
	p.Article, p.Flow = clip(p.Article, maxIDRunes), clip(p.Flow, maxIDRunes)
	p.Title, p.Text = plain.Replace(clip(p.Title, maxTitleRunes)), plain.Replace(clip(p.Text, maxPassageRunes))
	return p
}

// article shows the first passage and asks whether it helped. Whatever flow is
// open stays open below.
func (t *turn) article(found []bot.Passage) {
	t.understood()
	kept := make([]bot.Passage, 0, maxFound)
	for _, p := range found[:min(len(found), maxFound)] {
		kept = append(kept, fit(p))
	}
	choices := []string{"yes", "no"}
	if f := kept[0].Flow; t.p.Flows[f] != nil {
		choices = append(choices, f)
	}
	t.promptWith(promptArticle, "", append(choices, "human"), kept)
}

// articleWords are the passage, its title and the question below.
func (t *turn) articleWords(p *Prompt) string {
	if len(p.Found) == 0 {
		return t.words("article")
	}
	f := p.Found[0]
	return "**" + escapeMarkdown(f.Title) + "**\n\n" + f.Text + "\n\n" + t.words("article")
}

// articleChosen goes on after a passage: it helped, the next best, the flow
// that it leads to, or a person.
func (t *turn) articleChosen(p *Prompt, id string) {
	switch {
	case id == "yes":
		t.system("article_helped")
		if len(t.s.Frames) > 0 {
			t.reask()
			return
		}
		t.close(bot.Solved, Frame{})
	case id == "human":
		t.handOff(t.queueHere(), "asked_human", nil)
	case id == "no" && len(p.Found) > 1:
		t.article(p.Found[1:])
	case id == "no":
		t.prompt(promptPerson, "article_end", []string{"yes", "no"})
	case t.p.Flows[id] != nil:
		t.start(id)
	default: // a flow that this release no longer has
		t.miss(nil)
	}
}
