package redact

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"latchkey/bot"
)

const canary = "Kx9$canary7"

// everything has the canary in each field that holds words.
func everything() bot.Inbound {
	said := "password: " + canary
	return bot.Inbound{
		Channel: "web", Key: "k1", Conversation: "web:1", Customer: "c1", Token: "t1", Name: said,
		Event: bot.Event{
			Kind: bot.EventText, Text: said, Message: "m1", Payload: said, Lang: "en",
			Attachments: []bot.Attachment{{Kind: "file", Name: said, Size: 7}, {Kind: "image", Name: "cat.png"}},
			Facts:       map[string]string{"channel": "web", "note": said},
			Operator:    &bot.OperatorEvent{Text: said, Name: said, Facts: map[string]string{"note": said}},
			Button:      &bot.Button{Flow: "reset", Step: "ask", At: 2, Nonce: 3, Choice: "yes"},
		},
	}
}

// TestInboundFields holds every field, whatever the kind of event: text, edit,
// caption, an opened chat, a press (S-02).
func TestInboundFields(t *testing.T) {
	for _, kind := range []bot.EventKind{bot.EventText, bot.EventEdited, bot.EventAttachment, bot.EventOpened, bot.EventButton, bot.EventOperator} {
		before := everything()
		before.Event.Kind = kind
		was, err := json.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		after := Inbound(before, "")
		got, err := json.Marshal(after)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(got), "canary") {
			t.Errorf("%s: the canary is still in %s", kind, got)
		}
		if now, err := json.Marshal(before); err != nil || string(now) != string(was) {
			t.Errorf("%s: the argument was changed: %s, %v", kind, now, err)
		}
		if !slices.Equal(after.Event.Removed, []string{"password"}) {
			t.Errorf("%s: removed %q", kind, after.Event.Removed)
		}
	}
}

func TestInboundKeepsTheRest(t *testing.T) {
	in := everything()
	got := Inbound(in, "both")
	if got.Channel != in.Channel || got.Key != in.Key || got.Conversation != in.Conversation || got.Customer != in.Customer || got.Token != in.Token ||
		got.Event.Message != in.Event.Message || got.Event.Lang != "en" || *got.Event.Button != *in.Event.Button || got.Event.Facts["channel"] != "web" ||
		got.Event.Attachments[1] != in.Event.Attachments[1] || got.Event.Attachments[0].Size != 7 {
		t.Errorf("got %+v", got)
	}
	empty := Inbound(bot.Inbound{Event: bot.Event{Kind: bot.EventText, Text: "hello"}}, "")
	if empty.Event.Text != "hello" || empty.Event.Removed != nil || empty.Event.Facts != nil || empty.Event.Attachments != nil || empty.Event.Operator != nil {
		t.Errorf("got %+v", empty)
	}
}

// TestInboundExpects: what is expected is what the text and the file names are
// held against, but no display name.
func TestInboundExpects(t *testing.T) {
	for _, c := range []struct {
		expects, text, want string
		removed             []string
	}{
		{"", "482913", "482913", nil},
		{"code", "482913", "[removed: code]", []string{"code"}},
		{"both", "482913", "[removed: code]", []string{"code"}},
		{"password", "482913", "482913", nil},
		{"password", "tiger_99x", "[removed: password]", []string{"password"}},
		{"both", "tiger_99x", "[removed: password]", []string{"password"}},
		{"code", "tiger_99x", "tiger_99x", nil},
	} {
		got := Inbound(bot.Inbound{Name: c.text, Event: bot.Event{Kind: bot.EventText, Text: c.text}}, c.expects)
		if got.Event.Text != c.want || !slices.Equal(got.Event.Removed, c.removed) || got.Name != c.text {
			t.Errorf("%q expected: %q became %q (%q), name %q", c.expects, c.text, got.Event.Text, got.Event.Removed, got.Name)
		}
	}
	// What was removed before is kept and told once.
	got := Inbound(bot.Inbound{Event: bot.Event{Text: "password: hunter2", Removed: []string{"password", "card"}}}, "")
	if !slices.Equal(got.Event.Removed, []string{"password", "card"}) {
		t.Errorf("removed %q", got.Event.Removed)
	}
}

func TestFileNames(t *testing.T) {
	for name, want := range map[string]string{
		"card_4111111111111111.png":    "card_[removed: card].png",
		"password_Tiger99x.txt":        "password_[removed: password].txt",
		"my password is Tiger_99x.txt": "my password is [removed: password]",
		"DE89370400440532013000.pdf":   "[removed: bank account].pdf",
		"IMG_20240512_103045.jpg":      "IMG_20240512_103045.jpg",
		"IMG_4829.jpg":                 "IMG_4829.jpg",
		"Screenshot 2024-05-12.png":    "Screenshot 2024-05-12.png",
		"order_8123456789012345.pdf":   "order_8123456789012345.pdf",
		"password_reset_email.png":     "password_reset_email.png",
	} {
		in := bot.Inbound{Event: bot.Event{Kind: bot.EventAttachment, Attachments: []bot.Attachment{{Name: name}}}}
		got := Inbound(in, "both")
		if n := got.Event.Attachments[0].Name; n != want || (len(got.Event.Removed) > 0) != (n != name) {
			t.Errorf("%q became %q (%q), want %q", name, n, got.Event.Removed, want)
		}
	}
}

// TestInboundCanaries sends the secrets of the corpus as a text, an edit and a
// caption with a file name, and looks for them in all of the event (S-02).
func TestInboundCanaries(t *testing.T) {
	for _, half := range []string{"tune", "held"} {
		var found, all int
		for _, s := range stored(t, half) {
			if _, left := s.left(); s.secret == "" || left {
				continue // what the detector does not know is counted by TestRecall
			}
			message, secret := markers.Replace(s.message), markers.Replace(s.secret)
			for _, kind := range []bot.EventKind{bot.EventText, bot.EventEdited, bot.EventAttachment} {
				in := bot.Inbound{Event: bot.Event{Kind: kind, Text: message, Attachments: []bot.Attachment{{Name: message}}}}
				got := Inbound(in, s.expects).Event
				all++
				for w := range strings.FieldsSeq(secret) {
					// Short words and those of phrases stand in ordinary text too.
					if len(w) >= 8 && (strings.Contains(got.Text, w) || strings.Contains(got.Attachments[0].Name, w)) && strings.Count(message, w) == 1 {
						found++
						t.Errorf("%s: %q is left in %+v", s.kind, w, got)
					}
				}
			}
		}
		t.Logf("%s: %d of %d events with a secret left", half, found, all)
	}
}
