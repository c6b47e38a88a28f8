package dialoguetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"latchkey/bot"
	"latchkey/flows"
)

// deed is what one line of a test does. A miss is an expectation that was not
// met; any other error means that the test could not be run at all.
type deed interface {
	do(context.Context, *run) error
}

// miss says what was expected and what came.
type miss struct{ expected, came, fix string }

func (m *miss) Error() string { return "expected " + m.expected + ", but " + m.came }

// words are what is said, by language; "" is for every language.
type words map[string]string

// in returns the words for a language. ok is false when there are none.
func (w words) in(lang string) (s string, ok bool) {
	if s, ok = w[lang]; !ok {
		s, ok = w[""]
	}
	return s, ok
}

type typed struct{ words words }

func (d typed) do(ctx context.Context, r *run) error { return d.deliver(ctx, r, r.talk.key()) }

func (d typed) deliver(ctx context.Context, r *run, key string) error {
	s, ok := d.words.in(r.lang)
	if !ok {
		return &miss{"words to type in " + r.lang, "the line has none", "add \"" + r.lang + ": …\" to it"}
	}
	return r.talk.say(ctx, key, s)
}

// click presses a choice of the newest message that has it.
type click struct{ id string }

func (d click) do(ctx context.Context, r *run) error {
	return d.deliver(ctx, r, r.talk.key())
}

func (d click) deliver(ctx context.Context, r *run, key string) error {
	c, ok := r.talk.button(func(_ bot.Message, c bot.Choice) bool { return c.Button.Choice == d.id })
	if !ok {
		return &miss{fmt.Sprintf("a message with the choice %q", d.id), "none has it; " + r.choices(), ""}
	}
	if err := r.talk.press(ctx, key, c); err != nil {
		return err
	}
	if r.noted(bot.NoteStale) {
		return &miss{fmt.Sprintf("a choice %q that still counts", d.id), fmt.Sprintf("the newest message that has it is %s, and its question is over; %s", place(c), r.choices()),
			"press a choice of the open question, or write \"late_click\" where an old button is meant"}
	}
	return nil
}

func place(c bot.Choice) string {
	s := c.Button.Step
	if c.Button.At > 0 {
		s = fmt.Sprintf("%s.%d", s, c.Button.At)
	}
	if c.Button.Flow != "" {
		s = c.Button.Flow + "/" + s
	}
	return s
}

// lateClick presses a choice of an older message.
type lateClick struct {
	at ref
	id string
}

func (d lateClick) do(ctx context.Context, r *run) error { return d.deliver(ctx, r, r.talk.key()) }

func (d lateClick) deliver(ctx context.Context, r *run, key string) error {
	c, ok := r.talk.button(func(m bot.Message, c bot.Choice) bool {
		return c.Button.Choice == d.id && d.at.isStep(m.Ref.Flow, m.Ref.Step) && (d.at.field == "" || d.at.is(m.Ref))
	})
	if !ok {
		return &miss{fmt.Sprintf("an old message %s with the choice %q", d.at, d.id), "the customer has not got one", "let the dialogue come by that message first"}
	}
	return r.talk.press(ctx, key, c)
}

// delivery is a deed that a platform delivers.
type delivery interface {
	deliver(ctx context.Context, r *run, key string) error
}

// twice delivers the same thing two times under one key, as platforms do that
// got no acknowledgement in time. Then it tries, beside the test, what a
// customer does who taps a button twice: the second press is a delivery of its
// own, and must not change where the conversation stands.
type twice struct{ what deed }

func (d twice) do(ctx context.Context, r *run) error {
	key := r.talk.key()
	if err := d.what.(delivery).deliver(ctx, r, key); err != nil { // the reader takes no others
		return err
	}
	once, sent := r.talk.place(), len(r.talk.sent)
	if err := r.talk.receive(ctx, key, r.talk.came); err != nil {
		return err
	}
	if r.talk.place() != once || len(r.talk.sent) != sent {
		return &miss{"the second delivery to be dropped", r.talk.here(), ""}
	}
	if _, ok := d.what.(click); !ok {
		return nil
	}
	return d.doubleClick(ctx, r, once)
}

