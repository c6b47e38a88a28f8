package sqlstore

import (
	"database/sql"

	"latchkey/bot"
	"latchkey/bot/store"
)

// AddTurn implements store.Turns.
func (t *tx) AddTurn(n store.Turn) error {
	added, err := t.exec("add the turn", `
INSERT INTO turn (conversation, seq, at, release, control, event, effects) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (conversation, seq) DO NOTHING`,
		n.Conversation, n.Seq, micros(n.At), n.Release, n.Control, n.Event, n.Effects)
	if err == nil && added == 0 {
		return store.ErrFenced
	}
	return err
}

// Turns implements store.Turns.
func (t *tx) Turns(c bot.ConversationID, after int64, limit int) ([]store.Turn, error) {
	var out []store.Turn
	err := t.rows("read the turns", `SELECT seq, at, release, control, event, effects FROM turn WHERE conversation = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
		[]any{c, after, limit}, func(rs *sql.Rows) error {
			n := store.Turn{Conversation: c}
			var at int64
			if err := rs.Scan(&n.Seq, &at, &n.Release, &n.Control, &n.Event, &n.Effects); err != nil {
				return err
			}
			n.At = fromMicros(at)
			out = append(out, n)
			return nil
		})
	return out, err
}
