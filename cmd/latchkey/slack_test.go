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

func startFake(t *testing.T) *slackfake.Server {
	f := slackfake.Start(slackfake.Config{Limits: slackfake.Limits{Off: true}})
	t.Cleanup(f.Close)
	return f
}

// TestSlackHTTP: deliveries over signed HTTP, and the doctor in both ways.
func TestSlackHTTP(t *testing.T) {
	f := startFake(t)
	t.Setenv("LATCHKEY_TEST_SLACK_SECRET", f.SigningSecret())
	t.Setenv("LATCHKEY_TEST_SLACK_BOT", f.BotToken())
	config := writeConfig(t, "slack: {bot_token: env:LATCHKEY_TEST_SLACK_BOT, signing_secret: env:LATCHKEY_TEST_SLACK_SECRET, api_url: "+f.APIURL()+"}")
	s := startServer(t, config)
	f.SetRequestURL(s.base + "/hooks/slack")
	k := &slackTalk{fake: f, channel: f.DM(slackfake.Customer)}
	eventually(t, "the channel runs", func() bool {
		if _, _, err := f.Say(slackfake.Said{Text: "i forgot my password"}); err != nil {
			t.Fatal(err)
		}
		return f.Await(within(t, time.Second), func() bool { return f.Pending() == 0 && f.Lost() == 0 }) == nil
	})
	eventually(t, "an answer", func() bool { return strings.Contains(k.all(), "Where do you sign in") })
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
