package main

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/flows"
	"latchkey/knowledge"
	"latchkey/knowledge/articles"
	"latchkey/knowledge/match"
)

// articleFolder is the folder of articles: the one named; the bundled ones
// with the bundled pack; nil with a pack of one's own.
func articleFolder(dir, pack string) (fs.FS, error) {
	switch {
	case dir == "" && pack == "":
		return articles.Bundled(), nil
	case dir == "":
		return nil, nil
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("cannot open the articles folder %q: it does not exist or is no folder", dir)
	}
	return os.DirFS(dir), nil
}

// brain makes the matcher of a pack release from what is configured.
type brain struct {
	articles fs.FS // nil = none
	now      func() time.Time
	helper                             // the model server, all nil without one
	problem  func(ps []flows.Problem)  // told of articles that cannot be used; nil = nobody
	learn    func(s *knowledge.Search) // has the articles' vectors learnt; nil = no vectors
}

// helper is what a model server does.
type helper struct {
	vectors  knowledge.Embedder
	answerer func(p *flows.Pack) knowledge.Answerer
	chooser  knowledge.Chooser
}

// matcher trains the matcher on a pack's phrases and words and on the
// questions of the articles. Articles that do not fit the pack are left out as
// a whole: they would lead to flows that are not there.
func (b brain) matcher(p *flows.Pack) knowledge.Matcher {
	if b.articles == nil {
		return newMatcher(p)
	}
	as, ps := knowledge.LoadArticles(b.articles, p, b.now())
	if as == nil {
		if b.problem != nil {
			b.problem(ps)
		}
		return newMatcher(p)
	}
	s := knowledge.NewSearch(as, p.Base)
	if b.learn != nil {
		b.learn(s)
	}
	r := &knowledge.Reader{
		Matcher: match.New(append(dialogue.Examples(p), as.Examples()...), match.Options{}),
		Search:  s, Vectors: b.vectors, Chooser: b.chooser,
		Title: func(c bot.Candidate, lang string) string { return candidateTitle(p, as, c, lang) },
	}
	if b.answerer != nil {
		r.Answerer = b.answerer(p)
	}
	return r
}

// candidateTitle is a candidate in words, "" for what a model must not choose:
// words that act at once, and answers to the open question.
func candidateTitle(p *flows.Pack, as *knowledge.Articles, c bot.Candidate, lang string) string {
	switch c.Kind {
	case bot.CandidateFlow:
		if f := p.Flows[c.ID]; f != nil {
			return f.Title.In(lang)
		}
	case bot.CandidateArticle:
		if x, ok := as.Passage(c.ID, lang, p.Base); ok {
			return x.Title
		}
	}
	return ""
}
