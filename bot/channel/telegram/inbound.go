package telegram

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"

	"latchkey/bot"
)

// place is where a conversation is held: a chat, and the topic in a forum.
type place struct {
	chat  int64
	topic int
}

func (p place) id() bot.ConversationID {
	s := Name + ":" + strconv.FormatInt(p.chat, 10)
	if p.topic != 0 {
		s += ":" + strconv.Itoa(p.topic)
	}
	return bot.ConversationID(s)
}

// placeOf reads what id wrote.
func placeOf(c bot.ConversationID) (place, error) {
	f := strings.Split(string(c), ":")
	if len(f) < 2 || len(f) > 3 || f[0] != Name {
		return place{}, fmt.Errorf("%q is no conversation of Telegram", c)
	}
	var p place
	var err error
	if p.chat, err = strconv.ParseInt(f[1], 10, 64); err != nil {
		return p, fmt.Errorf("%q is no conversation of Telegram", c)
	}
	if len(f) == 3 {
		if p.topic, err = strconv.Atoi(f[2]); err != nil {
			return p, fmt.Errorf("%q is no conversation of Telegram", c)
		}
	}
	return p, nil
}

// messageID names a message on the platform.
func messageID(id int) bot.MessageID { return bot.MessageID(strconv.Itoa(id)) }

// self is the bot's own account.
type self struct {
	id   int64
	name string // without @
}

// inbound is what an update means for a conversation. ok is false when it means
// nothing: another bot's words, a group's talk that is not for this one.
func inbound(u *models.Update, me self) (in bot.Inbound, ok bool) {
	in = bot.Inbound{Channel: Name, Key: strconv.FormatInt(u.ID, 10)}
	switch {
	case u.Message != nil:
		return fromMessage(in, u.Message, me)
	case u.EditedMessage != nil:
		in, ok = fromMessage(in, u.EditedMessage, me)
		if !ok || in.Event.Kind != bot.EventText {
			return in, false
		}
		in.Event.Kind = bot.EventEdited
		return in, true
	case u.CallbackQuery != nil:
		return fromPress(in, u.CallbackQuery)
	}
	return in, false
}

func fromMessage(in bot.Inbound, m *models.Message, me self) (bot.Inbound, bool) {
	if m.From == nil || m.From.IsBot {
		return in, false
	}
	p := place{chat: m.Chat.ID}
	if m.IsTopicMessage {
		p.topic = m.MessageThreadID
	}
	in.Conversation, in.Customer, in.Name = p.id(), customer(m.From.ID), name(m.From)
	text, entities := m.Text, m.Entities
	if text == "" {
		text, entities = m.Caption, m.CaptionEntities
	}
	command, rest := commandOf(text, entities, me.name)
	private := m.Chat.Type == models.ChatTypePrivate
	if !private && command == "" && !addressed(m, text, entities, me) {
		return in, false
	}
	if !private {
		text = strings.TrimSpace(strings.ReplaceAll(text, "@"+me.name, ""))
	}
	in.Event = bot.Event{Kind: bot.EventText, Text: text, Message: messageID(m.ID), Lang: m.From.LanguageCode, Facts: map[string]string{"channel": Name}}
	switch a := attachment(m); {
	case command == "start":
		in.Event.Kind, in.Event.Text, in.Event.Payload = bot.EventOpened, "", rest
	case command != "":
		in.Event.Text = strings.TrimSpace(command + " " + rest)
	case a != nil:
		in.Event.Kind, in.Event.Attachments = bot.EventAttachment, []bot.Attachment{*a}
	case text == "":
		return in, false // a service message
	}
	return in, true
}

func customer(id int64) bot.CustomerID {
	return bot.CustomerID(Name + ":" + strconv.FormatInt(id, 10))
}

func name(u *models.User) string { return strings.TrimSpace(u.FirstName + " " + u.LastName) }

