package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// server is the real program, serving, as a process of its own.
type server struct {
	t    *testing.T
	cmd  *exec.Cmd
	base string // http://127.0.0.1:port
	done chan error
	out  *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// startServer starts `latchkey serve` and waits until it listens. extra are
// further variables of its environment.
func startServer(t *testing.T, config string, extra ...string) *server {
	t.Helper()
	s := &server{t: t, done: make(chan error, 1), out: &lockedBuffer{}}
	s.cmd = exec.Command(os.Args[0], "serve", "--config", config)
	s.cmd.Env = append(append(os.Environ(), asProgram+"=1"), extra...)
	s.cmd.Stderr = s.out
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	listening := make(chan string, 1)
	go func() {
		sc := bufio.NewScanner(stdout)
		for sc.Scan() {
			if _, base, ok := strings.Cut(sc.Text(), "listening on "); ok {
				listening <- base
			}
		}
		close(listening)
		s.done <- s.cmd.Wait()
	}()
	deadline := time.NewTimer(60 * time.Second)
	defer deadline.Stop()
	select {
	case base, ok := <-listening:
		if !ok && len(extra) == 0 {
			t.Fatalf("the server ended before it listened: %s", s.out)
		}
		s.base = base
	case <-deadline.C:
		t.Fatalf("the server does not listen: %s", s.out)
	}
	return s
}

// longest is how long a test waits for another process.
const longest = 20 * time.Second

// kill ends the process without any farewell and waits until it is gone.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may be dead already
	<-s.done
}

// stop ends the process as an operator would and demands that it ends well.
func (s *server) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case err := <-s.done:
		if err != nil {
			s.t.Errorf("the server ended with %v: %s", err, s.out)
		}
	case <-time.After(20 * time.Second):
		s.kill()
		s.t.Errorf("the server did not stop within 20 s: %s", s.out)
	}
}

// writeConfig writes a config file for tests: a port of the system's choice,
// and no limits that a test would run into.
func writeConfig(t *testing.T, lines ...string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	text := "listen: 127.0.0.1:0\ndata: " + filepath.Join(dir, "data") + "\nlog: {level: warn}\n" +
		"limits: {messages_per_minute: 1000000, burst: 1000000}\n" + strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// page is a customer's browser: it keeps the token and sends what it has to
// until it is taken.
type page struct {
	ctx   context.Context
	base  func() string
	token string
	http  *http.Client
}

type entryJSON struct {
	ID      int64  `json:"id"`
	From    string `json:"from"`
	Author  string `json:"author"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
	Choices []struct{ Label, Token string }
}

func (p *page) post(path string, body any) (int, []byte, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	req, err := http.NewRequestWithContext(p.ctx, http.MethodPost, p.base()+path, bytes.NewReader(data))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if p.token != "" {
		req.Header.Set("Latchkey-Chat", p.token)
	}
	res, err := p.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	return res.StatusCode, out, err
}

// open begins the chat or reads it again.
func (p *page) open(link string) ([]entryJSON, error) {
	for {
		status, out, err := p.post("/chat/open", map[string]string{"token": p.token, "link": link})
		if err == nil && status == http.StatusOK {
			var r struct {
				Token   string
				Entries []entryJSON
			}
			if err := json.Unmarshal(out, &r); err != nil {
				return nil, err
			}
			p.token = r.Token
			return r.Entries, nil
		}
		if err == nil && status != http.StatusServiceUnavailable && status != http.StatusTooManyRequests {
			return nil, fmt.Errorf("open: %d %s", status, out)
		}
		if err := p.pause(); err != nil {
			return nil, err
		}
	}
}

// send delivers one message, again and again with the same id until it is
// taken.
func (p *page) send(id, text, press string) error {
	body := map[string]string{"id": id}
	if press != "" {
		body["press"] = press
	} else {
		body["text"] = text
	}
	for {
		status, out, err := p.post("/chat/send", body)
		if err == nil && status == http.StatusNoContent {
			return nil
		}
		if err == nil && status != http.StatusServiceUnavailable {
			return fmt.Errorf("send: %d %s", status, out)
		}
		if err := p.pause(); err != nil {
			return err
		}
	}
}

func (p *page) pause() error {
	t := time.NewTimer(20 * time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-p.ctx.Done():
		return errors.Join(errors.New("the server did not come back"), p.ctx.Err())
	}
}
