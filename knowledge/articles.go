package knowledge

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"latchkey/bot"
	"latchkey/flows"
)

// Articles are the checked articles of one folder, for one pack. They are
// never changed once loaded.
type Articles struct {
	ByID  map[string]*Article
	Order []string // ids, sorted
}

// Article answers one question. Its words stand in every required language.
type Article struct {
	ID         string
	Category   string
	Flow       string // the flow that goes on from here, or ""
	Source     string // https address of where the facts come from, or ""
	VerifiedAt time.Time
	Words      map[string]ArticleWords // by language
}

// ArticleWords are an article in one language, placeholders filled.
type ArticleWords struct {
	Title     string
	Questions []string
	Text      string // the CommonMark subset of bot.Message
}

const (
	maxArticle     = 64 << 10 // bytes of a file
	maxText        = 1200     // characters: what is read in a chat at once
	maxTitle       = 75       // a button's words on Slack
	minQuestions   = 3
	articleFresh   = 90 * 24 * time.Hour
	frontMatterEnd = "\n---"
)

var (
	articleKeys     = []string{"title", "questions", "category", "flow", "source", "verified_at"}
	translationKeys = []string{"title", "questions", "of"}
)

// LoadArticles reads and checks the articles in a folder: NAME.md in the
// pack's base language, LANG/NAME.md in the others. today is for the age of
// facts. Articles are nil when a problem blocks; the codes are those of flows.
func LoadArticles(fsys fs.FS, p *flows.Pack, today time.Time) (*Articles, []flows.Problem) {
	l := &articleLoader{fsys: fsys, p: p, today: today, out: &Articles{ByID: map[string]*Article{}}, sources: map[string]string{}, asked: map[string]string{}}
	for _, id := range p.Order {
		for lang, phrases := range p.Flows[id].Start.Phrases {
			for _, ph := range phrases {
				l.asked[lang+"\x00"+flows.Fold(ph.Text)] = "the flow " + id
			}
		}
	}
	l.load()
	ps := flows.SortProblems(l.problems)
	if flows.Blocking(ps) {
		return nil, ps
	}
	return l.out, ps
}

type articleLoader struct {
	fsys     fs.FS
	p        *flows.Pack
	today    time.Time
	out      *Articles
	sources  map[string]string // base words of an article, for the mark of translations
	asked    map[string]string // language and folded question -> who answers it
	problems []flows.Problem
}

func (l *articleLoader) add(pos flows.Pos, code, message, fix string) {
	l.problems = append(l.problems, flows.Problem{Pos: pos, Code: code, Message: message, Fix: fix})
}

func (l *articleLoader) load() {
	names, err := fs.Glob(l.fsys, "*.md")
	if err != nil {
		l.add(flows.Pos{File: "."}, "E00", fmt.Sprintf("the folder cannot be read: %v", err), "check the path and its permissions")
		return
	}
	for _, name := range names {
		if name != "README.md" {
			l.article(name)
		}
	}
	for _, lang := range l.p.Languages() {
		if lang == l.p.Base {
			continue
		}
		for _, id := range l.out.Order {
			l.translation(lang, id)
		}
		extra, err := fs.Glob(l.fsys, lang+"/*.md")
		if err != nil {
			l.add(flows.Pos{File: lang}, "E00", fmt.Sprintf("the folder cannot be read: %v", err), "check its permissions")
		}
		for _, name := range extra {
			if _, known := l.sources[strings.TrimSuffix(path.Base(name), ".md")]; !known {
				l.add(flows.Pos{File: name, Line: 1, Col: 1}, "E02", fmt.Sprintf("there is no article %s to be translated", path.Base(name)), "write it, or delete this file")
			}
		}
	}
}

