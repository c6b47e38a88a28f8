package dialogue

import (
	"maps"
	"strings"

	"latchkey/bot"
	"latchkey/flows"
	"latchkey/knowledge"
)

// Examples is what a matcher should know of a pack: what leads to a flow, what
// looks like it but must not, and the words that work in every step. The title
// counts as a phrase of a flow that has phrases; one without is not found by
// what customers write.
func Examples(p *flows.Pack) []knowledge.Example {
	var out []knowledge.Example
	for _, id := range p.Order {
		f := p.Flows[id]
		for _, lang := range p.Languages() {
			if len(f.Start.Phrases[lang]) > 0 && (lang == p.Base || f.Title.Has(lang)) {
				out = append(out, knowledge.Example{Kind: bot.CandidateFlow, ID: id, Lang: lang, Text: f.Title.In(lang)})
			}
			for _, ph := range f.Start.Phrases[lang] {
				out = append(out, knowledge.Example{Kind: bot.CandidateFlow, ID: id, Lang: lang, Text: ph.Text})
			}
			for _, ph := range f.Start.Not[lang] {
				out = append(out, knowledge.Example{Kind: bot.CandidateFlow, ID: id, Lang: lang, Text: ph.Text, Not: true})
			}
		}
	}
	for _, w := range flows.Words() {
		for _, lang := range p.Languages() {
			for _, s := range p.WaysToSay(w, lang) {
				out = append(out, knowledge.Example{Kind: bot.CandidateWord, ID: w, Lang: lang, Text: s})
			}
		}
	}
	return out
}

// Scope is what a matcher should know of the conversation before it reads a
// text: the open question's answers and the language.
func Scope(p *flows.Pack, s State) knowledge.Scope {
	sc := knowledge.Scope{Lang: s.Lang}
	if sc.Lang == "" {
		sc.Lang = p.Base
	}
	sc.Flow, _ = s.Here()
	if s.Control != ControlBot {
		return sc
	}
	t := turn{p: p, s: s}
	if s.Prompt != nil && lists(s.Prompt.Step) {
		return sc // topics are known to the matcher without being asked for
	}
	if s.Prompt != nil {
		for _, id := range s.Prompt.Choices {
			words := append([]string{t.promptLabel(s.Prompt, id)}, p.WaysToSay(id, sc.Lang)...)
			sc.Options = append(sc.Options, knowledge.Option{ID: id, Words: words})
		}
		return sc
	}
	st := t.asksNow()
	if st == nil || s.Phase != PhaseOpen {
		return sc
	}
	for _, o := range t.offers(t.top(), st, nil) {
		words := p.WaysToSay(o.id, sc.Lang)
		if o.option != nil {
			words = append([]string{o.option.Label.In(sc.Lang)}, o.option.Synonyms[sc.Lang]...)
		}
		sc.Options = append(sc.Options, knowledge.Option{ID: o.id, Words: words})
	}
	sc.Typed = st.Kind == flows.KindAsk
	return sc
}

// Decisive tells whether an event can be read at once. A text that is not an
// answer, a number or a built-in word may be the first part of a thought
// written in several messages, and is better joined with what follows.
func Decisive(p *flows.Pack, s State, ev bot.Event) bool {
	if ev.Kind != bot.EventText || s.Control != ControlBot {
		return true
	}
	t := turn{p: p, s: s}
	text := bare(ev)
	folded := flows.Fold(text)
	if _, ok := p.Word(folded); ok || ordinal(folded) > 0 {
		return true
	}
	if s.Prompt != nil {
		return t.promptChoice(folded, nil) != ""
	}
	st := t.step()
	return st != nil && s.Phase == PhaseOpen && t.answers(st, text, folded)
}

// Join makes one event of the texts, and files, that arrived in a burst. It
// has no reading yet; its message is the last one's.
func Join(evs []bot.Event) bot.Event {
	if len(evs) == 0 {
		return bot.Event{}
	}
	out := evs[len(evs)-1]
	if len(evs) == 1 {
		return out
	}
	var texts []string
	out.Kind, out.Removed, out.Attachments, out.Reading, out.Facts = bot.EventText, nil, nil, nil, nil
	for _, e := range evs {
		if e.Text != "" {
			texts = append(texts, e.Text)
		}
		out.Removed = append(out.Removed, e.Removed...)
		out.Attachments = append(out.Attachments, e.Attachments...)
		if out.Facts == nil && len(e.Facts) > 0 {
			out.Facts = make(map[string]string, len(e.Facts))
		}
		maps.Copy(out.Facts, e.Facts)
	}
	if len(out.Attachments) > 0 {
		out.Kind = bot.EventAttachment
	}
	out.Text = strings.Join(texts, "\n")
	return out
}

// Expects says what the customer is typing elsewhere while the open step
// waits: "code", "password" or "". The secret filter wants to know.
func Expects(p *flows.Pack, s State) string {
	for i := len(s.Frames) - 1; i >= 0; i-- {
		f := s.Frames[i]
		st := p.Step(f.Flow, f.Step)
		if st == nil {
			continue
		}
		if st.Guide != nil {
			for j, in := range st.Guide.Instructions {
				if in.Secret != "" && (st.Guide.All || j == f.At) {
					return in.Secret
				}
			}
		}
		if st.Secret != "" {
			return st.Secret
		}
	}
	return ""
}
