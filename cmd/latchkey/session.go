package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"latchkey/bot"
	"latchkey/bot/channel/terminal"
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
	timer   *bot.Timer // the alarm that is set, or nil
}

var _ terminal.Partner = (*session)(nil)

// Type is what the customer typed.
func (s *session) Type(ctx context.Context, text string) ([]terminal.Shown, error) {
	expects := dialogue.Expects(s.pack, s.state)
	clean, kinds := redact.Text(text, redact.Context{ExpectCode: expects == "code", ExpectPassword: expects == "password"})
	reading, err := s.matcher.Match(ctx, clean, dialogue.Scope(s.pack, s.state))
	if err != nil {
		return nil, fmt.Errorf("read the message: %w", err)
	}
	ev := bot.Event{Kind: bot.EventText, Text: clean, Reading: &reading}
	for _, k := range kinds {
		ev.Removed = append(ev.Removed, string(k))
	}
	return s.shown(s.apply(ev))
}

// Press is the choice that the customer took.
func (s *session) Press(_ context.Context, c bot.Choice) ([]terminal.Shown, error) {
	return s.shown(s.apply(bot.Event{Kind: bot.EventButton, Button: &c.Button}))
}

// Tick rings the alarm when it is due.
func (s *session) Tick(context.Context) ([]terminal.Shown, error) {
	if s.timer == nil || s.now().Before(s.timer.At) {
		return nil, nil
	}
	t := *s.timer
	s.timer = nil
	return s.shown(s.apply(bot.Event{Kind: bot.EventTimer, Timer: &t}))
}

func (s *session) startAt(flow, step string) []bot.Effect {
	var effects []bot.Effect
	s.state, effects = dialogue.StartAt(s.pack, s.state, flow, step, s.now())
	return s.carryOut(effects)
}

// apply feeds one event to the engine.
func (s *session) apply(ev bot.Event) []bot.Effect {
	var effects []bot.Effect
	s.state, effects = dialogue.Step(s.pack, s.state, ev, s.now())
	return s.carryOut(effects)
}

// carryOut does what the engine asked for. Actions have no server behind them
// in the terminal, so they fail, as the customer of a broken server would see.
func (s *session) carryOut(effects []bot.Effect) []bot.Effect {
	all := effects
	for _, e := range effects {
		switch e.Kind {
		case bot.EffectArm:
			s.timer = e.Timer
		case bot.EffectDisarm:
			s.timer = nil
		case bot.EffectAction:
			all = append(all, s.apply(bot.Event{Kind: bot.EventAction,
				Action: &bot.ActionResult{Name: e.Action.Name, Nonce: e.Action.Nonce, Outcome: "failed"}})...)
		}
	}
	return all
}

// shown turns effects into what a terminal shows; a hand-off shows the packet
// as an operator would get it.
func (s *session) shown(effects []bot.Effect) ([]terminal.Shown, error) {
	var out []terminal.Shown
	for _, e := range effects {
		switch e.Kind {
		case bot.EffectSay:
			out = append(out, terminal.Shown{Message: e.Say})
		case bot.EffectHandOff:
			packet, err := packetText(e.HandOff)
			if err != nil {
				return nil, err
			}
			out = append(out, terminal.Shown{Notice: fmt.Sprintf("--- handed to the operator queue %q with this packet ---\n%s", e.HandOff.Queue, packet)})
		case bot.EffectClose:
			out = append(out, terminal.Shown{Notice: fmt.Sprintf("--- conversation closed: %s ---", e.Close.Outcome)})
		}
	}
	return out, nil
}

// packetText is the hand-over packet as an operator would get it.
func packetText(p *bot.Packet) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(p); err != nil {
		return "", fmt.Errorf("write the packet: %w", err)
	}
	return strings.TrimSpace(b.String()), nil
}
