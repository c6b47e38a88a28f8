package match

import (
	"cmp"
	"math"
	"slices"

	"latchkey/bot"
)

// What measures of nearness count for; together 1. The numbers here were
// chosen on the train and dev files of public utterance sets (banking77,
// clinc150, hwu64) and on phrases of the bundled pack held out in turn.
const (
	nearCounts    = 0.3
	centreCounts  = 0.4
	coveredCounts = 0.3
)

const (
	// exactly is the cosine from which a text is the phrase itself, and
	// exactBonus what that counts for: no other flow comes near it then.
	exactly    = 0.98
	exactBonus = 0.4
	// missCounts is what a near miss takes away for being the nearest, and
	// missSlope for each unit by which it is nearer.
	missCounts = 0.05
	missSlope  = 0.6
)

// nearer joins the measures into one: about 0.3 for a text that shares some
// words with a phrase, 0.6 for a paraphrase, more than 1 for the phrase
// itself. A near miss that is nearer than every phrase takes away from it.
func (n *nearness) nearer() float64 {
	if n.best == 0 {
		return 0
	}
	sum := nearCounts*n.together() + centreCounts*n.centre + coveredCounts*n.covered
	switch {
	case n.best >= exactly:
		return sum + exactBonus
	case n.not >= exactly:
		return sum / 4
	case n.not > n.best:
		return max(0, sum-missCounts-missSlope*(n.not-n.best))
	}
	return sum
}

// wordBar is by how much nearer a built-in word must be than a flow. Words are
// short and common: "back" and "again" stand in many a sentence about
// something else, and "stop" acts at once.
const wordBar = 0.06

// candidates are the classes that are near a text at all, with their nearness
// for a score.
func (x *index) candidates(v vector) []bot.Candidate { return x.judged(x.nearest(v)) }

// judged joins what is known of each group into candidates.
func (x *index) judged(groups []nearness) []bot.Candidate {
	not := make([]float64, len(x.classes))
	for g, n := range groups {
		c := x.groups[g].class
		not[c] = max(not[c], n.not)
	}
	best := make([]float64, len(x.classes))
	phrase := make([]int, len(x.classes))
	for g := range groups {
		n, c := &groups[g], x.groups[g].class
		n.not = not[c] // a near miss counts in whatever language it is
		if s := n.nearer(); s > best[c] {
			best[c], phrase[c] = s, n.phrase
		}
	}
	var out []bot.Candidate
	for c, s := range best {
		cl := x.classes[c]
		if cl.kind == bot.CandidateWord {
			s -= wordBar
		}
		if s > 0 {
			out = append(out, bot.Candidate{Kind: cl.kind, ID: cl.id, Score: s, Phrase: x.examples[phrase[c]].text})
		}
	}
	return out
}

const (
	maxCandidates = 5
	// leastChance is the chance from which a candidate is worth a mention, and
	// leastNone the same in a reading that says none is meant.
	leastChance = 0.05
	leastNone   = 0.15
	// The chance that anything known is meant rises with the nearness of the
	// best candidate: a logistic curve with its middle at nearness 0.32.
	steep, middle = 21.9, 0.32
	// sharp says how the chance is divided: a candidate half as near as
	// another is 2^sharp times less likely.
	sharp = 10.3
)

// judge makes chances of nearness, and a verdict of the chances. The chances
// of all candidates add up to the chance that anything known is meant.
func (o Options) judge(cs []bot.Candidate) ([]bot.Candidate, bot.Verdict) {
	if len(cs) == 0 {
		return nil, bot.None
	}
	slices.SortStableFunc(cs, func(a, b bot.Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	best := cs[0].Score
	known := 1 / (1 + math.Exp(-steep*(best-middle)))
	sum := 0.0
	for i := range cs {
		cs[i].Score = math.Pow(cs[i].Score/best, sharp)
		sum += cs[i].Score
	}
	for i := range cs {
		cs[i].Score *= known / sum
	}
	least := leastChance
	if known < o.Known {
		least = leastNone
	}
	cs = slices.DeleteFunc(cs, func(c bot.Candidate) bool { return c.Score < least })
	cs = cs[:min(len(cs), maxCandidates)]
	switch {
	case known < o.Known || len(cs) == 0:
		return cs, bot.None
	case cs[0].Score >= o.Sure:
		return cs, bot.Sure
	}
	return cs, bot.Unsure
}
