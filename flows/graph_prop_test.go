package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// randomPack writes a pack for buildPack. Flows call only later flows, so that
// no circle of calls hides what the other checks find.
func randomPack(t *rapid.T) string {
	flows := rapid.IntRange(1, 4).Draw(t, "flows")
	var b strings.Builder
	sizes := make([]int, flows)
	for f := range sizes {
		sizes[f] = rapid.IntRange(1, 6).Draw(t, "steps")
	}
	for f, n := range sizes {
		fmt.Fprintf(&b, "flow f%d", f)
		if rapid.IntRange(0, 3).Draw(t, "hidden") == 0 {
			b.WriteString(" hidden")
		}
		b.WriteString("\n")
		for s := range n {
			to := func() string { return fmt.Sprintf("s%d", rapid.IntRange(0, n-1).Draw(t, "to")) }
			fmt.Fprintf(&b, "s%d %s\n", s, randomStep(t, f, sizes, to))
		}
	}
	return b.String()
}

func randomStep(t *rapid.T, f int, sizes []int, to func() string) string {
	idle := func() string {
		if rapid.IntRange(0, 5).Draw(t, "idle") == 0 {
			return " idle:" + to()
		}
		return ""
	}
	switch rapid.IntRange(0, 10).Draw(t, "kind") {
	case 0:
		return "say " + to()
	case 1:
		return "ask " + to() + rapid.SampledFrom([]string{"", " retry:" + to()}).Draw(t, "retry") + idle()
	case 2, 3:
		return "choose a:" + to() + rapid.SampledFrom([]string{" b:", " b*1:"}).Draw(t, "times") + to() + idle()
	case 4:
		return "check x=1:" + to() + " else:" + to()
	case 5:
		return "guide " + rapid.SampledFrom([]string{"1", "2", "3", "14"}).Draw(t, "instructions") + " " + to() +
			rapid.SampledFrom([]string{"", " stuck:" + to(), " stuck.1:" + to(), " all stuck:" + to()}).Draw(t, "stuck") + idle()
	case 6:
		return "do up:" + to() + " failed:" + to()
	case 7:
		if f+1 < len(sizes) {
			callee := rapid.IntRange(f+1, len(sizes)-1).Draw(t, "callee")
			return fmt.Sprintf("call f%d solved:%s not_solved:%s", callee, to(), to()) +
				rapid.SampledFrom([]string{"", " abandoned:" + to()}).Draw(t, "abandoned")
		}
		return "done abandoned"
	case 8:
		other := rapid.IntRange(0, len(sizes)-1).Draw(t, "other")
		return fmt.Sprintf("goto f%d/s%d", other, rapid.IntRange(0, sizes[other]-1).Draw(t, "there"))
	case 9:
		return "human" + rapid.SampledFrom([]string{"", " closed:" + to()}).Draw(t, "closed")
	}
	return "done " + rapid.SampledFrom([]string{"solved", "not_solved", "abandoned"}).Draw(t, "done")
}

// place is a step with the calls that are open, outermost first: the naive
// model that the linear algorithms are held against.
type place struct{ at, stack string } // "flow/step", "flow/step,flow/step,"

type move struct {
	to    place
	turns int
	kind  wayKind
}

type naive struct{ p *Pack }

func (n naive) step(at string) (string, *Step) {
	flow, step, _ := strings.Cut(at, "/")
	return flow, n.p.Flows[flow].Steps[step]
}

// moves lists what can happen at a place.
func (n naive) moves(at place) []move {
	flow, s := n.step(at.at)
	var out []move
	for _, w := range ways(s) {
		to := place{flow + "/" + w.to.Step, at.stack}
		switch {
		case w.kind == wayReturn:
			continue
		case w.to.Flow != "" && w.to.Flow != flow:
			to.at = w.to.Flow + "/" + w.to.Step
		}
		out = append(out, move{to, w.turns, w.kind})
	}
	if s.Kind == KindCall {
		out = append(out, move{place{s.Call + "/" + n.p.Flows[s.Call].First(), at.stack + at.at + ","}, 0, wayEnter})
	}
	if to, ok := n.back(at, s.Done); s.Kind == KindDone && ok {
		out = append(out, move{to, 0, wayReturn})
	}
	if to, ok := n.back(at, "abandoned"); ok {
		out = append(out, move{to, 1, wayCancel})
	}
	return out
}

