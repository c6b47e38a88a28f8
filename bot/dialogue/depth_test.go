package dialogue_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"latchkey/bot"
	"latchkey/bot/dialogue"
)

// TestDeepCalls: calls as deep as the checks let in, in the customer's topic
// and in every side question, do not end with a person for want of room. The
// oldest side question gives way, the topic never.
func TestDeepCalls(t *testing.T) {
	files := fstest.MapFS{"pack.yaml": {Data: []byte(randomPackYAML)}}
	topics := []string{"a", "b", "c", "d", "e"}
	for _, topic := range topics {
		for i := range 9 {
			first := fmt.Sprintf("call: %s%d, when: {solved: end}", topic, i+1)
			if i == 8 {
				first = `say: "Well?", choose: {"yes": {label: "Yes", go: end}, other: {label: "Other", go: end}}`
			}
			files[fmt.Sprintf("%s%d.yaml", topic, i)] = &fstest.MapFile{Data: fmt.Appendf(nil,
				"flow: %s%d\ntitle: Topic %s\ncategory: one\nstart: {phrases: [topic %s %d]}\nsteps:\n  first: {%s}\n  end: {done: solved}\n", topic, i, topic, topic, i, first)}
		}
	}
	p := loadPack(t, files)
	var s dialogue.State
	for i, topic := range topics {
		s, _ = step(t, p, s, bot.Event{Kind: bot.EventText, Text: "x", Reading: &bot.Reading{Verdict: bot.Sure,
			Candidates: []bot.Candidate{{Kind: bot.CandidateFlow, ID: topic + "0"}}}}, noon)
		want := 9 * min(i+1, 2)
		flow, at := s.Here()
		if s.Control != dialogue.ControlBot || len(s.Frames) != want || s.Frames[0].Flow != "a0" || flow != topic+"8" || at != "first" {
			t.Fatalf("after topic %s: %d flows are open, want %d; the conversation stands at %s/%s: %s", topic, len(s.Frames), want, flow, at, encode(t, s))
		}
	}
	for range 2 {
		s, _ = step(t, p, s, bot.Event{Kind: bot.EventText, Text: "yes"}, noon)
	}
	if s.Phase != dialogue.PhaseClosed {
		t.Errorf("the topic was not brought to its end: %s", encode(t, s))
	}
}
