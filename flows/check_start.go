package flows

import (
	"fmt"
	"slices"
	"sort"
)

// minPhrases is how many ways to say it a flow needs in each language before
// a matcher can be trusted with it.
const minPhrases = 5

// checkStart looks at the phrases that lead into flows.
func (l *loader) checkStart() {
	p := l.pack
	langs := append([]string{p.Base}, p.Required...)
	for _, lang := range p.Languages() {
		l.samePhrases(lang)
	}
	for _, id := range p.Order {
		f := p.Flows[id]
		if len(f.Start.Phrases) == 0 {
			continue
		}
		pos := f.Start.Pos
		if pos.Line == 0 { // only a translation has phrases
			pos = f.Pos
		}
		for _, lang := range langs {
			if n := len(f.Start.Phrases[lang]); n < minPhrases {
				l.add(pos, "W52", fmt.Sprintf("the flow has %s in %s", plural(n, "phrase", "phrases"), lang), fmt.Sprintf("write at least %d", minPhrases))
			}
		}
	}
}

// checkOptions reports two options of one step that are told apart by nothing
// a customer could type.
func (l *loader) checkOptions() {
	for _, id := range l.pack.Order {
		f := l.pack.Flows[id]
		for _, sid := range f.Order {
			for _, lang := range l.pack.Languages() {
				l.sameOptions(f.Steps[sid], lang)
			}
		}
	}
}

func (l *loader) sameOptions(st *Step, lang string) {
	owner := map[string]string{}
	for _, o := range st.Options {
		said := slices.Clone(o.Synonyms[lang])
		if lang == l.pack.Base || o.Label.Has(lang) {
			said = append(said, o.Label.In(lang))
		}
		for _, s := range said {
			folded := Fold(s)
			if first, taken := owner[folded]; taken && first != o.ID && folded != "" {
				l.add(o.Pos, "E05", fmt.Sprintf("%q means the option %q of %q already", s, first, st.ID), "give each option words of its own")
			}
			owner[folded] = o.ID
		}
	}
}

// samePhrases reports a phrase that leads into two flows, and one that hides
// a built-in word.
func (l *loader) samePhrases(lang string) {
	p := l.pack
	owner := map[string]string{}
	ids := slices.Clone(p.Order)
	sort.Strings(ids)
	for _, id := range ids {
		mine := map[string]bool{}
		for _, ph := range p.Flows[id].Start.Phrases[lang] {
			folded := Fold(ph.Text)
			if w, ok := p.Word(folded); ok {
				l.add(ph.Pos, "E53", fmt.Sprintf("the phrase %q hides the built-in word %q", ph.Text, w), "say more, so that the word stays free")
			}
			if folded == "" {
				l.add(ph.Pos, "E21", fmt.Sprintf("the phrase %q has no letter or digit", ph.Text), "write what a customer would type")
			}
			if first := owner[folded]; first != "" && first != id {
				l.add(ph.Pos, "E50", fmt.Sprintf("the phrase %q leads into the flow %q as well", ph.Text, first), "keep it in one of them")
			} else if mine[folded] {
				l.add(ph.Pos, "E05", fmt.Sprintf("the phrase %q stands twice", ph.Text), "keep one of them")
			}
			owner[folded], mine[folded] = id, true
		}
	}
}
