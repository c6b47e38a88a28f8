// Package slack is the adapter for Slack, on github.com/slack-go/slack. It
// takes events over Socket Mode or signed HTTP, makes them durable and only
// then acknowledges them, and shows messages as Block Kit.
package slack

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	api "github.com/slack-go/slack"

	"latchkey/bot"
	"latchkey/bot/channel"
)

// Name is the channel's name.
const Name = "slack"

// Memory keeps what must be known again after a restart, and what could not be
// read.
type Memory interface {
	Remember(ctx context.Context, key string, value []byte, keep time.Duration) error
	Recall(ctx context.Context, key string) ([]byte, error) // nil = nothing
	Bury(ctx context.Context, key string, body []byte, reason string) error
}

// Item is a flow as menus show it.
type Item struct{ Title, Link string }

// Look is what Slack shows of the pack in force, in one language.
type Look struct {
	Title     string
	Flows     []Item   // those with a deep link, most wanted first
	Languages []string // their own names
	Media     fs.FS    // the pack's folder
}

// Options are what the channel is made of.
type Options struct {
	AppToken string   // xapp-…: Socket Mode; "" = HTTP
	BotToken string   // xoxb-…
	Secrets  []string // signing secrets, newest first; two while one is replaced
	APIURL   string   // "" = Slack's own; ends in /
	Memory   Memory
	// Look is asked with the customer's locale, such as ru-RU, or "".
	Look func(locale string) Look
	// Ticket says in a few words how the open case of a conversation stands; ""
	// = there is none. nil leaves the line out.
	Ticket func(ctx context.Context, c bot.ConversationID) (string, error)
	Log    *slog.Logger
	// Slow is the pause after an answer that will not change soon, as to a
	// revoked token; 0 = 30 s.
	Slow time.Duration
	// Between is the pause between the parts of one long message; 0 = 1 s.
	Between time.Duration
}

// Channel is the connection of one app in one workspace.
type Channel struct {
	o   Options
	api *api.Client
	run context.Context // of Run; what runs beside an event ends with it

	mu     sync.Mutex
	accept channel.AcceptFunc // nil while the channel does not run
	me     self
	state  string        // why it does not work; "" = it does
	parts  map[int64]int // parts sent of a message whose rest failed
	people map[string]person
	open   int                  // connections of Socket Mode
	seen   map[string]time.Time // signatures of requests that were taken
	aside  sync.WaitGroup
}

var (
	_ channel.Channel = (*Channel)(nil)
	_ channel.Typer   = (*Channel)(nil)
	_ channel.Remover = (*Channel)(nil)
)

// callTime bounds one call of the Web API: the library's own client waits for
// ever.
const callTime = 20 * time.Second

// New makes the channel. It calls nobody.
func New(o Options) *Channel {
	if o.Slow <= 0 {
		o.Slow = 30 * time.Second
	}
	if o.Between <= 0 {
		o.Between = time.Second
	}
	opts := []api.Option{api.OptionHTTPClient(&http.Client{Timeout: callTime})}
	if o.AppToken != "" {
		opts = append(opts, api.OptionAppLevelToken(o.AppToken))
	}
	if o.APIURL != "" {
		opts = append(opts, api.OptionAPIURL(o.APIURL))
	}
	return &Channel{
		o: o, api: api.New(o.BotToken, opts...), run: context.Background(),
		parts: map[int64]int{}, people: map[string]person{}, seen: map[string]time.Time{},
	}
}

// Keep gives the channel what only a running program has. It is called before
// Run.
func (c *Channel) Keep(m Memory, look func(string) Look, ticket func(context.Context, bot.ConversationID) (string, error)) {
	c.o.Memory, c.o.Look, c.o.Ticket = m, look, ticket
}

// Name implements channel.Channel.
func (c *Channel) Name() string { return Name }

// Limits implements channel.Channel: about one message a second to a channel,
// with short bursts (https://docs.slack.dev/apis/web-api/rate-limits).
func (c *Channel) Limits() channel.Limits {
	return channel.Limits{Conversation: channel.Rate{Every: time.Second, Burst: 3}}
}

// Problem says in words why the channel does not work; "" = it does.
func (c *Channel) Problem() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// Ready tells whether the channel takes deliveries: over Socket Mode, whether a
// connection is open.
func (c *Channel) Ready() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.accept != nil && (c.o.AppToken == "" || c.open > 0)
}

// set notes the state and logs when it changes.
func (c *Channel) set(state string) {
	c.mu.Lock()
	changed := c.state != state
	c.state = state
	c.mu.Unlock()
	switch {
	case changed && state != "":
		c.o.Log.Error("Slack does not work", "why", state)
	case changed:
		c.o.Log.Info("Slack works again")
	}
}

// Run implements channel.Channel.
func (c *Channel) Run(ctx context.Context, accept channel.AcceptFunc) error {
	if !c.until(ctx, c.introduce) {
		return nil
	}
	c.mu.Lock()
	c.accept, c.run = accept, ctx
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.accept = nil
		c.mu.Unlock()
		c.aside.Wait()
	}()
	if c.o.AppToken == "" {
		<-ctx.Done() // the HTTP server receives
		return nil
	}
	c.sockets(ctx)
	return nil
}

// until tries again until it works; false when ctx ended first.
func (c *Channel) until(ctx context.Context, try func(context.Context) error) bool {
	for {
		err := try(ctx)
		if err == nil {
			c.set("")
			return true
		}
		if ctx.Err() != nil {
			return false
		}
		c.set(explain(err))
		if !pause(ctx, c.o.Slow) {
			return false
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// introduce finds out who the app is.
func (c *Channel) introduce(ctx context.Context) error {
	r, err := c.api.AuthTestContext(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.me = self{team: r.TeamID, user: r.UserID, bot: r.BotID}
	return nil
}

// explain says to who runs the app what an error of Slack means.
func explain(err error) string {
	var e api.SlackErrorResponse
	if !errors.As(err, &e) {
		return "Slack does not answer as it should; it is tried again"
	}
	switch e.Err {
	case "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive":
		return "Slack does not take the token (" + e.Err + "); install the app again and put the new token in place"
	case "missing_scope":
		return "the app lacks the scope " + e.Needed + "; \"latchkey slack manifest\" prints them all"
	}
	return "Slack answers " + e.Err
}

// beside runs a courtesy: something whose failure changes nothing.
func (c *Channel) beside(what string, fn func(context.Context) error) {
	c.mu.Lock()
	run := c.run
	c.mu.Unlock()
	c.aside.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(run), callTime)
		defer cancel()
		if err := fn(ctx); err != nil {
			c.o.Log.Debug("courtesy failed", "what", what, "err", explain(err))
		}
	})
}
