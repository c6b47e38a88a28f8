package pump

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
)

const (
	sendLimit = 30 * time.Second // one call of a platform
	giveUp    = 24 * time.Hour   // after this a message is not tried any more
	maxWait   = time.Minute      // between two tries
)

// sendLane sends the next message of a conversation.
func (p *Pump) sendLane(ctx context.Context, id bot.ConversationID) (again bool, after time.Duration) {
	var c store.Conversation
	var queue []store.Delivery
	err := p.o.Store.View(ctx, func(tx store.Tx) error {
		var err error
		if queue, err = tx.Queue(id, 2); err != nil || len(queue) == 0 {
			return err
		}
		c, err = tx.Conversation(id)
		return err
	})
	if err != nil {
		return p.stumble("look for messages", id, err)
	}
	if len(queue) == 0 {
		return false, 0
	}
	if wait := queue[0].Next.Sub(p.now()); wait > 0 {
		return false, wait
	}
	mine, err := p.hold(ctx, &c)
	if err != nil {
		return p.stumble("lease the conversation", id, err)
	}
	if !mine {
		return false, 0
	}
	d := queue[0]
	o := p.channels[d.Channel]
	if o == nil {
		return false, time.Minute // the channel is not configured here; another node may have it
	}
	if d, err = p.begin(ctx, d); err != nil {
		return p.stumble("mark the message", id, err)
	}
	if d.Status == store.Queued { // the program stops: nothing was marked
		return false, 0
	}
	return p.send(ctx, o, c, d, queue[1:])
}

// begin marks a message as being sent, unless that was done in the commit
// before. A mark that this process did not make is left over from one that
// died: the message may have reached the platform.
func (p *Pump) begin(ctx context.Context, d store.Delivery) (store.Delivery, error) {
	p.mu.Lock()
	marked := p.fresh[d.ID]
	delete(p.fresh, d.ID)
	closing := p.closing
	p.mu.Unlock()
	if marked && d.Status == store.Sending {
		return d, nil
	}
	if closing {
		d.Status = store.Queued
		return d, nil
	}
	if d.Status == store.Sending {
		d.Status = store.Uncertain
	}
	uncertain := d.Status == store.Uncertain
	d.Status, d.Attempted = store.Sending, p.now()
	d.Tries++
	if uncertain {
		d.Status = store.Uncertain
	}
	err := p.o.Store.Update(ctx, func(tx store.Tx) error { return tx.Settle(d) })
	return d, err
}

// send calls the platform and settles what it says. The next message's attempt
// is marked in the same commit.
func (p *Pump) send(ctx context.Context, o *outlet, c store.Conversation, d store.Delivery, rest []store.Delivery) (bool, time.Duration) {
	m, err := message(d)
	if err != nil {
		return p.settle(ctx, d, p.dead(d, err), nil)
	}
	out := bot.Outgoing{ID: d.ID, Channel: d.Channel, Conversation: d.Conversation, Customer: c.Customer, Message: m, Author: d.Author, MayRepeat: d.Status == store.Uncertain}
	for i := range m.Choices {
		out.Tokens = append(out.Tokens, d.Token+"."+strconv.Itoa(i))
	}
	if err := o.lane.wait(ctx, c.ID); err != nil {
		return false, 0
	}
	if out.MayRepeat {
		p.o.Metrics.mayRepeat.WithLabelValues(d.Channel).Inc()
	}
	p.o.Hook("before send")
	start := time.Now()
	call, cancel := context.WithTimeout(ctx, sendLimit)
	receipt, err := o.Send(call, out)
	cancel()
	p.o.Hook("after send")
	p.o.Metrics.sendSeconds.WithLabelValues(d.Channel).Observe(time.Since(start).Seconds())
	if err == nil {
		d.Status, d.Platform, d.SettledAt, d.Error, d.Next = store.Sent, receipt.Message, p.now(), "", time.Time{}
		return p.settle(ctx, d, nil, rest)
	}
	return p.unsent(ctx, o, c, d, err)
}

