package dialogue

import (
	"encoding/json"
	"slices"

	"latchkey/bot"
)

// shrink keeps the state's JSON below MaxStateBytes. Each part is bounded, but
// not so tightly that all of them could be full of the characters that JSON
// writes with six bytes. Then the least missed goes first, the older half of
// it at a time: what "back" could undo, then the words of attempts, answers,
// facts and attempts.
func (s *State) shrink() {
	if s.rough() <= MaxStateBytes {
		return
	}
	for s.size() > MaxStateBytes {
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
		default:
			return // what is left is bounded by the pack's own ids
		}
	}
}

func (s *State) dropDetails() bool {
	long := func(a bot.Attempt) bool { return a.Detail != "" }
	if !slices.ContainsFunc(s.Attempts, long) {
		return false
	}
	for i := range s.Attempts {
		s.Attempts[i].Detail = ""
	}
	return true
}

// size is the exact length of the JSON. Every field of a State can be
// marshalled, so there is no error to handle.
func (s *State) size() int {
	b, err := json.Marshal(s)
	if err != nil {
		return 0
	}
	return len(b)
}

// rough is at least the length of the JSON, and cheap: a byte of a string
// takes at most six ("\u0001"), and the names and numbers around are counted
// at their longest.
func (s *State) rough() int {
	chars := len(s.Release) + len(s.Lang) + len(s.Control) + len(s.Phase) + len(s.Goal)
	fixed := 600
	for i := range s.Frames {
		c, n := s.Frames[i].rough()
		chars, fixed = chars+c, fixed+n
	}
	if p := s.Prompt; p != nil {
		chars += len(p.Step) + len(p.Arg)
		for _, c := range p.Choices {
			chars, fixed = chars+len(c), fixed+3
		}
		fixed += 80
	}
	for _, list := range [][]Answer{s.Answers, s.Facts} {
		c, n := roughAnswers(list)
		chars, fixed = chars+c, fixed+n
	}
	for i := range s.Back {
		b := &s.Back[i]
		if b.Top != nil {
			c, n := b.Top.rough()
			chars, fixed = chars+c, fixed+n
		}
		c, n := roughAnswers(b.Undo)
		chars, fixed = chars+c, fixed+n+60
	}
	for i := range s.Attempts {
		a := &s.Attempts[i]
		chars += len(a.Flow) + len(a.Step) + len(a.Title) + len(a.Outcome) + len(a.Detail)
		fixed += 200
	}
	if k := s.Stuck; k != nil {
		chars += len(k.Flow) + len(k.Step) + len(k.Text)
	}
	for _, list := range [][]string{s.Done, s.Last} {
		for _, x := range list {
			chars, fixed = chars+len(x), fixed+3
		}
	}
	if e := s.Edit; e != nil {
		chars += len(e.Message)
	}
	return fixed + 6*chars
}

func (f *Frame) rough() (chars, fixed int) {
	chars, fixed = len(f.Flow)+len(f.Step)+len(f.Kind)+len(f.Contract), 200
	for _, list := range [2]counts{f.Marks, f.Taken} {
		for i := range list {
			chars, fixed = chars+len(list[i].K), fixed+40
		}
	}
	return chars, fixed
}

func roughAnswers(list []Answer) (chars, fixed int) {
	for i := range list {
		a := &list[i]
		chars, fixed = chars+len(a.Name)+len(a.Value)+len(a.Type), fixed+110
	}
	return chars, fixed
}
