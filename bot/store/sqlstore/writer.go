package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"latchkey/bot"
)

// errClosed is what an Update gets once the store is closed.
var errClosed = errors.New("the store is closed")

// request is one caller's transaction on its way through the writer.
type request struct {
	fn   func(*tx) error
	peek func(*sql.Conn) error // instead of fn: outside any transaction
	done chan error
}

// groupWriter owns the one writing connection. All requests that wait when it
// becomes free share one commit, and so one sync of the disk.
type groupWriter struct {
	conn *sql.Conn
	in   chan *request
	quit chan struct{}
	// ended is closed when nothing runs any more.
	ended chan struct{}
	once  sync.Once
	wg    sync.WaitGroup
}

// maxGroup bounds how many transactions share a commit.
const maxGroup = 256

func startWriter(conn *sql.Conn) *groupWriter {
	w := &groupWriter{conn: conn, in: make(chan *request, maxGroup), quit: make(chan struct{}), ended: make(chan struct{})}
	w.wg.Go(w.run)
	return w
}

func (w *groupWriter) stop() {
	w.once.Do(func() { close(w.quit) })
	w.wg.Wait()
}

// do hands a transaction over and waits until it is durable or refused. Once
// it is handed over it runs to its end, whatever becomes of ctx: so a caller
// always knows which of the two happened, and what fn writes to is its own.
func (w *groupWriter) do(ctx context.Context, fn func(*tx) error) error {
	return w.send(ctx, &request{fn: fn, done: make(chan error, 1)})
}

func (w *groupWriter) send(ctx context.Context, r *request) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-w.quit:
		return errClosed
	default:
	}
	select {
	case w.in <- r:
	case <-w.quit:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-r.done:
		return err
	case <-w.ended: // handed over in the very moment of the end
		select {
		case err := <-r.done:
			return err
		default:
			return errClosed
		}
	}
}

// dataVersion changes when another connection has committed (SQLite manual,
// PRAGMA data_version).
func (w *groupWriter) dataVersion(ctx context.Context) (int64, error) {
	var v int64
	err := w.send(ctx, &request{done: make(chan error, 1), peek: func(c *sql.Conn) error {
		return c.QueryRowContext(context.Background(), "PRAGMA data_version").Scan(&v)
	}})
	return v, err
}

func (w *groupWriter) run() {
	defer close(w.ended)
	defer w.conn.Close()
	for {
		select {
		case r := <-w.in:
			w.group(w.gather(r))
		case <-w.quit:
			for { // who got in before the end is still served
				select {
				case r := <-w.in:
					w.group(w.gather(r))
				default:
					return
				}
			}
		}
	}
}

// gather takes everybody who waits.
func (w *groupWriter) gather(first *request) []*request {
	rs := []*request{first}
	for len(rs) < maxGroup {
		select {
		case r := <-w.in:
			rs = append(rs, r)
		default:
			return rs
		}
	}
	return rs
}

// group commits a group. When one of them fails, all are rolled back and run
// again, each inside a savepoint of its own, so that only the failing ones
// are left out.
func (w *groupWriter) group(rs []*request) {
	var work []*request
	for _, r := range rs {
		if r.peek != nil {
			r.done <- r.peek(w.conn)
			continue
		}
		work = append(work, r)
	}
	if len(work) == 0 {
		return
	}
	errs, err := w.try(work, false)
	if err == nil && firstError(errs) != nil && len(work) > 1 {
		errs, err = w.try(work, true)
	}
	for i, r := range work {
		r.done <- errors.Join(err, errs[i])
	}
}

func firstError(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// try runs the group in one transaction. Without savepoints the first error
// rolls back everything.
func (w *groupWriter) try(rs []*request, savepoints bool) (errs []error, err error) {
	ctx := context.Background()
	errs = make([]error, len(rs))
	if _, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return errs, wrap("begin writing", err)
	}
	rollback := func() { _, _ = w.conn.ExecContext(ctx, "ROLLBACK") } // fails only where SQLite has rolled back by itself
	for i, r := range rs {
		if savepoints {
			if _, err := w.conn.ExecContext(ctx, "SAVEPOINT one"); err != nil {
				rollback()
				return errs, wrap("begin writing", err)
			}
		}
		errs[i] = w.one(ctx, r)
		switch {
		case errs[i] != nil && !savepoints:
			rollback()
			return errs, nil
		case errs[i] != nil:
			if _, err := w.conn.ExecContext(ctx, "ROLLBACK TO one"); err != nil {
				rollback() // a full disk rolls back the whole transaction (SQLite manual, "Response To Errors Within A Transaction")
				return errs, errs[i]
			}
		}
		if savepoints {
			if _, err := w.conn.ExecContext(ctx, "RELEASE one"); err != nil {
				rollback()
				return errs, wrap("write", err)
			}
		}
	}
	if _, err := w.conn.ExecContext(ctx, "COMMIT"); err != nil {
		rollback()
		return errs, wrap("commit", err)
	}
	return errs, nil
}

// one runs one caller's function; its panic is that caller's error alone.
func (w *groupWriter) one(ctx context.Context, r *request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v", p)
		}
	}()
	return r.fn(&tx{ctx: ctx, q: w.conn, d: sqliteDialect, others: map[bot.ConversationID]bool{}})
}
