package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"latchkey/bot/store"
	"latchkey/flows"
	"latchkey/knowledge"
	"latchkey/knowledge/openai"
)

// vectorScope is where the store keeps vectors of the pack's own texts.
const vectorScope = "embeddings"

// keepVectors is how long a vector that nobody asks for is kept: each start
// renews what it uses only by making it anew, so this bounds what is left over
// from old packs and models.
const keepVectors = 180 * 24 * time.Hour

// vectorCache keeps vectors in the store's memory.
type vectorCache struct {
	store store.Store
	now   func() time.Time
}

var _ openai.Cache = vectorCache{}

// Vectors implements openai.Cache.
func (c vectorCache) Vectors(ctx context.Context, keys []string) (map[string][]byte, error) {
	out := make(map[string][]byte, len(keys))
	err := c.store.View(ctx, func(tx store.Tx) error {
		clear(out)
		for _, k := range keys {
			v, err := tx.Recall(vectorScope, k, c.now())
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			out[k] = v
		}
		return nil
	})
	return out, err
}

// KeepVectors implements openai.Cache.
func (c vectorCache) KeepVectors(ctx context.Context, vs map[string][]byte) error {
	return c.store.Update(ctx, func(tx store.Tx) error {
		for k, v := range vs {
			if err := tx.Remember(vectorScope, k, v, c.now().Add(keepVectors)); err != nil {
				return err
			}
		}
		return nil
	})
}

// newBrain makes what reads customers' texts, as the config says.
func newBrain(ctx context.Context, e *env, cfg Config, s store.Store, reg prometheus.Registerer, log *slog.Logger) (brain, error) {
	b := brain{now: e.now}
	var err error
	if b.articles, err = articleFolder(cfg.Articles, cfg.Flows); err != nil {
		return b, err
	}
	b.problem = func(ps []flows.Problem) {
		for _, p := range ps {
			if p.Blocks() {
				log.Warn("articles are left out; latchkey check shows why", "first", p.String())
				return
			}
		}
	}
	missed := prometheus.NewCounter(prometheus.CounterOpts{Name: "latchkey_embeddings_missed_total", Help: "Texts that the embeddings server did not read in time."})
	asked := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "latchkey_llm_questions_total", Help: "Questions to the model by how they ended."}, []string{"how"})
	reg.MustRegister(missed, asked)
	if cfg.Embeddings.BaseURL != "" {
		server, err := modelServer(e, cfg.Embeddings.BaseURL, cfg.Embeddings.Key, cfg.Embeddings.Azure)
		if err != nil {
			return b, fmt.Errorf("embeddings.key: %w", err)
		}
		em := openai.NewEmbedder(openai.EmbedOptions{Server: server, Model: cfg.Embeddings.Model, Dimensions: cfg.Embeddings.Dimensions,
			Cache: vectorCache{s, e.now}, Wait: time.Duration(cfg.Embeddings.Wait), Missed: missed.Inc})
		b.vectors = em.Live()
		b.learn = func(search *knowledge.Search) { go learn(ctx, search, em, log) }
	}
	if cfg.LLM.BaseURL != "" {
		server, err := modelServer(e, cfg.LLM.BaseURL, cfg.LLM.Key, cfg.LLM.Azure)
		if err != nil {
			return b, fmt.Errorf("llm.key: %w", err)
		}
		h := openai.NewHelper(openai.HelperOptions{Server: server, Model: cfg.LLM.Model, Wait: time.Duration(cfg.LLM.Wait), Tokens: cfg.LLM.Tokens,
			Completion: cfg.LLM.Completion, Now: e.now, Asked: func(how string) { asked.WithLabelValues(how).Inc() },
			Budget: openai.Budget{Conversation: cfg.LLM.PerConversation, Hour: cfg.LLM.PerHour, Day: cfg.LLM.PerDay}})
		if cfg.LLM.Choose {
			b.chooser = h
		}
		if cfg.LLM.Answer {
			b.answerer = func(p *flows.Pack) knowledge.Answerer {
				return h.Answerer(func(lang, words string) string { _, why := p.Objection(lang, words); return why })
			}
		}
	}
	return b, nil
}

// learnEvery is how soon the articles' vectors are asked for again when the
// server is not there yet.
const learnEvery = time.Minute

// learn gets the articles' vectors, however long the server takes to appear.
// Until then the search goes by words.
func learn(ctx context.Context, s *knowledge.Search, e knowledge.Embedder, log *slog.Logger) {
	for {
		err := s.Learn(ctx, e)
		if err == nil || ctx.Err() != nil {
			return
		}
		log.Warn("the articles' vectors are not there yet", "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(learnEvery):
		}
	}
}

// modelServer is where a model is.
func modelServer(e *env, base string, key Secret, azure string) (openai.Server, error) {
	k, err := key.resolve(e.get)
	return openai.Server{BaseURL: base, Key: k, Azure: azure}, err
}
