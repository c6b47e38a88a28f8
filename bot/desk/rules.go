// Package desk owns the tickets: which states there are, who may do what, and
// what each step changes. Surfaces (the command line, later the console, Slack
// and Telegram) only call it, so that all of them keep the same rules.
//
// rules.go is pure: a ticket and a wish go in, the changed ticket and the line
// of its history come out. desk.go carries a wish out in one transaction.
package desk

import (
	"errors"
	"fmt"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
)

// The states of a ticket.
const (
	Queued          = "queued"           // waits for an operator
	Active          = "active"           // an operator has it and owes the next word
	WaitingCustomer = "waiting_customer" // the customer owes the next word
	Snoozed         = "snoozed"
	WithBot         = "bot" // handed back; open until the bot has finished
	Resolved        = "resolved"
	Closed          = "closed"
)

// Open are the states in which somebody still has to do something.
var open = []string{Queued, Active, WaitingCustomer, Snoozed, WithBot}

// Open returns the states of tickets that are not finished.
func Open() []string { return append([]string(nil), open...) }

// claimLease is how long a claim holds without any action.
const claimLease = 15 * time.Minute

// Errors that surfaces tell the operator in their own words.
var (
	ErrNotYours = errors.New("the ticket belongs to somebody else")
	ErrState    = errors.New("the ticket is not in a state that allows this")
	ErrStale    = errors.New("the claim was lost since; claim the ticket again")
)

// TakenError says that somebody else was first.
type TakenError struct{ By bot.OperatorID }

func (e *TakenError) Error() string { return fmt.Sprintf("already taken by %s", e.By) }

// change is a step of a ticket: the ticket as it will be, and its history line.
type change struct {
	ticket store.Ticket
	event  store.TicketEvent
}

func changed(t store.Ticket, kind, actor string, now time.Time) change {
	t.Version++
	return change{ticket: t, event: store.TicketEvent{Ticket: t.ID, Kind: kind, Actor: actor, At: now}}
}

// claim gives a queued ticket to an operator. Of several at once the store
// lets one through, because each changes the same version.
func claim(t store.Ticket, who bot.OperatorID, now time.Time) (change, error) {
	if t.Assignee != "" && t.Assignee != who {
		return change{}, &TakenError{By: t.Assignee}
	}
	if t.State != Queued {
		return change{}, fmt.Errorf("claim a ticket that is %s: %w", t.State, ErrState)
	}
	t.State, t.Assignee, t.ClaimedAt, t.LeaseUntil = Active, who, now, now.Add(claimLease)
	t.Epoch++
	return changed(t, "ticket.claimed", string(who), now), nil
}

// owned checks that an operator holds the ticket under the claim they saw.
func owned(t store.Ticket, who bot.OperatorID, epoch int64) error {
	switch {
	case t.State != Active && t.State != WaitingCustomer:
		return fmt.Errorf("the ticket is %s: %w", t.State, ErrState)
	case t.Assignee != who:
		return fmt.Errorf("%w (%s)", ErrNotYours, t.Assignee)
	case epoch != 0 && epoch != t.Epoch:
		return ErrStale
	}
	return nil
}

// reply is the claimant's word to the customer, who owes the next one.
func reply(t store.Ticket, who bot.OperatorID, epoch int64, now time.Time) (change, error) {
	if err := owned(t, who, epoch); err != nil {
		return change{}, err
	}
	t.State, t.LeaseUntil = WaitingCustomer, now.Add(claimLease)
	if t.FirstHumanAt.IsZero() {
		t.FirstHumanAt = now
	}
	return changed(t, "message.out", string(who), now), nil
}

// release gives a ticket back to the queue, where it keeps its old place.
func release(t store.Ticket, who bot.OperatorID, epoch int64, now time.Time) (change, error) {
	if err := owned(t, who, epoch); err != nil {
		return change{}, err
	}
	t.State, t.Assignee, t.LeaseUntil = Queued, "", time.Time{}
	return changed(t, "ticket.released", string(who), now), nil
}

// handBack lets the bot go on; the ticket stays open until it has finished.
func handBack(t store.Ticket, who bot.OperatorID, epoch int64, now time.Time) (change, error) {
	if err := owned(t, who, epoch); err != nil {
		return change{}, err
	}
	t.State, t.LeaseUntil = WithBot, time.Time{}
	return changed(t, "ticket.handed_back", string(who), now), nil
}

// resolve ends the case with a code.
func resolve(t store.Ticket, who bot.OperatorID, epoch int64, code string, now time.Time) (change, error) {
	if err := owned(t, who, epoch); err != nil {
		return change{}, err
	}
	t.State, t.Code, t.ResolvedAt, t.LeaseUntil = Resolved, code, now, time.Time{}
	return changed(t, "ticket.resolved", string(who), now), nil
}

// customerWrote starts the operator's clock when the customer owed the word.
func customerWrote(t store.Ticket, now time.Time) change {
	if t.State == WaitingCustomer {
		t.State = Active
	}
	return changed(t, "message.in", "customer", now)
}

// withdrawn closes a ticket that the customer took back, or that the bot
// solved after all.
func withdrawn(t store.Ticket, code string, now time.Time) change {
	t.State, t.Code, t.ResolvedAt = Closed, code, now
	return changed(t, "ticket.closed", "customer", now)
}

// again queues a ticket anew, with the case as it stands now: one that the bot
// could not finish, or the newest of a customer who has opened too many.
func again(t store.Ticket, packet []byte, reason string, now time.Time) change {
	t.Packet, t.Reason, t.Code, t.ResolvedAt = packet, reason, "", time.Time{}
	t.State, t.Assignee, t.QueuedAt, t.LeaseUntil = Queued, "", now, time.Time{}
	return changed(t, "ticket.queued", "bot", now)
}
