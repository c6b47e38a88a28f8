package dialogue_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"latchkey/bot"
	"latchkey/bot/dialogue"
	"latchkey/flows"
)

// options splits "words | k=v; k=v".
func options(rest string) (words string, opts map[string]string) {
	words, list, _ := strings.Cut(" "+rest, " | ")
	words = strings.TrimPrefix(words, " ")
	opts = map[string]string{}
	for kv := range strings.SplitSeq(list, "; ") {
		if k, v, ok := strings.Cut(kv, "="); ok {
			opts[k] = v
		}
	}
	return words, opts
}

// event is what a line of a transcript lets happen.
func (s *script) event(verb, words string, opts map[string]string) bot.Event {
	switch verb {
	case "text", "edit":
		s.texts++
		ev := bot.Event{Kind: bot.EventText, Text: words, Message: bot.MessageID(opts["id"]), Lang: opts["platform"]}
		if verb == "edit" {
			ev.Kind = bot.EventEdited
		} else if ev.Message == "" {
			ev.Message = bot.MessageID("m" + strconv.Itoa(s.texts))
		}
		if opts["removed"] != "" {
			ev.Removed = strings.Split(opts["removed"], ",")
		}
		ev.Reading = s.reading(words, opts)
		return ev
	case "long":
		return bot.Event{Kind: bot.EventText, Text: strings.Repeat("я", s.number(words))}
	case "file":
		kind, caption, _ := strings.Cut(words, " ")
		ev := bot.Event{Kind: bot.EventAttachment, Text: caption, Attachments: []bot.Attachment{{Kind: kind}}}
		ev.Reading = s.reading(caption, opts)
		return ev
	case "press":
		return bot.Event{Kind: bot.EventButton, Button: s.button(words)}
	case "forge":
		return bot.Event{Kind: bot.EventButton, Button: s.forged(words)}
	case "open":
		return bot.Event{Kind: bot.EventOpened, Payload: words, Lang: opts["lang"]}
	case "ring":
		name, nonce, _ := strings.Cut(words, " ")
		return bot.Event{Kind: bot.EventTimer, Timer: &bot.Timer{Name: name, Nonce: s.number(nonce)}}
	case "answer":
		outcome, n, _ := strings.Cut(words, " ")
		call := s.calls[len(s.calls)-1]
		if n != "" {
			call = s.calls[s.number(n)-1]
		}
		return bot.Event{Kind: bot.EventAction, Action: &bot.ActionResult{Name: call.Name, Nonce: call.Nonce, Outcome: outcome}}
	case "operator":
		return bot.Event{Kind: bot.EventOperator, Operator: operator(words, opts)}
	}
	s.t.Fatalf("no such verb: %q", verb)
	return bot.Event{}
}

func (s *script) number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// button is a choice of the newest question, or of one that was kept.
func (s *script) button(words string) *bot.Button {
	choice, name, late := strings.Cut(words, " ")
	m := s.asked
	if late {
		m = s.kept[name]
	}
	for _, c := range m.Choices {
		if c.Button.Choice == choice {
			return &c.Button
		}
	}
	s.t.Fatalf("%s has no button %q", m.Ref, choice)
	return nil
}

// forged is a button that the bot never made: "FLOW STEP AT NONCE CHOICE".
func (s *script) forged(words string) *bot.Button {
	f := strings.Fields(words)
	return &bot.Button{Flow: strings.Trim(f[0], "-"), Step: f[1], At: s.number(f[2]), Nonce: s.number(f[3]), Choice: f[4]}
}

func operator(kind string, opts map[string]string) *bot.OperatorEvent {
	op := &bot.OperatorEvent{Kind: bot.OperatorKind(kind), Name: opts["name"], Text: opts["text"]}
	op.Flow, op.Step, _ = strings.Cut(opts["at"], "/")
	if opts["done"] != "" {
		op.Done = strings.Split(opts["done"], ",")
	}
	for kv := range strings.SplitSeq(opts["facts"], ",") {
		if k, v, ok := strings.Cut(kv, ":"); ok {
			if op.Facts == nil {
				op.Facts = map[string]string{}
			}
			op.Facts[k] = v
		}
	}
	return op
}

// reading is what the matcher makes of a text: what the transcript says, else
// the flow that has the text among its phrases, else nothing.
func (s *script) reading(text string, opts map[string]string) *bot.Reading {
	r := &bot.Reading{Verdict: bot.None, Lang: opts["lang"]}
	if r.Lang == "" && strings.ContainsFunc(text, func(c rune) bool { return unicode.Is(unicode.Cyrillic, c) }) {
		r.Lang = "ru"
	}
	add := func(v bot.Verdict, kind bot.CandidateKind, ids string) {
		for id := range strings.SplitSeq(ids, ",") {
			if id != "" {
				r.Verdict = v
				r.Candidates = append(r.Candidates, bot.Candidate{Kind: kind, ID: id, Score: 0.5})
			}
		}
	}
	add(bot.Sure, bot.CandidateFlow, opts["flow"])
	add(bot.Sure, bot.CandidateWord, opts["word"])
	add(bot.Sure, bot.CandidateOption, opts["option"])
	add(bot.Unsure, bot.CandidateFlow, opts["unsure"])
	add(bot.None, bot.CandidateFlow, opts["none"])
	for _, id := range s.p.Order {
		for _, phrases := range s.p.Flows[id].Start.Phrases {
			known := func(ph flows.Phrase) bool { return flows.Fold(ph.Text) == flows.Fold(text) }
			if len(r.Candidates) == 0 && slices.ContainsFunc(phrases, known) {
				add(bot.Sure, bot.CandidateFlow, id)
			}
		}
	}
	return r
}

