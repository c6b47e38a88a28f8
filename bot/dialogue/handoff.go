package dialogue

import (
	"slices"
	"strings"

	"latchkey/bot"
	"latchkey/flows"
)

// human hands over at a human step, or follows the way for closed hours. It
// tells whether the walk goes on.
func (t *turn) human(f *Frame, st *flows.Step) bool {
	h := st.Human
	if t.closed(h.Queue) && h.ClosedGo != "" {
		t.closedWords(f, h)
		t.follow("closed", h.ClosedGo)
		return true
	}
	t.handOff(h.Queue, h.Reason, st)
	return false
}

// closed tells whether a queue is out of hours. The runtime says so by the
// fact closed_<queue>; without it the queue counts as open.
func (t *turn) closed(queue string) bool {
	a, ok := findAnswer(t.s.Facts, "closed_"+queue)
	return ok && a.Value == "yes"
}

func (t *turn) closedWords(f *Frame, h *flows.Human) {
	words := h.Closed
	if q := t.p.Queues[h.Queue]; words.IsZero() && q != nil {
		words = q.Closed
	}
	if !words.IsZero() {
		t.say(bot.Message{Text: t.fill(f.Flow, words), Ref: bot.Ref{Flow: f.Flow, Step: f.Step, Field: "closed"}})
	}
}

// handOff puts the conversation into the operator queue with everything that
// is known. st is the human step, or nil when the bot itself decided.
func (t *turn) handOff(queue, reason string, st *flows.Step) {
	packet := t.packet(queue, reason, st)
	f := t.top()
	switch {
	case st != nil && !st.Say.IsZero():
		t.sayStep(f, st)
	default:
		t.system("handed")
	}
	if t.closed(queue) {
		var flow Frame
		if f != nil {
			flow = *f
		}
		h := &flows.Human{Queue: queue}
		if st != nil {
			h = st.Human
		}
		t.closedWords(&flow, h)
	}
	if f != nil {
		t.note(bot.NoteEnd, f.Flow, f.Step, string(bot.OutcomeHuman), "")
	}
	t.s.Control, t.s.Prompt, t.s.Misses, t.s.Told = ControlWaiting, nil, 0, false
	t.s.Back = nil
	t.s.Phase = PhaseOpen
	t.emit(bot.Effect{Kind: bot.EffectHandOff, HandOff: packet})
}

// queueHere is the queue of the flow that is open, as its first human step
// names it, or the pack's default.
func (t *turn) queueHere() string {
	if f := t.top(); f != nil {
		if fl := t.p.Flows[f.Flow]; fl != nil {
			for _, id := range fl.Order {
				if st := fl.Steps[id]; st.Kind == flows.KindHuman {
					return st.Human.Queue
				}
			}
		}
	}
	return t.p.Defaults.Queue
}

func (t *turn) packet(queue, reason string, st *flows.Step) *bot.Packet {
	flow, step := t.s.Here()
	p := &bot.Packet{
		Queue: queue, Reason: reason, Lang: t.s.Lang, Removed: t.s.Removed,
		Release: t.p.Release, Flow: flow, Step: step, GoalFlow: t.s.Goal,
		Attempts: slices.Clone(t.s.Attempts), Last: slices.Clone(t.s.Last), Stuck: t.s.Stuck,
	}
	if f := t.p.Flows[t.s.Goal]; f != nil {
		p.Goal = f.Title.In(t.p.Base)
	} else if len(t.s.Last) > 0 {
		p.Goal = clip(t.s.Last[0], 120)
	}
	if p.Stuck != nil {
		p.Suggested = "Start where it stopped: " + p.Stuck.Text
	}
	var share []string
	if st != nil {
		share = st.Human.Share
	}
	for _, a := range t.s.Answers {
		if share != nil && !slices.ContainsFunc(share, func(n string) bool { return answerName(flow, n) == a.Name }) {
			continue
		}
		v, masked := mask(a)
		p.Facts = append(p.Facts, bot.Fact{Name: a.Name, Value: v, Masked: masked})
		if p.AccountHint == "" && (a.Type == "email" || a.Type == "phone") {
			p.AccountHint = v
			p.Identity.Level = bot.Claimed
		}
	}
	for _, a := range t.s.Facts {
		if p.Channel == nil {
			p.Channel = map[string]string{}
		}
		p.Channel[a.Name] = a.Value
	}
	return p
}

// mask hides what identifies a person: e-mail and phone always, other answers
// when the flow marks them.
func mask(a Answer) (string, bool) {
	switch {
	case a.Type == "email":
		return maskEmail(a.Value), true
	case a.Type == "phone":
		n := len(a.Value)
		return strings.Repeat("*", max(n-2, 3)) + a.Value[max(n-2, 0):], true
	case a.PII:
		return "***", true
	}
	return a.Value, false
}

// maskEmail turns anna@example.com into a***@e***.com.
func maskEmail(s string) string {
	local, host, ok := strings.Cut(s, "@")
	if !ok || local == "" || host == "" {
		return "***"
	}
	end := ""
	if i := strings.LastIndexByte(host, '.'); i > 0 {
		end = host[i:]
	}
	return firstRune(local) + "***@" + firstRune(host) + "***" + end
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}
