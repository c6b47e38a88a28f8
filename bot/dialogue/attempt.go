package dialogue

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"latchkey/bot"
	"latchkey/flows"
)

// attemptAt is the index of what is recorded of a step, or -1.
func (t *turn) attemptAt(flow, step string) int {
	return slices.IndexFunc(t.s.Attempts, func(a bot.Attempt) bool { return a.Flow == flow && a.Step == step })
}

// record is the attempt of a step, a new one when there is none yet. Until
// more is known it counts as abandoned.
func (t *turn) record(f *Frame, st *flows.Step) *bot.Attempt {
	i := t.attemptAt(f.Flow, st.ID)
	if i < 0 {
		if len(t.s.Attempts) >= maxAttempts {
			t.s.Attempts = slices.Delete(t.s.Attempts, 0, 1)
		}
		t.s.Attempts = append(t.s.Attempts, bot.Attempt{
			Flow: f.Flow, Step: st.ID, Title: t.title(f, st), Started: t.now, Outcome: bot.AttemptAbandoned})
		i = len(t.s.Attempts) - 1
	}
	return &t.s.Attempts[i]
}

// tryGuide records that the customer begins with a guide, or comes back to it.
func (t *turn) tryGuide(f *Frame, st *flows.Step) {
	a := t.record(f, st)
	a.Times = min(a.Times+1, 999)
	t.reopen(f, st)
}

// reopen records that the customer is in a guide that has ended before.
func (t *turn) reopen(f *Frame, st *flows.Step) {
	a := t.record(f, st)
	a.Times = max(a.Times, 1)
	a.Outcome, a.Detail, a.Ended = bot.AttemptAbandoned, "", time.Time{}
}

// ended records how an attempt went.
func (t *turn) ended(f *Frame, st *flows.Step, outcome bot.AttemptOutcome, detail string) {
	a := t.record(f, st)
	a.Times = max(a.Times, 1)
	a.Outcome, a.Detail, a.Ended = outcome, detail, t.now
}

// skipped tells whether an operator has already done this guide with the
// customer, and records it.
func (t *turn) skipped(f *Frame, st *flows.Step) bool {
	if !slices.Contains(t.s.Done, f.Flow+"/"+st.ID) {
		return false
	}
	t.ended(f, st, bot.AttemptSkipped, "")
	f.At = len(st.Guide.Instructions) - 1
	t.overcome(f, st)
	return true
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

// stuckHere remembers the present instruction as the one that did not work,
// for an operator and for the way back into the guide, and returns its words.
// Where all are shown at once nobody knows which it was.
func (t *turn) stuckHere(f *Frame, st *flows.Step) string {
	g := st.Guide
	at, words := buttonAt(f, st), ""
	if at > 0 {
		words = g.Instructions[at-1].Say.In(t.p.Base)
		f.Marks = f.Marks.with(st.ID, at)
	} else {
		for _, in := range g.Instructions {
			words += in.Say.In(t.p.Base) + "\n"
		}
	}
	words = clip(plain(words), maxLastRunes)
	t.s.Stuck = &bot.StuckAt{Flow: f.Flow, Step: st.ID, Instruction: at, Text: words}
	return words
}

// overcome forgets where the customer was stuck once they got past it.
func (t *turn) overcome(f *Frame, st *flows.Step) {
	if k := t.s.Stuck; k != nil && k.Flow == f.Flow && k.Step == st.ID && k.Instruction <= buttonAt(f, st) {
		t.s.Stuck = nil
	}
}

// leaveGuide records where a customer gives up who is handed over in the
// middle of a guide.
func (t *turn) leaveGuide() {
	f, st := t.top(), t.asksNow()
	if st == nil || st.Kind != flows.KindGuide {
		return
	}
	words := t.stuckHere(f, st)
	if t.record(f, st).Outcome == bot.AttemptAbandoned {
		t.ended(f, st, bot.AttemptAbandoned, words)
	}
}

var markdownLink = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// plain strips from a text what only the customer's screen understands:
// Markdown, and places that are filled with what the customer said.
func plain(s string) string {
	s = strings.NewReplacer("**", "", "__", "", "`", "").Replace(s)
	if strings.Contains(s, "](") {
		s = markdownLink.ReplaceAllString(s, "$1")
	}
	for {
		before, rest, ok := strings.Cut(s, "{answer.")
		if !ok {
			return strings.Join(strings.Fields(s), " ")
		}
		_, after, _ := strings.Cut(rest, "}")
		s = before + "…" + after
	}
}
