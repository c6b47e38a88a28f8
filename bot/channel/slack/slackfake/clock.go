package slackfake

import (
	"slices"
	"sync"
	"time"
)

// Clock is the fake's time: retries, expiring trigger ids, response_urls and
// rate limits follow it. It can be moved forward by hand, so that a test need
// not wait six minutes for the last redelivery.
type Clock struct {
	mu     sync.Mutex
	still  bool // does not run by itself
	base   time.Time
	offset time.Duration
	timers []*timer
	wake   *time.Timer // the real timer of a running clock
}

type timer struct {
	at time.Time
	f  func()
}

// RunningClock follows the machine's clock and can be moved ahead of it.
func RunningClock() *Clock { return &Clock{} }

// StillClock stands at start until Advance moves it.
func StillClock(start time.Time) *Clock { return &Clock{still: true, base: start} }

// Now is the fake's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if c.still {
		return c.base.Add(c.offset)
	}
	return time.Now().Add(c.offset)
}

// Advance moves the clock by d and runs, in order, what falls due on the way,
// each thing at its own time.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	end := c.now().Add(d)
	for {
		t := c.pop(end)
		if t == nil {
			break
		}
		if ahead := t.at.Sub(c.now()); ahead > 0 {
			c.offset += ahead
		}
		c.mu.Unlock()
		t.f()
		c.mu.Lock()
	}
	if ahead := end.Sub(c.now()); ahead > 0 {
		c.offset += ahead
	}
	c.arm()
	c.mu.Unlock()
}

// pop takes the earliest timer that is due by end.
func (c *Clock) pop(end time.Time) *timer {
	if len(c.timers) == 0 || c.timers[0].at.After(end) {
		return nil
	}
	t := c.timers[0]
	c.timers = c.timers[1:]
	return t
}

// after runs f once d has passed, never in the caller's goroutine before after
// has returned. The function it returns calls f off.
func (c *Clock) after(d time.Duration, f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{at: c.now().Add(d), f: f}
	i, _ := slices.BinarySearchFunc(c.timers, t, func(a, b *timer) int {
		if a.at.After(b.at) {
			return 1
		}
		return -1 // equal times keep the order in which they were set
	})
	c.timers = slices.Insert(c.timers, i, t)
	c.arm()
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.timers = slices.DeleteFunc(c.timers, func(x *timer) bool { return x == t })
		c.arm()
	}
}

// arm sets the real timer of a running clock to the earliest thing due.
func (c *Clock) arm() {
	if c.still {
		return
	}
	if c.wake != nil {
		c.wake.Stop()
		c.wake = nil
	}
	if len(c.timers) > 0 {
		c.wake = time.AfterFunc(max(0, c.timers[0].at.Sub(c.now())), func() { c.Advance(0) })
	}
}

// stop forgets all that was set.
func (c *Clock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.timers = nil
	c.arm()
}
