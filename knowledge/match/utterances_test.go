package match

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"latchkey/bot"
	"latchkey/knowledge"
)

// TestUtterances measures the matcher on public utterance sets. They are not
// part of the repository: LATCHKEY_UTTERANCES names a folder with
// <set>/train-10shot.tsv and <set>/dev.tsv, and clinc150/dev-oos.tsv, one
// "label<TAB>text" a line. Run it with -v to see the figures.
func TestUtterances(t *testing.T) {
	dir := os.Getenv("LATCHKEY_UTTERANCES")
	if dir == "" {
		t.Skip("set LATCHKEY_UTTERANCES to a folder of public utterance sets to measure the matcher on them")
	}
	// The floors are a little below what was measured; see the README.
	for set, floor := range map[string]float64{"banking77": 0.72, "clinc150": 0.78, "hwu64": 0.68} {
		t.Run(set, func(t *testing.T) {
			start := time.Now()
			m := New(labelled(t, dir, set, "train-10shot.tsv"), Options{})
			trained := time.Since(start)
			dev := labelled(t, dir, set, "dev.tsv")
			right, sure, surelyRight := 0, 0, 0
			var inside []float64
			start = time.Now()
			for _, e := range dev {
				best, verdict := readAlways(m, e.Text)
				inside = append(inside, best.Score)
				if best.ID == e.ID {
					right++
				}
				if verdict == bot.Sure {
					sure++
					if best.ID == e.ID {
						surelyRight++
					}
				}
			}
			accuracy := float64(right) / float64(len(dev))
			t.Logf("10 examples a label: accuracy %.1f %%, sure of %.1f %% and right in %.1f %% of those; trained in %s, %s a text", 100*accuracy,
				100*float64(sure)/float64(len(dev)), 100*float64(surelyRight)/float64(max(sure, 1)), trained.Round(time.Millisecond), (time.Since(start) / time.Duration(len(dev))).Round(time.Microsecond))
			if accuracy < floor {
				t.Errorf("accuracy %.3f is below %.2f", accuracy, floor)
			}
			if set == "clinc150" {
				outOfScope(t, m, dir, inside)
			}
		})
	}
}

// outOfScope measures how well nearness tells what no label may match.
func outOfScope(t *testing.T, m *Matcher, dir string, inside []float64) {
	none, sure := 0, 0
	var outside []float64
	for _, e := range labelled(t, dir, "clinc150", "dev-oos.tsv") {
		best, verdict := readAlways(m, e.Text)
		outside = append(outside, best.Score)
		switch verdict {
		case bot.None:
			none++
		case bot.Sure:
			sure++
		}
	}
	area := rocArea(inside, outside)
	t.Logf("out of scope: AUROC %.3f, verdict none for %d of %d, sure of %d", area, none, len(outside), sure)
	if area < 0.92 {
		t.Errorf("AUROC %.3f is below 0.92", area)
	}
}

// readAlways is the nearest candidate, however far, with its nearness for a
// score, and the verdict.
func readAlways(m *Matcher, text string) (bot.Candidate, bot.Verdict) {
	cs := m.index.candidates(m.index.space.vector(text, newNames()))
	if len(cs) == 0 {
		return bot.Candidate{}, bot.None
	}
	best := slices.MaxFunc(cs, func(a, b bot.Candidate) int {
		return cmp.Or(cmp.Compare(a.Score, b.Score), cmp.Compare(b.ID, a.ID))
	})
	_, verdict := m.options.judge(cs)
	return best, verdict
}

func labelled(t *testing.T, path ...string) []knowledge.Example {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	var out []knowledge.Example
	for line := range strings.Lines(string(data)) {
		label, text, _ := strings.Cut(strings.TrimSpace(line), "\t")
		out = append(out, knowledge.Example{Kind: bot.CandidateFlow, ID: label, Lang: "en", Text: text})
	}
	return out
}

// rocArea is the chance that one of a is greater than one of b.
func rocArea(a, b []float64) float64 {
	sum := 0.0
	for _, x := range a {
		for _, y := range b {
			switch {
			case x > y:
				sum++
			case x == y:
				sum += 0.5
			}
		}
	}
	return sum / float64(len(a)*len(b))
}
