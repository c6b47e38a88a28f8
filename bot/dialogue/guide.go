package dialogue

import (
	"slices"
	"strings"

	"latchkey/bot"
	"latchkey/flows"
)

// guideDone goes on to the next instruction, or out of the guide.
func (t *turn) guideDone(f *Frame, st *flows.Step) {
	t.understood()
	t.checkpoint()
	g := st.Guide
	if !g.All && f.At+1 < len(g.Instructions) {
		f.At++
		t.question(f, st, false)
		return
	}
	f.Marks = f.Marks.with(st.ID, 0)
	t.attempt(f, st, bot.AttemptPassed, "")
	t.follow("then", g.Then)
	t.enter()
}

// guideStuck goes to the help for the instruction, remembering the place. A
// guide that has no help offers a person.
func (t *turn) guideStuck(f *Frame, st *flows.Step) {
	t.understood()
	g := st.Guide
	edge, to := "stuck", g.Stuck
	text := g.Instructions[0].Say
	if !g.All {
		in := g.Instructions[min(f.At, len(g.Instructions)-1)]
		text = in.Say
		if in.Stuck != "" {
			edge, to = "stuck."+itoa(f.At+1), in.Stuck
		}
		f.Marks = f.Marks.with(st.ID, f.At+1)
	}
	words := clip(plain(text.In(t.p.Base)), maxLastRunes)
	t.s.Stuck = &bot.StuckAt{Flow: f.Flow, Step: st.ID, Instruction: f.At + 1, Text: words}
	t.attempt(f, st, bot.AttemptFailed, words)
	if to == "" {
		t.offerPerson("stuck_offer")
		return
	}
	t.checkpoint()
	t.follow(edge, to)
	t.enter()
}

// guideText reads free text at a guide. It returns false when the text is
// about something else.
func (t *turn) guideText(f *Frame, st *flows.Step, ev bot.Event, folded string) bool {
	switch {
	case t.p.Says("done", folded):
		t.guideDone(f, st)
		return true
	case t.p.Says("stuck", folded):
		t.guideStuck(f, st)
		return true
	}
	switch n := ordinal(folded); {
	case n == 1:
		t.guideDone(f, st)
		return true
	case n == 2:
		t.guideStuck(f, st)
		return true
	case n == 3 && f.At > 0 && !st.Guide.All:
		t.back()
		return true
	}
	flow := sureOf(ev.Reading, bot.CandidateFlow)
	ownHelp := st.Guide.Stuck != "" || (!st.Guide.All && st.Guide.Instructions[min(f.At, len(st.Guide.Instructions)-1)].Stuck != "")
	failing := t.failing(folded)
	// Words of failure at an instruction that has its own help are about that
	// instruction; a known other topic wins only where there is no such help.
	if failing && (ownHelp || flow == "" || flow == f.Flow) {
		t.guideStuck(f, st)
		return true
	}
	switch sureOf(ev.Reading, bot.CandidateOption) {
	case "done":
		t.guideDone(f, st)
		return true
	case "stuck":
		t.guideStuck(f, st)
		return true
	}
	return false
}

// failing tells whether a reply to an instruction says that it did not work.
func (t *turn) failing(folded string) bool {
	for w := range strings.FieldsSeq(folded) {
		if t.p.Says("failing", w) {
			return true
		}
	}
	return false
}

// attempt records that the customer tried a guide. An empty outcome opens the
// record or counts one more try; another closes it.
func (t *turn) attempt(f *Frame, st *flows.Step, outcome bot.AttemptOutcome, detail string) {
	i := slices.IndexFunc(t.s.Attempts, func(a bot.Attempt) bool { return a.Flow == f.Flow && a.Step == st.ID })
	if i < 0 {
		if len(t.s.Attempts) >= maxAttempts {
			t.s.Attempts = slices.Delete(t.s.Attempts, 0, 1)
		}
		t.s.Attempts = append(t.s.Attempts, bot.Attempt{Flow: f.Flow, Step: st.ID, Title: t.title(f, st), Started: t.now})
		i = len(t.s.Attempts) - 1
	}
	a := &t.s.Attempts[i]
	switch {
	case outcome == "":
		a.Times = min(a.Times+1, 999)
		a.Outcome, a.Ended = bot.AttemptAbandoned, t.now // until something better is known
	default:
		a.Times = max(a.Times, 1)
		a.Outcome, a.Detail, a.Ended = outcome, detail, t.now
	}
}

// title names a guide for an operator: the flow and the step, in the base
// language.
func (t *turn) title(f *Frame, st *flows.Step) string {
	name := strings.ReplaceAll(st.ID, "_", " ")
	if fl := t.p.Flows[f.Flow]; fl != nil {
		name = fl.Title.In(t.p.Base) + ": " + name
	}
	return clip(name, 120)
}

// plain strips the Markdown marks from a text for an operator's card.
func plain(s string) string {
	return strings.NewReplacer("**", "", "__", "", "`", "", "\n", " ").Replace(s)
}
