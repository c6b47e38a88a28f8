package slack

import (
	"html"
	"regexp"
	"strings"

	"latchkey/bot"
)

// self is the app's own account in a workspace.
type self struct{ team, user, bot string }

// written is what a message means.
type written struct {
	in      bot.Inbound
	place   place
	user    string
	mention bool // in a channel, the bot is named
	thread  bool // in a channel, inside a thread: it counts only when the thread is a conversation of the user's
}

// message is what an event of type message or app_mention means. ok is false
// when it means nothing: the bot's own words, another bot's, a notice of Slack.
func message(team string, ev *event, me self) (w written, ok bool) {
	m, edit := ev, false
	switch ev.Subtype {
	case "", "file_share", "thread_broadcast", "me_message":
	case "message_changed":
		if ev.Message == nil || ev.Message.Edited == nil || ev.Before != nil && ev.Before.Text == ev.Message.Text {
			return w, false // Slack has added a preview of a link
		}
		m, edit = ev.Message, true
	default:
		return w, false // message_deleted, channel_join, bot_message, …
	}
	if m.BotID != "" || m.User == "" || m.User == me.user || m.Subtype == "bot_message" || m.TS == "" || ev.Channel == "" {
		return w, false
	}
	w.place, w.user = place{team: team, channel: ev.Channel, thread: m.Thread}, m.User
	named := "<@" + me.user + ">"
	w.mention = ev.Type == "app_mention" || me.user != "" && strings.Contains(m.Text, named)
	if ev.ChannelType != "im" {
		if !w.mention && m.Thread == "" {
			return w, false // the channel's own talk
		}
		w.thread = m.Thread != ""
		if w.place.thread == "" {
			w.place.thread = m.TS // the answer opens a thread
		}
	}
	text := plain(strings.TrimSpace(strings.ReplaceAll(m.Text, named, "")))
	w.in = bot.Inbound{
		Channel: Name, Key: "msg:" + team + ":" + ev.Channel + ":" + m.TS, Conversation: w.place.id(), Customer: customer(team, m.User),
		Event: bot.Event{Kind: bot.EventText, Text: text, Message: bot.MessageID(m.TS), Facts: facts()},
	}
	switch {
	case edit:
		w.in.Key += ":" + m.Edited.TS
		w.in.Event.Kind = bot.EventEdited
	case len(m.Files) > 0:
		w.in.Event.Kind = bot.EventAttachment
		for _, f := range m.Files {
			w.in.Event.Attachments = append(w.in.Event.Attachments, bot.Attachment{Kind: kindOf(f.Mime), Name: f.Name, Size: f.Size})
		}
	case text == "" && w.mention: // the name alone: a greeting
		w.in.Event = bot.Event{Kind: bot.EventOpened, Facts: facts()}
	case text == "":
		return w, false
	}
	return w, true
}

func facts() map[string]string { return map[string]string{"channel": Name} }

func kindOf(mime string) string {
	switch kind, _, _ := strings.Cut(mime, "/"); kind {
	case "image", "video", "audio":
		return kind
	}
	return "file"
}

// control are Slack's sequences: <https://x|label>, <@U1>, <#C1|name>, <!here>
// (https://docs.slack.dev/messaging/formatting-message-text).
var control = regexp.MustCompile(`<([^<>]*)>`)

// plain turns a message's text into what the customer sees.
func plain(s string) string {
	s = control.ReplaceAllStringFunc(s, func(m string) string {
		to, label, labelled := strings.Cut(m[1:len(m)-1], "|")
		switch {
		case strings.HasPrefix(to, "@"):
			if labelled {
				return "@" + label
			}
			return "@…"
		case strings.HasPrefix(to, "#"):
			return "#" + label
		case strings.HasPrefix(to, "!"):
			name, _, _ := strings.Cut(to[1:], "^")
			return "@" + name
		case strings.HasPrefix(to, "mailto:"), strings.HasPrefix(to, "tel:"):
			if labelled {
				return label
			}
		}
		return to
	})
	return html.UnescapeString(s)
}
