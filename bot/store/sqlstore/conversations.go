package sqlstore

import (
	"database/sql"
	"errors"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
)

const conversationColumns = `id, channel, customer, name, release, state, control, lang, seq, unreachable, created_at, updated_at, node, lease_until, fence`

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

func scanConversation(s scanner) (store.Conversation, error) {
	var c store.Conversation
	var created, updated, lease int64
	err := s.Scan(&c.ID, &c.Channel, &c.Customer, &c.Name, &c.Release, &c.State, &c.Control, &c.Lang, &c.Seq, &c.Unreachable, &created, &updated, &c.Node, &lease, &c.Fence)
	c.CreatedAt, c.UpdatedAt, c.LeaseUntil = fromMicros(created), fromMicros(updated), fromMicros(lease)
	return c, err
}

// Lease implements store.Conversations. The row is locked by the upsert even
// where its WHERE keeps it from being written, so on PostgreSQL two nodes that
// receive for one conversation do so one after the other, and the ids of its
// inbox rows rise in the order of their commits.
func (t *tx) Lease(first store.Conversation, node string, now, until time.Time) (store.Conversation, error) {
	row := t.q.QueryRowContext(t.ctx, `
INSERT INTO conversation (id, channel, customer, name, created_at, updated_at, node, lease_until, fence)
VALUES ($1, $2, $3, $4, $5, $5, $6, $7, 1)
ON CONFLICT (id) DO UPDATE SET
	fence = conversation.fence + CASE WHEN conversation.node = excluded.node AND conversation.lease_until > excluded.updated_at THEN 0 ELSE 1 END,
	node = excluded.node,
	lease_until = excluded.lease_until
WHERE conversation.node = excluded.node OR conversation.node = '' OR conversation.lease_until <= excluded.updated_at
RETURNING `+conversationColumns,
		first.ID, first.Channel, first.Customer, first.Name, micros(now), node, micros(until))
	c, err := scanConversation(row)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return store.Conversation{}, store.ErrLeased
	case err != nil:
		return store.Conversation{}, wrap("lease the conversation", err)
	}
	delete(t.others, c.ID)
	return c, nil
}

// Save implements store.Conversations.
func (t *tx) Save(c store.Conversation, now time.Time) error {
	n, err := t.exec("save the conversation", `
UPDATE conversation SET release = $1, state = $2, control = $3, lang = $4, seq = $5, name = $6, updated_at = $7
WHERE id = $8 AND fence = $9 AND seq + 1 >= $5 AND seq <= $5`,
		c.Release, c.State, c.Control, c.Lang, c.Seq, c.Name, micros(now), c.ID, c.Fence)
	if err == nil && n == 0 {
		return store.ErrFenced
	}
	return err
}

// Control implements store.Conversations.
func (t *tx) Control(c bot.ConversationID, control string) error {
	n, err := t.exec("hand the conversation over", `UPDATE conversation SET control = $1, fence = fence + 1 WHERE id = $2`, control, c)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}

// Unreachable implements store.Conversations.
func (t *tx) Unreachable(c bot.ConversationID, reason string) error {
	_, err := t.exec("note the conversation", `UPDATE conversation SET unreachable = $1 WHERE id = $2`, reason, c)
	return err
}

// Unlease implements store.Conversations.
func (t *tx) Unlease(c bot.ConversationID, fence int64) error {
	_, err := t.exec("end the lease", `UPDATE conversation SET node = '', lease_until = 0 WHERE id = $1 AND fence = $2`, c, fence)
	return err
}

// UnleaseNode implements store.Conversations.
func (t *tx) UnleaseNode(node string) error {
	_, err := t.exec("end the leases", `UPDATE conversation SET node = '', lease_until = 0, fence = fence + 1 WHERE node <> '' AND (CAST($1 AS TEXT) = '' OR node = $1)`, node)
	return err
}

// Conversation implements store.Conversations.
func (t *tx) Conversation(id bot.ConversationID) (store.Conversation, error) {
	c, err := scanConversation(t.q.QueryRowContext(t.ctx, `SELECT `+conversationColumns+` FROM conversation WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return c, store.ErrNotFound
	}
	return c, wrap("read the conversation", err)
}

// Recent implements store.Turns.
func (t *tx) Recent(limit int) ([]store.Conversation, error) {
	var out []store.Conversation
	err := t.rows("list conversations", `SELECT `+conversationColumns+` FROM conversation ORDER BY updated_at DESC, id LIMIT $1`, []any{limit}, func(rs *sql.Rows) error {
		c, err := scanConversation(rs)
		out = append(out, c)
		return err
	})
	return out, err
}
