package sqlstore

import (
	"database/sql"
	"time"

	"latchkey/bot/store"
)

// Remember implements store.Memory.
func (t *tx) Remember(scope, key string, value []byte, until time.Time) error {
	if value == nil {
		_, err := t.exec("forget", `DELETE FROM memory WHERE scope = $1 AND key = $2`, scope, key)
		return err
	}
	_, err := t.exec("remember", `
INSERT INTO memory (scope, key, value, until) VALUES ($1, $2, $3, $4)
ON CONFLICT (scope, key) DO UPDATE SET value = excluded.value, until = excluded.until`, scope, key, value, micros(until))
	return err
}

// Recall implements store.Memory.
func (t *tx) Recall(scope, key string, now time.Time) ([]byte, error) {
	var v []byte
	err := t.row("recall", `SELECT value FROM memory WHERE scope = $1 AND key = $2 AND (until = 0 OR until > $3)`, []any{scope, key, micros(now)}, &v)
	return v, err
}

// Forget implements store.Memory.
func (t *tx) Forget(now time.Time) (int, error) {
	n, err := t.exec("forget what is over", `DELETE FROM memory WHERE until > 0 AND until <= $1`, micros(now))
	return int(n), err
}

// Bury implements store.DeadLetters.
func (t *tx) Bury(d store.DeadLetter) error {
	_, err := t.exec("keep the dead letter", `
INSERT INTO dead_letter (channel, key, body, reason, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (channel, key) DO NOTHING`,
		d.Channel, d.Key, d.Body, d.Reason, micros(d.At))
	return err
}

// Buried implements store.DeadLetters.
func (t *tx) Buried(after int64, limit int) ([]store.DeadLetter, error) {
	var out []store.DeadLetter
	err := t.rows("list the dead letters", `SELECT id, channel, key, body, reason, at FROM dead_letter WHERE id > $1 ORDER BY id LIMIT $2`,
		[]any{after, limit}, func(rs *sql.Rows) error {
			var d store.DeadLetter
			var at int64
			if err := rs.Scan(&d.ID, &d.Channel, &d.Key, &d.Body, &d.Reason, &at); err != nil {
				return err
			}
			d.At = fromMicros(at)
			out = append(out, d)
			return nil
		})
	return out, err
}
