// Package telegram is the adapter for Telegram's Bot API. Updates come by long
// poll or by webhook; either way one is confirmed only after the program has
// taken it over. The library github.com/go-telegram/bot makes the requests and
// polls, but it confirms updates before they are handled and keeps no order:
// its handlers, its channel and its webhook handler are therefore not used.
package telegram

import (
	"context"
	"io/fs"
	"log/slog"
	"time"

	"latchkey/bot"
)

// Name is the channel's name.
const Name = "telegram"

// Memory is what the adapter may keep beyond its own life.
type Memory interface {
	// Remember keeps a value for a while; 0 = for ever. A nil value forgets.
	Remember(ctx context.Context, key string, value []byte, keep time.Duration) error
	// Recall reads a value; nil when there is none.
	Recall(ctx context.Context, key string) ([]byte, error)
	// Bury keeps a delivery that cannot be read. When it returns nil Telegram
	// may be told that the delivery was received.
	Bury(ctx context.Context, key string, body []byte, reason string) error
	// Unreachable notes that Telegram refuses messages to a conversation, and
	// why; "" = it takes them again. An unknown conversation is no error.
	Unreachable(ctx context.Context, c bot.ConversationID, reason string) error
}

// Look is what the adapter shows of the pack in force.
type Look struct {
	Media    fs.FS // the pack's folder
	Base     string
	Commands []Command
}

// Command is what a customer may write after a slash.
type Command struct {
	Name string // [a-z0-9_]{1,32}, without the slash
	// Text is what the command stands for, as if the customer had written it.
	// With "" it opens a flow instead: the one whose deep link is Payload.
	Text    string
	Payload string
	// About describes it in the menu, by language; without any it works and
	// is not listed.
	About map[string]string
	Group bool // listed in groups too
}

// Options are what the adapter is made of.
type Options struct {
	Token  string // of the bot, from @BotFather
	APIURL string // "" = https://api.telegram.org
	// Webhook is the public address of Handler, with https; "" = long polling.
	Webhook string
	Secret  string // of the webhook, [A-Za-z0-9_-]{32,256}; "" makes one from the token
	Memory  Memory
	Look    func() Look
	Log     *slog.Logger
	// Poll is how long Telegram holds a request for updates open; 0 = 50 s.
	Poll time.Duration
}
