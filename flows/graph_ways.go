package flows

import "strconv"

// wayKind says who makes a dialogue take a way, and how often.
type wayKind uint8

const (
	wayAuto    wayKind = iota // nobody: next of a say, a case, an action's outcome, a goto
	wayAnswer                 // the customer: an answer, an option, done, stuck
	wayLimited                // the customer, but only Option.Times times
	wayIdle                   // the customer's silence
	wayClosed                 // a hand-over out of hours
	wayReturn                 // a called flow that ended with this outcome
	wayCancel                 // a called flow that the customer cancelled
	wayEnter                  // into the first step of a called flow; no edge of the file
)

// way is one way out of a step as the file names it, with what the proof
// needs beside its name: what makes a dialogue take it and at what cost.
type way struct {
	name  string // as Edge.Name
	kind  wayKind
	to    Target
	turns int // least number of customer turns it takes
	n     int // index of the option, case, instruction or branch
}

// ways lists the ways out of s. It reads the typed fields, not Step.Edges,
// because an option may be called "idle" or "retry".
func ways(s *Step) []way {
	var out []way
	here := func(name string, kind wayKind, to string, turns, n int) {
		if to != "" {
			out = append(out, way{name, kind, Target{Step: to}, turns, n})
		}
	}
	switch s.Kind {
	case KindSay:
		here("next", wayAuto, s.Next, 0, 0)
	case KindAsk:
		here("next", wayAnswer, s.Next, 1, 0)
		if s.Ask != nil {
			here("retry", wayAnswer, s.Ask.Retry.Go, max(s.Ask.Retry.Times, 0)+1, 0)
		}
	case KindChoose:
		for i, o := range s.Options {
			kind := wayAnswer
			if o.Times > 0 {
				kind = wayLimited
			}
			here(o.ID, kind, o.Go, 1, i)
		}
	case KindCheck:
		for i, c := range s.Cases {
			here("case."+strconv.Itoa(i+1), wayAuto, c.Go, 0, i)
		}
		here("else", wayAuto, s.Else, 0, len(s.Cases))
	case KindGuide:
		out = append(out, guideWays(s.Guide)...)
	case KindDo:
		for i, b := range s.When {
			here(b.Outcome, wayAuto, b.Go, 0, i)
		}
	case KindCall:
		for i, b := range s.When {
			here(b.Outcome, wayReturn, b.Go, 0, i)
		}
	case KindGoto:
		out = append(out, way{"goto", wayAuto, s.Goto, 0, 0})
	case KindHuman:
		if s.Human != nil {
			here("closed", wayClosed, s.Human.ClosedGo, 0, 0)
		}
	}
	if s.Idle != nil && s.Kind.Waits() {
		here("idle", wayIdle, s.Idle.Go, 1, 0)
	}
	return out
}

// guideWays are the ways out of a guide. The help for all instructions is a
// way only while some instruction has no help of its own.
func guideWays(g *Guide) []way {
	if g == nil {
		return nil
	}
	var out []way
	general := -1
	for i, in := range g.Instructions {
		switch {
		case in.Stuck != "":
			out = append(out, way{"stuck." + strconv.Itoa(i+1), wayAnswer, Target{Step: in.Stuck}, g.turnsTo(i), i})
		case general < 0:
			general = i
		}
	}
	if g.Then != "" {
		last := max(len(g.Instructions)-1, 0)
		out = append(out, way{"then", wayAnswer, Target{Step: g.Then}, g.turnsTo(last), last})
	}
	if g.Stuck != "" && general >= 0 {
		out = append(out, way{"stuck", wayAnswer, Target{Step: g.Stuck}, g.turnsTo(general), general})
	}
	return out
}

// turnsTo is the number of turns a customer needs to answer instruction i:
// every earlier one is done first, unless all are shown at once.
func (g *Guide) turnsTo(i int) int {
	if g.All {
		return 1
	}
	return i + 1
}

// offer is the number of turns to a person when the customer is stuck at the
// first instruction without any help: stuck, then yes. 0 = there is help
// everywhere.
func (g *Guide) offer() int {
	if g == nil || g.Stuck != "" {
		return 0
	}
	for i, in := range g.Instructions {
		if in.Stuck == "" {
			return g.turnsTo(i) + 1
		}
	}
	return 0
}
