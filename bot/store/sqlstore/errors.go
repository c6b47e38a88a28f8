package sqlstore

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"

	"latchkey/bot/store"
)

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// explain puts the contract's errors over those of SQLite that callers act on.
func explain(err error) error {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case sqlite3.ErrFull:
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return fmt.Errorf("%w: %w", store.ErrBusy, err)
	}
	return err
}

// PostgreSQL's codes for conflicts that pass when the transaction is run again
// (PostgreSQL manual, appendix A).
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	uniqueViolation      = "23505"
	diskFull             = "53100"
	lockNotAvailable     = "55P03"
)

func passing(err error) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	return e.Code == serializationFailure || e.Code == deadlockDetected || e.Code == uniqueViolation
}

func explainPostgres(err error) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case diskFull:
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case lockNotAvailable:
		return fmt.Errorf("%w: %w", store.ErrBusy, err)
	}
	return err
}
