package telegram

import (
	"encoding/json"
	"reflect"
	"testing"

	"latchkey/bot"
)

var (
	me     = self{id: 777, name: "DeskBot"}
	orders = []Command{{Name: "human", Text: "human"}, {Name: "forgot", Payload: "forgot"}, {Name: "hidden_one", Text: "x"}}
)

const (
	anna    = `"from":{"id":7,"is_bot":false,"first_name":"Anna","last_name":"Petrova","language_code":"ru"},"chat":{"id":7,"type":"private"},"date":1700000000`
	inGroup = `"from":{"id":7,"is_bot":false,"first_name":"Anna"},"chat":{"id":-1001,"type":"supergroup","is_forum":true},"date":1700000000`
)

// TestTranslate: what each kind of update means for the dialogue.
func TestTranslate(t *testing.T) {
	cases := []struct {
		name, update string
		conversation string // "" = nothing for the dialogue
		want         bot.Event
		token        string
	}{
		{"text", `{"update_id":1,"message":{"message_id":5,` + anna + `,"text":"мой код <не> пришёл"}}`,
			"telegram:7", bot.Event{Kind: bot.EventText, Text: "мой код <не> пришёл", Message: "5"}, ""},
		{"edited", `{"update_id":1,"edited_message":{"message_id":5,` + anna + `,"text":"no","edit_date":1700000001}}`,
			"telegram:7", bot.Event{Kind: bot.EventEdited, Text: "no", Message: "5"}, ""},
		{"edited caption", `{"update_id":1,"edited_message":{"message_id":5,` + anna + `,"photo":[{"file_size":1}],"caption":"see"}}`,
			"telegram:7", bot.Event{Kind: bot.EventEdited, Text: "see", Message: "5"}, ""},
		{"file edited without words", `{"update_id":1,"edited_message":{"message_id":5,` + anna + `,"photo":[{"file_size":1}]}}`, "", bot.Event{}, ""},
		{"start", `{"update_id":1,"message":{"message_id":5,` + anna + `,"text":"/start","entities":[{"type":"bot_command","offset":0,"length":6}]}}`,
			"telegram:7", bot.Event{Kind: bot.EventOpened, Message: "5"}, ""},
		{"deep link", `{"update_id":1,"message":{"message_id":5,` + anna + `,"text":"/start forgot","entities":[{"type":"bot_command","offset":0,"length":6}]}}`,
			"telegram:7", bot.Event{Kind: bot.EventOpened, Payload: "forgot", Message: "5"}, ""},
		{"deep link by hand", `{"update_id":1,"message":{"message_id":5,` + anna + `,"text":"/start ../../x y","entities":[{"type":"bot_command","offset":0,"length":6}]}}`,
			"telegram:7", bot.Event{Kind: bot.EventOpened, Message: "5"}, ""},
		{"command", `{"update_id":1,"message":{"message_id":5,` + anna + `,"text":"/Human@deskbot please","entities":[{"type":"bot_command","offset":0,"length":14}]}}`,
			"telegram:7", bot.Event{Kind: bot.EventText, Text: "human", Message: "5"}, ""},
		{"command of a flow", `{"update_id":1,"message":{"message_id":5,` + anna + `,"text":"/forgot","entities":[{"type":"bot_command","offset":0,"length":7}]}}`,
			"telegram:7", bot.Event{Kind: bot.EventOpened, Payload: "forgot", Message: "5"}, ""},
		{"command of another bot", `{"update_id":1,"message":{"message_id":5,` + anna + `,"text":"/human@OtherBot","entities":[{"type":"bot_command","offset":0,"length":15}]}}`, "", bot.Event{}, ""},
		{"unknown command", `{"update_id":1,"message":{"message_id":5,` + anna + `,"text":"/lost_phone now","entities":[{"type":"bot_command","offset":0,"length":11}]}}`,
			"telegram:7", bot.Event{Kind: bot.EventText, Text: "lost phone now", Message: "5"}, ""},
		{"command in the middle", `{"update_id":1,"message":{"message_id":5,` + anna + `,"text":"🔑 /human","entities":[{"type":"bot_command","offset":3,"length":6}]}}`,
			"telegram:7", bot.Event{Kind: bot.EventText, Text: "🔑 /human", Message: "5"}, ""},
		{"press", `{"update_id":1,"callback_query":{"id":"c","from":{"id":7,"first_name":"Anna"},"message":{"message_id":9,"date":1700000000,"chat":{"id":7,"type":"private"},"text":"Which?"},"data":"abc.1"}}`,
			"telegram:7", bot.Event{Kind: bot.EventButton, Message: "9"}, "abc.1"},
		{"press on an inaccessible message", `{"update_id":1,"callback_query":{"id":"c","from":{"id":7,"first_name":"Anna"},"message":{"message_id":9,"date":0,"chat":{"id":7,"type":"private"}},"data":"abc.1"}}`,
			"telegram:7", bot.Event{Kind: bot.EventButton, Message: "9"}, "abc.1"},
		{"press without a message", `{"update_id":1,"callback_query":{"id":"c","from":{"id":7,"first_name":"Anna"},"inline_message_id":"x","data":"abc.1"}}`, "", bot.Event{}, ""},
		{"press without data", `{"update_id":1,"callback_query":{"id":"c","from":{"id":7,"first_name":"Anna"},"message":{"message_id":9,"date":1,"chat":{"id":7,"type":"private"}}}}`, "", bot.Event{}, ""},
		{"press in a topic", `{"update_id":1,"callback_query":{"id":"c","from":{"id":7,"first_name":"Anna"},"message":{"message_id":9,"date":1,"message_thread_id":44,"is_topic_message":true,"chat":{"id":-1001,"type":"supergroup"}},"data":"abc.1"}}`,
			"telegram:-1001:44", bot.Event{Kind: bot.EventButton, Message: "9"}, "abc.1"},
		{"photo", `{"update_id":1,"message":{"message_id":5,` + anna + `,"photo":[{"file_size":10},{"file_size":99}],"caption":"look"}}`,
			"telegram:7", bot.Event{Kind: bot.EventAttachment, Text: "look", Message: "5", Attachments: []bot.Attachment{{Kind: "image", Size: 99}}}, ""},
		{"animation", `{"update_id":1,"message":{"message_id":5,` + anna + `,"animation":{"file_name":"a.mp4","file_size":3},"document":{"file_name":"a.mp4","file_size":3}}}`,
			"telegram:7", bot.Event{Kind: bot.EventAttachment, Message: "5", Attachments: []bot.Attachment{{Kind: "video", Name: "a.mp4", Size: 3}}}, ""},
		{"voice", `{"update_id":1,"message":{"message_id":5,` + anna + `,"voice":{"file_size":3,"duration":1}}}`,
			"telegram:7", bot.Event{Kind: bot.EventAttachment, Message: "5", Attachments: []bot.Attachment{{Kind: "audio", Size: 3}}}, ""},
		{"document", `{"update_id":1,"message":{"message_id":5,` + anna + `,"document":{"file_name":"a.pdf","file_size":3}}}`,
			"telegram:7", bot.Event{Kind: bot.EventAttachment, Message: "5", Attachments: []bot.Attachment{{Kind: "file", Name: "a.pdf", Size: 3}}}, ""},
		{"sticker", `{"update_id":1,"message":{"message_id":5,` + anna + `,"sticker":{"file_size":3,"emoji":"🙂"}}}`,
			"telegram:7", bot.Event{Kind: bot.EventAttachment, Message: "5", Attachments: []bot.Attachment{{Kind: "sticker", Size: 3}}}, ""},
		{"contact", `{"update_id":1,"message":{"message_id":5,` + anna + `,"contact":{"phone_number":"+49 30 1234","first_name":"A"}}}`,
			"telegram:7", bot.Event{Kind: bot.EventAttachment, Message: "5", Attachments: []bot.Attachment{{Kind: "contact"}}}, ""},
		{"location", `{"update_id":1,"message":{"message_id":5,` + anna + `,"location":{"latitude":1,"longitude":2}}}`,
			"telegram:7", bot.Event{Kind: bot.EventAttachment, Message: "5", Attachments: []bot.Attachment{{Kind: "location"}}}, ""},
		{"forward", `{"update_id":1,"message":{"message_id":5,` + anna + `,"forward_origin":{"type":"from_the_future","x":[]},"text":"is this real?"}}`,
			"telegram:7", bot.Event{Kind: bot.EventText, Text: "is this real?", Message: "5"}, ""},
		{"another bot", `{"update_id":1,"message":{"message_id":5,"from":{"id":8,"is_bot":true},"chat":{"id":-1001,"type":"supergroup"},"date":1,"text":"@DeskBot hi","entities":[{"type":"mention","offset":0,"length":8}]}}`, "", bot.Event{}, ""},
		{"channel post", `{"update_id":1,"channel_post":{"message_id":5,"chat":{"id":-1002,"type":"channel"},"date":1,"text":"news"}}`, "", bot.Event{}, ""},
		{"group talk", `{"update_id":1,"message":{"message_id":5,` + inGroup + `,"text":"hi all"}}`, "", bot.Event{}, ""},
		{"group mention after an emoji", `{"update_id":1,"message":{"message_id":5,` + inGroup + `,"text":"🔑 @deskbot, помоги","entities":[{"type":"mention","offset":3,"length":8}]}}`,
			"telegram:-1001", bot.Event{Kind: bot.EventText, Text: "🔑 , помоги", Message: "5"}, ""},
		{"group mention", `{"update_id":1,"message":{"message_id":5,` + inGroup + `,"message_thread_id":44,"is_topic_message":true,"text":"@deskbot, help","entities":[{"type":"mention","offset":0,"length":8}]}}`,
			"telegram:-1001:44", bot.Event{Kind: bot.EventText, Text: "help", Message: "5"}, ""},
		{"text mention", `{"update_id":1,"message":{"message_id":5,` + inGroup + `,"text":"Desk help","entities":[{"type":"text_mention","offset":0,"length":4,"user":{"id":777,"is_bot":true,"first_name":"Desk"}}]}}`,
			"telegram:-1001", bot.Event{Kind: bot.EventText, Text: "help", Message: "5"}, ""},
		{"group reply in a thread that is no topic", `{"update_id":1,"message":{"message_id":5,` + inGroup + `,"message_thread_id":3,"text":"yes","reply_to_message":{"message_id":3,"from":{"id":777,"is_bot":true}}}}`,
			"telegram:-1001", bot.Event{Kind: bot.EventText, Text: "yes", Message: "5"}, ""},
		{"in a topic the bot opened", `{"update_id":1,"message":{"message_id":5,` + inGroup + `,"message_thread_id":3,"is_topic_message":true,"text":"yes","reply_to_message":{"message_id":3,"from":{"id":777,"is_bot":true},"forum_topic_created":{"name":"x"}}}}`, "", bot.Event{}, ""},
		{"group command", `{"update_id":1,"message":{"message_id":5,` + inGroup + `,"text":"/human","entities":[{"type":"bot_command","offset":0,"length":6}]}}`,
			"telegram:-1001", bot.Event{Kind: bot.EventText, Text: "human", Message: "5"}, ""},
		{"unknown group command", `{"update_id":1,"message":{"message_id":5,` + inGroup + `,"text":"/poll","entities":[{"type":"bot_command","offset":0,"length":5}]}}`, "", bot.Event{}, ""},
		{"unknown group command for us", `{"update_id":1,"message":{"message_id":5,` + inGroup + `,"text":"/poll@DeskBot","entities":[{"type":"bot_command","offset":0,"length":13}]}}`,
			"telegram:-1001", bot.Event{Kind: bot.EventText, Text: "poll", Message: "5"}, ""},
		{"somebody joined", `{"update_id":1,"message":{"message_id":5,` + inGroup + `,"new_chat_members":[{"id":777,"is_bot":true}]}}`, "", bot.Event{}, ""},
		{"business", `{"update_id":1,"business_message":{"message_id":5,"business_connection_id":"Bc1",` + anna + `,"text":"hello"}}`,
			"telegram:b:Bc1:7", bot.Event{Kind: bot.EventText, Text: "hello", Message: "5"}, ""},
		{"business owner writes", `{"update_id":1,"business_message":{"message_id":5,"business_connection_id":"Bc1","from":{"id":1,"first_name":"Boss"},"chat":{"id":7,"type":"private"},"date":1,"text":"I am here"}}`, "", bot.Event{}, ""},
		{"entity outside the text", `{"update_id":1,"message":{"message_id":5,` + anna + `,"text":"/x","entities":[{"type":"bot_command","offset":0,"length":900}]}}`,
			"telegram:7", bot.Event{Kind: bot.EventText, Text: "/x", Message: "5"}, ""},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			var u update
			if err := json.Unmarshal([]byte(tc.update), &u); err != nil {
				t.Fatal(err)
			}
			h := translate(u, me, orders)
			if string(h.in.Conversation) != tc.conversation {
				t.Fatalf("conversation %q, want %q", h.in.Conversation, tc.conversation)
			}
			if tc.conversation == "" {
				return
			}
			if h.in.Key != "777:1" || h.in.Channel != Name || h.in.Customer != "telegram:7" || h.in.Token != tc.token {
				t.Errorf("inbound %+v", h.in)
			}
			got := h.in.Event
			if got.Facts["channel"] != Name {
				t.Errorf("facts %v", got.Facts)
			}
			got.Facts, got.Lang = nil, ""
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("event %+v\nwant  %+v", got, tc.want)
			}
			p, err := where(h.in.Conversation)
			if err != nil || p != h.place {
				t.Errorf("read back as %+v, %v; was %+v", p, err, h.place)
			}
		})
	}
}

