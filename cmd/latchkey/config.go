package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"latchkey/bot/redact"
)

// Config is the whole configuration of `latchkey serve`. Every key has a
// default that works; config.example.yaml names them all and a test holds the
// two together.
type Config struct {
	Listen     string           `yaml:"listen"`
	PublicURL  string           `yaml:"public_url"`
	Data       string           `yaml:"data"`
	Database   Secret           `yaml:"database"`
	MaxMiB     int              `yaml:"max_database_mib"` // of the SQLite file; 0 = the disk
	Node       string           `yaml:"node"`
	Flows      string           `yaml:"flows"`
	Articles   string           `yaml:"articles"`
	Embeddings EmbeddingsConfig `yaml:"embeddings"`
	LLM        LLMConfig        `yaml:"llm"`
	Stop       Duration         `yaml:"stop_within"`
	Log        LogConfig        `yaml:"log"`
	Limits     LimitsConfig     `yaml:"limits"`
	Web        WebConfig        `yaml:"web"`
	Slack      SlackConfig      `yaml:"slack"`
	Telegram   TelegramConfig   `yaml:"telegram"`
}

// LogConfig says what is logged and how.
type LogConfig struct {
	Level  string `yaml:"level"`  // debug, info, warn, error
	Format string `yaml:"format"` // text, json
}

// LimitsConfig keeps one customer from crowding out the others.
type LimitsConfig struct {
	Messages int `yaml:"messages_per_minute"` // of one customer
	Burst    int `yaml:"burst"`
	InFlight int `yaml:"in_flight"` // events being taken over at once
	HandOffs int `yaml:"hand_offs_per_day"`
}

// EmbeddingsConfig is a model that knows what texts mean.
type EmbeddingsConfig struct {
	BaseURL    string   `yaml:"base_url"` // "" = off
	Model      string   `yaml:"model"`
	Key        Secret   `yaml:"key"`
	Azure      string   `yaml:"azure_api_version"` // "" = not Azure
	Dimensions int      `yaml:"dimensions"`
	Wait       Duration `yaml:"wait"`
}

// LLMConfig is a model that helps to understand and to answer.
type LLMConfig struct {
	BaseURL         string   `yaml:"base_url"` // "" = off
	Model           string   `yaml:"model"`
	Key             Secret   `yaml:"key"`
	Azure           string   `yaml:"azure_api_version"` // "" = not Azure
	Choose          bool     `yaml:"choose"`
	Answer          bool     `yaml:"answer"`
	Wait            Duration `yaml:"wait"`
	Tokens          int      `yaml:"max_tokens"`
	Completion      bool     `yaml:"max_completion_tokens"`
	PerConversation int      `yaml:"questions_per_conversation"`
	PerHour         int      `yaml:"questions_per_hour"`
	PerDay          int      `yaml:"questions_per_day"`
}

// WebConfig is the web chat.
type WebConfig struct {
	Enabled bool     `yaml:"enabled"`
	Embed   []string `yaml:"embed_origins"` // sites that may show the chat in a frame
}

// SlackConfig is the connection of one Slack app. It is off without a bot token.
type SlackConfig struct {
	BotToken  Secret `yaml:"bot_token"`
	AppToken  Secret `yaml:"app_token"` // Socket Mode; "" = deliveries to public_url
	Secret    Secret `yaml:"signing_secret"`
	OldSecret Secret `yaml:"old_signing_secret"` // good too while it is being replaced
	Command   string `yaml:"command"`
	APIURL    string `yaml:"api_url"`
}

// TelegramConfig is the connection of one Telegram bot. It is off without a token.
type TelegramConfig struct {
	Token   Secret `yaml:"token"`
	Webhook bool   `yaml:"webhook"` // deliveries to public_url instead of long polling
	Secret  Secret `yaml:"webhook_secret"`
	APIURL  string `yaml:"api_url"` // of a Bot API server of one's own
}

// Secret is a value that may be confidential: "env:NAME" or "file:PATH" says
// where it stands. resolve reads it.
type Secret string

// Duration is a length of time as Go writes it, such as 10s.
type Duration time.Duration

// UnmarshalYAML reads 10s, 15m, 24h.
func (d *Duration) UnmarshalYAML(n *yaml.Node) error {
	v, err := time.ParseDuration(n.Value)
	if err != nil || v <= 0 {
		return fmt.Errorf("%q is not a length of time; write it like 10s or 15m", n.Value)
	}
	*d = Duration(v)
	return nil
}

