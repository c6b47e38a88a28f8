package slack

import "encoding/json"

// What Slack delivers, as far as it matters here. The library's own types
// refuse a whole event for one block that they do not know; these do not look
// into blocks at all (https://docs.slack.dev/apis/events-api).

type eventBody struct {
	Type      string          `json:"type"` // event_callback, url_verification, app_rate_limited
	Team      string          `json:"team_id"`
	EventID   string          `json:"event_id"`
	Challenge string          `json:"challenge"`
	Shared    bool            `json:"is_ext_shared_channel"`
	Event     json.RawMessage `json:"event"`
}

type event struct {
	Type        string    `json:"type"`
	Subtype     string    `json:"subtype"`
	User        string    `json:"user"`
	BotID       string    `json:"bot_id"`
	Text        string    `json:"text"`
	Channel     string    `json:"channel"`
	ChannelType string    `json:"channel_type"`
	TS          string    `json:"ts"`
	Thread      string    `json:"thread_ts"`
	EventTS     string    `json:"event_ts"`
	Tab         string    `json:"tab"`
	Files       []file    `json:"files"`
	Message     *event    `json:"message"`
	Before      *event    `json:"previous_message"`
	Edited      *edited   `json:"edited"`
	Assistant   assistant `json:"assistant_thread"`
}

type file struct {
	Name string `json:"name"`
	Mime string `json:"mimetype"`
	Size int64  `json:"size"`
}

type edited struct {
	TS string `json:"ts"`
}

type assistant struct {
	User    string `json:"user_id"`
	Channel string `json:"channel_id"`
	Thread  string `json:"thread_ts"`
}

// interaction is a pressed button, a chosen option or a shortcut
// (https://docs.slack.dev/interactivity/handling-user-interaction).
type interaction struct {
	Type     string `json:"type"`
	Callback string `json:"callback_id"`
	Trigger  string `json:"trigger_id"`
	Team     struct {
		ID string `json:"id"`
	} `json:"team"`
	User struct {
		ID   string `json:"id"`
		Team string `json:"team_id"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		Type    string `json:"type"`
		TS      string `json:"message_ts"`
		Channel string `json:"channel_id"`
		Thread  string `json:"thread_ts"`
	} `json:"container"`
	Message struct {
		TS     string          `json:"ts"`
		Thread string          `json:"thread_ts"`
		Text   string          `json:"text"`
		User   string          `json:"user"`
		Blocks json.RawMessage `json:"blocks"`
	} `json:"message"`
	Actions []action `json:"actions"`
}

type action struct {
	ID    string `json:"action_id"`
	Block string `json:"block_id"`
	Type  string `json:"type"`
	TS    string `json:"action_ts"`
	Value string `json:"value"`
	Text  struct {
		Text string `json:"text"`
	} `json:"text"`
	Option struct {
		Value string `json:"value"`
		Text  struct {
			Text string `json:"text"`
		} `json:"text"`
	} `json:"selected_option"`
}

// chosen is the value and the label of what was pressed.
func (a action) chosen() (value, label string) {
	if a.Option.Value != "" {
		return a.Option.Value, a.Option.Text.Text
	}
	return a.Value, a.Text.Text
}

// command is a slash command
// (https://docs.slack.dev/interactivity/implementing-slash-commands).
type command struct {
	Command string `json:"command"`
	Text    string `json:"text"`
	Team    string `json:"team_id"`
	User    string `json:"user_id"`
	Channel string `json:"channel_id"`
	Trigger string `json:"trigger_id"`
}
