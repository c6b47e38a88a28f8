package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/bot/store"
)

// storeFlags say where the database is, for commands that work on it.
type storeFlags struct {
	Config string `help:"Config file of the server." placeholder:"FILE"`
	Data   string `help:"Folder of the database, instead of the config's." placeholder:"DIR"`
}

// open opens the database that the flags name.
func (f storeFlags) open(e *env, use storeUse) (*openedStore, error) {
	cfg, err := loadConfig(f.Config)
	if err != nil {
		return nil, err
	}
	if f.Data != "" {
		cfg.Data = f.Data
	}
	return openStore(e, cfg, use)
}

type migrateCmd struct{ storeFlags }

// Run brings the database's schema up to date, as serve does when it starts.
func (c *migrateCmd) Run(e *env) error {
	s, err := c.open(e, storeServing)
	if err != nil {
		return err
	}
	if len(s.ran) == 0 {
		fmt.Fprintln(e.stdout, "the database is up to date")
	} else {
		fmt.Fprintf(e.stdout, "migrated: %s\n", strings.Join(s.ran, ", "))
	}
	return s.Close()
}

type backupCmd struct {
	storeFlags
	File string `arg:"" help:"New file for the copy."`
}

// Run copies the database, consistently, while the server runs on.
func (c *backupCmd) Run(e *env) error {
	s, err := c.open(e, storeVisit)
	if err != nil {
		return err
	}
	err = s.backup(e.ctx, c.File)
	if err == nil {
		fmt.Fprintf(e.stdout, "written: %s\n", c.File)
	}
	return errors.Join(err, s.Close())
}

type replayCmd struct {
	storeFlags
	Conversation string `arg:"" optional:"" help:"Id of the conversation; without it the newest ones are listed."`
}

// Run feeds a stored conversation's events through the engine again, each on
// the pack release of its turn, and compares what comes out.
func (c *replayCmd) Run(e *env) error {
	s, err := c.open(e, storeVisit)
	if err != nil {
		return err
	}
	if c.Conversation == "" {
		err = listConversations(e, s)
	} else {
		err = replay(e, s, bot.ConversationID(c.Conversation))
	}
	return errors.Join(err, s.Close())
}

func listConversations(e *env, s store.Store) error {
	var cs []store.Conversation
	if err := s.View(e.ctx, func(tx store.Tx) error {
		var err error
		cs, err = tx.Recent(50)
		return err
	}); err != nil {
		return err
	}
	if len(cs) == 0 {
		fmt.Fprintln(e.stdout, "there are no conversations yet")
	}
	for _, c := range cs {
		fmt.Fprintf(e.stdout, "%s  %d turns  %s\n", c.ID, c.Seq, c.UpdatedAt.Format("2006-01-02 15:04:05"))
	}
	return nil
}

// replayPage is how many turns are read at once.
const replayPage = 500

func replay(e *env, s *openedStore, id bot.ConversationID) error {
	log, err := newLog(e, LogConfig{Level: "error", Format: "text"})
	if err != nil {
		return err
	}
	ps := newPacks(s, brain{now: e.now}, log, e.now, e.hook())
	var state dialogue.State
	n, differ := 0, 0
	for {
		var turns []store.Turn
		if err := s.View(e.ctx, func(tx store.Tx) error {
			turns, err = tx.Turns(id, int64(n), replayPage)
			return err
		}); err != nil {
			return err
		}
		for _, t := range turns {
			n++
			r, err := ps.Release(e.ctx, t.Release)
			if err != nil {
				return err
			}
			var ev bot.Event
			if err := json.Unmarshal(t.Event, &ev); err != nil {
				return fmt.Errorf("read turn %d: %w", t.Seq, err)
			}
			state.Control = dialogue.Control(t.Control)
			var effects []bot.Effect
			state, effects = dialogue.Step(r.Pack, state, ev, t.At)
			again, err := json.Marshal(effects)
			if err != nil {
				return fmt.Errorf("write turn %d: %w", t.Seq, err)
			}
			if string(again) != string(t.Effects) {
				differ++
				fmt.Fprintf(e.stdout, "turn %d differs\n  then: %s\n  now:  %s\n", t.Seq, t.Effects, again)
			}
		}
		if len(turns) < replayPage {
			break
		}
	}
	if n == 0 {
		return fmt.Errorf("there is no conversation %q; \"latchkey replay\" lists the newest", id)
	}
	fmt.Fprintf(e.stdout, "%s replayed, %d differ\n", plural(n, "turn"), differ)
	if differ > 0 {
		return findings{}
	}
	return nil
}
