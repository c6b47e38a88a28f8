package main

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// eventually waits for something that another process does.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(longest)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("it never happened: %s", what)
		}
	}
}

func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url) //nolint:noctx // a test's own server
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func newPage(t *testing.T, s *server) *page {
	return &page{ctx: t.Context(), base: func() string { return s.base }, http: &http.Client{Timeout: 10 * time.Second}}
}

// last is the newest line that the bot said.
func (p *page) last(t *testing.T) entryJSON {
	t.Helper()
	entries, err := p.open("")
	if err != nil {
		t.Fatal(err)
	}
	for i := len(entries) - 1; i >= 0; i-- {
		if entries[i].From == "bot" {
			return entries[i]
		}
	}
	return entryJSON{}
}

func (p *page) press(t *testing.T, label string) {
	t.Helper()
	for _, c := range p.last(t).Choices {
		if c.Label == label {
			if err := p.send(rand.Text(), "", c.Token); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no button %q in %+v", label, p.last(t))
}

func (p *page) wait(t *testing.T, words string) {
	t.Helper()
	eventually(t, "the bot says "+words, func() bool { return strings.Contains(p.last(t).HTML, words) })
}

const reloadPack = `pack: small
title: Small
language: en
queues: {q: {title: Queue, hours: always}}
defaults: {ask_language: false}
`

func reloadFlow(word, extra string) string {
	return `flow: walk
title: Walk
start: {phrases: [walk with me, let us walk, a little walk, walking please, go for a walk], deep_link: walk}
steps:
  first:
    choose:
      on: {label: Go on, go: second}
      end: {label: Stop, go: over}
` + extra + `    say: ` + word + ` first
  second:
    choose:
      back: {label: Back there, go: first}
      end: {label: Stop, go: over}
    say: ` + word + ` second
  over: {done: solved, say: Over.}
`
}

// TestReload changes the flows under a running program: a broken edit changes
// nothing and is told, new words apply at once, and another graph only to new
// conversations.
func TestReload(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("pack.yaml", reloadPack)
	write("walk.yaml", reloadFlow("Old", ""))
	s := startServer(t, writeConfig(t, "flows: "+dir))
	p := newPage(t, s)
	if _, err := p.open("walk"); err != nil {
		t.Fatal(err)
	}
	p.wait(t, "Old first")

	write("walk.yaml", "flow: walk\nsteps: [broken")
	eventually(t, "the broken edit is told", func() bool {
		status, body := fetch(t, s.base+"/readyz")
		return status == http.StatusOK && strings.Contains(body, "walk.yaml:")
	})
	if _, body := fetch(t, s.base+"/status"); !strings.Contains(body, "walk.yaml:") || !strings.Contains(body, "stays in force") {
		t.Errorf("the console does not tell of the broken edit: %s", body)
	}
	p.press(t, "Go on")
	p.wait(t, "Old second")

	write("walk.yaml", reloadFlow("New", ""))
	eventually(t, "the mended edit is in force", func() bool {
		_, body := fetch(t, s.base+"/readyz")
		return !strings.Contains(body, "walk.yaml:")
	})
	p.press(t, "Back there")
	p.wait(t, "New first") // words alone: at once

	before := release(t, s)
	write("walk.yaml", reloadFlow("Newest", "      more: {label: Something else, go: over}\n"))
	eventually(t, "another release is in force", func() bool { return release(t, s) != before })
	q := newPage(t, s)
	if _, err := q.open("walk"); err != nil {
		t.Fatal(err)
	}
	q.wait(t, "Newest first")
	if n := len(q.last(t).Choices); n != 3 {
		t.Errorf("a new conversation has %d choices", n)
	}
	p.press(t, "Go on")
	p.wait(t, "New second") // another graph: this one stays where it began
	s.stop()
}

func release(t *testing.T, s *server) string {
	t.Helper()
	_, body := fetch(t, s.base+"/readyz")
	var v struct {
		Checks []struct{ Name, Detail string }
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	for _, c := range v.Checks {
		if c.Name == "flows" {
			return c.Detail
		}
	}
	return ""
}

// TestCanaries plants a thousand secrets in conversations and then looks for
// them, byte by byte, in everything the program has written: database, log of
// the database, backup, log, figures, and the desk's view.
func TestCanaries(t *testing.T) {
	config := writeConfig(t)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, bytes.Replace(text, []byte("level: warn"), []byte("level: debug"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, config)
	var planted []string
	p := newPage(t, s)
	for i := range 1000 {
		if i%50 == 0 {
			p = newPage(t, s)
			if _, err := p.open("forgot"); err != nil {
				t.Fatal(err)
			}
		}
		message, secret := canary(i)
		planted = append(planted, secret)
		if err := p.send(rand.Text(), message, ""); err != nil {
			t.Fatal(err)
		}
		if i%10 == 0 {
			if err := p.send(rand.Text(), "human", ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	eventually(t, "everything was worked on", func() bool { return strings.Contains(p.last(t).HTML, " ") && idle(t, s) })
	dir := filepath.Dir(config)
	code := run(t.Context(), []string{"backup", "--config", config, filepath.Join(dir, "backup.db")}, os.Getenv, nil, io.Discard, os.Stderr)
	if code != 0 {
		t.Fatalf("backup: exit %d", code)
	}
	var desk bytes.Buffer
	run(t.Context(), []string{"desk", "--config", config, "--as", "ada", "list", "--json"}, os.Getenv, nil, &desk, os.Stderr)
	_, figures := fetch(t, s.base+"/metrics")
	found := 0
	look := func(where string, data []byte) {
		for i, secret := range planted {
			if bytes.Contains(data, []byte(secret)) {
				found++
				t.Errorf("canary %d (%s) stands in %s", i, canaryKind(i), where)
			}
		}
	}
	look("the figures", []byte(figures))
	look("the desk's list", desk.Bytes())
	scan := func() (bytesSeen int) {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			bytesSeen += len(data)
			look(filepath.Base(path), data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return bytesSeen
	}
	running := scan()
	s.stop()
	look("the log", []byte(s.out.String()))
	scan()
	t.Logf("%d secrets planted, %d bytes of files looked at: %d found", len(planted), running, found)
}

// idle tells whether nothing is being worked on.
func idle(t *testing.T, s *server) bool {
	_, figures := fetch(t, s.base+"/metrics")
	return strings.Contains(figures, "\nlatchkey_lanes 0\n")
}

var canaryKinds = []string{"password en", "password ru", "password es", "password colon", "code", "code ru", "card", "IBAN", "token", "JWT", "key", "reset link"}

func canaryKind(i int) string { return canaryKinds[i%len(canaryKinds)] }

// canary is a message with a secret of its own, and the secret.
func canary(i int) (message, secret string) {
	unique := rand.Text()
	switch canaryKind(i) {
	case "password en":
		secret = "Can" + unique[:6] + "-7x" + unique[6:9]
		return "my password is " + secret, secret
	case "password ru":
		secret = "Кан" + unique[:6] + "9" + unique[6:9]
		return "мой пароль " + secret, secret
	case "password es":
		secret = unique[:5] + "4z" + unique[5:9]
		return "mi contraseña es " + secret + " y no entra", secret
	case "password colon":
		secret = unique[:4] + "3!" + unique[4:8]
		return "login: anna password: " + secret, secret
	case "code":
		secret = fmt.Sprintf("%08d", 10_000_000+i*7919)
		return "the code is " + secret, secret
	case "code ru":
		secret = fmt.Sprintf("%08d", 20_000_000+i*7919)
		return "код " + secret + " не подходит", secret
	case "card":
		secret = luhnCard(i)
		return "pay with " + secret + " please", secret
	case "IBAN":
		secret = ibanOf(i)
		return "my account " + secret, secret
	case "token":
		secret = "xox" + "b-" + fmt.Sprintf("%012d", i) + "-" + unique
		return "here: " + secret, secret
	case "JWT":
		secret = "eyJ" + unique + "." + unique + "." + unique
		return secret, secret
	case "key":
		secret = unique + unique
		return "-----BEGIN PRIVATE KEY-----\n" + secret + "\n-----END PRIVATE KEY-----", secret
	}
	secret = unique
	return "I got https://example.com/reset?token=" + secret, secret
}

func luhnCard(i int) string {
	body := fmt.Sprintf("4%014d", 12345678000+i*31)
	sum := 0
	for k := range body {
		d := int(body[len(body)-1-k] - '0')
		if k%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return body + string(rune('0'+(10-sum%10)%10))
}

func ibanOf(i int) string {
	body := fmt.Sprintf("%018d", 370400440000000000+int64(i)*7919)
	rest := 0
	for _, r := range body + "131400" { // DE00 at the end, letters as numbers
		rest = (rest*10 + int(r-'0')) % 97
	}
	return fmt.Sprintf("DE%02d%s", 98-rest, body)
}

// TestDatabaseLocked lets another program lock the database for longer than
// the server waits: customers are told to try again, and what they wrote gets
// through by itself once the lock is gone.
func TestDatabaseLocked(t *testing.T) {
	if testing.Short() {
		t.Skip("locks the database for ten seconds; run without -short")
	}
	config := writeConfig(t)
	s := startServer(t, config)
	p := newPage(t, s)
	if _, err := p.open("forgot"); err != nil {
		t.Fatal(err)
	}
	p.wait(t, "Where do you sign in")
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(filepath.Dir(config), "data", "latchkey.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	sent := make(chan error, 1)
	go func() { sent <- p.send(rand.Text(), "1", "") }()
	locked := time.NewTimer(10 * time.Second)
	defer locked.Stop()
	refused := false
	for waiting := true; waiting; {
		select {
		case err := <-sent:
			t.Fatalf("a message was acknowledged while nothing could be written: %v", err)
		case <-locked.C:
			waiting = false
		default:
			status, _ := fetch(t, s.base+"/readyz") // takes as long as the database does
			refused = refused || status == http.StatusServiceUnavailable
		}
	}
	if !refused {
		t.Error("/readyz was content with a locked database")
	}
	if _, err := db.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	p.wait(t, "Take these steps on the website")
	s.stop()
}
