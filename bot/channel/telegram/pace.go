package telegram

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"latchkey/bot"
	"latchkey/bot/channel"
)

// Telegram's limits: about 30 messages a second for the bot, one a second for
// a chat with short bursts allowed, 20 a minute for a group
// (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
// The bot's is kept a little below, because requests do not arrive as evenly
// as they leave.
const (
	perSecond  = 29
	chatBurst  = 3
	groupEvery = time.Minute / 18
	groupBurst = 2 // at most 20 in any minute
)

// patience is how long a message waits here for its turn. When it would be
// longer, the outbox is told when to come again.
const patience = 5 * time.Second

// Limits implements channel.Channel. What one message needs beyond one call,
// and what groups allow, is kept to by pace.
func (a *Channel) Limits() channel.Limits {
	return channel.Limits{
		Conversation: channel.Rate{Every: time.Second, Burst: chatBurst},
		Channel:      channel.Rate{Every: time.Second / perSecond, Burst: 1},
	}
}

// pace keeps every call that shows something to Telegram's limits.
type pace struct {
	all  *rate.Limiter
	each rate.Limit // of a private chat

	mu    sync.Mutex
	chats map[int64]*chatPace
	swept time.Time
	hasty []tooFast
}

type chatPace struct {
	send, edit *rate.Limiter
	until      time.Time // Telegram said so
	used       time.Time
}

// tooFast is a chat that was answered with 429.
type tooFast struct {
	chat int64
	at   time.Time
}

func newPace() *pace {
	return &pace{all: rate.NewLimiter(perSecond, 1), each: 1, chats: map[int64]*chatPace{}}
}

func (p *pace) chat(id int64) *chatPace {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.swept) > time.Minute {
		p.swept = now
		for k, c := range p.chats {
			if now.Sub(c.used) > time.Minute && now.After(c.until) {
				delete(p.chats, k)
			}
		}
	}
	c := p.chats[id]
	if c == nil {
		c = &chatPace{send: rate.NewLimiter(p.each, chatBurst), edit: rate.NewLimiter(p.each, chatBurst)}
		if id < 0 {
			c.send, c.edit = rate.NewLimiter(rate.Every(groupEvery), groupBurst), rate.NewLimiter(rate.Every(groupEvery), groupBurst)
		}
		p.chats[id] = c
	}
	c.used = now
	return c
}

// wait returns when a chat may be written to, or a message in it be edited. It
// fails with bot.RetryError when that takes too long to wait for.
func (p *pace) wait(ctx context.Context, chat int64, edit bool) error {
	c := p.chat(chat)
	p.mu.Lock()
	left := time.Until(c.until)
	p.mu.Unlock()
	if left > patience {
		return &bot.RetryError{After: left, Err: errors.New("this chat is to be left alone for a while")}
	}
	if err := sleep(ctx, left); err != nil {
		return err
	}
	own := c.send
	if edit {
		own = c.edit
	}
	start := time.Now()
	mine := own.ReserveN(start, 1)
	if err := turn(ctx, mine, start); err != nil {
		return err
	}
	now := time.Now()
	if err := turn(ctx, p.all.ReserveN(now, 1), now); err != nil {
		mine.CancelAt(start)
		return err
	}
	return nil
}

// turn waits for what was reserved at a moment, or gives it back.
func turn(ctx context.Context, r *rate.Reservation, at time.Time) error {
	d := r.DelayFrom(at)
	if d > patience {
		r.CancelAt(at)
		return &bot.RetryError{After: d, Err: errors.New("kept to the limit of the platform")}
	}
	if err := sleep(ctx, d); err != nil {
		r.CancelAt(time.Now())
		return err
	}
	return nil
}

// refused notes that Telegram answered 429 for a chat. It returns true when
// several chats were within a few seconds: then it means the whole bot.
func (p *pace) refused(chat int64, after time.Duration) (all bool) {
	now := time.Now()
	c := p.chat(chat)
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := now.Add(after); until.After(c.until) {
		c.until = until
	}
	kept, others := p.hasty[:0], map[int64]bool{chat: true}
	for _, t := range p.hasty {
		if now.Sub(t.at) < 10*time.Second {
			kept, others[t.chat] = append(kept, t), true
		}
	}
	p.hasty = append(kept, tooFast{chat, now})
	return len(others) >= 3
}
