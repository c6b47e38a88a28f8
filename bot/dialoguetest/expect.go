package dialoguetest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"latchkey/bot"
)

// expectation is a deed that looks at what came.
type expectation interface {
	deed
	expects()
}

func (hears) expects()       {}
func (endsAs) expects()      {}
func (noted) expects()       {}
func (neverStored) expects() {}

// hears expects a message among those of the newest turn. Messages before it
// that nobody named are passed over as long as they only tell something.
type hears struct {
	at   ref
	text words
}

func (d hears) do(_ context.Context, r *run) error {
	r.named = true
	left := r.unheard()
	i := slices.IndexFunc(left, func(m bot.Message) bool { return d.at.is(m.Ref) })
	if i < 0 {
		came := "the bot said nothing more"
		if len(left) > 0 {
			all := make([]string, len(left))
			for j, m := range left {
				all[j] = name(m.Ref)
			}
			came = "the bot said " + strings.Join(all, ", then ")
		}
		return &miss{"the message " + d.at.String(), came, ""}
	}
	for _, m := range left[:i] {
		if why := mustBeNamed(m); why != "" {
			return &miss{"the message " + d.at.String() + " at once", fmt.Sprintf("before it the bot said %s, which %s", name(m.Ref), why), "name it with its own \"bot:\" line if it is meant"}
		}
	}
	r.heard += i + 1
	return d.wording(r, left[i])
}

// unheard are the messages of the newest turn that no line has come to yet.
func (r *run) unheard() []bot.Message {
	var out []bot.Message
	for _, e := range r.talk.fresh {
		if e.Kind == bot.EffectSay {
			out = append(out, *e.Say)
		}
	}
	return out[min(r.heard, len(out)):]
}

// wording holds the text of a message against the one expected. Words given
// without a language are those of the pack's base language.
func (d hears) wording(r *run, m bot.Message) error {
	want, ok := d.text[m.Lang]
	if !ok && m.Lang == r.suite.pack.Base {
		want, ok = d.text[""]
	}
	if ok && !strings.Contains(m.Text, want) {
		return &miss{fmt.Sprintf("%s to say %q", d.at, want), fmt.Sprintf("it says %q", oneLine(m.Text, 200)), ""}
	}
	return nil
}

// loud are the messages by which the bot says that something did not go as
// the customer meant it.
var loud = []string{"@miss", "@miss_choose", "@which", "@person", "@resume", "@moved", "@moved_on", "@moved_on_end", "@too_long",
	"@attachment", "@nothing_back", "@edited", "@idle_close", "@action_wait", "@slow_down"}

// mustBeNamed says why a "bot:" line may not pass over a message, or "".
func mustBeNamed(m bot.Message) string {
	switch {
	case m.Ref.Flow == "" && slices.Contains(loud, m.Ref.Step):
		return "says that something went another way"
	case m.Ref.Field == "retry":
		return "says that the answer does not fit"
	case m.Ask != "" || slices.ContainsFunc(m.Choices, func(c bot.Choice) bool { return !c.Minor }):
		return "asks something"
	}
	return ""
}

// settle ends the looking at a turn: when its messages are named at all, those
// that say that something went wrong are.
func (r *run) settle() error {
	if !r.named {
		return nil
	}
	for _, m := range r.unheard() {
		if m.Ref.Flow == "" && slices.Contains(loud, m.Ref.Step) {
			return &miss{"nothing more that went wrong", "the bot also said " + shown(m), "name it with its own \"bot:\" line if it is meant"}
		}
	}
	return nil
}

// endsAs expects the newest turn to end the conversation.
type endsAs struct {
	how, queue, reason, goal string
	tried                    []ref
	stuck                    *ref
}

func (d endsAs) do(_ context.Context, r *run) error {
	for _, e := range slices.Backward(r.talk.fresh) {
		switch {
		case e.Kind == bot.EffectClose && d.how == string(e.Close.Outcome):
			return nil
		case e.Kind == bot.EffectClose:
			return &miss{"the end " + d.how, "the conversation ended as " + string(e.Close.Outcome), ""}
		case e.Kind == bot.EffectHandOff && d.how == string(bot.OutcomeHuman):
			return d.packet(e.HandOff)
		case e.Kind == bot.EffectHandOff:
			return &miss{"the end " + d.how, fmt.Sprintf("a person takes over (queue %s, reason %s)", e.HandOff.Queue, e.HandOff.Reason), ""}
		}
	}
	return &miss{"the end " + d.how, r.talk.here(), ""}
}

