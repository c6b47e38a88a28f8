package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"latchkey/bot/store"
	"latchkey/bot/store/sqlstore"
)

// pageSize is SQLite's, in bytes, for a new file (https://sqlite.org/pragma.html#pragma_page_size).
const pageSize = 4096

// openStore opens the configured database and brings its schema up to date.
func openStore(e *env, cfg Config, use storeUse) (*openedStore, error) {
	address, err := cfg.Database.resolve(e.get)
	if err != nil {
		return nil, err
	}
	if address != "" && address != "sqlite" {
		if !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
			return nil, errors.New("database: write nothing for SQLite, or where a postgres:// address stands, like env:DATABASE_URL")
		}
		s, ran, err := sqlstore.OpenPostgres(e.ctx, sqlstore.PostgresOptions{URL: address, Hook: e.hook()})
		if err != nil {
			return nil, fmt.Errorf("open PostgreSQL: %w", err)
		}
		return &openedStore{Store: s, node: nodeName(cfg), poll: time.Second, backup: s.Backup, ran: ran}, nil
	}
	return openSQLite(e, cfg, use)
}

func openSQLite(e *env, cfg Config, use storeUse) (*openedStore, error) {
	dir, err := cfg.dataFolder(e.get)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "latchkey.db")
	if use == storeVisit {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("there is no database in %s yet; start \"latchkey serve\" once, or name the folder with --data", dir)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	out := &openedStore{node: nodeName(cfg)}
	if use == storeServing {
		lock := flock.New(filepath.Join(dir, "latchkey.lock"))
		got, err := lock.TryLock()
		if err != nil {
			return nil, fmt.Errorf("lock the data folder: %w", err)
		}
		if !got {
			return nil, fmt.Errorf("another latchkey serves from %s already; stop it, or give this one another folder with --data", dir)
		}
		out.unlock = lock.Unlock
	}
	s, ran, err := sqlstore.OpenSQLite(e.ctx, sqlstore.SQLiteOptions{Path: path, MaxPages: cfg.MaxMiB << 20 / pageSize, Hook: e.hook()})
	if err == nil && use == storeServing {
		// Alone by the lock: whoever had leases is dead.
		err = s.Update(e.ctx, func(tx store.Tx) error { return tx.UnleaseNode("") })
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}
	if err != nil {
		if out.unlock != nil {
			err = errors.Join(err, out.unlock())
		}
		return nil, fmt.Errorf("open the database in %s: %w", dir, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("protect the database: %w", err), s.Close())
	}
	out.Store, out.backup, out.ran = s, s.Backup, ran
	return out, nil
}
