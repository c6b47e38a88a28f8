package pump

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"latchkey/bot"
	"latchkey/bot/channel"
)

// keyed is a rate limit for each of many, such as customers. Who has been
// quiet for long enough is forgotten.
type keyed struct {
	every time.Duration
	burst int

	mu    sync.Mutex
	by    map[string]*bucket
	swept time.Time
}

type bucket struct {
	*rate.Limiter
	used time.Time
	told bool // the customer was told that the limit is reached
}

// newKeyed allows burst at once and perMinute in a minute.
func newKeyed(perMinute, burst int) *keyed {
	return &keyed{every: time.Minute / time.Duration(perMinute), burst: burst, by: map[string]*bucket{}}
}

// allow tells whether one more may pass. first is true for the first one that
// may not, since the last that did.
func (k *keyed) allow(key string, now time.Time) (ok, first bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.forget(now)
	b := k.by[key]
	if b == nil {
		b = &bucket{Limiter: rate.NewLimiter(rate.Every(k.every), k.burst)}
		k.by[key] = b
	}
	b.used = now
	if b.AllowN(now, 1) {
		b.told = false
		return true, false
	}
	first, b.told = !b.told, true
	return false, first
}

// forget drops those whose bucket is full again: they are as good as new.
func (k *keyed) forget(now time.Time) {
	full := k.every * time.Duration(k.burst)
	if now.Sub(k.swept) < full {
		return
	}
	k.swept = now
	for key, b := range k.by {
		if now.Sub(b.used) > full {
			delete(k.by, key)
		}
	}
}

// pacer keeps a channel's messages to the platform's speed, known in advance
// and told by the platform.
type pacer struct {
	limits channel.Limits
	all    *rate.Limiter

	mu     sync.Mutex
	by     map[bot.ConversationID]*bucket
	paused time.Time // nothing at all before
	swept  time.Time
}

func newPacer(l channel.Limits) *pacer {
	return &pacer{limits: l, all: limiter(l.Channel), by: map[bot.ConversationID]*bucket{}}
}

func limiter(r channel.Rate) *rate.Limiter {
	if r.Every <= 0 {
		return rate.NewLimiter(rate.Inf, 1)
	}
	return rate.NewLimiter(rate.Every(r.Every), max(r.Burst, 1))
}

// pause stops the whole channel until a moment.
func (p *pacer) pause(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until.After(p.paused) {
		p.paused = until
	}
}

// free tells whether a message could leave at once.
func (p *pacer) free(c bot.ConversationID, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.by[c]
	return !now.Before(p.paused) && p.all.TokensAt(now) >= 1 && (b == nil || b.TokensAt(now) >= 1)
}

// wait returns when one message may leave.
func (p *pacer) wait(ctx context.Context, c bot.ConversationID) error {
	for {
		p.mu.Lock()
		left := time.Until(p.paused)
		p.mu.Unlock()
		if left <= 0 {
			break
		}
		if err := sleep(ctx, left); err != nil {
			return err
		}
	}
	if err := p.conversation(c).Wait(ctx); err != nil {
		return err
	}
	return p.all.Wait(ctx)
}

func (p *pacer) conversation(c bot.ConversationID) *rate.Limiter {
	if p.limits.Conversation.Every <= 0 {
		return rate.NewLimiter(rate.Inf, 1)
	}
	now := time.Now()
	full := p.limits.Conversation.Every * time.Duration(max(p.limits.Conversation.Burst, 1))
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.swept) > max(full, time.Minute) {
		p.swept = now
		for id, b := range p.by {
			if now.Sub(b.used) > full {
				delete(p.by, id)
			}
		}
	}
	b := p.by[c]
	if b == nil {
		b = &bucket{Limiter: limiter(p.limits.Conversation)}
		p.by[c] = b
	}
	b.used = now
	return b.Limiter
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
