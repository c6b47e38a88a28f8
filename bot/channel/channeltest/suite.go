package channeltest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/bot/channel"
)

// Fault is how a platform answers the next calls that send a message.
type Fault string

// The faults that a Rig can be asked for.
const (
	FaultTooFast Fault = "too fast" // HTTP 429 with a time to wait
	FaultServer  Fault = "server"   // HTTP 5xx
	FaultReset   Fault = "reset"    // taken, then the connection is lost
	FaultGone    Fault = "gone"     // the customer blocked the bot, the channel is archived
)

// Rig is an adapter with the platform that it talks to, fake or real. The
// suite counts customers from 0; each has one conversation with the bot.
type Rig interface {
	Channel() channel.Channel
	// Write lets a customer write a text; the platform delivers it by itself.
	Write(customer int, text string)
	// Redeliver lets the time pass after which the platform delivers again what
	// was not acknowledged.
	Redeliver()
	// Press lets a customer press a choice of the newest message that has any.
	Press(customer, choice int)
	// Shown are the words that a customer sees, oldest first.
	Shown(customer int) []string
	// Fail answers the next n calls that send a message with a fault. It
	// returns false when the platform knows no such fault.
	Fail(f Fault, n int) bool
}

// patience bounds every wait of the suite. Nothing should come near it.
const patience = 30 * time.Second

// Run is the suite that every adapter passes: the promises of package channel
// that can be seen from outside. newRig makes a fresh adapter and platform.
func Run(t *testing.T, newRig func(t *testing.T) Rig) {
	tests := []struct {
		name string
		fn   func(*testing.T, *bench)
	}{
		{"Inbound", testInbound},
		{"Refused", testRefused},
		{"Order", testOrder},
		{"Send", testSend},
		{"LongText", testLongText},
		{"Press", testPress},
		{"Faults", testFaults},
		{"AtOnce", testAtOnce},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			b := newBench(t, newRig(t))
			tc.fn(t, b)
			b.stop(t)
		})
	}
}

// bench runs the adapter and keeps what it accepts.
type bench struct {
	Rig
	end  context.CancelFunc
	done chan error

	mu      sync.Mutex
	refuse  int // how many deliveries to refuse
	refused []string
	got     []bot.Inbound
	seen    map[string]bool
	next    int64
	changed chan struct{}
}

func newBench(t *testing.T, r Rig) *bench {
	ctx, end := context.WithCancel(context.WithoutCancel(t.Context()))
	b := &bench{Rig: r, end: end, done: make(chan error, 1), seen: map[string]bool{}, changed: make(chan struct{}, 1)}
	go func() { b.done <- r.Channel().Run(ctx, b.accept) }()
	t.Cleanup(end)
	return b
}

func (b *bench) accept(_ context.Context, in bot.Inbound) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() {
		select {
		case b.changed <- struct{}{}:
		default:
		}
	}()
	if b.refuse > 0 {
		b.refuse--
		b.refused = append(b.refused, in.Key)
		return errors.New("the store is not there")
	}
	if !b.seen[in.Key] {
		b.seen[in.Key] = true
		b.got = append(b.got, in)
	}
	return nil
}

// events are the accepted events of a kind, once there are n of them.
func (b *bench) events(t *testing.T, kind bot.EventKind, n int) []bot.Inbound {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		b.mu.Lock()
		var out []bot.Inbound
		for _, in := range b.got {
			if in.Event.Kind == kind {
				out = append(out, in)
			}
		}
		b.mu.Unlock()
		if len(out) >= n {
			return out
		}
		select {
		case <-b.changed:
		case <-deadline.C:
			t.Fatalf("%d events of kind %s, want %d", len(out), kind, n)
		}
	}
}

