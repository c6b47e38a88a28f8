package dialoguetest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"latchkey/bot"
	"latchkey/flows"
)

// ref names the place of words in a pack: "where", "on_site.1", "where.idle",
// "@moved_on", "other-flow/step".
type ref struct {
	flow  string // "" = a message of the bot's own, or the step of any flow
	step  string
	field string
}

func (r ref) String() string {
	s := r.step
	if r.field != "" {
		s += "." + r.field
	}
	if r.flow != "" {
		s = r.flow + "/" + s
	}
	return s
}

// is tells whether a message shows the words that r names.
func (r ref) is(m bot.Ref) bool {
	return m.Step == r.step && m.Field == r.field && (r.flow == "" || m.Flow == r.flow)
}

// isStep tells whether r names a step.
func (r ref) isStep(flow, step string) bool {
	return step == r.step && (r.flow == "" || flow == r.flow)
}

// prompts are the bot's own questions.
var prompts = []string{"@menu", "@category", "@which", "@person", "@language", "@resume", "@moved", "@from_person"}

// ref reads the name of a place. A step without a flow is the tested flow's
// own; only where that has none of the name may it be another's.
func (r *reader) ref(n flows.Node, s string) (ref, bool) {
	if s == "" {
		return ref{}, false
	}
	at := ref{}
	flow, rest, ok := strings.Cut(s, "/")
	if ok {
		at.flow = flow
	} else {
		rest = s
	}
	at.step, at.field, _ = strings.Cut(rest, ".")
	if strings.HasPrefix(at.step, "@") {
		return at, r.ownWords(n, at)
	}
	steps, known := r.steps(&at)
	switch {
	case at.flow != "" && !r.hasFlow(at.flow):
		n.Report("E02", fmt.Sprintf("the flow %q does not exist", at.flow), flows.Nearest(at.flow, r.suite.pack.Order))
	case len(steps) == 0:
		n.Report("E02", fmt.Sprintf("no step is called %q", s), flows.Nearest(at.step, known))
	case !slices.ContainsFunc(steps, func(st *flows.Step) bool { return hasField(st, at.field) }):
		n.Report("E02", fmt.Sprintf("the step %q has no %q", at.step, at.field), fields(steps[0]))
	default:
		return at, true
	}
	return ref{}, false
}

// ownWords checks the name of a message of the bot's own.
func (r *reader) ownWords(n flows.Node, at ref) bool {
	known := slices.Clone(prompts)
	for _, k := range flows.SystemTexts() {
		if !strings.HasPrefix(k, "choice_") {
			known = append(known, "@"+k)
		}
	}
	if at.flow != "" || at.field != "" || !slices.Contains(known, at.step) {
		n.Report("E02", fmt.Sprintf("the bot has no message of its own called %q", at), flows.Nearest(at.step, known))
		return false
	}
	return true
}

func (r *reader) hasFlow(id string) bool {
	return slices.ContainsFunc(r.packs, func(p *flows.Pack) bool { return p.Flows[id] != nil })
}

// steps finds the steps that a name may mean, and settles its flow. known are
// the names that it could have been.
func (r *reader) steps(at *ref) (found []*flows.Step, known []string) {
	of := at.flow
	if of == "" {
		of = r.flow
	}
	for _, p := range r.packs {
		if f := p.Flows[of]; f != nil {
			known = append(known, f.Order...)
			if st := f.Steps[at.step]; st != nil {
				found = append(found, st)
			}
		}
	}
	if len(found) > 0 || at.flow != "" {
		at.flow = of
		return found, known
	}
	for _, p := range r.packs {
		for _, id := range p.Order {
			if st := p.Flows[id].Steps[at.step]; st != nil {
				found = append(found, st)
			}
		}
	}
	return found, known
}

// hasField tells whether a step has words of that name.
func hasField(st *flows.Step, field string) bool {
	if i, err := strconv.Atoi(field); err == nil {
		return st.Guide != nil && i >= 1 && i <= len(st.Guide.Instructions)
	}
	switch field {
	case "", "why":
		return true
	case "idle":
		return st.Kind.Waits()
	case "retry":
		return st.Kind == flows.KindAsk
	case "closed":
		return st.Kind == flows.KindHuman
	}
	return false
}

func fields(st *flows.Step) string {
	switch {
	case st.Guide != nil && st.Guide.All:
		return fmt.Sprintf("it shows all its instructions in one message: write %q", st.ID)
	case st.Guide != nil:
		return fmt.Sprintf("its instructions are %s.1 to %s.%d", st.ID, st.ID, len(st.Guide.Instructions))
	}
	return fmt.Sprintf("write %q, or one of why, idle, retry, closed behind the point", st.ID)
}

// choice checks the id of a choice. A message must have it when the test runs;
// here only its spelling is looked at.
func (r *reader) choice(n flows.Node, id string) string {
	if id == "" {
		return ""
	}
	known := r.suite.choices(r.packs)
	if !known[id] {
		n.Report("E02", fmt.Sprintf("no message has a choice %q", id), flows.Nearest(id, r.near(known)))
		return ""
	}
	return id
}

// near are the choices of the tested flow and the bot's own, to be offered in
// place of a wrong one.
func (r *reader) near(all map[string]bool) []string {
	out := slices.Clone(ownChoices)
	for _, p := range r.packs {
		if f := p.Flows[r.flow]; f != nil {
			for _, st := range f.Steps {
				for _, o := range st.Options {
					out = append(out, o.ID)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ownChoices are the choices that the bot itself offers.
var ownChoices = []string{"done", "stuck", "back", "yes", "no", "human", "menu", "none", "continue", "start_over"}

func (s *Suite) choices(packs []*flows.Pack) map[string]bool {
	known := map[string]bool{}
	for _, id := range ownChoices {
		known[id] = true
	}
	for _, p := range packs {
		for _, l := range p.Languages() {
			known[l] = true
		}
		for _, c := range p.Categories {
			known[c.ID] = true
		}
		for id, f := range p.Flows {
			known[id] = true
			for _, st := range f.Steps {
				for _, o := range st.Options {
					known[o.ID] = true
				}
			}
		}
	}
	return known
}

// lateClick reads a press on an old message: step.choice, or
// guide.instruction.choice.
func (r *reader) lateClick(n flows.Node) deed {
	s := n.Name("late_click")
	if s == "" {
		return nil
	}
	i := strings.LastIndexByte(s, '.')
	if i <= 0 {
		n.Report("E21", fmt.Sprintf("late_click is %q, not a step and its choice", s), "write it like \"late_click: where.app\"")
		return nil
	}
	at, ok := r.ref(n, s[:i])
	if !ok || r.choice(n, s[i+1:]) == "" {
		return nil
	}
	return lateClick{at, s[i+1:]}
}

func keysOf[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