// back is where the innermost call goes on after an outcome.
func (n naive) back(at place, outcome string) (place, bool) {
	calls := strings.Split(strings.TrimSuffix(at.stack, ","), ",")
	if at.stack == "" {
		return place{}, false
	}
	flow, s := n.step(calls[len(calls)-1])
	for _, b := range s.When {
		if b.Outcome == outcome {
			rest := ""
			if len(calls) > 1 {
				rest = strings.Join(calls[:len(calls)-1], ",") + ","
			}
			return place{flow + "/" + b.Go, rest}, true
		}
	}
	return place{}, false
}

// distance is the least number of turns from one place to any for which end
// holds, -1 without one; extra turns may end it at a place.
func (n naive) distance(from place, take func(move) bool, end func(place) int) int {
	dist, done := map[place]int{from: 0}, map[place]bool{}
	best := -1
	for {
		var at place
		found := false
		for p, d := range dist {
			if !done[p] && (!found || d < dist[at]) {
				at, found = p, true
			}
		}
		if !found || best >= 0 && dist[at] >= best {
			return best
		}
		done[at] = true
		if e := end(at); e >= 0 && (best < 0 || dist[at]+e < best) {
			best = dist[at] + e
		}
		for _, m := range n.moves(at) {
			if !take(m) {
				continue
			}
			if d, ok := dist[m.to]; !ok || dist[at]+m.turns < d {
				dist[m.to] = dist[at] + m.turns
			}
		}
	}
}

// spread is every step that can be stood on from the given places.
func (n naive) spread(from []place) map[string]bool {
	seen, steps := map[place]bool{}, map[string]bool{}
	for len(from) > 0 {
		at := from[0]
		from = from[1:]
		if seen[at] {
			continue
		}
		seen[at], steps[at.at] = true, true
		for _, m := range n.moves(at) {
			from = append(from, m.to)
		}
	}
	return steps
}

func talks(m move) bool {
	return m.kind != wayIdle && m.kind != wayClosed && m.kind != wayCancel
}

func (n naive) end(at place, failing bool) int {
	_, s := n.step(at.at)
	switch {
	case s.Kind == KindHuman, s.Kind == KindDone && at.stack == "" && (!failing || s.Done != "solved"):
		return 0
	case failing && s.Kind == KindGuide && s.Guide.offer() > 0:
		return s.Guide.offer()
	}
	return -1
}

func TestGraphAgainstNaiveModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := randomPack(rt)
		rt.Log(text)
		p := buildPack(t, text)
		n := naive{p}
		g := newGraph(p, nil)
		problems := checkGraph(p, nil)
		if checkCallsAgainst(rt, g, problems) {
			return // the naive model would never come to an end
		}
		byPlace := problemsByPlace(problems)
		reached := checkReachedAgainst(rt, n, g, byPlace)
		lost := checkDistancesAgainst(rt, n, g, reached)
		checkTrapsAgainst(rt, g, lost, byPlace)
		for _, ps := range byPlace {
			for _, problem := range ps {
				checkDialogueIsReal(rt, g, problem)
			}
		}
		for v, s := range g.steps {
			if g.reached(int32(v)) {
				checkWalkIsReal(rt, p, g.flows[g.flow[v]].ID, s.ID)
			}
		}
	})
}

func problemsByPlace(ps []Problem) map[Pos][]Problem {
	out := map[Pos][]Problem{}
	for _, p := range ps {
		out[p.Pos] = append(out[p.Pos], p)
	}
	return out
}

func has(ps []Problem, code string) bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return p.Code == code })
}

// checkCallsAgainst holds E14 against depth-first search and tells whether
// calls go round in circles.
func checkCallsAgainst(t *rapid.T, g *graph, ps []Problem) bool {
	circle := false
	for _, a := range g.arcs {
		always := func(arc) bool { return true }
		circle = circle || a.kind == wayEnter && (a.to == a.from || g.between(a.to, a.from, always))
	}
	if has(ps, "E14") != circle {
		t.Fatalf("E14 reported: %v, want %v", has(ps, "E14"), circle)
	}
	return circle
}

