package flows_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"latchkey/flows"
)

// sound is the sound pack with some of its text replaced: file, old, new, ….
func sound(t testing.TB, edits ...string) fstest.MapFS {
	t.Helper()
	files := folder(t, "testdata/sound")
	for i := 0; i+2 < len(edits); i += 3 {
		f := files[edits[i]]
		if f == nil || bytes.Count(f.Data, []byte(edits[i+1])) != 1 {
			t.Fatalf("%q does not stand once in %s", edits[i+1], edits[i])
		}
		files[edits[i]] = &fstest.MapFile{Data: bytes.Replace(f.Data, []byte(edits[i+1]), []byte(edits[i+2]), 1)}
	}
	return files
}

func mustLoad(t testing.TB, files fstest.MapFS) *flows.Pack {
	t.Helper()
	p, ps := flows.Load(files, flows.Options{Today: today})
	if p == nil {
		t.Fatalf("the pack does not load:\n%s", human(ps))
	}
	return p
}

// TestContracts: what a running conversation relies on. A change of words
// leaves the contracts as they are, a change of what may be answered does not.
func TestContracts(t *testing.T) {
	old := mustLoad(t, sound(t)).Flows["entry"]
	for _, tc := range []struct {
		name       string
		edits      []string
		step       string
		flow, same bool // the flow's and the step's contract stay
	}{
		{"words of a question", []string{"entry.yaml", "say: Where do you sign in to {brand.name}?", "say: Where is it that you sign in?"}, "where", true, true},
		{"a label and a synonym", []string{"entry.yaml", "label: On the website", "label: In the browser", "entry.yaml", "[website, browser]", "[website]"}, "where", true, true},
		{"an instruction's words", []string{"entry.yaml", "say: Type the code on the page, never here.", "say: Type it on the page, never here."}, "on_site", true, true},
		{"a reminder's words", []string{"entry.yaml", "say: I am still here.", "say: Take your time."}, "where", true, true},
		{"phrases", []string{"entry.yaml", "[I cannot get in,", "[I am shut out,"}, "where", true, true},
		{"an option's id", []string{"entry.yaml", "      app: {label", "      phone: {label"}, "where", false, false},
		{"an option's target", []string{"entry.yaml", "no: {label: \"No\", go: help}", "no: {label: \"No\", go: later}"}, "back_in", false, true},
		{"an answer's type", []string{"entry.yaml", "ask: email", "ask: phone"}, "mail", false, false},
		{"an answer's name", []string{"entry.yaml", "as: address\n", "as: mailbox\n", "entry.yaml", "{mail: address}", "{mail: mailbox}", "entry.yaml", "{answer.address}", "{answer.mailbox}", "entry.yaml", "[address, where]", "[mailbox, where]"}, "mail", false, false},
		{"a kind", []string{"entry.yaml", "  fine:\n    done: solved\n", "  fine:\n    next: fine2\n", "entry.yaml", "  help:\n", "  fine2:\n    done: solved\n  help:\n"}, "fine", false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			now := mustLoad(t, sound(t, tc.edits...)).Flows["entry"]
			if got := now.Contract == old.Contract; got != tc.flow {
				t.Errorf("the flow's contract stays: %v, want %v", got, tc.flow)
			}
			if got := now.Steps[tc.step].Contract == old.Steps[tc.step].Contract; got != tc.same {
				t.Errorf("the contract of %q stays: %v, want %v", tc.step, got, tc.same)
			}
		})
	}
}

