package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"golang.org/x/time/rate"

	"latchkey/bot"
)

// groupEvery keeps to 20 messages a minute in a group
// (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
const (
	groupEvery = 3 * time.Second
	groupBurst = 5
)

// Send implements channel.Channel. A long text goes out in parts; when one
// fails, the next try begins with it.
func (c *Channel) Send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error) {
	p, err := placeOf(m.Conversation)
	if err != nil {
		return bot.Receipt{}, &bot.InvalidError{Err: err}
	}
	if p, err = c.moved(ctx, p); err != nil {
		return bot.Receipt{}, err
	}
	if wait := c.group(p.chat); wait > 0 {
		return bot.Receipt{}, &bot.RetryError{After: wait, Err: errors.New("20 messages a minute in a group")}
	}
	steps := c.steps(m, p)
	c.mu.Lock()
	done := c.parts[m.ID]
	c.mu.Unlock()
	var last *models.Message
	for i := done; i < len(steps); i++ {
		if i > done && !pause(ctx, c.o.Between) {
			return bot.Receipt{}, ctx.Err()
		}
		if last, err = steps[i](ctx); err != nil {
			c.mu.Lock()
			c.parts[m.ID] = i
			c.mu.Unlock()
			return bot.Receipt{}, c.refused(ctx, p, err)
		}
	}
	c.mu.Lock()
	delete(c.parts, m.ID)
	c.mu.Unlock()
	if last == nil {
		return bot.Receipt{}, &bot.InvalidError{Err: errors.New("there is nothing to send")}
	}
	return bot.Receipt{Message: messageID(last.ID), At: time.Now()}, nil
}

// group is how long a group must be left alone; 0 = it may be written to.
func (c *Channel) group(chat int64) time.Duration {
	if chat > 0 {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.groups[chat]
	if l == nil {
		l = rate.NewLimiter(rate.Every(groupEvery), groupBurst)
		c.groups[chat] = l
	}
	r := l.Reserve()
	wait := r.Delay()
	if wait > 0 {
		r.Cancel()
	}
	return wait
}

// step is one call of the platform.
type step func(context.Context) (*models.Message, error)

// steps are the calls that one message takes: pictures first, then the words,
// with the buttons below the last of them.
func (c *Channel) steps(m bot.Outgoing, p place) []step {
	var out []step
	text := m.Message.Text
	for _, x := range m.Message.Media {
		switch {
		case x.Path != "" && x.Kind == bot.MediaImage:
			out = append(out, c.photo(x, p))
		case x.URL != "":
			text += "\n\n[" + bot.Escape(x.Alt) + "](" + x.URL + ")"
		}
	}
	if pr := m.Message.Progress; pr != nil {
		text = fmt.Sprintf("_%d/%d_\n\n", pr.Step, pr.Of) + text
	}
	if m.Author != "" {
		text = "**" + bot.Escape(m.Author) + ":**\n\n" + text
	}
	texts := parts(text, maxText)
	for i, t := range texts {
		params := &tg.SendMessageParams{ChatID: p.chat, MessageThreadID: p.topic, Text: t, ParseMode: models.ParseModeHTML, LinkPreviewOptions: noPreview()}
		if i == len(texts)-1 && len(m.Message.Choices) > 0 {
			params.ReplyMarkup = keyboard(m)
		}
		out = append(out, c.text(params))
	}
	return out
}

// text sends words; when Telegram does not take their markup, plain.
func (c *Channel) text(p *tg.SendMessageParams) step {
	return func(ctx context.Context) (*models.Message, error) {
		m, err := c.api.SendMessage(ctx, p)
		if err != nil && strings.Contains(err.Error(), "can't parse entities") {
			plain := *p
			plain.ParseMode, plain.Text = "", stripTags(p.Text)
			return c.api.SendMessage(ctx, &plain)
		}
		return m, err
	}
}

// photo sends a picture of the pack. One that cannot be read is told in words.
func (c *Channel) photo(x bot.Media, p place) step {
	return func(ctx context.Context) (*models.Message, error) {
		data, err := fs.ReadFile(c.o.Media(), x.Path)
		if err != nil {
			return c.api.SendMessage(ctx, &tg.SendMessageParams{ChatID: p.chat, MessageThreadID: p.topic, Text: x.Alt})
		}
		return c.api.SendPhoto(ctx, &tg.SendPhotoParams{
			ChatID: p.chat, MessageThreadID: p.topic, Caption: clip(x.Alt, 1024),
			Photo: &models.InputFileUpload{Filename: path.Base(x.Path), Data: bytes.NewReader(data)},
		})
	}
}

func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n/2 { // no rune takes more than two units
		return s
	}
	return string([]rune(s)[:n/2])
}