// packet looks at what the operator gets.
func (d endsAs) packet(p *bot.Packet) error {
	for _, x := range []struct{ what, want, came string }{
		{"queue", d.queue, p.Queue}, {"reason", d.reason, p.Reason}, {"goal", d.goal, p.GoalFlow},
	} {
		if x.want != "" && x.want != x.came {
			return &miss{fmt.Sprintf("the %s %s", x.what, x.want), fmt.Sprintf("it is %q", x.came), ""}
		}
	}
	for _, at := range d.tried {
		if !slices.ContainsFunc(p.Attempts, func(a bot.Attempt) bool { return at.isStep(a.Flow, a.Step) }) {
			return &miss{fmt.Sprintf("the operator to see that %s was tried", at), "the packet says that these were tried: " + attempts(p), ""}
		}
	}
	if d.stuck == nil {
		return nil
	}
	if p.Stuck == nil {
		return &miss{fmt.Sprintf("the operator to see that the customer was stuck at %s", d.stuck), "the packet names no such place", ""}
	}
	at := fmt.Sprintf("%s/%s.%d", p.Stuck.Flow, p.Stuck.Step, p.Stuck.Instruction)
	if !d.stuck.isStep(p.Stuck.Flow, p.Stuck.Step) || d.stuck.field != "" && d.stuck.field != fmt.Sprint(p.Stuck.Instruction) {
		return &miss{fmt.Sprintf("the operator to see that the customer was stuck at %s", d.stuck), "the packet says " + at, ""}
	}
	return nil
}

func attempts(p *bot.Packet) string {
	if len(p.Attempts) == 0 {
		return "none"
	}
	out := make([]string, len(p.Attempts))
	for i, a := range p.Attempts {
		out[i] = a.Flow + "/" + a.Step
	}
	return strings.Join(out, ", ")
}

// noted expects answers of the customer to be known.
type noted []notedAnswer

type notedAnswer struct{ name, value string }

func (d noted) do(_ context.Context, r *run) error {
	for _, want := range d {
		came := "it is not known"
		ok := false
		for _, a := range r.talk.state.Answers {
			if a.Name == want.name {
				came, ok = fmt.Sprintf("it is %q", a.Value), a.Value == want.value
			}
		}
		if !ok {
			return &miss{fmt.Sprintf("the answer %s to be %q", want.name, want.value), came, ""}
		}
	}
	return nil
}

// neverStored expects a text to be in nothing that is kept of the whole test:
// no event, no state, no effect, no packet. It is looked for at the end.
type neverStored struct{ text string }

func (neverStored) do(context.Context, *run) error { return nil }

func (d neverStored) check(r *run) error {
	needle, err := text(d.text)
	if err != nil {
		return err
	}
	var asIs string
	if err := json.Unmarshal([]byte(needle), &asIs); err != nil {
		return fmt.Errorf("read a text: %w", err)
	}
	needle = strings.Trim(strings.TrimSpace(needle), `"`)
	for i, rec := range r.talk.records {
		for _, part := range []struct{ what, in string }{{"the event", rec.event}, {"the state", rec.state}, {"the effects", rec.effects}} {
			if strings.Contains(part.in, needle) {
				return &miss{fmt.Sprintf("%q to be kept nowhere", d.text), fmt.Sprintf("it stands in %s of turn %d: %s", part.what, i+1, around(part.in, needle)),
					"give the question \"expects: code\" or \"expects: password\", or report the text to the engineers"}
			}
		}
	}
	return nil
}

// around is a piece of s with what was found in it.
func around(s, found string) string {
	i := strings.Index(s, found)
	return "…" + strings.TrimSpace(s[max(0, i-30):min(len(s), i+len(found)+10)]) + "…"
}

// noted tells whether the newest turn left a note of a kind.
func (r *run) noted(kind bot.NoteKind) bool {
	return slices.ContainsFunc(r.talk.fresh[r.talk.newest:], func(e bot.Effect) bool { return e.Kind == bot.EffectNote && e.Note.Kind == kind })
}
