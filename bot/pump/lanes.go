package pump

import (
	"context"
	"sync"
	"time"

	"latchkey/bot"
)

// laneFunc does the next piece of work of one conversation. again says that
// there may be more at once; after, if not zero, when to look again. Without
// either the lane ends until somebody pokes it.
type laneFunc func(ctx context.Context, c bot.ConversationID) (again bool, after time.Duration)

// lanes runs work of the same conversation one after the other and that of
// different ones at once. A conversation without work costs nothing: its lane
// ends.
type lanes struct {
	fn   laneFunc
	slot chan struct{} // bounds how many work at the same time

	mu       sync.Mutex
	ctx      context.Context // of the program's life; nil before start
	busy     map[bot.ConversationID]*lane
	draining bool
	wg       sync.WaitGroup
}

type lane struct {
	poked bool
	wake  chan struct{} // capacity 1
}

func newLanes(most int, fn laneFunc) *lanes {
	return &lanes{fn: fn, slot: make(chan struct{}, most), busy: map[bot.ConversationID]*lane{}}
}

// start lets lanes run until ctx ends.
func (l *lanes) start(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ctx = ctx
}

// poke says that a conversation may have work. It never blocks.
func (l *lanes) poke(c bot.ConversationID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx == nil || l.ctx.Err() != nil || l.draining {
		return // what waits is in the store; the next start finds it
	}
	if ln := l.busy[c]; ln != nil {
		ln.poked = true
		select {
		case ln.wake <- struct{}{}:
		default:
		}
		return
	}
	ln := &lane{wake: make(chan struct{}, 1)}
	l.busy[c] = ln
	l.wg.Add(1)
	go l.run(l.ctx, c, ln)
}

func (l *lanes) run(ctx context.Context, c bot.ConversationID, ln *lane) {
	defer l.wg.Done()
	for {
		l.mu.Lock()
		ln.poked = false
		l.mu.Unlock()
		again, after := l.one(ctx, c)
		if again && ctx.Err() == nil && !l.isDraining() {
			continue
		}
		if after > 0 && !again {
			l.pause(ctx, ln, after)
			continue
		}
		l.mu.Lock()
		if !ln.poked || l.draining || ctx.Err() != nil {
			delete(l.busy, c)
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()
	}
}

func (l *lanes) isDraining() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.draining
}

// one runs the function when there is room.
func (l *lanes) one(ctx context.Context, c bot.ConversationID) (bool, time.Duration) {
	select {
	case l.slot <- struct{}{}:
	case <-ctx.Done():
		return false, 0
	}
	defer func() { <-l.slot }()
	return l.fn(ctx, c)
}

// pause waits until a moment, a poke or the end.
func (l *lanes) pause(ctx context.Context, ln *lane, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ln.wake:
	case <-ctx.Done():
	}
}

// has tells whether a conversation is being worked on.
func (l *lanes) has(c bot.ConversationID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.busy[c] != nil
}

// len is how many conversations are being worked on.
func (l *lanes) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.busy)
}

// drain lets the work in progress end, and no new begin, until ctx ends.
func (l *lanes) drain(ctx context.Context) {
	l.mu.Lock()
	l.draining = true
	for _, ln := range l.busy {
		select {
		case ln.wake <- struct{}{}:
		default:
		}
	}
	l.mu.Unlock()
	done := make(chan struct{})
	go func() {
		l.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// wait returns when no lane runs any more. Its context must have ended.
func (l *lanes) wait() { l.wg.Wait() }
