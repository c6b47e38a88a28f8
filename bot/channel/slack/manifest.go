package slack

// Manifest is what an app manifest says (https://docs.slack.dev/reference/app-manifest).
type Manifest struct {
	Display  display  `yaml:"display_information"`
	Features features `yaml:"features"`
	OAuth    oauth    `yaml:"oauth_config"`
	Settings settings `yaml:"settings"`
}

type display struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
}

type features struct {
	Home struct {
		Home     bool `yaml:"home_tab_enabled"`
		Messages bool `yaml:"messages_tab_enabled"`
		ReadOnly bool `yaml:"messages_tab_read_only_enabled"`
	} `yaml:"app_home"`
	Bot struct {
		Name   string `yaml:"display_name"`
		Online bool   `yaml:"always_online"`
	} `yaml:"bot_user"`
	Shortcuts []shortcut     `yaml:"shortcuts"`
	Commands  []slashCommand `yaml:"slash_commands"`
	Assistant struct {
		Description string `yaml:"assistant_description"`
	} `yaml:"assistant_view"`
}

type shortcut struct {
	Name        string `yaml:"name"`
	Type        string `yaml:"type"`
	Callback    string `yaml:"callback_id"`
	Description string `yaml:"description"`
}

type slashCommand struct {
	Command     string `yaml:"command"`
	URL         string `yaml:"url,omitempty"`
	Description string `yaml:"description"`
	Hint        string `yaml:"usage_hint"`
	Escape      bool   `yaml:"should_escape"`
}

type oauth struct {
	Scopes struct {
		Bot []string `yaml:"bot"`
	} `yaml:"scopes"`
}

type settings struct {
	Events struct {
		URL string   `yaml:"request_url,omitempty"`
		Bot []string `yaml:"bot_events"`
	} `yaml:"event_subscriptions"`
	Interactivity struct {
		Enabled bool   `yaml:"is_enabled"`
		URL     string `yaml:"request_url,omitempty"`
	} `yaml:"interactivity"`
	Org      bool `yaml:"org_deploy_enabled"`
	Socket   bool `yaml:"socket_mode_enabled"`
	Rotation bool `yaml:"token_rotation_enabled"`
}

// Scopes are what the bot token must be allowed, each for a method or an event
// that this package uses.
func Scopes() []string {
	return []string{
		"app_mentions:read", "assistant:write", "channels:history", "chat:write", "commands", "files:write",
		"groups:history", "im:history", "im:write", "mpim:history", "users:read",
	}
}

// Events are the subscriptions that the package understands.
func Events() []string {
	return []string{
		"app_home_opened", "app_mention", "app_uninstalled", "assistant_thread_started",
		"message.channels", "message.groups", "message.im", "message.mpim", "tokens_revoked",
	}
}

// NewManifest is the manifest of an app. url is where Slack delivers to; "" is
// Socket Mode.
func NewManifest(name, command, url string) Manifest {
	m := Manifest{Display: display{Name: name, Description: "Helps with account and sign-in problems, step by step, and brings in a person."}}
	m.Features.Home.Home, m.Features.Home.Messages = true, true
	m.Features.Bot.Name, m.Features.Bot.Online = name, true
	m.Features.Shortcuts = []shortcut{{Name: "Get help with this", Type: "message", Callback: shortcutID, Description: "Talk to the bot about this message, in private"}}
	m.Features.Commands = []slashCommand{{Command: command, URL: url, Description: "Get help with signing in", Hint: "what is wrong"}}
	m.Features.Assistant.Description = m.Display.Description
	m.OAuth.Scopes.Bot = Scopes()
	m.Settings.Events.URL, m.Settings.Events.Bot = url, Events()
	m.Settings.Interactivity.Enabled, m.Settings.Interactivity.URL = true, url
	m.Settings.Socket = url == ""
	return m
}
