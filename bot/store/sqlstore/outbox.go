package sqlstore

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
)

// statuses gives each status of a delivery its number in the database.
var statuses = []store.DeliveryStatus{store.Queued, store.Sending, store.Sent, store.Failed, store.Uncertain}

func statusNumber(s store.DeliveryStatus) (int, error) {
	i := slices.Index(statuses, s)
	if i < 0 {
		return 0, fmt.Errorf("%q is no status of a delivery", s)
	}
	return i, nil
}

const deliveryColumns = `id, conversation, channel, turn, author, message, token, status, tries, next_at, attempted_at, platform, error, created_at, settled_at`

func scanDelivery(s scanner) (store.Delivery, error) {
	var d store.Delivery
	var status int
	var next, attempted, created, settled int64
	err := s.Scan(&d.ID, &d.Conversation, &d.Channel, &d.Turn, &d.Author, &d.Message, &d.Token, &status, &d.Tries, &next, &attempted, &d.Platform, &d.Error, &created, &settled)
	if err != nil {
		return d, err
	}
	if status < 0 || status >= len(statuses) {
		return d, fmt.Errorf("delivery %d has the unknown status %d", d.ID, status)
	}
	d.Status = statuses[status]
	d.Next, d.Attempted, d.CreatedAt, d.SettledAt = fromMicros(next), fromMicros(attempted), fromMicros(created), fromMicros(settled)
	return d, nil
}

// Enqueue implements store.Outbox.
func (t *tx) Enqueue(d store.Delivery) (int64, error) {
	status, err := statusNumber(d.Status)
	if err != nil {
		return 0, err
	}
	var id int64
	err = t.row("queue the message", `
INSERT INTO delivery (conversation, channel, turn, author, message, token, status, tries, next_at, attempted_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
		[]any{d.Conversation, d.Channel, d.Turn, d.Author, d.Message, d.Token, status, d.Tries, micros(d.Next), micros(d.Attempted), micros(d.CreatedAt)}, &id)
	if err == nil && d.Author != "" {
		t.others[d.Conversation] = true // an operator's words, from wherever they were written
	}
	return id, err
}

// Queue implements store.Outbox.
func (t *tx) Queue(c bot.ConversationID, limit int) ([]store.Delivery, error) {
	return t.deliveries("read the outbox", `SELECT `+deliveryColumns+` FROM delivery WHERE conversation = $1 AND status IN (0, 1, 4) ORDER BY id LIMIT $2`, c, limit)
}

// Deliveries implements store.Outbox.
func (t *tx) Deliveries(c bot.ConversationID, after int64, limit int) ([]store.Delivery, error) {
	return t.deliveries("read the messages", `SELECT `+deliveryColumns+` FROM delivery WHERE conversation = $1 AND id > $2 ORDER BY id LIMIT $3`, c, after, limit)
}

func (t *tx) deliveries(what, query string, args ...any) ([]store.Delivery, error) {
	var out []store.Delivery
	err := t.rows(what, query, args, func(rs *sql.Rows) error {
		d, err := scanDelivery(rs)
		out = append(out, d)
		return err
	})
	return out, err
}

// Settle implements store.Outbox.
func (t *tx) Settle(d store.Delivery) error {
	status, err := statusNumber(d.Status)
	if err != nil {
		return err
	}
	n, err := t.exec("settle the message", `
UPDATE delivery SET status = $1, tries = $2, next_at = $3, attempted_at = $4, platform = $5, error = $6, settled_at = $7 WHERE id = $8`,
		status, d.Tries, micros(d.Next), micros(d.Attempted), d.Platform, d.Error, micros(d.SettledAt), d.ID)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}

// Unsent implements store.Outbox.
func (t *tx) Unsent(node string, now time.Time, limit int) ([]bot.ConversationID, error) {
	return t.names("look for unsent messages", `
SELECT d.conversation FROM delivery d
JOIN (SELECT min(id) AS id FROM delivery WHERE status IN (0, 1, 4) GROUP BY conversation) head ON head.id = d.id
LEFT JOIN conversation c ON c.id = d.conversation
WHERE d.next_at <= $1 AND (c.id IS NULL OR c.node = '' OR c.node = $2 OR c.lease_until <= $1)
ORDER BY d.next_at, d.id LIMIT $3`, micros(now), node, limit)
}

// Pressed implements store.Outbox.
func (t *tx) Pressed(token string) (store.Delivery, error) {
	if token == "" {
		return store.Delivery{}, store.ErrNotFound
	}
	d, err := scanDelivery(t.q.QueryRowContext(t.ctx, `SELECT `+deliveryColumns+` FROM delivery WHERE token = $1`, token))
	if errors.Is(err, sql.ErrNoRows) {
		return d, store.ErrNotFound
	}
	return d, wrap("find the button", err)
}
