// Package pump moves messages: it takes events over from the channels, lets
// the dialogue engine take its step on each, in order and once, and sends what
// the engine says. It keeps the promises of the store: nothing is acknowledged
// before it is durable, nothing is sent before it is committed, and two turns
// of one conversation never run at once.
//
// It knows no platform, no SQL and no rule of the desk; channels, the store and
// the desk are given to it.
package pump

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"latchkey/bot"
	"latchkey/bot/channel"
	"latchkey/bot/desk"
	"latchkey/bot/dialogue"
	"latchkey/bot/store"
	"latchkey/flows"
	"latchkey/knowledge"
)

// Packs gives the pump what it needs to read and answer.
type Packs interface {
	// Current is the pack release that new conversations begin on.
	Current() *Release
	// Release finds one by its hash, loading it from the store if need be.
	Release(ctx context.Context, hash string) (*Release, error)
}

// Release is a pack with the matcher that was trained on it.
type Release struct {
	Pack    *flows.Pack
	Matcher knowledge.Matcher
}

// Filter takes secrets out of an event before anything is written. expects is
// what the customer is typing elsewhere at the moment: "code", "password",
// "both" when that is not certain, or "". It names the kinds that it took out in Event.Removed.
type Filter func(in bot.Inbound, expects string) bot.Inbound

// Options are what a Pump is made of. Every field but the last group is needed.
type Options struct {
	Store    store.Store
	Packs    Packs
	Desk     *desk.Desk
	Filter   Filter
	Channels []channel.Channel
	Node     string // this node's name, different from every other's
	Log      *slog.Logger
	Metrics  *Metrics

	Limits Limits
	// Lease is how long a node has a conversation without renewing; 0 = 15 s.
	Lease time.Duration
	// Sweep is how often the pump looks for work that nobody told it of; 0 = 1 s.
	Sweep time.Duration
	// Turns bounds how many turns run at the same time; 0 = 256.
	Turns int
	// Grace is how long Run waits for turns and messages in progress when it is
	// told to stop; 0 = 10 s.
	Grace time.Duration
	// Hook is called at named points of the work; tests stop the program there.
	Hook func(point string)
}

// Limits keeps one customer from crowding out the others (S-34).
type Limits struct {
	PerMinute int // messages of one customer; 0 = 20
	Burst     int // at once; 0 = 10
	InFlight  int // events being taken over at once; 0 = 1024
}

// Pump is the runtime of one node.
type Pump struct {
	o        Options
	channels map[string]*outlet
	turns    *lanes
	sends    *lanes
	flood    *keyed
	inflight chan struct{}

	mu      sync.Mutex
	fresh   map[int64]bool // messages committed as "sending" that this process has not tried yet
	closing bool
	after   sync.WaitGroup // courtesies that run beside a turn
}

// outlet is a channel with its limits.
type outlet struct {
	channel.Channel
	lane *pacer
}

// New puts a pump together. Run starts it.
func New(o Options) *Pump {
	o = withDefaults(o)
	p := &Pump{o: o, channels: map[string]*outlet{}, fresh: map[int64]bool{}, inflight: make(chan struct{}, o.Limits.InFlight)}
	for _, c := range o.Channels {
		p.channels[c.Name()] = &outlet{Channel: c, lane: newPacer(c.Limits())}
	}
	p.flood = newKeyed(o.Limits.PerMinute, o.Limits.Burst)
	p.turns = newLanes(o.Turns, p.turnLane)
	p.sends = newLanes(o.Turns, p.sendLane)
	return p
}

func withDefaults(o Options) Options {
	or := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	or(&o.Limits.PerMinute, 20)
	or(&o.Limits.Burst, 10)
	or(&o.Limits.InFlight, 1024)
	or(&o.Turns, 256)
	if o.Lease <= 0 {
		o.Lease = 15 * time.Second
	}
	if o.Sweep <= 0 {
		o.Sweep = time.Second
	}
	if o.Grace <= 0 {
		o.Grace = 10 * time.Second
	}
	if o.Hook == nil {
		o.Hook = func(string) {}
	}
	return o
}

// now is the time as the store keeps it, so that a turn that is read back
// shows the very time it ran at.
func (p *Pump) now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Run receives, answers and sends until ctx ends. Then it takes nothing more
// over, lets turns and messages in progress end for at most Grace, and
// returns. The error is that of a channel that could not go on; the others
// have been stopped with it.
func (p *Pump) Run(ctx context.Context) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	p.turns.start(work)
	p.sends.start(work)
	intake, halt := context.WithCancel(ctx)
	defer halt()
	errs := make(chan error, len(p.channels))
	var running sync.WaitGroup
	for _, c := range p.channels {
		running.Go(func() {
			err := c.Run(intake, p.Accept)
			if err != nil && intake.Err() == nil {
				p.o.Log.Error("channel stopped", "channel", c.Name(), "err", err)
				errs <- err
				halt()
			}
		})
	}
	running.Go(func() { p.sweep(intake) })
	<-intake.Done()
	p.mu.Lock()
	p.closing = true
	p.mu.Unlock()
	running.Wait()
	p.drain(stop)
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// drain lets what is in progress end, then gives the node's leases back.
func (p *Pump) drain(stop context.CancelFunc) {
	grace, cancel := context.WithTimeout(context.Background(), p.o.Grace)
	defer cancel()
	p.turns.drain(grace)
	p.sends.drain(grace)
	stop()
	p.turns.wait()
	p.sends.wait()
	p.after.Wait()
	last, end := context.WithTimeout(context.Background(), 2*time.Second)
	defer end()
	if err := p.o.Store.Update(last, func(tx store.Tx) error { return tx.UnleaseNode(p.o.Node) }); err != nil {
		p.o.Log.Warn("leases not given back; they run out by themselves", "err", err)
	}
}

func (p *Pump) stopping() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closing
}

// hold makes sure that this node has the conversation for the work ahead. It
// tells whether it has.
func (p *Pump) hold(ctx context.Context, c *store.Conversation) (bool, error) {
	now := p.now()
	if c.Leased(p.o.Node, now.Add(p.o.Lease*2/3)) {
		return true, nil
	}
	err := p.o.Store.Update(ctx, func(tx store.Tx) error {
		var err error
		*c, err = tx.Lease(*c, p.o.Node, now, now.Add(p.o.Lease))
		return err
	})
	if errors.Is(err, store.ErrLeased) {
		return false, nil
	}
	return err == nil, err
}

// state reads what the engine remembers of a conversation.
func state(c store.Conversation) (dialogue.State, error) {
	var s dialogue.State
	if len(c.State) == 0 {
		return s, nil
	}
	if err := json.Unmarshal(c.State, &s); err != nil {
		return s, fmt.Errorf("read the state of the conversation: %w", err)
	}
	return s, nil
}
