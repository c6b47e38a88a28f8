package dialoguetest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"latchkey/bot"
	"latchkey/flows"
	"latchkey/knowledge"
)

// Options are what a suite runs with.
type Options struct {
	// Matcher builds the matcher of a pack release; it is called once for each.
	Matcher func(*flows.Pack) knowledge.Matcher
	// Only leaves out the tests, and the routes, whose "flow/name" it does not
	// match. nil = all run.
	Only *regexp.Regexp
	// Lang runs everything in one language instead of those that the tests
	// name; tests that name others are left out. "" = as they say.
	Lang string
}

// Runner runs the tests of a suite and counts. It is not safe for concurrent
// use.
type Runner struct {
	suite    *Suite
	o        Options
	matchers map[string]knowledge.Matcher
	hops     func(flow, step string) ([]flows.Hop, bool)
	written  coverage // edges that editors' tests have taken
	report   Report
}

// Runner prepares a run.
func (s *Suite) Runner(o Options) *Runner {
	return &Runner{suite: s, o: o, matchers: map[string]knowledge.Matcher{}, hops: s.pack.Walker(), written: coverage{},
		report: Report{Problems: []flows.Problem{}, Unwritten: []flows.Problem{}}}
}

// matcher is the matcher of a release. Loading a pack again gives the same
// one: it depends on nothing but the pack's words.
func (x *Runner) matcher(p *flows.Pack) knowledge.Matcher {
	m := x.matchers[p.Release]
	if m == nil {
		m = x.o.Matcher(p)
		x.matchers[p.Release] = m
	}
	return m
}

// Langs are the languages that a test runs in; none when Options leave it out.
func (x *Runner) Langs(t *Test) []string {
	switch {
	case x.o.Only != nil && !x.o.Only.MatchString(t.Flow+"/"+t.Name):
		return nil
	case x.o.Lang == "" && len(t.langs) == 0:
		return []string{x.suite.pack.Base}
	case x.o.Lang == "":
		return t.langs
	case len(t.langs) == 0 || slices.Contains(t.langs, x.o.Lang):
		return []string{x.o.Lang}
	}
	return nil
}

// run is one test on its way.
type run struct {
	suite *Suite
	talk  *talk
	test  *Test
	lang  string
	heard int  // how many messages of the newest turn have been looked at
	named bool // a "bot:" line has looked at the newest turn
}

// Test runs a test in one language: once as it is, and once with the state
// going through its stored form after every turn, which must make no
// difference. What went wrong is returned as problems with code T01 or T02. An
// error means that the test could not be run.
func (x *Runner) Test(ctx context.Context, t *Test, lang string) ([]flows.Problem, error) {
	plain, problem, err := x.once(ctx, t, lang, false)
	if err != nil {
		return nil, err
	}
	if problem != nil {
		return x.found(problems(problem)), nil
	}
	stored, problem, err := x.once(ctx, t, lang, true)
	switch {
	case err != nil:
		return nil, err
	case problem == nil:
		problem = different(t, plain, stored)
	default:
		problem.Code = "T02"
		problem.Message += " (only when the program restarts after every turn)"
	}
	return x.found(problems(problem)), nil
}

func problems(p *flows.Problem) []flows.Problem {
	if p == nil {
		return nil
	}
	return []flows.Problem{*p}
}

// different compares the same test with and without restarts.
func different(t *Test, plain, stored *talk) *flows.Problem {
	for i, want := range plain.records {
		if i >= len(stored.records) || stored.records[i] != want {
			return &flows.Problem{Pos: t.Pos, Code: "T02",
				Message:  fmt.Sprintf("%s: turn %d has another outcome when the program restarts before it", t.title(), i+1),
				Fix:      "this is a fault of the program, not of the pack: report it with this dialogue",
				Dialogue: slices.Clone(plain.lines)}
		}
	}
	return nil
}

func (t *Test) title() string { return fmt.Sprintf("%s: %q", t.Flow, t.Name) }

// once runs a test a single time.
func (x *Runner) once(ctx context.Context, t *Test, lang string, restarts bool) (*talk, *flows.Problem, error) {
	k := newTalk(x.suite.pack)
	k.reader, k.keeps, k.json = x.matcher, true, restarts
	r := &run{suite: x.suite, talk: k, test: t, lang: lang}
	if err := x.begin(ctx, r); err != nil {
		return nil, nil, err
	}
	k.taken = x.written
	for _, l := range t.lines {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		if err := r.line(ctx, l); err != nil {
			return failed(r, l.pos, err)
		}
	}
	if err := r.settle(); err != nil {
		return failed(r, t.lines[len(t.lines)-1].pos, err)
	}
	for _, l := range t.lines {
		if d, ok := l.do.(neverStored); ok {
			if err := d.check(r); err != nil {
				return failed(r, l.pos, err)
			}
		}
	}
	return k, nil, nil
}

// line does one line. A line in which something happens begins a turn.
func (r *run) line(ctx context.Context, l line) error {
	if !passive(l.do) {
		if err := r.settle(); err != nil {
			return err
		}
		r.talk.begin()
		r.heard, r.named = 0, false
	}
	return l.do.do(ctx, r)
}

// failed turns a miss into a problem.
func failed(r *run, pos flows.Pos, err error) (*talk, *flows.Problem, error) {
	var m *miss
	if !errors.As(err, &m) {
		return nil, nil, fmt.Errorf("%s: %s: %w", pos, r.test.title(), err)
	}
	fix := m.fix
	if fix == "" {
		fix = "mend the flow, or the test if it is the test that is wrong"
	}
	title := r.test.title()
	if r.lang != r.suite.pack.Base {
		title += " in " + r.lang
	}
	return nil, &flows.Problem{Pos: pos, Code: "T01", Message: title + ": " + m.Error(), Fix: fix, Dialogue: slices.Clone(r.talk.lines)}, nil
}

// begin opens the chat and brings the customer to where the test begins: by
// the shortest dialogue from the start of the flow, so that what was tried and
// answered on the way is known; where there is none, straight to the step.
func (x *Runner) begin(ctx context.Context, r *run) error {
	k, at := r.talk, r.test.at
	if err := k.receive(ctx, k.key(), bot.Event{Kind: bot.EventOpened, Lang: r.lang, Facts: map[string]string{"channel": "test"}}); err != nil {
		return err
	}
	if at.Step == "" {
		return nil
	}
	opened := k.fork()
	k.begin()
	ok, err := k.reach(ctx, x.hops, at.Flow, at.Step)
	if err != nil {
		return err
	}
	if !ok {
		*k = *opened
		k.begin()
		if err := k.startAt(at.Flow, at.Step); err != nil {
			return err
		}
	}
	k.fresh = k.fresh[k.newest:]
	k.newest = 0
	k.lines = append(k.lines, fmt.Sprintf("(here the test begins, at %s/%s)", at.Flow, at.Step))
	return nil
}
