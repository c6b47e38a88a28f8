// Package match is the built-in matcher: it compares what a customer wrote
// with the phrases of a pack, as bags of words and of pieces of words, and
// says which flow, built-in word or answer is meant, or honestly that none is.
//
// A Matcher is trained on phrases alone, in a tenth of a second. It needs no
// network, no model and no word lists; typos, missing accents, another word
// order and Russian in Latin letters are all the same to it, because enough
// pieces of words survive them. It does not know what words mean: a thought in
// words that no phrase has is not understood, and "I forgot my umbrella" looks
// to it somewhat like "I forgot my password". It knows nothing of the dialogue but
// the Scope it is given, and never chooses: it ranks, and tells how sure it is.
package match

import (
	"context"

	"latchkey/bot"
	"latchkey/knowledge"
)

// Options are the thresholds of the verdict, chances between 0 and 1. Zero
// means the default.
type Options struct {
	// Sure is the chance of the best candidate from which it is taken to be
	// meant. All chances together are at most 1, so the second is then far
	// behind. The default is 0.85.
	Sure float64
	// Known is the chance that anything known is meant, below which the
	// verdict is none. The default is 0.4.
	Known float64
}

// Matcher implements knowledge.Matcher. It does not change once it is trained
// and is safe for concurrent use.
type Matcher struct {
	options   Options
	index     *index
	languages *languages
}

var _ knowledge.Matcher = (*Matcher)(nil)

// New trains a matcher on the examples of one pack release. The same examples
// in the same order give the same matcher.
func New(ex []knowledge.Example, o Options) *Matcher {
	if o.Sure == 0 {
		o.Sure = 0.85
	}
	if o.Known == 0 {
		o.Known = 0.4
	}
	return &Matcher{options: o, index: newIndex(ex), languages: newLanguages(ex)}
}

// Match implements knowledge.Matcher. It looks at the first 120 words; the
// only error is that of ctx. A reading with verdict none still names what is
// nearest, if anything is near at all, so that the customer can be asked.
func (m *Matcher) Match(ctx context.Context, text string, sc knowledge.Scope) (bot.Reading, error) {
	if err := ctx.Err(); err != nil {
		return bot.Reading{}, err
	}
	r := bot.Reading{Verdict: bot.None, Lang: m.languages.of(text, sc.Lang)}
	local := newNames()
	v := m.index.space.vector(text, local)
	if len(v) == 0 {
		return r, nil
	}
	cs := m.index.candidates(v)
	cs = append(cs, m.index.space.answers(v, local, sc.Options)...)
	r.Candidates, r.Verdict = m.options.judge(cs)
	return r, nil
}
