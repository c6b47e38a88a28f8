package flows

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestGraphFaults(t *testing.T) {
	for _, tc := range []struct {
		name, pack string
		want       string // "code file:line", comma-separated
		says       string // part of the first message
	}{
		{"sound", `
			flow a
			one choose yes:end no:help
			end done solved
			help human`, "", ""},
		{"E10 nothing leads there", `
			flow a
			one say end
			lost say lost2
			lost2 say end
			end done solved`, "E10 a.yaml:3", `no step leads to step "lost", nor to the step behind it, "lost2"`},
		{"E10 ring", `
			flow a
			one say end
			x say y
			y choose a:x b:end
			end done solved`, "E10 a.yaml:3", `steps "x", "y" lead only to each other`},
		{"E10 outcome that never comes", `
			flow a
			one call b solved:end not_solved:lost
			end done solved
			lost human
			flow b
			one say end
			end done solved`, "E10 a.yaml:4", `outcome "not_solved" of flow "b"`},
		{"abandoned may always come", `
			flow a
			one call b solved:end abandoned:gone
			end done solved
			gone done abandoned
			flow b
			one say end
			end done solved`, "", ""},
		{"E10 hidden flow", `
			flow a
			one done solved
			flow b hidden
			one call c solved:end
			end done solved
			flow c hidden
			one done solved`, "E10 b.yaml:3", `no customer can get into flow "b"`},
		{"E10 help that no instruction needs", `
			flow a
			one guide 1 end stuck:general stuck.1:own
			general human
			own human
			end done solved`, "E10 a.yaml:3", ""},
		{"goto into the middle reaches", `
			flow a
			one goto b/middle
			flow b
			one done solved
			middle done solved`, "", ""},
		{"E11 options used up", `
			flow a
			one choose x*1:one y*2:two
			two say one`, "E11 a.yaml:2", "options are used up"},
		{"E11 before a loop", `
			flow a
			one choose a:two b:end
			two say three
			three choose a:three b:four
			four say three
			end done solved`, "E11 a.yaml:3,E12 a.yaml:4", `only leads into the loop of "three"`},
		{"E11 only the last of a row", `
			flow a
			one say two
			two say three
			three say loop
			loop say loop`, "E11 a.yaml:4,E12 a.yaml:5", ""},
		{"E12 choices", `
			flow a
			one choose a:two b:three
			two say one
			three guide 2 one stuck:two`, "E12 a.yaml:2", "the loop one -> two -> one has no bound and no way out"},
		{"E12 over a goto", `
			flow a
			one choose x:out y:end
			out goto b
			end done solved
			flow b hidden
			one ask two
			two goto a/out`, "E12 a.yaml:3", "out -> b/one -> b/two -> out"},
		{"E12 by itself when an action fails", `
			flow a
			one do up:end failed:two
			two say one
			end done solved`, "E12 a.yaml:2", "goes round for ever without the customer"},
		{"a choice in the loop is enough", `
			flow a
			one do up:end failed:two
			two choose again:one stop:end
			end done solved`, "", ""},
		{"E12 while the customer is silent", `
			flow a
			one choose yes:end no:end idle:nudge
			nudge say one
			end done solved`, "E12 a.yaml:2", "while the customer is silent"},
		{"silence is no way out", `
			flow a
			one choose a:one b:one idle:help
			help human`, "E12 a.yaml:2", ""},
		{"E12 behind retry", `
			flow a
			one ask end retry:stuck
			stuck choose a:stuck b:stuck
			end done solved`, "E12 a.yaml:3", ""},
		{"E12 out of hours", `
			flow a
			one human closed:two
			two say one`, "E12 a.yaml:2", "without the customer"},
		{"E12 a call that comes back by itself", `
			flow a
			one call b solved:one not_solved:end
			end done solved
			flow b hidden
			one do up:yes failed:no
			yes done solved
			no done not_solved`, "E12 a.yaml:2", "one -> one"},
		{"a call that asks may be repeated", `
			flow a
			one call b solved:end not_solved:one
			end done solved
			flow b hidden
			one choose y:yes n:no
			yes done solved
			no done not_solved`, "", ""},
		{"E11 a call that never comes back", `
			flow a
			one call b solved:end
			end done solved
			flow b
			loop choose a:loop b:loop
			end done solved`, "E11 a.yaml:2,E10 a.yaml:3,E12 b.yaml:5,E10 b.yaml:6", ""},
		{"a called flow may end with a person", `
			flow a
			one call b
			flow b
			one human`, "", ""},
		{"a done goes back to the caller", `
			flow a
			one call b solved:again
			again choose a:one b:one
			flow b hidden
			one ask end
			end done solved`, "E12 a.yaml:2", ""},
		{"E14 two flows", `
			flow a
			one call b solved:end
			end done solved
			flow b
			one choose a:two b:end
			two call a solved:end
			end done solved`, "E14 a.yaml:2", "a -> b -> a"},
		{"E14 itself", `
			flow a
			one choose a:two b:end
			two call a solved:end
			end done solved`, "E14 a.yaml:3", `flow "a" calls itself for ever`},
		{"W16 three guides fail before a person", `
			flow a
			one guide 1 end stuck:two
			two guide 1 end stuck:three
			three guide 1 end stuck:help
			end done solved
			help human`, "W16 a.yaml:2", "fails at 3 guides"},
		{"two guides may fail", `
			flow a
			one guide 1 end stuck:two
			two guide 1 end stuck:help
			end done solved
			help human`, "", ""},
		{"the third guide offers a person by itself", `
			flow a
			one guide 1 end stuck:two
			two guide 1 end stuck:three
			three guide 1 end
			end done solved`, "W16 a.yaml:2", "fails at 3 guides"},
		{"a choice offers a person before the third", `
			flow a
			one guide 1 end stuck:two
			two guide 1 end stuck:ask
			ask choose more:three person:help
			three guide 1 end stuck:help
			end done solved
			help human`, "", ""},
		{"W16 guides of a called flow count", `
			flow a
			one guide 1 end stuck:two
			two call b solved:end not_solved:help
			end done solved
			help human
			flow b
			one guide 1 good stuck:two
			two guide 1 good stuck:bad
			good done solved
			bad done not_solved`, "W16 a.yaml:2", "fails at 3 guides"},
		{"W16 stands where the guides are, not where they are led to from", `
			flow a
			one choose yes:two no:two
			two goto b
			flow b
			one guide 1 end stuck:two
			two guide 1 end stuck:three
			three guide 1 end stuck:help
			end done solved
			help human`, "W16 b.yaml:5", ""},
		{"targets that do not exist are not ours", `
			flow a
			one choose a:nowhere b:two
			two goto missing
			flow b
			one call missing solved:end
			end done solved`, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ps := checkGraph(buildPack(t, tc.pack), nil)
			want := strings.Split(tc.want, ",")
			if tc.want == "" {
				want = nil
			}
			if got := found(ps); !slices.Equal(got, want) {
				t.Fatalf("got %q\nwant %q\n%v", got, want, ps)
			}
			if tc.says != "" && !strings.Contains(ps[0].Message, tc.says) {
				t.Errorf("the message does not say %q:\n%s", tc.says, ps[0])
			}
			for _, p := range ps {
				if p.Code != "E10" && len(p.Dialogue) < 2 {
					t.Errorf("%s shows no dialogue: %q", p, p.Dialogue)
				}
			}
		})
	}
}