// checkReachedAgainst holds E10 against the naive model.
func checkReachedAgainst(t *rapid.T, n naive, g *graph, ps map[Pos][]Problem) map[string]bool {
	var from []place
	for _, f := range g.flows {
		if entered(f.Start) || has(ps[f.Pos], "E10") {
			from = append(from, place{f.ID + "/" + f.First(), ""})
		}
		if entered(f.Start) && has(ps[f.Pos], "E10") {
			t.Fatalf("flow %s can be entered", f.ID)
		}
	}
	reached := n.spread(from)
	var causes []place
	for v, s := range g.steps {
		key := g.flows[g.flow[v]].ID + "/" + s.ID
		if got := g.reached(int32(v)); got != reached[key] {
			t.Fatalf("%s reached: got %v", key, got)
		}
		if has(ps[s.Pos], "E10") {
			if reached[key] {
				t.Fatalf("E10 at %s, which is reached", key)
			}
			causes = append(causes, place{key, ""})
		}
	}
	// Every unreached step is behind one that is reported. A call that is not
	// reached gives no outcomes back, so only the arcs decide here.
	behind := map[string]bool{}
	for _, c := range causes {
		v := g.nodes[g.p.Step(splitKey(c.at))]
		for w := range g.steps {
			if int32(w) == v || g.between(v, int32(w), func(a arc) bool { return !g.reached(a.to) }) {
				behind[g.flows[g.flow[w]].ID+"/"+g.steps[w].ID] = true
			}
		}
	}
	for v, s := range g.steps {
		if key := g.flows[g.flow[v]].ID + "/" + s.ID; !reached[key] && !behind[key] {
			t.Fatalf("%s is not reached, and nothing says so", key)
		}
	}
	return reached
}

func splitKey(key string) (flow, step string) {
	flow, step, _ = strings.Cut(key, "/")
	return flow, step
}

// between tells, by depth-first search, whether arcs that keep holds for lead
// from v to w in at least one move.
func (g *graph) between(v, w int32, keep func(arc) bool) bool {
	seen := map[int32]bool{}
	var visit func(int32) bool
	visit = func(at int32) bool {
		for _, a := range g.out(at) {
			if a.to == outside || a.turns < 0 || !keep(a) || seen[a.to] {
				continue
			}
			if a.to == w {
				return true
			}
			seen[a.to] = true
			if visit(a.to) {
				return true
			}
		}
		return false
	}
	return visit(v)
}

// checkDistancesAgainst holds the turns to an end against the naive model, and
// returns the steps without any.
func checkDistancesAgainst(t *rapid.T, n naive, g *graph, reached map[string]bool) map[int32]bool {
	lost := map[int32]bool{}
	for v, s := range g.steps {
		key := g.flows[g.flow[v]].ID + "/" + s.ID
		for _, failing := range []bool{false, true} {
			want := n.distance(place{key, ""}, talks, func(p place) int { return n.end(p, failing) })
			got := -1
			if failing {
				if it, ok := g.fails.nearest(int32(v), person, notSolved, abandoned); ok {
					got = int(g.fails.dist[it])
				}
			} else if it, ok := g.leads.nearest(int32(v), solved, notSolved, abandoned, person); ok {
				got = int(g.leads.dist[it])
			}
			if got != want {
				t.Fatalf("%s (failing %v): got %d turns, want %d", key, failing, got, want)
			}
			if g.lost(int32(v)) != (want < 0) && !failing {
				t.Fatalf("%s lost: got %v", key, g.lost(int32(v)))
			}
			if !failing && want < 0 && reached[key] {
				lost[int32(v)] = true
			}
		}
	}
	return lost
}

