// Package match is the built-in matcher: it compares what a customer wrote
// with the phrases of a pack, as bags of words and of pieces of words, and
// says which flow, built-in word or answer is meant, or honestly that none is.
//
// It needs no network, no model and no word lists; typos, missing accents,
// another word order and Russian in Latin letters are all the same to it,
// because pieces of words survive them. It does not know what words mean: a
// thought in words that no phrase has is not understood. That is the task of
// vectors, behind the same contract.
package match

import (
	"cmp"
	"context"
	"slices"

	"latchkey/bot"
	"latchkey/flows"
	"latchkey/knowledge"
)

// Options are the thresholds of the verdict. The zero value of each means the
// default.
type Options struct {
	Sure   float64 // score from which the best one is meant; 0 = 0.46
	Margin float64 // by which it must lead the second; 0 = 0.10
	Unsure float64 // score from which candidates are worth asking about; 0 = 0.30
}

// Matcher implements knowledge.Matcher. It is safe for concurrent use.
type Matcher struct {
	o        Options
	space    *space
	classes  []class
	examples []example
	langs    *languages
}

var _ knowledge.Matcher = (*Matcher)(nil)

// class is one thing that can be meant.
type class struct {
	kind bot.CandidateKind
	id   string
}

// example is a known phrase.
type example struct {
	class int
	text  string
	not   bool
}

// New trains a matcher on examples. It takes milliseconds for a pack.
func New(ex []knowledge.Example, o Options) *Matcher {
	if o.Sure == 0 {
		o.Sure = 0.46
	}
	if o.Margin == 0 {
		o.Margin = 0.10
	}
	if o.Unsure == 0 {
		o.Unsure = 0.30
	}
	m := &Matcher{o: o, langs: newLanguages(ex)}
	at := map[class]int{}
	texts := make([]string, 0, len(ex))
	for _, e := range ex {
		c := class{e.Kind, e.ID}
		i, ok := at[c]
		if !ok {
			i = len(m.classes)
			at[c] = i
			m.classes = append(m.classes, c)
		}
		m.examples = append(m.examples, example{class: i, text: e.Text, not: e.Not})
		texts = append(texts, e.Text)
	}
	m.space = newSpace(texts)
	return m
}

// Match implements knowledge.Matcher.
func (m *Matcher) Match(ctx context.Context, text string, sc knowledge.Scope) (bot.Reading, error) {
	if err := ctx.Err(); err != nil {
		return bot.Reading{}, err
	}
	r := bot.Reading{Verdict: bot.None, Lang: m.langs.of(text)}
	if flows.Fold(text) == "" {
		return r, nil
	}
	cands := m.rank(text)
	cands = append(cands, m.options(text, sc)...)
	slices.SortStableFunc(cands, func(a, b bot.Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	cands = slices.DeleteFunc(cands, func(c bot.Candidate) bool { return c.Score < m.o.Unsure })
	if len(cands) > 5 {
		cands = cands[:5]
	}
	r.Candidates = cands
	r.Verdict = m.verdict(cands)
	return r, nil
}

// verdict judges a ranking.
func (m *Matcher) verdict(cs []bot.Candidate) bot.Verdict {
	if len(cs) == 0 {
		return bot.None
	}
	second := 0.0
	if len(cs) > 1 {
		second = cs[1].Score
	}
	if cs[0].Score >= m.o.Sure && cs[0].Score-second >= m.o.Margin {
		return bot.Sure
	}
	return bot.Unsure
}

// wordBar is the score from which a built-in word is taken to be said in a
// sentence of its own: below it, "my phone number, how do I go back" would
// be a command.
const wordBar = 0.62

// rank scores every class: by its nearest phrase, backed by the next ones,
// less what its near misses are nearer.
func (m *Matcher) rank(text string) []bot.Candidate {
	sims := m.space.similar(text)
	type best struct {
		first, second, not float64
		phrase             string
	}
	by := make([]best, len(m.classes))
	for i, s := range sims {
		if s == 0 {
			continue
		}
		e := &m.examples[i]
		b := &by[e.class]
		switch {
		case e.not:
			b.not = max(b.not, s)
		case s > b.first:
			b.first, b.second, b.phrase = s, b.first, e.text
		case s > b.second:
			b.second = s
		}
	}
	var out []bot.Candidate
	for i, b := range by {
		if b.first == 0 {
			continue
		}
		score := 0.85*b.first + 0.15*b.second
		if b.first > 0.95 { // the phrase itself
			score = b.first
		}
		if b.not > b.first {
			score -= 0.6*(b.not-b.first) + 0.08
		}
		c := m.classes[i]
		if c.kind == bot.CandidateWord && score < wordBar || score <= 0 {
			continue
		}
		out = append(out, bot.Candidate{Kind: c.kind, ID: c.id, Score: min(score, 1), Phrase: b.phrase})
	}
	return out
}

// options scores the answers to the waiting question.
func (m *Matcher) options(text string, sc knowledge.Scope) []bot.Candidate {
	if len(sc.Options) == 0 {
		return nil
	}
	q := m.space.vector(text)
	var out []bot.Candidate
	for _, o := range sc.Options {
		best, phrase := 0.0, ""
		for _, w := range o.Words {
			if s := cosine(q, m.space.vector(w)); s > best {
				best, phrase = s, w
			}
		}
		if best >= m.o.Unsure {
			out = append(out, bot.Candidate{Kind: bot.CandidateOption, ID: o.ID, Score: min(best, 1), Phrase: phrase})
		}
	}
	return out
}
