package telegram

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"latchkey/bot"
)

var rewrite = flag.Bool("update", false, "write the golden payloads anew")

func choices(labels ...string) []bot.Choice {
	var out []bot.Choice
	for _, l := range labels {
		minor := strings.HasPrefix(l, "-")
		out = append(out, bot.Choice{Label: strings.TrimPrefix(l, "-"), Minor: minor})
	}
	return out
}

// TestGolden: what is sent for every kind of message, request by request. The
// fake refuses what Telegram would.
func TestGolden(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("A paragraph of **bold** words and <signs>.\n\n", 110))
	cases := []struct {
		name         string
		conversation bot.ConversationID
		out          bot.Outgoing
	}{
		{"text", "telegram:1000", bot.Outgoing{Message: bot.Message{Text: "Hello, **Anna** & _co_: `a<b`\n\n1. [here](https://example.com/?a=1&b=2)\n2. there\n\n- x\n- y"}}},
		{"escaped", "telegram:1000", bot.Outgoing{Message: bot.Message{Text: bot.Escape("3 < 4 & <b>*not*</b> [this](https://x.example/) _neither_ `code`")}}},
		{"choices", "telegram:1000", bot.Outgoing{Message: bot.Message{Text: "Which?", Choices: choices("Yes", "No", "I cannot get into the mailbox any more", "-Back", "-Other topics", "-Talk to a person")}}},
		{"progress", "telegram:1000", bot.Outgoing{Message: bot.Message{Text: "Open the page.", Progress: &bot.Progress{Step: 2, Of: 8}, Choices: choices("Done", "I am stuck")}}},
		{"operator", "telegram:1000", bot.Outgoing{Author: "Maria <O>", Message: bot.Message{Text: "I am here."}}},
		{"picture", "telegram:1000", bot.Outgoing{Message: bot.Message{Text: "Move the **slider**.", Media: []bot.Media{{Kind: bot.MediaImage, Path: "media/a.png", Alt: "a slider"}}, Choices: choices("Done")}}},
		{"picture-long-text", "telegram:1000", bot.Outgoing{Message: bot.Message{Text: strings.Repeat("Long words. ", 100), Media: []bot.Media{{Kind: bot.MediaImage, Path: "media/a.png", Alt: "a slider"}}, Choices: choices("Done")}}},
		{"video", "telegram:1000", bot.Outgoing{Message: bot.Message{Text: "Watch this.", Media: []bot.Media{{Kind: bot.MediaVideo, Path: "media/v.mp4", Alt: "a film"}}}}},
		{"album", "telegram:1000", bot.Outgoing{Message: bot.Message{Text: "Look at both.", Media: []bot.Media{{Kind: bot.MediaImage, Path: "media/a.png", Alt: "one"}, {Kind: bot.MediaVideo, Path: "media/v.mp4", Alt: "two"}}, Choices: choices("Done")}}},
		{"links", "telegram:1000", bot.Outgoing{Message: bot.Message{Text: "See.", Media: []bot.Media{{Kind: bot.MediaLink, URL: "https://example.com/help", Alt: "The help centre"}, {Kind: bot.MediaVideo, URL: "https://video.example.com/1", Alt: "A film"}}}}},
		{"missing-file", "telegram:1000", bot.Outgoing{Message: bot.Message{Text: "See.", Media: []bot.Media{{Kind: bot.MediaImage, Path: "media/none.png", Alt: "a lost picture"}}}}},
		{"long", "telegram:1000", bot.Outgoing{Message: bot.Message{Text: long, Choices: choices("Done")}}},
		{"topic", "telegram:-1001:44", bot.Outgoing{Customer: "telegram:5", Message: bot.Message{Text: "In a topic.", Choices: choices("Yes")}}},
		{"business", "telegram:b:Bc1:1000", bot.Outgoing{Message: bot.Message{Text: "For the business.", Choices: choices("Yes")}}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			f := newFake(t, Options{})
			o := tc.out
			o.ID, o.Channel, o.Conversation = 1, Name, tc.conversation
			for i := range o.Message.Choices {
				o.Tokens = append(o.Tokens, fmt.Sprintf("dG9rZW4gb2YgMTI4IGJpdA.%d", i))
			}
			r, err := f.c.Send(t.Context(), o)
			if err != nil || r.Message == "" {
				t.Fatalf("%v, %+v", err, r)
			}
			golden(t, tc.name, f)
		})
	}
}

// golden compares the calls that were made with the kept ones.
func golden(t *testing.T, name string, f *fake) {
	t.Helper()
	var b strings.Builder
	for _, c := range f.calls {
		fmt.Fprintf(&b, "%s\n", c.method)
		for _, k := range slices.Sorted(maps.Keys(c.form)) {
			fmt.Fprintf(&b, "  %s: %s\n", k, strings.ReplaceAll(c.form[k], "\n", "\n    "))
		}
	}
	path := filepath.Join("testdata", "golden", name+".txt")
	if *rewrite {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("sent:\n%s\nwant:\n%s", b.String(), want)
	}
}

// press posts a press on a message as the fake shows it.
func press(t *testing.T, f *fake, customer, choice int) {
	t.Helper()
	f.mu.Lock()
	all := f.shown[fmt.Sprint(chatOf(customer))]
	s := all[len(all)-1]
	f.mu.Unlock()
	pressOn(t, f, customer, s, s.keys[choice])
}