// checkTrapsAgainst holds E11 and E12 against depth-first search.
func checkTrapsAgainst(t *rapid.T, g *graph, lost map[int32]bool, ps map[Pos][]Problem) {
	trap := func(a arc) bool {
		return a.kind != wayCancel && a.kind != wayLimited && lost[a.from] && lost[a.to]
	}
	alone := func(a arc) bool { return g.reached(a.from) && g.unasked(a) }
	inTrap := map[int32]bool{}
	for v := range g.steps {
		inTrap[int32(v)] = lost[int32(v)] && g.between(int32(v), int32(v), trap)
	}
	reported := func(v int32, keep func(arc) bool) bool {
		for w, s := range g.steps {
			same := int32(w) == v || g.between(v, int32(w), keep) && g.between(int32(w), v, keep)
			if same && has(ps[s.Pos], "E12") {
				return true
			}
		}
		return false
	}
	for v, s := range g.steps {
		v := int32(v)
		round := g.reached(v) && g.between(v, v, alone)
		if has(ps[s.Pos], "E12") != (inTrap[v] || round) && has(ps[s.Pos], "E12") {
			t.Fatalf("E12 at %s, which is in no loop", s.ID)
		}
		if inTrap[v] && !reported(v, trap) || round && !reported(v, alone) && !anyTrap(g, v, alone, inTrap) {
			t.Fatalf("no E12 for the loop of %s", s.ID)
		}
		if has(ps[s.Pos], "E11") && (!lost[v] || inTrap[v]) {
			t.Fatalf("E11 at %s", s.ID)
		}
		if lost[v] && !inTrap[v] && !leadsToE11(g, v, lost, inTrap, ps) {
			t.Fatalf("no E11 for %s", s.ID)
		}
	}
}

// anyTrap tells whether the loop of v along keep has a step of a reported trap.
func anyTrap(g *graph, v int32, keep func(arc) bool, inTrap map[int32]bool) bool {
	for w := range g.steps {
		if w := int32(w); inTrap[w] && (w == v || g.between(v, w, keep) && g.between(w, v, keep)) {
			return true
		}
	}
	return false
}

func leadsToE11(g *graph, v int32, lost, inTrap map[int32]bool, ps map[Pos][]Problem) bool {
	rest := func(a arc) bool {
		return a.kind != wayCancel && lost[a.from] && lost[a.to] && !inTrap[a.from] && !inTrap[a.to]
	}
	for w, s := range g.steps {
		if has(ps[s.Pos], "E11") && (int32(w) == v || g.between(v, int32(w), rest)) {
			return true
		}
	}
	return false
}

var botLine = regexp.MustCompile(`^bot: .*\(([a-z0-9_/.]+)\)$`)

// checkDialogueIsReal follows the steps that a dialogue shows: each must follow
// from the one before it. All steps of random packs speak.
func checkDialogueIsReal(t *rapid.T, g *graph, p Problem) {
	if p.Code == "E10" {
		if p.Dialogue != nil {
			t.Fatalf("a dialogue to an unreachable step: %q", p.Dialogue)
		}
		return
	}
	home, before := "", int32(-1)
	ended := false
	for i, line := range p.Dialogue {
		m := botLine.FindStringSubmatch(line)
		if m == nil {
			ended = ended || strings.HasPrefix(line, "(…")
			continue
		}
		name, _, _ := strings.Cut(m[1], ".")
		flow, step, ok := strings.Cut(name, "/")
		if home == "" {
			home = startOf(g, p, name)
		}
		if !ok {
			flow, step = home, name
		}
		s := g.p.Step(flow, step)
		if s == nil {
			t.Fatalf("line %d of %q names no step", i+1, p.Dialogue)
		}
		v := g.nodes[s]
		if before >= 0 && before != v && !ended && !follows(g, before, v) {
			t.Fatalf("%s/%s does not follow in %s", flow, step, strings.Join(p.Dialogue, "\n"))
		}
		before, ended = v, false
	}
}

// startOf is the flow in which a dialogue starts: it opens with its name.
func startOf(g *graph, p Problem, first string) string {
	if m := regexp.MustCompile(`opens "(.*)"`).FindStringSubmatch(p.Dialogue[0]); m != nil {
		return m[1]
	}
	flow, _, ok := strings.Cut(first, "/")
	if !ok {
		flow = strings.TrimSuffix(p.File, ".yaml")
	}
	return flow
}

func follows(g *graph, v, w int32) bool {
	for _, a := range g.out(v) {
		if a.to == w && (a.kind != wayReturn && a.kind != wayCancel || g.opaque[v]) {
			return true
		}
	}
	// Out of a called flow: some call goes on at w after v, which is its done
	// step, or its first step when the customer cancels.
	for _, a := range g.arcs {
		if a.to != w || a.kind != wayReturn && a.kind != wayCancel {
			continue
		}
		call := g.steps[a.from]
		if a.kind == wayCancel && v == g.first[g.flowAt[call.Call]] || g.steps[v].Done == call.When[a.way].Outcome {
			return true
		}
	}
	return false
}

