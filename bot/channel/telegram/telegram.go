// Package telegram is the adapter for Telegram, on github.com/go-telegram/bot.
//
// The library confirms updates before they are handled, answers 200 to every
// webhook and keeps no order. None of that reaches further than here: updates
// are taken over inside the HTTP client that the library polls with, before it
// sees them, and webhooks have a handler of our own.
package telegram

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"golang.org/x/time/rate"

	"latchkey/bot/channel"
)

// Name is the channel's name.
const Name = "telegram"

// Memory keeps what must be known again after a restart, and what could not be
// read.
type Memory interface {
	Remember(ctx context.Context, key string, value []byte, keep time.Duration) error
	Recall(ctx context.Context, key string) ([]byte, error) // nil = nothing
	Bury(ctx context.Context, key string, body []byte, reason string) error
}

// Options are what the channel is made of.
type Options struct {
	Token  string
	APIURL string // "" = Telegram's own
	// Webhook is the public address that Telegram delivers to; "" = long polling.
	Webhook string
	Secret  string // of the webhook: 1-256 characters of A-Z, a-z, 0-9, _ and -
	Memory  Memory
	Media   func() fs.FS // the pack's folder
	Log     *slog.Logger
	// Poll is how long one request for updates is held; 0 = 50 s.
	Poll time.Duration
	// Between is the pause between the parts of one long message; 0 = 1 s, the
	// speed that Telegram allows in one chat.
	Between time.Duration
	// Slow is the pause after an answer that will not change soon, as to a
	// revoked token; 0 = 30 s.
	Slow time.Duration
}

// Channel is the connection of one bot account.
type Channel struct {
	o      Options
	api    *tg.Bot
	client *http.Client

	mu     sync.Mutex
	accept channel.AcceptFunc // nil while the channel does not run
	me     self
	state  string        // why it does not work; "" = it does
	parts  map[int64]int // parts sent of a message whose rest failed
	groups map[int64]*rate.Limiter
	beside sync.WaitGroup
}

var (
	_ channel.Channel = (*Channel)(nil)
	_ channel.Typer   = (*Channel)(nil)
	_ channel.Remover = (*Channel)(nil)
)

// wanted are the kinds of update that mean something to us
// (https://core.telegram.org/bots/api#update).
var wanted = tg.AllowedUpdates{"message", "edited_message", "callback_query"}

// New makes the channel. It calls nobody.
func New(o Options) (*Channel, error) {
	if o.Poll <= 0 {
		o.Poll = 50 * time.Second
	}
	if o.Between <= 0 {
		o.Between = time.Second
	}
	if o.Slow <= 0 {
		o.Slow = 30 * time.Second
	}
	c := &Channel{o: o, client: &http.Client{Timeout: o.Poll + 15*time.Second}, parts: map[int64]int{}, groups: map[int64]*rate.Limiter{}}
	opts := []tg.Option{
		tg.WithSkipGetMe(), tg.WithHTTPClient(o.Poll+time.Second, &intake{c: c}), tg.WithAllowedUpdates(wanted), tg.WithNotAsyncHandlers(),
		tg.WithDefaultHandler(func(context.Context, *tg.Bot, *models.Update) {}), tg.WithErrorsHandler(c.failed),
	}
	if o.APIURL != "" {
		opts = append(opts, tg.WithServerURL(o.APIURL))
	}
	var err error
	if c.api, err = tg.New(o.Token, opts...); err != nil {
		return nil, fmt.Errorf("set up Telegram: %w", err)
	}
	return c, nil
}

// Keep gives the channel its memory and the pack's folder, which a look by
// Doctor does not need. It is called before Run.
func (c *Channel) Keep(m Memory, media func() fs.FS) { c.o.Memory, c.o.Media = m, media }

// Name implements channel.Channel.
func (c *Channel) Name() string { return Name }

// Limits implements channel.Channel: about one message a second to a chat and
// 30 a second in all (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
func (c *Channel) Limits() channel.Limits {
	return channel.Limits{Conversation: channel.Rate{Every: time.Second, Burst: 3}, Channel: channel.Rate{Every: time.Second / 30, Burst: 30}}
}

// Problem says in words why the channel does not work; "" = it does.
func (c *Channel) Problem() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state
}

// set notes the state and logs when it changes.
func (c *Channel) set(state string) {
	c.mu.Lock()
	changed := c.state != state
	c.state = state
	c.mu.Unlock()
	switch {
	case changed && state != "":
		c.o.Log.Error("Telegram does not work", "why", state)
	case changed:
		c.o.Log.Info("Telegram works again")
	}
}

// failed is told of everything that goes wrong in the library's loop, which
// goes on by itself.
func (c *Channel) failed(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	c.set(words(err))
}

// words explains an error of Telegram to who runs the bot.
func words(err error) string {
	switch {
	case errors.Is(err, tg.ErrorUnauthorized), errors.Is(err, tg.ErrorNotFound):
		return "Telegram does not know the token; get it from @BotFather and start again"
	case errors.Is(err, tg.ErrorConflict):
		return "another program asks for this bot's updates, or a webhook is set; stop the other one"
	}
	return "Telegram does not answer as it should; it is tried again"
}

// Run implements channel.Channel.
func (c *Channel) Run(ctx context.Context, accept channel.AcceptFunc) error {
	c.mu.Lock()
	c.accept = accept
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.accept = nil
		c.mu.Unlock()
		c.beside.Wait()
	}()
	if !c.until(ctx, c.introduce) {
		return nil
	}
	if c.o.Webhook != "" {
		if c.until(ctx, c.setWebhook) {
			<-ctx.Done()
		}
		return nil
	}
	if c.until(ctx, c.deleteWebhook) {
		c.api.Start(ctx)
	}
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
		c.set(words(err))
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

// introduce finds out who the bot is: groups call it by name.
func (c *Channel) introduce(ctx context.Context) error {
	u, err := c.api.GetMe(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.me = self{id: u.ID, name: u.Username}
	return nil
}

// setWebhook and deleteWebhook switch between the two ways in. What waits at
// Telegram is kept.
func (c *Channel) setWebhook(ctx context.Context) error {
	_, err := c.api.SetWebhook(ctx, &tg.SetWebhookParams{URL: c.o.Webhook, SecretToken: c.o.Secret, AllowedUpdates: wanted})
	return err
}

func (c *Channel) deleteWebhook(ctx context.Context) error {
	_, err := c.api.DeleteWebhook(ctx, &tg.DeleteWebhookParams{})
	return err
}
