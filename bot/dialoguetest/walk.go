package dialoguetest

import (
	"context"
	"fmt"
	"slices"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/flows"
)

// Bounds of a walk.
const (
	maxTurns = 60   // moves after the way that is walked, until an end
	maxSeen  = 4000 // places that a search for an end looks at
)

// Walked is what the generated walks have found.
type Walked struct {
	Walks    int // dialogues walked
	Endless  int // of these, how many came to no end
	Longest  int // customer turns of the longest
	Implicit int // ways that are always there
	Problems []flows.Problem

	broken int // implicit ways that do not lead where they should
	taken  coverage
}

// Walk takes every way out of every step of a pack, from the engine and the
// pack alone, and goes on from there to an end: those that the files name and
// those that are always there. Steps are reached by the shortest dialogue from
// the start of their flow, where there is none directly; answers are made up.
// An error means that ctx was cancelled.
//
// A problem of code T07 is a walk that comes to no end; of code T08 a way to
// a person, to a close or back that does not lead there.
func Walk(ctx context.Context, p *flows.Pack) (*Walked, error) {
	w := &walker{pack: p, hops: p.Walker(), home: map[string]string{}, Walked: Walked{taken: coverage{}}}
	for _, id := range p.Order {
		f := p.Flows[id]
		for _, step := range f.Order {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if err := w.step(ctx, f, f.Steps[step]); err != nil {
				return nil, err
			}
		}
	}
	return &w.Walked, nil
}

// walker carries one Walk.
type walker struct {
	Walked
	pack *flows.Pack
	hops func(flow, step string) ([]flows.Hop, bool)
	home map[string]string // place -> the move that led to an end from there
}

// talk is a conversation in which the greeting has been said.
func (w *walker) talk(ctx context.Context) (*talk, error) {
	t := newTalk(w.pack)
	t.taken = w.taken
	err := t.receive(ctx, t.key(), bot.Event{Kind: bot.EventOpened, Lang: w.pack.Base})
	t.begin()
	return t, err
}

// stand is a conversation on a step, or one that has come through it.
func (w *walker) stand(ctx context.Context, flow, step string) (*talk, error) {
	t, err := w.talk(ctx)
	if err != nil {
		return nil, err
	}
	ok, err := t.reach(ctx, w.hops, flow, step)
	if ok || err != nil {
		return t, err
	}
	return w.drop(ctx, flow, step)
}

// drop is a conversation that begins on a step.
func (w *walker) drop(ctx context.Context, flow, step string, facts ...dialogue.Answer) (*talk, error) {
	t, err := w.talk(ctx)
	if err != nil {
		return nil, err
	}
	t.state.Facts = append(slices.Clone(t.state.Facts), facts...)
	return t, t.startAt(flow, step)
}

// step walks all ways out of a step.
func (w *walker) step(ctx context.Context, f *flows.Flow, st *flows.Step) error {
	t, err := w.stand(ctx, f.ID, st.ID)
	if err != nil {
		return err
	}
	if st.Kind.Waits() || st.Kind == flows.KindDo {
		for _, e := range st.Edges {
			if err := w.way(ctx, t, f, st, e); err != nil {
				return err
			}
		}
	} else if err := w.end(ctx, t.fork(), st.Pos); err != nil {
		return err
	}
	switch st.Kind {
	case flows.KindCheck:
		err = w.cases(ctx, f, st)
	case flows.KindCall:
		err = w.outcomes(ctx, t, f, st)
	case flows.KindHuman:
		if st.Human.ClosedGo != "" {
			err = w.closed(ctx, f, st)
		}
	}
	if err != nil {
		return err
	}
	return w.always(ctx, t, f, st)
}

// way walks one way out of a step that waits: from where the shortest dialogue
// leads, and when the way is not open there, from the step itself.
func (w *walker) way(ctx context.Context, at *talk, f *flows.Flow, st *flows.Step, e flows.Edge) error {
	t := at.fork()
	ok, err := t.take(ctx, e.Name)
	if err != nil {
		return err
	}
	if !ok || !w.taken[edge{f.ID, st.ID, e.Name}] {
		if t, err = w.drop(ctx, f.ID, st.ID); err != nil {
			return err
		}
		if ok, err = t.take(ctx, e.Name); err != nil || !ok {
			return err // the edge stays untaken and is reported as such
		}
	}
	return w.end(ctx, t, e.Pos)
}

// closed walks a hand-over out of hours.
func (w *walker) closed(ctx context.Context, f *flows.Flow, st *flows.Step) error {
	t, err := w.drop(ctx, f.ID, st.ID, factOf("closed_"+st.Human.Queue, "yes"))
	if err != nil {
		return err
	}
	return w.end(ctx, t, st.Pos)
}

func factOf(name, value string) dialogue.Answer {
	return dialogue.Answer{Name: name, Value: value, At: epoch}
}

