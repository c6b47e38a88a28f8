package flows

import (
	"io/fs"
	"slices"
	"time"
)

// Pack is one release of everything the bot says. A *Pack that Load returned
// is never changed again: readers share it without locks and must not write
// to its maps and slices.
type Pack struct {
	ID         string
	Release    string // content hash of all files that make the pack, 16 hex digits
	Title      Text
	Base       string   // language of the flow files, "en"
	Required   []string // further languages in which every text must stand
	BestEffort []string // languages that fall back to Base where a text is missing
	Brand      map[string]Text
	Links      map[string]*Link
	Hosts      []string // hosts (and their subdomains) that links may point to
	Categories []*Category
	Queues     map[string]*Queue
	Sources    map[string]*Source
	Actions    map[string]*Action
	Facts      []string // facts a channel or the desk may supply, beside BuiltinFacts
	Defaults   Defaults
	Flows      map[string]*Flow
	Order      []string // flow ids, sorted: the order of menus and figures
	FS         fs.FS    // the folder itself, for media

	texts map[string]Text                // system messages by key, see SystemTexts
	words map[string]map[string][]string // built-in word -> language -> ways to say it
	said  map[string]string              // folded way to say it -> always-there word (Words)
	names map[string]string              // language -> its own name
	ways  map[string]map[string]bool     // word -> folded ways to say it, all languages
}

// BuiltinFacts are known of every conversation without any declaration.
var builtinFacts = []string{"channel", "language", "platform"}

// Languages returns the base language, the required and the best-effort ones.
func (p *Pack) Languages() []string {
	out := make([]string, 0, 1+len(p.Required)+len(p.BestEffort))
	out = append(out, p.Base)
	out = append(out, p.Required...)
	return append(out, p.BestEffort...)
}

// Speaks tells whether lang is a language of the pack.
func (p *Pack) Speaks(lang string) bool {
	return lang == p.Base || slices.Contains(p.Required, lang) || slices.Contains(p.BestEffort, lang)
}

// System returns the system message with the given key (see SystemTexts), and
// an empty Text for a key that does not exist.
func (p *Pack) System(key string) Text { return p.texts[key] }

// Word returns the built-in word ("human", "menu", "yes", …) that folded, a
// text that went through Fold, is a way to say in any language of the pack.
func (p *Pack) Word(folded string) (word string, ok bool) {
	word, ok = p.said[folded]
	return word, ok
}

// Says tells whether folded is a way to say word in any language of the pack.
// Unlike Word it also knows the words that only mean something in their place:
// yes, no, done, stuck, none and failing.
func (p *Pack) Says(word, folded string) bool { return p.ways[word][folded] }

// WaysToSay returns the ways to say a built-in word in one language.
func (p *Pack) WaysToSay(word, lang string) []string { return p.words[word][lang] }

// Step returns a step, or nil.
func (p *Pack) Step(flow, step string) *Step {
	f := p.Flows[flow]
	if f == nil {
		return nil
	}
	return f.Steps[step]
}

// Defaults are the pack's rules for what a flow does not say itself.
type Defaults struct {
	Retries   int           // further tries after a first invalid answer, 0 to 5
	Remind    time.Duration // silence before the one reminder; 0 = none
	Close     time.Duration // silence before the honest close, counted from the last message
	Burst     time.Duration // messages closer together than this are read as one; 0 = off
	Queue     string        // queue for hand-overs that no step describes
	Languages bool          // offer the language question when the platform does not tell
}

// Link is a named link. Its host is on the allow-list.
type Link struct {
	Name  string
	URL   Text
	Label Text
	Pos   Pos
}

// Category is one line of the main menu.
type Category struct {
	ID    string
	Title Text
	Pos   Pos
}

// Queue is an operator queue that steps may hand over to.
type Queue struct {
	ID     string
	Title  Text
	Always bool // open at all hours; otherwise Closed says what happens
	Hours  Text // opening hours in words for the customer, "Mon-Fri 09:00-18:00 CET"
	Closed Text // what a customer is told out of hours
	Pos    Pos
}

// Source is where facts about a third party come from.
type Source struct {
	ID         string
	Title      string
	URL        string
	VerifiedAt time.Time
	Confidence string // low, medium, high
	Pos        Pos
}

// Action is the contract of an action that engineers bind in the config.
type Action struct {
	Name     string
	Outcomes []string // without "failed", which every action has
	With     []string // names of the inputs it takes
	Pos      Pos
}

// LanguageName is what a language calls itself ("Русский"), or its code when
// the pack does not say.
func (p *Pack) LanguageName(lang string) string {
	if n := p.names[lang]; n != "" {
		return n
	}
	return lang
}
