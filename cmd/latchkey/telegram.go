package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
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
