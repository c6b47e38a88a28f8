package storetest

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Postgres starts a PostgreSQL server for the test, on a socket in a temporary
// folder, and returns the address of an empty database. The server runs as an
// unprivileged user, because PostgreSQL refuses to be root. Without the
// server's programs the test is skipped by name; LATCHKEY_TEST_POSTGRES may
// name a server that runs already.
func Postgres(t *testing.T) string {
	t.Helper()
	if address := os.Getenv("LATCHKEY_TEST_POSTGRES"); address != "" {
		return address
	}
	bin := programs()
	if bin == "" {
		t.Skip("PostgreSQL's server programs (initdb, postgres) are not on this machine; install them, or set LATCHKEY_TEST_POSTGRES to a database's address, to run this test")
	}
	dir, err := os.MkdirTemp("", "lk-pg") // short: a socket's path may have 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	as := unprivileged(t, dir)
	run(t, as, filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "latchkey", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
	run(t, as, filepath.Join(bin, "pg_ctl"), "-D", filepath.Join(dir, "data"), "-w", "-t", "60", "-l", filepath.Join(dir, "log"),
		"-o", fmt.Sprintf("-c listen_addresses='' -c unix_socket_directories='%s' -c max_connections=100", dir), "start")
	t.Cleanup(func() {
		run(t, as, filepath.Join(bin, "pg_ctl"), "-D", filepath.Join(dir, "data"), "-m", "immediate", "-w", "stop")
	})
	return "postgres://latchkey@/postgres?" + url.Values{"host": {dir}, "sslmode": {"disable"}}.Encode()
}

// programs is the folder of the newest server on the machine, or "".
func programs() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is right
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			return filepath.Dir(real)
		}
	}
	return ""
}

// unprivileged is who the server runs as; root lends the folder to nobody.
func unprivileged(t *testing.T, dir string) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		var unknown user.UnknownUserError
		if errors.As(err, &unknown) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2, os.Chown(dir, int(uid), int(gid))); err != nil {
			t.Fatal(err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	t.Skip("no unprivileged user to run PostgreSQL as")
	return nil
}

func run(t *testing.T, as *syscall.Credential, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = os.TempDir()
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	var out strings.Builder
	// pg_ctl's server keeps the output open, so it must not be a pipe.
	file, err := os.CreateTemp("", "lk-pg-out")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	cmd.Stdout, cmd.Stderr = file, file
	if err := cmd.Run(); err != nil {
		data, _ := os.ReadFile(file.Name())
		out.Write(data)
		t.Fatalf("%s: %v\n%s", filepath.Base(name), err, out.String())
	}
}
