package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"latchkey/bot/channel/telegram"
)

type telegramCmd struct {
	Doctor telegramDoctorCmd `cmd:"" help:"Look whether the Telegram bot is set up as it should be."`
}

type telegramDoctorCmd struct {
	Config string `required:"" help:"Config file of the server." placeholder:"FILE"`
}

// doctorTime bounds the whole look.
const doctorTime = 20 * time.Second

// Run looks at the connection and says in words what is missing.
func (c *telegramDoctorCmd) Run(e *env) error {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	if cfg.Telegram.Token == "" {
		return errors.New("the config has no telegram.token; get one from @BotFather, put it into the environment and write token: env:TELEGRAM_TOKEN")
	}
	t, err := newTelegram(e, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(e.ctx, doctorTime)
	defer cancel()
	bad := 0
	for _, f := range t.Doctor(ctx) {
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

// telegramWords are the pack's words that are commands in Telegram: the word,
// and the text that describes it in the menu.
var telegramWords = [...]struct{ name, text string }{
	{"menu", "choice_menu"}, {"human", "choice_human"}, {"back", "choice_back"}, {"restart", "choice_start_over"}, {"language", "language"},
}

// telegramLook is what the Telegram bot shows of the pack in force. Besides the
// listed commands each flow with a deep link has one by that name.
func telegramLook(ps *packs) func() telegram.Look {
	return func() telegram.Look {
		p := ps.Current().Pack
		l := telegram.Look{Media: p.FS, Base: p.Base}
		for _, w := range telegramWords {
			ways := p.WaysToSay(w.name, p.Base)
			if len(ways) == 0 {
				continue
			}
			c := telegram.Command{Name: w.name, Text: ways[0], About: map[string]string{}, Group: w.name == "human" || w.name == "menu"}
			for _, lang := range p.Languages() {
				c.About[lang] = p.System(w.text).In(lang)
			}
			l.Commands = append(l.Commands, c)
			if w.name == "menu" { // what every bot of Telegram has
				l.Commands = append(l.Commands, telegram.Command{Name: "help", Text: c.Text})
			}
		}
		for _, id := range p.Order {
			if link := p.Flows[id].Start.DeepLink; link != "" {
				l.Commands = append(l.Commands, telegram.Command{Name: strings.ReplaceAll(link, "-", "_"), Payload: link})
			}
		}
		return l
	}
}
