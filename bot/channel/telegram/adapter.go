package telegram

import (
	"context"
	"errors"
	"sync"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"latchkey/bot"
	"latchkey/bot/channel"
)

// Channel is the Telegram channel.
type Channel struct {
	o       Options
	secret  string
	api     *tg.Bot // for everything but getUpdates
	client  *client
	pace    *pace
	chats   *chats
	pollFor time.Duration
	pauses  pauses

	mu     sync.Mutex
	me     self
	accept channel.AcceptFunc // nil while the channel does not run
	ok     bool
	detail string                      // why not, in words
	begin  func(func(context.Context)) // runs beside; nil while the channel does not run

	// What makes the chat nicer and is lost with the process.
	albums   *recent[string, struct{}]             // albums taken over
	speakers *recent[bot.ConversationID, speaker]  // who called the bot last, in groups
	asked    *recent[bot.ConversationID, int64]    // the newest message with buttons
	guides   *recent[bot.ConversationID, *guiding] // the guide's message
	frozen   *recent[frozenKey, struct{}]          // messages whose choice was shown
	begun    *recent[int64, begun]                 // messages of which a part was sent
}

var (
	_ channel.Channel = (*Channel)(nil)
	_ channel.Typer   = (*Channel)(nil)
	_ channel.Remover = (*Channel)(nil)
)

// pauses are how long the adapter waits; tests make them short.
type pauses struct {
	conflict, revoked, retry, renew, watch time.Duration
}

// New makes the channel. It makes no request yet.
func New(o Options) (*Channel, error) {
	if o.Secret != "" && !secretForm.MatchString(o.Secret) {
		return nil, errors.New("the secret of the Telegram webhook must have 32 to 256 characters of A-Z, a-z, 0-9, _ and -")
	}
	a := &Channel{
		o: o, secret: hookSecret(o), pace: newPace(), chats: newChats(o.Memory), pollFor: o.Poll,
		pauses: pauses{conflict: 30 * time.Second, revoked: waitRevoked, retry: time.Minute, renew: 24 * time.Hour, watch: time.Minute},
		albums: newRecent[string, struct{}](1024), speakers: newRecent[bot.ConversationID, speaker](4096),
		asked: newRecent[bot.ConversationID, int64](16384), guides: newRecent[bot.ConversationID, *guiding](4096),
		frozen: newRecent[frozenKey, struct{}](4096), begun: newRecent[int64, begun](1024),
		detail: "not connected yet",
	}
	if a.pollFor == 0 {
		a.pollFor = 50 * time.Second
	}
	a.client = &client{http: newHTTP(), take: a.take, slow: a.slow, polled: a.polled, pollFor: a.pollFor}
	api, err := a.library()
	if err != nil {
		return nil, err
	}
	a.api = api
	return a, nil
}

// library makes a bot of the library's. Each polls from the beginning.
func (a *Channel) library() (*tg.Bot, error) {
	o := []tg.Option{
		tg.WithHTTPClient(a.pollFor+time.Second, a.client), // it asks for one second less
		tg.WithSkipGetMe(), tg.WithAllowedUpdates(allowedUpdates[:]), tg.WithNotAsyncHandlers(),
		tg.WithDefaultHandler(func(context.Context, *tg.Bot, *models.Update) {}), tg.WithErrorsHandler(a.pollFailed),
	}
	if a.o.APIURL != "" {
		o = append(o, tg.WithServerURL(a.o.APIURL))
	}
	return tg.New(a.o.Token, o...)
}

// Name implements channel.Channel.
func (a *Channel) Name() string { return Name }

// Keep gives the channel its memory and the pack in force, which Doctor does
// not need. It is called before Run.
func (a *Channel) Keep(m Memory, look func() Look) { a.o.Memory, a.o.Look, a.chats.memory = m, look, m }

// Problem says in words why the channel does not work; "" = it does.
func (a *Channel) Problem() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ok {
		return ""
	}
	return a.detail
}

// report notes whether Telegram can be talked to, and logs a change.
func (a *Channel) report(ok bool, detail string) {
	a.mu.Lock()
	changed := a.ok != ok || a.detail != detail
	a.ok, a.detail = ok, detail
	a.mu.Unlock()
	switch {
	case changed && ok:
		a.o.Log.Info("connected", "channel", Name, "detail", detail)
	case changed:
		a.o.Log.Error("cannot receive", "channel", Name, "detail", detail)
	}
}

func (a *Channel) look() Look {
	if a.o.Look == nil {
		return Look{}
	}
	return a.o.Look()
}

// Run implements channel.Channel.
func (a *Channel) Run(ctx context.Context, accept channel.AcceptFunc) error {
	var wg sync.WaitGroup
	live, end := context.WithCancel(context.WithoutCancel(ctx))
	defer func() { end(); wg.Wait() }()
	slots := make(chan struct{}, 64) // more than that at once is not worth the courtesy
	a.mu.Lock()
	a.accept = accept
	a.begin = func(fn func(context.Context)) {
		select {
		case slots <- struct{}{}:
			wg.Go(func() { defer func() { <-slots }(); fn(live) })
		default:
		}
	}
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		a.accept, a.begin = nil, nil
		a.mu.Unlock()
	}()
	if err := a.introduce(ctx); err != nil {
		return nil // only the end of ctx ends it
	}
	wg.Go(func() { a.menus(ctx) })
	if a.o.Webhook != "" {
		a.hooked(ctx)
		return nil
	}
	return a.polls(ctx)
}

// beside does something that nobody waits for, such as answering a press.
func (a *Channel) beside(fn func(context.Context)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.begin != nil {
		a.begin(fn)
	}
}

// introduce learns who the bot is. It tries until it succeeds or ctx ends.
func (a *Channel) introduce(ctx context.Context) error {
	return a.persist(ctx, func(ctx context.Context) error {
		u, err := a.api.GetMe(ctx)
		if err != nil {
			return err
		}
		a.mu.Lock()
		a.me = self{id: u.ID, name: u.Username}
		a.mu.Unlock()
		return nil
	})
}

// persist repeats a request until Telegram agrees, more and more slowly.
func (a *Channel) persist(ctx context.Context, call func(context.Context) error) error {
	wait := a.pauses.retry / 60
	for {
		one, cancel := context.WithTimeout(ctx, 30*time.Second)
		err := call(one)
		cancel()
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		d := wait
		var fast *tg.TooManyRequestsError
		switch {
		case errors.Is(err, tg.ErrorUnauthorized), errors.Is(err, tg.ErrorNotFound):
			a.report(false, tokenRefused)
			d = a.pauses.revoked
		case errors.As(err, &fast):
			d = max(d, time.Duration(fast.RetryAfter)*time.Second)
		default:
			a.report(false, a.reason(err))
		}
		if err := sleep(ctx, d); err != nil {
			return err
		}
		wait = min(2*wait, a.pauses.retry)
	}
}