// outcomes walks the ways in which a called flow comes back.
func (w *walker) outcomes(ctx context.Context, at *talk, f *flows.Flow, st *flows.Step) error {
	for _, b := range st.When {
		want := edge{f.ID, st.ID, b.Outcome}
		if w.taken[want] {
			continue
		}
		if b.Outcome == string(bot.Abandoned) {
			t := at.fork()
			if err := t.utter(ctx, w.pack.WaysToSay("cancel", w.pack.Base)[0]); err != nil {
				return err
			}
			if w.taken[want] {
				if err := w.end(ctx, t, b.Pos); err != nil {
					return err
				}
				continue
			}
		}
		t, err := w.search(ctx, at, func(*talk) bool { return w.taken[want] })
		if err != nil {
			return err
		}
		if t != nil {
			if err := w.end(ctx, t, b.Pos); err != nil {
				return err
			}
		}
	}
	return nil
}

// end goes on to an end, as a customer who answers every question would, and
// counts the walk. A walk that comes to none is a problem at pos.
func (w *walker) end(ctx context.Context, t *talk, pos flows.Pos) error {
	w.Walks++
	for range maxTurns {
		if t.ended() {
			w.Longest = max(w.Longest, t.turns)
			return nil
		}
		move, known := w.home[t.place()]
		if !known {
			break
		}
		ok, err := t.move(ctx, move)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
	}
	ended, err := w.search(ctx, t, (*talk).ended)
	if err != nil {
		return err
	}
	if ended == nil || ended.turns-t.turns > maxTurns {
		w.Endless++
		w.Problems = append(w.Problems, flows.Problem{Pos: pos, Code: "T07",
			Message: "a walk from here comes to no end: " + t.here(), Fix: "lead it to a person or to a done step", Dialogue: slices.Clone(t.lines)})
		return nil
	}
	w.Longest = max(w.Longest, ended.turns)
	return nil
}

// search finds the dialogue with the fewest moves after which want holds, and
// remembers its moves. It returns nil when there is none within reach.
func (w *walker) search(ctx context.Context, from *talk, want func(*talk) bool) (*talk, error) {
	type node struct {
		t    *talk
		up   int
		move string
	}
	nodes := []node{{from, -1, ""}}
	seen := map[string]bool{from.place(): true}
	for i := 0; i < len(nodes) && len(nodes) < maxSeen; i++ {
		for _, move := range nodes[i].t.moves() {
			t := nodes[i].t.fork()
			if ok, err := t.move(ctx, move); err != nil {
				return nil, err
			} else if !ok {
				continue
			}
			if want(t) {
				if t.ended() {
					w.home[nodes[i].t.place()] = move
					for j := i; nodes[j].up >= 0; j = nodes[j].up {
						w.home[nodes[nodes[j].up].t.place()] = nodes[j].move
					}
				}
				return t, nil
			}
			if place := t.place(); !seen[place] && !t.ended() {
				seen[place] = true
				nodes = append(nodes, node{t, i, move})
			}
		}
	}
	return nil, nil
}

// ended tells whether the newest turn ended the conversation: closed, or with
// a person.
func (t *talk) ended() bool {
	return slices.ContainsFunc(t.fresh[t.newest:], func(e bot.Effect) bool {
		return e.Kind == bot.EffectClose || e.Kind == bot.EffectHandOff
	})
}

// moves are what a customer, or the world, can do where a conversation stands.
func (t *talk) moves() []string {
	if p := t.state.Prompt; p != nil {
		return p.Choices
	}
	st := t.pack.Step(t.state.Here())
	if st == nil {
		return nil
	}
	var out []string
	for _, e := range st.Edges {
		out = append(out, e.Name)
	}
	if st.Guide != nil && !slices.Contains(out, "stuck") {
		out = append(out, "stuck")
	}
	if st.Kind == flows.KindChoose { // when all its options are used up
		out = append(out, "human")
	}
	return out
}

// move does one of moves.
func (t *talk) move(ctx context.Context, move string) (bool, error) {
	p := t.state.Prompt
	if p == nil {
		if st := t.pack.Step(t.state.Here()); st != nil && st.Kind == flows.KindChoose && move == "human" && !isOption(st, move) {
			return t.pressHere(ctx, move)
		}
		return t.take(ctx, move)
	}
	c, ok := t.button(func(m bot.Message, c bot.Choice) bool { return m.Ref.Step == p.Step && c.Button.Choice == move })
	if !ok {
		return false, nil
	}
	return true, t.press(ctx, t.key(), c)
}

// fault reports an implicit way that does not lead where it should.
func (w *walker) fault(t *talk, st *flows.Step, what string) {
	w.broken++
	w.Problems = append(w.Problems, flows.Problem{Pos: st.Pos, Code: "T08",
		Message: fmt.Sprintf("at %s %s; %s", st.ID, what, t.here()), Fix: "this is a fault of the program, not of the pack: report it with this dialogue", Dialogue: slices.Clone(t.lines)})
}
