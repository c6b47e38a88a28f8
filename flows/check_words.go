package flows

import (
	"fmt"
	"io/fs"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of the platforms. Slack: 3,000 characters a section, 75 a button
// (Block Kit reference). Telegram: 4,096 UTF-16 units a message (Bot API,
// sendMessage). Twelve choices are as many as anybody reads.
const (
	maxSection   = 3000
	maxTelegram  = 4096
	maxLabel     = 75
	maxOptions   = 12
	maxSentence  = 28 // words
	maxSourceAge = 90 * 24 * time.Hour
)

// langText is a text in one language, filled in.
type langText struct {
	*Text
	lang, words string
	pos         Pos
}

// inAll visits a text in every language it has.
func (l *loader) inAll(t *Text, visit func(langText)) {
	visit(langText{t, l.pack.Base, t.base, t.Pos})
	for _, lang := range l.pack.Languages()[1:] {
		w, ok := t.words[lang]
		if !ok {
			continue
		}
		pos := t.Pos
		if tr := l.transAt[lang+"/"+t.Pos.File]; tr != nil && tr.texts[t.Key] != nil {
			pos = tr.texts[t.Key].pos
		}
		visit(langText{t, lang, w, pos})
	}
}

// checkWords looks at every text that a person reads.
func (l *loader) checkWords() {
	for _, t := range l.pp.texts {
		if strings.HasPrefix(t.Key, "link.") {
			continue
		}
		l.inAll(t, func(x langText) { l.words(x, false) })
	}
	l.eachFlow(func(l *loader, pf *parsedFlow) {
		for _, t := range pf.texts {
			step, _, _ := strings.Cut(t.Key, ".")
			st := pf.flow.Steps[step]
			asks := st != nil && st.Kind == KindAsk
			l.inAll(t, func(x langText) { l.words(x, asks) })
		}
		l.optionCount(pf.flow)
	})
}

// eachFlow runs a check over all flows, several at a time. The check gets a
// loader of its own to report to, and must change nothing else: most of the
// time of a check goes into reading texts.
func (l *loader) eachFlow(check func(*loader, *parsedFlow)) {
	found := make([][]Problem, len(l.flows))
	work := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range work {
				own := *l
				own.problems = nil
				check(&own, l.flows[i])
				found[i] = own.problems
			}
		})
	}
	for i := range l.flows {
		work <- i
	}
	close(work)
	wg.Wait()
	for _, ps := range found {
		l.problems = append(l.problems, ps...)
	}
}

func (l *loader) optionCount(f *Flow) {
	for _, id := range f.Order {
		if st := f.Steps[id]; len(st.Options) > maxOptions {
			l.add(st.Pos, "E42", fmt.Sprintf("%q has %d options", id, len(st.Options)), fmt.Sprintf("offer at most %d; ask in two steps", maxOptions))
		}
	}
}

func (l *loader) words(x langText, asks bool) {
	l.limits(x)
	if kind, phrase := asksForSecret(x.lang, x.words, asks); kind != "" {
		l.add(x.pos, "E31", fmt.Sprintf("these words ask the customer for a %s: %q", kind, short(phrase)), "never ask for one; say where on the site it is typed")
	}
	label := strings.HasSuffix(x.Key, ".label") || x.Key == "title"
	if label || strings.HasPrefix(x.Key, "brand.") || strings.HasSuffix(x.Key, ".alt") {
		return
	}
	if phrase := tellsAccount(x.lang, x.words); phrase != "" {
		l.add(x.pos, "E32", fmt.Sprintf("these words tell whether an account exists: %q", short(phrase)), "say what to do in either case; a stranger may be asking")
	}
	l.style(x)
}

func (l *loader) limits(x langText) {
	n := utf8.RuneCountInString(x.words)
	switch {
	case strings.HasSuffix(x.Key, ".label") || x.Key == "title" || strings.HasPrefix(x.Key, "category."):
		if n > maxLabel {
			l.add(x.pos, "E42", fmt.Sprintf("the label %q has %d characters; Slack shows %d", short(x.words), n, maxLabel), "shorten it")
		}
	case n > maxSection:
		l.add(x.pos, "E42", fmt.Sprintf("the text has %d characters; Slack takes %d", n, maxSection), "split it into two steps")
	case len(utf16.Encode([]rune(x.words))) > maxTelegram:
		l.add(x.pos, "E42", fmt.Sprintf("the text is longer than the %d units that Telegram takes", maxTelegram), "split it into two steps")
	}
}

// quoted matches what the text only cites: button names and quotations.
var quoted = regexp.MustCompile("(?s)\\*\\*.*?\\*\\*|“[^”]*”|«[^»]*»|\"[^\"]*\"|`[^`]*`|\\]\\([^)]*\\)")

// unquoted puts a mark in the place of what a text only cites.
func unquoted(s, mark string) string {
	if !strings.ContainsAny(s, "*“«\"`]") {
		return s
	}
	return quoted.ReplaceAllString(s, mark)
}

// sentences splits a text behind ., !, ? and … that a blank follows, and at
// line ends.
func sentences(s string) []string {
	var out []string
	from, stop := 0, false // stop: the last character may end a sentence
	add := func(to int) {
		if t := strings.TrimSpace(s[from:to]); t != "" {
			out = append(out, t)
		}
		from = to
	}
	for i, r := range s {
		if r == '\n' || stop && unicode.IsSpace(r) {
			add(i)
		}
		stop = r == '.' || r == '!' || r == '?' || r == '…'
	}
	add(len(s))
	return out
}

