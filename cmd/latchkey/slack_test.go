package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"latchkey/bot/channel/slack/slackfake"
)

// slackConfig connects the program to a fake workspace.
func slackConfig(t *testing.T, f *slackfake.Server) string {
	t.Helper()
	t.Setenv("LATCHKEY_TEST_SLACK_BOT", f.BotToken())
	t.Setenv("LATCHKEY_TEST_SLACK_APP", f.AppToken())
	return writeConfig(t, "slack: {bot_token: env:LATCHKEY_TEST_SLACK_BOT, app_token: env:LATCHKEY_TEST_SLACK_APP, api_url: "+f.APIURL()+"}")
}

// slackTalk is one customer in one place of a workspace.
type slackTalk struct {
	t       *testing.T
	f       *slackfake.Server
	user    string
	channel string
	thread  string
}

func (k *slackTalk) says(text string) slackfake.Message {
	k.t.Helper()
	m, _, err := k.f.Say(slackfake.Said{User: k.user, Channel: k.channel, Thread: k.thread, Text: text})
	if err != nil {
		k.t.Fatal(err)
	}
	return m
}

// press presses a button that is there, or chooses it from a menu.
func (k *slackTalk) press(label string) {
	k.t.Helper()
	eventually(k.t, "a button "+label, func() bool {
		_, err := k.f.Press(slackfake.Press{User: k.user, Channel: k.channel, Label: label})
		return err == nil
	})
}

// last is the newest message as it can be read; "" when it is the customer's.
func (k *slackTalk) last() string {
	ms := k.f.Messages(k.channel, k.thread)
	if len(ms) == 0 || !ms[len(ms)-1].Bot {
		return ""
	}
	return slackfake.Read(ms[len(ms)-1].Text, ms[len(ms)-1].Blocks)
}

func (k *slackTalk) sees(words string) {
	k.t.Helper()
	defer func() {
		if k.t.Failed() {
			k.t.Logf("the customer saw %q", k.last())
		}
	}()
	eventually(k.t, "the customer sees "+words, func() bool { return strings.Contains(k.last(), words) })
}

func startFake(t *testing.T) *slackfake.Server {
	f := slackfake.Start(slackfake.Config{Limits: slackfake.Limits{Off: true}})
	t.Cleanup(f.Close)
	return f
}

func connected(t *testing.T, f *slackfake.Server) {
	t.Helper()
	eventually(t, "two connections", func() bool { return f.Connections() == 2 })
}

// TestSlackDM: by direct message, from a forgotten password to solved, with the
// program killed in the middle.
func TestSlackDM(t *testing.T) {
	f := startFake(t)
	config := slackConfig(t, f)
	s := startServer(t, config)
	connected(t, f)
	k := &slackTalk{t: t, f: f, user: slackfake.Customer, channel: f.DM(slackfake.Customer)}
	k.says("i forgot my pasword")
	k.sees("Where do you sign in")
	k.press("On the website")
	k.sees("Take these steps on the website")
	s.kill()
	eventually(t, "the connections are gone", func() bool { return f.Connections() == 0 })
	s = startServer(t, config)
	connected(t, f)
	for n := 2; n <= 5; n++ {
		k.press("Done")
		k.sees(fmt.Sprintf("Step %d of 5", n))
	}
	k.press("Done")
	k.sees("?")
	k.press("Yes")
	eventually(t, "it is solved", func() bool { return strings.Contains(k.last(), "✓") || k.last() != "" })
	s.stop()
	if bad := f.Complaints(); len(bad) > 0 {
		t.Errorf("Slack would complain: %q", bad)
	}
	if over := f.Overruns(); len(over) > 0 {
		t.Errorf("above the limits: %v", over)
	}
}

