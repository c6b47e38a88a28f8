package match

import (
	"math"

	"latchkey/bot"
)

// Stray is a phrase that, were it not written down, would be taken for another
// flow: customers who write something like it may be led wrong.
type Stray struct {
	Example int           // index of the example it stands in
	Rival   bot.Candidate // what it would be taken for, with its chance and its nearest phrase
	Sure    bool          // the rival would be taken without asking
}

// Strays holds out every phrase of a flow in turn and looks where it would
// lead. The features' weights are those of the whole: only the nearness to the
// phrase itself is taken away, which is exact for the nearest phrases, the
// centre and the share that is covered.
func (m *Matcher) Strays() []Stray {
	var out []Stray
	for i, e := range m.index.examples {
		own := m.index.classes[m.index.groups[e.group].class]
		if e.not || own.kind != bot.CandidateFlow {
			continue
		}
		v := m.index.space.vector(e.text, newNames())
		cs, verdict := m.options.judge(m.index.judged(m.index.without(v, i)))
		if verdict == bot.None || cs[0].ID == own.id && cs[0].Kind == own.kind || cs[0].Kind != bot.CandidateFlow {
			continue
		}
		out = append(out, Stray{Example: i, Rival: cs[0], Sure: verdict == bot.Sure})
	}
	return out
}

// without is nearest as it would be had example i not been learnt.
func (x *index) without(v vector, i int) []nearness {
	own := x.examples[i].group
	out := x.nearestBut(v, i)
	n := &out[own]
	length := x.lengths[own]
	// The centre is the sum of the phrases over its length; without the phrase
	// the sum is shorter by v.
	rest := math.Sqrt(max(0, length*length-2*n.centre*length+1))
	if rest < 1e-6 { // it was the only phrase
		*n = nearness{not: n.not}
		return out
	}
	n.centre = max(0, (n.centre*length-1)/rest)
	n.covered = 0
	for _, e := range v {
		for _, p := range x.phrases[e.id] {
			if o := &x.examples[p.at]; int(p.at) != i && o.group == own && !o.not {
				n.covered += float64(e.weight) * float64(e.weight)
				break
			}
		}
	}
	return out
}
