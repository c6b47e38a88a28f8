package dialoguetest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"latchkey/bot"
	"latchkey/flows"
)

// routed is how a text of `routes` was taken.
type routed int

// A text leads straight to its flow, or the customer is asked which flow was
// meant (by "@which" with up to three, or by a category of the menu that the
// text names) and the right one is among them. Anything else is wrong. A text
// that leads to none is straight when the bot says that it did not understand,
// and asked when it offers flows in answer.
const (
	straight routed = iota
	asked
	wrong
)

// Route types a text at the greeting and looks where it leads. A wrong route
// is returned as a problem of code T03.
func (x *Runner) Route(ctx context.Context, rt *Route) (*flows.Problem, error) {
	lang := x.o.Lang
	if lang == "" {
		lang = x.suite.pack.Base
	}
	k := newTalk(x.suite.pack)
	k.reader = x.matcher
	if err := k.receive(ctx, k.key(), bot.Event{Kind: bot.EventOpened, Lang: lang}); err != nil {
		return nil, err
	}
	k.begin()
	if err := k.say(ctx, k.key(), rt.Text); err != nil {
		return nil, err
	}
	how, came := k.ledTo(rt.Flow)
	if how != wrong {
		return x.routed(how, nil), nil
	}
	want := "the flow " + rt.Flow
	if rt.Flow == "" {
		want = "no flow"
	}
	return x.routed(how, &flows.Problem{Pos: rt.Pos, Code: "T03",
		Message:  fmt.Sprintf("expected %q to lead to %s, but it leads to %s", rt.Text, want, came),
		Fix:      "give the right flow a phrase like it, and the wrong one a line below \"not\"; or correct the route",
		Dialogue: slices.Clone(k.lines)}), nil
}

// ledTo tells where the newest turn has led.
func (t *talk) ledTo(want string) (how routed, came string) {
	missed, offered := false, []string(nil)
	for _, e := range t.fresh {
		switch {
		case e.Kind == bot.EffectNote && e.Note.Kind == bot.NoteStart:
			if e.Note.Flow == want {
				return straight, ""
			}
			return wrong, "the flow " + e.Note.Flow
		case e.Kind == bot.EffectHandOff:
			return wrong, "a person"
		case e.Kind == bot.EffectNote && e.Note.Kind == bot.NoteMiss:
			missed = true
		case e.Kind == bot.EffectSay && (e.Say.Ref.Step == "@which" || e.Say.Ref.Step == "@category"):
			for _, c := range e.Say.Choices {
				offered = append(offered, c.Button.Choice)
			}
		}
	}
	switch {
	case want == "" && missed:
		return straight, ""
	case want == "" && offered != nil, slices.Contains(offered, want):
		return asked, ""
	case offered != nil:
		return wrong, "the question which of " + strings.Join(offered[:len(offered)-1], ", ") + " was meant"
	case missed:
		return wrong, "nothing, because it is not understood"
	}
	return wrong, "one of the bot's own messages: " + t.saidLast()
}

func (t *talk) saidLast() string {
	if len(t.sent) == 0 {
		return "none"
	}
	return name(t.sent[len(t.sent)-1].Ref)
}
