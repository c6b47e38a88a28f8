package telegram

import (
	"fmt"
	"strconv"
	"strings"

	"latchkey/bot"
)

// place is where a conversation is held: a chat, in a forum one topic of it,
// and the business account on whose behalf the bot speaks there.
type place struct {
	business string // business connection, or ""
	chat     int64
	topic    int64 // message thread of a forum topic, or 0
}

// id is the conversation's name: telegram:CHAT, telegram:CHAT:TOPIC, or
// telegram:b:CONNECTION:CHAT.
func (p place) id() bot.ConversationID {
	var b strings.Builder
	b.WriteString(Name + ":")
	if p.business != "" {
		b.WriteString("b:" + p.business + ":")
	}
	b.WriteString(strconv.FormatInt(p.chat, 10))
	if p.topic != 0 {
		b.WriteString(":" + strconv.FormatInt(p.topic, 10))
	}
	return bot.ConversationID(b.String())
}

// where reads a conversation's name.
func where(id bot.ConversationID) (place, error) {
	parts := strings.Split(string(id), ":")
	var p place
	if len(parts) > 3 && parts[1] == "b" {
		p.business = parts[2]
		parts = append(parts[:1], parts[3:]...)
	}
	var err error
	if len(parts) == 3 {
		p.topic, err = strconv.ParseInt(parts[2], 10, 64)
	}
	if err == nil && len(parts) >= 2 {
		p.chat, err = strconv.ParseInt(parts[1], 10, 64)
	}
	if err != nil || len(parts) < 2 || len(parts) > 3 || parts[0] != Name || p.chat == 0 {
		return place{}, fmt.Errorf("%q is no conversation of %s", id, Name)
	}
	return p, nil
}

// group tells whether a chat is a group: Telegram gives those negative ids
// (https://core.telegram.org/api/bots/ids).
func (p place) group() bool { return p.chat < 0 }
