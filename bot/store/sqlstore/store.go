package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"sync"
	"time"

	"latchkey/bot"
	"latchkey/bot/store"
)

//go:embed migrations/*/*.sql
var migrations embed.FS

// dialect is what differs between the databases. All other statements are
// the same text for both; their $1, $2, … first appear in rising order,
// because SQLite's driver binds them in the order of appearance.
type dialect struct {
	name       string
	skipLocked string // behind a SELECT whose rows other nodes should not take too
}

var (
	sqliteDialect   = dialect{name: "sqlite"}
	postgresDialect = dialect{name: "postgres", skipLocked: " FOR UPDATE SKIP LOCKED"}
)

// Store is a store.Store. Open one with OpenSQLite or OpenPostgres.
type Store struct {
	backend
	d    dialect
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu     sync.Mutex
	wakers map[chan bot.ConversationID]struct{}
}

// backend is how a database runs transactions.
type backend interface {
	update(ctx context.Context, fn func(*tx) error) error
	view(ctx context.Context, fn func(*tx) error) error
	// watch calls wake for what others have written, until ctx ends.
	watch(ctx context.Context, wake func(bot.ConversationID))
	close() error
}

var _ store.Store = (*Store)(nil)

func newStore(b backend, d dialect) *Store {
	ctx, stop := context.WithCancel(context.Background())
	s := &Store{backend: b, d: d, stop: stop, wakers: map[chan bot.ConversationID]struct{}{}}
	s.wg.Go(func() { b.watch(ctx, s.wake) })
	return s
}

// Update implements store.Store.
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	return s.update(ctx, func(t *tx) error { return fn(t) })
}

// View implements store.Store.
func (s *Store) View(ctx context.Context, fn func(store.Tx) error) error {
	return s.view(ctx, func(t *tx) error { return fn(t) })
}

// pingRoom is how much room Ping wants to find, in bytes: more than any one
// event takes. A counter alone could still be written to a full database.
const pingRoom = 64 << 10

// Ping implements store.Store.
func (s *Store) Ping(ctx context.Context) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.Remember("ping", "room", make([]byte, pingRoom), time.Time{}); err != nil {
			return err
		}
		if err := t.Remember("ping", "room", nil, time.Time{}); err != nil {
			return err
		}
		_, err := t.exec("write to the database", `UPDATE ping SET counter = counter + 1 WHERE id = 1`)
		return err
	})
}

// Wakes implements store.Store.
func (s *Store) Wakes(ctx context.Context) <-chan bot.ConversationID {
	ch := make(chan bot.ConversationID, 256)
	s.mu.Lock()
	s.wakers[ch] = struct{}{}
	s.mu.Unlock()
	context.AfterFunc(ctx, func() {
		s.mu.Lock()
		delete(s.wakers, ch)
		s.mu.Unlock()
	})
	return ch
}

// wake passes a name on. A listener that is behind misses it and finds the
// work by itself, as the contract says.
func (s *Store) wake(c bot.ConversationID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for ch := range s.wakers {
		select {
		case ch <- c:
		default:
		}
	}
}

// Close stops the watcher and closes the database.
func (s *Store) Close() error {
	s.stop()
	s.wg.Wait()
	return s.close()
}

// querier runs statements inside a transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// tx is one transaction. It carries the context of the call it serves.
type tx struct {
	ctx context.Context
	q   querier
	d   dialect
	// others are conversations that got something to do while another node
	// may have the lease.
	others map[bot.ConversationID]bool
}

var _ store.Tx = (*tx)(nil)

func (t *tx) exec(what, query string, args ...any) (int64, error) {
	res, err := t.q.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	return n, nil
}

// row scans one row; without any it returns store.ErrNotFound.
func (t *tx) row(what, query string, args []any, dest ...any) error {
	err := t.q.QueryRowContext(t.ctx, query, args...).Scan(dest...)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return store.ErrNotFound
	case err != nil:
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// rows scans every row with scan.
func (t *tx) rows(what, query string, args []any, scan func(*sql.Rows) error) error {
	rs, err := t.q.QueryContext(t.ctx, query, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer rs.Close()
	for rs.Next() {
		if err := scan(rs); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	if err := rs.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// micros is a time as the database keeps it; the zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
