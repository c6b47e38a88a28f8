package dialogue

import (
	"strings"

	"latchkey/bot"
	"latchkey/flows"
)

// guideDone goes on to the next instruction, or out of the guide.
func (t *turn) guideDone(f *Frame, st *flows.Step) {
	t.understood()
	t.checkpoint()
	t.overcome(f, st)
	g := st.Guide
	if !g.All && f.At+1 < len(g.Instructions) {
		f.At++
		t.reopen(f, st)
		t.question(f, st, false)
		return
	}
	f.Marks = f.Marks.with(st.ID, 0)
	t.ended(f, st, bot.AttemptPassed, "")
	t.follow(f, "then", g.Then)
	t.enter()
}

// guideStuck goes to the help for the instruction. A guide that has no help
// offers a person.
func (t *turn) guideStuck(f *Frame, st *flows.Step) {
	t.understood()
	g := st.Guide
	edge, to := "stuck", g.Stuck
	if help := g.Instructions[f.At].Stuck; help != "" && !g.All {
		edge, to = "stuck."+itoa(f.At+1), help
	}
	t.ended(f, st, bot.AttemptFailed, t.stuckHere(f, st))
	if to == "" {
		t.prompt(promptPerson, "stuck_offer", []string{"yes", "no"})
		return
	}
	t.checkpoint()
	t.follow(f, edge, to)
	t.enter()
}

// guideText reads free text at a guide. It returns false when the text is
// about something else.
func (t *turn) guideText(f *Frame, st *flows.Step, ev bot.Event, folded string) bool {
	id := ""
	switch {
	case t.p.Says("done", folded):
		id = "done"
	case t.p.Says("stuck", folded):
		id = "stuck"
	default:
		id = t.offered(f, st, ordinal(folded))
	}
	flow := sureOf(ev.Reading, bot.CandidateFlow)
	if id == "" && t.failing(folded) && (flow == "" || flow == f.Flow || ownHelp(f, st.Guide)) {
		// Words of failure at an instruction that has its own help are about
		// that instruction; a known other topic wins only where there is none.
		id = "stuck"
	}
	if id == "" {
		id = sureOf(ev.Reading, bot.CandidateOption)
	}
	if !t.hasOffer(f, st, id) {
		return false
	}
	t.take(f, st, id)
	return true
}

// ownHelp tells whether the flow has help for the present instruction.
func ownHelp(f *Frame, g *flows.Guide) bool {
	return g.Stuck != "" || (!g.All && g.Instructions[f.At].Stuck != "")
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
