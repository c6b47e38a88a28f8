package openai

import (
	"sync"
	"time"
)

// Budget bounds how often a model is asked by this node. 0 = the default.
type Budget struct {
	Conversation int // in an hour of one conversation; 0 = 10
	Hour         int // 0 = 300
	Day          int // 0 = 3000
}

func (b Budget) orDefault() Budget {
	or := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	or(&b.Conversation, 10)
	or(&b.Hour, 300)
	or(&b.Day, 3000)
	return b
}

// spent is what was used since a moment.
type spent struct {
	since time.Time
	n     int
}

// allows tells whether one more stays within limit for the span, which begins
// anew when it is over.
func (s *spent) allows(now time.Time, span time.Duration, limit int) bool {
	if now.Sub(s.since) >= span || now.Before(s.since) {
		*s = spent{since: now}
	}
	return s.n < limit
}

// meter keeps to a budget, and pauses after failures: a broken server must not
// make every customer wait for its time limit.
type meter struct {
	budget Budget

	mu            sync.Mutex
	hour, day     spent
	conversations map[string]spent
	failures      int
	until         time.Time // paused
}

const (
	// maxMetered bounds the conversations that are remembered; beyond, those
	// whose hour is over are forgotten.
	maxMetered = 10_000
	firstPause = 8 * time.Second
	maxPause   = time.Minute
)

// take counts one question, or says why it must not be asked.
func (m *meter) take(conversation string, now time.Time) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Before(m.until) {
		return "paused"
	}
	if len(m.conversations) >= maxMetered {
		for k, s := range m.conversations {
			if now.Sub(s.since) >= time.Hour {
				delete(m.conversations, k)
			}
		}
	}
	c, known := m.conversations[conversation]
	if !known && len(m.conversations) >= maxMetered {
		return "budget"
	}
	ok := c.allows(now, time.Hour, m.budget.Conversation)
	ok = m.hour.allows(now, time.Hour, m.budget.Hour) && ok
	ok = m.day.allows(now, 24*time.Hour, m.budget.Day) && ok
	if !ok {
		return "budget"
	}
	c.n, m.hour.n, m.day.n = c.n+1, m.hour.n+1, m.day.n+1
	m.conversations[conversation] = c
	return ""
}

// failed pauses, twice as long after each failure in a row.
func (m *meter) failed(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failures++
	m.until = now.Add(min(maxPause, firstPause<<min(m.failures-1, 10)))
}

func (m *meter) worked() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failures, m.until = 0, time.Time{}
}
