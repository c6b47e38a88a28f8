package flows_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"latchkey/flows"
)

// BenchmarkLoadBundled reads and checks the bundled pack, translations
// included: what `latchkey check` and every start of the program do.
func BenchmarkLoadBundled(b *testing.B) {
	for b.Loop() {
		if p, problems := flows.Load(flows.Bundled(), flows.Options{Today: checkedOn}); p == nil {
			b.Fatal(linesOf(problems))
		}
	}
}

// BenchmarkCheck reads and checks packs of many flows with twenty steps each.
// ns/step shows whether the time grows with the pack only.
func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{100, 1000, 5000} {
		b.Run(fmt.Sprint("flows=", n), func(b *testing.B) {
			files := manyFlows(n)
			for b.Loop() {
				if p, problems := flows.Load(files, flows.Options{Today: checkedOn}); p == nil {
					b.Fatal(linesOf(problems))
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(20*n), "ns/step")
		})
	}
}

// manyFlows is a pack of n flows that call and lead to each other.
func manyFlows(n int) fstest.MapFS {
	files := fstest.MapFS{"pack.yaml": {Data: []byte(soundPack)}}
	for i := range n {
		var b strings.Builder
		fmt.Fprintf(&b, "flow: flow-%d\ntitle: Flow number %d\nstart:\n  phrases: [the %d first way, the %d second way, the %d third way, the %d fourth way, the %d fifth way]\nsteps:\n", i, i, i, i, i, i, i)
		for s := range 6 {
			fmt.Fprintf(&b, "  q%d:\n    choose:\n      a: {label: Way A, go: g%d}\n      b: {label: Way B, go: s%d}\n    say: Question %d?\n", s, s, s, s)
			fmt.Fprintf(&b, "  g%d:\n    guide:\n      - say: Do this first.\n      - say: Then do that.\n    stuck: person\n    then: s%d\n", s, s)
			next := fmt.Sprintf("q%d", s+1)
			if s == 5 {
				next = "away"
			}
			fmt.Fprintf(&b, "  s%d: {say: Well done., next: %s}\n", s, next)
		}
		if i+1 < n && i%2 == 0 {
			fmt.Fprintf(&b, "  away: {goto: flow-%d}\n", i+1)
		} else {
			b.WriteString("  away: {done: solved, say: Fine.}\n")
		}
		b.WriteString("  person: {human: help, reason: self_service_failed, say: A person comes.}\n")
		files[fmt.Sprintf("flow-%d.yaml", i)] = &fstest.MapFile{Data: []byte(b.String())}
	}
	return files
}

func BenchmarkFold(b *testing.B) {
	for b.Loop() {
		flows.Fold("¿Cómo puedo recuperar mi contraseña? I can't get in, «ёлки»!")
	}
}
