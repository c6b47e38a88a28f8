package dialoguetest

import (
	"latchkey/bot"
	"latchkey/flows"
)

// edge is one way out of a step, named as flows.Edge has it.
type edge struct{ flow, step, name string }

// coverage is a set of edges that dialogues have taken.
type coverage map[edge]bool

// add takes over the edges that the engine has noted.
func (c coverage) add(effects []bot.Effect) {
	for _, e := range effects {
		if e.Kind == bot.EffectNote && e.Note.Kind == bot.NoteEdge {
			c[edge{e.Note.Flow, e.Note.Step, e.Note.Edge}] = true
		}
	}
}

// authored is an edge with its place in a file.
type authored struct {
	edge
	pos flows.Pos
}

// edgesOf lists every edge that the files of a pack name, in the order of
// flows and files.
func edgesOf(p *flows.Pack) []authored {
	var out []authored
	for _, id := range p.Order {
		f := p.Flows[id]
		for _, step := range f.Order {
			for _, e := range f.Steps[step].Edges {
				out = append(out, authored{edge{id, step, e.Name}, e.Pos})
			}
		}
	}
	return out
}
