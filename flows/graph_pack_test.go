package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// buildPack makes a pack from one line a step, because graphs in YAML hide
// their shape:
//
//	flow a [hidden]
//	  one say two
//	  two choose yes:three no*2:two idle:four       (*2: times)
//	  three ask four [as:name] [type:email] [retry:five]
//	  four guide 3 five [all] [stuck:six] [stuck.2:six]
//	  five check where=site,app:one mail?:two mail>:three !four:six else:two
//	  six do up:one failed:two
//	  call call b solved:one
//	  away goto b/two
//	  help human [closed:one]
//	  end done solved
//
// A line's number is its number in the text, from 1.
func buildPack(t testing.TB, text string) *Pack {
	t.Helper()
	p := &Pack{ID: "test", Base: "en", Flows: map[string]*Flow{}, Queues: map[string]*Queue{"desk": {ID: "desk"}},
		Actions: map[string]*Action{}}
	var f *Flow
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if words[0] == "flow" {
			f = &Flow{ID: words[1], Title: NewText(words[1]), Steps: map[string]*Step{}, Pos: Pos{words[1] + ".yaml", i + 1, 1}}
			f.Start.Hidden = slices.Contains(words, "hidden")
			p.Flows[f.ID] = f
			p.Order = append(p.Order, f.ID)
			continue
		}
		s := &Step{ID: words[0], Kind: Kind(words[1]), Pos: Pos{f.ID + ".yaml", i + 1, 3}}
		s.Say = NewText("Words of " + s.ID + ".")
		if err := fillStep(s, words[2:]); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		for _, w := range ways(s) {
			s.Edges = append(s.Edges, Edge{Name: w.name, To: w.to})
		}
		f.Steps[s.ID] = s
		f.Order = append(f.Order, s.ID)
	}
	slices.Sort(p.Order)
	return p
}

func fillStep(s *Step, args []string) error {
	named, plain := map[string]string{}, []string(nil)
	for _, a := range args {
		if k, v, ok := strings.Cut(a, ":"); ok && !slices.Contains([]Kind{KindChoose, KindCheck, KindDo, KindCall}, s.Kind) {
			named[k] = v
			continue
		}
		plain = append(plain, a)
	}
	if to, ok := named["idle"]; ok {
		s.Idle = &Idle{Go: to}
	}
	switch s.Kind {
	case KindSay:
		s.Next = plain[0]
	case KindAsk:
		s.Next = plain[0]
		s.Ask = &Ask{Type: "text", As: s.ID, Retry: Retry{Say: NewText("Again, please."), Times: 2, Go: named["retry"]}}
		if named["as"] != "" {
			s.Ask.As = named["as"]
		}
		if named["type"] != "" {
			s.Ask.Type = named["type"]
		}
	case KindChoose:
		return fillChoose(s, plain)
	case KindCheck:
		return fillCheck(s, plain)
	case KindGuide:
		return fillGuide(s, plain, named)
	case KindDo, KindCall:
		if s.Kind == KindCall {
			s.Call, plain = plain[0], plain[1:]
		} else {
			s.Do = &Do{Action: "status"}
		}
		for _, b := range plain {
			outcome, to, _ := strings.Cut(b, ":")
			s.When = append(s.When, Branch{Outcome: outcome, Go: to})
		}
	case KindGoto:
		s.Goto.Flow, s.Goto.Step, _ = strings.Cut(plain[0], "/")
	case KindHuman:
		s.Human = &Human{Queue: "desk", Reason: "stuck", ClosedGo: named["closed"]}
	case KindDone:
		s.Done = plain[0]
	default:
		return fmt.Errorf("unknown kind %q", s.Kind)
	}
	return nil
}

func fillChoose(s *Step, args []string) error {
	for _, a := range args {
		id, to, _ := strings.Cut(a, ":")
		if id == "idle" {
			s.Idle = &Idle{Go: to}
			continue
		}
		id, times, _ := strings.Cut(id, "*")
		n, _ := strconv.Atoi(times)
		s.Options = append(s.Options, &Option{ID: id, Label: NewText("Choice " + id), Go: to, Times: n})
	}
	return nil
}

func fillCheck(s *Step, args []string) error {
	for _, a := range args {
		cond, to, _ := strings.Cut(a, ":")
		c := &Case{Go: to, Pos: s.Pos}
		switch {
		case cond == "else":
			s.Else = to
			continue
		case strings.HasPrefix(cond, "!"):
			c.Tried, c.Op = cond[1:], OpTried
		case strings.HasSuffix(cond, "?"):
			c.Answer, c.Op = strings.TrimSuffix(cond, "?"), OpMissing
		case strings.HasSuffix(cond, ">"):
			c.Answer, c.Op, c.Age = strings.TrimSuffix(cond, ">"), OpOlder, 24*time.Hour
		default:
			name, values, ok := strings.Cut(cond, "=")
			if !ok {
				return fmt.Errorf("case %q", a)
			}
			c.Answer, c.Op, c.Values = name, OpIn, strings.Split(values, ",")
		}
		s.Cases = append(s.Cases, c)
	}
	return nil
}

func fillGuide(s *Step, plain []string, named map[string]string) error {
	n, err := strconv.Atoi(plain[0])
	if err != nil {
		return err
	}
	s.Guide = &Guide{Then: plain[1], Stuck: named["stuck"], All: slices.Contains(plain, "all")}
	s.Say = Text{}
	for i := range n {
		in := &Instruction{Say: NewText(fmt.Sprintf("Do %s %d.", s.ID, i+1))}
		in.Stuck = named["stuck."+strconv.Itoa(i+1)]
		s.Guide.Instructions = append(s.Guide.Instructions, in)
	}
	return nil
}

// found is the problems as "code file:line", sorted.
func found(ps []Problem) []string {
	var out []string
	for _, p := range sortProblems(ps) {
		out = append(out, fmt.Sprintf("%s %s:%d", p.Code, p.File, p.Line))
	}
	return out
}