func (d twice) doubleClick(ctx context.Context, r *run, once string) error {
	aside := r.talk.fork()
	aside.begin()
	aside.taken = nil
	if err := aside.receive(ctx, aside.key(), aside.came); err != nil {
		return err
	}
	for _, e := range aside.fresh {
		if e.Kind == bot.EffectHandOff || e.Kind == bot.EffectClose || e.Kind == bot.EffectAction {
			return &miss{"a double click to change nothing", fmt.Sprintf("the second press had an effect of its own (%s)", e.Kind), ""}
		}
	}
	if aside.place() != once {
		return &miss{"a double click to change nothing", "after the second press " + aside.here(), "let the choice lead to another step"}
	}
	return nil
}

type attach struct {
	kind    string
	caption words
}

func (d attach) do(ctx context.Context, r *run) error { return d.deliver(ctx, r, r.talk.key()) }

func (d attach) deliver(ctx context.Context, r *run, key string) error {
	caption, _ := d.caption.in(r.lang)
	r.talk.customer(strings.TrimSpace("(sends: " + d.kind + ") " + caption))
	return r.talk.receive(ctx, key, bot.Event{Kind: bot.EventAttachment, Text: caption, Message: bot.MessageID(key),
		Attachments: []bot.Attachment{{Kind: d.kind}}})
}

type wait struct{ d time.Duration }

func (d wait) do(ctx context.Context, r *run) error { return r.talk.wait(ctx, d.d) }

type open struct{ link string }

func (d open) do(ctx context.Context, r *run) error {
	r.talk.customer("(opens the chat by the link " + d.link + ")")
	return r.talk.receive(ctx, r.talk.key(), bot.Event{Kind: bot.EventOpened, Payload: d.link, Lang: r.lang})
}

// fact is what channel or desk tell with the next thing that happens.
type fact map[string]string

func (d fact) do(_ context.Context, r *run) error {
	if r.talk.facts == nil {
		r.talk.facts = map[string]string{}
	}
	for k, v := range d {
		r.talk.facts[k] = v
	}
	return nil
}

type answerAction struct{ outcome string }

func (d answerAction) do(ctx context.Context, r *run) error {
	if r.talk.action == nil {
		return &miss{"an action that awaits its answer", r.talk.here(), ""}
	}
	return r.talk.answerAction(ctx, d.outcome)
}

// restart stops the program and starts it again: all that goes on is what was
// stored, and the pack is loaded anew.
type restart struct{}

func (restart) do(_ context.Context, r *run) error {
	r.talk.lines = append(r.talk.lines, "(the program restarts)")
	for _, p := range []**flows.Pack{&r.talk.pack, &r.talk.current} {
		again, err := r.suite.releaseOf(*p).reload()
		if err != nil {
			return err
		}
		*p = again
	}
	return r.talk.reload()
}

// publish puts another pack release in force.
type publish struct{ rel *release }

func (d publish) do(_ context.Context, r *run) error {
	r.talk.lines = append(r.talk.lines, "(a new pack release is published)")
	r.talk.current = d.rel.pack
	return nil
}

// passive tells whether a deed only looks: it begins no turn.
func passive(d deed) bool {
	switch d.(type) {
	case expectation, fact, restart, publish:
		return true
	}
	return false
}

// choices lists what the customer can press, for a miss.
func (r *run) choices() string {
	for _, m := range slices.Backward(r.talk.sent) {
		if len(m.Choices) == 0 {
			continue
		}
		ids := make([]string, len(m.Choices))
		for i, c := range m.Choices {
			ids[i] = c.Button.Choice
		}
		return fmt.Sprintf("the newest choices, of %s, are %s", name(m.Ref), strings.Join(ids, ", "))
	}
	return "no choice has been offered yet"
}
