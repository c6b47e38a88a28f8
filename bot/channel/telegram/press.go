package telegram

import (
	"context"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"latchkey/bot"
)

// courtesy bounds a call that only makes the chat nicer.
const courtesy = 10 * time.Second

type frozenKey struct {
	chat, msg int64
}

// guiding is the message that shows the instructions of a guide.
type guiding struct {
	msg   int64
	press *callback // the press that has not been answered by a message yet
}

// answer ends the waiting sign on a pressed button. Every press gets one, or
// the sign turns for a minute. Too late is nobody's fault.
func (a *Channel) answer(ctx context.Context, id, text string) {
	ctx, cancel := context.WithTimeout(ctx, courtesy)
	defer cancel()
	if _, err := a.api.AnswerCallbackQuery(ctx, &tg.AnswerCallbackQueryParams{CallbackQueryID: id, Text: text, ShowAlert: text != ""}); err != nil {
		a.o.Log.Debug("press not answered", "channel", Name, "err", a.reason(err))
	}
}

// notYours is what somebody reads who presses another person's button.
func notYours(lang string) string {
	switch lang {
	case "ru":
		return "Этот выбор задан другому человеку."
	case "es":
		return "Esta pregunta es para otra persona."
	}
	return "This question is for somebody else."
}

// pressed does what the customer sees at once after a press that was taken
// over: the waiting sign ends, and the message shows the choice instead of its
// buttons. In a guide the next instruction takes the message's place.
func (a *Channel) pressed(p place, c *callback) {
	wait := false
	if g, ok := a.guides.get(p.id()); ok && g.msg == c.Message.ID && c.Message.Date != 0 {
		a.guides.put(p.id(), &guiding{msg: g.msg, press: c})
		wait = true
	}
	a.beside(func(ctx context.Context) {
		a.answer(ctx, c.ID, "")
		if !wait {
			a.freeze(ctx, p, c)
		}
	})
}

// freeze puts the chosen option in the place of a message's buttons. A message
// that is not the newest one with buttons only loses them: nobody can say here
// that the choice counted.
func (a *Channel) freeze(ctx context.Context, p place, c *callback) {
	m := c.Message
	label := m.Keyboard.label(c.Data)
	if m.Date == 0 || label == "" || !a.frozen.first(frozenKey{m.Chat.ID, m.ID}, struct{}{}) {
		return
	}
	if newest, ok := a.asked.get(p.id()); ok && newest != m.ID {
		label = ""
	}
	ctx, cancel := context.WithTimeout(ctx, courtesy)
	defer cancel()
	err := a.pace.wait(ctx, m.Chat.ID, true)
	if err == nil {
		err = a.showChoice(ctx, m, label)
	}
	if err != nil && !says(err, unchangedWords[:]) {
		a.o.Log.Debug("choice not shown", "channel", Name, "conversation", p.id(), "err", a.reason(err))
	}
}

// showChoice edits a message as it came with the press: Telegram gives its
// text and entities back, so that nothing needs to be remembered.
func (a *Channel) showChoice(ctx context.Context, m *message, label string) error {
	none := keyboard{Rows: [][]button{}}
	tail := "\n\n✓ " + label
	switch {
	case label != "" && m.Text != "" && length(m.Text+tail) <= maxText:
		_, err := a.api.EditMessageText(ctx, &tg.EditMessageTextParams{
			BusinessConnectionID: m.Business, ChatID: m.Chat.ID, MessageID: int(m.ID), Text: m.Text + tail, Entities: m.Entities,
			LinkPreviewOptions: noPreview(), ReplyMarkup: none,
		})
		return err
	case label != "" && len(m.Photo) > 0 && length(m.Caption+tail) <= maxCaption:
		_, err := a.api.EditMessageCaption(ctx, &tg.EditMessageCaptionParams{
			BusinessConnectionID: m.Business, ChatID: m.Chat.ID, MessageID: int(m.ID), Caption: m.Caption + tail, CaptionEntities: m.CaptionEntities,
			ReplyMarkup: none,
		})
		return err
	}
	_, err := a.api.EditMessageReplyMarkup(ctx, &tg.EditMessageReplyMarkupParams{
		BusinessConnectionID: m.Business, ChatID: m.Chat.ID, MessageID: int(m.ID), ReplyMarkup: none,
	})
	return err
}

func noPreview() *models.LinkPreviewOptions { return &models.LinkPreviewOptions{IsDisabled: tg.True()} }

// Typing implements channel.Typer.
func (a *Channel) Typing(ctx context.Context, c bot.ConversationID) error {
	p, err := where(c)
	if err != nil {
		return err
	}
	if p, err = a.chats.outbound(ctx, p); err != nil {
		return err
	}
	_, err = a.api.SendChatAction(ctx, &tg.SendChatActionParams{
		BusinessConnectionID: p.business, ChatID: p.chat, MessageThreadID: int(p.topic), Action: models.ChatActionTyping,
	})
	return a.fault(err, p.chat)
}
