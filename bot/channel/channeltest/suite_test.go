package channeltest_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/bot/channel"
	"latchkey/bot/channel/channeltest"
)

// scripted is the scripted platform as a Rig: the suite holds it, too, to the
// contract that the pump's tests lean on.
type scripted struct {
	p *channeltest.Platform

	mu     sync.Mutex
	queue  chan bot.Inbound
	sent   int
	fail   channeltest.Reply
	fails  int
	tokens map[int][]string
}

func newScripted(t *testing.T) channeltest.Rig {
	s := &scripted{queue: make(chan bot.Inbound, 100), tokens: map[int][]string{}}
	s.p = channeltest.New(channel.Limits{}, func(bot.Outgoing, int) channeltest.Reply {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.fails > 0 {
			s.fails--
			return s.fail
		}
		return channeltest.OK
	})
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case in := <-s.queue:
				_ = s.p.Deliver(ctx, in) // ends with the test
			case <-ctx.Done():
				return
			}
		}
	})
	t.Cleanup(func() { stop(); wg.Wait() })
	return s
}

func (s *scripted) Channel() channel.Channel { return s.p }

func id(customer int) bot.ConversationID {
	return bot.ConversationID(fmt.Sprintf("fake:%d", customer))
}

func (s *scripted) deliver(customer int, in bot.Inbound) {
	s.mu.Lock()
	s.sent++
	in.Key = fmt.Sprint("k", s.sent)
	s.mu.Unlock()
	in.Conversation, in.Customer = id(customer), bot.CustomerID(fmt.Sprint("c", customer))
	in.Event.Message = bot.MessageID(in.Key)
	s.queue <- in
}

func (s *scripted) Write(customer int, text string) {
	s.deliver(customer, bot.Inbound{Event: bot.Event{Kind: bot.EventText, Text: text}})
}

func (s *scripted) Redeliver() {} // Deliver does it by itself

func (s *scripted) Press(customer, choice int) {
	seen := s.p.Seen(id(customer))
	s.deliver(customer, bot.Inbound{Event: bot.Event{Kind: bot.EventButton}, Token: seen[len(seen)-1].Out.Tokens[choice]})
}

func (s *scripted) Shown(customer int) []string {
	var out []string
	for _, m := range s.p.Seen(id(customer)) {
		out = append(out, m.Out.Message.Text)
	}
	return out
}

func (s *scripted) Fail(f channeltest.Fault, n int) bool {
	replies := map[channeltest.Fault]channeltest.Reply{
		channeltest.FaultTooFast: channeltest.TooFast(time.Second, false), channeltest.FaultServer: channeltest.ServerError,
		channeltest.FaultReset: channeltest.Reset, channeltest.FaultGone: channeltest.Blocked,
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail, s.fails = replies[f], n
	return true
}

func TestScriptedPlatform(t *testing.T) { channeltest.Run(t, newScripted) }
