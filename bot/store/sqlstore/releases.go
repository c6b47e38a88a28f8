package sqlstore

import (
	"time"

	"latchkey/bot/store"
)

// Publish implements store.Releases.
func (t *tx) Publish(r store.Release) error {
	if _, err := t.exec("keep the release", `
INSERT INTO pack_release (hash, archive, published_at) VALUES ($1, $2, $3)
ON CONFLICT (hash) DO NOTHING`, r.Hash, r.Archive, micros(r.At)); err != nil {
		return err
	}
	if _, err := t.exec("retire the release", `UPDATE pack_release SET current = 0 WHERE current = 1 AND hash <> $1`, r.Hash); err != nil {
		return err
	}
	_, err := t.exec("publish the release", `UPDATE pack_release SET current = 1, published_at = $1 WHERE hash = $2`, micros(r.At), r.Hash)
	return err
}

// Release implements store.Releases.
func (t *tx) Release(hash string) (store.Release, error) {
	r := store.Release{Hash: hash}
	var at int64
	err := t.row("read the release", `SELECT archive, published_at FROM pack_release WHERE hash = $1`, []any{hash}, &r.Archive, &at)
	r.At = fromMicros(at)
	return r, err
}

// Current implements store.Releases.
func (t *tx) Current() (string, error) {
	var hash string
	err := t.row("find the current release", `SELECT hash FROM pack_release WHERE current = 1`, nil, &hash)
	return hash, err
}

// Prune implements store.Releases.
func (t *tx) Prune(since time.Time) (int, error) {
	n, err := t.exec("forget old releases", `
DELETE FROM pack_release WHERE current = 0
AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.release = pack_release.hash AND c.updated_at >= $1)`, micros(since))
	return int(n), err
}
