package dialogue_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/flows"
)

var noon = time.Date(2027, 1, 5, 12, 0, 0, 0, time.UTC)

// greedyPack asks for more than a state may keep: 60 typed answers and 30
// guides with long words, in flows that can be open at the same time.
func greedyPack(t testing.TB) *flows.Pack {
	t.Helper()
	files := fstest.MapFS{"pack.yaml": {Data: []byte(randomPackYAML)}}
	long := strings.Repeat("&", 400)
	for f := range 6 {
		var b strings.Builder
		fmt.Fprintf(&b, "flow: f%d\ntitle: Flow %d\ncategory: one\nstart: {phrases: [phrase number %d]}\nsteps:\n", f, f, f)
		for i := range 10 {
			next := fmt.Sprintf("guide_%d", i)
			if i >= 5 {
				next = fmt.Sprintf("answer_%d", (i+1)%10)
			}
			fmt.Fprintf(&b, "  answer_%d: {ask: text, say: Well?, retry: {times: 0, go: person}, next: %s}\n", i, next)
			if i < 5 {
				fmt.Fprintf(&b, "  guide_%d: {guide: [{say: %q}], stuck: answer_%d, then: person}\n", i, long, i+1)
			}
		}
		b.WriteString("  person: {human: night, reason: tested, say: A person.}\n")
		files[fmt.Sprintf("f%d.yaml", f)] = &fstest.MapFile{Data: []byte(b.String())}
	}
	return loadPack(t, files)
}

// TestStateIsBounded lets a customer do everything to make the state grow, for
// 10,000 turns.
func TestStateIsBounded(t *testing.T) {
	p := greedyPack(t)
	r := rand.New(rand.NewPCG(1, 2))
	var s dialogue.State
	letters := []string{"<", "\x01", "я", "\xff", "😀", "\u2028"}
	largest := [2]int{}
	const turns = 10_000
	for i := range turns {
		text := strings.Repeat(letters[r.IntN(len(letters))], []int{5, 400, 1999, 1999, 1999, 1999, 1999, 1999, 1999, 1999, 1999, 1999, 1999, 1999, 1999, 64 << 10}[r.IntN(16)]) + "x"
		ev := bot.Event{Kind: bot.EventText, Text: text, Message: bot.MessageID(text)}
		switch r.IntN(8) {
		case 0:
			flow := fmt.Sprintf("f%d", r.IntN(6))
			ev.Reading = &bot.Reading{Verdict: bot.Sure, Candidates: []bot.Candidate{{Kind: bot.CandidateFlow, ID: flow}}}
			ev.Text = "phrase"
		case 1, 2, 3:
			ev.Text = "it does not work"
		case 4:
			ev.Facts = map[string]string{text: text, fmt.Sprint(r.IntN(100)): text}
		}
		if s.Control != dialogue.ControlBot {
			ev = bot.Event{Kind: bot.EventOperator, Operator: &bot.OperatorEvent{Kind: bot.OperatorHandedBack,
				Flow: fmt.Sprintf("f%d", r.IntN(6)), Step: fmt.Sprintf("answer_%d", r.IntN(10)), Text: text,
				Done: []string{text, "f1/guide_1"}, Facts: map[string]string{text: text}}}
		}
		next, effects := dialogue.Step(p, s, ev, noon.Add(time.Duration(i)*time.Second))
		if i%200 == 0 {
			step(t, p, s, ev, noon.Add(time.Duration(i)*time.Second))
		}
		if len(effects) > maxEffects {
			t.Fatalf("turn %d has %d effects", i, len(effects))
		}
		s = next
		if len(s.Frames) > 20 || len(s.Back) > 10 || len(s.Answers) > 40 || len(s.Facts) > 20 || len(s.Attempts) > 20 || len(s.Last) > 3 || len(s.Done) > 20 {
			t.Fatalf("after turn %d a part of the state is too long: %.3000s", i, encode(t, s))
		}
		if i%10 != 0 {
			continue
		}
		n := len(encode(t, s))
		if n > dialogue.MaxStateBytes {
			t.Fatalf("after turn %d the state has %d bytes", i, n)
		}
		half := i / (turns / 2)
		largest[half] = max(largest[half], n)
	}
	t.Logf("largest state: %d bytes in the first half, %d in the second", largest[0], largest[1])
	if largest[0] < dialogue.MaxStateBytes*9/10 {
		t.Errorf("the test is too tame: the state never had more than %d bytes", largest[0])
	}
}

// TestLengthDoesNotMatter repeats a conversation for more than 10,000 turns:
// but for the digits of its counters the state stays as large as it was.
func TestLengthDoesNotMatter(t *testing.T) {
	p := readPack(t, "shop")
	var s dialogue.State
	now := noon
	say := func(text, flow string) {
		r := &bot.Reading{Verdict: bot.None}
		if flow != "" {
			r = &bot.Reading{Verdict: bot.Sure, Candidates: []bot.Candidate{{Kind: bot.CandidateFlow, ID: flow}}}
		}
		now = now.Add(time.Second)
		s, _ = dialogue.Step(p, s, bot.Event{Kind: bot.EventText, Text: text, Message: "m1", Reading: r}, now)
	}
	round := func() {
		say("i forgot my password", "forgot")
		say("on the website", "")
		say("done", "")
		say("i need a bill", "invoice")
		say("gibberish", "")
		say("3", "")
		say("stuck", "")
		say("it moves", "")
		say("back", "")
		say("menu", "")
		say("cancel", "")
	}
	for range 20 {
		round()
	}
	early := len(encode(t, s))
	for range 1000 {
		round()
	}
	if late := len(encode(t, s)); late > early+10 {
		t.Errorf("the state has grown from %d to %d bytes", early, late)
	}
}

func TestJSONLen(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.String().Draw(rt, "text") + rapid.SampledFrom([]string{"", "<&>\"\\\x00\n\t\x1f", "\u2028\u2029", "Ω😀\x7f"}).Draw(rt, "hard")
		if got, want := dialogue.JSONLen(s), len(encode(rt, s))-2; got < want || got > want+8*len(s) {
			rt.Fatalf("%q takes %d bytes, not %d", s, want, got)
		}
	})
}