// TestRelease: the same files give the same release, and any byte of any file
// that a customer may see another one. Tests are not among them.
func TestRelease(t *testing.T) {
	first := mustLoad(t, sound(t))
	if len(first.Release) != 16 || mustLoad(t, sound(t)).Release != first.Release {
		t.Fatalf("the release %q is not stable", first.Release)
	}
	for name, f := range folder(t, "testdata/sound") {
		files := sound(t)
		data := append(bytes.Clone(f.Data), '\n')
		files[name] = &fstest.MapFile{Data: data}
		if mustLoad(t, files).Release == first.Release {
			t.Errorf("a byte of %s makes no other release", name)
		}
	}
	files := sound(t)
	files["media/deep/more.png"] = &fstest.MapFile{Data: []byte("x")}
	second := mustLoad(t, files).Release
	if second == first.Release {
		t.Error("a picture in a folder of media makes no other release")
	}
	files["media/deep/more.png"] = &fstest.MapFile{Data: []byte("y")}
	if mustLoad(t, files).Release == second {
		t.Error("a byte of a picture in a folder of media makes no other release")
	}
	files = sound(t)
	files["tests/entry.yaml"] = &fstest.MapFile{Data: []byte("flow: entry\n")}
	files["notes.txt"] = &fstest.MapFile{Data: []byte("to do")}
	if mustLoad(t, files).Release != first.Release {
		t.Error("a test or a note makes another release")
	}
}

// TestArchive: an archived pack is the same release.
func TestArchive(t *testing.T) {
	files := sound(t)
	files["tests/entry.yaml"] = &fstest.MapFile{Data: []byte("flow: entry\n")}
	one, err := flows.Archive(files)
	if err != nil {
		t.Fatal(err)
	}
	two, err := flows.Archive(files)
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("the same files give other bytes: %v", err)
	}
	back, err := flows.Unarchive(one)
	if err != nil {
		t.Fatal(err)
	}
	p, ps := flows.Load(back, flows.Options{Today: today})
	if p == nil || p.Release != mustLoad(t, files).Release {
		t.Errorf("the archive is another release:\n%s", human(ps))
	}
	if _, err := flows.Unarchive(one[:len(one)/2]); err == nil {
		t.Error("half an archive is opened")
	}
	damaged := bytes.Clone(one)
	damaged[60] ^= 0xff
	if _, err := flows.Unarchive(damaged); err == nil {
		t.Error("a damaged archive is opened")
	}
}

// TestPackIsNotChangedByReaders reads everything that the engine and the
// commands read, from several goroutines; `go test -race` sees a write.
func TestPackIsNotChangedByReaders(t *testing.T) {
	p := mustLoad(t, sound(t))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			p.Proof()
			p.Walk("entry", "help")
			for _, id := range p.Order {
				f := p.Flows[id]
				flows.Mermaid(p, id, "en")
				flows.D2(p, id, "en")
				for _, sid := range f.Order {
					st := f.Steps[sid]
					_ = st.Say.In("en") + st.Why.In("ru")
					st.Option("website")
				}
			}
			for _, w := range flows.Words() {
				p.WaysToSay(w, "en")
				p.Says(w, "menu")
				p.Word(w)
			}
			p.Languages()
			p.AllowsLink("https://www.acme.example/")
			p.System("greeting").In("en")
		})
	}
	wg.Wait()
	words := flows.Words()
	words[0] = "changed"
	if flows.Words()[0] == "changed" {
		t.Error("the list of words is shared with its readers")
	}
}

func TestTextsAreFilled(t *testing.T) {
	p := mustLoad(t, sound(t,
		"entry.yaml", "say: Good to have you back.", "say: \"Good {{day}, {brand.name}. Open {link.home}.\"",
		"pack.yaml", "brand: {name: Acme, bot: Latchkey}", "brand: {name: Acme, bot: Latchkey, host: \"{brand.name}.example\"}",
		"entry.yaml", "say: Are you back in?", "say: \"Are you back in {brand.host}?\""))
	for step, want := range map[string]string{
		"fine":    "Good {day}, Acme. Open [acme.example](https://www.acme.example/).",
		"tell":    "The page works again for {answer.address}.",
		"where":   "Where do you sign in to Acme?",
		"back_in": "Are you back in Acme.example?",
	} {
		if got := p.Flows["entry"].Steps[step].Say.In("en"); got != want {
			t.Errorf("%s: got %q, want %q", step, got, want)
		}
	}
	if got := p.Flows["entry"].Steps["where"].Say.Source(); got != "Where do you sign in to {brand.name}?" {
		t.Errorf("the source is %q", got)
	}
}

