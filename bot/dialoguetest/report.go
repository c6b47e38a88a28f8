package dialoguetest

import (
	"context"
	"fmt"
	"strings"

	"latchkey/flows"
)

// Report is what a run has found, with the figures of `latchkey test`.
type Report struct {
	Tests  int `json:"tests"` // a test in two languages counts as two
	Passed int `json:"passed"`
	Failed int `json:"failed"`
	Routes struct {
		Total    int `json:"total"`
		Straight int `json:"straight"`
		Asked    int `json:"asked"`
		Wrong    int `json:"wrong"`
	} `json:"routes"`
	// Edges are the ways out that the flows name.
	Edges struct {
		Total   int `json:"total"`
		Walked  int `json:"walked"`  // by the generated walks
		Written int `json:"written"` // by the editors' tests
	} `json:"edges"`
	// Implicit are the ways out that are always there.
	Implicit struct {
		Total  int `json:"total"`
		Walked int `json:"walked"`
	} `json:"implicit"`
	Walks   int `json:"walks"`   // generated dialogues
	Endless int `json:"endless"` // of these, how many came to no end
	Longest int `json:"longest"` // customer turns of the longest
	// Problems are what must be mended; Unwritten are the edges that no
	// editor's test takes.
	Problems  []flows.Problem `json:"problems"`
	Unwritten []flows.Problem `json:"unwritten"`
}

// Run runs all tests and routes of the suite and, unless Options leave some
// out, walks every edge of the pack.
func (s *Suite) Run(ctx context.Context, o Options) (*Report, error) {
	x := s.Runner(o)
	for _, t := range s.Tests {
		for _, lang := range x.Langs(t) {
			if _, err := x.Test(ctx, t, lang); err != nil {
				return nil, err
			}
		}
	}
	for _, rt := range s.Routes {
		if o.Only != nil && !o.Only.MatchString("routes/"+rt.Text) {
			continue
		}
		if _, err := x.Route(ctx, rt); err != nil {
			return nil, err
		}
	}
	if o.Only == nil {
		if err := x.Walk(ctx); err != nil {
			return nil, err
		}
	}
	return x.Report(), nil
}

// Report is what has been found so far, sorted by place.
func (x *Runner) Report() *Report {
	sortProblems(x.report.Problems)
	return &x.report
}

// found counts a test and keeps what is wrong with it.
func (x *Runner) found(ps []flows.Problem) []flows.Problem {
	x.report.Tests++
	if len(ps) > 0 {
		x.report.Failed++
	} else {
		x.report.Passed++
	}
	x.report.Problems = append(x.report.Problems, ps...)
	return ps
}

// routed counts a route and keeps what is wrong with it.
func (x *Runner) routed(how routed, p *flows.Problem) *flows.Problem {
	r := &x.report.Routes
	r.Total++
	switch how {
	case straight:
		r.Straight++
	case asked:
		r.Asked++
	default:
		r.Wrong++
		x.report.Problems = append(x.report.Problems, *p)
	}
	return p
}

// Walk walks every edge of the pack and holds what it and the tests so far
// have taken against the edges there are.
func (x *Runner) Walk(ctx context.Context) error {
	w, err := Walk(ctx, x.suite.pack)
	if err != nil {
		return err
	}
	rep := &x.report
	rep.Problems = append(rep.Problems, w.Problems...)
	rep.Walks, rep.Endless, rep.Longest = w.Walks, w.Endless, w.Longest
	rep.Implicit.Total, rep.Implicit.Walked = w.Implicit, w.Implicit-w.broken
	for _, e := range edgesOf(x.suite.pack) {
		rep.Edges.Total++
		if w.taken[e.edge] {
			rep.Edges.Walked++
		}
		switch {
		case x.written[e.edge]:
			rep.Edges.Written++
			continue
		case !w.taken[e.edge]:
			rep.Problems = append(rep.Problems, flows.Problem{Pos: e.pos, Code: "T05",
				Message: fmt.Sprintf("no dialogue takes the way %q out of %s/%s", e.name, e.flow, e.step),
				Fix:     "take the way out if it is never needed, or mend what keeps customers from it"})
		}
		rep.Unwritten = append(rep.Unwritten, flows.Problem{Pos: e.pos, Code: "T06",
			Message: fmt.Sprintf("no test takes the way %q out of %s/%s", e.name, e.flow, e.step), Fix: "write a test that comes by it"})
	}
	return nil
}

// String is the figures, as `latchkey test` ends with them.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d passed, %d failed", count(r.Tests, "test"), r.Passed, r.Failed)
	if r.Routes.Total > 0 {
		fmt.Fprintf(&b, "\n%s: %d led straight, %d asked which was meant, %d wrong", count(r.Routes.Total, "route"), r.Routes.Straight, r.Routes.Asked, r.Routes.Wrong)
	}
	if r.Edges.Total > 0 {
		fmt.Fprintf(&b, "\nedges walked %d of %d (%s), written by editors %d of %d (%s)\n",
			r.Edges.Walked, r.Edges.Total, percent(r.Edges.Walked, r.Edges.Total), r.Edges.Written, r.Edges.Total, percent(r.Edges.Written, r.Edges.Total))
		fmt.Fprintf(&b, "implicit edges walked %d of %d (%s); %d walks, %d came to no end, the longest took %d customer turns",
			r.Implicit.Walked, r.Implicit.Total, percent(r.Implicit.Walked, r.Implicit.Total), r.Walks, r.Endless, r.Longest)
	}
	return b.String()
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// percent never rounds up to 100.
func percent(n, of int) string {
	if of == 0 || n == of {
		return "100 %"
	}
	return fmt.Sprintf("%d %%", n*100/of)
}
