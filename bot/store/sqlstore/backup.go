package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrNoBackup says that the database has its own tools for backups.
var ErrNoBackup = errors.New("PostgreSQL is backed up with pg_dump or its own continuous archiving")

// Backup writes a consistent copy of the database to path while the program
// runs on. An existing file is never overwritten. SQLite only.
func (s *Store) Backup(ctx context.Context, path string) error {
	b, ok := s.backend.(*sqlite)
	if !ok {
		return ErrNoBackup
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s exists already; name a new file", path)
	}
	tmp := path + ".part"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove an unfinished backup: %w", err)
	}
	if err := vacuumInto(ctx, b.readDB, tmp); err != nil {
		return errors.Join(explain(err), ignoreMissing(os.Remove(tmp)))
	}
	if err := os.Chmod(tmp, 0o600); err != nil {
		return fmt.Errorf("protect the backup: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("finish the backup: %w", err)
	}
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// vacuumInto copies what one snapshot sees (SQLite manual, VACUUM INTO). The
// connection is opened for it: the readers' own may not write at all.
func vacuumInto(ctx context.Context, db *sql.DB, path string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open the database for the backup: %w", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "PRAGMA query_only = 0"); err != nil {
		return fmt.Errorf("prepare the backup: %w", err)
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA query_only = 1")
	if _, err := conn.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	return nil
}