func TestBrokenFlowsAreSkipped(t *testing.T) {
	p := buildPack(t, `
		flow a
		one call b solved:end
		end done solved
		flow b
		one say one`)
	if got := found(checkGraph(p, map[string]bool{"b": true})); got != nil {
		t.Errorf("got %q", got)
	}
	if got := found(checkGraph(p, map[string]bool{"a": true})); !slices.Equal(got, []string{"E12 b.yaml:5"}) {
		t.Errorf("got %q", got)
	}
}

// chain is a flow of n questions one after another.
func chain(n int, end string) string {
	var b strings.Builder
	b.WriteString("flow a\n")
	for i := range n {
		next := "q" + strconv.Itoa(i+1)
		if i == n-1 {
			next = "end"
		}
		b.WriteString("q" + strconv.Itoa(i) + " choose a:" + next + " b:" + next + "\n")
	}
	return b.String() + "end " + end + "\n"
}

func TestTooManyTurns(t *testing.T) {
	if got := found(checkGraph(buildPack(t, chain(12, "human")), nil)); got != nil {
		t.Errorf("12 turns are allowed, got %q", got)
	}
	ps := checkGraph(buildPack(t, chain(13, "human")), nil)
	if got := found(ps); !slices.Equal(got, []string{"E13 a.yaml:2"}) {
		t.Fatalf("got %q", got)
	}
	if n := strings.Count(strings.Join(ps[0].Dialogue, "\n"), "customer: Choice"); n != 13 {
		t.Errorf("the dialogue shows %d answers, want 13:\n%s", n, strings.Join(ps[0].Dialogue, "\n"))
	}
	// The offer of a person where a guide has no help ends a failing path.
	p := buildPack(t, "flow a\none guide 20 end\nend done solved")
	if got := found(checkGraph(p, nil)); got != nil {
		t.Errorf("got %q", got)
	}
	// The flow that leads into the long one is not at fault too.
	p = buildPack(t, chain(14, "human")+"flow b\none ask two\ntwo goto a")
	if got := found(checkGraph(p, nil)); !slices.Equal(got, []string{"E13 a.yaml:2"}) {
		t.Errorf("got %q", got)
	}
	// Being solved is no failing path: the way to a person counts.
	p = buildPack(t, strings.ReplaceAll(chain(13, "human"), "b:", "solved:good b:")+"good done solved")
	if got := found(checkGraph(p, nil)); !slices.Equal(got, []string{"E13 a.yaml:2"}) {
		t.Errorf("got %q", got)
	}
}

