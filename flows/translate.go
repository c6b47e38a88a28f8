package flows

import (
	"fmt"
	"slices"
	"strings"
)

// translate puts the words of the language folders into the pack's texts,
// and reports what is missing, stale or left over.
func (l *loader) translate() {
	p := l.pack
	for _, lang := range append(slices.Clone(p.Required), p.BestEffort...) {
		l.language(lang)
	}
	known := p.Languages()
	for _, t := range l.trans {
		if !slices.Contains(known, t.lang) {
			l.add(t.pos, "E22", fmt.Sprintf("the language %q is not declared in pack.yaml", t.lang), "add it to \"languages\" or delete the folder")
		}
	}
}

func (l *loader) language(lang string) {
	byFlow := map[string]*translation{}
	for _, t := range l.trans {
		if t.lang == lang {
			byFlow[t.flow] = t
		}
	}
	l.fileOf(byFlow[""], lang, lang+"/pack.yaml", l.pp.texts)
	for _, pf := range l.flows {
		t := byFlow[pf.flow.ID]
		l.fileOf(t, lang, lang+"/"+pf.flow.ID+".yaml", pf.texts)
		delete(byFlow, pf.flow.ID)
		if t == nil {
			continue
		}
		if len(t.phrases) > 0 {
			pf.flow.addPhrases(lang, t)
		}
		for key, list := range t.lists {
			if o := pf.syns[key]; o != nil {
				o.Synonyms[lang] = list.words
				continue
			}
			l.add(list.pos, "E02", fmt.Sprintf("the translation %q has no source in %s", key, pf.doc.file), nearest(key, keysOf(pf.syns)))
		}
	}
	delete(byFlow, "")
	for _, id := range keysOf(byFlow) {
		if l.broken[id] {
			continue
		}
		l.add(byFlow[id].pos, "E02", fmt.Sprintf("there is no flow %q to translate", id), nearest(id, l.pack.Order))
	}
}

func (f *Flow) addPhrases(lang string, t *translation) {
	if f.Start.Phrases == nil {
		f.Start.Phrases, f.Start.Not = map[string][]Phrase{}, map[string][]Phrase{}
	}
	f.Start.Phrases[lang] = t.phrases
	if len(t.not) > 0 {
		f.Start.Not[lang] = t.not
	}
}

// fileOf matches one translation file with the texts it translates.
func (l *loader) fileOf(t *translation, lang, file string, texts []*Text) {
	if t != nil && t.broken {
		return // its own problem has been reported; missing words would only repeat it
	}
	code := "E40"
	if !slices.Contains(l.pack.Required, lang) {
		code = "W40"
	}
	var missing []string
	for _, text := range texts {
		var e *entry
		if t != nil {
			e = t.texts[text.Key]
		}
		switch {
		case e == nil:
			if !optionalText(text) {
				missing = append(missing, text.Key)
			}
			continue
		case e.of != "" && e.of != SourceHash(text.raw):
			l.add(e.pos, code, fmt.Sprintf("the %s words for %q are stale: the source now reads %q", lang, text.Key, short(text.raw)), fmt.Sprintf("look at them again and write \"of: %s\"", SourceHash(text.raw)))
		}
		e.used = true
		l.samePlaceholders(e, text)
		if text.words == nil {
			text.words = map[string]string{}
		}
		text.words[lang] = e.text
	}
	if len(missing) > 0 {
		l.add(Pos{File: file, Line: 1, Col: 1}, code, fmt.Sprintf("%s of this file in %s: %s", plural(len(missing), "text is missing", "texts are missing"), lang, strings.Join(first(missing, 6), ", ")), "run \"latchkey i18n\" to get the lines to fill in")
	}
	if t == nil {
		return
	}
	for _, key := range t.order {
		if e := t.texts[key]; !e.used {
			l.add(e.pos, "E02", fmt.Sprintf("the translation %q has no source", key), nearest(key, textKeys(texts)))
		}
	}
}

// optionalText tells whether a text may go without translation: names and
// addresses are mostly the same in every language. Only pack.yaml has such
// texts; a step of a flow may well be called "link".
func optionalText(t *Text) bool {
	return t.Pos.File == "pack.yaml" && (strings.HasPrefix(t.Key, "brand.") || strings.HasPrefix(t.Key, "link."))
}

func textKeys(texts []*Text) []string {
	keys := make([]string, len(texts))
	for i, t := range texts {
		keys[i] = t.Key
	}
	return keys
}

func (l *loader) samePlaceholders(e *entry, text *Text) {
	want, got := placeholders(text.raw), placeholders(e.text)
	if !slices.Equal(want, got) {
		l.add(e.pos, "E41", fmt.Sprintf("%q has the placeholders %s, its source has %s", text.Key, listed(got), listed(want)), "use the same ones")
	}
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return "{" + strings.Join(names, "}, {") + "}"
}

func short(s string) string { return shortTo(s, 60) }

func shortTo(s string, n int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n]) + "…"
}

func first(list []string, n int) []string {
	if len(list) <= n {
		return list
	}
	return append(slices.Clone(list[:n]), "…")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