// defaultConfig is what `latchkey serve` runs with when nothing is said.
func defaultConfig() Config {
	return Config{
		Listen:     "127.0.0.1:8080",
		Stop:       Duration(10 * time.Second),
		Embeddings: EmbeddingsConfig{Wait: Duration(300 * time.Millisecond)},
		LLM:        LLMConfig{Choose: true, Answer: true, Wait: Duration(6 * time.Second), Tokens: 500, PerConversation: 10, PerHour: 300, PerDay: 3000},
		Log:        LogConfig{Level: "info", Format: "text"},
		Limits:     LimitsConfig{Messages: 20, Burst: 10, InFlight: 1024, HandOffs: 3},
		Web:        WebConfig{Enabled: true},
		Slack:      SlackConfig{Command: "/latchkey"},
	}
}

// commandForm is what Slack takes as a slash command.
var commandForm = regexp.MustCompile(`^/[a-z0-9_-]{1,31}$`)

// maxConfig is the largest config file, in bytes.
const maxConfig = 1 << 20

// loadConfig reads a config file over the defaults. Every complaint names file
// and line.
func loadConfig(path string) (Config, error) {
	cfg := defaultConfig()
	if path == "" {
		return cfg, nil
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return cfg, fmt.Errorf("cannot open the config file %q: it does not exist or cannot be read", path)
	case info.IsDir() || info.Size() > maxConfig:
		return cfg, fmt.Errorf("the config file %q is a folder or larger than 1 MiB", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return cfg, fmt.Errorf("cannot read the config file %q: %w", path, err)
	}
	var root yaml.Node
	if err := yaml.Load(data, &root); err != nil {
		return cfg, configError(path, err)
	}
	if err := literalSecret(path, &root); err != nil {
		return cfg, err
	}
	if err := yaml.Load(data, &cfg, yaml.WithKnownFields()); err != nil {
		return cfg, configError(path, err)
	}
	return cfg, cfg.check(path, &root)
}

// configError puts file and line before what the YAML reader complains about.
func configError(path string, err error) error {
	var many *yaml.LoadErrors
	if !errors.As(err, &many) {
		return fmt.Errorf("%s: %w", path, err)
	}
	lines := make([]string, len(many.Errors))
	for i, e := range many.Errors {
		msg := e.Message
		if field, _, ok := strings.Cut(strings.TrimPrefix(msg, "field "), " not found in type"); ok {
			msg = fmt.Sprintf("there is no key %q; config.example.yaml lists them all", field)
		}
		lines[i] = fmt.Sprintf("%s:%d:%d: %s", path, e.Mark.Line, e.Mark.Column, msg)
	}
	return errors.New(strings.Join(lines, "\n"))
}

// literalSecret refuses a file in which a secret stands openly.
func literalSecret(path string, n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		refused := false
		if u, err := url.Parse(n.Value); err == nil && u.User != nil {
			_, refused = u.User.Password()
		}
		if _, kinds := redact.Text(n.Value, redact.Context{}); len(kinds) > 0 {
			refused = true
		}
		if refused {
			return fmt.Errorf("%s:%d:%d: a secret stands here openly; put it into the environment or a file and write env:NAME or file:PATH", path, n.Line, n.Column)
		}
	}
	for _, c := range n.Content {
		if err := literalSecret(path, c); err != nil {
			return err
		}
	}
	return nil
}

