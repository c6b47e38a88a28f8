package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"
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
	// Hook is called at named points of a migration; tests stop the program
	// there. nil = nothing happens.
	Hook func(point string)
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
	ran, err := migrate(ctx, conn, all, "BEGIN IMMEDIATE", o.Now(), o.Hook)
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