// fromPress is a pressed button. The message may be gone from the platform's
// memory (date 0); its chat is known all the same.
func fromPress(in bot.Inbound, q *models.CallbackQuery) (bot.Inbound, bool) {
	var p place
	var id int
	switch m := q.Message; {
	case m.Message != nil:
		p, id = place{chat: m.Message.Chat.ID}, m.Message.ID
		if m.Message.IsTopicMessage {
			p.topic = m.Message.MessageThreadID
		}
	case m.InaccessibleMessage != nil:
		p, id = place{chat: m.InaccessibleMessage.Chat.ID}, m.InaccessibleMessage.MessageID
	default:
		return in, false // a button of an inline message; this bot makes none
	}
	in.Conversation, in.Customer, in.Name, in.Token = p.id(), customer(q.From.ID), name(&q.From), q.Data
	in.Event = bot.Event{Kind: bot.EventButton, Message: messageID(id), Lang: q.From.LanguageCode, Facts: map[string]string{"channel": Name}}
	return in, true
}

// commandOf is the command at the beginning of a text, without its slash, and
// what follows it. A command for another bot (/start@other) is none. Offsets
// of entities count UTF-16 units.
func commandOf(text string, entities []models.MessageEntity, me string) (command, rest string) {
	if len(entities) == 0 || entities[0].Type != models.MessageEntityTypeBotCommand || entities[0].Offset != 0 {
		return "", ""
	}
	u := utf16.Encode([]rune(text))
	n := entities[0].Length
	if n < 2 || n > len(u) {
		return "", ""
	}
	command, at, named := strings.Cut(string(utf16.Decode(u[1:n])), "@")
	if named && !strings.EqualFold(at, me) {
		return "", ""
	}
	return strings.ToLower(command), strings.TrimSpace(string(utf16.Decode(u[n:])))
}

// addressed tells whether a group's message is for the bot: it names it, or
// answers it.
func addressed(m *models.Message, text string, entities []models.MessageEntity, me self) bool {
	if r := m.ReplyToMessage; r != nil && r.From != nil && r.From.ID == me.id {
		return true
	}
	u := utf16.Encode([]rune(text))
	for _, e := range entities {
		if e.Type == models.MessageEntityTypeMention && e.Offset >= 0 && e.Length > 1 && e.Offset+e.Length <= len(u) &&
			strings.EqualFold(string(utf16.Decode(u[e.Offset+1:e.Offset+e.Length])), me.name) {
			return true
		}
	}
	return false
}

// attachment is what a message carries besides words. The bytes are never
// fetched.
func attachment(m *models.Message) *bot.Attachment {
	switch {
	case len(m.Photo) > 0:
		return &bot.Attachment{Kind: "image", Size: int64(m.Photo[len(m.Photo)-1].FileSize)}
	case m.Video != nil:
		return &bot.Attachment{Kind: "video", Name: m.Video.FileName, Size: m.Video.FileSize}
	case m.VideoNote != nil:
		return &bot.Attachment{Kind: "video", Size: int64(m.VideoNote.FileSize)}
	case m.Voice != nil:
		return &bot.Attachment{Kind: "audio", Size: m.Voice.FileSize}
	case m.Audio != nil:
		return &bot.Attachment{Kind: "audio", Name: m.Audio.FileName, Size: m.Audio.FileSize}
	case m.Sticker != nil:
		return &bot.Attachment{Kind: "sticker"}
	case m.Location != nil, m.Venue != nil:
		return &bot.Attachment{Kind: "location"}
	case m.Contact != nil:
		return &bot.Attachment{Kind: "contact"}
	case m.Animation != nil:
		return &bot.Attachment{Kind: "video", Name: m.Animation.FileName, Size: m.Animation.FileSize}
	case m.Document != nil:
		return &bot.Attachment{Kind: "file", Name: m.Document.FileName, Size: m.Document.FileSize}
	}
	return nil
}
