package dialogue_test

import (
	"reflect"
	"strings"
	"testing"

	"latchkey/bot"
	"latchkey/bot/dialogue"
)

// TestTypedAnswers holds what customers type against what is kept of it; ""
// is what does not fit.
func TestTypedAnswers(t *testing.T) {
	p := readPack(t, "shop")
	for _, c := range []struct{ place, text, want string }{
		{"survey/name", "  Anna ", "Anna"},
		{"survey/name", "!!", ""},
		{"survey/name", strings.Repeat("я", 600), strings.Repeat("я", 500)},
		{"survey/name", "a\xffb", "a\uFFFDb"},
		{"account/mail", "anna@shop.example", "anna@shop.example"},
		{"account/mail", "It is Anna.Smith+x@mail.shop.example, I think.", "Anna.Smith+x@mail.shop.example"},
		{"account/mail", "(<anna@shop.example>)", "anna@shop.example"},
		{"account/mail", "anna@shop", ""},
		{"account/mail", "anna@", ""},
		{"account/mail", "@shop.example", ""},
		{"account/mail", "a@b@shop.example", ""},
		{"account/mail", "anna at shop.example", ""},
		{"account/mail", strings.Repeat("a", 250) + "@shop.example", ""},
		{"survey/phone", "+34 600-123.456", "+34600123456"},
		{"survey/phone", "(0034) 600123456", "0034600123456"},
		{"survey/phone", "123456", ""},
		{"survey/phone", "1234567", "1234567"},
		{"survey/phone", "+123456789012345", "+123456789012345"},
		{"survey/phone", "+1234567890123456", ""},
		{"survey/phone", "34+600123456", ""},
		{"survey/phone", "call 600123456", ""},
		{"survey/born", "2027-1-5", "2027-01-05"},
		{"survey/born", "5.1.2027", "2027-01-05"},
		{"survey/born", " 05/01/2027 ", "2027-01-05"},
		{"survey/born", "31.02.2027", ""},
		{"survey/born", "1.1.0001", ""},
		{"survey/happy", "Yep", "yes"},
		{"survey/happy", "нет", "no"},
		{"survey/happy", "sí", "yes"},
		{"survey/happy", "2", "no"},
		{"survey/happy", "3", ""},
		{"survey/code", " 123 ", "123"},
		{"survey/code", "1234", ""},
		{"invoice/month", "1 000,50", "1000.5"},
		{"invoice/month", "-7", "-7"},
		{"invoice/month", "NaN", ""},
		{"invoice/month", "1e300", ""},
		{"invoice/month", "-1e300", ""},
		{"survey/paper", "a picture", ""},
	} {
		flow, id, _ := strings.Cut(c.place, "/")
		s, _ := dialogue.StartAt(p, dialogue.State{}, flow, id, noon)
		s, _ = step(t, p, s, bot.Event{Kind: bot.EventText, Text: c.text}, noon)
		got := ""
		for _, a := range s.Answers {
			got = a.Value
		}
		if got != c.want {
			t.Errorf("%s: %q is kept as %q, want %q", c.place, c.text, got, c.want)
		}
	}
}

// TestMasking looks at the packet for what an operator must not read.
func TestMasking(t *testing.T) {
	p := readPack(t, "shop")
	for _, c := range []struct{ place, said, want string }{
		{"account/mail", "anna@shop.example", "a***@s***.example"},
		{"account/mail", "it is Я@почта.example", "Я***@п***.example"},
		{"survey/phone", "+34600123456", "**********56"},
		{"survey/phone", "1234567", "*****67"},
		{"survey/name", "Anna Smith", "***"},
	} {
		flow, id, _ := strings.Cut(c.place, "/")
		s, _ := dialogue.StartAt(p, dialogue.State{}, flow, id, noon)
		s, _ = step(t, p, s, bot.Event{Kind: bot.EventText, Text: c.said}, noon)
		_, effects := step(t, p, s, bot.Event{Kind: bot.EventText, Text: "human"}, noon)
		packet := effects[len(effects)-1].HandOff
		for _, e := range effects {
			if e.HandOff != nil {
				packet = e.HandOff
			}
		}
		want := []bot.Fact{{Name: packet.Facts[0].Name, Value: c.want, Masked: true}}
		if !reflect.DeepEqual(packet.Facts, want) {
			t.Errorf("%s: the operator gets %v, want %v", c.place, packet.Facts, want)
		}
		if strings.Contains(string(encode(t, packet)), c.said) {
			t.Errorf("%s: %q stands in the packet: %s", c.place, c.said, encode(t, packet))
		}
	}
}

// TestAddressesAreMaskedInMessages: an address is no secret, and still not for
// every operator's eyes.
func TestAddressesAreMaskedInMessages(t *testing.T) {
	p := readPack(t, "shop")
	s, _ := step(t, p, dialogue.State{}, bot.Event{Kind: bot.EventText, Text: "I am anna@shop.example, or bob@shop.example. Help! @all"}, noon)
	if want := []string{"I am a***@s***.example, or b***@s***.example. Help! @all"}; !reflect.DeepEqual(s.Last, want) {
		t.Errorf("got %q", s.Last)
	}
}

func TestJoin(t *testing.T) {
	text := func(s string) bot.Event { return bot.Event{Kind: bot.EventText, Text: s} }
	first := bot.Event{Kind: bot.EventText, Text: "I forgot", Message: "1", Reading: &bot.Reading{Verdict: bot.None},
		Removed: []string{"code"}, Facts: map[string]string{"channel": "web", "plan": "old"}}
	second := bot.Event{Kind: bot.EventText, Text: "my password", Message: "2", Lang: "en",
		Removed: []string{"password"}, Facts: map[string]string{"plan": "gold"}}
	photo := bot.Event{Kind: bot.EventAttachment, Message: "3", Attachments: []bot.Attachment{{Kind: "image"}}}
	for _, c := range []struct {
		name string
		evs  []bot.Event
		want bot.Event
	}{
		{"nothing", nil, bot.Event{}},
		{"one stays as it is", []bot.Event{first}, first},
		{"two", []bot.Event{first, second}, bot.Event{Kind: bot.EventText, Text: "I forgot\nmy password", Message: "2", Lang: "en",
			Removed: []string{"code", "password"}, Facts: map[string]string{"channel": "web", "plan": "gold"}}},
		{"a file in between", []bot.Event{text("look"), photo, text("at this")},
			bot.Event{Kind: bot.EventAttachment, Text: "look\nat this", Attachments: photo.Attachments}},
		{"a file at the end", []bot.Event{text("look"), photo},
			bot.Event{Kind: bot.EventAttachment, Text: "look", Message: "3", Attachments: photo.Attachments}},
	} {
		if got := dialogue.Join(c.evs); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %s, want %s", c.name, encode(t, got), encode(t, c.want))
		}
	}
	if len(first.Removed) != 1 || len(first.Facts) != 2 || first.Facts["plan"] != "old" {
		t.Error("Join has changed what it was given")
	}
}
