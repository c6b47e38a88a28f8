package dialogue

import (
	"strconv"
	"strings"

	"latchkey/bot"
	"latchkey/flows"
)

// arrive asks the question of a step for the first time in this visit.
func (t *turn) arrive(f *Frame, st *flows.Step) {
	if st.Kind == flows.KindGuide {
		t.attempt(f, st, "", "")
	}
	t.question(f, st, true)
}

// reask asks the present question again: the bot's own one if there is one,
// else the open step's, else the menu.
func (t *turn) reask() {
	if t.asked {
		return
	}
	if t.s.Prompt != nil {
		t.promptAgain()
		return
	}
	f, st := t.top(), t.step()
	switch {
	case f == nil:
		t.menu()
	case st == nil || !st.Kind.Waits():
		t.waiting(f, st)
	default:
		t.question(f, st, false)
	}
}

// waiting answers a customer who writes while an action is awaited.
func (t *turn) waiting(f *Frame, st *flows.Step) {
	if st != nil && f.Action != 0 {
		t.system("action_wait")
		t.asked = true
		return
	}
	t.handOff(t.queueHere(), "system_error", nil)
}

// question sends a waiting step's words with its buttons.
func (t *turn) question(f *Frame, st *flows.Step, first bool) {
	t.asked = true
	t.s.Nonce++
	m := bot.Message{Ref: bot.Ref{Flow: f.Flow, Step: st.ID}}
	switch st.Kind {
	case flows.KindChoose:
		m.Text, m.Media = t.fill(f.Flow, st.Say), t.media(st.Media)
		m.Choices = t.optionChoices(f, st)
	case flows.KindAsk:
		m.Text, m.Media, m.Ask = t.fill(f.Flow, st.Say), t.media(st.Media), st.Ask.Type
		if st.Ask.Type == "yes_no" {
			m.Choices = []bot.Choice{
				{Label: t.words("choice_yes"), Button: button(f, t.s.Nonce, "yes", 0)},
				{Label: t.words("choice_no"), Button: button(f, t.s.Nonce, "no", 0)},
			}
		}
	case flows.KindGuide:
		t.instruction(f, st, &m, first)
	}
	if t.s.Misses > 0 {
		m.Choices = append(m.Choices, bot.Choice{Label: t.words("choice_human"), Button: button(f, t.s.Nonce, "human", 0), Minor: true})
	}
	t.say(m)
}

func (t *turn) optionChoices(f *Frame, st *flows.Step) []bot.Choice {
	out := make([]bot.Choice, 0, len(st.Options)+1)
	for _, o := range st.Options {
		if t.spent(f, st, o) {
			continue
		}
		out = append(out, bot.Choice{Label: t.fill(f.Flow, o.Label), Button: button(f, t.s.Nonce, o.ID, 0)})
	}
	if len(out) == 0 {
		// Every option was limited and is used up: a person is the way on.
		out = append(out, bot.Choice{Label: t.words("choice_human"), Button: button(f, t.s.Nonce, "human", 0)})
	}
	return out
}

// spent tells whether an option was taken as often as it may be.
func (t *turn) spent(f *Frame, st *flows.Step, o *flows.Option) bool {
	return o.Times > 0 && f.Taken.get(st.ID+"."+o.ID) >= o.Times
}

// instruction fills m with the present instruction of a guide, or with all of
// them when the guide's pace is all.
func (t *turn) instruction(f *Frame, st *flows.Step, m *bot.Message, first bool) {
	g := st.Guide
	var text strings.Builder
	if first && f.At == 0 && !st.Say.IsZero() {
		text.WriteString(t.fill(f.Flow, st.Say) + "\n\n")
		m.Media = t.media(st.Media)
	}
	at := 0
	if g.All {
		for i, in := range g.Instructions {
			text.WriteString(strconv.Itoa(i+1) + ". " + t.fill(f.Flow, in.Say) + "\n")
			m.Media = append(m.Media, t.media(in.Media)...)
		}
	} else {
		f.At = min(f.At, len(g.Instructions)-1)
		in := g.Instructions[f.At]
		text.WriteString(t.fill(f.Flow, in.Say))
		m.Media = append(m.Media, t.media(in.Media)...)
		m.Progress = &bot.Progress{Step: f.At + 1, Of: len(g.Instructions)}
		at = f.At + 1
		m.Ref.Field = strconv.Itoa(at)
	}
	m.Text = strings.TrimRight(text.String(), "\n")
	m.Choices = []bot.Choice{
		{Label: t.words("choice_done"), Button: button(f, t.s.Nonce, "done", at)},
		{Label: t.words("choice_stuck"), Button: button(f, t.s.Nonce, "stuck", at)},
	}
	if at > 1 {
		m.Choices = append(m.Choices, bot.Choice{Label: t.words("choice_back"), Button: button(f, t.s.Nonce, "back", at), Minor: true})
	}
}

// choose takes an option of a choose step.
func (t *turn) choose(f *Frame, st *flows.Step, i int) {
	o := st.Options[i]
	t.understood()
	t.checkpoint()
	t.answer(f, st.ID, Answer{Value: o.ID, Type: "choice"})
	if o.Times > 0 {
		k := st.ID + "." + o.ID
		f.Taken = f.Taken.with(k, f.Taken.get(k)+1)
	}
	t.follow(o.ID, o.Go)
	t.enter()
}

// answer stores a value under the flow's name, remembering what it replaces
// so that "back" can restore it.
func (t *turn) answer(f *Frame, name string, a Answer) {
	a.Name, a.At = f.Flow+"."+name, t.now
	a.Value = clip(a.Value, maxValueRunes)
	old, ok := findAnswer(t.s.Answers, a.Name)
	if !ok {
		old = Answer{Name: a.Name}
	}
	if n := len(t.s.Back); n > 0 {
		c := &t.s.Back[n-1]
		c.Undo = append(c.Undo[:len(c.Undo):len(c.Undo)], old)
	}
	t.s.Answers = setAnswer(t.s.Answers, a, maxAnswers)
}

// checkpoint marks the place that "back" returns to.
func (t *turn) checkpoint() {
	c := Checkpoint{Depth: len(t.s.Frames)}
	if f := t.top(); f != nil {
		top := *f
		c.Top = &top
	}
	if len(t.s.Back) >= maxCheckpoints {
		t.s.Back = t.s.Back[1:]
	}
	t.s.Back = append(t.s.Back, c)
}
