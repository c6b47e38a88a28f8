package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/user"
	"strconv"
	"strings"
	"time"

	"latchkey/bot"
	"latchkey/bot/channel/terminal"
	"latchkey/bot/desk"
	"latchkey/bot/store"
)

// deskCmd is the operator queue on the command line.
type deskCmd struct {
	storeFlags
	As string `help:"Who you are; the name of your login when left out. Customers see it." placeholder:"NAME"`

	List     deskListCmd     `cmd:"" help:"List the open tickets, longest waiting first."`
	Show     deskShowCmd     `cmd:"" help:"Show a ticket with everything that was tried, and the conversation."`
	Claim    deskClaimCmd    `cmd:"" help:"Take a ticket; the bot is silent from then on."`
	Reply    deskReplyCmd    `cmd:"" help:"Write to the customer of a ticket you have claimed."`
	Release  deskReleaseCmd  `cmd:"" help:"Give a ticket back to the queue."`
	HandBack deskHandBackCmd `cmd:"" name:"hand-back" help:"Let the bot go on at a step."`
	Resolve  deskResolveCmd  `cmd:"" help:"Close the case."`
}

// with opens the store beside the server, and calls fn.
func (c *deskCmd) with(e *env, fn func(*openedStore, *desk.Desk, desk.Operator) error) error {
	name := c.As
	if name == "" {
		if u, err := user.Current(); err == nil {
			name = u.Username
		}
	}
	if name = strings.TrimSpace(terminal.Clean(name)); name == "" {
		return errors.New("say who you are with --as NAME")
	}
	s, err := c.open(e, storeVisit)
	if err != nil {
		return err
	}
	err = fn(s, &desk.Desk{Now: e.now}, desk.Operator{ID: bot.OperatorID(name), Name: name})
	return errors.Join(deskWords(err), s.Close())
}

// deskWords says in words what the desk's rules refuse.
func deskWords(err error) error {
	var taken *desk.TakenError
	switch {
	case errors.As(err, &taken):
		return fmt.Errorf("too late: the ticket belongs to %s", taken.By)
	case errors.Is(err, desk.ErrNotYours):
		return errors.New("the ticket belongs to somebody else; only who has claimed it may do that")
	case errors.Is(err, desk.ErrStale):
		return errors.New("the ticket was given to somebody else meanwhile; look at it again")
	case errors.Is(err, store.ErrConflict):
		return errors.New("the ticket changed at the same moment; look at it again")
	}
	return err
}