// TestTranslations: a translation is shown, a missing one falls back to the
// base language where the language is best effort, and the placeholders of
// each language are filled in that language.
func TestTranslations(t *testing.T) {
	hash := flows.SourceHash
	files := sound(t, "pack.yaml", "language: en\n", "language: en\nlanguages: {best_effort: [ru]}\n")
	files["ru/pack.yaml"] = &fstest.MapFile{Data: []byte("pack: shop\nlanguage: ru\nwords: {human: [живой человек]}\ntexts:\n" +
		"  brand.name: {of: \"" + hash("Acme") + "\", text: Акме}\n")}
	files["ru/entry.yaml"] = &fstest.MapFile{Data: []byte("flow: entry\nlanguage: ru\nphrases: [не могу войти, дверь закрыта, нет входа, не пускает, вход закрыт]\ntexts:\n" +
		"  where.say: {of: \"" + hash("Where do you sign in to {brand.name}?") + "\", text: \"Где вы входите в {brand.name}?\"}\n" +
		"  where.site.label: {of: \"" + hash("On the website") + "\", text: На сайте}\n" +
		"  where.site.synonyms: [сайт, браузер]\n")}
	p := mustLoad(t, files)
	where := p.Flows["entry"].Steps["where"]
	for _, tc := range [][3]string{
		{"ru", where.Say.In("ru"), "Где вы входите в Акме?"},
		{"en", where.Say.In("en"), "Where do you sign in to Acme?"},
		{"fallback", where.Why.In("ru"), "The first steps differ."},
		{"unknown language", where.Say.In("fr"), "Where do you sign in to Acme?"},
		{"brand", p.Brand["name"].In("ru"), "Акме"},
		{"system", p.System("idle").In("ru"), p.System("idle").In("ru")},
	} {
		if tc[1] != tc[2] {
			t.Errorf("%s: got %q, want %q", tc[0], tc[1], tc[2])
		}
	}
	if where.Why.Has("ru") || !where.Say.Has("ru") {
		t.Error("Has does not tell a translation from a fallback")
	}
	for _, said := range []string{"сайт", "На сайте!", "browser", "On the website", "site"} {
		if i := where.Option(flows.Fold(said)); i != 0 {
			t.Errorf("%q names option %d", said, i)
		}
	}
	if w, ok := p.Word(flows.Fold("Живой человек")); !ok || w != "human" {
		t.Errorf("the added word means %q", w)
	}
	if len(p.Flows["entry"].Start.Phrases["ru"]) != 5 || len(p.Flows["entry"].Start.Phrases["en"]) != 5 {
		t.Errorf("the phrases are %v", p.Flows["entry"].Start.Phrases)
	}
}

// TestTranslationFindings counts what a translator still has to do.
func TestTranslationFindings(t *testing.T) {
	for _, level := range []string{"required", "best_effort"} {
		files := sound(t, "pack.yaml", "language: en\n", "language: en\nlanguages: {"+level+": [ru]}\n")
		p, ps := flows.Load(files, flows.Options{Today: today})
		want := map[string]string{"required": "E40", "best_effort": "W40"}[level]
		got := map[string]int{}
		for _, x := range ps {
			got[x.Code]++
		}
		// pack.yaml, two flows; and no phrases in the required language.
		if (p == nil) != (level == "required") || got[want] != 3 {
			t.Errorf("%s: %v\n%s", level, got, human(ps))
		}
	}
}

