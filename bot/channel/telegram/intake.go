package telegram

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"latchkey/bot"
)

// errStopping says that the program is not taking anything over at the moment.
var errStopping = errors.New("not running")

// atOnce bounds how many chats' updates are taken over at the same time.
const atOnce = 16

// take makes a batch of updates durable: those of one chat in their order,
// those of different chats at once. On an error some may have been kept; they
// come again and are known by their keys.
func (a *Channel) take(ctx context.Context, updates []json.RawMessage) error {
	a.mu.Lock()
	me, accept := a.me, a.accept
	a.mu.Unlock()
	if accept == nil || me.id == 0 {
		return errStopping
	}
	commands := a.look().Commands
	var order []int64
	byChat := map[int64][]heard{}
	for _, raw := range updates {
		u, err := a.read(ctx, me, raw)
		if err != nil {
			return err
		}
		h := translate(u, me, commands)
		if byChat[h.place.chat] == nil {
			order = append(order, h.place.chat)
		}
		byChat[h.place.chat] = append(byChat[h.place.chat], h)
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	errs := make([]error, len(order))
	for i, chat := range order {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			for _, h := range albums(byChat[chat]) {
				if errs[i] = a.hear(ctx, h, accept); errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// read decodes an update. One that cannot be read is buried, and means nothing.
func (a *Channel) read(ctx context.Context, me self, raw json.RawMessage) (update, error) {
	var u update
	err := json.Unmarshal(raw, &u)
	if err == nil {
		return u, nil
	}
	var id struct {
		ID int64 `json:"update_id"`
	}
	if bad := json.Unmarshal(raw, &id); bad != nil {
		return update{}, fmt.Errorf("read an update: %w", bad)
	}
	if err := a.o.Memory.Bury(ctx, strconv.FormatInt(me.id, 10)+":"+strconv.FormatInt(id.ID, 10), raw, err.Error()); err != nil {
		return update{}, fmt.Errorf("bury an update that cannot be read: %w", err)
	}
	a.o.Log.Warn("update cannot be read; it is kept among the unreadable", "channel", Name, "update", id.ID, "err", err)
	return update{ID: id.ID}, nil
}

// albums joins the files of one album, which come as one update each, into the
// message that they are for the customer. The words may stand with any of
// them. It keeps that one's key: an album whose words come later, alone, must
// not be taken for one that is known.
func albums(hs []heard) []heard {
	out := hs[:0]
	at := map[string]int{}
	for _, h := range hs {
		i, seen := at[h.album]
		switch {
		case h.album == "" || h.in.Conversation == "":
		case !seen:
			at[h.album] = len(out)
		default:
			first := &out[i]
			first.in.Event.Attachments = append(first.in.Event.Attachments, h.in.Event.Attachments...)
			if h.in.Event.Text != "" {
				if first.in.Event.Text != "" {
					first.in.Event.Text += "\n"
				} else {
					first.in.Key = h.in.Key
				}
				first.in.Event.Text += h.in.Event.Text
			}
			continue
		}
		out = append(out, h)
	}
	return out
}

// late handles a file of an album of which others were taken over before: only
// its words are news. done is true when there is nothing else to do.
func (a *Channel) late(h *heard) (done bool) {
	if h.album == "" {
		return false
	}
	if _, known := a.albums.get(h.album); !known {
		if h.in.Event.Text == "" {
			// After a restart nobody here knows the album; its key does.
			h.in.Key = "album:" + strconv.FormatInt(h.place.chat, 10) + ":" + h.album
		}
		return false
	}
	if h.in.Event.Text == "" {
		return true
	}
	h.in.Event.Kind, h.in.Event.Attachments = bot.EventText, nil
	return false
}

// hear takes over what one update means.
func (a *Channel) hear(ctx context.Context, h heard, accept func(context.Context, bot.Inbound) error) error {
	if h.migrated != [2]int64{} {
		return a.chats.moved(ctx, h.migrated[0], h.migrated[1])
	}
	if h.blocked != nil {
		a.o.Log.Info("the customer changed whether the bot may write", "channel", Name, "conversation", h.place.id(), "blocked", *h.blocked)
		reason := ""
		if *h.blocked {
			reason = "the customer blocked the bot"
		}
		if err := a.o.Memory.Unreachable(ctx, h.place.id(), reason); err != nil {
			return fmt.Errorf("note whether the customer can be reached: %w", err)
		}
		return nil
	}
	if h.in.Conversation == "" {
		if h.press != nil {
			a.beside(func(ctx context.Context) { a.answer(ctx, h.press.ID, "") })
		}
		return nil
	}
	here, err := a.chats.inbound(ctx, h.place)
	if err != nil {
		return err
	}
	h.in.Conversation = here.id()
	if a.late(&h) {
		return nil
	}
	if h.owner != "" && h.owner != ownerMark(h.in.Customer) {
		a.beside(func(ctx context.Context) { a.answer(ctx, h.press.ID, notYours(h.from.Language)) })
		return nil
	}
	if err := accept(ctx, h.in); err != nil {
		return err
	}
	if h.album != "" {
		a.albums.put(h.album, struct{}{})
	}
	switch {
	case h.press != nil:
		a.pressed(here, h.press)
	case here.group():
		return a.speaks(ctx, here, h.in.Customer, h.msg)
	}
	return nil
}

// keepSpeaker is how long it is known whom the bot talks with in a group.
const keepSpeaker = 30 * 24 * time.Hour

// speaker is the person the bot talks with in a group: the one who called it
// last. The buttons of the answer are that person's.
func (a *Channel) speaker(ctx context.Context, p place, first bot.CustomerID) (bot.CustomerID, error) {
	if s, ok := a.speakers.get(p.id()); ok {
		return s.customer, nil
	}
	v, err := a.o.Memory.Recall(ctx, "speaker:"+string(p.id()))
	switch {
	case err != nil:
		return "", fmt.Errorf("recall whom the bot talks with: %w", err)
	case len(v) == 0:
		return first, nil
	}
	return bot.CustomerID(v), nil
}

// ownerMark is put into a group's buttons beside the token. It is short, so
// that both fit, and names nobody.
func ownerMark(c bot.CustomerID) string {
	sum := sha256.Sum256([]byte(c))
	return hex.EncodeToString(sum[:6])
}

func (a *Channel) speaks(ctx context.Context, p place, customer bot.CustomerID, msg int64) error {
	before, ok := a.speakers.get(p.id())
	a.speakers.put(p.id(), speaker{customer, msg})
	if ok && before.customer == customer {
		return nil
	}
	if err := a.o.Memory.Remember(ctx, "speaker:"+string(p.id()), []byte(customer), keepSpeaker); err != nil {
		return fmt.Errorf("remember whom the bot talks with: %w", err)
	}
	return nil
}

type speaker struct {
	customer bot.CustomerID
	msg      int64 // the message to reply to
}
