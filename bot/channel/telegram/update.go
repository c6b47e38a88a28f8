package telegram

import (
	"encoding/json"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"
)

// The types below are the part of an update that the adapter reads
// (https://core.telegram.org/bots/api#update). The library's own types refuse
// a whole update, and with it the whole batch, when one field that nobody here
// needs has a form they do not know yet; these do not look at such fields.

type update struct {
	ID                    int64       `json:"update_id"`
	Message               *message    `json:"message"`
	EditedMessage         *message    `json:"edited_message"`
	BusinessMessage       *message    `json:"business_message"`
	EditedBusinessMessage *message    `json:"edited_business_message"`
	CallbackQuery         *callback   `json:"callback_query"`
	MyChatMember          *membership `json:"my_chat_member"`
}

// allowedUpdates are the kinds of update above, by name: without a list
// Telegram sends what an earlier request asked for.
var allowedUpdates = [...]string{
	models.AllowedUpdateMessage, models.AllowedUpdateEditedMessage, models.AllowedUpdateBusinessMessage,
	models.AllowedUpdateEditedBusinessMessage, models.AllowedUpdateCallbackQuery, models.AllowedUpdateMyChatMember,
}

type user struct {
	ID        int64  `json:"id"`
	IsBot     bool   `json:"is_bot"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Language  string `json:"language_code"`
}

func (u user) name() string {
	if u.LastName == "" {
		return u.FirstName
	}
	return u.FirstName + " " + u.LastName
}

type chat struct {
	ID   int64  `json:"id"`
	Type string `json:"type"`
}

func (c chat) private() bool { return c.Type == string(models.ChatTypePrivate) }

func (c chat) group() bool {
	return c.Type == string(models.ChatTypeGroup) || c.Type == string(models.ChatTypeSupergroup)
}

type message struct {
	ID              int64                  `json:"message_id"`
	Thread          int64                  `json:"message_thread_id"`
	IsTopic         bool                   `json:"is_topic_message"`
	From            *user                  `json:"from"`
	BusinessBot     *user                  `json:"sender_business_bot"`
	Business        string                 `json:"business_connection_id"`
	Date            int64                  `json:"date"` // 0 = inaccessible
	Chat            chat                   `json:"chat"`
	Automatic       bool                   `json:"is_automatic_forward"`
	ReplyTo         *reply                 `json:"reply_to_message"`
	Album           string                 `json:"media_group_id"`
	Text            string                 `json:"text"`
	Entities        []models.MessageEntity `json:"entities"`
	Caption         string                 `json:"caption"`
	CaptionEntities []models.MessageEntity `json:"caption_entities"`
	Keyboard        keyboard               `json:"reply_markup"`
	MigrateTo       int64                  `json:"migrate_to_chat_id"`
	MigrateFrom     int64                  `json:"migrate_from_chat_id"`

	Photo     []file `json:"photo"`
	Video     *file  `json:"video"`
	Animation *file  `json:"animation"`
	VideoNote *file  `json:"video_note"`
	Voice     *file  `json:"voice"`
	Audio     *file  `json:"audio"`
	Document  *file  `json:"document"`
	Sticker   *file  `json:"sticker"`
	// What these hold is nobody's business: only that they came counts.
	Contact  *struct{} `json:"contact"`
	Location *struct{} `json:"location"`
	Venue    *struct{} `json:"venue"`
	Dice     *struct{} `json:"dice"`
	Poll     *struct{} `json:"poll"`
	Story    *struct{} `json:"story"`
}

// reply is as much of the message replied to as tells whether it is the bot's.
type reply struct {
	From         *user           `json:"from"`
	TopicCreated json.RawMessage `json:"forum_topic_created"`
}

type file struct {
	Name string `json:"file_name"`
	Size int64  `json:"file_size"`
}

type callback struct {
	ID      string   `json:"id"`
	From    user     `json:"from"`
	Message *message `json:"message"`
	Data    string   `json:"data"`
}

type membership struct {
	Chat chat `json:"chat"`
	New  struct {
		Status string `json:"status"`
	} `json:"new_chat_member"`
}

// words are what a person wrote with a message, as text or below a file.
func (m *message) words() (string, []models.MessageEntity) {
	if m.Text != "" {
		return m.Text, m.Entities
	}
	return m.Caption, m.CaptionEntities
}

// span is the part of a text that an entity covers, in bytes. Telegram counts
// in UTF-16 code units. ok is false for an entity that lies outside.
func span(text string, e models.MessageEntity) (from, to int, ok bool) {
	if e.Offset < 0 || e.Length <= 0 || e.Offset > len(text) || e.Length > len(text) {
		return 0, 0, false
	}
	from, to, n := -1, -1, 0
	for i, r := range text {
		if n == e.Offset {
			from = i
		}
		if n == e.Offset+e.Length {
			to = i
		}
		n += units(r)
	}
	if n == e.Offset+e.Length {
		to = len(text)
	}
	return from, to, from >= 0 && to > from
}

// units is the length of a rune in UTF-16 code units.
func units(r rune) int {
	if n := utf16.RuneLen(r); n > 0 {
		return n
	}
	return 1
}
