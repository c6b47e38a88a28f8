package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"latchkey/bot/store"
)

// migration is one numbered step of the schema.
type migration struct {
	version int
	name    string
	script  string
}

// steps are the migrations of a dialect, in order: 1, 2, 3, ….
func steps(files fs.FS, dialect string) ([]migration, error) {
	dir := path.Join("migrations", dialect)
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		return nil, fmt.Errorf("list the migrations: %w", err)
	}
	var out []migration
	for _, e := range entries {
		number, _, ok := strings.Cut(e.Name(), "_")
		v, err := strconv.Atoi(number)
		if !ok || err != nil {
			return nil, fmt.Errorf("the migration %s has no number", e.Name())
		}
		script, err := fs.ReadFile(files, path.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read the migration %s: %w", e.Name(), err)
		}
		out = append(out, migration{v, strings.TrimSuffix(e.Name(), ".sql"), string(script)})
	}
	slices.SortFunc(out, func(a, b migration) int { return a.version - b.version })
	for i, m := range out {
		if m.version != i+1 {
			return nil, fmt.Errorf("the migration %s should have the number %04d", m.name, i+1)
		}
	}
	return out, nil
}

// migrator is what a database lends to a migration: one connection.
type migrator interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// migrate brings the schema up to date, each step in a transaction of its own
// together with its mark: a program that dies in the middle leaves the schema
// at a whole step. It returns the names of the steps that ran. begin is how
// the database begins a transaction that nobody else can write beside.
func migrate(ctx context.Context, db migrator, all []migration, begin string, now time.Time, hook func(string)) ([]string, error) {
	if hook == nil {
		hook = func(string) {}
	}
	if _, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS schema_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)`); err != nil {
		return nil, fmt.Errorf("prepare the migrations: %w", err)
	}
	at, err := schemaVersion(ctx, db)
	if err != nil {
		return nil, err
	}
	if at > len(all) {
		return nil, fmt.Errorf("%w: its schema is %d, this program knows %d; use the newer program", store.ErrNewerSchema, at, len(all))
	}
	var done []string
	for _, m := range all[at:] {
		ran, err := apply(ctx, db, m, begin, now, hook)
		if err != nil {
			return done, fmt.Errorf("migrate to %s: %w", m.name, err)
		}
		if ran {
			done = append(done, m.name)
		}
	}
	return done, nil
}

func schemaVersion(ctx context.Context, db migrator) (int, error) {
	var v int
	if err := db.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM schema_migration`).Scan(&v); err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return v, nil
}

// apply runs one step unless another program has run it meanwhile.
func apply(ctx context.Context, db migrator, m migration, begin string, now time.Time, hook func(string)) (ran bool, err error) {
	if _, err := db.ExecContext(ctx, begin); err != nil {
		return false, err
	}
	defer func() {
		if err != nil {
			_, _ = db.ExecContext(context.WithoutCancel(ctx), "ROLLBACK") // the first error tells more
		}
	}()
	at, err := schemaVersion(ctx, db)
	if err != nil {
		return false, err
	}
	hook("migration begun")
	if at < m.version {
		if _, err := db.ExecContext(ctx, m.script); err != nil {
			return false, err
		}
		hook("migration run")
		if _, err := db.ExecContext(ctx, `INSERT INTO schema_migration (version, name, applied_at) VALUES ($1, $2, $3)`, m.version, m.name, micros(now)); err != nil {
			return false, err
		}
		ran = true
	}
	hook("migration marked")
	if _, err = db.ExecContext(ctx, "COMMIT"); err != nil {
		return false, err
	}
	hook("migration committed")
	return ran, nil
}
