package flows

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// TranslationFile is the state of one file of a language folder.
type TranslationFile struct {
	Path    string   // inside the pack: "ru/forgot-password.yaml"
	Texts   int      // pieces of wording that the source has
	Missing []string // keys without words, in the order of the source
	Stale   []string // keys whose source has changed since
	Lists   []string // lists of phrases and synonyms that are not there yet; none is demanded
	// YAML is the file with every missing key put in for a translator, its
	// source above it; nil when nothing is missing. Lines that stand in the
	// file already stay as they are, stale ones included.
	YAML []byte
}

// Translations tells what the translation of a pack into lang still lacks.
// The pack itself must be readable: problems of other kinds than missing and
// stale translations are returned when they block, and then nothing else.
func Translations(fsys fs.FS, lang string) ([]TranslationFile, []Problem) {
	l := &loader{fsys: fsys, broken: map[string]bool{}, transAt: map[string]*translation{}}
	if l.list() {
		l.parse()
	}
	if ps := sortProblems(l.problems); Blocking(ps) {
		return nil, ps
	}
	files := map[string]packFile{}
	for _, f := range l.files {
		files[f.path] = f
	}
	byFlow := map[string]*translation{}
	for _, t := range l.trans {
		if t.lang == lang {
			byFlow[t.flow] = t
		}
	}
	pack := translationOf{lang: lang, path: lang + "/pack.yaml", head: "pack: " + l.pp.pack.ID, texts: l.pp.texts, t: byFlow[""]}
	out := []TranslationFile{pack.state(files)}
	for _, pf := range l.flows {
		w := translationOf{lang: lang, path: lang + "/" + pf.flow.ID + ".yaml", head: "flow: " + pf.flow.ID, texts: pf.texts, flow: pf, t: byFlow[pf.flow.ID]}
		out = append(out, w.state(files))
	}
	return out, nil
}

// translationOf is one file being compared with its source.
type translationOf struct {
	lang, path, head string
	texts            []*Text
	flow             *parsedFlow  // nil for pack.yaml
	t                *translation // nil when there is no file yet
}

func (w translationOf) state(files map[string]packFile) TranslationFile {
	out := TranslationFile{Path: w.path}
	var lines bytes.Buffer
	for _, text := range w.texts {
		var e *entry
		if w.t != nil {
			e = w.t.texts[text.Key]
		}
		optional := optionalText(text)
		if !optional {
			out.Texts++
		}
		switch {
		case e != nil && e.of != SourceHash(text.raw):
			out.Stale = append(out.Stale, text.Key)
		case e == nil && !optional:
			out.Missing = append(out.Missing, text.Key)
			writeEntry(&lines, text)
		}
		w.synonyms(text.Key, &out, &lines)
	}
	w.phraseLists(&out)
	switch {
	case len(out.Missing) == 0:
	case w.t == nil:
		out.YAML = append(w.header(), lines.Bytes()...)
	default:
		out.YAML = insertTexts(files[w.path].data, lines.Bytes())
	}
	return out
}

// synonyms adds the list of an option's synonyms behind its label.
func (w translationOf) synonyms(key string, out *TranslationFile, lines *bytes.Buffer) {
	if w.flow == nil || !strings.HasSuffix(key, ".label") {
		return
	}
	list := strings.TrimSuffix(key, ".label") + ".synonyms"
	o := w.flow.syns[list]
	if o == nil || len(o.Synonyms[""]) == 0 || w.t != nil && len(w.t.lists[list].words) > 0 {
		return
	}
	out.Lists = append(out.Lists, list)
	if w.t == nil || slices.Contains(out.Missing, key) {
		fmt.Fprintf(lines, "  # %s\n  %s: []\n", strings.Join(o.Synonyms[""], ", "), list)
	}
}

func (w translationOf) phraseLists(out *TranslationFile) {
	if w.flow == nil {
		return
	}
	if len(w.flow.flow.Start.Phrases[""]) > 0 && (w.t == nil || len(w.t.phrases) == 0) {
		out.Lists = append(out.Lists, "phrases")
	}
	if len(w.flow.flow.Start.Not[""]) > 0 && (w.t == nil || len(w.t.not) == 0) {
		out.Lists = append(out.Lists, "not")
	}
}

// header begins a new translation file.
func (w translationOf) header() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# yaml-language-server: $schema=../../schema.json\n%s\nlanguage: %s\n", w.head, w.lang)
	if w.flow != nil {
		list := func(key string, ps []Phrase) {
			if len(ps) == 0 {
				return
			}
			fmt.Fprintf(&b, "# What customers write in this language; no translation word by word is needed:\n")
			for _, p := range ps {
				fmt.Fprintf(&b, "#   %s\n", p.Text)
			}
			fmt.Fprintf(&b, "%s: []\n", key)
		}
		list("phrases", w.flow.flow.Start.Phrases[""])
		list("not", w.flow.flow.Start.Not[""])
	}
	b.WriteString("texts:\n")
	return b.Bytes()
}

// writeEntry writes one key to be translated below its source.
func writeEntry(b *bytes.Buffer, t *Text) {
	for line := range strings.SplitSeq(t.raw, "\n") {
		b.WriteString(strings.TrimRight("  # "+line, " ") + "\n")
	}
	fmt.Fprintf(b, "  %s: {of: %s, text: \"\"}\n", t.Key, quoteHash(SourceHash(t.raw)))
}

// quoteHash puts quotes around a hash that YAML would read as a number.
func quoteHash(h string) string {
	var n yaml.Node
	if err := yaml.Load([]byte(h), &n); err == nil && len(n.Content) == 1 && n.Content[0].Tag == "!!str" {
		return h
	}
	return `"` + h + `"`
}

// insertTexts puts lines at the end of the block "texts" of a file.
func insertTexts(data, lines []byte) []byte {
	data = append(bytes.TrimRight(data, "\n"), '\n')
	rows := bytes.SplitAfter(data, []byte("\n"))
	start := slices.IndexFunc(rows, func(r []byte) bool { return bytes.HasPrefix(r, []byte("texts:")) })
	if start < 0 {
		return slices.Concat(data, []byte("texts:\n"), lines)
	}
	end := start + 1
	for end < len(rows) && (len(rows[end]) == 0 || rows[end][0] == ' ' || rows[end][0] == '#' || rows[end][0] == '\n') {
		end++
	}
	return slices.Concat(bytes.Join(rows[:end], nil), lines, bytes.Join(rows[end:], nil))
}
