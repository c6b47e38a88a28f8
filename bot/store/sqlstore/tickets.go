package sqlstore

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"latchkey/bot"
	"latchkey/bot/store"
)

const ticketColumns = `id, no, conversation, customer, channel, state, version, queue, reason, lang, packet, assignee, epoch, lease_until, code, reopened_of, created_at, queued_at, claimed_at, first_human_at, resolved_at`

func scanTicket(s scanner) (store.Ticket, error) {
	var k store.Ticket
	var lease, created, queued, claimed, human, resolved int64
	err := s.Scan(&k.ID, &k.No, &k.Conversation, &k.Customer, &k.Channel, &k.State, &k.Version, &k.Queue, &k.Reason, &k.Lang, &k.Packet,
		&k.Assignee, &k.Epoch, &lease, &k.Code, &k.ReopenedOf, &created, &queued, &claimed, &human, &resolved)
	k.LeaseUntil, k.CreatedAt, k.QueuedAt = fromMicros(lease), fromMicros(created), fromMicros(queued)
	k.ClaimedAt, k.FirstHumanAt, k.ResolvedAt = fromMicros(claimed), fromMicros(human), fromMicros(resolved)
	return k, err
}

// OpenTicket implements store.Tickets. Two nodes that open at the same time
// would take the same number; the one that comes second fails on the unique
// index and its transaction is run again.
func (t *tx) OpenTicket(k store.Ticket, ev store.TicketEvent) (store.Ticket, error) {
	err := t.row("open the ticket", `
INSERT INTO ticket (id, no, conversation, customer, channel, state, version, queue, reason, lang, packet, reopened_of, created_at, queued_at)
VALUES ($1, (SELECT coalesce(max(no), 1000) + 1 FROM ticket), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING no`,
		[]any{k.ID, k.Conversation, k.Customer, k.Channel, k.State, k.Version, k.Queue, k.Reason, k.Lang, k.Packet, k.ReopenedOf, micros(k.CreatedAt), micros(k.QueuedAt)}, &k.No)
	if err != nil {
		return k, err
	}
	return k, t.addTicketEvent(k.ID, ev)
}

// Ticket implements store.Tickets.
func (t *tx) Ticket(id bot.TicketID) (store.Ticket, error) { return t.ticketBy("id", id) }

// TicketNo implements store.Tickets.
func (t *tx) TicketNo(no int64) (store.Ticket, error) { return t.ticketBy("no", no) }

func (t *tx) ticketBy(column string, value any) (store.Ticket, error) {
	k, err := scanTicket(t.q.QueryRowContext(t.ctx, `SELECT `+ticketColumns+` FROM ticket WHERE `+column+` = $1`, value))
	if errors.Is(err, sql.ErrNoRows) {
		return k, store.ErrNotFound
	}
	return k, wrap("read the ticket", err)
}

// Tickets implements store.Tickets.
func (t *tx) Tickets(f store.TicketFilter) ([]store.Ticket, error) {
	var where []string
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	if len(f.States) > 0 {
		in := make([]string, len(f.States))
		for i, s := range f.States {
			in[i] = arg(s)
		}
		where = append(where, "state IN ("+strings.Join(in, ", ")+")")
	}
	if f.Queue != "" {
		where = append(where, "queue = "+arg(f.Queue))
	}
	if f.Assignee != "" {
		where = append(where, "assignee = "+arg(f.Assignee))
	}
	if f.Conversation != "" {
		where = append(where, "conversation = "+arg(f.Conversation))
	}
	query := `SELECT ` + ticketColumns + ` FROM ticket`
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 100
	}
	query += " ORDER BY queued_at, no LIMIT " + arg(limit)
	var out []store.Ticket
	err := t.rows("list the tickets", query, args, func(rs *sql.Rows) error {
		k, err := scanTicket(rs)
		out = append(out, k)
		return err
	})
	return out, err
}

// ChangeTicket implements store.Tickets.
func (t *tx) ChangeTicket(k store.Ticket, ev store.TicketEvent) error {
	n, err := t.exec("change the ticket", `
UPDATE ticket SET state = $1, version = $2, queue = $3, assignee = $4, epoch = $5, lease_until = $6, code = $7,
	queued_at = $8, claimed_at = $9, first_human_at = $10, resolved_at = $11, packet = $12, reason = $13
WHERE id = $14 AND version = $15`,
		k.State, k.Version, k.Queue, k.Assignee, k.Epoch, micros(k.LeaseUntil), k.Code,
		micros(k.QueuedAt), micros(k.ClaimedAt), micros(k.FirstHumanAt), micros(k.ResolvedAt), k.Packet, k.Reason, k.ID, k.Version-1)
	if err != nil {
		return err
	}
	if n == 0 {
		return store.ErrConflict
	}
	return t.addTicketEvent(k.ID, ev)
}

func (t *tx) addTicketEvent(id bot.TicketID, ev store.TicketEvent) error {
	_, err := t.exec("write the ticket's history", `
INSERT INTO ticket_event (ticket, seq, kind, actor, at, data)
VALUES ($1, (SELECT coalesce(max(seq), 0) + 1 FROM ticket_event WHERE ticket = $1), $2, $3, $4, $5)`,
		id, ev.Kind, ev.Actor, micros(ev.At), ev.Data)
	return err
}

// TicketEvents implements store.Tickets.
func (t *tx) TicketEvents(ticket bot.TicketID, after int64, limit int) ([]store.TicketEvent, error) {
	query, args := `SELECT id, ticket, seq, kind, actor, at, data FROM ticket_event WHERE id > $1 ORDER BY id LIMIT $2`, []any{after, limit}
	if ticket != "" {
		query, args = `SELECT id, ticket, seq, kind, actor, at, data FROM ticket_event WHERE ticket = $1 AND seq > $2 ORDER BY seq LIMIT $3`, []any{ticket, after, limit}
	}
	var out []store.TicketEvent
	err := t.rows("read the ticket's history", query, args, func(rs *sql.Rows) error {
		var e store.TicketEvent
		var at int64
		if err := rs.Scan(&e.ID, &e.Ticket, &e.Seq, &e.Kind, &e.Actor, &at, &e.Data); err != nil {
			return fmt.Errorf("row: %w", err)
		}
		e.At = fromMicros(at)
		out = append(out, e)
		return nil
	})
	return out, err
}
