package pump

import (
	"context"
	"errors"
	"fmt"

	"latchkey/bot"
	"latchkey/bot/channel"
	"latchkey/bot/dialogue"
	"latchkey/bot/store"
)

// ErrOverloaded says that too much is being taken over at the moment. The
// platform is to deliver the event again.
var ErrOverloaded = errors.New("too many events at once")

// Accept is the pump's channel.AcceptFunc: it takes secrets out, keeps to the
// flood limits, and returns nil once the event is durable.
func (p *Pump) Accept(ctx context.Context, in bot.Inbound) error {
	select {
	case p.inflight <- struct{}{}:
		defer func() { <-p.inflight }()
	default:
		p.o.Metrics.refused.WithLabelValues(in.Channel, "overloaded").Inc()
		return ErrOverloaded
	}
	if p.stopping() {
		return context.Canceled
	}
	now := p.now()
	in.ReceivedAt = now
	if !counted(in.Event.Kind) {
		return p.take(ctx, in, false)
	}
	ok, first := p.flood.allow(in.Channel+"\x00"+string(in.Customer), now)
	switch {
	case !ok && first:
		// The one that breaks the limit is told so, and nothing more is kept.
		in.Event = bot.Event{Kind: bot.EventFlood, Lang: in.Event.Lang}
		in.Token = ""
	case !ok:
		p.o.Metrics.refused.WithLabelValues(in.Channel, "flood").Inc()
		return nil
	}
	return p.take(ctx, in, true)
}

// counted tells whether an event is something a customer does at will.
func counted(k bot.EventKind) bool {
	switch k {
	case bot.EventText, bot.EventButton, bot.EventAttachment, bot.EventEdited, bot.EventOpened:
		return true
	}
	return false
}

// take makes an event durable. One that the customer caused shows that the
// platform takes messages to the conversation again: who writes does not block.
func (p *Pump) take(ctx context.Context, in bot.Inbound, caused bool) error {
	in = p.o.Filter(in, p.expects(ctx, in))
	var fresh bool
	err := p.o.Store.Update(ctx, func(tx store.Tx) error {
		first := store.Conversation{ID: in.Conversation, Channel: in.Channel, Customer: in.Customer, Name: in.Name}
		c, err := tx.Lease(first, p.o.Node, in.ReceivedAt, in.ReceivedAt.Add(p.o.Lease))
		mine := !errors.Is(err, store.ErrLeased)
		if err != nil && mine {
			return err
		}
		if _, fresh, err = tx.Receive(in); err != nil || !fresh || !caused {
			return err
		}
		if !mine {
			if c, err = tx.Conversation(in.Conversation); err != nil {
				return err
			}
		}
		if c.Unreachable == "" {
			return nil
		}
		return tx.Unreachable(in.Conversation, "")
	})
	if err != nil {
		p.o.Metrics.refused.WithLabelValues(in.Channel, "store").Inc()
		return fmt.Errorf("keep the event: %w", err)
	}
	p.o.Hook("received")
	p.o.Metrics.received.WithLabelValues(in.Channel, string(in.Event.Kind)).Inc()
	if !fresh {
		p.o.Metrics.repeated.WithLabelValues(in.Channel).Inc()
	}
	if len(in.Event.Removed) > 0 {
		p.o.Metrics.removed.WithLabelValues(in.Channel).Add(float64(len(in.Event.Removed)))
		p.remove(in)
	}
	p.turns.poke(in.Conversation)
	return nil
}

// expects is what the customer may be typing elsewhere at the moment, as the
// secret filter wants to know. When that cannot be found out, the filter is
// told to expect the worst.
func (p *Pump) expects(ctx context.Context, in bot.Inbound) string {
	if in.Event.Text == "" {
		return ""
	}
	var c store.Conversation
	var pending []store.Received
	err := p.o.Store.View(ctx, func(tx store.Tx) error {
		var err error
		if c, err = tx.Conversation(in.Conversation); err != nil {
			return err
		}
		pending, err = tx.Pending(in.Conversation, 1)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return ""
	}
	if err != nil || len(pending) > 0 {
		return expectAll // the turn that waits may lead to where a code is typed
	}
	s, err := state(c)
	if err != nil {
		return expectAll
	}
	r, err := p.release(ctx, c, s)
	if err != nil {
		return expectAll
	}
	return dialogue.Expects(r.Pack, s)
}

// expectAll tells the filter that codes and passwords may come.
const expectAll = "both"

// remove takes a message that held a secret out of the customer's chat where
// the platform allows that.
func (p *Pump) remove(in bot.Inbound) {
	o := p.channels[in.Channel]
	if o == nil || in.Event.Message == "" {
		return
	}
	r, ok := o.Channel.(channel.Remover)
	if !ok {
		return
	}
	p.beside(func(ctx context.Context) {
		if err := r.Remove(ctx, in.Conversation, in.Event.Message); err != nil {
			p.o.Log.Info("message with a secret not removed", "channel", in.Channel, "conversation", in.Conversation, "err", err)
		}
	})
}
