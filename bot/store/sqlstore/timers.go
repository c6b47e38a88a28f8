package sqlstore

import (
	"database/sql"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
)

// Arm implements store.Timers.
func (t *tx) Arm(c bot.ConversationID, tm bot.Timer) error {
	_, err := t.exec("set the timer", `
INSERT INTO timer (conversation, name, nonce, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (conversation, name) DO UPDATE SET nonce = excluded.nonce, at = excluded.at`, c, tm.Name, tm.Nonce, micros(tm.At))
	return err
}

// Disarm implements store.Timers.
func (t *tx) Disarm(c bot.ConversationID, name string) error {
	_, err := t.exec("remove the timer", `DELETE FROM timer WHERE conversation = $1 AND name = $2`, c, name)
	return err
}

// Due implements store.Timers. On PostgreSQL the rows are locked until the
// transaction ends, and nodes that look at the same time get others.
func (t *tx) Due(now time.Time, limit int) ([]store.DueTimer, error) {
	var out []store.DueTimer
	err := t.rows("look for due timers", `
SELECT m.conversation, m.name, m.nonce, m.at, coalesce(c.channel, ''), coalesce(c.customer, '')
FROM (SELECT conversation, name, nonce, at FROM timer WHERE at <= $1 ORDER BY at LIMIT $2`+t.d.skipLocked+`) m
LEFT JOIN conversation c ON c.id = m.conversation ORDER BY m.at`, []any{micros(now), limit}, func(rs *sql.Rows) error {
		var d store.DueTimer
		var at int64
		if err := rs.Scan(&d.Conversation.ID, &d.Timer.Name, &d.Timer.Nonce, &at, &d.Conversation.Channel, &d.Conversation.Customer); err != nil {
			return err
		}
		d.Timer.At = fromMicros(at)
		out = append(out, d)
		return nil
	})
	return out, err
}
