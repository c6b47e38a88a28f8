package sqlstore

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
)

// States of an inbox row.
const (
	inboxPending = iota
	inboxDone
	inboxQuarantined
)

// Receive implements store.Inbox.
func (t *tx) Receive(in bot.Inbound) (id int64, fresh bool, err error) {
	body, err := json.Marshal(in)
	if err != nil {
		return 0, false, fmt.Errorf("write the event as JSON: %w", err)
	}
	err = t.row("receive the event", `
INSERT INTO inbox (channel, key, conversation, body, received_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (channel, key) DO NOTHING RETURNING id`,
		[]any{in.Channel, in.Key, in.Conversation, body, micros(in.ReceivedAt)}, &id)
	if err == nil {
		t.others[in.Conversation] = true
		return id, true, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return 0, false, err
	}
	err = t.row("find the event", `SELECT id FROM inbox WHERE channel = $1 AND key = $2`, []any{in.Channel, in.Key}, &id)
	return id, false, err
}

// Pending implements store.Inbox.
func (t *tx) Pending(c bot.ConversationID, limit int) ([]store.Received, error) {
	var out []store.Received
	err := t.rows("read the inbox", `SELECT id, body, tries, next_at FROM inbox WHERE conversation = $1 AND status = 0 ORDER BY id LIMIT $2`,
		[]any{c, limit}, func(rs *sql.Rows) error {
			var r store.Received
			var body []byte
			var next int64
			if err := rs.Scan(&r.ID, &body, &r.Tries, &next); err != nil {
				return err
			}
			r.Next = fromMicros(next)
			if err := json.Unmarshal(body, &r.Inbound); err != nil {
				return fmt.Errorf("inbox row %d: %w", r.ID, err)
			}
			out = append(out, r)
			return nil
		})
	return out, err
}

// Done implements store.Inbox.
func (t *tx) Done(ids ...int64) error {
	for _, id := range ids {
		n, err := t.exec("finish the event", `UPDATE inbox SET status = 1 WHERE id = $1 AND status = 0`, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return store.ErrUsed
		}
	}
	return nil
}

// Fail implements store.Inbox.
func (t *tx) Fail(id int64, next time.Time, quarantine bool, reason string) error {
	status := inboxPending
	if quarantine {
		status = inboxQuarantined
	}
	_, err := t.exec("put the event off", `UPDATE inbox SET tries = tries + 1, next_at = $1, status = $2, error = $3 WHERE id = $4`,
		micros(next), status, reason, id)
	return err
}

// Waiting implements store.Inbox. A conversation waits as long as its oldest
// pending event does: later ones may not overtake it.
func (t *tx) Waiting(node string, now time.Time, limit int) ([]bot.ConversationID, error) {
	return t.names("look for waiting events", `
SELECT i.conversation FROM inbox i
JOIN (SELECT min(id) AS id FROM inbox WHERE status = 0 GROUP BY conversation) head ON head.id = i.id
LEFT JOIN conversation c ON c.id = i.conversation
WHERE i.next_at <= $1 AND (c.id IS NULL OR c.node = '' OR c.node = $2 OR c.lease_until <= $1)
ORDER BY i.id LIMIT $3`, micros(now), node, limit)
}

func (t *tx) names(what, query string, args ...any) ([]bot.ConversationID, error) {
	var out []bot.ConversationID
	err := t.rows(what, query, args, func(rs *sql.Rows) error {
		var c bot.ConversationID
		err := rs.Scan(&c)
		out = append(out, c)
		return err
	})
	return out, err
}
