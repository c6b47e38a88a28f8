package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"latchkey/bot"
)

// begun is how much of a message Telegram has taken already.
type begun struct {
	parts int
	last  int64
}

// Send implements channel.Channel. A message of several parts that got stuck
// in the middle goes on there with the next try.
func (a *Channel) Send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error) {
	p, err := where(m.Conversation)
	if err != nil {
		return bot.Receipt{}, &bot.InvalidError{Err: err}
	}
	owner := ""
	if p.group() && len(m.Message.Choices) > 0 {
		c, err := a.speaker(ctx, p, m.Customer)
		if err != nil {
			return bot.Receipt{}, err
		}
		owner = "|" + ownerMark(c)
	}
	parts, err := a.compose(m, owner)
	if err != nil {
		return bot.Receipt{}, &bot.InvalidError{Err: err}
	}
	done, _ := a.begun.take(m.ID)
	if done.parts == 0 {
		if done, err = a.inPlace(ctx, p, m, parts); err != nil {
			return bot.Receipt{}, err
		}
	}
	for ; done.parts < len(parts); done.parts++ {
		id, err := a.sendPart(ctx, p, parts[done.parts], done.parts == 0)
		if err != nil {
			if done.parts > 0 {
				a.begun.put(m.ID, done)
			}
			return bot.Receipt{}, err
		}
		done.last = id
	}
	if parts[len(parts)-1].keyboard != nil {
		a.asked.put(m.Conversation, done.last)
	}
	if m.Message.Progress != nil && len(parts) == 1 && len(parts[0].files) == 0 {
		a.guides.put(m.Conversation, &guiding{msg: done.last})
	}
	return bot.Receipt{Message: bot.MessageID(strconv.FormatInt(done.last, 10)), At: time.Now()}, nil
}

// inPlace puts the next instruction of a guide into the message whose button
// was just pressed. When that cannot be done the message is frozen, and the
// instruction sent anew.
func (a *Channel) inPlace(ctx context.Context, p place, m bot.Outgoing, parts []part) (begun, error) {
	g, ok := a.guides.get(m.Conversation)
	if !ok || g.press == nil {
		return begun{}, nil
	}
	if m.Message.Progress != nil && len(parts) == 1 && len(parts[0].files) == 0 {
		err := a.edit(ctx, p, g.msg, parts[0])
		var invalid *bot.InvalidError
		switch {
		case err == nil:
			a.guides.put(m.Conversation, &guiding{msg: g.msg})
			return begun{parts: 1, last: g.msg}, nil
		case !errors.As(err, &invalid): // the message is there; the edit may be tried again
			return begun{}, err
		}
	}
	a.guides.take(m.Conversation)
	a.beside(func(ctx context.Context) { a.freeze(ctx, p, g.press) })
	return begun{}, nil
}

func (a *Channel) edit(ctx context.Context, p place, msg int64, x part) error {
	return a.there(ctx, p, true, func(p place) error {
		params := &tg.EditMessageTextParams{
			BusinessConnectionID: p.business, ChatID: p.chat, MessageID: int(msg), Text: toHTML(x.text), ParseMode: models.ParseModeHTML,
			LinkPreviewOptions: noPreview(), ReplyMarkup: markup(x.keyboard),
		}
		_, err := a.api.EditMessageText(ctx, params)
		if says(err, unchangedWords[:]) {
			return nil
		}
		return err
	})
}

// markup is a keyboard as the library takes it: nothing, when there is none.
func markup(k *keyboard) models.ReplyMarkup {
	if k == nil {
		return nil
	}
	return k
}

// there makes a call in the chat that a conversation is held in now, when the
// limits allow it. A group that became a supergroup is followed.
func (a *Channel) there(ctx context.Context, p place, edit bool, call func(place) error) error {
	for moves := 0; ; moves++ {
		now, err := a.chats.outbound(ctx, p)
		if err != nil {
			return err
		}
		if err := a.pace.wait(ctx, now.chat, edit); err != nil {
			return err
		}
		err = call(now)
		var moved *tg.MigrateError
		if errors.As(err, &moved) && moves < 2 {
			if err := a.chats.moved(ctx, p.chat, int64(moved.MigrateToChatID)); err != nil {
				return err
			}
			continue
		}
		return a.fault(err, now.chat)
	}
}

// sendPart sends one part. What Telegram refuses as it is goes out in a
// simpler form: files as their descriptions, text without its markup.
func (a *Channel) sendPart(ctx context.Context, p place, x part, first bool) (int64, error) {
	var id int64
	var reply *models.ReplyParameters
	if s, ok := a.speakers.get(p.id()); ok && first && p.group() && s.msg != 0 {
		reply = &models.ReplyParameters{MessageID: int(s.msg), AllowSendingWithoutReply: true}
	}
	var refused bool // for its entities
	err := a.there(ctx, p, false, func(p place) error {
		var err error
		switch {
		case len(x.files) > 0:
			id, err = a.sendFiles(ctx, p, x, reply)
		default:
			id, err = a.sendText(ctx, p, toHTML(x.text), models.ParseModeHTML, x.keyboard, reply)
		}
		refused = says(err, entityWords[:])
		return err
	})
	var invalid *bot.InvalidError
	if err == nil || !errors.As(err, &invalid) {
		return id, err
	}
	switch {
	case len(x.files) > 0:
		a.o.Log.Warn("files refused; described instead", "channel", Name, "conversation", p.id(), "err", a.reason(err))
		return a.sendPart(ctx, p, part{text: described(x), keyboard: x.keyboard}, first)
	case refused:
		a.o.Log.Warn("markup refused; sent without it", "channel", Name, "conversation", p.id(), "err", a.reason(err))
		plain := toPlain(x.text)
		if length(plain) > maxText {
			plain = toPlain(trim(bare(x.text)))
		}
		err = a.there(ctx, p, false, func(p place) error {
			id, err = a.sendText(ctx, p, plain, "", x.keyboard, reply)
			return err
		})
	}
	return id, err
}