func TestCallsNestedTooDeeply(t *testing.T) {
	nest := func(n int) *Pack {
		var b strings.Builder
		for i := range n {
			b.WriteString("flow f" + strconv.Itoa(10+i) + "\none call f" + strconv.Itoa(11+i) + " solved:end\nend done solved\n")
		}
		return buildPack(t, b.String()+"flow f"+strconv.Itoa(10+n)+"\none done solved\n")
	}
	if got := found(checkGraph(nest(8), nil)); got != nil {
		t.Errorf("8 calls are allowed, got %q", got)
	}
	if got := found(checkGraph(nest(11), nil)); !slices.Equal(got, []string{"E14 f12.yaml:8"}) {
		t.Errorf("got %q", got)
	}
}

func TestDialogue(t *testing.T) {
	p := buildPack(t, `
		flow a
		where choose site:mail app:help
		mail ask turn
		turn call b solved:fix
		fix guide 3 end stuck.2:lost
		lost say again
		again choose x:lost y:lost
		end done solved
		help human
		flow b hidden
		ready choose yes:end2 no:no2
		end2 done solved
		no2 human`)
	p.Flows["a"].Start.Phrases = map[string][]Phrase{"en": {{Text: "I am locked out"}}}
	ps := checkGraph(p, nil)
	if len(ps) != 1 {
		t.Fatalf("got %v", ps)
	}
	want := `customer: I am locked out
bot: Words of where. (where)
customer: Choice site
bot: Words of mail. (mail)
customer: (answers)
bot: Words of turn. (turn)
(calls flow b)
bot: Words of ready. (b/ready)
customer: Choice yes
bot: Words of end2. (b/end2)
(comes back: solved)
bot: Do fix 1. (fix.1)
customer: Done
bot: Do fix 2. (fix.2)
customer: I am stuck
bot: Words of lost. (lost)
bot: Words of again. (again)
customer: Choice x
bot: Words of lost. (lost)
(and so on, for ever)`
	if got := strings.Join(ps[0].Dialogue, "\n"); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestDialogueKeepsToItsAnswers(t *testing.T) {
	p := buildPack(t, `
		flow a
		where choose site:route app:more
		more say route
		route check where=site:good where=app:trap else:good
		good done solved
		trap choose a:trap b:trap`)
	ps := checkGraph(p, nil)
	if len(ps) != 1 {
		t.Fatalf("got %v", ps)
	}
	got := strings.Join(ps[0].Dialogue, "\n")
	if !strings.Contains(got, "Choice app") || strings.Contains(got, "Choice site") {
		t.Errorf("the dialogue does not fit its own check:\n%s", got)
	}
	hops, ok := p.Walk("a", "trap")
	want := []Hop{{"a", "where", "app", Target{"a", "more"}}, {"a", "more", "next", Target{"a", "route"}}, {"a", "route", "case.2", Target{"a", "trap"}}}
	if !ok || !slices.Equal(hops, want) {
		t.Errorf("got %v", hops)
	}
}

func TestWalk(t *testing.T) {
	p := buildPack(t, `
		flow a
		one call b solved:end not_solved:help abandoned:gone
		end done solved
		help human
		gone done abandoned
		flow b
		ready choose yes:y no:n
		y done solved
		n done not_solved
		flow c
		one goto d/two
		flow d
		one done solved
		two done solved
		three human`)
	for _, tc := range []struct {
		flow, step string
		want       []Hop
		ok         bool
	}{
		{"a", "one", nil, true},
		{"a", "help", []Hop{{"a", "one", "call", Target{"b", "ready"}}, {"b", "ready", "no", Target{"b", "n"}}, {"b", "n", "not_solved", Target{"a", "help"}}}, true},
		{"a", "gone", []Hop{{"a", "one", "call", Target{"b", "ready"}}, {"b", "ready", "abandoned", Target{"a", "gone"}}}, true},
		{"d", "two", []Hop{{"c", "one", "goto", Target{"d", "two"}}}, true},
		{"d", "three", nil, false},
		{"d", "nowhere", nil, false},
	} {
		got, ok := p.Walk(tc.flow, tc.step)
		if ok != tc.ok || !slices.Equal(got, tc.want) {
			t.Errorf("%s/%s: got %v %v", tc.flow, tc.step, got, ok)
		}
	}
}