// checkWalkIsReal replays a walk in the naive model.
func checkWalkIsReal(t *rapid.T, p *Pack, flow, step string) {
	hops, ok := p.Walk(flow, step)
	if !ok {
		t.Fatalf("no walk to %s/%s", flow, step)
	}
	at := place{at: flow + "/" + step}
	if len(hops) > 0 {
		at = place{at: hops[0].Flow + "/" + hops[0].Step}
		if hops[0].Step != p.Flows[hops[0].Flow].First() {
			t.Fatalf("the walk %v starts in the middle", hops)
		}
	}
	n := naive{p}
	for _, h := range hops {
		i := slices.IndexFunc(n.moves(at), func(m move) bool { return m.to.at == h.To.Flow+"/"+h.To.Step })
		if at.at != h.Flow+"/"+h.Step || i < 0 {
			t.Fatalf("the walk %v goes wrong at %s", hops, at.at)
		}
		at = n.moves(at)[i].to
	}
	if at.at != flow+"/"+step {
		t.Fatalf("the walk to %s/%s ends at %s", flow, step, at.at)
	}
}

// bigPack has flows of 20 steps each that call, go to and loop as real ones do.
func bigPack(t testing.TB, flows int) *Pack {
	t.Helper()
	var b strings.Builder
	for f := range flows {
		fmt.Fprintf(&b, "flow f%05d\n", f)
		b.WriteString("where choose site:mail app:guide\nmail ask route retry:help\nroute check where=site:guide where=app:mail2 else:g2\n")
		b.WriteString("mail2 ask guide as:mail\nguide guide 5 back stuck.3:slider stuck:more\nslider guide 3 guide stuck:help\n")
		b.WriteString("more choose again*1:guide other:sub stop:sorry\nback choose yes:fine no:do\ndo do up:g2 down:tell failed:help\n")
		b.WriteString("tell say ask2\nask2 choose wait:later on:g2\nlater done abandoned\ng2 guide 4 back2 all stuck:sub\nback2 choose yes:fine no:sub\n")
		b.WriteString("sorry choose a:out b:help c:bad\nbad done not_solved\nfine done solved\nhelp human\n")
		if f%10 == 9 { // called by the nine before it
			b.WriteString("sub say sorry\nout say bad\n")
		} else {
			fmt.Fprintf(&b, "sub call f%05d solved:fine not_solved:sorry abandoned:sorry\nout goto f%05d/back\n", f-f%10+9, f+1)
		}
	}
	return buildPack(t, b.String())
}

func BenchmarkCheckGraph(b *testing.B) {
	for _, flows := range []int{100, 1000, 5000} {
		p := bigPack(b, flows)
		b.Run(strconv.Itoa(flows), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if ps := checkGraph(p, nil); len(ps) > 0 {
					b.Fatal(ps[0])
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(20*flows), "ns/step")
		})
	}
}

func TestLongChains(t *testing.T) {
	var b strings.Builder
	const n = 100_000
	b.WriteString("flow a\n")
	for i := range n {
		fmt.Fprintf(&b, "s%d say s%d\n", i, i+1)
	}
	p := buildPack(t, b.String()+fmt.Sprintf("s%d choose a:s%d b:s0", n, n))
	ps := checkGraph(p, nil)
	if got := found(ps); !slices.Equal(got, []string{"E12 a.yaml:2"}) {
		t.Fatalf("got %q", got)
	}
	if len(ps[0].Dialogue) > 2*maxLegs+2 || len(ps[0].Message) > 200 {
		t.Errorf("the problem is not bounded: %d lines, %s", len(ps[0].Dialogue), ps[0].Message)
	}
	p = buildPack(t, chain(10_000, "human"))
	ps = checkGraph(p, nil)
	if got := found(ps); !slices.Equal(got, []string{"E13 a.yaml:2"}) || len(ps[0].Dialogue) > 2*maxLegs+2 {
		t.Fatalf("got %q, %d lines", got, len(ps[0].Dialogue))
	}
}