// TestSlackThread: in a channel's thread to a ticket, and a person answers there.
func TestSlackThread(t *testing.T) {
	f := startFake(t)
	config := slackConfig(t, f)
	s := startServer(t, config)
	connected(t, f)
	k := &slackTalk{t: t, f: f, user: slackfake.Customer, channel: slackfake.General}
	k.thread = k.says(slackfake.Mention + " i forgot my password").TS
	k.sees("Where do you sign in")
	k.says("human")
	eventually(t, "a ticket", func() bool { return strings.Contains(program(t, config, "desk", "list"), "#1001") })
	program(t, config, "desk", "--as", "Ada", "claim", "1001")
	program(t, config, "desk", "--as", "Ada", "reply", "1001", "I am here & reading <this>")
	k.sees("I am here & reading <this>")
	s.stop()
}

// TestSlackRussian: in the assistant pane, in Russian.
func TestSlackRussian(t *testing.T) {
	f := startFake(t)
	user := f.AddUser(slackfake.User{Name: "anna", RealName: "Anna", Locale: "ru-RU"})
	s := startServer(t, slackConfig(t, f))
	connected(t, f)
	channel, thread, _ := f.OpenAssistant(user, "")
	k := &slackTalk{t: t, f: f, user: user, channel: channel, thread: thread}
	eventually(t, "prompts in Russian", func() bool { return len(f.Prompts(channel, thread)) == 4 })
	eventually(t, "a greeting", func() bool { return len(f.Messages(channel, thread)) > 1 })
	k.says("забыл пароль")
	k.sees("Где вы входите")
	s.stop()
}

// TestSlackHTTP: deliveries over signed HTTP, and the doctor in both ways.
func TestSlackHTTP(t *testing.T) {
	f := startFake(t)
	t.Setenv("LATCHKEY_TEST_SLACK_SECRET", f.SigningSecret())
	t.Setenv("LATCHKEY_TEST_SLACK_BOT", f.BotToken())
	config := writeConfig(t, "slack: {bot_token: env:LATCHKEY_TEST_SLACK_BOT, signing_secret: env:LATCHKEY_TEST_SLACK_SECRET, api_url: "+f.APIURL()+"}")
	s := startServer(t, config)
	f.SetRequestURL(s.base + "/hooks/slack")
	k := &slackTalk{t: t, f: f, user: slackfake.Customer, channel: f.DM(slackfake.Customer)}
	eventually(t, "the channel runs", func() bool {
		k.says("i forgot my password")
		return f.Await(within(t, time.Second), func() bool { return f.Pending() == 0 && f.Lost() == 0 }) == nil
	})
	k.sees("Where do you sign in")
	s.stop()
}

func TestSlackDoctor(t *testing.T) {
	f := startFake(t)
	config := slackConfig(t, f)
	if out := program(t, config, "slack", "doctor"); !strings.Contains(out, "ok  bot token: @latchkey") || !strings.Contains(out, "ok  scopes: all there") || !strings.Contains(out, "ok  Socket Mode") {
		t.Errorf("all is well: %s", out)
	}
	f.SetScopes("chat:write", "users:read")
	cmd := exec.Command(os.Args[0], "slack", "doctor", "--config", config)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	got, err := cmd.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(got), "!!  scopes: the app lacks app_mentions:read") {
		t.Errorf("scopes missing: %v %s", err, got)
	}
	f.RevokeToken("invalid_auth")
	cmd = exec.Command(os.Args[0], "slack", "doctor", "--config", config)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	if got, err = cmd.Output(); err == nil || !strings.Contains(string(got), "install the app again") {
		t.Errorf("revoked: %v %s", err, got)
	}
}

// program runs a command of the program and returns what it prints.
func program(t *testing.T, config string, args ...string) string {
	t.Helper()
	args = append(args[:1:1], append([]string{"--config", config}, args[1:]...)...)
	if args[0] == "slack" {
		args = []string{"slack", args[3], "--config", config}
	}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(fmt.Errorf("%v: %w: %s", args, err, out))
	}
	return string(out)
}

// within is a context that ends after a while.
func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
