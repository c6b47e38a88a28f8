package pump

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"latchkey/bot"
	"latchkey/bot/channel"
	"latchkey/bot/dialogue"
	"latchkey/bot/store"
)

const (
	maxPending = 32                     // events looked at in one go
	maxJoined  = 8                      // messages of a burst that are read as one
	maxTries   = 5                      // failed turns before an event is quarantined
	readLimit  = 8 * time.Second        // what a customer waits for at most, a model included
	typeAfter  = 400 * time.Millisecond // a turn that takes longer shows that the bot types
)

// turnLane takes the next turn of a conversation.
func (p *Pump) turnLane(ctx context.Context, id bot.ConversationID) (again bool, after time.Duration) {
	var c store.Conversation
	var pending []store.Received
	err := p.o.Store.View(ctx, func(tx store.Tx) error {
		var err error
		if pending, err = tx.Pending(id, maxPending); err != nil || len(pending) == 0 {
			return err
		}
		c, err = tx.Conversation(id)
		if errors.Is(err, store.ErrNotFound) {
			c, err = store.Conversation{ID: id, Channel: pending[0].Channel, Customer: pending[0].Customer, Name: pending[0].Name}, nil
		}
		return err
	})
	if err != nil {
		return p.stumble("look for events", id, err)
	}
	if len(pending) == 0 {
		return false, 0
	}
	if wait := pending[0].Next.Sub(p.now()); wait > 0 {
		return false, wait
	}
	mine, err := p.hold(ctx, &c)
	if err != nil {
		return p.stumble("lease the conversation", id, err)
	}
	if !mine {
		return false, 0 // the node that has it was woken by the event itself
	}
	return p.turn(ctx, c, pending)
}

// stumble says that something of our own does not work, and when to try again.
func (p *Pump) stumble(what string, id bot.ConversationID, err error) (bool, time.Duration) {
	if errors.Is(err, context.Canceled) {
		return false, 0
	}
	p.o.Log.Error("lane stumbled", "doing", what, "conversation", id, "err", err)
	return false, p.o.Sweep + rand.N(p.o.Sweep)
}

func (p *Pump) turn(ctx context.Context, c store.Conversation, pending []store.Received) (bool, time.Duration) {
	s, err := state(c)
	if err != nil {
		return p.failed(ctx, c, pending[0], err)
	}
	if pending[0].Event.Kind != bot.EventOperator {
		// The desk may have taken the conversation since the last turn; its own
		// event tells the engine the rest.
		s.Control = dialogue.Control(c.Control)
	}
	r, err := p.release(ctx, c, s)
	if err != nil {
		return p.stumble("load the pack", c.ID, err)
	}
	used, ev, wait := p.gather(r, s, pending)
	if wait > 0 {
		return false, wait
	}
	typing := p.typing(c)
	defer typing()
	if ev, err = p.resolve(ctx, c, used[0], ev); err != nil {
		return p.stumble("find the button", c.ID, err)
	}
	if ev.Kind == bot.EventText || ev.Kind == bot.EventEdited || ev.Kind == bot.EventAttachment && ev.Text != "" {
		ev.Reading = p.read(ctx, c.ID, r, s, ev.Text)
	}
	err = p.step(ctx, r, c, s, ev, used)
	switch {
	case errors.Is(err, store.ErrFenced), errors.Is(err, store.ErrUsed):
		return true, 0 // somebody else took the turn: look at what there is now
	case errors.Is(err, context.Canceled):
		return false, 0
	case err != nil:
		return p.failed(ctx, c, used[0], err)
	}
	return true, 0
}

// gather takes the oldest event, with the messages of the same burst when it
// may be one part of a thought. wait says to come back when the burst is over.
func (p *Pump) gather(r *Release, s dialogue.State, pending []store.Received) (used []store.Received, ev bot.Event, wait time.Duration) {
	head := pending[0]
	burst := r.Pack.Defaults.Burst
	if burst <= 0 || head.Tries > 0 || dialogue.Decisive(r.Pack, s, head.Event) {
		return pending[:1], head.Event, 0
	}
	n := 1
	for n < len(pending) && n < maxJoined && pending[n].Event.Kind == bot.EventText && pending[n].Tries == 0 &&
		pending[n].ReceivedAt.Sub(pending[n-1].ReceivedAt) < burst {
		n++
	}
	if n == len(pending) && n < maxJoined { // nothing else has ended the burst yet
		if left := pending[n-1].ReceivedAt.Add(burst).Sub(p.now()); left > 0 && left <= burst && !p.stopping() {
			return nil, bot.Event{}, left
		}
	}
	evs := make([]bot.Event, n)
	for i, x := range pending[:n] {
		evs[i] = x.Event
	}
	return pending[:n], dialogue.Join(evs), 0
}

