// Package redact finds secrets in what customers write and takes them out
// before anything is stored: passwords, one-time codes, cards, bank accounts,
// tokens, keys, recovery phrases, backup codes and links that open an account.
//
// It works on words and their neighbours, in time linear in the text, in
// English, Russian, Spanish, Portuguese and Chinese. It keeps no state and reads
// nothing but its arguments.
//
// It cannot know every password. One that is an ordinary word is found behind
// "is", a colon or a verb of change, but not right behind the word for password
// ("my password monkey fails") nor alone. TestRecall tells how many of each kind
// are found in the corpus of testdata, whose secrets are made up.
package redact

import (
	"maps"
	"path"
	"slices"
	"strings"

	"latchkey/bot"
)

// Kind names a kind of secret, in the words that replace it.
type Kind string

// The kinds of secret that are found.
const (
	Password    Kind = "password"
	Code        Kind = "code" // one-time code
	Card        Kind = "card"
	CVV         Kind = "card code"
	IBAN        Kind = "bank account"
	Token       Kind = "token" // of a program: Slack, Telegram, GitHub, AWS, OpenAI, …
	JWT         Kind = "session"
	PrivateKey  Kind = "private key"
	Phrase      Kind = "recovery phrase"
	BackupCodes Kind = "backup codes"
	Link        Kind = "link" // one that lets whoever has it in
)

// Context says what the customer is typing elsewhere at the moment, and might
// paste here by mistake.
type Context struct {
	ExpectCode     bool
	ExpectPassword bool
}

// span is a piece of text to be replaced. A quiet one is cut without telling
// anybody: an ordinary link loses what stands behind its question mark.
type span struct {
	from, to int
	kind     Kind
	quiet    bool
}

// MaxText is how much of a message is looked at, in bytes. What is longer is
// cut: no message is kept that was not looked at.
const MaxText = 64 << 10

// looks is how often a text is looked at again after something was removed
// from it: words that stood apart stand beside each other then. Two are enough
// for all but made-up texts.
const looks = 8

// Text returns s without its secrets, each replaced by "[removed: kind]", and
// the kinds that were found, in order and without repeats. Characters that
// nobody sees are taken out first, so that they cannot hide anything. A text
// that Text returned is returned as it is.
func Text(s string, c Context) (clean string, kinds []Kind) {
	s = cut(visible(s))
	var f finder
	for range looks {
		f = finder{s: s, c: c, ws: f.ws[:0], spans: f.spans[:0]}
		f.words()
		f.find()
		if len(f.spans) == 0 {
			break
		}
		var more []Kind
		s, more = f.replace()
		s = cut(s)
		for _, k := range more {
			if !slices.Contains(kinds, k) {
				kinds = append(kinds, k)
			}
		}
	}
	return s, kinds
}

func cut(s string) string {
	if len(s) <= MaxText {
		return s
	}
	return strings.ToValidUTF8(s[:MaxText], "")
}

// visible takes out format characters that hide or reorder text: zero-width
// spaces, soft hyphens, tags, direction marks. Joiners stay, scripts and emoji
// need them.
func visible(s string) string {
	s = strings.ToValidUTF8(s, "")
	if !strings.ContainsFunc(s, hidden) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if hidden(r) {
			return -1
		}
		return r
	}, s)
}

func hidden(r rune) bool {
	switch {
	case r < 0x7F:
		return r < ' ' && r != '\n' && r != '\t' && r != '\r'
	case r == 0x7F, r == 0x00AD, r == 0x200B, r == 0x2060, r == 0xFEFF, r == 0x180E:
		return true
	case r >= 0x200E && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2061 && r <= 0x206F:
		return true
	}
	return r >= 0xE0000 && r <= 0xE007F
}

// replace writes the text with its spans replaced. Overlapping ones become
// one, of the kind that was found first.
func (f *finder) replace() (string, []Kind) {
	slices.SortStableFunc(f.spans, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	var kinds []Kind
	at := 0
	for i := 0; i < len(f.spans); {
		sp := f.spans[i]
		for i++; i < len(f.spans) && f.spans[i].from <= sp.to; i++ {
			next := f.spans[i]
			if next.from == sp.to && next.kind != sp.kind {
				break
			}
			sp.to = max(sp.to, next.to)
			if sp.quiet && !next.quiet {
				sp.kind, sp.quiet = next.kind, false
			}
		}
		b.WriteString(f.s[at:sp.from])
		b.WriteString(removed(sp.kind))
		at = sp.to
		if !sp.quiet && !slices.Contains(kinds, sp.kind) {
			kinds = append(kinds, sp.kind)
		}
	}
	b.WriteString(f.s[at:])
	return b.String(), kinds
}

// Inbound takes the secrets out of everything of an event that a person wrote
// or may have: text, edit or caption, file names, the display name, a deep
// link's payload, facts, and what an operator wrote. Event.Removed names what
// was taken out of the text and the file names, for these the customer has just
// sent and is told so. expects is what the customer is typing elsewhere:
// "code", "password", "both" or "". in is not changed.
//
// Ids, keys and tokens of buttons stay as they are: they are compared, and one
// that is not the platform's or ours matches nothing.
func Inbound(in bot.Inbound, expects string) bot.Inbound {
	c := Context{ExpectCode: expects == "code" || expects == "both", ExpectPassword: expects == "password" || expects == "both"}
	ev := in.Event
	ev.Removed = slices.Clone(ev.Removed)
	sent := func(s string, of func(string, Context) (string, []Kind)) string {
		out, kinds := of(s, c)
		for _, k := range kinds {
			if !slices.Contains(ev.Removed, string(k)) {
				ev.Removed = append(ev.Removed, string(k))
			}
		}
		return out
	}
	ev.Text = sent(ev.Text, Text)
	ev.Attachments = slices.Clone(ev.Attachments)
	for i := range ev.Attachments {
		ev.Attachments[i].Name = sent(ev.Attachments[i].Name, fileName)
	}
	ev.Payload = quietly(ev.Payload)
	ev.Facts = facts(ev.Facts)
	if ev.Operator != nil {
		op := *ev.Operator
		op.Text, op.Name, op.Facts = quietly(op.Text), quietly(op.Name), facts(op.Facts)
		ev.Operator = &op
	}
	in.Name = quietly(in.Name)
	in.Event = ev
	return in
}

// fileName is Text for the name of a file, in which words are glued with
// underscores and the last one with its ending: "card_4111111111111111.png".
// One with an ending was named by a camera or a program, or on purpose: it is
// not what the customer is typing elsewhere.
func fileName(s string, c Context) (clean string, kinds []Kind) {
	if n := len(path.Ext(s)); n >= 3 && n <= 5 {
		c = Context{}
	}
	clean, kinds = Text(s, c)
	apart := []byte(clean)
	for i, b := range apart {
		if b == '_' || b == '.' {
			apart[i] = ' '
		}
	}
	f := finder{s: string(apart)}
	f.words()
	f.find()
	if len(f.spans) == 0 {
		return clean, kinds
	}
	f.s = clean // the spans fit, for nothing was moved
	clean, more := f.replace()
	return clean, append(kinds, more...)
}

func quietly(s string) string {
	s, _ = Text(s, Context{})
	return s
}

func facts(m map[string]string) map[string]string {
	m = maps.Clone(m)
	for k, v := range m {
		m[k] = quietly(v)
	}
	return m
}
