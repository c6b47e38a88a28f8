package flows

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// drawnStep is one node of a drawing, with the arrows out of it.
type drawnStep struct {
	id    string
	kind  Kind
	words string
	out   []drawnEdge
}

type drawnEdge struct {
	to, label string
	silent    bool // nobody says anything: silence, closed hours
}

// drawing is a flow as a list of steps; targets in other flows follow as
// steps of kind goto without edges.
func drawing(p *Pack, flow, lang string) []drawnStep {
	f := p.Flows[flow]
	var out, others []drawnStep
	seen := map[string]bool{}
	other := func(id string) string {
		node := "flow " + id
		if !seen[node] {
			seen[node] = true
			title := id
			if of, _, _ := strings.Cut(id, "/"); p.Flows[of] != nil {
				title = p.Flows[of].Title.In(lang)
			}
			others = append(others, drawnStep{id: node, kind: KindGoto, words: title})
		}
		return node
	}
	for _, id := range f.Order {
		st := f.Steps[id]
		d := drawnStep{id: id, kind: st.Kind, words: stepWords(st, lang)}
		for _, e := range st.Edges {
			to := e.To.Step
			if e.To.Flow != "" && e.To.Flow != flow {
				to = other(strings.TrimSuffix(e.To.Flow+"/"+e.To.Step, "/"))
			}
			d.out = append(d.out, drawnEdge{to, edgeLabel(st, e.Name, lang), e.Name == "closed" || st.Idle != nil && e.Name == "idle" && e.To.Step == st.Idle.Go})
		}
		if st.Kind == KindCall {
			d.out = append(d.out, drawnEdge{other(st.Call), "call", true})
		}
		out = append(out, d)
	}
	return append(out, others...)
}

// stepWords is the first sentence or so of what a step says.
func stepWords(st *Step, lang string) string {
	words := st.Say.In(lang)
	switch {
	case st.Guide != nil && len(st.Guide.Instructions) > 0:
		words = fmt.Sprintf("%d × %s", len(st.Guide.Instructions), st.Guide.Instructions[0].Say.In(lang))
	case st.Kind == KindCheck:
		words = ""
	case st.Kind == KindDone && words == "":
		words = st.Done
	}
	words = mdLink.ReplaceAllString(words, "$1")
	words = strings.Join(strings.Fields(strings.NewReplacer("**", "", "`", "", "- ", "").Replace(words)), " ")
	const most = 90
	if utf8.RuneCountInString(words) > most {
		words = strings.TrimSpace(string([]rune(words)[:most-1])) + "…"
	}
	return words
}

// edgeLabel is what stands at an arrow: the option's label, a case in words,
// or the edge's own name.
func edgeLabel(st *Step, name, lang string) string {
	for _, o := range st.Options {
		if o.ID == name {
			return o.Label.In(lang)
		}
	}
	for i, c := range st.Cases {
		if name != fmt.Sprintf("case.%d", i+1) {
			continue
		}
		switch c.Op {
		case OpMissing:
			return c.Answer + c.Fact + " missing"
		case OpOlder:
			return c.Answer + c.Fact + " older than " + c.Age.String()
		case OpTried:
			return "tried " + c.Tried
		}
		return c.Answer + c.Fact + " is " + strings.Join(c.Values, " or ")
	}
	if name == "next" || name == "goto" {
		return ""
	}
	return name
}

