package dialogue

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"latchkey/bot"
	"latchkey/flows"
)

// say sends a message.
func (t *turn) say(m bot.Message) {
	m.Lang = t.s.Lang
	t.emit(bot.Effect{Kind: bot.EffectSay, Say: &m})
}

// system sends a system message. args are pairs of placeholder and value.
func (t *turn) system(key string, args ...string) {
	t.say(bot.Message{Text: t.words(key, args...), Ref: bot.Ref{Step: "@" + key}})
}

// sayStep sends the words and media of a step that does not ask. A picture
// that has no words beside it is sent with its description.
func (t *turn) sayStep(f *Frame, st *flows.Step) {
	m := bot.Message{Text: t.fill(f.Flow, st.Say), Media: t.media(st.Media), Ref: bot.Ref{Flow: f.Flow, Step: st.ID}}
	if m.Text == "" && len(m.Media) > 0 {
		m.Text = cmp.Or(m.Media[0].Alt, t.p.Flows[f.Flow].Title.In(t.s.Lang))
	}
	if m.Text != "" {
		t.say(m)
	}
}

// words returns a system text with its placeholders filled in.
func (t *turn) words(key string, args ...string) string {
	s := t.p.System(key).In(t.s.Lang)
	if len(args) == 0 {
		return s
	}
	return strings.NewReplacer(args...).Replace(s)
}

// fill returns the words of a step with the customer's answers put in.
// Values are data: whatever Markdown they hold is shown, not obeyed.
func (t *turn) fill(flow string, text flows.Text) string {
	s := text.In(t.s.Lang)
	for {
		i := strings.Index(s, "{answer.")
		if i < 0 {
			return s
		}
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			return s
		}
		name := s[i+len("{answer.") : i+j]
		s = s[:i] + escapeMarkdown(t.shown(flow, name)) + s[i+j+1:]
	}
}

// shown is an answer as the customer should read it: an option by its label.
func (t *turn) shown(flow, name string) string {
	a, ok := findAnswer(t.s.Answers, answerName(flow, name))
	if !ok {
		return "…"
	}
	of, step, _ := strings.Cut(a.Name, ".")
	if st := t.p.Step(of, step); st != nil && st.Kind == flows.KindChoose {
		for _, o := range st.Options {
			if o.ID == a.Value {
				return o.Label.In(t.s.Lang)
			}
		}
	}
	return a.Value
}

// escapeMarkdown makes s stand for itself inside the CommonMark subset, and
// keeps it from opening a placeholder.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '\\', '`', '*', '_', '[', ']', '(', ')', '<', '>', '#', '!', '|', '~':
			b.WriteByte('\\')
		case '{', '}':
			continue
		case '\n', '\r':
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}

// media turns the pack's media into the message's. Links whose place is kept
// but not filled are left out.
func (t *turn) media(list []flows.Media) []bot.Media {
	if len(list) == 0 {
		return nil
	}
	out := make([]bot.Media, 0, len(list))
	for _, m := range list {
		bm := bot.Media{Kind: bot.MediaKind(m.Kind), Path: m.Path, Alt: m.Alt.In(t.s.Lang)}
		if m.Link != "" {
			l := t.p.Links[m.Link]
			if l == nil || l.URL.IsZero() {
				continue
			}
			bm.URL = l.URL.In(t.s.Lang)
			if bm.Alt == "" {
				bm.Alt = l.Label.In(t.s.Lang)
			}
		}
		out = append(out, bm)
	}
	return out
}

// answerName resolves a name as flows write it: "where" is the flow's own,
// "other-flow.where" another's.
func answerName(flow, name string) string {
	if strings.Contains(name, ".") {
		return name
	}
	return flow + "." + name
}

// ordinal reads "2", "2.", "2)" as 2, and anything else as 0.
func ordinal(folded string) int {
	if len(folded) == 0 || len(folded) > 2 {
		return 0
	}
	n, err := strconv.Atoi(folded)
	if err != nil {
		return 0
	}
	return n
}

func itoa(n int) string { return strconv.Itoa(n) }

func sortedKeys(m map[string]string) []string {
	if len(m) == 0 {
		return nil
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
