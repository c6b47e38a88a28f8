// Package channel is the contract of an adapter: the one place where a
// platform (Slack, Telegram, the web chat) touches the rest of the program. An
// adapter turns what the platform delivers into bot.Inbound and bot.Outgoing
// into what the platform shows. It keeps no state that a restart would lose,
// knows nothing of dialogues, and never imports another adapter or the store.
package channel

import (
	"context"
	"time"

	"latchkey/bot"
)

// AcceptFunc takes an event over. When it returns nil the event is durable and
// the platform may be told that it was received; on an error the platform must
// be left to deliver it again. The same event may be accepted any number of
// times: its Key tells.
type AcceptFunc func(ctx context.Context, in bot.Inbound) error

// Channel is one connection to a platform.
type Channel interface {
	// Name is the channel's name, the first part of its conversations' ids.
	Name() string
	// Run receives until ctx ends, and then returns nil. It comes back with an
	// error only when going on is pointless (a revoked token); what passes by
	// itself it retries.
	Run(ctx context.Context, accept AcceptFunc) error
	// Send delivers one message. It returns nil only when the platform has said
	// that it took the message; otherwise one of bot.RetryError, bot.GoneError,
	// bot.InvalidError or bot.UncertainError, wrapped or not. Any other error
	// counts as worth another try. Calls for one conversation come one at a
	// time and in order; calls for different ones come at once.
	Send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error)
	// Limits are the platform's rules about speed, kept in advance.
	Limits() Limits
}

// Limits says how fast a platform may be written to. The zero Rate is no limit.
type Limits struct {
	Conversation Rate // to one conversation
	Channel      Rate // to all of them together
}

// Rate allows Burst messages at once and one more every Every after that.
type Rate struct {
	Every time.Duration
	Burst int
}

// Typer is a channel that can show that the bot is at work.
type Typer interface {
	// Typing is called when a turn takes time. It is a courtesy: its error is
	// counted and nothing else.
	Typing(ctx context.Context, c bot.ConversationID) error
}

// Remover is a channel that can take a customer's message out of sight.
type Remover interface {
	// Remove is called with a message that held a secret. Not every message can
	// be removed; the customer is told what to do either way.
	Remove(ctx context.Context, c bot.ConversationID, m bot.MessageID) error
}
