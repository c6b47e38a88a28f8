package redact

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var removedMark = regexp.MustCompile(`\[removed: [a-z ]+\]`)

// left tells whether any word of the secret is still in what Text returned.
func (s sample) left() (clean string, left bool) {
	message, secret := markers.Replace(s.message), markers.Replace(s.secret)
	clean, _ = Text(message, Context{ExpectCode: s.expects == "code", ExpectPassword: s.expects == "password"})
	kept := removedMark.ReplaceAllString(clean, "\x00")
	around := message
	for w := range strings.FieldsSeq(secret) {
		around = strings.Replace(around, w, "\x00", 1)
	}
	for w := range strings.FieldsSeq(secret) {
		if strings.Count(kept, w) > strings.Count(around, w) {
			return clean, true
		}
	}
	return clean, false
}

type tally struct{ hits, all int }

func (t tally) rate() float64 { return float64(t.hits) / float64(max(t.all, 1)) }

// floors are what S-03 asks of each kind; the kinds it does not name are held
// to the figure of the nearest one that it does.
var floors = map[string]float64{
	"card": 0.99, "jwt": 0.99, "pem": 0.99, "token": 0.99, "iban": 0.99,
	"code": 0.95, "code6": 0.95, "phrase": 0.95, "backup": 0.95, "link": 0.95,
	"password": 0.90, "bare-password": 0.90,
}

const maxFalse = 0.01

// judge counts, prints and holds a half of the corpus against the floors.
func judge(t *testing.T, title string, samples []sample, details bool) {
	t.Helper()
	found := map[string]tally{} // by kind, and by kind and language
	clean := tally{}
	for _, s := range samples {
		if s.secret == "" {
			clean.all++
			out, kinds := Text(s.message, Context{ExpectCode: s.expects == "code", ExpectPassword: s.expects == "password"})
			if len(kinds) > 0 {
				clean.hits++
				if details {
					t.Logf("%s: false alarm (%s): %q -> %q", title, s.expects, s.message, out)
				}
			}
			continue
		}
		out, left := s.left()
		kind, _, _ := strings.Cut(s.kind, "/")
		for _, key := range []string{kind, s.kind} {
			n := found[key]
			n.all++
			if !left {
				n.hits++
			}
			found[key] = n
		}
		if left && details {
			t.Logf("%s: missed %s (%s): %q -> %q", title, s.kind, s.expects, s.message, out)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(found)) {
		n := found[key]
		kind, lang, _ := strings.Cut(key, "/")
		t.Logf("%s: %-16s %5d of %5d  %6.2f %%", title, key, n.hits, n.all, 100*n.rate())
		// Each language is held to the floor where S-03 asks for it.
		if (lang == "" || kind == "password") && n.rate() < floors[kind] {
			t.Errorf("%s: recall of %s is %.2f %%, below %.0f %%", title, key, 100*n.rate(), 100*floors[kind])
		}
	}
	t.Logf("%s: false alarms     %5d of %5d  %6.2f %%", title, clean.hits, clean.all, 100*clean.rate())
	if clean.rate() > maxFalse {
		t.Errorf("%s: %.2f %% false alarms, more than %.0f %%", title, 100*clean.rate(), 100*maxFalse)
	}
}

// TestRecall judges the stored corpus (S-03). Misses of the half that the
// detector is tuned on are printed with -v; those of the held-out half never
// are, so that nobody tunes on them.
func TestRecall(t *testing.T) {
	judge(t, "tune", stored(t, "tune"), testing.Verbose())
	judge(t, "held", stored(t, "held"), false)
}

// TestRecallOnOtherValues fills the same sentences with five times as many
// other values, so that nothing hangs on the ones that are stored.
func TestRecallOnOtherValues(t *testing.T) {
	judge(t, "tune×5", half(t, "tune", 2, 5), false)
	judge(t, "held×5", half(t, "held", 2, 5), false)
}
