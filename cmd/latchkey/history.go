package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"latchkey/bot"
	"latchkey/bot/channel/web"
	"latchkey/bot/store"
)

// history reads conversations for the web page.
type history struct{ s store.Store }

var _ web.History = history{}

// maxHistory bounds what is read of one conversation, in rows.
const maxHistory = 2000

// Entries implements web.History: the customer's words as the turns recorded
// them, each before what was answered to it, then what still waits.
func (h history) Entries(ctx context.Context, id bot.ConversationID, after int64, limit int) ([]web.Entry, error) {
	var sent []store.Delivery
	var turns []store.Turn
	var waiting []store.Received
	err := h.s.View(ctx, func(tx store.Tx) error {
		var err error
		if sent, err = tx.Deliveries(id, after, maxHistory); err != nil || after > 0 {
			return err
		}
		c, err := tx.Conversation(id)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if turns, err = tx.Turns(id, max(c.Seq-maxHistory, 0), maxHistory); err != nil {
			return err
		}
		waiting, err = tx.Pending(id, 50)
		return err
	})
	if err != nil {
		return nil, err
	}
	out, err := merge(sent, turns)
	if err != nil {
		return nil, err
	}
	for _, w := range waiting {
		if text := own(w.Event, nil); text != "" {
			out = append(out, web.Entry{From: "customer", At: w.ReceivedAt, Text: text})
		}
	}
	if len(out) > limit {
		out = out[len(out)-limit:]
	}
	return out, nil
}

func merge(sent []store.Delivery, turns []store.Turn) ([]web.Entry, error) {
	labels := map[bot.Button]string{}
	var out []web.Entry
	i := 0
	deliver := func(until func(store.Delivery) bool) error {
		for ; i < len(sent) && until(sent[i]); i++ {
			e, err := entry(sent[i])
			if err != nil {
				return err
			}
			for _, c := range e.Msg.Choices {
				labels[c.Button] = c.Label
			}
			out = append(out, e)
		}
		return nil
	}
	for _, t := range turns {
		// Answers to earlier turns come first, and what a person wrote before.
		if err := deliver(func(d store.Delivery) bool {
			return d.Turn > 0 && d.Turn < t.Seq || d.Turn == 0 && d.CreatedAt.Before(t.At)
		}); err != nil {
			return nil, err
		}
		var ev bot.Event
		if err := json.Unmarshal(t.Event, &ev); err != nil {
			return nil, fmt.Errorf("read turn %d: %w", t.Seq, err)
		}
		if text := own(ev, labels); text != "" {
			out = append(out, web.Entry{From: "customer", At: t.At, Text: text})
		}
	}
	return out, deliver(func(store.Delivery) bool { return true })
}

// own is what the customer said in an event, in words.
func own(ev bot.Event, labels map[bot.Button]string) string {
	switch ev.Kind {
	case bot.EventText, bot.EventEdited, bot.EventAttachment:
		return ev.Text
	case bot.EventButton:
		if ev.Button != nil {
			return labels[*ev.Button]
		}
	}
	return ""
}

func entry(d store.Delivery) (web.Entry, error) {
	var m bot.Message
	if err := json.Unmarshal(d.Message, &m); err != nil {
		return web.Entry{}, fmt.Errorf("read message %d: %w", d.ID, err)
	}
	e := web.Entry{ID: d.ID, From: "bot", Author: d.Author, At: d.CreatedAt, Msg: &m}
	if d.Author != "" {
		e.From = "person"
	}
	for i := range m.Choices {
		e.Tokens = append(e.Tokens, d.Token+"."+strconv.Itoa(i))
	}
	return e, nil
}