func pressOn(t *testing.T, f *fake, customer int, s shown, data string) {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"update_id": f.id(), "callback_query": map[string]any{
		"id": "q", "from": person(customer), "data": data,
		"message": map[string]any{"message_id": s.id, "date": 1, "text": s.text, "reply_markup": json.RawMessage(s.markup), "chat": map[string]any{"id": chatOf(customer), "type": "private"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.c.take(t.Context(), []json.RawMessage{raw}); err != nil {
		t.Fatal(err)
	}
}

func out(id int64, m bot.Message) bot.Outgoing {
	o := bot.Outgoing{ID: id, Channel: Name, Conversation: "telegram:1000", Message: m}
	for i := range m.Choices {
		o.Tokens = append(o.Tokens, fmt.Sprintf("token%d.%d", id, i))
	}
	return o
}

func send(t *testing.T, f *fake, o bot.Outgoing) bot.Receipt {
	t.Helper()
	r, err := f.c.Send(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// alive is a fake with an adapter that takes everything.
func alive(t *testing.T) *fake {
	f := newFake(t, Options{})
	f.c.me, f.c.accept = me, func(context.Context, bot.Inbound) error { return nil }
	running(t, f)
	return f
}

// TestFreeze: a pressed message shows the choice instead of its buttons, once;
// one that is not the newest only loses them.
func TestFreeze(t *testing.T) {
	f := alive(t)
	send(t, f, out(1, bot.Message{Text: "Old?", Choices: choices("A", "B")}))
	old := f.shown["1000"][0]
	send(t, f, out(2, bot.Message{Text: "Where?", Choices: choices("Here", "There")}))
	newest := f.shown["1000"][1]
	pressOn(t, f, 0, newest, newest.keys[1])
	f.call(t, "answerCallbackQuery")
	if c := f.call(t, "editMessageText"); c.form["text"] != "Where?\n\n✓ There" || c.form["reply_markup"] != `{"inline_keyboard":[]}` {
		t.Errorf("edited to %v", c.form)
	}
	pressOn(t, f, 0, newest, newest.keys[0]) // both buttons at once: the first counted
	f.call(t, "answerCallbackQuery")
	pressOn(t, f, 0, old, old.keys[0])
	f.call(t, "answerCallbackQuery")
	if c := f.call(t, "editMessageReplyMarkup"); c.form["message_id"] != fmt.Sprint(old.id) {
		t.Errorf("edited %v", c.form)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.calls {
		if strings.HasPrefix(c.method, "edit") {
			t.Errorf("edited once more: %v", c)
		}
	}
}

// TestGuide: the next instruction takes the place of the one whose button was
// pressed; when that cannot be, it is sent and the old one frozen.
func TestGuide(t *testing.T) {
	f := alive(t)
	step := func(n int) bot.Message {
		return bot.Message{Text: fmt.Sprintf("Instruction %d.", n), Progress: &bot.Progress{Step: n, Of: 4}, Choices: choices("Done", "I am stuck")}
	}
	first := send(t, f, out(1, step(1)))
	press(t, f, 0, 0)
	if second := send(t, f, out(2, step(2))); second.Message != first.Message {
		t.Errorf("sent as %s, not in place of %s", second.Message, first.Message)
	}
	if s := f.shown["1000"]; len(s) != 1 || s[0].text != "2/4\nInstruction 2." || s[0].keys[0] != "token2.0" {
		t.Errorf("shown: %+v", s)
	}
	// Nobody pressed: the customer wrote instead, and reads the answer below.
	third := send(t, f, out(3, step(3)))
	if third.Message == first.Message || len(f.shown["1000"]) != 2 {
		t.Errorf("shown: %+v", f.shown["1000"])
	}
	// The message is gone from Telegram.
	press(t, f, 0, 0)
	f.refuse["editMessageText"] = "message can't be edited"
	if fourth := send(t, f, out(4, step(4))); fourth.Message == third.Message || len(f.shown["1000"]) != 3 {
		t.Errorf("shown: %+v", f.shown["1000"])
	}
	for range 3 { // in place twice, then the choice
		f.call(t, "editMessageText")
	}
	// What follows is no instruction: the pressed one shows its choice.
	f.mu.Lock()
	delete(f.refuse, "editMessageText")
	f.mu.Unlock()
	press(t, f, 0, 1)
	send(t, f, out(5, bot.Message{Text: "Shall I pass you to a person?", Choices: choices("Yes", "No")}))
	if c := f.call(t, "editMessageText"); !strings.HasSuffix(c.form["text"], "✓ I am stuck") {
		t.Errorf("edited to %v", c.form)
	}
}

// TestSame: an edit that changes nothing is as good as one that does.
func TestSame(t *testing.T) {
	f := alive(t)
	step := bot.Message{Text: "Wait.", Progress: &bot.Progress{Step: 1, Of: 2}, Choices: choices("Done")}
	first := send(t, f, out(1, step))
	press(t, f, 0, 0)
	if again := send(t, f, out(1, step)); again.Message != first.Message || len(f.shown["1000"]) != 1 {
		t.Errorf("shown: %+v", f.shown["1000"])
	}
}