// check looks at values that YAML cannot check.
func (c *Config) check(path string, root *yaml.Node) error {
	fail := func(key, what string) error {
		if n := find(root, strings.Split(key, ".")); n != nil {
			return fmt.Errorf("%s:%d:%d: %s: %s", path, n.Line, n.Column, key, what)
		}
		return fmt.Errorf("%s: %s: %s", path, key, what)
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fail("listen", "write an address and a port, like 127.0.0.1:8080")
	}
	if c.PublicURL != "" {
		if u, err := url.Parse(c.PublicURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return fail("public_url", "write the address that browsers use, like https://help.example.com")
		}
	}
	for _, o := range c.Web.Embed {
		if u, err := url.Parse(o); err != nil || u.Host == "" || u.Path != "" || u.Scheme != "https" && u.Scheme != "http" {
			return fail("web.embed_origins", "each is scheme and host alone, like https://shop.example.com")
		}
	}
	for key, v := range map[string]Secret{
		"slack.bot_token": c.Slack.BotToken, "slack.app_token": c.Slack.AppToken, "slack.signing_secret": c.Slack.Secret, "slack.old_signing_secret": c.Slack.OldSecret,
		"embeddings.key": c.Embeddings.Key, "llm.key": c.LLM.Key,
		"telegram.token": c.Telegram.Token, "telegram.webhook_secret": c.Telegram.Secret,
	} {
		if v != "" && !strings.HasPrefix(string(v), "env:") && !strings.HasPrefix(string(v), "file:") {
			return fail(key, "a secret stands here openly; put it into the environment or a file and write env:NAME or file:PATH")
		}
	}
	switch {
	case !commandForm.MatchString(c.Slack.Command):
		return fail("slack.command", "write a slash and small letters, like /help-me")
	case c.Slack.BotToken != "" && c.Slack.AppToken == "" && c.Slack.Secret == "":
		return fail("slack.bot_token", "Slack also needs app_token, for Socket Mode, or signing_secret, for deliveries to public_url")
	case c.Slack.APIURL != "" && !strings.HasSuffix(c.Slack.APIURL, "/"):
		return fail("slack.api_url", "it must end in a slash")
	}
	for block, m := range map[string]struct{ base, model string }{"embeddings": {c.Embeddings.BaseURL, c.Embeddings.Model}, "llm": {c.LLM.BaseURL, c.LLM.Model}} {
		u, err := url.Parse(m.base)
		switch {
		case m.base == "":
		case err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http":
			return fail(block+".base_url", "write an address like https://api.openai.com/v1")
		case m.model == "":
			return fail(block+".base_url", "name the model as well, in "+block+".model")
		}
	}
	switch {
	case time.Duration(c.LLM.Wait) > 7*time.Second:
		return fail("llm.wait", "at most 7s: a customer waits for 8 s at most")
	case time.Duration(c.Embeddings.Wait) > time.Second:
		return fail("embeddings.wait", "at most 1s: the built-in matcher answers without it")
	case c.Embeddings.Dimensions < 0 || c.Embeddings.Dimensions > 8192:
		return fail("embeddings.dimensions", "write a number from 1 to 8192, or 0 for what the model has")
	}
	if c.Telegram.Webhook && !strings.HasPrefix(c.PublicURL, "https:") {
		return fail("telegram.webhook", "a webhook needs public_url, and https in it")
	}
	for key, v := range map[string]struct {
		value string
		of    []string
	}{
		"log.level": {c.Log.Level, []string{"debug", "info", "warn", "error"}}, "log.format": {c.Log.Format, []string{"text", "json"}},
	} {
		if !contains(v.of, v.value) {
			return fail(key, "it can be "+strings.Join(v.of, ", "))
		}
	}
	if c.MaxMiB < 0 || c.MaxMiB > 1<<24 {
		return fail("max_database_mib", "write a number of MiB, or 0 for as much as the disk has")
	}
	for key, v := range map[string]int{
		"limits.messages_per_minute": c.Limits.Messages, "limits.burst": c.Limits.Burst,
		"llm.max_tokens": c.LLM.Tokens, "llm.questions_per_conversation": c.LLM.PerConversation,
		"llm.questions_per_hour": c.LLM.PerHour, "llm.questions_per_day": c.LLM.PerDay,
		"limits.in_flight": c.Limits.InFlight, "limits.hand_offs_per_day": c.Limits.HandOffs,
	} {
		if v < 1 || v > 1_000_000 {
			return fail(key, "write a number from 1 to 1000000")
		}
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// find is the node at a path of keys, or nil.
func find(n *yaml.Node, path []string) *yaml.Node {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	for _, key := range path {
		var next *yaml.Node
		for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
			if n.Content[i].Value == key {
				next = n.Content[i+1]
			}
		}
		if next == nil {
			return nil
		}
		n = next
	}
	return n
}

// resolve reads a secret from where it says it stands. Anything else is the
// value itself.
func (s Secret) resolve(getenv func(string) string) (string, error) {
	if name, ok := strings.CutPrefix(string(s), "env:"); ok {
		v := getenv(name)
		if v == "" {
			return "", fmt.Errorf("the environment variable %s is empty; set it or change the config", name)
		}
		return v, nil
	}
	if path, ok := strings.CutPrefix(string(s), "file:"); ok {
		info, err := os.Stat(path)
		if err != nil {
			return "", fmt.Errorf("the secret file %s cannot be read: it does not exist or is not yours", path)
		}
		if info.Mode().Perm()&0o077 != 0 {
			return "", fmt.Errorf("the secret file %s can be read by others; run: chmod 600 %s", path, path)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("the secret file %s cannot be read: %w", path, err)
		}
		return strings.TrimSpace(string(data)), nil
	}
	return string(s), nil
}

// dataFolder is where the program keeps its files: the configured folder, or
// the one that the XDG base directory specification gives to user data.
func (c *Config) dataFolder(getenv func(string) string) (string, error) {
	if c.Data != "" {
		return c.Data, nil
	}
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "latchkey"), nil
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".local", "share", "latchkey"), nil
	}
	return "", errors.New("there is no home folder to keep the data in; set \"data\" in the config")
}
