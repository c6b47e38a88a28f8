package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"
)

// polls receives by long poll until ctx ends.
func (a *Channel) polls(ctx context.Context) error {
	// A webhook of an earlier run would keep polls from getting anything. What
	// waits for it is not dropped, but comes by poll.
	if err := a.persist(ctx, func(ctx context.Context) error {
		_, err := a.api.DeleteWebhook(ctx, &tg.DeleteWebhookParams{})
		return err
	}); err != nil {
		return nil
	}
	for ctx.Err() == nil {
		// Update ids may begin again, lower, after a week without any
		// (https://core.telegram.org/bots/api#update), and the library asks from
		// the last id it saw for ever. A new one asks from the beginning; what
		// was taken over is confirmed or known by its key.
		lib, err := a.library()
		if err != nil {
			return fmt.Errorf("make a Telegram bot: %w", err)
		}
		day, end := context.WithTimeout(ctx, a.pauses.renew)
		lib.Start(day)
		end()
	}
	return nil
}

// slow is how long to leave Telegram alone after an answer to a poll.
func (a *Channel) slow(x answer) time.Duration {
	switch {
	case x.OK:
		return 0
	case x.Code == http.StatusConflict:
		return a.pauses.conflict
	case x.Code == http.StatusUnauthorized, x.Code == http.StatusNotFound:
		return a.pauses.revoked
	}
	return time.Duration(x.Parameters.RetryAfter) * time.Second
}

// polled sees every answer to a poll.
func (a *Channel) polled(x answer) {
	switch {
	case x.OK:
		a.report(true, "polling")
	case x.Code == http.StatusConflict && strings.Contains(strings.ToLower(x.Description), "webhook"):
		a.report(false, otherHook)
	case x.Code == http.StatusConflict:
		a.report(false, otherPoller)
	case x.Code == http.StatusUnauthorized, x.Code == http.StatusNotFound:
		a.report(false, tokenRefused)
	}
}

// pollFailed hears of polls that brought nothing. The library tries again by
// itself, at most every five seconds.
func (a *Channel) pollFailed(err error) {
	var foreign *foreignBody
	var server *serverError
	var unsent *unsentError
	var lost *lostError
	var intake *intakeError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, errStopping):
	case errors.As(err, &intake):
		a.o.Log.Warn("updates not kept; Telegram delivers them again", "channel", Name, "err", intake.cause)
	case errors.As(err, &foreign), errors.As(err, &server), errors.As(err, &unsent), errors.As(err, &lost):
		a.report(false, a.reason(err))
	}
}

// reason is an error in words, without the token that addresses hold.
func (a *Channel) reason(err error) string {
	s := strings.ReplaceAll(err.Error(), a.o.Token, "***")
	if len(s) > 300 {
		s = strings.ToValidUTF8(s[:300], "") + "…"
	}
	return s
}

// hooked has Telegram deliver to Handler until ctx ends, and looks from time to
// time whether it does.
func (a *Channel) hooked(ctx context.Context) {
	set := func(ctx context.Context) error {
		_, err := a.api.SetWebhook(ctx, &tg.SetWebhookParams{URL: a.o.Webhook, SecretToken: a.secret, AllowedUpdates: allowedUpdates[:]})
		return err
	}
	for a.persist(ctx, set) == nil {
		a.report(true, "webhook")
		for a.watchHook(ctx) {
		}
	}
}

// watchHook waits a while and asks Telegram how the webhook does. It returns
// false when it is no longer ours, or ctx has ended.
func (a *Channel) watchHook(ctx context.Context) bool {
	if sleep(ctx, a.pauses.watch) != nil {
		return false
	}
	one, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	info, err := a.api.GetWebhookInfo(one)
	switch {
	case err != nil:
		if ctx.Err() == nil {
			a.report(false, a.reason(err))
		}
	case info.URL != a.o.Webhook:
		a.o.Log.Warn("another program changed the webhook; setting it again", "channel", Name)
		return false
	case info.LastErrorMessage != "" && time.Since(time.Unix(int64(info.LastErrorDate), 0)) < 2*a.pauses.watch:
		a.report(false, "Telegram cannot deliver to the webhook: "+info.LastErrorMessage)
	default:
		a.report(true, "webhook")
	}
	return ctx.Err() == nil
}