// stop ends the adapter, which must return nil, soon.
func (b *bench) stop(t *testing.T) {
	t.Helper()
	b.end()
	select {
	case err := <-b.done:
		if err != nil {
			t.Errorf("Run ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatal("Run does not end")
	}
}

// conversation introduces a customer and returns the conversation.
func (b *bench) conversation(t *testing.T, customer int) bot.Inbound {
	t.Helper()
	b.mu.Lock()
	before := 0
	for _, in := range b.got {
		if in.Event.Kind == bot.EventText {
			before++
		}
	}
	b.mu.Unlock()
	b.Write(customer, "hello")
	return b.events(t, bot.EventText, before+1)[before]
}

// out is the next message to a conversation.
func (b *bench) out(in bot.Inbound, m bot.Message) bot.Outgoing {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next++
	o := bot.Outgoing{ID: b.next, Channel: in.Channel, Conversation: in.Conversation, Customer: in.Customer, Message: m}
	for i := range m.Choices {
		o.Tokens = append(o.Tokens, fmt.Sprintf("dG9rZW4gb2YgMTI4IGJpd%02d.%d", b.next, i))
	}
	return o
}

func (b *bench) send(t *testing.T, o bot.Outgoing) (bot.Receipt, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return b.Channel().Send(ctx, o)
}

// testInbound: a text comes as it was written, and every customer has a
// conversation of their own that stays the same.
func testInbound(t *testing.T, b *bench) {
	first := b.conversation(t, 0)
	b.Write(0, "мой код <не> пришёл & 3 > 2")
	second := b.events(t, bot.EventText, 2)[1]
	if second.Event.Text != "мой код <не> пришёл & 3 > 2" {
		t.Errorf("text %q", second.Event.Text)
	}
	other := b.conversation(t, 1)
	for _, in := range []bot.Inbound{first, second, other} {
		if in.Channel != b.Channel().Name() || !strings.HasPrefix(string(in.Conversation), in.Channel+":") || in.Customer == "" || in.Key == "" || in.Event.Message == "" {
			t.Errorf("incomplete: %+v", in)
		}
	}
	if first.Conversation != second.Conversation || first.Customer != second.Customer || first.Key == second.Key {
		t.Errorf("one customer, twice: %+v, %+v", first, second)
	}
	if other.Conversation == first.Conversation || other.Customer == first.Customer {
		t.Errorf("two customers in one conversation: %+v", other)
	}
}

// testRefused: what was not taken over is delivered again, as the same event.
func testRefused(t *testing.T, b *bench) {
	b.conversation(t, 0)
	b.mu.Lock()
	b.refuse = 1
	b.mu.Unlock()
	b.Write(0, "is this kept")
	deadline := time.Now().Add(patience)
	for {
		b.mu.Lock()
		refused := len(b.refused)
		b.mu.Unlock()
		if refused == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the delivery never came")
		}
		select {
		case <-b.changed:
		case <-time.After(100 * time.Millisecond):
		}
	}
	b.Redeliver()
	in := b.events(t, bot.EventText, 2)[1]
	if in.Event.Text != "is this kept" || in.Key != b.refused[0] {
		t.Errorf("delivered again as %+v, first as %s", in, b.refused[0])
	}
}

// testOrder: a customer's messages arrive in the order of writing.
func testOrder(t *testing.T, b *bench) {
	b.conversation(t, 0)
	const n = 30
	for i := range n {
		b.Write(0, fmt.Sprintf("message %d", i))
	}
	for i, in := range b.events(t, bot.EventText, n+1)[1:] {
		if want := fmt.Sprintf("message %d", i); in.Event.Text != want {
			t.Fatalf("at place %d: %q", i, in.Event.Text)
		}
	}
}

// testSend: messages are shown in order, with a receipt each, and markup of
// the platform in a customer's or editor's words is shown, not obeyed.
func testSend(t *testing.T, b *bench) {
	in := b.conversation(t, 0)
	ids := map[bot.MessageID]bool{}
	words := []string{"First.", "Second, with **bold** and [a link](https://example.com/).", bot.Escape("3 < 4 & <b>not bold</b> *nor this*")}
	for _, w := range words {
		r, err := b.send(t, b.out(in, bot.Message{Text: w, Lang: "en"}))
		if err != nil {
			t.Fatalf("send %q: %v", w, err)
		}
		if r.Message == "" || ids[r.Message] || r.At.IsZero() {
			t.Errorf("receipt %+v", r)
		}
		ids[r.Message] = true
	}
	shown := b.Shown(0)
	if len(shown) != len(words) {
		t.Fatalf("shown: %q", shown)
	}
	for i, part := range []string{"First.", "bold", "not bold"} {
		if !strings.Contains(shown[i], part) {
			t.Errorf("message %d shown as %q", i, shown[i])
		}
	}
	if got := b.Shown(1); len(got) != 0 {
		t.Errorf("somebody else sees %q", got)
	}
}

// testLongText: nothing of a text that is longer than the platform takes at
// once is lost, and its parts come in order.
func testLongText(t *testing.T, b *bench) {
	in := b.conversation(t, 0)
	var text strings.Builder
	const n = 400
	for i := range n {
		fmt.Fprintf(&text, "Paragraph %04d stands here and says something. 🔑 Ещё слова.\n\n", i)
	}
	if _, err := b.send(t, b.out(in, bot.Message{Text: text.String(), Lang: "en"})); err != nil {
		t.Fatal(err)
	}
	all, at := strings.Join(b.Shown(0), "\n"), 0
	for i := range n {
		p := strings.Index(all[at:], fmt.Sprintf("Paragraph %04d", i))
		if p < 0 {
			t.Fatalf("paragraph %d is missing or out of order", i)
		}
		at += p
	}
}

// testPress: a pressed choice comes back as its own token, once for one press.
func testPress(t *testing.T, b *bench) {
	in := b.conversation(t, 0)
	m := bot.Message{Text: "Which?", Lang: "en", Choices: []bot.Choice{{Label: "One"}, {Label: "Two"}, {Label: "A person", Minor: true}}}
	o := b.out(in, m)
	if _, err := b.send(t, o); err != nil {
		t.Fatal(err)
	}
	b.Press(0, 1)
	got := b.events(t, bot.EventButton, 1)[0]
	if got.Token != o.Tokens[1] || got.Conversation != in.Conversation || got.Customer != in.Customer {
		t.Errorf("pressed: %+v, want token %s", got, o.Tokens[1])
	}
}

// testFaults: each answer of the platform becomes the error that says what to
// do, and the message can be sent afterwards.
func testFaults(t *testing.T, b *bench) {
	in := b.conversation(t, 0)
	for _, tc := range []struct {
		fault Fault
		ok    func(error) bool
	}{
		{FaultTooFast, func(err error) bool { e, ok := errors.AsType[*bot.RetryError](err); return ok && e.After > 0 }},
		{FaultServer, func(err error) bool { return !final(err) }},
		{FaultReset, func(err error) bool { _, ok := errors.AsType[*bot.UncertainError](err); return ok }},
		{FaultGone, func(err error) bool { _, ok := errors.AsType[*bot.GoneError](err); return ok }},
	} {
		t.Run(string(tc.fault), func(t *testing.T) {
			if !b.Fail(tc.fault, 1) {
				t.Skip("this platform knows no such fault")
			}
			o := b.out(in, bot.Message{Text: "About " + string(tc.fault), Lang: "en"})
			if _, err := b.send(t, o); err == nil || !tc.ok(err) {
				t.Fatalf("the adapter says %v", err)
			}
			o.MayRepeat = tc.fault == FaultReset
			if _, err := b.send(t, o); err != nil {
				t.Errorf("the next try: %v", err)
			}
		})
	}
}

// final tells whether an error says that trying again is useless.
func final(err error) bool {
	_, gone := errors.AsType[*bot.GoneError](err)
	_, invalid := errors.AsType[*bot.InvalidError](err)
	return gone || invalid
}

// testAtOnce: messages to many conversations at the same time reach each its own.
func testAtOnce(t *testing.T, b *bench) {
	const n = 10
	var ins [n]bot.Inbound
	for i := range n {
		ins[i] = b.conversation(t, i)
	}
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if _, err := b.send(t, b.out(ins[i], bot.Message{Text: fmt.Sprintf("For %d.", i), Lang: "en"})); err != nil {
				t.Errorf("customer %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	for i := range n {
		if got := b.Shown(i); len(got) != 1 || !strings.Contains(got[0], fmt.Sprintf("For %d.", i)) {
			t.Errorf("customer %d sees %q", i, got)
		}
	}
}
