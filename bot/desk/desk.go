package desk

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
)

// Desk carries out what operators and the bot want with tickets. It has no
// state of its own.
type Desk struct {
	Now func() time.Time
	// PerDay is how many tickets one conversation may open within 24 hours
	// (S-34). After that a hand-off queues the newest of them again, so that a
	// loop makes no new cases and a person stays within reach. 0 = no limit.
	PerDay int
}

// now is the time as the store keeps it.
func (d *Desk) now() time.Time { return d.Now().UTC().Truncate(time.Microsecond) }

// Operator is who acts. Name is what the customer gets to see.
type Operator struct {
	ID   bot.OperatorID
	Name string
}

// Claim gives a ticket to an operator and silences the bot in the same
// transaction. A *TakenError names who was first.
func (d *Desk) Claim(ctx context.Context, s store.Store, id bot.TicketID, who Operator) (store.Ticket, error) {
	out, err := d.change(ctx, s, id, func(tx store.Tx, t store.Ticket, now time.Time) (change, error) {
		c, err := claim(t, who.ID, now)
		if err != nil {
			return c, err
		}
		return c, d.tell(tx, c, "human", &bot.OperatorEvent{Kind: bot.OperatorClaimed, Name: who.Name})
	})
	if errors.Is(err, store.ErrConflict) { // somebody was first by a moment: say who
		if t, found := d.ticket(ctx, s, id); found == nil && t.Assignee != "" {
			return t, &TakenError{By: t.Assignee}
		}
	}
	return out, err
}

// Reply sends an operator's words to the customer. epoch is the claim the
// operator saw, 0 for the present one.
func (d *Desk) Reply(ctx context.Context, s store.Store, id bot.TicketID, who Operator, epoch int64, text string) (store.Ticket, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return store.Ticket{}, errors.New("the reply is empty; write what the customer should read")
	}
	return d.change(ctx, s, id, func(tx store.Tx, t store.Ticket, now time.Time) (change, error) {
		c, err := reply(t, who.ID, epoch, now)
		if err != nil {
			return c, err
		}
		body, err := json.Marshal(bot.Message{Text: bot.Escape(text), Lang: t.Lang, Ref: bot.Ref{Step: "@from_person"}})
		if err != nil {
			return c, fmt.Errorf("write the reply: %w", err)
		}
		_, err = tx.Enqueue(store.Delivery{
			Conversation: t.Conversation, Channel: t.Channel, Author: who.Name, Message: body, Status: store.Queued, CreatedAt: now,
		})
		return c, err
	})
}

// Release gives a ticket back to the queue.
func (d *Desk) Release(ctx context.Context, s store.Store, id bot.TicketID, who Operator, epoch int64) (store.Ticket, error) {
	return d.change(ctx, s, id, func(tx store.Tx, t store.Ticket, now time.Time) (change, error) {
		c, err := release(t, who.ID, epoch, now)
		if err != nil {
			return c, err
		}
		return c, d.tell(tx, c, "waiting", &bot.OperatorEvent{Kind: bot.OperatorReleased})
	})
}

// HandBack lets the bot go on at a step of a flow. done are guides that the
// operator went through with the customer; text is what was done, in words
// for the customer.
func (d *Desk) HandBack(ctx context.Context, s store.Store, id bot.TicketID, who Operator, epoch int64, ev bot.OperatorEvent) (store.Ticket, error) {
	return d.change(ctx, s, id, func(tx store.Tx, t store.Ticket, now time.Time) (change, error) {
		c, err := handBack(t, who.ID, epoch, now)
		if err != nil {
			return c, err
		}
		ev.Kind, ev.Name = bot.OperatorHandedBack, who.Name
		return c, d.tell(tx, c, "", &ev)
	})
}

// Resolve ends the case. The code says how: "solved", or any other word, which
// counts as not solved.
func (d *Desk) Resolve(ctx context.Context, s store.Store, id bot.TicketID, who Operator, epoch int64, code string) (store.Ticket, error) {
	return d.change(ctx, s, id, func(tx store.Tx, t store.Ticket, now time.Time) (change, error) {
		c, err := resolve(t, who.ID, epoch, code, now)
		if err != nil {
			return c, err
		}
		ev := &bot.OperatorEvent{Kind: bot.OperatorResolved, Name: who.Name, Outcome: bot.NotSolved}
		if code == string(bot.Solved) {
			ev.Outcome = bot.Solved
		}
		return c, d.tell(tx, c, "", ev)
	})
}

// change reads a ticket, applies a rule and writes the result.
func (d *Desk) change(ctx context.Context, s store.Store, id bot.TicketID, rule func(store.Tx, store.Ticket, time.Time) (change, error)) (store.Ticket, error) {
	var out store.Ticket
	now := d.now()
	err := s.Update(ctx, func(tx store.Tx) error {
		t, err := tx.Ticket(id)
		if err != nil {
			return err
		}
		c, err := rule(tx, t, now)
		if err != nil {
			out = t
			return err
		}
		out = c.ticket
		return tx.ChangeTicket(c.ticket, c.event)
	})
	return out, err
}

// tell lets the engine know by an event in the inbox. control, unless empty,
// is written into the conversation together with the ticket's own change: a
// turn of the bot that saw it otherwise cannot be saved. The way back to the
// bot needs no such haste; there the event itself is the moment.
func (d *Desk) tell(tx store.Tx, c change, control string, ev *bot.OperatorEvent) error {
	t := c.ticket
	if control != "" {
		if err := tx.Control(t.Conversation, control); err != nil {
			return err
		}
	}
	_, _, err := tx.Receive(bot.Inbound{
		Channel: t.Channel, Key: fmt.Sprintf("desk:%s:%d", t.ID, t.Version), Conversation: t.Conversation, Customer: t.Customer,
		Event: bot.Event{Kind: bot.EventOperator, Operator: ev}, ReceivedAt: c.event.At,
	})
	return err
}

func (d *Desk) ticket(ctx context.Context, s store.Store, id bot.TicketID) (store.Ticket, error) {
	var t store.Ticket
	err := s.View(ctx, func(tx store.Tx) error {
		var err error
		t, err = tx.Ticket(id)
		return err
	})
	return t, err
}

// newTicketID is 80 random bits in a form that can be read out.
func newTicketID() bot.TicketID { return bot.TicketID(rand.Text()[:16]) }
