package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"latchkey/bot"
)

// PostgresOptions say which database. The zero value of each field but URL is
// a sensible default.
type PostgresOptions struct {
	URL   string           // as libpq takes it
	Conns int              // connections at the most; 0 = 16
	Now   func() time.Time // for the marks of migrations; nil = time.Now
	// Hook is called at named points of a migration; tests stop the program
	// there. nil = nothing happens.
	Hook func(point string)
}

type postgres struct {
	db  *sql.DB
	cfg *pgx.ConnConfig
}

// wakeChannel is the channel of LISTEN and NOTIFY.
const wakeChannel = "latchkey_wake"

// OpenPostgres connects and brings the schema up to date. It returns the names
// of the migrations that ran.
func OpenPostgres(ctx context.Context, o PostgresOptions) (*Store, []string, error) {
	if o.Conns == 0 {
		o.Conns = 16
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	cfg, err := pgx.ParseConfig(o.URL)
	if err != nil {
		return nil, nil, errors.New("the database address cannot be read; write it like postgres://user@host/name") // the error would show the password
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "latchkey"
	}
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(o.Conns)
	db.SetMaxIdleConns(o.Conns)
	ran, err := preparePostgres(ctx, db, o)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return newStore(&postgres{db: db, cfg: cfg}, postgresDialect), ran, nil
}

// migrationLock is the key of the advisory lock under which one node migrates
// while the others wait.
const migrationLock = 0x6c61746368 // "latch"

func preparePostgres(ctx context.Context, db *sql.DB, o PostgresOptions) (ran []string, err error) {
	all, err := steps(migrations, "postgres")
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrationLock); err != nil {
		return nil, fmt.Errorf("wait for other nodes' migration: %w", err)
	}
	defer func() {
		_, end := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrationLock)
		err = errors.Join(err, wrap("let other nodes migrate", end))
	}()
	return migrate(ctx, conn, all, "BEGIN", o.Now(), o.Hook)
}

// maxAgain is how often a transaction that met a passing conflict is run again.
const maxAgain = 10

func (b *postgres) update(ctx context.Context, fn func(*tx) error) error {
	var err error
	for range maxAgain {
		if err = b.once(ctx, fn, nil); err == nil || !passing(err) {
			return explainPostgres(err)
		}
	}
	return explainPostgres(err)
}

func (b *postgres) view(ctx context.Context, fn func(*tx) error) error {
	return explainPostgres(b.once(ctx, fn, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}))
}

func (b *postgres) once(ctx context.Context, fn func(*tx) error, o *sql.TxOptions) (err error) {
	t, err := b.db.BeginTx(ctx, o)
	if err != nil {
		return wrap("begin", err)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v", p)
		}
		if err != nil {
			_ = t.Rollback() // the first error tells more
		}
	}()
	x := &tx{ctx: ctx, q: t, d: postgresDialect, others: map[bot.ConversationID]bool{}}
	if err := fn(x); err != nil {
		return err
	}
	// Commits with a NOTIFY wait for each other, so only what another node may
	// have to do is announced.
	for c := range x.others {
		if _, err := t.ExecContext(ctx, "SELECT pg_notify($1, $2)", wakeChannel, string(c)); err != nil {
			return wrap("wake the other nodes", err)
		}
	}
	return wrap("commit", t.Commit())
}

// watch listens on a connection of its own. After a lost connection anything
// may have been missed, so it says "look now".
func (b *postgres) watch(ctx context.Context, wake func(bot.ConversationID)) {
	for ctx.Err() == nil {
		_ = b.listen(ctx, wake) // tried again below; callers look by themselves meanwhile
		wake("")
		pause := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		pause.Stop()
	}
}

func (b *postgres) listen(ctx context.Context, wake func(bot.ConversationID)) error {
	conn, err := pgx.ConnectConfig(ctx, b.cfg.Copy())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+wakeChannel); err != nil {
		return err
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		wake(bot.ConversationID(n.Payload))
	}
}

func (b *postgres) close() error { return b.db.Close() }
