package dialogue_test

import (
	"fmt"
	"slices"
	"strings"
	"testing/fstest"

	"pgregory.net/rapid"

	"latchkey/flows"
)

const randomPackYAML = `pack: random
title: Random
language: en
languages: {best_effort: [ru, es]}
categories: {one: One, two: Two}
queues:
  day: {title: Day, hours: by day, closed: We are closed.}
  night: {title: Night, hours: always}
actions:
  act: {outcomes: [ok, slow], with: [x]}
facts: [plan]
defaults: {retries: 1, idle: {remind: 15m, close: 24h}, queue: night}
`

// randomPack draws a pack that the loader takes. Every flow has a chain of
// steps of any kind, each of which leads on to the next, and other ways
// besides; at its end the customer chooses between an end and a person. Ways
// that need no customer only lead forward, and flows only call and go to
// later ones: loops without the customer would not be let in.
func randomPack(t *rapid.T, name string) *flows.Pack {
	r := randomFlows{t: t, n: rapid.IntRange(1, 5).Draw(t, name+" flows")}
	files := fstest.MapFS{"pack.yaml": {Data: []byte(randomPackYAML)}}
	r.outcomes = make([][]string, r.n)
	for f := r.n - 1; f >= 0; f-- {
		text := r.flow(f)
		files[fmt.Sprintf("f%d.yaml", f)] = &fstest.MapFile{Data: []byte(text)}
	}
	return loadPack(t, files)
}

type randomFlows struct {
	t        *rapid.T
	n        int
	outcomes [][]string // of each flow, those it ends with and those it goes on to
	f        int        // the flow being written
	chain    int        // its steps s0 … before the last question
	guides   []string
}

func (r *randomFlows) pick(what string, of ...string) string {
	return rapid.SampledFrom(of).Draw(r.t, what)
}

func (r *randomFlows) chance(what string, in int) bool {
	return rapid.IntRange(1, in).Draw(r.t, what) == 1
}

func (r *randomFlows) flow(f int) string {
	r.f, r.chain, r.guides = f, rapid.IntRange(1, 4).Draw(r.t, "steps"), nil
	end := r.pick("end", "solved", "not_solved", "abandoned")
	r.outcomes[f] = []string{end}
	var b strings.Builder
	fmt.Fprintf(&b, "flow: f%d\ntitle: Flow %d\ncategory: %s\n", f, f, r.pick("category", "one", "two"))
	fmt.Fprintf(&b, "start: {phrases: [phrase number %d], deep_link: link%d, hidden: %v}\n", f, f, r.chance("hidden", 4))
	if r.chance("moved", 2) {
		fmt.Fprintf(&b, "moved: {s%d: last}\n", r.chain+rapid.IntRange(0, 2).Draw(r.t, "moved step"))
	}
	b.WriteString("steps:\n")
	for i := range r.chain {
		b.WriteString(r.step(i))
	}
	fmt.Fprintf(&b, "  last:\n    say: Is it well?\n    choose:\n      \"yes\": {label: Well, go: end}\n      \"no\": {label: Bad, go: person}\n")
	if f+1 < r.n && r.chance("goto", 3) {
		to := rapid.IntRange(f+1, r.n-1).Draw(r.t, "goto")
		fmt.Fprintf(&b, "      else: {label: Other, go: away}\n  away: {goto: f%d}\n", to)
		for _, o := range r.outcomes[to] {
			if !slices.Contains(r.outcomes[f], o) {
				r.outcomes[f] = append(r.outcomes[f], o)
			}
		}
	}
	fmt.Fprintf(&b, "  end: {done: %s%s}\n", end, r.pick("last words", "", ", say: The end."))
	fmt.Fprintf(&b, "  person: {human: %s, reason: tested, say: A person.%s}\n", r.pick("queue", "day", "night"),
		r.pick("closed", "", ", closed: {say: Nobody., go: end}", ", closed: Nobody is here."))
	return b.String()
}

// next is the step after s_i; ahead and anywhere are other targets.
func (r *randomFlows) next(i int) string {
	if i+1 < r.chain {
		return fmt.Sprintf("s%d", i+1)
	}
	return "last"
}

func (r *randomFlows) ahead(i int) string {
	return r.next(rapid.IntRange(i, r.chain-1).Draw(r.t, "ahead"))
}

func (r *randomFlows) anywhere(i int) string {
	if r.chance("forward", 2) {
		return r.ahead(i)
	}
	return fmt.Sprintf("s%d", rapid.IntRange(0, r.chain-1).Draw(r.t, "anywhere"))
}

