package telegram

import (
	"context"
	"errors"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"

	"latchkey/bot"
)

// The Bot API tells what went wrong in words only
// (https://core.telegram.org/bots/api#making-requests); these are the ones
// that mean something other than "this message is not right".
var (
	// goneWords: the chat, topic or business connection cannot be written to.
	goneWords = [...]string{
		"chat not found", "user not found", "peer_id_invalid", "user_is_blocked", "user is deactivated", "group chat was deactivated",
		"message thread not found", "topic_deleted", "topic_closed", "topic_id_invalid", "not enough rights to send", "have no rights to send",
		"need administrator rights in the channel chat", "business_connection_invalid", "business_peer_invalid", "business connection not found", "chat_write_forbidden",
	}
	unchangedWords = [...]string{"message is not modified"}
	entityWords    = [...]string{"can't parse entities", "can't find end", "unsupported start tag"}
)

func says(err error, words []string) bool {
	if !errors.Is(err, tg.ErrorBadRequest) {
		return false
	}
	text := strings.ToLower(err.Error())
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// waitRevoked is how long the channel rests when Telegram does not know its
// token (any more).
const waitRevoked = 5 * time.Minute

// fault says what to do about a request that failed, in the words of package
// bot. What has none is worth another try.
func (a *Channel) fault(err error, chat int64) error {
	var fast *tg.TooManyRequestsError
	var lost *lostError
	var known *bot.RetryError
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.As(err, &fast):
		after := time.Duration(max(fast.RetryAfter, 1)) * time.Second
		return &bot.RetryError{After: after, All: a.pace.refused(chat, after), Err: err}
	case errors.As(err, &lost):
		return &bot.UncertainError{Err: err}
	case errors.Is(err, tg.ErrorUnauthorized), errors.Is(err, tg.ErrorNotFound):
		a.report(false, tokenRefused)
		return &bot.RetryError{After: waitRevoked, All: true, Err: err}
	case errors.Is(err, tg.ErrorForbidden), says(err, goneWords[:]):
		return &bot.GoneError{Err: err}
	case errors.Is(err, tg.ErrorBadRequest):
		return &bot.InvalidError{Err: err}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return err
}

// explain says what an error means to who runs the bot.
func (a *Channel) explain(err error) string {
	switch {
	case errors.Is(err, tg.ErrorUnauthorized), errors.Is(err, tg.ErrorNotFound):
		return tokenRefused
	case errors.Is(err, tg.ErrorConflict):
		return otherPoller
	}
	return a.reason(err)
}

// What the operator of the program is told.
const (
	tokenRefused = "Telegram refuses the bot's token; make a new one with @BotFather (/token) and put it where the config says"
	otherPoller  = "another program asks for this bot's updates; run one latchkey with this token, or use the webhook on all nodes"
	otherHook    = "a webhook is set for this bot by somebody else, so that polling gets nothing; stop that program, then start this one again"
)
