// Package redact finds secrets in what customers write and takes them out
// before anything is stored: passwords, one-time codes, cards, bank accounts,
// tokens, keys, recovery phrases, backup codes and links that open an account.
//
// It works on words and their neighbours, in time linear in the text, in
// English, Russian, Spanish, Portuguese and Chinese. It cannot know every
// password: one that looks like an ordinary word and stands alone is not
// found. It keeps no state and reads nothing but its arguments.
package redact

import (
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

// Text returns s without its secrets, each replaced by "[removed: kind]", and
// the kinds that were found, in order and without repeats. Characters that
// nobody sees are taken out first, so that they cannot hide anything.
func Text(s string, c Context) (clean string, kinds []Kind) {
	s = visible(s)
	if len(s) > MaxText {
		s = strings.ToValidUTF8(s[:MaxText], "")
	}
	f := finder{s: s, c: c}
	f.words()
	f.find()
	if len(f.spans) == 0 {
		return s, nil
	}
	return f.replace()
}

// visible takes out format characters that hide or reorder text: zero-width
// spaces, soft hyphens, tags, direction marks. Joiners stay, scripts and emoji
// need them.
func visible(s string) string {
	hidden := func(r rune) bool {
		switch {
		case r == 0x00AD, r == 0x200B, r == 0x2060, r == 0xFEFF, r == 0x180E:
			return true
		case r >= 0x200E && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2061 && r <= 0x206F:
			return true
		case r >= 0xE0000 && r <= 0xE007F:
			return true
		case r < ' ' && r != '\n' && r != '\t' && r != '\r', r == 0x7F:
			return true
		}
		return false
	}
	if !strings.ContainsFunc(s, hidden) {
		return strings.ToValidUTF8(s, "")
	}
	return strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if hidden(r) {
			return -1
		}
		return r
	}, s), "")
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
		b.WriteString("[removed: " + string(sp.kind) + "]")
		at = sp.to
		if !sp.quiet && !slices.Contains(kinds, sp.kind) {
			kinds = append(kinds, sp.kind)
		}
	}
	b.WriteString(f.s[at:])
	return b.String(), kinds
}

// Inbound takes the secrets out of everything of an event that a person wrote:
// text or caption, file names, the display name, a deep link's payload. What it
// took out of the text stands in Event.Removed. expects is what the customer
// is typing elsewhere: "code", "password", "both" or "".
func Inbound(in bot.Inbound, expects string) bot.Inbound {
	c := Context{ExpectCode: expects == "code" || expects == "both", ExpectPassword: expects == "password" || expects == "both"}
	ev := in.Event
	clean := func(s string, c Context) string {
		out, kinds := Text(s, c)
		for _, k := range kinds {
			if !slices.Contains(ev.Removed, string(k)) {
				ev.Removed = append(ev.Removed, string(k))
			}
		}
		return out
	}
	ev.Removed = slices.Clone(ev.Removed)
	ev.Text = clean(ev.Text, c)
	if len(ev.Attachments) > 0 {
		ev.Attachments = slices.Clone(ev.Attachments)
		for i := range ev.Attachments {
			ev.Attachments[i].Name = clean(ev.Attachments[i].Name, c)
		}
	}
	ev.Payload = clean(ev.Payload, Context{})
	in.Name = clean(in.Name, Context{})
	in.Event = ev
	return in
}
