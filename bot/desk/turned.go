package desk

import (
	"encoding/json"
	"fmt"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
)

// Turned is one turn of a conversation as the desk gets to see it.
type Turned struct {
	Conversation store.Conversation // as it stands afterwards
	Before       string             // who had it before: Conversation.Control
	Event        bot.Event
	Effects      []bot.Effect
	At           time.Time
}

// Turned is called inside the transaction of every turn, so that tickets and
// conversations never disagree: it opens a ticket for a hand-off, and carries
// what the customer does over to an open one.
func (d *Desk) Turned(tx store.Tx, t Turned) error {
	if t.Before == "" && t.Conversation.Control == "" && !ends(t.Effects) {
		return nil // the bot and the customer among themselves
	}
	for _, e := range t.Effects {
		if e.Kind == bot.EffectHandOff {
			return d.open(tx, t, e.HandOff)
		}
	}
	k, ok, err := openTicket(tx, t.Conversation.ID)
	if err != nil || !ok {
		return err
	}
	switch {
	case t.Before == "waiting" && t.Conversation.Control == "":
		return write(tx, withdrawn(k, "withdrawn", t.At))
	case k.State == WithBot && ends(t.Effects):
		return write(tx, withdrawn(k, "solved_by_bot", t.At))
	case t.Before != "" && said(t.Event):
		return write(tx, customerWrote(k, t.At))
	}
	return nil
}

func write(tx store.Tx, c change) error { return tx.ChangeTicket(c.ticket, c.event) }

// said tells whether an event is the customer's word.
func said(ev bot.Event) bool {
	return ev.Kind == bot.EventText || ev.Kind == bot.EventAttachment || ev.Kind == bot.EventEdited
}

func ends(effects []bot.Effect) bool {
	for _, e := range effects {
		if e.Kind == bot.EffectClose || e.Kind == bot.EffectHandOff {
			return true
		}
	}
	return false
}

// open puts the case into the queue: as a new ticket, or the one that came
// back from the bot.
func (d *Desk) open(tx store.Tx, t Turned, p *bot.Packet) error {
	packet, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write the packet: %w", err)
	}
	if k, ok, err := openTicket(tx, t.Conversation.ID); err != nil {
		return err
	} else if ok {
		return write(tx, again(k, packet, p.Reason, t.At))
	}
	earlier, err := tx.Tickets(store.TicketFilter{Conversation: t.Conversation.ID, Limit: 1000})
	if err != nil {
		return err
	}
	if d.looping(earlier, t.At) {
		return write(tx, again(earlier[len(earlier)-1], packet, p.Reason, t.At))
	}
	k := store.Ticket{
		ID: newTicketID(), Conversation: t.Conversation.ID, Customer: t.Conversation.Customer, Channel: t.Conversation.Channel,
		State: Queued, Version: 1, Queue: p.Queue, Reason: p.Reason, Lang: p.Lang, Packet: packet, CreatedAt: t.At, QueuedAt: t.At,
	}
	if n := len(earlier); n > 0 {
		k.ReopenedOf = earlier[n-1].ID
	}
	_, err = tx.OpenTicket(k, store.TicketEvent{Ticket: k.ID, Kind: "ticket.queued", Actor: "bot", At: t.At})
	return err
}

// looping tells whether a conversation has used up its tickets of a day.
func (d *Desk) looping(earlier []store.Ticket, now time.Time) bool {
	today := 0
	for _, k := range earlier {
		if now.Sub(k.CreatedAt) < 24*time.Hour {
			today++
		}
	}
	return d.PerDay > 0 && today >= d.PerDay
}

// openTicket is the ticket of a conversation that is not finished. There is
// at most one.
func openTicket(tx store.Tx, c bot.ConversationID) (store.Ticket, bool, error) {
	ts, err := tx.Tickets(store.TicketFilter{Conversation: c, States: open, Limit: 1})
	if err != nil || len(ts) == 0 {
		return store.Ticket{}, false, err
	}
	return ts[0], true, nil
}
