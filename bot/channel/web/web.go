// Package web is the chat on a web page: an adapter like Slack's or
// Telegram's, whose platform is the browser. It serves the page, takes what
// the customer types, and streams the answers with server-sent events.
//
// A customer is known by a random token that the page keeps; the conversation's
// id is a hash of it, so that nothing in the store opens anybody's chat. There
// are no cookies, hence nothing that another site could send along.
package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"regexp"
	"strconv"
	"sync"
	"time"

	"latchkey/bot"
	"latchkey/bot/channel"
)

// Name is the channel's name.
const Name = "web"

// Entry is one line of a conversation as the page shows it.
type Entry struct {
	ID     int64  // of the message on its way out; 0 for the customer's own
	From   string // customer, bot, person
	Author string // of a person
	At     time.Time
	Text   string       // the customer's own words
	Msg    *bot.Message // the bot's or a person's
	Tokens []string     // of Msg's choices
}

// History is what the page needs to know of conversations.
type History interface {
	// Entries are a conversation's lines, oldest first, at most limit of the
	// newest, with messages after an id only when after is not 0.
	Entries(ctx context.Context, c bot.ConversationID, after int64, limit int) ([]Entry, error)
}

// Look is what the page shows of the pack in force.
type Look struct {
	Title     string
	Languages []Language
	Media     fs.FS // the pack's folder
}

// Language is one choice of the language menu.
type Language struct{ Code, Name string }

// Options are what the chat is made of. All are needed.
type Options struct {
	History History
	Look    func() Look
	Log     *slog.Logger
	// Embed are the sites that may show the chat in a frame.
	Embed []string
	// Poll is how often an open page looks for messages that another node sent;
	// 0 where there is only one.
	Poll time.Duration
}

// Chat is the web channel.
type Chat struct {
	o    Options
	open *opens

	mu     sync.Mutex
	accept channel.AcceptFunc // nil while the channel does not run
	live   map[bot.ConversationID]map[*listener]struct{}
}

var (
	_ channel.Channel = (*Chat)(nil)
	_ channel.Typer   = (*Chat)(nil)
)

// listener is one open page.
type listener struct{ poke chan signal }

type signal struct{ typing bool }

// New makes the channel; Handler serves it.
func New(o Options) *Chat {
	return &Chat{o: o, open: newOpens(), live: map[bot.ConversationID]map[*listener]struct{}{}}
}

// Name implements channel.Channel.
func (c *Chat) Name() string { return Name }

// Limits implements channel.Channel: a browser takes what it is sent.
func (c *Chat) Limits() channel.Limits { return channel.Limits{} }

// Run implements channel.Channel. The HTTP server does the receiving.
func (c *Chat) Run(ctx context.Context, accept channel.AcceptFunc) error {
	c.mu.Lock()
	c.accept = accept
	c.mu.Unlock()
	<-ctx.Done()
	c.mu.Lock()
	c.accept = nil
	c.mu.Unlock()
	return nil
}

// Send implements channel.Channel. The message stands in the outbox, which is
// what pages read; they are only told to look.
func (c *Chat) Send(_ context.Context, m bot.Outgoing) (bot.Receipt, error) {
	c.signal(m.Conversation, signal{})
	return bot.Receipt{Message: bot.MessageID(strconv.FormatInt(m.ID, 10)), At: time.Now()}, nil
}

// Typing implements channel.Typer.
func (c *Chat) Typing(_ context.Context, id bot.ConversationID) error {
	c.signal(id, signal{typing: true})
	return nil
}

// Wake tells open pages to look for messages, whichever node sent them.
func (c *Chat) Wake(id bot.ConversationID) { c.signal(id, signal{}) }

func (c *Chat) signal(id bot.ConversationID, s signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for l := range c.live[id] {
		select {
		case l.poke <- s:
		default: // it has something to look at already
		}
	}
}

func (c *Chat) listen(id bot.ConversationID) (*listener, func()) {
	l := &listener{poke: make(chan signal, 8)}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live[id] == nil {
		c.live[id] = map[*listener]struct{}{}
	}
	c.live[id][l] = struct{}{}
	return l, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.live[id], l)
		if len(c.live[id]) == 0 {
			delete(c.live, id)
		}
	}
}

// errStopping says that the program is not taking anything over at the moment.
var errStopping = errors.New("not running")

func (c *Chat) take(ctx context.Context, in bot.Inbound) error {
	c.mu.Lock()
	accept := c.accept
	c.mu.Unlock()
	if accept == nil {
		return errStopping
	}
	return accept(ctx, in)
}

var tokenForm = regexp.MustCompile(`^[A-Z2-7]{26,52}$`)

// newToken is at least 128 random bits.
func newToken() string { return rand.Text() + rand.Text() }

// Conversation is the id that belongs to a page's token.
func Conversation(token string) bot.ConversationID {
	sum := sha256.Sum256([]byte("latchkey web chat\x00" + token))
	return bot.ConversationID(Name + ":" + hex.EncodeToString(sum[:16]))
}
