package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"

	"latchkey/bot"
)

// SQLiteOptions say where the file is. The zero value of each field but Path
// is a sensible default.
type SQLiteOptions struct {
	Path    string
	Readers int           // connections for View; 0 = 4
	Busy    time.Duration // how long to wait for another program's lock; 0 = 5 s
	Poll    time.Duration // how often to look for other programs' writes; 0 = 250 ms
	// MaxPages bounds the file (PRAGMA max_page_count); 0 = the disk.
	MaxPages int
	Now      func() time.Time // for the marks of migrations; nil = time.Now
}

// sqlite runs transactions on one file: all writes through one connection,
// reads through others that cannot write.
type sqlite struct {
	writeDB, readDB *sql.DB
	writer          *groupWriter
	readers         chan *sql.Conn
	poll            time.Duration
}

// OpenSQLite opens the file, or makes it, and brings its schema up to date. It
// returns the names of the migrations that ran.
func OpenSQLite(ctx context.Context, o SQLiteOptions) (*Store, []string, error) {
	if o.Readers == 0 {
		o.Readers = 4
	}
	if o.Busy == 0 {
		o.Busy = 5 * time.Second
	}
	if o.Poll == 0 {
		o.Poll = 250 * time.Millisecond
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	writeDB, err := sql.Open("sqlite3", o.dsn(false))
	if err != nil {
		return nil, nil, fmt.Errorf("open the database: %w", err)
	}
	writeDB.SetMaxOpenConns(1)
	conn, err := writeDB.Conn(ctx)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open the database %s: %w", o.Path, explain(err)), writeDB.Close())
	}
	ran, err := prepareSQLite(ctx, conn, o)
	if err != nil {
		return nil, nil, errors.Join(explain(err), conn.Close(), writeDB.Close())
	}
	b := &sqlite{writeDB: writeDB, readers: make(chan *sql.Conn, o.Readers), poll: o.Poll}
	if b.readDB, err = sql.Open("sqlite3", o.dsn(true)); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open the database: %w", err), conn.Close(), writeDB.Close())
	}
	for range o.Readers {
		r, err := b.readDB.Conn(ctx)
		if err != nil {
			return nil, nil, errors.Join(fmt.Errorf("open the database for reading: %w", explain(err)), b.readDB.Close(), conn.Close(), writeDB.Close())
		}
		b.readers <- r
	}
	b.writer = startWriter(conn)
	return newStore(b, sqliteDialect), ran, nil
}

func prepareSQLite(ctx context.Context, conn *sql.Conn, o SQLiteOptions) ([]string, error) {
	all, err := steps(migrations, "sqlite")
	if err != nil {
		return nil, err
	}
	ran, err := migrate(ctx, conn, all, "BEGIN IMMEDIATE", o.Now())
	if err != nil {
		return nil, err
	}
	if o.MaxPages > 0 {
		if _, err := conn.ExecContext(ctx, "PRAGMA max_page_count = "+strconv.Itoa(o.MaxPages)); err != nil {
			return nil, fmt.Errorf("bound the database: %w", err)
		}
	}
	return ran, nil
}

// dsn is the data source name. Everything that must hold for each connection
// stands in it, because a PRAGMA by Exec reaches one connection only.
func (o SQLiteOptions) dsn(readOnly bool) string {
	v := url.Values{
		"_journal_mode":    {"WAL"},
		"_synchronous":     {"FULL"}, // a commit that returned survives a power cut
		"_busy_timeout":    {strconv.FormatInt(o.Busy.Milliseconds(), 10)},
		"_foreign_keys":    {"on"},
		"_txlock":          {"immediate"}, // a read that turns into a write would fail at once
		"_stmt_cache_size": {"128"},
		"_cache_size":      {"-65536"}, // KiB
		"_secure_delete":   {"on"},     // erased words leave no trace in the file
	}
	if readOnly {
		v.Set("_query_only", "1")
		v.Set("_txlock", "deferred")
		v.Set("_cache_size", "-16384")
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: o.Path}).EscapedPath(), RawQuery: v.Encode()}
	return u.String()
}

func (b *sqlite) update(ctx context.Context, fn func(*tx) error) error {
	return explain(b.writer.do(ctx, fn))
}

func (b *sqlite) view(ctx context.Context, fn func(*tx) error) error {
	var conn *sql.Conn
	select {
	case conn = <-b.readers:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { b.readers <- conn }()
	// The driver watches a context that can end with a goroutine for each
	// statement; reads here are short, so they run to their end.
	quiet := context.WithoutCancel(ctx)
	if _, err := conn.ExecContext(quiet, "BEGIN"); err != nil {
		return explain(wrap("begin reading", err))
	}
	err := fn(&tx{ctx: quiet, q: conn, d: sqliteDialect, others: map[bot.ConversationID]bool{}})
	if _, end := conn.ExecContext(quiet, "COMMIT"); end != nil {
		_, _ = conn.ExecContext(quiet, "ROLLBACK")
		err = errors.Join(err, wrap("end reading", end))
	}
	return explain(err)
}

// watch looks for commits of other programs, such as the desk's commands.
func (b *sqlite) watch(ctx context.Context, wake func(bot.ConversationID)) {
	tick := time.NewTicker(b.poll)
	defer tick.Stop()
	var last int64
	for first := true; ; first = false {
		v, err := b.writer.dataVersion(ctx)
		if err == nil && v != last && !first {
			wake("")
		}
		if err == nil {
			last = v
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (b *sqlite) close() error {
	b.writer.stop()
	var errs []error
	for range cap(b.readers) {
		errs = append(errs, (<-b.readers).Close())
	}
	errs = append(errs, b.readDB.Close(), b.writeDB.Close())
	return errors.Join(errs...)
}

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
	once sync.Once
	wg   sync.WaitGroup
}

// maxGroup bounds how many transactions share a commit.
const maxGroup = 256

func startWriter(conn *sql.Conn) *groupWriter {
	w := &groupWriter{conn: conn, in: make(chan *request, maxGroup), quit: make(chan struct{})}
	w.wg.Go(w.run)
	return w
}

func (w *groupWriter) stop() {
	w.once.Do(func() { close(w.quit) })
	w.wg.Wait()
}

// do hands a transaction over and waits until it is durable or refused. A
// caller whose ctx ends early does not know which of the two happened.
func (w *groupWriter) do(ctx context.Context, fn func(*tx) error) error {
	return w.send(ctx, &request{fn: fn, done: make(chan error, 1)})
}

func (w *groupWriter) send(ctx context.Context, r *request) error {
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
	case <-ctx.Done():
		return ctx.Err()
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
