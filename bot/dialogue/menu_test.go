package dialogue_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"latchkey/bot"
	"latchkey/bot/dialogue"
)

// newestQuestion is the message with choices that the effects end with.
func newestQuestion(t *testing.T, effects []bot.Effect) *bot.Message {
	t.Helper()
	for i := len(effects) - 1; i >= 0; i-- {
		if m := effects[i].Say; m != nil && len(m.Choices) > 0 {
			return m
		}
	}
	t.Fatal("no question was asked")
	return nil
}

func ids(m *bot.Message) string {
	var list []string
	for _, c := range m.Choices {
		list = append(list, c.Button.Choice)
	}
	return strings.Join(list, " ")
}

// TestMenus: a menu of a pack with one category lists flows, and no menu has
// more choices than a platform shows; the way out is always among them.
func TestMenus(t *testing.T) {
	for _, c := range []struct {
		flows, categories int
		menu, category    string
	}{
		{3, 1, "f00 f01 f02", ""},
		{3, 2, "c0 c1", "f00 f02 menu"},
		{40, 1, "f00 f01 f02 f03 f04 f05 f06 f07 f08 f09 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 f20 f21 f22", ""},
		{60, 2, "c0 c1", "f00 f02 f04 f06 f08 f10 f12 f14 f16 f18 f20 f22 f24 f26 f28 f30 f32 f34 f36 f38 f40 f42 f44 menu"},
		{60, 30, "c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 c10 c11 c12 c13 c14 c15 c16 c17 c18 c19 c20 c21 c22", "f00 f30 menu"},
	} {
		var categories strings.Builder
		for i := range c.categories {
			fmt.Fprintf(&categories, "  c%d: Category %d\n", i, i)
		}
		head := strings.Replace(randomPackYAML, "categories: {one: One, two: Two}", "categories:\n"+strings.TrimRight(categories.String(), "\n"), 1)
		files := fstest.MapFS{"pack.yaml": {Data: []byte(head)}}
		for i := range c.flows {
			files[fmt.Sprintf("f%02d.yaml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil,
				"flow: f%02d\ntitle: Flow %d\ncategory: c%d\nstart: {phrases: [phrase %d]}\nsteps:\n  a: {say: Well?, choose: {\"on\": {label: Here, go: b}, off: {label: There, go: b}}}\n  b: {done: solved}\n", i, i, i%c.categories, i)}
		}
		p := loadPack(t, files)
		s, effects := step(t, p, dialogue.State{}, bot.Event{Kind: bot.EventText, Text: "menu"}, noon)
		menu := newestQuestion(t, effects)
		if got := ids(menu); got != c.menu {
			t.Errorf("%d flows in %d categories: the menu is %q", c.flows, c.categories, got)
		}
		if c.category != "" {
			_, effects := step(t, p, s, bot.Event{Kind: bot.EventButton, Button: &menu.Choices[0].Button}, noon)
			if got := ids(newestQuestion(t, effects)); got != c.category {
				t.Errorf("%d flows in %d categories: the category is %q", c.flows, c.categories, got)
			}
		}
		s, _ = dialogue.StartAt(p, s, "f00", "a", noon)
		_, effects = step(t, p, s, bot.Event{Kind: bot.EventText, Text: "menu"}, noon)
		if got := ids(newestQuestion(t, effects)); got != c.menu+" continue" {
			t.Errorf("%d flows in %d categories: the menu above a flow is %q", c.flows, c.categories, got)
		}
	}
}

// TestNamesInMessages: the bot's own messages name the topic, or the person.
func TestNamesInMessages(t *testing.T) {
	p := readPack(t, "shop")
	said := func(effects []bot.Effect, step string) string {
		for _, e := range effects {
			if e.Say != nil && e.Say.Ref.Step == step {
				return e.Say.Text
			}
		}
		return ""
	}
	forgot, _ := dialogue.StartAt(p, dialogue.State{}, "forgot", "where", noon)
	side, _ := dialogue.StartAt(p, dialogue.State{}, "forgot", "where", noon)
	side, _ = step(t, p, side, bot.Event{Kind: bot.EventText, Text: "x", Reading: &bot.Reading{Verdict: bot.Sure,
		Candidates: []bot.Candidate{{Kind: bot.CandidateFlow, ID: "refund"}}}}, noon)
	paused := forgot
	paused.Phase = dialogue.PhasePaused
	menu, _ := step(t, p, dialogue.State{}, bot.Event{Kind: bot.EventText, Text: "menu"}, noon)
	waiting, _ := step(t, p, forgot, bot.Event{Kind: bot.EventText, Text: "human"}, noon)
	for _, c := range []struct {
		name  string
		s     dialogue.State
		ev    bot.Event
		step  string
		words string
	}{
		{"resume", paused, bot.Event{Kind: bot.EventOpened}, "@resume", "I forgot my password"},
		{"back to", side, bot.Event{Kind: bot.EventText, Text: "cancel"}, "@back_to", "I forgot my password"},
		{"category", menu, bot.Event{Kind: bot.EventText, Text: "Other things"}, "@category", "Other things"},
		{"person", waiting, bot.Event{Kind: bot.EventOperator, Operator: &bot.OperatorEvent{Kind: bot.OperatorClaimed, Name: "Ann *B*"}}, "@person_here", `Ann \*B\*`},
		{"nobody in particular", waiting, bot.Event{Kind: bot.EventOperator, Operator: &bot.OperatorEvent{Kind: bot.OperatorClaimed}}, "@person_here", "Shop help"},
		{"a very long name", waiting, bot.Event{Kind: bot.EventOperator, Operator: &bot.OperatorEvent{Kind: bot.OperatorClaimed, Name: strings.Repeat("n", 5000)}}, "@person_here", strings.Repeat("n", 80) + " "},
	} {
		_, effects := step(t, p, c.s, c.ev, noon)
		if got := said(effects, c.step); !strings.Contains(got, c.words) {
			t.Errorf("%s: %q does not say %q", c.name, got, c.words)
		}
	}
}
