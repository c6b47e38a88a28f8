package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"latchkey/bot/store"
)

// popular knows which flows customers come for, by the newest conversations.
type popular struct {
	store store.Store
	now   func() time.Time

	mu    sync.Mutex
	at    time.Time
	flows map[string]int
}

// popularOf is how many conversations are looked at, popularFor how long what
// was seen counts.
const (
	popularOf  = 500
	popularFor = 10 * time.Minute
)

// uses is how many of the newest conversations came for each flow. When the
// store cannot be read, what was known before counts.
func (p *popular) uses(ctx context.Context) map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); now.Sub(p.at) >= popularFor || p.at.IsZero() {
		if flows, err := p.count(ctx); err == nil {
			p.flows = flows
		}
		p.at = now
	}
	return p.flows
}

func (p *popular) count(ctx context.Context) (map[string]int, error) {
	var cs []store.Conversation
	err := p.store.View(ctx, func(tx store.Tx) error {
		var err error
		cs, err = tx.Recent(popularOf)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the newest conversations: %w", err)
	}
	out := map[string]int{}
	for _, c := range cs {
		var s struct {
			Goal string `json:"goal"`
		}
		if json.Unmarshal(c.State, &s) == nil && s.Goal != "" {
			out[s.Goal]++
		}
	}
	return out, nil
}
