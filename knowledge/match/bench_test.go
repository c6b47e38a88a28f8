package match_test

import (
	"context"
	"strings"
	"testing"

	"latchkey/bot/dialogue"
	"latchkey/knowledge"
	"latchkey/knowledge/match"
)

func BenchmarkNew(b *testing.B) {
	ex := dialogue.Examples(bundled(b))
	b.ReportAllocs()
	for b.Loop() {
		match.New(ex, match.Options{})
	}
	b.ReportMetric(float64(len(ex)), "examples")
}

func BenchmarkMatch(b *testing.B) {
	p := bundled(b)
	m := match.New(dialogue.Examples(p), match.Options{})
	most := knowledge.Scope{} // the question with the most ways to answer it
	ways := func(sc knowledge.Scope) (n int) {
		for _, o := range sc.Options {
			n += len(o.Words)
		}
		return n
	}
	for _, id := range p.Order {
		for _, step := range p.Flows[id].Order {
			for _, lang := range p.Languages() {
				if sc := waiting(p, id+"/"+step, lang); ways(sc) > ways(most) {
					most = sc
				}
			}
		}
	}
	const sentence = "so um i tried to log in and i just can't remember what my password was"
	for name, bc := range map[string]struct {
		text string
		sc   knowledge.Scope
	}{
		"words":    {"code never comes", knowledge.Scope{Lang: "en"}},
		"sentence": {sentence, knowledge.Scope{Lang: "en"}},
		"question": {sentence, most},
		"longest":  {strings.Repeat(sentence+" ", 30)[:2000], knowledge.Scope{Lang: "en"}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.Match(context.Background(), bc.text, bc.sc); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