func noPreview() *models.LinkPreviewOptions {
	off := true
	return &models.LinkPreviewOptions{IsDisabled: &off}
}

// rowWidth is how many characters of labels share a row on a phone.
const rowWidth = 28

// keyboard puts short choices side by side, at most three in a row.
func keyboard(m bot.Outgoing) *models.InlineKeyboardMarkup {
	k := &models.InlineKeyboardMarkup{}
	width := rowWidth
	for i, ch := range m.Message.Choices {
		if i >= len(m.Tokens) {
			break
		}
		data := m.Tokens[i]
		if m.Customer != "" {
			data += "|" + ownerMark(m.Customer)
		}
		b := models.InlineKeyboardButton{Text: ch.Label, CallbackData: data}
		n := utf8.RuneCountInString(ch.Label)
		rows := len(k.InlineKeyboard)
		if width+n > rowWidth || len(k.InlineKeyboard[rows-1]) == 3 {
			k.InlineKeyboard = append(k.InlineKeyboard, nil)
			width, rows = 0, rows+1
		}
		k.InlineKeyboard[rows-1] = append(k.InlineKeyboard[rows-1], b)
		width += n
	}
	return k
}

// refused says what an error of the platform means for the message.
func (c *Channel) refused(ctx context.Context, p place, err error) error {
	var many *tg.TooManyRequestsError
	var moved *tg.MigrateError
	var syntax *json.SyntaxError
	var op *net.OpError
	switch {
	case errors.As(err, &many):
		return &bot.RetryError{After: time.Duration(many.RetryAfter) * time.Second, Err: errors.New("429 Too Many Requests")}
	case errors.As(err, &moved):
		to := strconv.Itoa(moved.MigrateToChatID)
		if err := c.o.Memory.Remember(ctx, movedKey(p.chat), []byte(to), 0); err != nil {
			return fmt.Errorf("remember where the group has moved: %w", err)
		}
		return &bot.RetryError{After: time.Millisecond, Err: errors.New("the group has moved")}
	case errors.Is(err, tg.ErrorForbidden):
		return &bot.GoneError{Err: err}
	case errors.Is(err, tg.ErrorBadRequest):
		if strings.Contains(err.Error(), "chat not found") || strings.Contains(err.Error(), "message thread not found") {
			return &bot.GoneError{Err: err}
		}
		return &bot.InvalidError{Err: err}
	case errors.Is(err, tg.ErrorUnauthorized), errors.Is(err, tg.ErrorNotFound):
		c.set(words(err))
		return &bot.RetryError{After: c.o.Slow, All: true, Err: err}
	case errors.As(err, &syntax):
		return errors.New("the answer is something that is not JSON") // a gateway's page: nothing was sent
	case errors.As(err, &op) && op.Op == "dial":
		return errors.New("no connection to Telegram")
	case strings.Contains(err.Error(), "error response from telegram"):
		return errors.New("an answer with an error of its own")
	}
	return &bot.UncertainError{Err: errors.New("the connection was lost before Telegram answered")}
}

func movedKey(chat int64) string { return "moved:" + strconv.FormatInt(chat, 10) }

// moved is where a group has become a supergroup under another id.
func (c *Channel) moved(ctx context.Context, p place) (place, error) {
	if p.chat > 0 {
		return p, nil
	}
	v, err := c.o.Memory.Recall(ctx, movedKey(p.chat))
	if err != nil || v == nil {
		return p, err
	}
	p.chat, err = strconv.ParseInt(string(v), 10, 64)
	return p, err
}

// stripTags makes plain text of what parts wrote.
func stripTags(s string) string {
	var b strings.Builder
	in := false
	for _, r := range s {
		switch {
		case r == '<':
			in = true
		case r == '>':
			in = false
		case !in:
			b.WriteRune(r)
		}
	}
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(b.String())
}

// Typing implements channel.Typer.
func (c *Channel) Typing(ctx context.Context, id bot.ConversationID) error {
	p, err := placeOf(id)
	if err != nil {
		return err
	}
	_, err = c.api.SendChatAction(ctx, &tg.SendChatActionParams{ChatID: p.chat, MessageThreadID: p.topic, Action: models.ChatActionTyping})
	return err
}

// Remove implements channel.Remover. Telegram lets a bot delete a customer's
// message in private chats, and in groups where it is an administrator.
func (c *Channel) Remove(ctx context.Context, id bot.ConversationID, m bot.MessageID) error {
	p, err := placeOf(id)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(string(m))
	if err != nil {
		return fmt.Errorf("%q is no message of Telegram", m)
	}
	_, err = c.api.DeleteMessage(ctx, &tg.DeleteMessageParams{ChatID: p.chat, MessageID: n})
	return err
}