func TestFieldsOfAFlow(t *testing.T) {
	p := mustLoad(t, sound(t, "entry.yaml", "owner: access-team\n", "owner: access-team\nrecall: true\n"))
	f := p.Flows["entry"]
	if !f.Recall || !maps.Equal(f.Moved, map[string]string{"old_where": "where"}) {
		t.Errorf("recall %v, moved %v", f.Recall, f.Moved)
	}
	if f.Start.DeepLink != "entry" || f.Start.Hidden || !p.Flows["outage"].Start.Hidden {
		t.Errorf("the start is %+v", f.Start)
	}
	if f.Owner != "access-team" || f.Category != "entry" || f.ReviewBy != time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC) || !slices.Equal(f.Sources, []string{"site"}) {
		t.Errorf("got %q %q %v %v", f.Owner, f.Category, f.ReviewBy, f.Sources)
	}
	mail := f.Steps["mail"]
	if mail.Ask.As != "address" || !mail.Ask.PII || mail.Ask.Retry.Times != 1 || mail.Ask.Retry.Go != "help" {
		t.Errorf("the question is %+v", mail.Ask)
	}
	if w := f.Steps["where"]; w.Idle.After != 30*time.Minute || w.Options[1].Times != 2 {
		t.Errorf("the choice is %+v", w)
	}
	if w := p.Flows["outage"].Steps["wait"]; w.Idle == nil || w.Idle.After >= 0 {
		t.Errorf("idle: off is %+v", w.Idle)
	}
	if h := f.Steps["help"].Human; h.Queue != "desk" || h.ClosedGo != "later" || !slices.Equal(h.Share, []string{"address", "where"}) {
		t.Errorf("the hand-over is %+v", h)
	}
	if d := p.Defaults; d.Retries != 2 || d.Remind != 15*time.Minute || d.Close != 24*time.Hour || d.Burst != 2*time.Second || d.Queue != "desk" || !d.Languages {
		t.Errorf("the defaults are %+v", d)
	}
}

// TestRetriesOfThePack: a question that does not say how often takes the
// pack's number.
func TestRetriesOfThePack(t *testing.T) {
	p := mustLoad(t, sound(t, "pack.yaml", "retries: 2", "retries: 4", "entry.yaml", ", times: 1, go: help}", ", go: help}"))
	if got := p.Flows["entry"].Steps["mail"].Ask.Retry.Times; got != 4 {
		t.Errorf("got %d tries", got)
	}
}

// TestDrawings are looked at when they change: paste the one into a Mermaid
// viewer, lay the other out with D2.
func TestDrawings(t *testing.T) {
	p := mustLoad(t, sound(t))
	var b strings.Builder
	for _, id := range p.Order {
		b.WriteString(strings.ReplaceAll(flows.Mermaid(p, id, "en"), p.Release, "RELEASE") + "\n")
		b.WriteString(strings.ReplaceAll(flows.D2(p, id, "en"), p.Release, "RELEASE") + "\n")
	}
	golden(t, "testdata/drawings.golden", b.String())
}

