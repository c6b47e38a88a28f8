package main

import (
	"context"
	"encoding/json"
	"time"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/bot/redact"
	"latchkey/flows"
	"latchkey/knowledge"
)

// session is one conversation held in memory, for `latchkey chat`. It keeps
// the order of the real runtime: secrets are removed, the text is read, then
// the engine takes its step.
type session struct {
	pack    *flows.Pack
	matcher knowledge.Matcher
	state   dialogue.State
	now     func() time.Time
	// timer is the alarm that is set, or nil.
	timer *bot.Timer
	last  *bot.Message // the newest message with choices, for numbers
}

// text is what the customer typed.
func (s *session) text(ctx context.Context, text string) ([]bot.Effect, error) {
	expects := dialogue.Expects(s.pack, s.state)
	clean, kinds := redact.Text(text, redact.Context{ExpectCode: expects == "code", ExpectPassword: expects == "password"})
	reading, err := s.matcher.Match(ctx, clean, dialogue.Scope(s.pack, s.state))
	if err != nil {
		return nil, err
	}
	ev := bot.Event{Kind: bot.EventText, Text: clean, Reading: &reading}
	for _, k := range kinds {
		ev.Removed = append(ev.Removed, string(k))
	}
	return s.apply(ev), nil
}

// apply feeds one event to the engine. Actions have no server behind them in
// the terminal, so they fail, as the customer of a broken server would see.
func (s *session) apply(ev bot.Event) []bot.Effect {
	var effects []bot.Effect
	s.state, effects = dialogue.Step(s.pack, s.state, ev, s.now())
	all := effects
	for _, e := range effects {
		switch e.Kind {
		case bot.EffectArm:
			s.timer = e.Timer
		case bot.EffectDisarm:
			s.timer = nil
		case bot.EffectSay:
			s.last = e.Say
		case bot.EffectAction:
			all = append(all, s.apply(bot.Event{Kind: bot.EventAction,
				Action: &bot.ActionResult{Name: e.Action.Name, Nonce: e.Action.Nonce, Outcome: "failed"}})...)
		}
	}
	return all
}

// due is the timer event when the alarm has rung.
func (s *session) due() (bot.Event, bool) {
	if s.timer == nil || s.now().Before(s.timer.At) {
		return bot.Event{}, false
	}
	t := *s.timer
	s.timer = nil
	return bot.Event{Kind: bot.EventTimer, Timer: &t}, true
}

// packetText is the hand-over packet as an operator would get it.
func packetText(p *bot.Packet) (string, error) {
	b, err := json.MarshalIndent(p, "", "  ")
	return string(b), err
}
