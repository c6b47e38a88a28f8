package dialogue

import (
	"net/mail"
	"strconv"
	"strings"
	"time"

	"latchkey/bot"
	"latchkey/flows"
)

// askText reads a typed answer. It returns false when the text does not fit
// and is surely about another topic.
func (t *turn) askText(f *Frame, st *flows.Step, ev bot.Event, folded string) bool {
	if value, ok := t.parse(st.Ask, ev.Text, folded); ok {
		if shown, masked := mask(Answer{Value: value, Type: st.Ask.Type, PII: st.Ask.PII}); masked {
			t.s.Last[len(t.s.Last)-1] = shown // an operator sees no more of it here than among the facts
		}
		t.accept(f, st, value)
		return true
	}
	id := t.offered(f, st, ordinal(folded))
	if id == "" {
		id = sureOf(ev.Reading, bot.CandidateOption)
	}
	if t.hasOffer(f, st, id) {
		t.take(f, st, id)
		return true
	}
	if st.Ask.Type != "text" && sureOf(ev.Reading, bot.CandidateFlow) != "" {
		return false
	}
	t.invalid(f, st)
	return true
}

// accept stores a valid answer and goes on.
func (t *turn) accept(f *Frame, st *flows.Step, value string) {
	t.understood()
	f.Tries = 0
	t.checkpoint()
	t.answer(f, st.Ask.As, Answer{Value: value, PII: st.Ask.PII, Type: st.Ask.Type})
	t.follow(f, "next", st.Next)
	t.enter()
}

// invalid asks once more, and after the last try goes where the flow says, or
// to a person.
func (t *turn) invalid(f *Frame, st *flows.Step) {
	f.Tries++
	r := st.Ask.Retry
	if f.Tries > r.Times {
		t.ended(f, st, bot.AttemptFailed, "")
		if r.Go != "" {
			f.Tries = 0
			t.checkpoint()
			t.follow(f, "retry", r.Go)
			t.enter()
			return
		}
		t.handOff(t.queueHere(), "step_failed_max", nil)
		return
	}
	t.asked = true
	t.s.Nonce++
	m := bot.Message{Text: t.fill(f.Flow, r.Say), Ask: st.Ask.Type, Ref: bot.Ref{Flow: f.Flow, Step: st.ID, Field: "retry"}}
	if m.Text == "" {
		m.Text = t.words("bad_" + st.Ask.Type)
	}
	if m.Text == "" { // any text, or one that must fit a pattern
		m.Text = t.words("miss")
	}
	m.Choices = t.choices(f, st)
	t.say(m)
}

// parse brings a typed answer to the form in which it is stored.
func (t *turn) parse(a *flows.Ask, text, folded string) (string, bool) {
	text = strings.TrimSpace(text)
	switch a.Type {
	case "text":
		return text, text != "" && folded != ""
	case "email":
		return parseEmail(text)
	case "phone":
		return parsePhone(text)
	case "number":
		s := strings.ReplaceAll(strings.ReplaceAll(text, " ", ""), ",", ".")
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || n != n || n > 1e15 || n < -1e15 {
			return "", false
		}
		return strconv.FormatFloat(n, 'f', -1, 64), true
	case "date":
		return parseDate(text)
	case "yes_no":
		switch {
		case t.p.Says("yes", folded):
			return "yes", true
		case t.p.Says("no", folded):
			return "no", true
		}
		return "", false
	case "pattern":
		return text, a.Pattern != nil && a.Pattern.MatchString(text)
	}
	return "", false // a file is not typed
}

// parseEmail accepts a bare address, also inside a short sentence.
func parseEmail(text string) (string, bool) {
	for w := range strings.FieldsSeq(text) {
		w = strings.Trim(w, ".,;:!?<>()\"'")
		if len(w) > 254 || strings.Count(w, "@") != 1 {
			continue
		}
		at := strings.IndexByte(w, '@')
		if a, err := mail.ParseAddress(w); err == nil && a.Address == w && strings.Contains(strings.Trim(w[at+1:], "."), ".") {
			return w, true
		}
	}
	return "", false
}

// parsePhone keeps the digits; E.164 allows at most 15 (ITU-T E.164, 6.1).
func parsePhone(text string) (string, bool) {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && i == 0:
			b.WriteRune(r)
		case strings.ContainsRune(" -().", r):
		default:
			return "", false
		}
	}
	n := len(strings.TrimPrefix(b.String(), "+"))
	return b.String(), n >= 7 && n <= 15
}

func parseDate(text string) (string, bool) {
	for _, layout := range []string{"2006-01-02", "2006-1-2", "02.01.2006", "2.1.2006", "02/01/2006", "2/1/2006"} {
		if d, err := time.Parse(layout, text); err == nil && d.Year() >= 1900 && d.Year() < 2200 {
			return d.Format("2006-01-02"), true
		}
	}
	return "", false
}
