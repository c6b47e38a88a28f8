package dialogue_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"latchkey/bot"
	"latchkey/bot/dialogue"
)

// reading is one that is sure of an article, the second of the three found.
func articleReading() *bot.Reading {
	return &bot.Reading{Verdict: bot.Sure, Candidates: []bot.Candidate{{Kind: bot.CandidateArticle, ID: "b", Score: 0.9}}, Passages: []bot.Passage{
		{Article: "a", Title: "First", Text: "About a."}, {Article: "b", Title: "Second", Text: "About b.", Flow: "f00"}, {Article: "c", Title: "Third", Text: "About c.", Flow: "gone"},
	}}
}

func ask(text string, r *bot.Reading) bot.Event {
	return bot.Event{Kind: bot.EventText, Text: text, Reading: r}
}

func pressOf(t *testing.T, m *bot.Message, choice string) bot.Event {
	t.Helper()
	for _, c := range m.Choices {
		if c.Button.Choice == choice {
			b := c.Button
			return bot.Event{Kind: bot.EventButton, Button: &b}
		}
	}
	t.Fatalf("the message has no choice %q but %q", choice, ids(m))
	return bot.Event{}
}

func articlePack(t *testing.T) fstest.MapFS {
	t.Helper()
	return fstest.MapFS{"pack.yaml": {Data: []byte(randomPackYAML)}, "f00.yaml": {Data: []byte(
		"flow: f00\ntitle: Flow 0\ncategory: one\nstart: {phrases: [phrase]}\nsteps:\n  a: {say: Well?, choose: {\"on\": {label: Here, go: b}, off: {label: There, go: b}}}\n  b: {done: solved}\n")}}
}

// TestArticle: the passage, its title and "did this help?", then the next
// best, then a person.
func TestArticle(t *testing.T) {
	p := loadPack(t, articlePack(t))
	s, out := step(t, p, dialogue.State{Lang: "en", LangSet: true}, ask("what is that", articleReading()), noon)
	m := newestQuestion(t, out)
	if m.Text != "**Second**\n\nAbout b.\n\nDid this help?" || ids(m) != "yes no f00 human" || m.Ref.String() != "@article" {
		t.Fatalf("the passage is %q with %q", m.Text, ids(m))
	}
	helped, out := step(t, p, s, pressOf(t, m, "yes"), noon)
	if helped.Phase != dialogue.PhaseClosed || out[len(out)-1].Kind == bot.EffectHandOff {
		t.Errorf("after it helped the conversation is %q", helped.Phase)
	}
	flow, _ := step(t, p, s, pressOf(t, m, "f00"), noon)
	if at, _ := flow.Here(); at != "f00" {
		t.Errorf("the flow it leads to is not opened: %q", at)
	}
	s, out = step(t, p, s, ask("no", nil), noon)
	if m = newestQuestion(t, out); !strings.Contains(m.Text, "About a.") || ids(m) != "yes no human" {
		t.Fatalf("the next best is %q with %q", m.Text, ids(m))
	}
	s, out = step(t, p, s, pressOf(t, m, "no"), noon)
	m = newestQuestion(t, out)
	s, out = step(t, p, s, pressOf(t, m, "no"), noon)
	if m = newestQuestion(t, out); m.Ref.String() != "@person" || !strings.Contains(m.Text, "all I know") {
		t.Fatalf("at the end of the articles: %q", m.Text)
	}
	s, _ = step(t, p, s, pressOf(t, m, "yes"), noon)
	if s.Control != dialogue.ControlWaiting {
		t.Error("no person was called")
	}
}

// TestArticleInTheMiddle: a question inside a flow is answered and the
// customer comes back to the step.
func TestArticleInTheMiddle(t *testing.T) {
	p := loadPack(t, articlePack(t))
	s, _ := step(t, p, dialogue.State{Lang: "en", LangSet: true}, ask("x", &bot.Reading{Verdict: bot.Sure, Candidates: []bot.Candidate{{Kind: bot.CandidateFlow, ID: "f00", Score: 1}}}), noon)
	s, out := step(t, p, s, ask("what is that", articleReading()), noon)
	s, out = step(t, p, s, pressOf(t, newestQuestion(t, out), "yes"), noon)
	m := newestQuestion(t, out)
	if at, _ := s.Here(); at != "f00" || m.Ref.String() != "a" || !s.Open() {
		t.Errorf("after the question in the middle: %q asks %q", at, m.Ref)
	}
}

// TestWhichOffersArticles: what may be meant includes articles, by title.
func TestWhichOffersArticles(t *testing.T) {
	p := loadPack(t, articlePack(t))
	r := articleReading()
	r.Verdict = bot.Unsure
	r.Candidates = append([]bot.Candidate{{Kind: bot.CandidateFlow, ID: "f00", Score: 0.5}, {Kind: bot.CandidateArticle, ID: "without passage", Score: 0.4}}, r.Candidates...)
	s, out := step(t, p, dialogue.State{Lang: "en", LangSet: true}, ask("what is that", r), noon)
	m := newestQuestion(t, out)
	if ids(m) != "f00 article:b none" || m.Choices[1].Label != "Second" {
		t.Fatalf("offered: %q", ids(m))
	}
	_, out = step(t, p, s, pressOf(t, m, "article:b"), noon)
	if m = newestQuestion(t, out); !strings.Contains(m.Text, "About b.") {
		t.Errorf("the chosen article is %q", m.Text)
	}
}
