package dialogue

import (
	"slices"
	"strconv"
	"strings"

	"latchkey/bot"
	"latchkey/flows"
)

// arrive asks the question of a step for the first time in this visit.
func (t *turn) arrive(f *Frame, st *flows.Step) {
	f.Asked = t.s.Nonce + 1
	if st.Kind == flows.KindGuide {
		t.tryGuide(f, st)
	}
	t.question(f, st, true)
}

// reask asks the present question again: the bot's own one if there is one,
// else the open step's, else the menu. A flow that was left on a step which
// does not wait goes on.
func (t *turn) reask() {
	if t.asked {
		return
	}
	f, st := t.top(), t.step()
	switch {
	case t.s.Prompt != nil:
		t.promptAgain()
	case f == nil:
		t.menu("")
	case t.s.Phase == PhasePaused:
		t.offerResume()
	case st != nil && st.Kind.Waits() && f.Asked > 0:
		t.question(f, st, false)
	case st != nil && st.Kind == flows.KindDo && f.Action != 0:
		t.system("action_wait")
		t.asked = true
	default:
		t.enter()
	}
}

// question sends a waiting step's words with its buttons.
func (t *turn) question(f *Frame, st *flows.Step, first bool) {
	t.asked = true
	t.s.Nonce++
	m := bot.Message{Ref: bot.Ref{Flow: f.Flow, Step: st.ID}}
	if st.Kind == flows.KindGuide {
		t.instruction(f, st, &m, first)
	} else {
		m.Text, m.Media = t.fill(f.Flow, st.Say), t.media(st.Media)
	}
	if st.Kind == flows.KindAsk {
		m.Ask = st.Ask.Type
	}
	m.Choices = t.choices(f, st)
	t.say(m)
}

// choices are the buttons of the open question.
func (t *turn) choices(f *Frame, st *flows.Step) []bot.Choice {
	var buf [12]offer
	offers := t.offers(f, st, buf[:0])
	if len(offers) == 0 {
		return nil
	}
	out := make([]bot.Choice, len(offers))
	for i, o := range offers {
		label := ""
		if o.option != nil {
			label = t.fill(f.Flow, o.option.Label)
		} else {
			label = t.words("choice_" + o.id)
		}
		out[i] = bot.Choice{Label: label, Minor: o.minor,
			Button: bot.Button{Flow: f.Flow, Step: f.Step, At: buttonAt(f, st), Nonce: t.s.Nonce, Choice: o.id}}
	}
	return out
}

// offer is one choice that the open question offers.
type offer struct {
	id     string
	option *flows.Option // of a choose step; nil for the bot's own choices
	minor  bool
}

// offers are the choices of the open question in the order in which they are
// shown and numbered, appended to out. A customer who was not understood is
// shown the way to a person, and so is one for whom no option is left.
func (t *turn) offers(f *Frame, st *flows.Step, out []offer) []offer {
	own := false
	for _, o := range st.Options {
		if !t.spent(f, st, o) {
			out = append(out, offer{id: o.ID, option: o})
			own = own || o.ID == "human"
		}
	}
	none := st.Kind == flows.KindChoose && len(out) == 0
	switch {
	case st.Kind == flows.KindGuide:
		out = append(out, offer{id: "done"}, offer{id: "stuck"})
		if buttonAt(f, st) > 1 {
			out = append(out, offer{id: "back", minor: true})
		}
	case st.Kind == flows.KindAsk && st.Ask.Type == "yes_no":
		out = append(out, offer{id: "yes"}, offer{id: "no"})
	}
	if (t.s.Misses > 0 || f.Tries > 0 || none) && !own {
		out = append(out, offer{id: "human", minor: !none})
	}
	return out
}

// offered is the choice with number n, as the customer sees them, or "".
func (t *turn) offered(f *Frame, st *flows.Step, n int) string {
	if n < 1 {
		return ""
	}
	var buf [12]offer
	if offers := t.offers(f, st, buf[:0]); n <= len(offers) {
		return offers[n-1].id
	}
	return ""
}

func (t *turn) hasOffer(f *Frame, st *flows.Step, id string) bool {
	var buf [12]offer
	return id != "" && slices.ContainsFunc(t.offers(f, st, buf[:0]), func(o offer) bool { return o.id == id })
}

// spent tells whether an option was taken as often as it may be.
func (t *turn) spent(f *Frame, st *flows.Step, o *flows.Option) bool {
	return o.Times > 0 && f.Taken.get(st.ID+"."+o.ID) >= o.Times
}

// buttonAt is the instruction that a guide's buttons belong to, from 1; 0 for
// other steps and for a guide that shows all of them at once.
func buttonAt(f *Frame, st *flows.Step) int {
	if st.Kind != flows.KindGuide || st.Guide.All {
		return 0
	}
	return f.At + 1
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
	if g.All {
		for i, in := range g.Instructions {
			text.WriteString(strconv.Itoa(i+1) + ". " + t.fill(f.Flow, in.Say) + "\n")
			m.Media = append(m.Media, t.media(in.Media)...)
		}
	} else {
		in := g.Instructions[f.At]
		text.WriteString(t.fill(f.Flow, in.Say))
		m.Media = append(m.Media, t.media(in.Media)...)
		m.Progress = &bot.Progress{Step: f.At + 1, Of: len(g.Instructions)}
		m.Ref.Field = strconv.Itoa(f.At + 1)
	}
	m.Text = strings.TrimRight(text.String(), "\n")
}

// chooseText reads a typed answer to a choose step: an option's words, its
// number, or what the matcher is sure of.
func (t *turn) chooseText(f *Frame, st *flows.Step, ev bot.Event, folded string) bool {
	id := ""
	if i := st.Option(folded); i >= 0 {
		id = st.Options[i].ID
	} else if id = t.offered(f, st, ordinal(folded)); id == "" {
		id = sureOf(ev.Reading, bot.CandidateOption)
	}
	if !t.hasOffer(f, st, id) {
		return false
	}
	t.take(f, st, id)
	return true
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
	t.follow(f, o.ID, o.Go)
	t.enter()
}

func optionIndex(st *flows.Step, id string) int {
	if id == "" {
		return -1
	}
	return slices.IndexFunc(st.Options, func(o *flows.Option) bool { return o.ID == id })
}