func (r *randomFlows) step(i int) string {
	head := fmt.Sprintf("  s%d:\n    say: Step %d.\n", i, i)
	switch r.pick("kind", "say", "ask", "ask", "choose", "choose", "choose", "check", "guide", "guide", "guide", "do", "call") {
	case "ask":
		return head + r.ask(i) + r.idle(i)
	case "choose":
		return head + r.choose(i) + r.idle(i)
	case "check":
		return fmt.Sprintf("  s%d:\n    check:\n      - {%s, go: %s}\n    else: %s\n", i, r.condition(i), r.ahead(i), r.next(i))
	case "guide":
		r.guides = append(r.guides, fmt.Sprintf("s%d", i))
		return head + r.guide(i) + r.idle(i)
	case "do":
		return head + fmt.Sprintf("    do: act\n    when: {ok: %s, slow: %s, failed: %s}\n", r.next(i), r.ahead(i), r.ahead(i))
	case "call":
		if r.f+1 < r.n {
			return head + r.call(i)
		}
	}
	return head + "    next: " + r.next(i) + "\n"
}

func (r *randomFlows) ask(i int) string {
	kind := r.pick("type", "text", "email", "phone", "number", "date", "yes_no", "pattern", "file")
	out := "    ask: " + kind + "\n"
	if kind == "pattern" {
		out += "    pattern: \"[a-z0-9 ]+\"\n"
	}
	if r.chance("pii", 3) {
		out += "    pii: true\n"
	}
	retry := fmt.Sprintf("times: %d", rapid.IntRange(0, 2).Draw(r.t, "times"))
	if r.chance("words", 2) {
		retry += ", say: Again."
	}
	if r.chance("way out", 2) {
		retry += ", go: " + r.anywhere(i)
	}
	return out + "    retry: {" + retry + "}\n    next: " + r.next(i) + "\n"
}

func (r *randomFlows) choose(i int) string {
	ids := []string{"go", "human", "menu", "no", "stuck", "none", "continue", "f0"}
	out := fmt.Sprintf("    choose:\n      on: {label: On %d, go: %s}\n", i, r.next(i))
	out = strings.Replace(out, "on:", "\"on\":", 1)
	for n := rapid.IntRange(1, 3).Draw(r.t, "options"); n > 0; n-- {
		k := rapid.IntRange(0, len(ids)-1).Draw(r.t, "option")
		times := ""
		if r.chance("limited", 3) {
			times = fmt.Sprintf(", times: %d", rapid.IntRange(1, 2).Draw(r.t, "times"))
		}
		out += fmt.Sprintf("      %q: {label: Way %s of %d, go: %s%s}\n", ids[k], ids[k], i, r.anywhere(i), times)
		ids = slices.Delete(ids, k, k+1)
	}
	return out
}

func (r *randomFlows) condition(i int) string {
	if len(r.guides) > 0 && r.chance("tried", 2) {
		return "tried: " + r.pick("guide", r.guides...)
	}
	return r.pick("condition", "fact: plan, is: gold", "fact: language, in: [ru, es]", "fact: plan, missing: true", "fact: channel, older_than: 1h")
}

func (r *randomFlows) guide(i int) string {
	out := "    guide:\n"
	for n := rapid.IntRange(1, 3).Draw(r.t, "instructions"); n > 0; n-- {
		out += fmt.Sprintf("      - say: Do %d.\n", n)
		if r.chance("own help", 3) {
			out += "        stuck: " + r.anywhere(i) + "\n"
		}
		if r.chance("expects", 4) {
			out += "        expects: code\n"
		}
	}
	if r.chance("help", 2) {
		out += "    stuck: " + r.anywhere(i) + "\n"
	}
	if r.chance("pace", 4) {
		out += "    pace: all\n"
	}
	return out + "    then: " + r.next(i) + "\n"
}

func (r *randomFlows) call(i int) string {
	to := rapid.IntRange(r.f+1, r.n-1).Draw(r.t, "callee")
	when := ""
	for _, o := range []string{"solved", "not_solved", "abandoned"} {
		switch {
		case slices.Contains(r.outcomes[to], o):
			when += o + ": " + r.next(i) + ", "
		case o == "abandoned" && r.chance("cancelled", 2):
			when += o + ": " + r.ahead(i) + ", "
		}
	}
	return fmt.Sprintf("    call: f%d\n    when: {%s}\n", to, strings.TrimSuffix(when, ", "))
}

func (r *randomFlows) idle(i int) string {
	switch rapid.IntRange(0, 5).Draw(r.t, "idle") {
	case 0:
		return "    idle: {after: 5m, say: Well?, go: " + r.ahead(i) + "}\n"
	case 1:
		return "    idle: off\n"
	case 2:
		return "    idle: {after: 30m}\n"
	}
	return ""
}
