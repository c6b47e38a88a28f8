package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"latchkey/bot"
	"latchkey/bot/channel"
	"latchkey/bot/channel/telegram"
	"latchkey/bot/channel/web"
	"latchkey/bot/console"
	"latchkey/bot/redact"
	"latchkey/bot/store"
)

// channels are the ways in that the config names, with what they need of the
// HTTP server.
type channels struct {
	channels []channel.Channel
	page     http.Handler            // the web chat; nil = off
	hooks    map[string]http.Handler // by ServeMux pattern
	checks   []func() console.Check  // for /readyz
}

func newChannels(e *env, cfg Config, s *openedStore, ps *packs, log *slog.Logger) (channels, error) {
	out := channels{hooks: map[string]http.Handler{}}
	if cfg.Web.Enabled {
		chat := web.New(web.Options{History: history{s}, Look: look(ps), Log: log, Embed: cfg.Web.Embed, Poll: s.poll})
		out.channels, out.page = append(out.channels, chat), chat.Handler()
	}
	if cfg.Slack.BotToken != "" {
		if err := out.slack(e, cfg, s, ps, log); err != nil {
			return out, err
		}
	}
	if cfg.Telegram.Token != "" {
		if err := out.telegram(e, cfg, s, ps, log); err != nil {
			return out, err
		}
	}
	return out, nil
}

// telegram adds the Telegram bot.
func (c *channels) telegram(e *env, cfg Config, s *openedStore, ps *packs, log *slog.Logger) error {
	t, err := newTelegram(e, cfg, log)
	if err != nil {
		return err
	}
	t.Keep(memory{s, telegram.Name, e.now}, telegramLook(ps))
	if cfg.Telegram.Webhook {
		c.hooks["POST "+telegramHook] = t.Handler()
	}
	c.channels = append(c.channels, t)
	c.checks = append(c.checks, func() console.Check {
		why := t.Problem()
		return console.Check{Name: "telegram", OK: why == "", Warn: true, Detail: why}
	})
	return nil
}

// newTelegram makes the bot as the config names it.
func newTelegram(e *env, cfg Config, log *slog.Logger) (*telegram.Channel, error) {
	token, err := cfg.Telegram.Token.resolve(e.get)
	if err != nil {
		return nil, fmt.Errorf("telegram.token: %w", err)
	}
	o := telegram.Options{Token: token, APIURL: cfg.Telegram.APIURL, Log: log}
	if cfg.Telegram.Webhook {
		// Without one of its own the adapter makes the secret from the token.
		if o.Secret, err = cfg.Telegram.Secret.resolve(e.get); err != nil {
			return nil, fmt.Errorf("telegram.webhook_secret: %w", err)
		}
		o.Webhook = strings.TrimSuffix(cfg.PublicURL, "/") + telegramHook
	}
	return telegram.New(o)
}

// telegramHook is where Telegram delivers to.
const telegramHook = "/hooks/telegram"

// look is what the web chat shows of the pack in force.
func look(ps *packs) func() web.Look {
	return func() web.Look {
		p := ps.Current().Pack
		l := web.Look{Title: p.Title.In(p.Base), Media: p.FS}
		for _, lang := range p.Languages() {
			l.Languages = append(l.Languages, web.Language{Code: lang, Name: p.LanguageName(lang)})
		}
		return l
	}
}

// memory is what one adapter may keep: small facts, and deliveries that it
// cannot read.
type memory struct {
	store store.Store
	scope string // the adapter's name
	now   func() time.Time
}

// Remember keeps a value for a while; 0 = for ever. A nil value forgets.
func (m memory) Remember(ctx context.Context, key string, value []byte, keep time.Duration) error {
	var until time.Time
	if keep > 0 {
		until = m.now().Add(keep)
	}
	return m.store.Update(ctx, func(tx store.Tx) error { return tx.Remember(m.scope, key, value, until) })
}

// Recall reads a value; nil when there is none.
func (m memory) Recall(ctx context.Context, key string) ([]byte, error) {
	var v []byte
	err := m.store.View(ctx, func(tx store.Tx) error {
		var err error
		v, err = tx.Recall(m.scope, key, m.now())
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	return v, err
}

// Unreachable notes that the platform refuses messages to a conversation, and
// why; "" = it takes them again. An unknown conversation is no error.
func (m memory) Unreachable(ctx context.Context, c bot.ConversationID, reason string) error {
	return m.store.Update(ctx, func(tx store.Tx) error { return tx.Unreachable(c, reason) })
}

// maxDead is how much of an unreadable delivery is kept, in bytes.
const maxDead = 64 << 10

// Bury keeps a delivery that cannot be read, without the secrets in it. When
// it returns nil the platform may be told that the delivery was received.
func (m memory) Bury(ctx context.Context, key string, body []byte, reason string) error {
	if len(body) > maxDead {
		body = body[:maxDead]
	}
	text := string(body)
	if !utf8.ValidString(text) {
		text = "not text"
	}
	text, _ = redact.Text(text, redact.Context{ExpectCode: true, ExpectPassword: true})
	return m.store.Update(ctx, func(tx store.Tx) error {
		return tx.Bury(store.DeadLetter{Channel: m.scope, Key: key, Body: text, Reason: reason, At: m.now()})
	})
}
