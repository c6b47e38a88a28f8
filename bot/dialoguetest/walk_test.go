package dialoguetest_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"latchkey/bot/dialoguetest"
	"latchkey/flows"
)

// edited is the test pack with one flow changed in its words.
func edited(t *testing.T, flow, old, new string) fstest.MapFS {
	t.Helper()
	files := folder(t)
	data := string(files[flow+".yaml"].Data)
	if !strings.Contains(data, old) {
		t.Fatalf("%s has no %q", flow, old)
	}
	files[flow+".yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(data, old, new, 1))}
	return files
}

// run runs a folder's tests and walks.
func run(t *testing.T, folder fs.FS, p *flows.Pack) *dialoguetest.Report {
	t.Helper()
	suite, problems := dialoguetest.Load(folder, p)
	if len(problems) > 0 {
		t.Fatal(lines(problems))
	}
	report, err := suite.Run(t.Context(), dialoguetest.Options{Matcher: matcher})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// one is the only problem of a report.
func one(t *testing.T, report *dialoguetest.Report) flows.Problem {
	t.Helper()
	if len(report.Problems) != 1 {
		t.Fatalf("%d problems:\n%s", len(report.Problems), lines(report.Problems))
	}
	return report.Problems[0]
}

// TestWalkDeadCase: a case that an earlier one always takes is a way that
// nobody can go.
func TestWalkDeadCase(t *testing.T) {
	files := edited(t, "parcel", `      - {answer: where, older_than: 2d, go: person}`, `      - {answer: sure, in: ["no"], go: thanks}`)
	report := run(t, files, load(t, files))
	want := `parcel.yaml:31:40: T05: no dialogue takes the way "case.2" out of parcel/which; take the way out if it is never needed, or mend what keeps customers from it`
	if got := one(t, report).String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if report.Edges.Walked != report.Edges.Total-1 || !strings.Contains(report.String(), "edges walked 31 of 32 (96 %)") {
		t.Error(report)
	}
}

// TestWalkNoEnd: a walk that goes round and round is shown with its dialogue.
// The checks of package flows never let such a pack through, so it is made by
// hand.
func TestWalkNoEnd(t *testing.T) {
	files := folder(t)
	p := load(t, files)
	for _, o := range p.Flows["survey"].Steps["helpful"].Options {
		o.Go = "helpful"
	}
	p.Flows["survey"].Steps["helpful"].Idle = nil
	report := run(t, files, p)
	var first flows.Problem
	for _, x := range report.Problems {
		if x.Code == "T07" && x.File == "survey.yaml" {
			first = x
			break
		}
	}
	if first.Line == 0 || !strings.Contains(first.Message, "comes to no end: the conversation stands at survey/helpful") {
		t.Fatalf("not found: %s", lines(report.Problems))
	}
	if d := strings.Join(first.Dialogue, "\n"); !strings.Contains(d, "bot: survey/helpful: Was this helpful? (yes | no)\ncustomer: [Yes] (yes)") {
		t.Errorf("the dialogue is\n%s", d)
	}
	if report.Endless == 0 || !strings.Contains(report.String(), " came to no end") {
		t.Error(report)
	}
}

// TestWalkDeafToCancel: an option that takes the word to cancel and leads
// nowhere holds the customer fast.
func TestWalkDeafToCancel(t *testing.T) {
	files := edited(t, "entry", "again: {label: Ask again, go: where}", "again: {label: Cancel, go: where}")
	report := run(t, files, load(t, files))
	x := one(t, report)
	if x.Code != "T08" || x.Message != "at where the word to cancel changes nothing; the conversation stands at entry/where" {
		t.Error(x)
	}
	if report.Implicit.Walked != report.Implicit.Total-1 {
		t.Error(report)
	}
}

// TestBundledPack runs the dialogue tests of the pack that ships with the
// program and walks all its edges. Every flow has tests.
func TestBundledPack(t *testing.T) {
	p := load(t, flows.Bundled())
	suite, problems := dialoguetest.Load(flows.Bundled(), p)
	if len(problems) > 0 {
		t.Fatal(lines(problems))
	}
	for _, id := range p.Order {
		if _, err := fs.Stat(flows.Bundled(), "tests/"+id+".yaml"); err != nil {
			t.Errorf("the flow %s has no tests", id)
		}
	}
	runner := suite.Runner(dialoguetest.Options{Matcher: matcher})
	for _, test := range suite.Tests {
		for _, lang := range runner.Langs(test) {
			t.Run(test.Flow+"/"+test.Name+"/"+lang, func(t *testing.T) {
				found, err := runner.Test(t.Context(), test, lang)
				if err != nil {
					t.Fatal(err)
				}
				show(t, found...)
			})
		}
	}
	for _, route := range suite.Routes {
		t.Run("routes/"+route.Text, func(t *testing.T) {
			found, err := runner.Route(t.Context(), route)
			if err != nil {
				t.Fatal(err)
			}
			if found != nil {
				show(t, *found)
			}
		})
	}
	t.Run("walks", func(t *testing.T) {
		before := len(runner.Report().Problems)
		if err := runner.Walk(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := runner.Report()
		if len(r.Problems) > before {
			show(t, r.Problems...)
		}
		if r.Edges.Walked != r.Edges.Total || r.Implicit.Walked != r.Implicit.Total || r.Endless > 0 {
			t.Error(r)
		}
		if proof := p.Proof(); proof.Edges != r.Edges.Total || proof.Implicit != r.Implicit.Total {
			t.Errorf("the proof counts %d and %d edges, the walks %d and %d", proof.Edges, proof.Implicit, r.Edges.Total, r.Implicit.Total)
		}
		t.Log(r)
	})
}

func show(t *testing.T, ps ...flows.Problem) {
	t.Helper()
	for _, p := range ps {
		t.Errorf("%s\n    %s", p, strings.Join(p.Dialogue, "\n    "))
	}
}