// described is a part without its files.
func described(x part) []piece {
	out := append([]piece(nil), x.text...)
	for _, f := range x.files {
		kind := bot.MediaImage
		if f.video {
			kind = bot.MediaVideo
		}
		out = append(out, piece{"\n\n" + mark(kind) + clip(clean(f.alt), 300), style{}})
	}
	return trim(out)
}

// bare is a text without its styles and addresses.
func bare(pieces []piece) []piece {
	out := make([]piece, len(pieces))
	for i, p := range pieces {
		out[i] = piece{text: p.text}
	}
	return out
}

func (a *Channel) sendText(ctx context.Context, p place, text string, mode models.ParseMode, k *keyboard, reply *models.ReplyParameters) (int64, error) {
	m, err := a.api.SendMessage(ctx, &tg.SendMessageParams{
		BusinessConnectionID: p.business, ChatID: p.chat, MessageThreadID: int(p.topic), Text: text, ParseMode: mode,
		LinkPreviewOptions: noPreview(), ReplyMarkup: markup(k), ReplyParameters: reply,
	})
	if err != nil {
		return 0, err
	}
	return int64(m.ID), nil
}

func (a *Channel) sendFiles(ctx context.Context, p place, x part, reply *models.ReplyParameters) (int64, error) {
	if len(x.files) > 1 {
		return a.sendAlbum(ctx, p, x, reply)
	}
	f := x.files[0]
	file := &models.InputFileUpload{Filename: f.name, Data: bytes.NewReader(f.data)}
	caption, mode := toHTML(x.text), models.ParseModeHTML
	var m *models.Message
	var err error
	if f.video {
		m, err = a.api.SendVideo(ctx, &tg.SendVideoParams{
			BusinessConnectionID: p.business, ChatID: p.chat, MessageThreadID: int(p.topic), Video: file, Caption: caption, ParseMode: mode,
			SupportsStreaming: true, ReplyMarkup: markup(x.keyboard), ReplyParameters: reply,
		})
	} else {
		m, err = a.api.SendPhoto(ctx, &tg.SendPhotoParams{
			BusinessConnectionID: p.business, ChatID: p.chat, MessageThreadID: int(p.topic), Photo: file, Caption: caption, ParseMode: mode,
			ReplyMarkup: markup(x.keyboard), ReplyParameters: reply,
		})
	}
	if err != nil {
		return 0, err
	}
	return int64(m.ID), nil
}

func (a *Channel) sendAlbum(ctx context.Context, p place, x part, reply *models.ReplyParameters) (int64, error) {
	var media []models.InputMedia
	for i, f := range x.files {
		at := "attach://file" + strconv.Itoa(i)
		alt := clip(clean(f.alt), maxCaption/2)
		if f.video {
			media = append(media, &models.InputMediaVideo{Media: at, MediaAttachment: bytes.NewReader(f.data), Caption: alt})
		} else {
			media = append(media, &models.InputMediaPhoto{Media: at, MediaAttachment: bytes.NewReader(f.data), Caption: alt})
		}
	}
	ms, err := a.api.SendMediaGroup(ctx, &tg.SendMediaGroupParams{
		BusinessConnectionID: p.business, ChatID: p.chat, MessageThreadID: int(p.topic), Media: media, ReplyParameters: reply,
	})
	if err != nil {
		return 0, err
	}
	if len(ms) == 0 {
		return 0, errors.New("the album was taken without a message")
	}
	return int64(ms[0].ID), nil
}

// Remove implements channel.Remover. In a private chat a bot may delete what
// came within 48 hours, in a group only with the right to
// (https://core.telegram.org/bots/api#deletemessage).
func (a *Channel) Remove(ctx context.Context, c bot.ConversationID, m bot.MessageID) error {
	p, err := where(c)
	if err != nil {
		return err
	}
	id, err := strconv.Atoi(string(m))
	if err != nil {
		return fmt.Errorf("%q is no message of %s", m, Name)
	}
	if p, err = a.chats.outbound(ctx, p); err != nil {
		return err
	}
	if p.business != "" {
		_, err = a.api.DeleteBusinessMessages(ctx, &tg.DeleteBusinessMessagesParams{BusinessConnectionID: p.business, MessageIDs: []int{id}})
	} else {
		_, err = a.api.DeleteMessage(ctx, &tg.DeleteMessageParams{ChatID: p.chat, MessageID: id})
	}
	return a.fault(err, p.chat)
}
