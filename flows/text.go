package flows

import "strings"

// Text is one piece of wording in every language of the pack. Brand words and
// links ({brand.name}, {link.home}) are already filled in; {answer.name} and
// {name} stay for the engine.
type Text struct {
	Key   string // "step.field" inside its file, the key translations use
	Pos   Pos
	base  string
	words map[string]string // translations by language, filled in
	raw   string            // as written, with every placeholder
}

// NewText makes a Text that reads the same in every language. Tests and
// system notices use it.
func NewText(s string) Text { return Text{base: s, raw: s} }

// In returns the words in lang, or in the base language where lang has none.
func (t Text) In(lang string) string {
	if w, ok := t.words[lang]; ok {
		return w
	}
	return t.base
}

// Has tells whether there are words for lang itself.
func (t Text) Has(lang string) bool { _, ok := t.words[lang]; return ok }

// Source returns the base-language words as written, placeholders included.
func (t Text) Source() string { return t.raw }

// IsZero tells whether there are no words at all.
func (t Text) IsZero() bool { return strings.TrimSpace(t.base) == "" }
