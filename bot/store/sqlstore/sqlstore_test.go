package sqlstore_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"latchkey/bot/store"
	"latchkey/bot/store/sqlstore"
	"latchkey/bot/store/storetest"
)

func TestSQLite(t *testing.T) {
	dirs := map[*testing.T]string{}
	storetest.Run(t, func(t *testing.T, name string) store.Store {
		if dirs[t] == "" {
			dirs[t] = t.TempDir()
		}
		s, _, err := sqlstore.OpenSQLite(t.Context(), sqlstore.SQLiteOptions{Path: filepath.Join(dirs[t], name+".db")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	})
}

func TestPostgres(t *testing.T) {
	address := storetest.Postgres(t)
	admin, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	schemas := map[*testing.T]string{}
	n := 0
	storetest.Run(t, func(t *testing.T, name string) store.Store {
		if schemas[t] == "" {
			n++
			schemas[t] = "test" + string(rune('a'+n))
			if _, err := admin.Exec("CREATE SCHEMA " + schemas[t]); err != nil {
				t.Fatal(err)
			}
		}
		s, _, err := sqlstore.OpenPostgres(t.Context(), sqlstore.PostgresOptions{URL: address + "&search_path=" + schemas[t]})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	})
}
