package match_test

import (
	"strings"
	"testing"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/flows"
	"latchkey/knowledge"
	"latchkey/knowledge/match"
)

// waiting is the scope of a conversation that waits at a choose step.
func waiting(p *flows.Pack, at, lang string) knowledge.Scope {
	flow, step, _ := strings.Cut(at, "/")
	sc := knowledge.Scope{Lang: lang, Flow: flow}
	st := p.Step(flow, step)
	if st == nil {
		return sc
	}
	for _, o := range st.Options {
		sc.Options = append(sc.Options, knowledge.Option{ID: o.ID, Words: append([]string{o.Label.In(lang)}, o.Synonyms[lang]...)})
	}
	return sc
}

func TestAnswers(t *testing.T) {
	m := match.New(small(), match.Options{})
	sc := knowledge.Scope{Lang: "en", Options: []knowledge.Option{
		{ID: "moves", Words: []string{"Yes, it moves", "it moves now"}},
		{ID: "stuck", Words: []string{"No", "it does not move", "still stuck"}},
		{ID: "elsewhere", Words: []string{"I use Google", "Google or Apple"}},
	}}
	for text, want := range map[string]string{
		"it moves now thank you": "moves", "it still does not move": "stuck", "it doesn't move": "stuck", "im still stuck here": "stuck", "yes it is moving, it moves": "moves", "well, i think it was google": "elsewhere",
	} {
		if r := read(t, m, text, sc); !surely(r, bot.CandidateOption, want) {
			t.Errorf("%q: %s %v, want surely the answer %s", text, r.Verdict, r.Candidates, want)
		}
	}
	for text, want := range map[string]string{"i forgot my pasword": "forgot", "the code does not come": "no-code", "no, i lost my phone": "lost-phone", "не приходит код": "no-code"} {
		if r := read(t, m, text, sc); !surely(r, bot.CandidateFlow, want) {
			t.Errorf("%q: %s %v, want surely the topic %s", text, r.Verdict, r.Candidates, want)
		}
	}
	for _, text := range []string{"tell me a joke", "what is the weather like", "anna@example.com"} {
		if r := read(t, m, text, sc); r.Verdict != bot.None {
			t.Errorf("%q: %s %v, want none", text, r.Verdict, r.Candidates)
		}
	}
}

func TestAnswersWithoutWords(t *testing.T) {
	m := match.New(small(), match.Options{})
	sc := knowledge.Scope{Options: []knowledge.Option{{ID: "a"}, {ID: "b", Words: []string{"", "?!"}}, {ID: "c", Words: []string{"the third"}}}}
	if r := read(t, m, "the third one", sc); !surely(r, bot.CandidateOption, "c") {
		t.Errorf("%s %v, want surely the third", r.Verdict, r.Candidates)
	}
	if r := read(t, m, "anything", sc); r.Verdict != bot.None {
		t.Errorf("%s %v, want none", r.Verdict, r.Candidates)
	}
}

// TestBundledAnswers reads free text at questions of the bundled pack.
func TestBundledAnswers(t *testing.T) {
	p := bundled(t)
	m := match.New(dialogue.Examples(p), match.Options{})
	right, asked, misled := 0, 0, 0
	all := rows(t, "answers.tsv")
	for _, row := range all {
		at, lang, text, want := row[0], row[1], row[2], row[3]
		sc := waiting(p, at, lang)
		if len(sc.Options) == 0 {
			t.Fatalf("%q: the pack has no question %s; mend the table", text, at)
		}
		r := read(t, m, text, sc)
		got := string(bot.None)
		if len(r.Candidates) > 0 && r.Verdict != bot.None {
			got = string(r.Candidates[0].Kind) + ":" + r.Candidates[0].ID
		}
		switch {
		case got == want && r.Verdict != bot.Unsure:
			right++
		case r.Verdict == bot.Sure:
			misled++
			t.Logf("%s %q leads to %v, not to %s", at, text, r.Candidates, want)
		default:
			asked++
		}
	}
	t.Logf("%d texts: %d right, %d asked about, %d taken otherwise", len(all), right, asked, misled)
	if n := len(all); 100*right < 75*n || 100*misled > 5*n {
		t.Error("want 75 % right, at most 5 % taken otherwise")
	}
}

// TestTopicsAtQuestions types every flow's first phrase at every question: a
// clear topic wins, unless an answer says nearly the same.
func TestTopicsAtQuestions(t *testing.T) {
	p := bundled(t)
	m := match.New(dialogue.Examples(p), match.Options{})
	n, taken := 0, 0
	for _, topic := range p.Order {
		phrases := p.Flows[topic].Start.Phrases["en"]
		if len(phrases) == 0 {
			continue
		}
		text := "hello, " + phrases[0].Text
		for _, id := range p.Order {
			for _, step := range p.Flows[id].Order {
				sc := waiting(p, id+"/"+step, "en")
				if len(sc.Options) == 0 {
					continue
				}
				n++
				if r := read(t, m, text, sc); r.Verdict == bot.Sure && r.Candidates[0].Kind == bot.CandidateOption {
					taken++
				}
			}
		}
	}
	t.Logf("%d readings, %d taken for an answer", n, taken)
	if n == 0 || 100*taken > n {
		t.Errorf("%d of %d topics were taken for answers, want at most 1 %%", taken, n)
	}
}
