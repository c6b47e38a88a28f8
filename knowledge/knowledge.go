// Package knowledge is what Latchkey understands: the contract of a matcher
// that reads a customer's words. It does no I/O and reads no clock.
package knowledge

import (
	"context"

	"latchkey/bot"
)

// Matcher reads a text. A matcher is built for one pack release and is safe
// for concurrent use.
type Matcher interface {
	// Match ranks what text may mean within scope. It never returns an error
	// for what a customer wrote: a text it cannot read is a Reading with
	// verdict None, which may still name what is nearest. Errors are for a
	// matcher that could not work at all.
	Match(ctx context.Context, text string, scope Scope) (bot.Reading, error)
}

// Example is one known phrase.
type Example struct {
	Kind bot.CandidateKind // flow, word or article
	ID   string
	Lang string
	Text string
	// Not marks a near miss: a text like this must not lead to ID.
	Not bool
}

// Scope is what the conversation waits for while a text is read.
type Scope struct {
	// Conversation is an opaque name for budgets; "" = all share one.
	Conversation string
	Lang         string   // the conversation's language, "" when not known yet
	Flow         string   // the flow in progress, or ""
	Options      []Option // answers to the waiting question, none at the top
	// Typed says that the waiting question wants an answer in writing, such as
	// a name: the text is then hardly a question, and nobody else's business.
	Typed bool
}

// Option is one answer to the waiting question with the words for it.
type Option struct {
	ID    string
	Words []string // label and synonyms in the conversation's language
}