// TestSideNews: what concerns the adapter and not the dialogue.
func TestSideNews(t *testing.T) {
	read := func(s string) heard {
		var u update
		if err := json.Unmarshal([]byte(s), &u); err != nil {
			t.Fatal(err)
		}
		return translate(u, me, orders)
	}
	for s, gone := range map[string]bool{"kicked": true, "member": false} {
		h := read(`{"update_id":1,"my_chat_member":{"chat":{"id":7,"type":"private"},"from":{"id":7},"new_chat_member":{"status":"` + s + `","user":{"id":777}}}}`)
		if h.blocked == nil || *h.blocked != gone || h.place.chat != 7 || h.in.Conversation != "" {
			t.Errorf("%s: %+v", s, h)
		}
	}
	for _, s := range []string{
		`{"update_id":1,"message":{"message_id":5,"from":{"id":7},"chat":{"id":-5,"type":"group"},"date":1,"migrate_to_chat_id":-1009}}`,
		`{"update_id":1,"message":{"message_id":5,"from":{"id":7},"chat":{"id":-1009,"type":"supergroup"},"date":1,"migrate_from_chat_id":-5}}`,
	} {
		if h := read(s); h.migrated != [2]int64{-5, -1009} || h.in.Conversation != "" {
			t.Errorf("%+v", h)
		}
	}
	for _, id := range []bot.ConversationID{"", "telegram:", "telegram:x", "slack:1", "telegram:1:2:3", "telegram:0", "telegram:b:c"} {
		if p, err := where(id); err == nil {
			t.Errorf("%q read as %+v", id, p)
		}
	}
}
