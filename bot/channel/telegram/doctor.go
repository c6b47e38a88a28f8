package telegram

import (
	"context"
	"fmt"
	"net/url"
)

// Finding is one thing that Doctor has looked at.
type Finding struct {
	OK    bool
	Words string // what is so, and what to do about it
}

// Doctor looks at the connection: whether Telegram knows the token, how
// updates come, and what the bot gets to see in groups. It changes nothing.
func (a *Channel) Doctor(ctx context.Context) []Finding {
	u, err := a.api.GetMe(ctx)
	if err != nil {
		return []Finding{{Words: a.explain(err)}}
	}
	out := []Finding{{OK: true, Words: fmt.Sprintf("the token belongs to @%s; customers find it at https://t.me/%s, and a flow at https://t.me/%s?start=NAME", u.Username, u.Username, u.Username)}}
	switch {
	case !u.CanJoinGroups:
		out = append(out, Finding{OK: true, Words: "the bot cannot be added to groups; @BotFather changes that with /setjoingroups"})
	case u.CanReadAllGroupMessages:
		out = append(out, Finding{OK: true, Words: "privacy mode is off: the bot is sent everything that is written in its groups, and leaves aside what is not for it; @BotFather changes that with /setprivacy"})
	default:
		out = append(out, Finding{OK: true, Words: "privacy mode is on: in groups the bot sees commands, mentions and answers to it, which is all it needs"})
	}
	hook, err := a.api.GetWebhookInfo(ctx)
	if err != nil {
		return append(out, Finding{Words: a.explain(err)})
	}
	out = append(out, a.webhookFinding(hook.URL, hook.PendingUpdateCount, hook.LastErrorMessage))
	if a.o.Webhook != "" {
		out = append(out, addressFinding(a.o.Webhook))
	}
	return out
}

// addressFinding looks whether Telegram delivers to such an address at all
// (https://core.telegram.org/bots/api#setwebhook).
func addressFinding(address string) Finding {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" {
		return Finding{Words: "public_url must begin with https:// for the webhook"}
	}
	switch u.Port() {
	case "", "443", "80", "88", "8443":
		return Finding{OK: true, Words: "the webhook's port is one that Telegram delivers to"}
	}
	return Finding{Words: "Telegram delivers to the ports 443, 80, 88 and 8443 only, not to " + u.Port() + "; change public_url"}
}

// webhookFinding compares what Telegram does with what is configured. serve sets
// and removes the webhook by itself.
func (a *Channel) webhookFinding(url string, waiting int, last string) Finding {
	switch {
	case a.o.Webhook == "" && url == "":
		return Finding{OK: true, Words: fmt.Sprintf("long polling: no webhook is set, %d updates wait", waiting)}
	case a.o.Webhook == "":
		return Finding{Words: fmt.Sprintf("a webhook is set at %s; \"latchkey serve\" removes it when it starts", url)}
	case url != a.o.Webhook:
		return Finding{Words: fmt.Sprintf("the webhook is %q, not %q; \"latchkey serve\" sets it when it starts", url, a.o.Webhook)}
	case last != "":
		return Finding{Words: fmt.Sprintf("Telegram could not deliver lately: %s; %d updates wait", last, waiting)}
	}
	return Finding{OK: true, Words: fmt.Sprintf("webhook at %s, %d updates wait", url, waiting)}
}
