// Package match is the built-in matcher.
package match

import (
	"context"

	"latchkey/bot"
	"latchkey/knowledge"
)

// Options are the thresholds.
type Options struct{}

// Matcher reads texts.
type Matcher struct{}

// New trains a matcher.
func New(ex []knowledge.Example, opts Options) *Matcher { return &Matcher{} }

// Match reads text within scope.
func (m *Matcher) Match(ctx context.Context, text string, scope knowledge.Scope) (bot.Reading, error) {
	return bot.Reading{Verdict: bot.None}, nil
}
