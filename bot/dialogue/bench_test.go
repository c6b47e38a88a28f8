package dialogue_test

import (
	"encoding/json"
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/flows"
)

// benchTurns are the turns that customers take most, each with the way there.
var benchTurns = []struct {
	name string
	way  []string // texts, and "press:" a choice of the newest question
	turn string
	lang string
}{
	{"button at choose", []string{"I forgot my password"}, "press:site", ""},
	{"text at choose", []string{"I forgot my password"}, "in the browser", ""},
	{"done at guide", []string{"I forgot my password", "press:site", "press:done"}, "press:done", ""},
	{"stuck at guide", []string{"I forgot my password", "press:site", "press:done", "press:done"}, "i can't move it", ""},
	{"back", []string{"I forgot my password", "press:site", "press:done", "press:done"}, "back", ""},
	{"topic", nil, "I forgot my password", ""},
	{"side question", []string{"I forgot my password", "press:site"}, "I have no access to my mailbox", ""},
	{"miss", []string{"I forgot my password", "press:site"}, "gibberish", ""},
	{"menu", []string{"I forgot my password", "press:site"}, "menu", ""},
	{"hand-off", []string{"I forgot my password", "press:site", "press:done", "press:done", "press:stuck", "press:no"}, "press:no", ""},
	{"human", []string{"I forgot my password", "press:site", "press:done"}, "human", ""},
	{"russian", []string{"I forgot my password", "press:site", "press:done"}, "готово", "ru"},
}

func bundled(b testing.TB) *flows.Pack {
	b.Helper()
	p, problems := flows.Load(flows.Bundled(), flows.Options{})
	if p == nil {
		b.Skipf("the bundled pack does not load: %v", problems[0])
	}
	return p
}

// benchEvent makes the event of a turn, and benchWay plays the turns before.
func benchEvent(b testing.TB, turn, lang string, asked *bot.Message) bot.Event {
	b.Helper()
	facts := map[string]string{"channel": "telegram", "closed_access": "no"}
	if len(turn) < 6 || turn[:6] != "press:" {
		ev := bot.Event{Kind: bot.EventText, Text: turn, Message: "1234", Lang: lang, Facts: facts, Reading: &bot.Reading{Verdict: bot.None, Lang: lang}}
		switch turn {
		case "I forgot my password":
			ev.Reading = &bot.Reading{Verdict: bot.Sure, Candidates: []bot.Candidate{{Kind: bot.CandidateFlow, ID: "forgot-password", Score: 0.98}}}
		case "I have no access to my mailbox":
			ev.Reading = &bot.Reading{Verdict: bot.Sure, Candidates: []bot.Candidate{{Kind: bot.CandidateFlow, ID: "lost-mailbox", Score: 0.97}}}
		}
		return ev
	}
	for _, c := range asked.Choices {
		if c.Button.Choice == turn[6:] {
			return bot.Event{Kind: bot.EventButton, Button: &c.Button, Facts: facts}
		}
	}
	b.Fatalf("the question %s has no button %q", asked.Ref, turn[6:])
	return bot.Event{}
}

func benchWay(b testing.TB, p *flows.Pack, way []string, turn, lang string) (dialogue.State, bot.Event) {
	b.Helper()
	now := time.Date(2027, 1, 5, 10, 0, 0, 0, time.UTC)
	s, effects := dialogue.Step(p, dialogue.State{}, bot.Event{Kind: bot.EventOpened, Lang: "en"}, now)
	asked := &bot.Message{}
	for i := 0; ; i++ {
		for _, e := range effects {
			if e.Say != nil && len(e.Say.Choices) > 0 {
				asked = e.Say
			}
		}
		if i == len(way) {
			return s, benchEvent(b, turn, lang, asked)
		}
		now = now.Add(time.Minute)
		s, effects = dialogue.Step(p, s, benchEvent(b, way[i], lang, asked), now)
	}
}

func BenchmarkStep(b *testing.B) {
	p := bundled(b)
	now := time.Date(2027, 1, 5, 11, 0, 0, 0, time.UTC)
	for _, c := range benchTurns {
		b.Run(c.name, func(b *testing.B) {
			s, ev := benchWay(b, p, c.way, c.turn, c.lang)
			b.ReportAllocs()
			for b.Loop() {
				dialogue.Step(p, s, ev, now)
			}
		})
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	s, _ := benchWay(b, bundled(b), benchTurns[9].way, benchTurns[9].turn, "")
	b.ReportAllocs()
	data := encode(b, s)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		data, err := json.Marshal(s)
		if err != nil {
			b.Fatal(err)
		}
		var again dialogue.State
		if err := json.Unmarshal(data, &again); err != nil {
			b.Fatal(err)
		}
	}
}