// Mermaid draws a flow in the language of Mermaid flowcharts
// (https://mermaid.js.org/syntax/flowchart.html). The flow must be in the
// pack; lang is one of the pack's languages.
func Mermaid(p *Pack, flow, lang string) string {
	shapes := map[Kind][2]string{
		KindAsk: {"[/", "/]"}, KindChoose: {"{{", "}}"}, KindCheck: {"{", "}"}, KindGuide: {"[[", "]]"}, KindDo: {"[(", ")]"},
		KindCall: {"[[", "]]"}, KindGoto: {"(", ")"}, KindHuman: {"([", "])"}, KindDone: {"((", "))"},
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%%%% %s, pack release %s\nflowchart TD\n", flow, p.Release)
	node := func(id string) string { // ids have no capitals, so that no two nodes are the same
		return "s_" + strings.NewReplacer("flow ", "F_", "-", "_", "/", "_S_").Replace(id)
	}
	steps := drawing(p, flow, lang)
	for _, s := range steps {
		shape, ok := shapes[s.kind]
		if !ok {
			shape = [2]string{"[", "]"}
		}
		text := "<b>" + mermaidText(s.id) + "</b>"
		if s.words != "" {
			text += "<br>" + mermaidText(s.words)
		}
		fmt.Fprintf(&b, "  %s%s\"%s\"%s\n", node(s.id), shape[0], text, shape[1])
	}
	for _, s := range steps {
		for _, e := range s.out {
			arrow := "-->"
			if e.silent {
				arrow = "-.->"
			}
			if e.label != "" {
				arrow += fmt.Sprintf("|\"%s\"|", mermaidText(e.label))
			}
			fmt.Fprintf(&b, "  %s %s %s\n", node(s.id), arrow, node(e.to))
		}
	}
	return b.String()
}

// mermaidText writes the characters that mean something to Mermaid as
// entities.
func mermaidText(s string) string {
	return strings.NewReplacer("&", "#amp;", "\"", "#quot;", "<", "#lt;", ">", "#gt;", "#", "#35;").Replace(s)
}

// D2 draws a flow in the language of D2 (https://d2lang.com/tour/intro), for
// programs that lay it out. The flow must be in the pack.
func D2(p *Pack, flow, lang string) string {
	looks := map[Kind]string{
		KindAsk: `shape: parallelogram`, KindChoose: `style.border-radius: 8; style.fill: "#e8f0fe"`, KindCheck: `shape: hexagon`,
		KindGuide: `style.multiple: true; style.fill: "#fff8e1"`, KindDo: `shape: cylinder`, KindCall: `style.double-border: true`,
		KindGoto: `style.stroke-dash: 3; style.fill: "#f5f5f5"`, KindHuman: `style.border-radius: 20; style.fill: "#fde7e9"`,
		KindDone: `shape: oval; style.fill: "#e6f4ea"`,
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s, pack release %s\ndirection: down\n", flow, p.Release)
	steps := drawing(p, flow, lang)
	for _, s := range steps {
		look := looks[s.kind]
		if look == "" {
			look = `shape: rectangle`
		}
		fmt.Fprintf(&b, "%s: %s {%s}\n", d2Text(s.id), d2Text(strings.TrimSuffix(s.id+"\n"+fold(s.words, 30), "\n")), look)
	}
	for _, s := range steps {
		for _, e := range s.out {
			style := ""
			if e.silent {
				style = " {style.stroke-dash: 4}"
			}
			label := ""
			if e.label != "" {
				label = ": " + d2Text(fold(e.label, 24))
			}
			fmt.Fprintf(&b, "%s -> %s%s%s\n", d2Text(s.id), d2Text(e.to), label, style)
		}
	}
	return b.String()
}

// fold breaks s into lines of about width characters.
func fold(s string, width int) string {
	var b strings.Builder
	n := 0
	for w := range strings.FieldsSeq(s) {
		switch l := utf8.RuneCountInString(w); {
		case n == 0:
			n = l
		case n+1+l > width:
			b.WriteByte('\n')
			n = l
		default:
			b.WriteByte(' ')
			n += 1 + l
		}
		b.WriteString(w)
	}
	return b.String()
}

// d2Text is a double-quoted string of D2, in which a backslash escapes and
// ${ would begin a substitution (https://d2lang.com/tour/strings).
func d2Text(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, `$`, `\$`).Replace(s) + `"`
}
