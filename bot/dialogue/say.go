package dialogue

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"latchkey/bot"
	"latchkey/flows"
)

// say sends a message that is not a question.
func (t *turn) say(m bot.Message) {
	m.Lang = t.s.Lang
	t.emit(bot.Effect{Kind: bot.EffectSay, Say: &m})
}

// system sends a system message. args are pairs of placeholder and value.
func (t *turn) system(key string, args ...string) {
	t.say(bot.Message{Text: t.words(key, args...), Ref: bot.Ref{Step: "@" + key}})
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

// button makes the button of a step's question.
func button(f *Frame, nonce int, choice string, at int) bot.Button {
	return bot.Button{Flow: f.Flow, Step: f.Step, At: at, Nonce: nonce, Choice: choice}
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

func sortedKeys(m map[string]string) []string {
	if len(m) == 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(m))
}
