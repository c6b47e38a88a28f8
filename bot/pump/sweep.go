package pump

import (
	"context"
	"errors"
	"fmt"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
)

// sweepLimit bounds how many conversations one look takes up.
const sweepLimit = 500

// forgetEvery is how often facts that were kept for a while are dropped.
const forgetEvery = time.Hour

// sweep finds work that nobody told this node of: what was left behind by a
// program that died, what other nodes and processes wrote, and alarms.
func (p *Pump) sweep(ctx context.Context) {
	wakes := p.o.Store.Wakes(ctx)
	tick := time.NewTicker(p.o.Sweep)
	defer tick.Stop()
	old := time.NewTicker(forgetEvery)
	defer old.Stop()
	p.look(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			p.look(ctx)
		case <-old.C:
			err := p.o.Store.Update(ctx, func(tx store.Tx) error { _, err := tx.Forget(p.now()); return err })
			if err != nil && ctx.Err() == nil {
				p.o.Log.Error("old facts not forgotten", "err", err)
			}
		case c := <-wakes:
			if c == "" {
				p.look(ctx)
				continue
			}
			p.turns.poke(c)
			p.sends.poke(c)
		}
	}
}

func (p *Pump) look(ctx context.Context) {
	if err := p.ring(ctx); err != nil && ctx.Err() == nil {
		p.o.Log.Error("timers not looked at", "err", err)
	}
	var turns, sends []bot.ConversationID
	err := p.o.Store.View(ctx, func(tx store.Tx) error {
		var err1, err2 error
		turns, err1 = tx.Waiting(p.o.Node, p.now(), sweepLimit)
		sends, err2 = tx.Unsent(p.o.Node, p.now(), sweepLimit)
		return errors.Join(err1, err2)
	})
	if err != nil && ctx.Err() == nil {
		p.o.Log.Error("store not looked at", "err", err)
	}
	for _, c := range turns {
		p.turns.poke(c)
	}
	for _, c := range sends {
		p.sends.poke(c)
	}
	p.o.Metrics.lanes.Set(float64(p.turns.len() + p.sends.len()))
}

// ring turns alarms that are due into events. A look without any costs no
// commit.
func (p *Pump) ring(ctx context.Context) error {
	for ctx.Err() == nil {
		var due []store.DueTimer
		now := p.now()
		if err := p.o.Store.View(ctx, func(tx store.Tx) error {
			var err error
			due, err = tx.Due(now, 1)
			return err
		}); err != nil || len(due) == 0 {
			return err
		}
		if err := p.o.Store.Update(ctx, func(tx store.Tx) error {
			var err error
			due, err = ringIn(tx, now)
			return err
		}); err != nil {
			return err
		}
		for _, d := range due {
			p.o.Metrics.timerLate.Observe(now.Sub(d.Timer.At).Seconds())
			p.turns.poke(d.Conversation.ID)
		}
		if len(due) < sweepLimit {
			return nil
		}
	}
	return nil
}

func ringIn(tx store.Tx, now time.Time) ([]store.DueTimer, error) {
	due, err := tx.Due(now, sweepLimit)
	if err != nil {
		return nil, err
	}
	for _, d := range due {
		t := d.Timer
		_, _, err := tx.Receive(bot.Inbound{
			Channel: d.Conversation.Channel, Key: fmt.Sprintf("timer:%s:%s:%d", d.Conversation.ID, t.Name, t.Nonce),
			Conversation: d.Conversation.ID, Customer: d.Conversation.Customer,
			Event: bot.Event{Kind: bot.EventTimer, Timer: &t}, ReceivedAt: now,
		})
		if err != nil {
			return nil, err
		}
		if err := tx.Disarm(d.Conversation.ID, t.Name); err != nil {
			return nil, err
		}
	}
	return due, nil
}
