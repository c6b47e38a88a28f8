package knowledge

import (
	"context"
	"errors"
	"slices"

	"latchkey/bot"
)

// Question is what a helper is asked: words after the secret filter, and what
// was found. Nothing else of the customer is in it.
type Question struct {
	Conversation string // opaque: for budgets alone, never sent
	Text         string
	Lang         string
	Flow         string        // title of the flow in progress, or ""
	Passages     []bot.Passage // what an answer may be made of
	Choices      []Choice      // what may be meant
}

// Choice is one thing that a question may mean.
type Choice struct{ ID, Title string }

// ErrNoAnswer says that a helper has nothing that can be vouched for.
var ErrNoAnswer = errors.New("no answer")

// Answerer makes an answer from the found passages alone.
type Answerer interface {
	// Answer returns the words, checked against the passages, and the index of
	// the passage that they rest on most. ErrNoAnswer, or why it failed.
	Answer(ctx context.Context, q Question) (text string, from int, err error)
}

// Chooser tells which of the choices a question means.
type Chooser interface {
	// Choose returns the index of a choice. ErrNoAnswer when none is meant.
	Choose(ctx context.Context, q Question) (int, error)
}

// Reader joins a matcher with the search in articles and, where configured,
// with vectors and a model. It implements Matcher. Only the matcher is needed;
// whatever of the rest fails leaves the matcher's reading as it is.
type Reader struct {
	Matcher  Matcher
	Search   *Search
	Vectors  Embedder // of customers' texts; nil = none
	Answerer Answerer
	Chooser  Chooser
	// Title is the words for a candidate in a language, "" for one that must
	// not be chosen.
	Title func(c bot.Candidate, lang string) string
}

var _ Matcher = (*Reader)(nil)

// found is how many passages a reading carries, and how sure a reading says it
// is of what a model chose or answered: just enough.
const (
	found    = 3
	byHelper = 0.85
)

// Match implements Matcher. What a model says is part of the reading and so of
// the recorded event.
func (r *Reader) Match(ctx context.Context, text string, sc Scope) (bot.Reading, error) {
	out, err := r.Matcher.Match(ctx, text, sc)
	if err != nil || r.Search == nil {
		return out, err
	}
	lang := out.Lang
	if lang == "" {
		lang = sc.Lang
	}
	article := slices.IndexFunc(out.Candidates, func(c bot.Candidate) bool { return c.Kind == bot.CandidateArticle })
	sure := out.Verdict == bot.Sure
	if sure && article != 0 || sc.Typed && !sure {
		return out, nil // a flow, a word or an answer; or a text that is nobody else's business
	}
	var vector []float32
	if r.Vectors != nil && !sure {
		if vs, err := r.Vectors.Embed(ctx, []string{text}); err == nil && len(vs) == 1 {
			vector = vs[0]
		}
	}
	r.addPassages(&out, text, vector, lang)
	if !sure {
		r.help(ctx, &out, text, lang, sc)
	}
	return out, nil
}

// addPassages puts in what the candidates name and then what the search finds.
func (r *Reader) addPassages(out *bot.Reading, text string, vector []float32, lang string) {
	has := func(id string) bool {
		return slices.ContainsFunc(out.Passages, func(p bot.Passage) bool { return p.Article == id })
	}
	for _, c := range out.Candidates {
		if c.Kind != bot.CandidateArticle || len(out.Passages) == found {
			continue
		}
		if p, ok := r.Search.articles.Passage(c.ID, lang, r.Search.base); ok {
			out.Passages = append(out.Passages, p)
		}
	}
	for _, p := range r.Search.Find(text, vector, lang, found) {
		if len(out.Passages) < found && !has(p.Article) {
			out.Passages = append(out.Passages, p)
		}
	}
}

// help asks the model, which may choose among the candidates or answer from
// the passages.
func (r *Reader) help(ctx context.Context, out *bot.Reading, text, lang string, sc Scope) {
	q := Question{Conversation: sc.Conversation, Text: text, Lang: lang, Passages: out.Passages}
	if r.Title != nil && sc.Flow != "" {
		q.Flow = r.Title(bot.Candidate{Kind: bot.CandidateFlow, ID: sc.Flow}, lang)
	}
	if r.Chooser != nil && r.Title != nil && out.Verdict == bot.Unsure {
		var at []int
		for i, c := range out.Candidates {
			if title := r.Title(c, lang); title != "" {
				at = append(at, i)
				q.Choices = append(q.Choices, Choice{ID: c.ID, Title: title})
			}
		}
		if len(at) > 1 {
			if i, err := r.Chooser.Choose(ctx, q); err == nil && i >= 0 && i < len(at) {
				r.promote(out, out.Candidates[at[i]], at[i])
				return
			}
		}
	}
	if r.Answerer == nil || len(out.Passages) == 0 {
		return
	}
	words, from, err := r.Answerer.Answer(ctx, q)
	if err != nil || from < 0 || from >= len(out.Passages) {
		return
	}
	p := out.Passages[from]
	composed := p
	composed.Text, composed.Composed = words, true
	composed.Article = "answer:" + p.Article
	out.Passages = append([]bot.Passage{composed}, slices.DeleteFunc(slices.Clone(out.Passages), func(x bot.Passage) bool { return x.Article == p.Article })...)
	// The article itself is what comes next when the answer did not help.
	out.Passages = slices.Insert(out.Passages, 1, p)[:min(found, len(out.Passages)+1)]
	r.promote(out, bot.Candidate{Kind: bot.CandidateArticle, ID: composed.Article}, -1)
}

// promote makes a candidate the one that is meant.
func (r *Reader) promote(out *bot.Reading, c bot.Candidate, at int) {
	if at >= 0 {
		out.Candidates = slices.Delete(slices.Clone(out.Candidates), at, at+1)
	}
	c.Score = max(c.Score, byHelper)
	out.Candidates = append([]bot.Candidate{c}, out.Candidates...)
	out.Candidates = out.Candidates[:min(len(out.Candidates), 5)]
	out.Verdict = bot.Sure
}
