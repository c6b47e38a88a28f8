package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"latchkey/bot"
	"latchkey/bot/channel/slack"
	"latchkey/bot/console"
	"latchkey/bot/desk"
	"latchkey/bot/store"
)

// slackHook is where Slack delivers to when it is not Socket Mode.
const slackHook = "/hooks/slack"

// slack adds the Slack app.
func (c *channels) slack(e *env, cfg Config, s *openedStore, ps *packs, log *slog.Logger) error {
	ch, err := newSlack(e, cfg, log)
	if err != nil {
		return err
	}
	ch.Keep(memory{s, slack.Name, e.now}, slackLook(ps, &popular{store: s, now: e.now}), openCase(s))
	if cfg.Slack.AppToken == "" {
		c.hooks["POST "+slackHook] = ch.Handler()
	}
	c.channels = append(c.channels, ch)
	c.checks = append(c.checks, func() console.Check {
		why := ch.Problem()
		return console.Check{Name: "slack", OK: why == "", Warn: true, Detail: why}
	})
	return nil
}

// newSlack makes the app's connection as the config names it.
func newSlack(e *env, cfg Config, log *slog.Logger) (*slack.Channel, error) {
	o := slack.Options{APIURL: cfg.Slack.APIURL, Log: log}
	var err error
	if o.BotToken, err = cfg.Slack.BotToken.resolve(e.get); err != nil {
		return nil, fmt.Errorf("slack.bot_token: %w", err)
	}
	if cfg.Slack.AppToken != "" {
		if o.AppToken, err = cfg.Slack.AppToken.resolve(e.get); err != nil {
			return nil, fmt.Errorf("slack.app_token: %w", err)
		}
		return slack.New(o), nil
	}
	for _, secret := range []Secret{cfg.Slack.Secret, cfg.Slack.OldSecret} {
		v, err := secret.resolve(e.get)
		if err != nil {
			return nil, fmt.Errorf("slack.signing_secret: %w", err)
		}
		if v != "" {
			o.Secrets = append(o.Secrets, v)
		}
	}
	return slack.New(o), nil
}

// slackLook is what Slack shows of the pack in force: the flows that most
// customers come for first, then as the pack has them.
func slackLook(ps *packs, most *popular) func(string) slack.Look {
	return func(locale string) slack.Look {
		p := ps.Current().Pack
		lang, _, _ := strings.Cut(locale, "-")
		if !p.Speaks(lang) {
			lang = p.Base
		}
		l := slack.Look{Title: p.Title.In(lang), Media: p.FS}
		uses := map[string]int{} // by deep link
		seen := most.uses(context.Background())
		for _, cat := range p.Categories {
			for _, id := range p.Order {
				if f := p.Flows[id]; f.Category == cat.ID && f.Start.DeepLink != "" && !f.Start.Hidden {
					l.Flows = append(l.Flows, slack.Item{Title: f.Title.In(lang), Link: f.Start.DeepLink})
					uses[f.Start.DeepLink] = seen[id]
				}
			}
		}
		slices.SortStableFunc(l.Flows, func(a, b slack.Item) int { return uses[b.Link] - uses[a.Link] })
		for _, lang := range p.Languages() {
			l.Languages = append(l.Languages, p.LanguageName(lang))
		}
		return l
	}
}

// openCase says in a few words how a conversation's open ticket stands.
func openCase(s store.Store) func(context.Context, bot.ConversationID) (string, error) {
	return func(ctx context.Context, c bot.ConversationID) (string, error) {
		var ts []store.Ticket
		err := s.View(ctx, func(tx store.Tx) error {
			var err error
			ts, err = tx.Tickets(store.TicketFilter{Conversation: c, States: desk.Open(), Limit: 1})
			return err
		})
		if err != nil || len(ts) == 0 {
			return "", err
		}
		return fmt.Sprintf("#%d", ts[0].No), nil
	}
}

type slackCmd struct {
	Manifest slackManifestCmd `cmd:"" help:"Print the app manifest to create the Slack app from."`
	Doctor   slackDoctorCmd   `cmd:"" help:"Test tokens, scopes and deliveries, and say what is missing."`
}

type slackManifestCmd struct {
	Config string `help:"Config file of the server; without one, Socket Mode." placeholder:"FILE"`
	HTTP   bool   `name:"http" help:"Deliveries to public_url instead of Socket Mode."`
	Name   string `help:"Name of the app." default:"Latchkey" placeholder:"NAME"`
}

// Run prints the manifest.
func (c *slackManifestCmd) Run(e *env) error {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	url := ""
	if c.HTTP || cfg.Slack.BotToken != "" && cfg.Slack.AppToken == "" {
		if cfg.PublicURL == "" {
			return errors.New("set public_url in the config: Slack must know where to deliver")
		}
		url = strings.TrimSuffix(cfg.PublicURL, "/") + slackHook
	}
	out, err := yaml.Dump(slack.NewManifest(c.Name, cfg.Slack.Command, url))
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	_, err = e.stdout.Write(out)
	return err
}

type slackDoctorCmd struct {
	Config string `required:"" help:"Config file of the server." placeholder:"FILE"`
}

// Run looks at the connection and says in words what is missing.
func (c *slackDoctorCmd) Run(e *env) error {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	if cfg.Slack.BotToken == "" {
		return errors.New("the config has no slack.bot_token; create the app from \"latchkey slack manifest\", install it, put its bot token into the environment and write bot_token: env:SLACK_BOT_TOKEN")
	}
	ch, err := newSlack(e, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(e.ctx, doctorTime)
	defer cancel()
	bad := 0
	for _, f := range ch.Doctor(ctx, strings.TrimSuffix(cfg.PublicURL, "/")+slackHook) {
		mark := "ok"
		if !f.OK {
			mark, bad = "!!", bad+1
		}
		fmt.Fprintf(e.stdout, "%s  %s\n", mark, f.Words)
	}
	if bad > 0 {
		return findings{}
	}
	return nil
}
