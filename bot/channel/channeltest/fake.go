// Package channeltest holds what tests of channels and of the pump share: a
// platform whose behaviour is written down beforehand.
package channeltest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"latchkey/bot"
	"latchkey/bot/channel"
)

// Reply is how the platform answers one call.
type Reply struct {
	// Err is returned to the caller; nil = the message was taken.
	Err error
	// Shown is set when the customer saw the message although the call failed,
	// as with a connection that was reset after the request had left.
	Shown bool
	// After is how long the platform takes; the call ends early when its
	// context does.
	After time.Duration
}

// The answers that platforms give.
var (
	OK = Reply{}
	// ServerError passes by itself: HTTP 5xx.
	ServerError = Reply{Err: errors.New("platform answered 502")}
	// Reset is a connection lost after the request had left.
	Reset = Reply{Err: &bot.UncertainError{Err: errors.New("connection reset")}, Shown: true}
	// Blocked is a customer who does not want the bot any more.
	Blocked = Reply{Err: &bot.GoneError{Err: errors.New("blocked by the user")}}
	// Refused is a message that the platform does not take in this form.
	Refused = Reply{Err: &bot.InvalidError{Err: errors.New("invalid_blocks")}}
	// Hang is a platform that takes the request and never answers.
	Hang = Reply{After: time.Hour, Shown: true}
)

// TooFast is HTTP 429: come back after a while. all means the whole bot.
func TooFast(after time.Duration, all bool) Reply {
	return Reply{Err: &bot.RetryError{After: after, All: all, Err: errors.New("platform answered 429")}}
}

// Seen is one message as the customer saw it.
type Seen struct {
	At  time.Time
	Out bot.Outgoing
}

// Platform is a channel with a platform behind it that does what it is told.
type Platform struct {
	limits channel.Limits
	script func(bot.Outgoing, int) Reply

	mu     sync.Mutex
	accept channel.AcceptFunc
	ready  chan struct{}
	tries  map[int64]int
	seen   []Seen
	calls  []time.Time
	busy   map[bot.ConversationID]bool
	broken []string
}

var _ channel.Channel = (*Platform)(nil)

// New makes a platform. script says how it answers the n-th try (from 1) of a
// message; nil takes everything.
func New(limits channel.Limits, script func(m bot.Outgoing, n int) Reply) *Platform {
	if script == nil {
		script = func(bot.Outgoing, int) Reply { return OK }
	}
	return &Platform{limits: limits, script: script, ready: make(chan struct{}), tries: map[int64]int{}, busy: map[bot.ConversationID]bool{}}
}

// Name implements channel.Channel.
func (p *Platform) Name() string { return "fake" }

// Limits implements channel.Channel.
func (p *Platform) Limits() channel.Limits { return p.limits }

// Run implements channel.Channel.
func (p *Platform) Run(ctx context.Context, accept channel.AcceptFunc) error {
	p.mu.Lock()
	p.accept = accept
	close(p.ready)
	p.mu.Unlock()
	<-ctx.Done()
	return nil
}

// Deliver hands an event over, the way a platform does: again and again until
// it is taken or ctx ends.
func (p *Platform) Deliver(ctx context.Context, in bot.Inbound) error {
	<-p.ready
	p.mu.Lock()
	accept := p.accept
	p.mu.Unlock()
	in.Channel = "fake"
	for {
		err := accept(ctx, in)
		if err == nil || ctx.Err() != nil {
			return err
		}
		pause := time.NewTimer(10 * time.Millisecond)
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
		pause.Stop()
	}
}

// Send implements channel.Channel. It notes what breaks the contract: two
// calls at once for one conversation.
func (p *Platform) Send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error) {
	p.mu.Lock()
	if p.busy[m.Conversation] {
		p.broken = append(p.broken, fmt.Sprintf("two messages at once to %s", m.Conversation))
	}
	p.busy[m.Conversation] = true
	p.tries[m.ID]++
	r := p.script(m, p.tries[m.ID])
	p.calls = append(p.calls, time.Now())
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.busy[m.Conversation] = false
	}()
	if r.Err == nil && r.After == 0 || r.Shown {
		p.show(m)
	}
	if r.After > 0 {
		t := time.NewTimer(r.After)
		defer t.Stop()
		select {
		case <-t.C:
			if !r.Shown && r.Err == nil {
				p.show(m)
			}
		case <-ctx.Done():
			return bot.Receipt{}, ctx.Err()
		}
	}
	if r.Err != nil {
		return bot.Receipt{}, r.Err
	}
	return bot.Receipt{Message: bot.MessageID(fmt.Sprint("p", m.ID)), At: time.Now()}, nil
}

func (p *Platform) show(m bot.Outgoing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = append(p.seen, Seen{At: time.Now(), Out: m})
}

// Seen is what one customer saw, in order.
func (p *Platform) Seen(c bot.ConversationID) []Seen {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Seen
	for _, s := range p.seen {
		if s.Out.Conversation == c {
			out = append(out, s)
		}
	}
	return out
}

// Calls are the moments at which the platform was called.
func (p *Platform) Calls() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]time.Time(nil), p.calls...)
}

// Broken lists what broke the contract of Send.
func (p *Platform) Broken() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.broken...)
}
