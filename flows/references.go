package flows

import (
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strings"
)

// references checks every name that points to something else in the pack.
func (l *loader) references() {
	for _, r := range l.pp.refs {
		l.reference("", r)
	}
	for _, pf := range l.flows {
		for _, r := range pf.refs {
			l.reference(pf.flow.ID, r)
		}
		for _, id := range pf.flow.Order {
			l.stepReferences(pf.flow, pf.flow.Steps[id])
		}
	}
	for _, pf := range l.flows {
		l.answerNames(pf.flow)
	}
}

// answerNames reports answers of one flow that bear the same name.
func (l *loader) answerNames(f *Flow) {
	seen := map[string]string{}
	for _, id := range f.Order {
		st := f.Steps[id]
		name := ""
		switch {
		case st.Ask != nil:
			name = st.Ask.As
		case st.Kind == KindChoose:
			name = st.ID
		}
		if name == "" {
			continue
		}
		if first := seen[name]; first != "" {
			l.fault(f, st.Pos, "E05", fmt.Sprintf("the answer %q is set by %q already", name, first), "give this one another name with \"as:\"")
		}
		seen[name] = id
	}
}

// fault reports a problem that makes the flow's graph not worth proving.
func (l *loader) fault(f *Flow, pos Pos, code, message, fix string) {
	l.add(pos, code, message, fix)
	if f != nil {
		l.broken[f.ID] = true
	}
}

func (l *loader) reference(flow string, r nameRef) {
	p := l.pack
	f := p.Flows[flow]
	switch r.kind {
	case "category":
		if len(p.Categories) > 0 && !slices.ContainsFunc(p.Categories, func(c *Category) bool { return c.ID == r.name }) {
			l.add(r.pos, "E22", fmt.Sprintf("the category %q is not declared in pack.yaml", r.name), nearest(r.name, categoryIDs(p)))
		}
	case "source":
		if p.Sources[r.name] == nil {
			l.add(r.pos, "E02", fmt.Sprintf("the source %q is not declared in pack.yaml", r.name), nearest(r.name, keysOf(p.Sources)))
		}
	case "link":
		if p.Links[r.name] == nil {
			l.add(r.pos, "E02", fmt.Sprintf("the link %q is not declared in pack.yaml", r.name), nearest(r.name, keysOf(p.Links)))
		}
	case "queue":
		if p.Queues[r.name] == nil {
			l.fault(f, r.pos, "E02", fmt.Sprintf("the queue %q is not declared in pack.yaml", r.name), nearest(r.name, keysOf(p.Queues)))
		}
	case "media":
		info, err := fs.Stat(l.fsys, r.name)
		switch {
		case !fs.ValidPath(r.name) || !strings.HasPrefix(r.name, "media/"):
			l.add(r.pos, "E02", fmt.Sprintf("the picture %q does not lie in the folder media", r.name), "put it there and write media/<name>")
		case err != nil || !info.Mode().IsRegular():
			l.add(r.pos, "E02", fmt.Sprintf("there is no picture %q in the pack's folder", r.name), "add the file or correct its name")
		}
	}
}

func (l *loader) stepReferences(f *Flow, st *Step) {
	p := l.pack
	switch st.Kind {
	case KindGoto:
		to := p.Flows[st.Goto.Flow]
		pos := st.Edges[0].Pos
		switch {
		case to == nil && l.broken[st.Goto.Flow]:
		case to == nil:
			l.fault(f, pos, "E02", fmt.Sprintf("the flow %q does not exist", st.Goto.Flow), nearest(st.Goto.Flow, p.Order))
		case st.Goto.Step != "" && to.Steps[st.Goto.Step] == nil:
			l.fault(f, pos, "E02", fmt.Sprintf("the flow %q has no step %q", to.ID, st.Goto.Step), nearest(st.Goto.Step, to.Order))
		}
	case KindCall:
		callee := p.Flows[st.Call]
		if callee == nil && l.broken[st.Call] {
			return
		}
		if callee == nil {
			l.fault(f, st.Pos, "E02", fmt.Sprintf("the flow %q that %q calls does not exist", st.Call, st.ID), nearest(st.Call, p.Order))
			return
		}
		l.branches(f, st, "the flow "+callee.ID, doneOutcomesOf(p, callee), []string{"abandoned"})
	case KindDo:
		a := p.Actions[st.Do.Action]
		if a == nil {
			l.fault(f, st.Pos, "E04", fmt.Sprintf("the action %q is not declared", st.Do.Action), nearest(st.Do.Action, keysOf(p.Actions)))
			return
		}
		l.branches(f, st, "the action "+a.Name, append(slices.Clone(a.Outcomes), "failed"), nil)
		for in := range st.Do.With {
			if !slices.Contains(a.With, in) {
				l.fault(f, st.Pos, "E04", fmt.Sprintf("the action %q takes no input %q", a.Name, in), nearest(in, a.With))
			}
		}
	}
}

// branches holds a step's outcomes against those that can come back. A step
// without "when" has been reported.
func (l *loader) branches(f *Flow, st *Step, what string, must, may []string) {
	if st.When == nil {
		return
	}
	for _, o := range must {
		if !slices.ContainsFunc(st.When, func(b Branch) bool { return b.Outcome == o }) {
			l.fault(f, st.Pos, "E03", fmt.Sprintf("%q does not say what happens when %s ends in %q", st.ID, what, o), fmt.Sprintf("add \"%s: …\" below \"when\"", o))
		}
	}
	for _, b := range st.When {
		if !slices.Contains(must, b.Outcome) && !slices.Contains(may, b.Outcome) {
			l.fault(f, b.Pos, "E04", fmt.Sprintf("%s never ends in %q", what, b.Outcome), nearest(b.Outcome, append(slices.Clone(must), may...)))
		}
	}
}

// doneOutcomesOf are the outcomes that a flow can end with: those of its own
// done steps and of the flows it goes on to.
func doneOutcomesOf(p *Pack, f *Flow) []string {
	seen, out := map[string]bool{}, map[string]bool{}
	todo := []*Flow{f}
	for len(todo) > 0 {
		f := todo[0]
		todo = todo[1:]
		if f == nil || seen[f.ID] {
			continue
		}
		seen[f.ID] = true
		for _, id := range f.Order {
			switch st := f.Steps[id]; st.Kind {
			case KindDone:
				if st.Done != "" {
					out[st.Done] = true
				}
			case KindGoto:
				todo = append(todo, p.Flows[st.Goto.Flow])
			}
		}
	}
	return keysOf(out)
}

func keysOf[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func categoryIDs(p *Pack) []string {
	ids := make([]string, len(p.Categories))
	for i, c := range p.Categories {
		ids[i] = c.ID
	}
	return ids
}
