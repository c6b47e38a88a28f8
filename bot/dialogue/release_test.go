package dialogue_test

import (
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/bot/dialogue"
)

// TestRests: a conversation keeps its pack release until it ends or is idle
// for 24 hours.
func TestRests(t *testing.T) {
	p := readPack(t, "shop")
	open, _ := dialogue.StartAt(p, dialogue.State{}, "forgot", "where", noon)
	menu, _ := step(t, p, dialogue.State{}, bot.Event{Kind: bot.EventText, Text: "menu"}, noon)
	ended, _ := step(t, p, open, bot.Event{Kind: bot.EventText, Text: "cancel"}, noon)
	for _, c := range []struct {
		name  string
		s     dialogue.State
		quiet time.Duration
		want  bool
	}{
		{"new", dialogue.State{}, 0, true},
		{"a flow is open", open, 24*time.Hour - time.Second, false},
		{"a flow is open, for long", open, 24 * time.Hour, true},
		{"the menu is open", menu, time.Hour, false},
		{"ended", ended, 0, true},
	} {
		if got := dialogue.Rests(c.s, c.quiet); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

// TestMovesNow: a running conversation goes over at once when only words have
// changed in its flows, or when one of them was recalled.
func TestMovesNow(t *testing.T) {
	old := readPack(t, "shop")
	forgot, _ := dialogue.StartAt(old, dialogue.State{}, "forgot", "where", noon)
	side, _ := step(t, old, forgot, bot.Event{Kind: bot.EventText, Text: "x", Reading: &bot.Reading{Verdict: bot.Sure,
		Candidates: []bot.Candidate{{Kind: bot.CandidateFlow, ID: "refund"}}}}, noon)
	refund, _ := dialogue.StartAt(old, dialogue.State{}, "refund", "why", noon)
	for _, c := range []struct {
		name, pack string
		s          dialogue.State
		want       bool
	}{
		{"the same", "shop", forgot, true},
		{"other words", "shop words", forgot, true},
		{"other answers", "shop answers", forgot, false},
		{"other answers, recalled", "shop recall", forgot, true},
		{"another flow has other answers", "shop answers", refund, true},
		{"the flow below has other answers", "shop answers", side, false},
		{"the flow below was recalled", "shop recall", side, true},
		{"the flow is gone", "shop gone -forgot", forgot, false},
		{"nothing is open", "shop answers", dialogue.State{}, true},
	} {
		if got := dialogue.MovesNow(readPack(t, c.pack), old, c.s); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}