// ticket finds a ticket by its number or id.
func ticket(ctx context.Context, s store.Store, ref string) (store.Ticket, error) {
	no, err := strconv.ParseInt(strings.TrimPrefix(ref, "#"), 10, 64)
	byNo := err == nil
	var out store.Ticket
	err = s.View(ctx, func(tx store.Tx) error {
		var err error
		if byNo {
			out, err = tx.TicketNo(no)
		} else {
			out, err = tx.Ticket(bot.TicketID(ref))
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return out, fmt.Errorf("there is no ticket %q; \"latchkey desk list\" shows the open ones", ref)
	}
	return out, err
}

type deskListCmd struct {
	All  bool `help:"Also those that are finished."`
	JSON bool `name:"json" help:"As a JSON array."`
}

// Run lists tickets.
func (c *deskListCmd) Run(e *env, d *deskCmd) error {
	return d.with(e, func(s *openedStore, _ *desk.Desk, _ desk.Operator) error {
		f := store.TicketFilter{States: desk.Open(), Limit: 1000}
		if c.All {
			f.States = nil
		}
		var ts []store.Ticket
		if err := s.View(e.ctx, func(tx store.Tx) error {
			var err error
			ts, err = tx.Tickets(f)
			return err
		}); err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(e.stdout, ts)
		}
		if len(ts) == 0 {
			fmt.Fprintln(e.stdout, "the queue is empty")
		}
		for _, t := range ts {
			var p bot.Packet
			if err := json.Unmarshal(t.Packet, &p); err != nil {
				return fmt.Errorf("read the packet of #%d: %w", t.No, err)
			}
			who := string(t.Assignee)
			if who == "" {
				who = "nobody"
			}
			fmt.Fprintf(e.stdout, "#%d  %-16s %-10s %-8s %-12s waits %-8s %s\n", t.No, t.State, t.Queue, t.Lang, who,
				e.now().Sub(t.QueuedAt).Round(time.Second), terminal.Clean(p.Goal))
		}
		return nil
	})
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

type deskShowCmd struct {
	Ticket string `arg:"" help:"Number or id of the ticket."`
}

// Run shows a ticket: its packet, its history and the conversation.
func (c *deskShowCmd) Run(e *env, d *deskCmd) error {
	return d.with(e, func(s *openedStore, _ *desk.Desk, _ desk.Operator) error {
		t, err := ticket(e.ctx, s, c.Ticket)
		if err != nil {
			return err
		}
		var events []store.TicketEvent
		if err := s.View(e.ctx, func(tx store.Tx) error {
			events, err = tx.TicketEvents(t.ID, 0, 1000)
			return err
		}); err != nil {
			return err
		}
		entries, err := history{s}.Entries(e.ctx, t.Conversation, 0, 200)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.stdout, "#%d  %s  queue %s  %s\nid %s  conversation %s\n\n", t.No, t.State, t.Queue, t.Reason, t.ID, t.Conversation)
		fmt.Fprintf(e.stdout, "%s\n\n", t.Packet)
		for _, ev := range events {
			fmt.Fprintf(e.stdout, "%s  %-20s %s\n", ev.At.Format(time.DateTime), ev.Kind, terminal.Clean(ev.Actor))
		}
		fmt.Fprintln(e.stdout)
		for _, x := range entries {
			switch {
			case x.Msg != nil && x.Author != "":
				fmt.Fprintf(e.stdout, "%s: %s\n", terminal.Clean(x.Author), terminal.Render(*x.Msg, terminal.Style{}))
			case x.Msg != nil:
				fmt.Fprintf(e.stdout, "bot: %s\n", terminal.Render(*x.Msg, terminal.Style{}))
			default:
				fmt.Fprintf(e.stdout, "customer: %s\n", terminal.Clean(x.Text))
			}
		}
		return nil
	})
}

type deskClaimCmd struct {
	Ticket string `arg:"" help:"Number or id of the ticket."`
}

// Run claims a ticket.
func (c *deskClaimCmd) Run(e *env, d *deskCmd) error {
	return d.act(e, c.Ticket, "claimed", func(ctx context.Context, s store.Store, k *desk.Desk, id bot.TicketID, who desk.Operator) (store.Ticket, error) {
		return k.Claim(ctx, s, id, who)
	})
}

// act carries one step of a ticket out and says what became of it.
func (d *deskCmd) act(e *env, ref, done string, step func(context.Context, store.Store, *desk.Desk, bot.TicketID, desk.Operator) (store.Ticket, error)) error {
	return d.with(e, func(s *openedStore, k *desk.Desk, who desk.Operator) error {
		t, err := ticket(e.ctx, s, ref)
		if err != nil {
			return err
		}
		if t, err = step(e.ctx, s, k, t.ID, who); err != nil {
			return err
		}
		fmt.Fprintf(e.stdout, "#%d %s by %s; it is %s now\n", t.No, done, who.Name, t.State)
		return nil
	})
}

type deskReplyCmd struct {
	Ticket string   `arg:"" help:"Number or id of the ticket."`
	Text   []string `arg:"" help:"What the customer should read."`
}

// Run replies to the customer. Queued does not mean sent: show tells.
func (c *deskReplyCmd) Run(e *env, d *deskCmd) error {
	return d.act(e, c.Ticket, "answered", func(ctx context.Context, s store.Store, k *desk.Desk, id bot.TicketID, who desk.Operator) (store.Ticket, error) {
		return k.Reply(ctx, s, id, who, 0, strings.Join(c.Text, " "))
	})
}

type deskReleaseCmd struct {
	Ticket string `arg:"" help:"Number or id of the ticket."`
}

// Run gives a ticket back.
func (c *deskReleaseCmd) Run(e *env, d *deskCmd) error {
	return d.act(e, c.Ticket, "released", func(ctx context.Context, s store.Store, k *desk.Desk, id bot.TicketID, who desk.Operator) (store.Ticket, error) {
		return k.Release(ctx, s, id, who, 0)
	})
}

type deskHandBackCmd struct {
	Ticket string   `arg:"" help:"Number or id of the ticket."`
	At     string   `arg:"" optional:"" help:"Where the bot goes on: FLOW/STEP; the menu when left out."`
	Say    string   `help:"What you did, in words for the customer." placeholder:"TEXT"`
	Done   []string `help:"Guides that you went through with the customer: FLOW/STEP." placeholder:"FLOW/STEP"`
}

// Run hands a conversation back to the bot.
func (c *deskHandBackCmd) Run(e *env, d *deskCmd) error {
	return d.act(e, c.Ticket, "handed back", func(ctx context.Context, s store.Store, k *desk.Desk, id bot.TicketID, who desk.Operator) (store.Ticket, error) {
		flow, step, _ := strings.Cut(c.At, "/")
		return k.HandBack(ctx, s, id, who, 0, bot.OperatorEvent{Flow: flow, Step: step, Done: c.Done, Text: c.Say})
	})
}

type deskResolveCmd struct {
	Ticket string `arg:"" help:"Number or id of the ticket."`
	Code   string `help:"How it ended, a word for figures; any other than solved counts as not solved." default:"solved" placeholder:"CODE"`
}

// Run resolves a ticket.
func (c *deskResolveCmd) Run(e *env, d *deskCmd) error {
	return d.act(e, c.Ticket, "resolved", func(ctx context.Context, s store.Store, k *desk.Desk, id bot.TicketID, who desk.Operator) (store.Ticket, error) {
		return k.Resolve(ctx, s, id, who, 0, c.Code)
	})
}