// unsent settles a message that did not get through.
func (p *Pump) unsent(ctx context.Context, o *outlet, c store.Conversation, d store.Delivery, cause error) (bool, time.Duration) {
	now := p.now()
	d.Error = clip(cause.Error(), 300)
	var retry *bot.RetryError
	var gone *bot.GoneError
	var invalid *bot.InvalidError
	var uncertain *bot.UncertainError
	switch {
	case errors.As(cause, &gone):
		return p.settle(ctx, d, func(tx store.Tx, d *store.Delivery) error {
			d.Status, d.SettledAt = store.Failed, now
			return tx.Unreachable(c.ID, clip(gone.Error(), 300))
		}, nil)
	case errors.As(cause, &invalid):
		return p.settle(ctx, d, p.dead(d, cause), nil)
	case now.Sub(d.CreatedAt) > giveUp:
		return p.settle(ctx, d, p.dead(d, cause), nil)
	case errors.As(cause, &retry):
		d.Status = store.Queued
		d.Next = now.Add(max(retry.After, backoff(d.Tries-1, time.Second, maxWait)/2))
		if retry.After > 0 {
			d.Next = now.Add(retry.After)
		}
		if retry.All {
			o.lane.pause(d.Next)
		}
	case errors.As(cause, &uncertain), errors.Is(cause, context.DeadlineExceeded):
		d.Status = store.Uncertain
		d.Next = now.Add(backoff(d.Tries-1, time.Second, maxWait))
	default:
		d.Status = store.Queued
		d.Next = now.Add(backoff(d.Tries-1, time.Second, maxWait))
	}
	p.o.Metrics.retried.WithLabelValues(d.Channel).Inc()
	p.o.Log.Warn("message not sent yet", "channel", d.Channel, "conversation", d.Conversation, "message", d.ID, "try", d.Tries, "status", string(d.Status), "err", cause)
	return p.settle(ctx, d, nil, nil)
}

// dead gives a message up for good.
func (p *Pump) dead(d store.Delivery, cause error) func(store.Tx, *store.Delivery) error {
	p.o.Metrics.dead.WithLabelValues(d.Channel).Inc()
	p.o.Log.Error("message given up", "channel", d.Channel, "conversation", d.Conversation, "message", d.ID, "err", cause)
	return func(_ store.Tx, d *store.Delivery) error {
		d.Status, d.SettledAt, d.Error = store.Failed, p.now(), clip(cause.Error(), 300)
		return nil
	}
}

// settle commits how a try went. with, if any, is done in the same
// transaction; rest is what waits behind the message.
func (p *Pump) settle(ctx context.Context, d store.Delivery, with func(store.Tx, *store.Delivery) error, rest []store.Delivery) (bool, time.Duration) {
	var next *store.Delivery
	if len(rest) > 0 && rest[0].Status == store.Queued && rest[0].Next.IsZero() && !p.stopping() && p.channels[rest[0].Channel] != nil {
		n := rest[0]
		n.Status, n.Attempted, n.Tries = store.Sending, p.now(), n.Tries+1
		next = &n
	}
	err := p.o.Store.Update(context.WithoutCancel(ctx), func(tx store.Tx) error {
		row := d
		if with != nil {
			if err := with(tx, &row); err != nil {
				return err
			}
		}
		if next != nil {
			if err := tx.Settle(*next); err != nil {
				return err
			}
		}
		return tx.Settle(row)
	})
	if err != nil {
		return p.stumble("settle the message", d.Conversation, err)
	}
	p.o.Hook("settled")
	if next != nil {
		p.mu.Lock()
		p.fresh[next.ID] = true
		p.mu.Unlock()
	}
	if d.Status == store.Sent {
		p.o.Metrics.sent.WithLabelValues(d.Channel).Inc()
	}
	return true, 0
}

// backoff doubles from least to most with the number of tries, and spreads by
// half so that those who failed together do not come back together.
func backoff(tries int, least, most time.Duration) time.Duration {
	d := least
	for range min(tries, 16) {
		if d *= 2; d >= most {
			d = most
			break
		}
	}
	return d/2 + rand.N(d/2+1)
}
