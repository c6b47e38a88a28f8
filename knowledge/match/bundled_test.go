package match_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/flows"
	"latchkey/knowledge"
	"latchkey/knowledge/match"
)

func bundled(t testing.TB) *flows.Pack {
	t.Helper()
	p, problems := flows.Load(flows.Bundled(), flows.Options{Today: time.Date(2026, time.November, 25, 0, 0, 0, 0, time.UTC)})
	if p == nil {
		t.Fatal(problems)
	}
	return p
}

// rows reads a table of testdata/bundled: fields apart by tabs.
func rows(t *testing.T, file string) [][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "bundled", file))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for line := range strings.Lines(string(data)) {
		out = append(out, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	return out
}

// place is where a candidate for id stands, counted as the customer is shown
// them: words do not stand in the way of flows. It is -1 when there is none.
func place(r bot.Reading, id string) int {
	n := 0
	for _, c := range r.Candidates {
		if string(c.Kind)+":"+c.ID == id {
			return n
		}
		if c.Kind == bot.CandidateFlow {
			n++
		}
	}
	return -1
}

// TestParaphrases reads what customers may write. They are led right, or asked
// with the right topic among three. What is a phrase of the pack by now is no
// paraphrase and does not count.
func TestParaphrases(t *testing.T) {
	p := bundled(t)
	ex := dialogue.Examples(p)
	m := match.New(ex, match.Options{})
	phrases := map[string]bool{}
	for _, e := range ex {
		phrases[flows.Fold(e.Text)] = true
	}
	for _, lang := range []string{"en", "ru", "es"} {
		t.Run(lang, func(t *testing.T) {
			all := slices.DeleteFunc(rows(t, lang+".tsv"), func(row []string) bool { return phrases[flows.Fold(row[1])] })
			straight, asked, misled, missed := 0, 0, 0, 0
			for _, row := range all {
				want, text := row[0], row[1]
				if id, ok := strings.CutPrefix(want, "flow:"); ok && p.Flows[id] == nil {
					t.Fatalf("%q: the pack has no flow %s; mend the table", text, id)
				}
				r := read(t, m, text, knowledge.Scope{Lang: "en"})
				at := place(r, want)
				switch {
				case r.Verdict == bot.Sure && at == 0:
					straight++
				case r.Verdict == bot.Sure:
					misled++
					t.Logf("%q leads to %v, not to %s", text, r.Candidates, want)
				case at >= 0 && at < 3:
					asked++
				default:
					missed++
					t.Logf("%q: %s %v, not %s", text, r.Verdict, r.Candidates, want)
				}
				if r.Lang != lang && r.Lang != "" {
					t.Errorf("%q counts as %q", text, r.Lang)
				}
			}
			t.Logf("%d texts: %d straight, %d asked, %d led wrong, %d not found", len(all), straight, asked, misled, missed)
			if n := len(all); 100*straight < 75*n || 100*(straight+asked) < 95*n || 100*misled > 2*n {
				t.Error("want 75 % straight, 95 % straight or asked, at most 2 % led wrong")
			}
		})
	}
}

func TestOffTopic(t *testing.T) {
	m := match.New(dialogue.Examples(bundled(t)), match.Options{})
	all := rows(t, "none.tsv")
	none, misled := 0, 0
	for _, row := range all {
		r := read(t, m, row[0], knowledge.Scope{Lang: "en"})
		switch r.Verdict {
		case bot.None:
			none++
		case bot.Sure:
			misled++
			t.Logf("%q leads to %v", row[0], r.Candidates)
		}
	}
	t.Logf("%d texts: %d none, %d led into a flow", len(all), none, misled)
	if n := len(all); 100*none < 75*n || 100*misled > 2*n {
		t.Error("want 75 % none, at most 2 % led into a flow")
	}
	for _, text := range []string{"tell me a joke", "what's the weather", "pizza", "расскажи анекдот", "какая сегодня погода", "пицца", "cuéntame un chiste", "pizza con queso"} {
		if r := read(t, m, text, knowledge.Scope{Lang: "en"}); r.Verdict != bot.None {
			t.Errorf("%q: %s %v", text, r.Verdict, r.Candidates)
		}
	}
}

// TestEveryPhrase holds a pack's own phrases against it.
func TestEveryPhrase(t *testing.T) {
	ex := dialogue.Examples(bundled(t))
	m := match.New(ex, match.Options{})
	for _, e := range ex {
		r := read(t, m, e.Text, knowledge.Scope{Lang: e.Lang})
		switch {
		case e.Not && surely(r, e.Kind, e.ID):
			t.Errorf("%q must not lead to %s, and does: %v", e.Text, e.ID, r.Candidates)
		case !e.Not && !surely(r, e.Kind, e.ID):
			t.Errorf("%q is a phrase of %s, but: %s %v", e.Text, e.ID, r.Verdict, r.Candidates)
		case !e.Not && r.Lang != e.Lang && r.Lang != "":
			t.Errorf("%q is %s, but counts as %s", e.Text, e.Lang, r.Lang)
		}
	}
}
