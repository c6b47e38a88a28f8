package pump

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"latchkey/bot"
	"latchkey/bot/desk"
	"latchkey/bot/dialogue"
	"latchkey/bot/store"
)

// outcome is a turn that was computed and waits to be committed.
type outcome struct {
	c       store.Conversation // as it will stand
	turn    store.Turn
	turned  desk.Turned
	says    []store.Delivery
	actions []bot.ActionCall
	sendNow bool
}

// step lets the engine take its step and commits everything it led to in one
// transaction.
func (p *Pump) step(ctx context.Context, r *Release, c store.Conversation, s dialogue.State, ev bot.Event, used []store.Received) error {
	start := time.Now()
	now := p.now()
	next, effects, err := stepSafely(r, s, ev, now)
	if err != nil {
		return err
	}
	out, err := p.prepare(r, c, string(s.Control), next, ev, effects, now)
	if err != nil {
		return err
	}
	ids := make([]int64, len(used))
	for i, u := range used {
		ids[i] = u.ID
	}
	p.o.Hook("before turn")
	if err := p.o.Store.Update(ctx, func(tx store.Tx) error { return p.commit(tx, out, ids) }); err != nil {
		return err
	}
	p.o.Hook("turn committed")
	p.o.Metrics.turns.WithLabelValues(c.Channel).Inc()
	p.o.Metrics.turnSeconds.Observe(time.Since(start).Seconds())
	if len(out.says) > 0 {
		if out.sendNow {
			p.mu.Lock()
			p.fresh[out.says[0].ID] = true
			p.mu.Unlock()
		}
		p.sends.poke(c.ID)
	}
	return nil
}

// stepSafely turns a panic of the engine into an error: one conversation's
// misfortune must not be everybody's.
func stepSafely(r *Release, s dialogue.State, ev bot.Event, now time.Time) (next dialogue.State, effects []bot.Effect, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("panic in the engine: %v", x)
		}
	}()
	next, effects = dialogue.Step(r.Pack, s, ev, now)
	return next, effects, nil
}

// prepare writes down what the step led to. told is who has the conversation
// as the engine was told. Nothing of it touches the store.
func (p *Pump) prepare(r *Release, c store.Conversation, told string, next dialogue.State, ev bot.Event, effects []bot.Effect, now time.Time) (*outcome, error) {
	out := &outcome{}
	before := c.Control
	var err error
	if c.State, err = json.Marshal(next); err != nil {
		return nil, fmt.Errorf("write the state: %w", err)
	}
	c.Release, c.Control, c.Lang = r.Pack.Release, string(next.Control), next.Lang
	c.Seq++
	out.c = c
	out.turn = store.Turn{Conversation: c.ID, Seq: c.Seq, At: now, Release: r.Pack.Release, Control: told}
	if out.turn.Event, err = json.Marshal(ev); err != nil {
		return nil, fmt.Errorf("write the event: %w", err)
	}
	if out.turn.Effects, err = json.Marshal(effects); err != nil {
		return nil, fmt.Errorf("write the effects: %w", err)
	}
	out.turned = desk.Turned{Conversation: c, Before: before, Event: ev, Effects: effects, At: now}
	for _, e := range effects {
		switch e.Kind {
		case bot.EffectSay:
			d, err := say(c, *e.Say, now)
			if err != nil {
				return nil, err
			}
			out.says = append(out.says, d)
		case bot.EffectAction:
			out.actions = append(out.actions, *e.Action)
		}
	}
	if len(out.says) > 0 && c.Unreachable == "" && p.sendsFree(c, now) {
		out.sendNow = true
		out.says[0].Status, out.says[0].Attempted, out.says[0].Tries = store.Sending, now, 1
	}
	return out, nil
}

// sendsFree tells whether a message of a conversation could leave at once:
// then its attempt is committed together with the turn, which saves a commit.
func (p *Pump) sendsFree(c store.Conversation, now time.Time) bool {
	o := p.channels[c.Channel]
	return o != nil && !p.stopping() && !p.sends.has(c.ID) && o.lane.free(c.ID, now)
}

// say makes the outbox row of one message.
func say(c store.Conversation, m bot.Message, now time.Time) (store.Delivery, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return store.Delivery{}, fmt.Errorf("write the message: %w", err)
	}
	d := store.Delivery{Conversation: c.ID, Channel: c.Channel, Turn: c.Seq, Message: body, Status: store.Queued, CreatedAt: now}
	if len(m.Choices) > 0 {
		d.Token = newToken()
	}
	return d, nil
}

// newToken is 128 random bits. Whoever has it has seen the message.
func newToken() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// commit writes a turn. It may run more than once.
func (p *Pump) commit(tx store.Tx, out *outcome, ids []int64) error {
	c, now := out.c, out.turn.At
	if err := tx.Done(ids...); err != nil {
		return err
	}
	if err := tx.Save(c, now); err != nil {
		return err
	}
	if err := tx.AddTurn(out.turn); err != nil {
		return err
	}
	for i := range out.says {
		id, err := tx.Enqueue(out.says[i])
		if err != nil {
			return err
		}
		out.says[i].ID = id
	}
	for _, e := range out.turned.Effects {
		var err error
		switch e.Kind {
		case bot.EffectArm:
			err = tx.Arm(c.ID, *e.Timer)
		case bot.EffectDisarm:
			err = tx.Disarm(c.ID, e.Timer.Name)
		}
		if err != nil {
			return err
		}
	}
	// No action is configured in this program yet, so each one fails, the way
	// it would with a server that is down.
	for _, a := range out.actions {
		_, _, err := tx.Receive(bot.Inbound{
			Channel: c.Channel, Key: fmt.Sprintf("action:%s:%d", c.ID, a.Nonce), Conversation: c.ID, Customer: c.Customer,
			Event: bot.Event{Kind: bot.EventAction, Action: &bot.ActionResult{Name: a.Name, Nonce: a.Nonce, Outcome: "failed"}}, ReceivedAt: now,
		})
		if err != nil {
			return err
		}
	}
	return p.o.Desk.Turned(tx, out.turned)
}

// message reads the message of an outbox row.
func message(d store.Delivery) (bot.Message, error) {
	var m bot.Message
	if err := json.Unmarshal(d.Message, &m); err != nil {
		return m, fmt.Errorf("read message %d: %w", d.ID, err)
	}
	return m, nil
}