// parts reads a file into its front matter and its body. line is that of the
// body's first line.
func (l *articleLoader) parts(name string) (s *flows.Sheet, top flows.Node, body string, line int, ok bool) {
	at := flows.Pos{File: name, Line: 1, Col: 1}
	data, err := fs.ReadFile(l.fsys, name)
	switch {
	case err != nil:
		l.add(at, "E00", fmt.Sprintf("the file cannot be read: %v", err), "check its permissions")
		return nil, top, "", 0, false
	case len(data) > maxArticle:
		l.add(at, "E06", "the article has more than 64 KiB", "split it")
		return nil, top, "", 0, false
	case !utf8.Valid(data):
		l.add(at, "E06", "the file is not valid UTF-8", "save it as UTF-8")
		return nil, top, "", 0, false
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	front, rest, found := strings.Cut(string(data), frontMatterEnd)
	front, opened := strings.CutPrefix(front, "---\n")
	after, text, _ := strings.Cut(rest, "\n")
	if !found || !opened || strings.TrimSpace(after) != "" {
		l.add(at, "E06", "the file does not begin with \"---\", keys and \"---\"", "write title and questions between two lines of ---")
		return nil, top, "", 0, false
	}
	s, top, ok = flows.ReadSheet(name, []byte("\n"+front+"\n")) // so that lines are those of the file
	if !ok {
		l.problems = append(l.problems, s.Problems()...)
	}
	return s, top, text, strings.Count(front, "\n") + 4, ok
}

func (l *articleLoader) article(name string) {
	s, top, body, line, ok := l.parts(name)
	if !ok {
		return
	}
	a := &Article{ID: strings.TrimSuffix(name, ".md"), Words: map[string]ArticleWords{}}
	l.sources[a.ID] = ""
	given := map[string]flows.Node{}
	for _, e := range top.Entries("an article", articleKeys...) {
		given[e.Key] = e.Value
	}
	w, raw := l.words(l.p.Base, top, given, body, line, name)
	if n := given["category"]; !n.Given() {
		top.Report("E03", "an article has no \"category\"", "add \"category: …\"")
	} else if a.Category = n.Name("category"); !l.p.HasCategory(a.Category) {
		n.Report("E02", fmt.Sprintf("there is no category %q", a.Category), "declare it in pack.yaml")
	}
	if n := given["flow"]; n.Given() {
		if a.Flow = n.Name("flow"); l.p.Flows[a.Flow] == nil {
			n.Report("E02", fmt.Sprintf("there is no flow %q", a.Flow), flows.Nearest(a.Flow, l.p.Order))
		}
	}
	l.facts(a, top, given)
	l.problems = append(l.problems, s.Problems()...)
	a.Words[l.p.Base] = w
	l.sources[a.ID] = raw
	l.out.ByID[a.ID] = a
	l.out.Order = append(l.out.Order, a.ID)
}

// facts reads where the facts come from and when somebody last looked.
func (l *articleLoader) facts(a *Article, top flows.Node, given map[string]flows.Node) {
	source, at := given["source"], given["verified_at"]
	if source.Given() {
		a.Source = source.Name("source")
		if !strings.HasPrefix(a.Source, "https://") {
			source.Report("E21", fmt.Sprintf("the source %q is no https address", a.Source), "write the address of the page that says so")
		}
	}
	if !at.Given() {
		top.Report("E03", "an article has no \"verified_at\"", "write the day on which somebody last checked what it says")
		return
	}
	day, err := time.Parse(time.DateOnly, at.Name("verified_at"))
	if err != nil {
		at.Report("E21", "\"verified_at\" is no date", "write it like 2026-11-25")
		return
	}
	if a.VerifiedAt = day; l.today.Sub(day) > articleFresh {
		at.Report("W44", fmt.Sprintf("the article was last checked on %s, more than 90 days ago", day.Format(time.DateOnly)), "look at its source again and set verified_at")
	}
}

// words reads title, questions and text in one language. raw is what the mark
// of a translation is made of.
func (l *articleLoader) words(lang string, top flows.Node, given map[string]flows.Node, body string, line int, name string) (w ArticleWords, raw string) {
	for _, key := range []string{"title", "questions"} {
		if !given[key].Given() {
			top.Report("E03", fmt.Sprintf("an article has no %q", key), fmt.Sprintf("add \"%s: …\"", key))
		}
	}
	if n := given["title"]; n.Given() {
		raw = n.Words("title")
		w.Title = l.fill(lang, raw, n.Pos())
		if utf8.RuneCountInString(w.Title) > maxTitle {
			n.Report("E42", fmt.Sprintf("the title has more than %d characters", maxTitle), "shorten it; it stands on a button")
		}
		l.object(lang, w.Title, n.Pos())
	}
	if n := given["questions"]; n.Given() {
		for _, q := range n.List("questions") {
			text := q.Words("a question")
			key := lang + "\x00" + flows.Fold(text)
			if other := l.asked[key]; other != "" {
				q.Report("E50", fmt.Sprintf("the question %q leads to %s as well", text, other), "keep it in one of them")
			}
			l.asked[key] = "the article " + strings.TrimSuffix(path.Base(name), ".md")
			w.Questions = append(w.Questions, text)
		}
		if len(w.Questions) < minQuestions {
			n.Report("W52", fmt.Sprintf("the article has only %d questions", len(w.Questions)), "write how customers ask, in at least three ways")
		}
	}
	var paragraphs []string
	start := line
	for _, par := range strings.Split(body, "\n\n") {
		if text := strings.TrimSpace(par); text != "" {
			at := flows.Pos{File: name, Line: start + strings.Count(par[:strings.Index(par, text)], "\n"), Col: 1}
			text = l.fill(lang, text, at)
			l.object(lang, text, at)
			paragraphs = append(paragraphs, text)
		}
		start += strings.Count(par, "\n") + 2
	}
	w.Text = strings.Join(paragraphs, "\n\n")
	switch at := (flows.Pos{File: name, Line: line, Col: 1}); {
	case w.Text == "":
		l.add(at, "E03", "the article has no text", "write the answer below the second ---")
	case utf8.RuneCountInString(w.Text) > maxText:
		l.add(at, "E42", fmt.Sprintf("the text has more than %d characters", maxText), "a passage is read in a chat: shorten it, or make two articles of it")
	}
	return w, raw + "\n" + body
}

func (l *articleLoader) fill(lang, text string, at flows.Pos) string {
	filled, unknown := l.p.FillWords(lang, text)
	if len(unknown) > 0 {
		l.add(at, "E02", fmt.Sprintf("the placeholder {%s} stands for nothing", unknown[0]), "use {brand.…} or {link.…} of pack.yaml")
	}
	return filled
}

// object reports what must not reach a customer.
func (l *articleLoader) object(lang, text string, at flows.Pos) {
	if code, why := l.p.Objection(lang, text); code != "" {
		l.add(at, code, why, "say it without; links lead to hosts of pack.yaml alone")
	}
}

func (l *articleLoader) translation(lang, id string) {
	name := lang + "/" + id + ".md"
	code := "E40"
	if slices.Contains(l.p.BestEffort, lang) {
		code = "W40"
	}
	mark := flows.SourceHash(l.sources[id])
	if _, err := fs.Stat(l.fsys, name); err != nil {
		l.add(flows.Pos{File: name}, code, fmt.Sprintf("the article %q is not translated into %q", id, lang), fmt.Sprintf("write the file, with \"of: %q\"", mark))
		return
	}
	s, top, body, line, ok := l.parts(name)
	if !ok {
		return
	}
	given := map[string]flows.Node{}
	for _, e := range top.Entries("a translated article", translationKeys...) {
		given[e.Key] = e.Value
	}
	w, _ := l.words(lang, top, given, body, line, name)
	fix := fmt.Sprintf("look at it again and write \"of: %q\"", mark)
	switch n := given["of"]; {
	case !n.Given():
		top.Report("E03", "a translated article has no \"of\"", fix)
	case n.Words("of") != mark:
		n.Report(code, fmt.Sprintf("the %s words of the article %q are stale", lang, id), fix)
	}
	l.problems = append(l.problems, s.Problems()...)
	l.out.ByID[id].Words[lang] = w
}

// Examples are the articles' questions and titles, for a matcher.
func (a *Articles) Examples() []Example {
	var out []Example
	for _, id := range a.Order {
		for _, lang := range sortedLanguages(a.ByID[id].Words) {
			w := a.ByID[id].Words[lang]
			for _, q := range append([]string{w.Title}, w.Questions...) {
				out = append(out, Example{Kind: bot.CandidateArticle, ID: id, Lang: lang, Text: q})
			}
		}
	}
	return out
}

func sortedLanguages(m map[string]ArticleWords) []string {
	out := make([]string, 0, len(m))
	for lang := range m {
		out = append(out, lang)
	}
	slices.Sort(out)
	return out
}

// Passage is what an article says in a language, or in base when it does not
// speak it. ok is false without such an article.
func (a *Articles) Passage(id, lang, base string) (p bot.Passage, ok bool) {
	x := a.ByID[id]
	if x == nil {
		return p, false
	}
	w, ok := x.Words[lang]
	if !ok {
		w = x.Words[base]
	}
	return bot.Passage{Article: id, Title: w.Title, Text: w.Text, Flow: x.Flow}, true
}
