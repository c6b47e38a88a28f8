package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	api "github.com/slack-go/slack"
)

const (
	maxBody = 1 << 20 // bytes of one delivery
	// takeTime is how long a delivery may take: Slack waits three seconds.
	takeTime = 2500 * time.Millisecond
	// seenFor is how long a signature is remembered: longer than the five
	// minutes for which Slack's signatures are good.
	seenFor = 11 * time.Minute
	maxSeen = 100_000
)

// Handler receives events, interactions and slash commands on one address
// (https://docs.slack.dev/authentication/verifying-requests-from-slack): 401
// for what is not signed or signed long ago, 413 and 400 for what is too long
// or unreadable, 503 when it could not be kept, and 200 once it is durable.
func (c *Channel) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			var large *http.MaxBytesError
			if errors.As(err, &large) {
				http.Error(w, "too long", http.StatusRequestEntityTooLarge)
				return
			}
			http.Error(w, "not read", http.StatusBadRequest)
			return
		}
		signature := r.Header.Get("X-Slack-Signature")
		if !c.signed(r.Header, body) || c.replayed(signature) {
			http.Error(w, "not signed by Slack", http.StatusUnauthorized)
			return
		}
		kind, payload, err := opened(r.Header.Get("Content-Type"), body)
		if err != nil {
			http.Error(w, "not what Slack sends", http.StatusBadRequest)
			return
		}
		if c.handshake(w, kind, payload) {
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), takeTime)
		defer cancel()
		reply, err := c.take(ctx, kind, payload)
		if errors.Is(err, errUnreadable) {
			err = c.o.Memory.Bury(ctx, signature, payload, err.Error())
		}
		if err != nil {
			c.o.Log.Warn("delivery not taken; Slack delivers it again", "kind", kind, "err", err)
			http.Error(w, "not now", http.StatusServiceUnavailable)
			return
		}
		c.remember(signature)
		if reply == nil {
			w.WriteHeader(http.StatusOK)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(reply) // Slack is gone; the delivery is kept
	})
}

// signed checks a body against every secret in force, in constant time, and
// the age of its signature.
func (c *Channel) signed(h http.Header, body []byte) bool {
	good := false
	for _, secret := range c.o.Secrets {
		v, err := api.NewSecretsVerifier(h, secret)
		if err != nil {
			continue // no signature, an old one, or an empty secret
		}
		if _, err := v.Write(body); err == nil && v.Ensure() == nil {
			good = true
		}
	}
	return good
}

// replayed tells whether a signature was taken before: somebody sends a copy.
// Slack signs each of its own retries anew.
func (c *Channel) replayed(signature string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.seen[signature]
	return ok && time.Since(at) < seenFor
}

func (c *Channel) remember(signature string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.seen) >= maxSeen {
		for s, at := range c.seen {
			if time.Since(at) >= seenFor {
				delete(c.seen, s)
			}
		}
		if len(c.seen) >= maxSeen {
			clear(c.seen) // keys in the inbox still tell repeats
		}
	}
	c.seen[signature] = time.Now()
}

// opened finds the payload of a delivery and what kind it is.
func opened(contentType string, body []byte) (kind string, payload []byte, err error) {
	if ct, _, _ := strings.Cut(contentType, ";"); strings.TrimSpace(ct) != "application/x-www-form-urlencoded" {
		if !json.Valid(body) {
			return "", nil, errUnreadable
		}
		return kindEvent, body, nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", nil, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	switch {
	case form.Has("payload"):
		if p := []byte(form.Get("payload")); json.Valid(p) {
			return kindInteractive, p, nil
		}
		return "", nil, errUnreadable
	case form.Has("command"):
		p, err := json.Marshal(command{
			Command: form.Get("command"), Text: form.Get("text"), Team: form.Get("team_id"),
			User: form.Get("user_id"), Channel: form.Get("channel_id"), Trigger: form.Get("trigger_id"),
		})
		return kindCommand, p, err
	case form.Has("ssl_check"):
		return "", nil, nil
	}
	return "", nil, errUnreadable
}

// handshake answers Slack's own questions: whether the address is ours, and
// whether its certificate is good.
func (c *Channel) handshake(w http.ResponseWriter, kind string, payload []byte) bool {
	if kind == "" {
		w.WriteHeader(http.StatusOK)
		return true
	}
	if kind != kindEvent {
		return false
	}
	var b eventBody
	if err := json.Unmarshal(payload, &b); err != nil || b.Type != "url_verification" {
		return false
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(b.Challenge)) // Slack asks again
	return true
}