func (l *loader) style(x langText) {
	bare := unquoted(x.words, "x")
	questions := 0
	for _, s := range sentences(bare) {
		if n := len(strings.Fields(s)); n > maxSentence {
			l.add(x.pos, "W43", fmt.Sprintf("a sentence has %d words: %q", n, short(s)), fmt.Sprintf("keep to %d words a sentence", maxSentence))
		}
		if strings.Contains(s, "?") {
			questions++
		}
	}
	if questions > 1 {
		l.add(x.pos, "W43", fmt.Sprintf("%d questions stand in one message: %q", questions, short(x.words)), "ask one at a time")
	}
}

// checkMedia wants words for every picture.
func (l *loader) checkMedia() {
	for _, pf := range l.flows {
		for _, id := range pf.flow.Order {
			st := pf.flow.Steps[id]
			lists := [][]Media{st.Media}
			if st.Guide != nil {
				for _, in := range st.Guide.Instructions {
					lists = append(lists, in.Media)
				}
			}
			for _, m := range slices.Concat(lists...) {
				if m.Kind == "image" && m.Alt.IsZero() {
					l.add(m.Pos, "W45", fmt.Sprintf("the picture %q has no words for those who cannot see it", m.Path), "add \"alt: …\"")
				}
				if info, err := fs.Stat(l.fsys, m.Path); m.Kind == "image" && err == nil && info.Size() > 5<<20 {
					l.add(m.Pos, "E42", fmt.Sprintf("the picture %q has %d MiB", m.Path, info.Size()>>20), "make it smaller than 5 MiB")
				}
			}
		}
	}
}

// checkFresh warns of facts that nobody has looked at for long.
func (l *loader) checkFresh() {
	today := l.opts.Today
	if today.IsZero() {
		return
	}
	for _, pf := range l.flows {
		if f := pf.flow; !f.ReviewBy.IsZero() && today.After(f.ReviewBy.AddDate(0, 0, 1)) {
			l.add(f.Pos, "W44", fmt.Sprintf("the flow was to be reviewed by %s", f.ReviewBy.Format("2006-01-02")), "look at it again and set a new review_by")
		}
	}
	for _, id := range keysOf(l.pack.Sources) {
		if s := l.pack.Sources[id]; !s.VerifiedAt.IsZero() && today.Sub(s.VerifiedAt) > maxSourceAge+24*time.Hour {
			l.add(s.Pos, "W44", fmt.Sprintf("the source %q was last looked at on %s, more than 90 days ago", id, s.VerifiedAt.Format("2006-01-02")), "look at it again and set verified_at")
		}
	}
}

// checkSources wants a source for every flow with instructions, once the pack
// dates its facts at all: they are about pages that change.
func (l *loader) checkSources() {
	if len(l.pack.Sources) == 0 {
		return
	}
	for _, id := range l.pack.Order {
		f := l.pack.Flows[id]
		for _, sid := range f.Order {
			if st := f.Steps[sid]; st.Kind == KindGuide && len(f.Sources) == 0 && st.Source == "" {
				l.add(st.Pos, "E03", fmt.Sprintf("%q gives instructions, and nothing says where they come from", sid), "add \"source: …\" to the flow or the step, with the name of a source of pack.yaml")
				break
			}
		}
	}
}

// checkHuman wants a rule for closed hours at every hand-over, those that no
// step describes included: they go to the pack's default queue.
func (l *loader) checkHuman() {
	if q := l.pack.Queues[l.pack.Defaults.Queue]; q != nil && !q.Always && q.Closed.IsZero() {
		l.add(q.Pos, "E15", fmt.Sprintf("the word for a person leads to the queue %q at every step, and nothing says what happens when it is closed", q.ID), "give the queue \"hours: always\" or \"closed: words\"")
	}
	for _, pf := range l.flows {
		for _, id := range pf.flow.Order {
			st := pf.flow.Steps[id]
			if st.Kind != KindHuman {
				continue
			}
			q := l.pack.Queues[st.Human.Queue]
			if q == nil || q.Always || !q.Closed.IsZero() || !st.Human.Closed.IsZero() || st.Human.ClosedGo != "" {
				continue
			}
			l.add(st.Pos, "E15", fmt.Sprintf("%q hands over to %q and nothing says what happens when it is closed", id, q.ID), "give the queue \"hours: always\" or \"closed: words\", or give the step \"closed:\"")
		}
	}
}

// revealing are outcomes that tell whether an account exists.
var revealing = regexp.MustCompile(`^(not_|no_|un)?(exists?|existing|found|registered|known|account|user|member|customer)$`)

// checkOutcomes refuses an action whose outcomes tell whether an account
// exists and lead to different steps.
func (l *loader) checkOutcomes() {
	for _, pf := range l.flows {
		for _, id := range pf.flow.Order {
			st := pf.flow.Steps[id]
			if st.Kind != KindDo {
				continue
			}
			to := ""
			for _, b := range st.When {
				if !revealing.MatchString(b.Outcome) {
					continue
				}
				if to != "" && to != b.Go {
					l.add(b.Pos, "E32", fmt.Sprintf("the outcome %q of %q tells a stranger whether an account exists", b.Outcome, id), "lead all such outcomes to the same step")
					break
				}
				to = b.Go
			}
		}
	}
}
