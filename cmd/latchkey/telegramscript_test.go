package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// talk is a script's customer in Telegram.
type talk struct {
	api  *telegramAPI
	lang string
}

// scriptChat is the customer's chat in scripts.
const scriptChat = 5

// talkKey is where a script keeps its talk.
type talkKey struct{}

// withTelegram gives a script a Bot API, and telegram.yaml, which names it.
func withTelegram(e *testscript.Env) error {
	api, end := startTelegramAPI()
	e.Defer(end)
	e.Setenv("TELEGRAM_TOKEN", "1:token")
	e.Values[talkKey{}] = &talk{api: api, lang: "en"}
	config := "listen: 127.0.0.1:0\ndata: telegram\nlog: {level: error}\ntelegram: {token: env:TELEGRAM_TOKEN, api_url: " + api.url + "}\n"
	return os.WriteFile(filepath.Join(e.WorkDir, "telegram.yaml"), []byte(config), 0o600)
}

// telegramCmds are the words with which scripts are a customer in Telegram:
//
//	speaks LANG            the language of the customer's Telegram
//	writes TEXT            the customer writes
//	presses LABEL          presses a button of the newest message that has any
//	sees TEXT              waits until the newest words hold a text
//	blocks, unblocks       blocks the bot, or no longer does
//	refused                waits until the bot has tried to write to who blocked it
func telegramCmds() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"speaks": func(ts *testscript.TestScript, _ bool, args []string) { of(ts).lang = args[0] },
		"writes": func(ts *testscript.TestScript, _ bool, args []string) {
			of(ts).api.writes(scriptChat, of(ts).lang, strings.Join(args, " "))
		},
		"presses": func(ts *testscript.TestScript, _ bool, args []string) {
			of(ts).api.press(ts, scriptChat, of(ts).lang, strings.Join(args, " "))
		},
		"sees": func(ts *testscript.TestScript, _ bool, args []string) {
			of(ts).api.seen(ts, scriptChat, strings.Join(args, " "))
		},
		"refused":  func(ts *testscript.TestScript, _ bool, _ []string) { of(ts).api.called(ts, "refused", 1) },
		"blocks":   func(ts *testscript.TestScript, _ bool, _ []string) { of(ts).api.member(scriptChat, "kicked") },
		"unblocks": func(ts *testscript.TestScript, _ bool, _ []string) { of(ts).api.member(scriptChat, "member") },
	}
}

func of(ts *testscript.TestScript) *talk { return ts.Value(talkKey{}).(*talk) }
