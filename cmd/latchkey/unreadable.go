package main

import (
	"errors"
	"fmt"
	"time"

	"latchkey/bot/channel/terminal"
	"latchkey/bot/store"
)

type unreadableCmd struct {
	storeFlags
	Show bool `help:"Also what was delivered, without the secrets in it."`
}

// unreadablePage is how many are read at once.
const unreadablePage = 200

// Run lists what platforms delivered and no channel could read.
func (c *unreadableCmd) Run(e *env) error {
	s, err := c.open(e, storeVisit)
	if err != nil {
		return err
	}
	return errors.Join(c.list(e, s), s.Close())
}

func (c *unreadableCmd) list(e *env, s store.Store) error {
	for after := int64(0); ; {
		var ds []store.DeadLetter
		if err := s.View(e.ctx, func(tx store.Tx) error {
			var err error
			ds, err = tx.Buried(after, unreadablePage)
			return err
		}); err != nil {
			return err
		}
		if len(ds) == 0 && after == 0 {
			fmt.Fprintln(e.stdout, "everything that was delivered could be read")
		}
		for _, d := range ds {
			after = d.ID
			fmt.Fprintf(e.stdout, "%s  %s  %s  %s\n", d.At.Format(time.DateTime), d.Channel, terminal.Clean(d.Key), terminal.Clean(d.Reason))
			if c.Show {
				fmt.Fprintf(e.stdout, "    %s\n", terminal.Clean(d.Body))
			}
		}
		if len(ds) < unreadablePage {
			return nil
		}
	}
}
