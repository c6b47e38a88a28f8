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
		t.follow(f, "closed", h.ClosedGo)
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
	t.leaveGuide()
	packet := t.packet(queue, reason, st)
	at := t.place()
	human := &flows.Human{Queue: queue}
	if st != nil {
		human = st.Human
		t.sayStep(&at, st)
	} else {
		t.system("handed")
	}
	if t.closed(queue) {
		t.closedWords(&at, human)
	}
	if at.Flow != "" {
		t.note(bot.NoteEnd, at.Flow, at.Step, string(bot.OutcomeHuman), "")
	}
	t.s.Control, t.s.Phase, t.s.Prompt = ControlWaiting, PhaseOpen, nil
	t.s.Misses, t.s.Told, t.s.Edit = 0, false, nil
	t.forgetBack()
	t.emit(bot.Effect{Kind: bot.EffectHandOff, HandOff: packet})
}

// queueHere is the queue that the first human step of the open flow names,
// else that of the flow below, and so on down to the pack's default.
func (t *turn) queueHere() string {
	for i := len(t.s.Frames) - 1; i >= 0; i-- {
		fl := t.p.Flows[t.s.Frames[i].Flow]
		if fl == nil {
			continue
		}
		for _, id := range fl.Order {
			if st := fl.Steps[id]; st.Kind == flows.KindHuman {
				return st.Human.Queue
			}
		}
	}
	return t.p.Defaults.Queue
}

// packet is the operator's packet of desk.md, section 4.
func (t *turn) packet(queue, reason string, st *flows.Step) *bot.Packet {
	flow, step := t.s.Here()
	p := &bot.Packet{
		Queue: queue, Reason: reason, Lang: t.s.Lang, Removed: t.s.Removed,
		Release: t.p.Release, Flow: flow, Step: step, GoalFlow: t.s.Goal,
		Attempts: slices.Clone(t.s.Attempts), Last: slices.Clone(t.s.Last), Stuck: t.s.Stuck,
	}
	if f := t.p.Flows[t.s.Goal]; f != nil {
		p.Goal = f.Title.In(t.p.Base)
	} else {
		p.Goal = t.goalWords()
		if p.Goal == "" { // the flow is gone with an older release
			p.Goal = strings.ReplaceAll(p.GoalFlow, "-", " ")
		}
	}
	if p.Stuck != nil {
		p.Suggested = "Start where it stopped: " + p.Stuck.Text
	}
	t.facts(p, st)
	return p
}

// goalWords is the goal of a customer who is in no flow: the oldest of the
// last messages that says more than "a person, please".
func (t *turn) goalWords() string {
	for _, text := range t.s.Last {
		if _, ok := t.p.Word(flows.Fold(text)); !ok {
			return clip(text, 120)
		}
	}
	return ""
}

// facts puts the customer's answers and what the channel knows into a packet.
// A human step may name the answers that an operator needs; without a list it
// is all of them.
func (t *turn) facts(p *bot.Packet, st *flows.Step) {
	var share []string
	if st != nil {
		share = st.Human.Share
	}
	for _, a := range t.s.Answers {
		if share != nil && !slices.ContainsFunc(share, func(n string) bool { return answerName(p.Flow, n) == a.Name }) {
			continue
		}
		v, masked := mask(a)
		p.Facts = append(p.Facts, bot.Fact{Name: a.Name, Value: v, Masked: masked})
		if p.AccountHint == "" && (a.Type == "email" || a.Type == "phone") {
			p.AccountHint, p.Identity.Level = v, bot.Claimed
		}
	}
	for _, a := range t.s.Facts {
		if p.Channel == nil {
			p.Channel = make(map[string]string, len(t.s.Facts))
		}
		p.Channel[a.Name] = a.Value
	}
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

// maskEmails masks the addresses in a text.
func maskEmails(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	words := strings.Fields(s)
	for i, w := range words {
		if a, ok := parseEmail(w); ok {
			words[i] = strings.Replace(w, a, maskEmail(a), 1)
		}
	}
	return strings.Join(words, " ")
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}
