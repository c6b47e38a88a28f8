package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	api "github.com/slack-go/slack"

	"latchkey/bot"
)

// metadataType marks the messages that this program posted; the payload's key
// "id" is the row and part that each came from.
const metadataType = "latchkey_message"

// Send implements channel.Channel.
func (c *Channel) Send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error) {
	p, err := placeOf(m.Conversation)
	if err != nil {
		return bot.Receipt{}, &bot.InvalidError{Err: err}
	}
	locale := c.person(ctx, userOf(m.Customer)).Locale
	if m.Message.Lang != "" {
		locale = m.Message.Lang
	}
	all := posts(m, in(locale))
	c.mu.Lock()
	done := c.parts[m.ID]
	c.mu.Unlock()
	var ts string
	for i := done; i < len(all); i++ {
		if i > done && !pause(ctx, c.o.Between) {
			return bot.Receipt{}, ctx.Err()
		}
		mark := strconv.FormatInt(m.ID, 10) + "." + strconv.Itoa(i)
		if m.MayRepeat {
			if ts, err = c.find(ctx, p, mark); err == nil && ts != "" {
				continue // the try whose answer was lost has arrived
			}
		}
		if ts, err = c.post(ctx, p, all[i], mark); err != nil {
			c.mu.Lock()
			c.parts[m.ID] = i
			c.mu.Unlock()
			return bot.Receipt{}, c.refused(err)
		}
	}
	c.mu.Lock()
	delete(c.parts, m.ID)
	c.mu.Unlock()
	c.pictures(p, m)
	return bot.Receipt{Message: bot.MessageID(ts), At: time.Now()}, nil
}

// post posts one message; when Slack refuses its blocks, as plain text.
func (c *Channel) post(ctx context.Context, p place, x post, mark string) (string, error) {
	opts := func(blocks []api.Block) []api.MsgOption {
		o := []api.MsgOption{
			api.MsgOptionText(x.text, false), api.MsgOptionDisableLinkUnfurl(), api.MsgOptionDisableMediaUnfurl(),
			api.MsgOptionMetadata(api.SlackMetadata{EventType: metadataType, EventPayload: map[string]any{"id": mark}}),
		}
		if p.thread != "" {
			o = append(o, api.MsgOptionTS(p.thread))
		}
		if len(blocks) > 0 {
			o = append(o, api.MsgOptionBlocks(blocks...))
		}
		return o
	}
	_, ts, err := c.api.PostMessageContext(ctx, p.channel, opts(x.blocks)...)
	if is(err, "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long") {
		_, ts, err = c.api.PostMessageContext(ctx, p.channel, opts(nil)...)
	}
	return ts, err
}

// lookBack is how many messages are looked through for one that may have
// arrived.
const lookBack = 50

// find looks for a message by the mark that it was posted with; "" when it is
// not there.
func (c *Channel) find(ctx context.Context, p place, mark string) (string, error) {
	var ms []api.Message
	if p.thread != "" {
		var err error
		ms, _, _, err = c.api.GetConversationRepliesContext(ctx, &api.GetConversationRepliesParameters{
			ChannelID: p.channel, Timestamp: p.thread, Limit: lookBack, IncludeAllMetadata: true,
		})
		if err != nil {
			return "", fmt.Errorf("look for the message: %w", err)
		}
	} else {
		r, err := c.api.GetConversationHistoryContext(ctx, &api.GetConversationHistoryParameters{ChannelID: p.channel, Limit: lookBack, IncludeAllMetadata: true})
		if err != nil {
			return "", fmt.Errorf("look for the message: %w", err)
		}
		ms = r.Messages
	}
	for _, m := range ms {
		if m.Metadata.EventType == metadataType && m.Metadata.EventPayload["id"] == mark {
			return m.Timestamp, nil
		}
	}
	return "", nil
}

// is tells whether an error is one of Slack's.
func is(err error, codes ...string) bool {
	var e api.SlackErrorResponse
	if !errors.As(err, &e) {
		return false
	}
	for _, code := range codes {
		if e.Err == code {
			return true
		}
	}
	return false
}

// refused says what an error of Slack means for the message.
func (c *Channel) refused(err error) error {
	var many *api.RateLimitedError
	var status api.StatusCodeError
	var slack api.SlackErrorResponse
	var syntax *json.SyntaxError
	var op *net.OpError
	switch {
	case errors.As(err, &many):
		return &bot.RetryError{After: many.RetryAfter, Err: errors.New("429 Too Many Requests")}
	case errors.As(err, &status):
		if status.Code == 429 {
			return &bot.RetryError{After: time.Second, Err: errors.New("429 Too Many Requests")}
		}
		return fmt.Errorf("answer %d of Slack", status.Code)
	case is(err, "channel_not_found", "not_in_channel", "is_archived", "user_disabled", "user_not_found", "thread_not_found", "messages_tab_disabled"):
		return &bot.GoneError{Err: err}
	case is(err, "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "missing_scope"):
		c.set(explain(err))
		return &bot.RetryError{After: c.o.Slow, All: true, Err: err}
	case is(err, "ratelimited", "rate_limited"):
		return &bot.RetryError{After: time.Second, Err: err}
	case is(err, "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"):
		return err
	case errors.As(err, &slack):
		return &bot.InvalidError{Err: err}
	case errors.As(err, &syntax):
		return errors.New("the answer is no JSON") // a gateway's page
	case errors.As(err, &op) && op.Op == "dial":
		return errors.New("no connection to Slack")
	}
	return &bot.UncertainError{Err: errors.New("the connection was lost before Slack answered")}
}

// Remove implements channel.Remover. Slack lets an app delete its own messages
// alone; the customer is told how to delete theirs.
func (c *Channel) Remove(context.Context, bot.ConversationID, bot.MessageID) error {
	return errors.New("an app cannot delete somebody's message in Slack")
}
