package dialogue

import "strings"

// shrink keeps the state's JSON below MaxStateBytes. Each part is bounded, but
// not so tightly that all of them could be full of the characters that JSON
// writes with six bytes. Then the least missed goes first, the older half of
// it at a time: what "back" could undo, then the words of attempts, answers,
// facts and attempts.
func (s *State) shrink() {
	if s.rough(func(x string) int { return 6 * len(x) }) <= MaxStateBytes {
		return // as nearly always
	}
	for s.rough(jsonLen) > MaxStateBytes {
		switch {
		case len(s.Back) > 0:
			s.Back = s.Back[(len(s.Back)+1)/2:]
		case s.dropDetails():
		case len(s.Answers) > 0:
			s.Answers = s.Answers[(len(s.Answers)+1)/2:]
		case len(s.Facts) > 0:
			s.Facts = s.Facts[(len(s.Facts)+1)/2:]
		case len(s.Attempts) > 0:
			s.Attempts = s.Attempts[(len(s.Attempts)+1)/2:]
		case s.Prompt != nil && len(s.Prompt.Found) > 1:
			p := *s.Prompt
			p.Found = p.Found[:1]
			s.Prompt = &p
		default:
			return // what is left is bounded by the pack's own ids
		}
	}
}

func (s *State) dropDetails() (dropped bool) {
	for i := range s.Attempts {
		dropped = dropped || s.Attempts[i].Detail != ""
		s.Attempts[i].Detail = ""
	}
	return dropped
}

// jsonLen is how many bytes encoding/json writes for the characters of s,
// without the quotes.
func jsonLen(s string) int {
	n := len(s) + 3*strings.Count(s, "\u2028") + 3*strings.Count(s, "\u2029")
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c == '<', c == '>', c == '&':
			n += 5
		case c == '"', c == '\\':
			n++
		}
	}
	return n
}

// rough is at least the length of the JSON; cost is at least that of a string.
// The names and numbers around the strings are counted at their longest.
func (s *State) rough(cost func(string) int) int {
	n := 600 + cost(s.Release) + cost(s.Lang) + cost(string(s.Control)) + cost(string(s.Phase)) + cost(s.Goal)
	for i := range s.Frames {
		n += s.Frames[i].rough(cost)
	}
	if p := s.Prompt; p != nil {
		n += 80 + cost(p.Step) + cost(p.Arg)
		for _, c := range p.Choices {
			n += 3 + cost(c)
		}
		for _, f := range p.Found {
			n += 90 + cost(f.Article) + cost(f.Title) + cost(f.Text) + cost(f.Flow)
		}
	}
	n += roughAnswers(s.Answers, cost) + roughAnswers(s.Facts, cost)
	for i := range s.Back {
		b := &s.Back[i]
		if n += 60 + roughAnswers(b.Undo, cost); b.Top != nil {
			n += b.Top.rough(cost)
		}
	}
	for i := range s.Attempts {
		a := &s.Attempts[i]
		n += 200 + cost(a.Flow) + cost(a.Step) + cost(a.Title) + cost(string(a.Outcome)) + cost(a.Detail)
	}
	if k := s.Stuck; k != nil {
		n += cost(k.Flow) + cost(k.Step) + cost(k.Text)
	}
	for _, list := range [2][]string{s.Done, s.Last} {
		for _, x := range list {
			n += 3 + cost(x)
		}
	}
	if e := s.Edit; e != nil {
		n += cost(string(e.Message))
	}
	return n
}

func (f *Frame) rough(cost func(string) int) int {
	n := 200 + cost(f.Flow) + cost(f.Step) + cost(string(f.Kind)) + cost(f.Contract)
	for _, list := range [2]counts{f.Marks, f.Taken} {
		for i := range list {
			n += 40 + cost(list[i].K)
		}
	}
	return n
}

func roughAnswers(list []Answer, cost func(string) int) (n int) {
	for i := range list {
		n += 110 + cost(list[i].Name) + cost(list[i].Value) + cost(list[i].Type)
	}
	return n
}
