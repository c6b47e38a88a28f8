package dialogue

import (
	"slices"
	"strconv"
	"strings"

	"latchkey/flows"
)

func caseEdge(i int) string { return "case." + strconv.Itoa(i+1) }

// holds tells whether a case of a check step is true.
func (t *turn) holds(f *Frame, c *flows.Case) bool {
	if c.Op == flows.OpTried {
		return t.tried(f.Flow, c.Tried)
	}
	a, ok := t.value(f, c)
	switch c.Op {
	case flows.OpMissing:
		return !ok
	case flows.OpIn:
		return ok && slices.Contains(c.Values, a.Value)
	case flows.OpOlder:
		return ok && t.now.Sub(a.At) > c.Age
	}
	return false
}

func (t *turn) value(f *Frame, c *flows.Case) (Answer, bool) {
	if c.Answer != "" {
		return findAnswer(t.s.Answers, answerName(f.Flow, c.Answer))
	}
	if c.Fact == "language" {
		return Answer{Name: c.Fact, Value: t.s.Lang, At: t.now}, true
	}
	return findAnswer(t.s.Facts, c.Fact)
}

// tried tells whether the customer has been through a guide.
func (t *turn) tried(flow, guide string) bool {
	step := guide
	if of, s, ok := strings.Cut(guide, "/"); ok {
		flow, step = of, s
	}
	return t.attemptAt(flow, step) >= 0 || slices.Contains(t.s.Done, flow+"/"+step)
}