// show writes an effect as one line, a packet as one line a field.
func (s *script) show(e bot.Effect) {
	switch e.Kind {
	case bot.EffectSay:
		s.say(e.Say)
	case bot.EffectArm:
		fmt.Fprintf(&s.out, "arm %s %d in %s\n", e.Timer.Name, e.Timer.Nonce, e.Timer.At.Sub(s.now))
	case bot.EffectDisarm:
		fmt.Fprintf(&s.out, "disarm %s %d\n", e.Timer.Name, e.Timer.Nonce)
	case bot.EffectAction:
		fmt.Fprintf(&s.out, "action %s %d with %v\n", e.Action.Name, e.Action.Nonce, e.Action.With)
	case bot.EffectClose:
		fmt.Fprintf(&s.out, "close %s at %s/%s idle=%v\n", e.Close.Outcome, e.Close.Flow, e.Close.Step, e.Close.Idle)
	case bot.EffectNote:
		n := e.Note
		arrow := ""
		if n.To != "" {
			arrow = " -> " + n.To
		}
		place := strings.Trim(n.Flow+"/"+n.Step, "/")
		fmt.Fprintln(&s.out, strings.Join(strings.Fields("note "+string(n.Kind)+" "+place+" "+n.Edge+arrow), " "))
	case bot.EffectHandOff:
		s.packet(e.HandOff)
	}
}

// say shows the words of the pack; of the bot's own only their name, so that
// better ones do not change every transcript.
func (s *script) say(m *bot.Message) {
	fmt.Fprintf(&s.out, "say %s %s", m.Lang, m.Ref)
	if !strings.HasPrefix(m.Ref.Step, "@") || m.Ref.Step == "@from_person" {
		fmt.Fprintf(&s.out, " %q", m.Text)
	}
	if m.Text == s.p.System("greeting").In(m.Lang) {
		s.out.WriteString(" greeting")
	}
	if m.Progress != nil {
		fmt.Fprintf(&s.out, " %d/%d", m.Progress.Step, m.Progress.Of)
	}
	if m.Ask != "" {
		fmt.Fprintf(&s.out, " ask=%s", m.Ask)
	}
	for _, x := range m.Media {
		fmt.Fprintf(&s.out, " %s=%s(%s)", x.Kind, x.Path+x.URL, x.Alt)
	}
	if len(m.Choices) > 0 {
		list := make([]string, len(m.Choices))
		for i, c := range m.Choices {
			list[i] = c.Button.Choice
			if c.Minor {
				list[i] += "~"
			}
		}
		fmt.Fprintf(&s.out, " [%s]", strings.Join(list, " "))
	}
	s.out.WriteString("\n")
}

func (s *script) packet(p *bot.Packet) {
	line := func(name, format string, args ...any) { fmt.Fprintf(&s.out, "  "+name+": "+format+"\n", args...) }
	clock := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return t.Format("02T15:04:05")
	}
	fmt.Fprintf(&s.out, "hand off to %s because %s\n", p.Queue, p.Reason)
	line("goal", "%q (%s)", p.Goal, p.GoalFlow)
	line("at", "%s/%s lang %s own release %v", p.Flow, p.Step, p.Lang, p.Release == s.p.Release)
	for _, a := range p.Attempts {
		line("tried", "%s/%s %q %s x%d %s-%s %q", a.Flow, a.Step, a.Title, a.Outcome, a.Times, clock(a.Started), clock(a.Ended), a.Detail)
	}
	if k := p.Stuck; k != nil {
		line("stuck", "%s/%s %d %q", k.Flow, k.Step, k.Instruction, k.Text)
		line("next", "%q", p.Suggested)
	}
	if p.AccountHint != "" || p.Identity.Level > 0 {
		line("account", "%s identity %d", p.AccountHint, p.Identity.Level)
	}
	for _, f := range p.Facts {
		line("fact", "%s=%s masked=%v", f.Name, f.Value, f.Masked)
	}
	if len(p.Channel) > 0 {
		line("channel", "%v", p.Channel)
	}
	line("last", "%q removed %d", p.Last, p.Removed)
}

// standing shows where the conversation is after a turn.
func (s *script) standing() {
	var frames []string
	for _, f := range s.s.Frames {
		place := f.Flow + "/" + f.Step
		if f.At > 0 {
			place += "." + strconv.Itoa(f.At+1)
		}
		if f.Kind != dialogue.FrameRoot {
			place = string(f.Kind) + " " + place
		}
		frames = append(frames, place)
	}
	what := []string{"=", string(s.s.Phase)}
	if s.s.Control != dialogue.ControlBot {
		what = append(what, string(s.s.Control))
	}
	what = append(what, strings.Join(frames, " > "))
	if p := s.s.Prompt; p != nil {
		what = append(what, p.Step)
	}
	if s.s.Misses > 0 {
		what = append(what, fmt.Sprintf("misses %d", s.s.Misses))
	}
	s.out.WriteString(strings.TrimRight(strings.Join(what, " "), " ") + "\n")
}

func (s *script) scope() {
	sc := dialogue.Scope(s.p, s.s)
	fmt.Fprintf(&s.out, "lang %s flow %s\n", sc.Lang, sc.Flow)
	for _, o := range sc.Options {
		fmt.Fprintf(&s.out, "  %s %q\n", o.ID, o.Words)
	}
}
