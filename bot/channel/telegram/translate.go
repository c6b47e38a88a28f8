package telegram

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-telegram/bot/models"

	"latchkey/bot"
)

// self is the bot as Telegram knows it.
type self struct {
	id   int64
	name string // user name, without @
}

// heard is what an update means for the dialogue, and what the adapter itself
// has to do about it.
type heard struct {
	in    bot.Inbound // without a conversation when there is nothing for the dialogue
	place place
	from  user
	msg   int64 // the message it is about, 0 when there is none

	album    string // group of files that the message is one of
	press    *callback
	owner    string   // mark of the person whose button was pressed, in groups
	migrated [2]int64 // group chat that became a supergroup: old and new id
	blocked  *bool    // the customer blocked the bot, or no longer does
}

// payloadForm is what Telegram lets through in t.me/<bot>?start=PAYLOAD
// (https://core.telegram.org/bots/features#deep-linking). Whoever types the
// command can write anything.
var payloadForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// translate says what an update means. It looks at nothing but the update, the
// bot and the pack's commands.
func translate(u update, me self, commands []Command) heard {
	key := strconv.FormatInt(me.id, 10) + ":" + strconv.FormatInt(u.ID, 10)
	var h heard
	switch {
	case u.Message != nil:
		h = fromMessage(u.Message, me, commands)
	case u.BusinessMessage != nil:
		h = fromMessage(u.BusinessMessage, me, commands)
	case u.EditedMessage != nil:
		h = edited(fromMessage(u.EditedMessage, me, commands))
	case u.EditedBusinessMessage != nil:
		h = edited(fromMessage(u.EditedBusinessMessage, me, commands))
	case u.CallbackQuery != nil:
		h = pressed(u.CallbackQuery)
	case u.MyChatMember != nil && u.MyChatMember.Chat.private():
		gone := u.MyChatMember.New.Status == string(models.ChatMemberTypeBanned)
		h = heard{place: place{chat: u.MyChatMember.Chat.ID}, blocked: &gone}
	}
	if h.in.Conversation == "" {
		return h
	}
	h.in.Channel, h.in.Key = Name, key
	h.in.Customer, h.in.Name = customer(h.from), strings.TrimSpace(h.from.name())
	h.in.Event.Lang = h.from.Language
	h.in.Event.Facts = map[string]string{"channel": Name}
	if h.msg != 0 {
		h.in.Event.Message = bot.MessageID(strconv.FormatInt(h.msg, 10))
	}
	return h
}

func customer(u user) bot.CustomerID {
	return bot.CustomerID(Name + ":" + strconv.FormatInt(u.ID, 10))
}

func fromMessage(m *message, me self, commands []Command) heard {
	h := heard{place: placeOf(m), msg: m.ID, album: m.Album}
	switch {
	case m.MigrateTo != 0:
		h.migrated = [2]int64{m.Chat.ID, m.MigrateTo}
		return h
	case m.MigrateFrom != 0:
		h.migrated = [2]int64{m.MigrateFrom, m.Chat.ID}
		return h
	case m.From == nil || m.From.IsBot || m.BusinessBot != nil || m.Automatic:
		return h // nobody wrote it
	case m.Business != "" && m.From.ID != m.Chat.ID:
		return h // the owner of the business account answers in person
	}
	h.from = *m.From
	text, entities := m.words()
	name, rest, forMe := command(text, entities, me)
	switch {
	case m.Chat.private():
	case m.Chat.group():
		called := false
		if text, called = without(text, entities, me); !called && !toBot(m, me) {
			if name == "" || !forMe && !known(name, commands) {
				return h
			}
		}
	default:
		return h
	}
	if name != "" && !forMe && strings.Contains(firstWord(m), "@") {
		return h // a command for another bot
	}
	ev := bot.Event{Kind: bot.EventText, Text: text, Attachments: attachments(m)}
	switch {
	case len(ev.Attachments) > 0:
		ev.Kind = bot.EventAttachment
	case name != "":
		ev = order(name, rest, commands)
	case strings.TrimSpace(text) == "" && m.Text == "":
		return h // a service message: somebody joined, the title was changed
	}
	h.in = bot.Inbound{Conversation: h.place.id(), Event: ev}
	return h
}

func placeOf(m *message) place {
	p := place{business: m.Business, chat: m.Chat.ID}
	if m.IsTopic {
		p.topic = m.Thread
	}
	return p
}

// edited makes of a message the news that it was changed. A command that was
// corrected, or a file whose words were, is told by its words.
func edited(h heard) heard {
	ev := h.in.Event
	if h.in.Conversation == "" || ev.Text == "" {
		h.in = bot.Inbound{}
		return h
	}
	h.album = ""
	h.in.Event = bot.Event{Kind: bot.EventEdited, Text: ev.Text}
	return h
}

