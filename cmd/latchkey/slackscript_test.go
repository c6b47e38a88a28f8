package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"latchkey/bot/channel/slack/slackfake"
)

// slackTalk is a script's customer in one place of a fake workspace.
type slackTalk struct {
	fake    *slackfake.Server
	user    string
	channel string
	thread  string
}

type slackTalkKey struct{}

// withSlack gives a script a fake workspace, and slack.yaml, which names it.
func withSlack(e *testscript.Env) error {
	f := slackfake.Start(slackfake.Config{})
	e.Defer(f.Close)
	e.Setenv("SLACK_BOT_TOKEN", f.BotToken())
	e.Setenv("SLACK_APP_TOKEN", f.AppToken())
	e.Values[slackTalkKey{}] = &slackTalk{fake: f, user: slackfake.Customer, channel: f.DM(slackfake.Customer)}
	config := "listen: 127.0.0.1:0\ndata: slack\nlog: {level: error}\nslack: {bot_token: env:SLACK_BOT_TOKEN, app_token: env:SLACK_APP_TOKEN, api_url: " + f.APIURL() + "}\n"
	return os.WriteFile(filepath.Join(e.WorkDir, "slack.yaml"), []byte(config), 0o600)
}

// slackWords is the word "slack", with which scripts are a customer in Slack:
//
//	slack connected         waits until the program can be written to
//	slack speaks LOCALE     is another customer, whose Slack is in that language
//	slack writes TEXT       writes where the customer is: at first, to the app directly
//	slack mentions TEXT     names the app in a channel; the talk goes on in the thread
//	slack assistant         opens the assistant pane; the talk goes on there
//	slack home              opens the Home tab
//	slack home-has TEXT     waits until the Home tab shows a text
//	slack home-presses TEXT presses a button of the Home tab; the talk goes on directly
//	slack command TEXT      uses /latchkey
//	slack presses LABEL     presses the newest button of that name
//	slack sees TEXT         waits until the bot has written a text
//	slack prompted TEXT     waits until the assistant pane suggests a prompt
//	slack correct           fails when Slack would complain of what the program did
func slackWords(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: slack WORD [TEXT]")
	}
	k := ts.Value(slackTalkKey{}).(*slackTalk)
	text := strings.Join(args[1:], " ")
	switch args[0] {
	case "connected":
		k.wait(ts, "two connections", func() bool { return k.fake.Connections() == 2 })
	case "speaks":
		k.user = k.fake.AddUser(slackfake.User{Name: "anna", RealName: "Anna", Locale: text})
		k.channel, k.thread = k.fake.DM(k.user), ""
	case "writes":
		k.writes(ts, text)
	case "mentions":
		k.channel, k.thread = slackfake.General, ""
		k.thread = k.writes(ts, slackfake.Mention+" "+text)
	case "assistant":
		k.channel, k.thread, _ = k.fake.OpenAssistant(k.user, "")
	case "home":
		k.fake.OpenHome(k.user)
	case "home-has":
		k.wait(ts, "the Home tab shows "+text, func() bool {
			v, ok := k.fake.Home(k.user)
			return ok && strings.Contains(v.Text, text)
		})
	case "home-presses":
		k.channel, k.thread = k.fake.DM(k.user), ""
		if _, err := k.fake.Press(slackfake.Press{User: k.user, Label: text}); err != nil {
			ts.Fatalf("%v", err)
		}
	case "command":
		rec, err := k.fake.Command(k.user, k.channel, "/latchkey", text)
		ts.Check(err)
		k.channel, k.thread = k.fake.DM(k.user), ""
		ctx, cancel := context.WithTimeout(context.Background(), longest)
		defer cancel()
		if ok, _, err := rec.Await(ctx); err != nil || !ok {
			ts.Fatalf("the command was not acknowledged: %v", err)
		}
	case "presses":
		k.wait(ts, "a button "+text, func() bool {
			_, err := k.fake.Press(slackfake.Press{User: k.user, Channel: k.channel, Label: text})
			return err == nil
		})
	case "sees":
		k.wait(ts, "the customer sees "+text, func() bool { return strings.Contains(k.all(), text) })
	case "prompted":
		k.wait(ts, "a prompt "+text+" among those in the transcript", func() bool {
			for _, p := range k.fake.Prompts(k.channel, k.thread) {
				if p.Title == text {
					return true
				}
			}
			return false
		})
	case "correct":
		if bad := k.fake.Complaints(); len(bad) > 0 {
			ts.Fatalf("Slack would complain: %q", bad)
		}
	default:
		ts.Fatalf("slack does not know %q", args[0])
	}
}

func (k *slackTalk) writes(ts *testscript.TestScript, text string) string {
	m, _, err := k.fake.Say(slackfake.Said{User: k.user, Channel: k.channel, Thread: k.thread, Text: text})
	ts.Check(err)
	return m.TS
}

// all is what the customer can read of the bot's messages.
func (k *slackTalk) all() string {
	var b strings.Builder
	for _, m := range k.fake.Messages(k.channel, k.thread) {
		if m.Bot {
			b.WriteString(slackfake.Read(m.Text, m.Blocks) + "\n")
		}
	}
	return b.String()
}

// wait waits for what the program does.
func (k *slackTalk) wait(ts *testscript.TestScript, what string, ok func() bool) {
	deadline, tick := time.NewTimer(longest), time.NewTicker(20*time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			ts.Fatalf("it never happened: %s\nthe customer can read:\n%s", what, k.all())
		}
	}
}
