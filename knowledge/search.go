package knowledge

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"latchkey/bot"
	"latchkey/flows"
)

// Embedder turns texts into vectors of length 1, in their order.
type Embedder interface {
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// Search finds articles by words, and by meaning once it has learnt vectors.
// It is safe for concurrent use.
type Search struct {
	articles *Articles
	base     string
	entries  []entry
	idf      map[string]float64
	length   float64 // of an entry, on average
	vectors  atomic.Pointer[[][]float32]
}

// entry is one article in one language.
type entry struct {
	id, lang string
	count    map[string]float64
	length   float64
}

// Okapi BM25's usual numbers: how soon a repeated word counts no more, and how
// much a long text is held against it (Robertson and Zaragoza 2009).
const (
	saturate = 1.2
	lengths  = 0.75
	// ofTitle is how often a word of the title or of a question counts.
	ofTitle = 3
	// covered is the share of a question's meaningful words, weighed by how rare
	// they are, that an article must have to be found at all.
	covered = 0.4
	// alike is what meaning counts for beside words.
	alike = 0.5
)

// NewSearch makes an index of the articles; base is the language to fall back to.
func NewSearch(a *Articles, base string) *Search {
	s := &Search{articles: a, base: base, idf: map[string]float64{}}
	for _, id := range a.Order {
		for _, lang := range sortedLanguages(a.ByID[id].Words) {
			w := a.ByID[id].Words[lang]
			e := entry{id: id, lang: lang, count: map[string]float64{}}
			add := func(text string, times float64) {
				for _, t := range stems(text) {
					e.count[t] += times
					e.length += times
				}
			}
			add(w.Title, ofTitle)
			for _, q := range w.Questions {
				add(q, 1)
			}
			add(w.Text, 1)
			for t := range e.count {
				s.idf[t]++
			}
			s.length += e.length
			s.entries = append(s.entries, e)
		}
	}
	n := float64(len(s.entries))
	for t, df := range s.idf {
		s.idf[t] = math.Log(1 + (n-df+0.5)/(df+0.5))
	}
	s.length /= max(n, 1)
	return s
}

// stemRunes is how much of a word is looked at: endings vary, and more so in
// Russian and Spanish.
const stemRunes = 5

func stems(text string) []string {
	var out []string
	for _, w := range strings.Fields(flows.Fold(text)) {
		r := []rune(w)
		if len(r) < 3 {
			continue
		}
		out = append(out, string(r[:min(len(r), stemRunes)]))
	}
	return out
}

// Learn takes over the vectors of all titles and questions. Until it has
// returned nil the search goes by words alone.
func (s *Search) Learn(ctx context.Context, e Embedder) error {
	texts := make([]string, len(s.entries))
	for i, x := range s.entries {
		w := s.articles.ByID[x.id].Words[x.lang]
		texts[i] = w.Title + ". " + strings.Join(w.Questions, ". ")
	}
	vs, err := e.Embed(ctx, texts)
	if err != nil {
		return err
	}
	s.vectors.Store(&vs)
	return nil
}

// Find returns up to n passages for a question, best first, in lang. vector is
// the question's meaning, nil when it is not known. What shares too few words
// with the question is not found, whatever it may mean: nearness of vectors
// has no threshold that is the same for every model.
func (s *Search) Find(question string, vector []float32, lang string, n int) []bot.Passage {
	query := stems(question)
	slices.Sort(query)
	query = slices.Compact(query)
	total := 0.0
	for _, t := range query {
		total += s.weight(t)
	}
	if total == 0 {
		return nil
	}
	vectors := s.vectors.Load()
	score := map[string]float64{}
	for i, e := range s.entries {
		sum, has := 0.0, 0.0
		for _, t := range query {
			if f := e.count[t]; f > 0 {
				sum += s.idf[t] * f * (saturate + 1) / (f + saturate*(1-lengths+lengths*e.length/s.length))
				has += s.weight(t)
			}
		}
		if has/total < covered {
			continue
		}
		sum /= total * (saturate + 1)
		if vectors != nil && len(vector) == len((*vectors)[i]) {
			sum += alike * max(0, cosine(vector, (*vectors)[i]))
		}
		score[e.id] = max(score[e.id], sum)
	}
	ids := make([]string, 0, len(score))
	for id := range score {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(score[b], score[a]), cmp.Compare(a, b)) })
	var out []bot.Passage
	for _, id := range ids[:min(len(ids), n)] {
		if p, ok := s.articles.Passage(id, lang, s.base); ok {
			out = append(out, p)
		}
	}
	return out
}

// weight is how much a word of a question says; a word that no article has
// says as much as the rarest.
func (s *Search) weight(t string) float64 {
	if w, ok := s.idf[t]; ok {
		return w
	}
	return math.Log(1 + (float64(len(s.entries))+0.5)/0.5)
}

func cosine(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