func pressed(c *callback) heard {
	h := heard{press: c, from: c.From}
	if c.Message == nil || c.Message.Chat.ID == 0 {
		return h // from inline mode, which this bot does not have
	}
	h.place, h.msg = placeOf(c.Message), c.Message.ID
	if c.Data != "" && !c.From.IsBot {
		var token string
		token, h.owner, _ = strings.Cut(c.Data, "|")
		h.in = bot.Inbound{Conversation: h.place.id(), Token: token, Event: bot.Event{Kind: bot.EventButton}}
	}
	return h
}

// order is what a command means: what the pack says, or its own words.
func order(name, rest string, commands []Command) bot.Event {
	if name == "start" {
		payload := strings.TrimSpace(rest)
		if !payloadForm.MatchString(payload) {
			payload = ""
		}
		return bot.Event{Kind: bot.EventOpened, Payload: payload}
	}
	if i := slices.IndexFunc(commands, func(c Command) bool { return c.Name == name }); i >= 0 {
		if c := commands[i]; c.Text != "" {
			return bot.Event{Kind: bot.EventText, Text: c.Text}
		}
		return bot.Event{Kind: bot.EventOpened, Payload: commands[i].Payload}
	}
	words := strings.TrimSpace(strings.ReplaceAll(name, "_", " ") + " " + rest)
	return bot.Event{Kind: bot.EventText, Text: words}
}

func known(name string, commands []Command) bool {
	return name == "start" || slices.ContainsFunc(commands, func(c Command) bool { return c.Name == name })
}

// command reads a command at the beginning of a text: its name in small
// letters, and what follows. forMe is true when it names this bot.
func command(text string, entities []models.MessageEntity, me self) (name, rest string, forMe bool) {
	for _, e := range entities {
		if e.Type != models.MessageEntityTypeBotCommand || e.Offset != 0 {
			continue
		}
		if _, to, ok := span(text, e); ok {
			name, whose, addressed := strings.Cut(text[1:to], "@")
			return strings.ToLower(name), strings.TrimSpace(text[to:]), addressed && strings.EqualFold(whose, me.name)
		}
	}
	return "", "", false
}

// firstWord is the command as it was written.
func firstWord(m *message) string {
	text, _ := m.words()
	if i := strings.IndexFunc(text, func(r rune) bool { return r == ' ' || r == '\n' }); i >= 0 {
		return text[:i]
	}
	return text
}

// without takes the bot's name out of a text in which it is called.
func without(text string, entities []models.MessageEntity, me self) (rest string, called bool) {
	type cut struct{ from, to int }
	var cuts []cut
	for _, e := range entities {
		from, to, ok := span(text, e)
		if !ok {
			continue
		}
		byName := e.Type == models.MessageEntityTypeMention && strings.EqualFold(text[from:to], "@"+me.name)
		byID := e.Type == models.MessageEntityTypeTextMention && e.User != nil && e.User.ID == me.id
		if byName || byID {
			cuts = append(cuts, cut{from, to})
		}
	}
	slices.SortFunc(cuts, func(a, b cut) int { return b.from - a.from })
	for _, c := range cuts {
		if c.to <= len(text) {
			text = text[:c.from] + text[c.to:]
		}
	}
	if len(cuts) == 0 {
		return text, false
	}
	return strings.TrimLeft(strings.TrimSpace(text), ",: "), true
}

// toBot tells whether a message replies to one of the bot's. In a topic that
// the bot opened, everything that replies to nothing replies to the opening.
func toBot(m *message, me self) bool {
	r := m.ReplyTo
	return r != nil && r.From != nil && r.From.ID == me.id && len(r.TopicCreated) == 0
}

// attachments are the files of a message, by kind.
func attachments(m *message) []bot.Attachment {
	one := func(kind string, f *file) []bot.Attachment {
		return []bot.Attachment{{Kind: kind, Name: f.Name, Size: f.Size}}
	}
	switch {
	case len(m.Photo) > 0:
		best := m.Photo[len(m.Photo)-1] // the sizes come smallest first
		return one("image", &best)
	case m.Video != nil:
		return one("video", m.Video)
	case m.Animation != nil: // has a document too
		return one("video", m.Animation)
	case m.VideoNote != nil:
		return one("video", m.VideoNote)
	case m.Voice != nil:
		return one("audio", m.Voice)
	case m.Audio != nil:
		return one("audio", m.Audio)
	case m.Document != nil:
		return one("file", m.Document)
	case m.Sticker != nil:
		return one("sticker", m.Sticker)
	case m.Dice != nil:
		return one("sticker", &file{})
	case m.Contact != nil:
		return one("contact", &file{})
	case m.Location != nil || m.Venue != nil:
		return one("location", &file{})
	case m.Poll != nil || m.Story != nil:
		return one("file", &file{})
	}
	return nil
}