// resolve finds out which choice a pressed button stands for. A token that
// this conversation never got counts as a press on a question long gone.
func (p *Pump) resolve(ctx context.Context, c store.Conversation, in store.Received, ev bot.Event) (bot.Event, error) {
	if ev.Kind != bot.EventButton || ev.Button != nil {
		return ev, nil
	}
	ev.Button = &bot.Button{Step: "gone"}
	token, index, _ := strings.Cut(in.Token, ".")
	i, err := strconv.Atoi(index)
	if err != nil {
		return ev, nil
	}
	var d store.Delivery
	err = p.o.Store.View(ctx, func(tx store.Tx) error {
		var err error
		d, err = tx.Pressed(token)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && d.Conversation != c.ID {
		return ev, nil
	}
	if err != nil {
		return ev, err
	}
	m, err := message(d)
	if err != nil {
		return ev, err
	}
	if i >= 0 && i < len(m.Choices) {
		b := m.Choices[i].Button
		ev.Button = &b
	}
	return ev, nil
}

// read lets the matcher look at a text, outside any transaction and for a
// limited time. Without a reading the engine still takes exact words.
func (p *Pump) read(ctx context.Context, id bot.ConversationID, r *Release, s dialogue.State, text string) *bot.Reading {
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	scope := dialogue.Scope(r.Pack, s)
	scope.Conversation = string(id)
	reading, err := r.Matcher.Match(ctx, text, scope)
	if err != nil {
		p.o.Metrics.unread.Inc()
		p.o.Log.Warn("text not read", "err", err)
		return nil
	}
	return &reading
}

// typing shows that the bot is at work when a turn takes time. The returned
// function says that it is over.
func (p *Pump) typing(c store.Conversation) func() {
	o := p.channels[c.Channel]
	if o == nil {
		return func() {}
	}
	t, ok := o.Channel.(channel.Typer)
	if !ok {
		return func() {}
	}
	timer := time.AfterFunc(typeAfter, func() {
		p.beside(func(ctx context.Context) {
			if err := t.Typing(ctx, c.ID); err != nil {
				p.o.Metrics.courtesies.Inc()
			}
		})
	})
	return func() { timer.Stop() }
}

// beside runs a courtesy that no turn waits for.
func (p *Pump) beside(fn func(context.Context)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closing {
		return
	}
	p.after.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		fn(ctx)
	})
}

// failed puts an event off whose turn did not work. After the last try it is
// quarantined and the conversation goes to a person.
func (p *Pump) failed(ctx context.Context, c store.Conversation, in store.Received, cause error) (bool, time.Duration) {
	if errors.Is(cause, store.ErrBusy) || errors.Is(cause, store.ErrFull) {
		return p.stumble("commit the turn", c.ID, cause) // not the event's fault
	}
	last := in.Tries+1 >= maxTries
	wait := backoff(in.Tries, time.Second, 10*time.Second)
	p.o.Metrics.poison.Inc()
	p.o.Log.Error("turn failed", "conversation", c.ID, "event", in.ID, "try", in.Tries+1, "quarantined", last, "err", cause)
	err := p.o.Store.Update(ctx, func(tx store.Tx) error {
		if err := tx.Fail(in.ID, p.now().Add(wait), last, clip(cause.Error(), 500)); err != nil || !last {
			return err
		}
		_, _, err := tx.Receive(bot.Inbound{
			Channel: in.Channel, Key: fmt.Sprintf("fault:%d", in.ID), Conversation: c.ID, Customer: in.Customer,
			Event: bot.Event{Kind: bot.EventFault}, ReceivedAt: p.now(),
		})
		return err
	})
	if err != nil {
		return p.stumble("put the event off", c.ID, err)
	}
	return true, 0
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}
