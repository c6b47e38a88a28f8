package dialoguetest

import (
	"fmt"
	"slices"
	"strings"

	"latchkey/flows"
)

// act reads a line in which something happens.
func (r *reader) act(verb string, n flows.Node, caption flows.Entry) deed {
	switch verb {
	case "user":
		if w := r.words(n, "what the customer types"); w != nil {
			return typed{w}
		}
	case "click":
		if id := r.choice(n, n.Name("click")); id != "" {
			return click{id}
		}
	case "late_click":
		return r.lateClick(n)
	case "attach":
		return r.attach(n, caption.Value)
	case "wait":
		if d := n.Duration("wait"); d > 0 {
			return wait{d}
		}
		if n.IsWord() && n.Name("wait") == "off" {
			n.Report("E21", "wait is \"off\", not a length of time", "write it like 30s, 15m, 24h or 3d")
		}
	case "open":
		return r.open(n)
	case "fact":
		return r.facts(n)
	case "action":
		return r.action(n)
	}
	return nil
}

// words reads what is said, in one language for all or in each.
func (r *reader) words(n flows.Node, what string) words {
	out := words{}
	if !n.IsMap() {
		if s := n.Words(what); s != "" {
			out[""] = s
			r.said = append(r.said, s)
		}
	} else {
		for _, e := range n.Entries(what) {
			if !r.suite.pack.Speaks(e.Key) {
				e.At.Report("E22", fmt.Sprintf("the pack does not speak %q", e.Key), flows.Nearest(e.Key, r.suite.pack.Languages()))
			} else if s := e.Value.Words(what); s != "" {
				out[e.Key] = s
				r.said = append(r.said, s)
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// twice reads what is delivered two times.
func (r *reader) twice(n flows.Node) deed {
	if !n.IsMap() {
		n.Report("E21", "twice does not say what comes twice", "write it like \"- twice: {click: yes}\"")
		return nil
	}
	entries := n.Entries("twice", "click", "late_click", "user", "attach")
	if len(entries) > 1 {
		entries[1].At.Report("E01", "twice holds more than one thing", "write a line for each")
		return nil
	}
	if len(entries) == 0 {
		return nil
	}
	return r.act(entries[0].Key, entries[0].Value, flows.Entry{})
}

var attachments = []string{"image", "video", "audio", "file", "sticker", "location", "contact"}

func (r *reader) attach(n, caption flows.Node) deed {
	kind := n.Name("attach")
	if kind == "" {
		return nil
	}
	if !slices.Contains(attachments, kind) {
		n.Report("E22", fmt.Sprintf("attach is %q", kind), flows.Nearest(kind, attachments))
		return nil
	}
	a := attach{kind: kind}
	if caption.Given() {
		a.caption = r.words(caption, "the words with the file")
	}
	return a
}

func (r *reader) open(n flows.Node) deed {
	link := n.Name("open")
	if link == "" {
		return nil
	}
	var known []string
	for _, p := range r.packs {
		for _, id := range p.Order {
			if dl := p.Flows[id].Start.DeepLink; dl != "" {
				known = append(known, dl)
			}
		}
	}
	if !slices.Contains(known, link) {
		n.Report("E02", fmt.Sprintf("no flow has the deep link %q", link), flows.Nearest(link, known))
		return nil
	}
	return open{link}
}

// facts reads what channel or desk tell.
func (r *reader) facts(n flows.Node) deed {
	p := r.suite.pack
	known := append([]string{"channel", "language", "platform"}, p.Facts...)
	for id := range p.Queues {
		known = append(known, "closed_"+id)
	}
	out := fact{}
	for _, e := range n.Entries("fact") {
		if !slices.Contains(known, e.Key) {
			e.At.Report("E02", fmt.Sprintf("the fact %q is not known", e.Key), flows.Nearest(e.Key, known))
			continue
		}
		if v := e.Value.Name("the fact"); v != "" {
			out[e.Key] = v
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func (r *reader) action(n flows.Node) deed {
	outcome := n.Name("action")
	if outcome == "" {
		return nil
	}
	known := []string{"failed"}
	for _, a := range r.suite.pack.Actions {
		known = append(known, a.Outcomes...)
	}
	if !slices.Contains(known, outcome) {
		n.Report("E22", fmt.Sprintf("no action of the pack ends in %q", outcome), flows.Nearest(outcome, known))
		return nil
	}
	return answerAction{outcome}
}

// publish reads the name of a folder beside the test file and loads the pack
// release in it.
func (r *reader) publish(n flows.Node) {
	name := n.Name("publish")
	if name == "" {
		return
	}
	if strings.ContainsAny(name, "/\\.") {
		n.Report("E21", fmt.Sprintf("publish is %q, not the name of a folder in tests", name), "write \"publish: next\" for the folder tests/next")
		return
	}
	rel, problems := r.suite.release(name)
	if len(problems) > 0 {
		r.problems = append(r.problems, problems...)
	}
	if rel == nil {
		n.Report("E02", fmt.Sprintf("the pack release in tests/%s cannot be used", name), "mend what is wrong with it, or correct the name")
		return
	}
	r.packs = append(r.packs, rel.pack)
	r.add(n, publish{rel})
}

// bot reads which message is expected.
func (r *reader) bot(n, value flows.Node, says flows.Entry) {
	at, ok := r.ref(value, value.Name("bot"))
	if !ok {
		return
	}
	b := hears{at: at}
	if says.Value.Given() {
		said := r.said
		b.text = r.words(says.Value, "text")
		r.said = said // the bot says it
	}
	r.add(n, b)
}

var ends = []string{"solved", "not_solved", "abandoned", "human"}

// end reads how the dialogue ends.
func (r *reader) end(n, value flows.Node, beside map[string]flows.Entry) {
	e := endsAs{how: value.Name("end")}
	if e.how == "" {
		return
	}
	if !slices.Contains(ends, e.how) {
		value.Report("E22", fmt.Sprintf("end is %q", e.how), flows.Nearest(e.how, ends))
		return
	}
	for key, b := range beside {
		if e.how != "human" {
			b.At.Report("E01", fmt.Sprintf("%q belongs to a hand-over, not to %q", key, e.how), "take it away, or write \"end: human\"")
			return
		}
	}
	p := r.suite.pack
	if q := beside["queue"].Value; q.Given() {
		if e.queue = q.Name("queue"); e.queue != "" && p.Queues[e.queue] == nil {
			q.Report("E02", fmt.Sprintf("the queue %q does not exist", e.queue), flows.Nearest(e.queue, keysOf(p.Queues)))
		}
	}
	if g := beside["goal"].Value; g.Given() {
		if e.goal = g.Name("goal"); e.goal != "" && p.Flows[e.goal] == nil {
			g.Report("E02", fmt.Sprintf("the flow %q does not exist", e.goal), flows.Nearest(e.goal, p.Order))
		}
	}
	if re := beside["reason"].Value; re.Given() {
		e.reason = re.Name("reason")
	}
	if st := beside["stuck"].Value; st.Given() {
		at, ok := r.ref(st, st.Name("stuck"))
		if ok {
			e.stuck = &at
		}
	}
	if t := beside["tried"].Value; t.Given() {
		list := t.List("tried")
		if len(list) == 0 {
			t.Report("E03", "the list of what was tried is empty", "name a guide that the operator must see, or take the line away")
		}
		for _, c := range list {
			if at, ok := r.ref(c, c.Name("a guide")); ok {
				e.tried = append(e.tried, at)
			}
		}
	}
	r.add(n, e)
}

// answer reads what the bot must have noted.
func (r *reader) answer(n, value flows.Node) {
	out := noted{}
	for _, e := range value.Entries("answer") {
		name := e.Key
		if !strings.Contains(name, ".") {
			name = r.flow + "." + name
		}
		flow, _, _ := strings.Cut(name, ".")
		known := answersOf(r.packs, flow)
		if !slices.Contains(known, name) {
			e.At.Report("E02", fmt.Sprintf("no step asks for %q", name), flows.Nearest(name, known))
			continue
		}
		if v := e.Value.Name("the answer"); v != "" {
			out = append(out, notedAnswer{name, v})
		}
	}
	if len(out) > 0 {
		r.add(n, out)
	}
}

func answersOf(packs []*flows.Pack, flow string) []string {
	var out []string
	for _, p := range packs {
		f := p.Flows[flow]
		if f == nil {
			continue
		}
		for _, id := range f.Order {
			switch st := f.Steps[id]; st.Kind {
			case flows.KindAsk:
				out = append(out, flow+"."+st.Ask.As)
			case flows.KindChoose:
				out = append(out, flow+"."+id)
			}
		}
	}
	return out
}
