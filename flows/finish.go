package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// finish computes what readers of the pack look up: contracts, the ways to
// say built-in words, system messages and the words for options.
func (l *loader) finish() {
	p := l.pack
	for _, id := range p.Order {
		f := p.Flows[id]
		h := sha256.New()
		for _, sid := range f.Order {
			st := f.Steps[sid]
			st.Contract = hash8(st.contract())
			fmt.Fprintf(h, "%s %s", sid, st.contract())
			for _, e := range st.Edges {
				fmt.Fprintf(h, " %s>%s/%s", e.Name, e.To.Flow, e.To.Step)
			}
			h.Write([]byte("\n"))
		}
		f.Contract = hex.EncodeToString(h.Sum(nil)[:8])
	}
	l.builtinWords()
	for _, id := range p.Order {
		for _, sid := range p.Flows[id].Order {
			p.Flows[id].Steps[sid].index(p)
		}
	}
}

// contract is what a running conversation relies on at a step: its kind, the
// type of its answer, its option ids and its outcomes.
func (st *Step) contract() string {
	var parts []string
	switch st.Kind {
	case KindAsk:
		parts = append(parts, st.Ask.Type, st.Ask.As)
	case KindChoose:
		for _, o := range st.Options {
			parts = append(parts, o.ID)
		}
	case KindDo, KindCall:
		for _, b := range st.When {
			parts = append(parts, b.Outcome)
		}
	}
	slices.Sort(parts)
	return string(st.Kind) + " " + strings.Join(parts, ",")
}

func hash8(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}

func (l *loader) builtinWords() {
	p := l.pack
	p.texts, p.words = map[string]Text{}, map[string]map[string][]string{}
	p.said, p.ways, p.names = map[string]string{}, map[string]map[string]bool{}, map[string]string{}
	known := builtins()
	for _, key := range SystemTexts() {
		p.texts[key] = l.systemText(key, known)
	}
	for _, w := range allWords() {
		p.words[w], p.ways[w] = map[string][]string{}, map[string]bool{}
	}
	for _, lang := range p.Languages() {
		b, ok := known[lang]
		p.names[lang] = b.Name
		if !ok {
			l.needsBuiltin(lang)
		}
		for _, w := range allWords() {
			p.words[w][lang] = append(slices.Clone(b.Words[w]), l.addedWords(w, lang)...)
		}
	}
	for _, w := range always {
		for _, lang := range p.Languages() {
			for _, s := range p.words[w][lang] {
				if f := Fold(s); p.said[f] == "" {
					p.said[f] = w
				}
			}
		}
	}
	for w, byLang := range p.words {
		for _, list := range byLang {
			for _, s := range list {
				p.ways[w][Fold(s)] = true
			}
		}
	}
}

func (l *loader) addedWords(word, lang string) []string {
	if lang == l.pack.Base {
		return l.pp.added[word]
	}
	for _, t := range l.trans {
		if t.lang == lang && t.flow == "" {
			return t.words[word]
		}
	}
	return nil
}

// systemText is a message of the bot's own: the pack's words where it has
// them, else the program's.
func (l *loader) systemText(key string, known map[string]builtin) Text {
	p := l.pack
	if own := l.pp.system[key]; own != nil {
		return *own
	}
	base := known[p.Base].Texts[key]
	if base == "" {
		base = known["en"].Texts[key]
	}
	t := Text{Key: "text." + key, Pos: Pos{File: "pack.yaml"}, base: base, raw: base, words: map[string]string{}}
	for _, lang := range p.Languages() {
		if w := known[lang].Texts[key]; w != "" && lang != p.Base {
			t.words[lang] = w
		}
	}
	return t
}

// needsBuiltin reports the system messages that a language without built-in
// words has to bring along.
func (l *loader) needsBuiltin(lang string) {
	p := l.pack
	code, file := "E40", lang+"/pack.yaml"
	if slices.Contains(p.BestEffort, lang) {
		code = "W40"
	}
	if lang == p.Base {
		file = "pack.yaml"
	}
	var missing []string
	for _, key := range SystemTexts() {
		if own := l.pp.system[key]; own == nil || (lang != p.Base && !own.Has(lang)) {
			missing = append(missing, "text."+key)
		}
	}
	for _, w := range allWords() {
		if len(l.addedWords(w, lang)) == 0 {
			missing = append(missing, "words."+w)
		}
	}
	if len(missing) > 0 {
		l.add(Pos{File: file, Line: 1, Col: 1}, code, fmt.Sprintf("the program does not speak %q by itself; missing: %s", lang, strings.Join(first(missing, 6), ", ")), "add them below \"texts\" and \"words\" of pack.yaml and of the language's pack.yaml")
	}
}

// index lets a typed option be found by label, synonym or id in any language.
func (st *Step) index(p *Pack) {
	if st.Kind != KindChoose {
		return
	}
	st.options = make(map[string]int, 6*len(st.Options))
	put := func(s string, i int) {
		if f := Fold(s); f != "" {
			if _, taken := st.options[f]; !taken {
				st.options[f] = i
			}
		}
	}
	for i, o := range st.Options {
		put(o.Label.base, i)
		for _, lang := range slices.Sorted(maps.Keys(o.Label.words)) {
			put(o.Label.words[lang], i)
		}
	}
	for i, o := range st.Options {
		for _, lang := range slices.Sorted(maps.Keys(o.Synonyms)) {
			for _, s := range o.Synonyms[lang] {
				put(s, i)
			}
		}
		put(o.ID, i)
		if o.ID == "yes" || o.ID == "no" {
			for _, lang := range p.Languages() {
				for _, s := range p.words[o.ID][lang] {
					put(s, i)
				}
			}
		}
	}
}
