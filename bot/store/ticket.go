package store

import (
	"time"

	"latchkey/bot"
)

// Ticket is one hand-over to people. Its rules are those of package desk; the
// store only keeps it, and changes it for whoever saw its newest version.
type Ticket struct {
	ID           bot.TicketID
	No           int64 // short number for people, rising
	Conversation bot.ConversationID
	Customer     bot.CustomerID
	Channel      string
	State        string // queued, active, waiting_customer, snoozed, bot, resolved, closed
	Version      int64  // raised by every change
	Queue        string
	Reason       string
	Lang         string
	Packet       []byte // bot.Packet as JSON
	Assignee     bot.OperatorID
	Epoch        int64 // raised by every claim; later actions of the claimant carry it
	LeaseUntil   time.Time
	Code         string // how it was resolved
	ReopenedOf   bot.TicketID
	CreatedAt    time.Time
	QueuedAt     time.Time // when it last entered the queue
	ClaimedAt    time.Time
	FirstHumanAt time.Time
	ResolvedAt   time.Time
}

// TicketEvent is one line of a ticket's history. History is only ever added to.
type TicketEvent struct {
	ID     int64 // rises over all tickets
	Ticket bot.TicketID
	Seq    int64 // 1, 2, 3, … within the ticket
	Kind   string
	Actor  string // "bot", "customer", "system" or an operator's id
	At     time.Time
	Data   []byte // JSON, without secrets and without customer text
}

// TicketFilter chooses tickets; empty fields choose all.
type TicketFilter struct {
	States       []string
	Queue        string
	Assignee     bot.OperatorID
	Conversation bot.ConversationID
	Limit        int // 0 = 100
}

// Tickets keeps the desk's cases.
type Tickets interface {
	// OpenTicket adds a ticket with the first event of its history; No is given
	// by the store.
	OpenTicket(t Ticket, ev TicketEvent) (Ticket, error)
	Ticket(id bot.TicketID) (Ticket, error)
	TicketNo(no int64) (Ticket, error)
	// Tickets lists them in the order in which they entered the queue.
	Tickets(f TicketFilter) ([]Ticket, error)
	// ChangeTicket writes t over the version before it (t.Version-1) in one
	// conditional statement, and adds the event. ErrConflict when the ticket is
	// not at that version any more: then nothing was written.
	ChangeTicket(t Ticket, ev TicketEvent) error
	// TicketEvents are those of one ticket after a number, or of all tickets
	// after an id when ticket is "".
	TicketEvents(ticket bot.TicketID, after int64, limit int) ([]TicketEvent, error)
}