// TestDrawingsEscape: no words of an editor can change the shape of a drawing.
func TestDrawingsEscape(t *testing.T) {
	p := mustLoad(t, sound(t, "entry.yaml", "say: Are you back in?", "say: 'He said \"in\" --> <b>#1</b> `x` ${{y} \\n {{z} | done?'"))
	for _, line := range strings.Split(flows.Mermaid(p, "entry", "en"), "\n") {
		if strings.Contains(line, "He said") && line != `  s_back_in{{"<b>back_in</b><br>He said #quot;in#quot; --#gt; #lt;b#gt;#35;1#lt;/b#gt; x ${y} \n {z} | done?"}}` {
			t.Errorf("Mermaid: %s", line)
		}
	}
	for _, line := range strings.Split(flows.D2(p, "entry", "en"), "\n") {
		if strings.Contains(line, "He said") && (strings.Count(strings.ReplaceAll(line, `\"`, ""), `"`) != 6 || !strings.Contains(line, `\${y}`)) {
			t.Errorf("D2: %s", line)
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"I CAN'T get in!": "i cant get in", "Ёлка, ёлка…": "елка елка", "contraseña": "contrasena", "  a\t\nb ": "a b",
		"№ 5": "no 5", "ﬁne": "fine", "": "", "?!": "", "e\u0301": "e", "a\u200bb": "ab", "STRASSE ß": "strasse ß", "l’eau": "leau",
	} {
		if got := flows.Fold(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		once := flows.Fold(s)
		if twice := flows.Fold(once); twice != once {
			t.Fatalf("%q folds to %q, and that to %q", s, once, twice)
		}
		if strings.Contains(once, "  ") || strings.TrimSpace(once) != once {
			t.Fatalf("%q folds to %q, with a blank too many", s, once)
		}
		if upper := flows.Fold(strings.ToUpper("abc " + "где")); upper != "abc где" {
			t.Fatalf("capitals: %q", upper)
		}
	})
}

func TestNearest(t *testing.T) {
	known := []string{"solved", "not_solved", "abandoned"}
	for wrong, want := range map[string]string{
		"sovled": `did you mean "solved"?`, "Solved": `did you mean "solved"?`, "abandonned": `did you mean "abandoned"?`,
		"finished": "it can be abandoned, not_solved, solved", "": "it can be abandoned, not_solved, solved",
		strings.Repeat("x", 1000): "it can be abandoned, not_solved, solved",
	} {
		if got := flows.Nearest(wrong, known); got != want {
			t.Errorf("%.20q: got %q, want %q", wrong, got, want)
		}
	}
	if got := flows.Nearest("ru", []string{"en"}); got != "it can be en" {
		t.Errorf("a word that is all wrong: %q", got)
	}
	if got := flows.Nearest("x", nil); got != "none is declared" {
		t.Errorf("nothing known: %q", got)
	}
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprintf("flow-%02d", i))
	}
	if got := flows.Nearest("something-else", many); !strings.HasSuffix(got, "flow-11, …") {
		t.Errorf("forty names: %q", got)
	}
}

// TestBigPicture: a picture that no platform would take.
func TestBigPicture(t *testing.T) {
	files := sound(t)
	files["media/page.png"] = &fstest.MapFile{Data: make([]byte, 6<<20)}
	_, ps := flows.Load(files, flows.Options{Today: today})
	matchFindings(t, ps, []finding{{"E42", "entry.yaml", 25, `"media/page.png" has 6 MiB`}})
}

// TestTelegramLimit: characters beyond the basic plane count twice there.
func TestTelegramLimit(t *testing.T) {
	files := sound(t, "entry.yaml", "say: Good to have you back.", "say: "+strings.Repeat("😀", 2500))
	_, ps := flows.Load(files, flows.Options{Today: today})
	if len(ps) != 1 || ps[0].Code != "E42" || !strings.Contains(ps[0].Message, "4096 units") {
		t.Errorf("got %s", human(ps))
	}
}

// TestOtherFilesAreLeftAlone: what editors and file managers leave behind is
// none of the pack.
func TestOtherFilesAreLeftAlone(t *testing.T) {
	files := sound(t)
	for _, name := range []string{".#entry.yaml", "._entry.yaml", ".git/config.yaml", "README.md", "entry.yaml.bak", "old/entry.yaml.orig", "tests/x.yaml", "docs/en/a.yaml", "ru.txt"} {
		files[name] = &fstest.MapFile{Data: []byte("\xff\xfe")}
	}
	if p, ps := flows.Load(files, flows.Options{Today: today}); p == nil || len(ps) > 0 {
		t.Errorf("got %s", human(ps))
	}
}

// TestWindowsFiles: line ends and the mark that Windows programs write change
// nothing.
func TestWindowsFiles(t *testing.T) {
	files := sound(t)
	for name, f := range files {
		if strings.HasSuffix(name, ".yaml") {
			files[name] = &fstest.MapFile{Data: append([]byte("\ufeff"), bytes.ReplaceAll(f.Data, []byte("\n"), []byte("\r\n"))...)}
		}
	}
	p, ps := flows.Load(files, flows.Options{Today: today})
	if p == nil || len(ps) > 0 {
		t.Fatalf("got %s", human(ps))
	}
	if p.Flows["entry"].Contract != mustLoad(t, sound(t)).Flows["entry"].Contract {
		t.Error("the graph is another one")
	}
}
