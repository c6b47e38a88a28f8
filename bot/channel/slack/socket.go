package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/slack-go/slack/socketmode"
)

// connections are held open at a time: Slack closes one now and then to renew
// it, and sends what comes meanwhile to the other
// (https://docs.slack.dev/apis/events-api/using-socket-mode).
const connections = 2

// sockets receives over Socket Mode until ctx ends.
func (c *Channel) sockets(ctx context.Context) {
	arrivals := make(chan arrival, 256)
	var wg sync.WaitGroup
	for range connections {
		wg.Go(func() {
			for ctx.Err() == nil {
				err := c.socket(ctx, arrivals)
				if ctx.Err() != nil {
					return
				}
				if err != nil {
					c.set(explain(err))
				}
				pause(ctx, c.o.Slow) // the library retries what passes by itself; this does not
			}
		})
	}
	wg.Go(func() { c.inOrder(ctx, arrivals) })
	wg.Wait()
}

// socket holds one connection. It comes back when going on is pointless for now.
func (c *Channel) socket(ctx context.Context, arrivals chan<- arrival) error {
	s := socketmode.New(c.api)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	open := 0
	defer func() { c.opened(-open) }()
	go func() { done <- s.RunContext(ctx) }()
	for {
		select {
		case err := <-done:
			return err
		case ev := <-s.Events:
			switch ev.Type {
			case socketmode.EventTypeHello:
				c.opened(1 - open)
				open = 1
			case socketmode.EventTypeConnecting:
				c.opened(-open)
				open = 0
			}
			c.received(ctx, s, ev, arrivals)
		}
	}
}

// envelope is what comes over a socket.
type envelope struct {
	ID      string          `json:"envelope_id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// received passes an envelope on, and notes how the connection does.
func (c *Channel) received(ctx context.Context, s *socketmode.Client, ev socketmode.Event, arrivals chan<- arrival) {
	switch ev.Type {
	case socketmode.EventTypeConnected, socketmode.EventTypeHello:
		c.set("")
	case socketmode.EventTypeConnectionError:
		if err, ok := ev.Data.(error); ok {
			c.set(explain(err))
		}
	case socketmode.EventTypeEventsAPI, socketmode.EventTypeInteractive, socketmode.EventTypeSlashCommand:
		arrive(ctx, arrivals, arrival{s, envelope{ID: ev.Request.EnvelopeID, Type: ev.Request.Type, Payload: ev.Request.Payload}})
	case socketmode.EventTypeErrorBadMessage:
		// The library refuses an envelope for one block that it does not know.
		bad, ok := ev.Data.(*socketmode.ErrorBadMessage)
		if !ok {
			return
		}
		var e envelope
		if err := json.Unmarshal(bad.Message, &e); err != nil || e.ID == "" {
			return // not an envelope: there is nothing to acknowledge
		}
		arrive(ctx, arrivals, arrival{s, e})
	}
}

// envelope takes one envelope over and acknowledges it then.
func (c *Channel) envelope(ctx context.Context, s *socketmode.Client, e envelope) {
	take, cancel := context.WithTimeout(ctx, takeTime)
	defer cancel()
	reply, err := c.take(take, e.Type, e.Payload)
	if errors.Is(err, errUnreadable) {
		err = c.o.Memory.Bury(take, e.ID, e.Payload, err.Error())
	}
	if err != nil {
		if ctx.Err() == nil {
			c.o.Log.Warn("delivery not taken; Slack delivers events again", "kind", e.Type, "err", err)
		}
		return // not acknowledged
	}
	if err := s.AckCtx(ctx, e.ID, reply); err != nil && ctx.Err() == nil {
		c.o.Log.Warn("acknowledgement not sent; Slack delivers again", "err", fmt.Sprint(err))
	}
}

// opened counts connections up and down.
func (c *Channel) opened(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open += n
}
