package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"

	"go.yaml.in/yaml/v4"
)

var (
	translationKeys     = []string{"flow", "language", "phrases", "not", "texts"}
	packTranslationKeys = []string{"pack", "language", "words", "texts"}
	entryKeys           = []string{"of", "text"}
)

// entry is one translated sentence.
type entry struct {
	of, text string
	pos      Pos
	used     bool
}

// translation is one file of a language folder.
type translation struct {
	doc     *doc
	lang    string
	flow    string // "" for the pack's own file
	phrases []Phrase
	not     []Phrase
	words   map[string][]string
	texts   map[string]*entry
	lists   map[string]wordList
	order   []string
	broken  bool
	pos     Pos // of the line that names what is translated
}

// wordList is the synonyms of one option.
type wordList struct {
	words []string
	pos   Pos
}

// SourceHash is the mark that ties a translation to its source sentence: the
// first eight hex digits of the SHA-256 of the sentence, with white space at
// the ends cut off and any other run of it counted as one space.
func SourceHash(s string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(s), " ")))
	return hex.EncodeToString(sum[:4])
}

func parseTranslation(file string, data []byte) *translation {
	d := &doc{file: file}
	t := &translation{doc: d, lang: path.Base(path.Dir(file)), texts: map[string]*entry{}, lists: map[string]wordList{}, broken: true, pos: Pos{File: file, Line: 1, Col: 1}}
	root := d.parse(data)
	if root == nil {
		return t
	}
	isPack := path.Base(file) == "pack.yaml"
	keys, what, idKey := translationKeys, "a translation", "flow"
	if isPack {
		keys, what, idKey = packTranslationKeys, "a translated pack.yaml", "pack"
	}
	o, ok := d.object(root, what, keys)
	if !ok {
		return t
	}
	t.broken = false
	n := o.need(idKey, what)
	if n != nil {
		t.pos = d.pos(n)
	}
	if n != nil && !isPack {
		t.flow = d.scalar(n, "flow")
		if want := strings.TrimSuffix(path.Base(file), ".yaml"); t.flow != want {
			d.report(n, "E05", fmt.Sprintf("the translation says it is of %q but its file is %s", t.flow, path.Base(file)), fmt.Sprintf("write \"flow: %s\" or rename the file", want))
			t.flow = want
		}
	}
	if n := o.need("language", what); n != nil && d.scalar(n, "language") != t.lang {
		d.report(n, "E22", fmt.Sprintf("the file lies in the folder %q but says its language is %q", t.lang, n.Value), fmt.Sprintf("write \"language: %s\" or move the file", t.lang))
	}
	t.phrases = d.phrases(o.get("phrases"), "phrases")
	t.not = d.phrases(o.get("not"), "not")
	t.words = d.wordLists(o.get("words"))
	t.entries(o.get("texts"))
	return t
}

func (t *translation) entries(n *yaml.Node) {
	if n == nil {
		return
	}
	d := t.doc
	o, ok := d.object(n, "texts", nil)
	if !ok {
		return
	}
	for _, k := range o.keys {
		v := o.vals[k.Value]
		if v.Kind == yaml.SequenceNode {
			list := wordList{pos: d.pos(k)}
			for _, c := range v.Content {
				if w := d.words(c, "a synonym"); w != "" {
					list.words = append(list.words, w)
				}
			}
			t.lists[k.Value] = list
			continue
		}
		eo, ok := d.object(v, fmt.Sprintf("the translation of %q", k.Value), entryKeys)
		if !ok {
			continue
		}
		e := &entry{pos: d.pos(k)}
		e.of = d.scalar(eo.need("of", fmt.Sprintf("the translation of %q", k.Value)), "of")
		if w := eo.need("text", fmt.Sprintf("the translation of %q", k.Value)); w != nil {
			e.text, e.pos = d.words(w, fmt.Sprintf("the translation of %q", k.Value)), d.pos(w)
		}
		if e.text != "" {
			t.texts[k.Value] = e
			t.order = append(t.order, k.Value)
		}
	}
}
