package knowledge_test

import (
	"testing"
	"testing/fstest"
	"time"

	"latchkey/flows"
	"latchkey/knowledge"
	"latchkey/knowledge/articles"
)

var day = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)

func bundled(t *testing.T) (*flows.Pack, *knowledge.Articles) {
	t.Helper()
	p, ps := flows.Load(flows.Bundled(), flows.Options{Today: day})
	if p == nil {
		t.Fatal(ps)
	}
	a, ps := knowledge.LoadArticles(articles.Bundled(), p, day)
	for _, x := range ps {
		t.Error(x)
	}
	if a == nil {
		t.FailNow()
	}
	return p, a
}

// TestBundledArticles: at least 25, in three languages, without a finding.
func TestBundledArticles(t *testing.T) {
	_, a := bundled(t)
	if len(a.Order) < 25 {
		t.Errorf("only %d articles", len(a.Order))
	}
	for _, id := range a.Order {
		if n := len(a.ByID[id].Words); n != 3 {
			t.Errorf("%s speaks %d languages", id, n)
		}
	}
}

// TestSearch: questions in other words than those of the articles.
func TestSearch(t *testing.T) {
	p, a := bundled(t)
	s := knowledge.NewSearch(a, p.Base)
	for _, c := range [][3]string{
		{"en", "for how long can I use a reset link", "reset-link-life"},
		{"en", "chrome says this password was in some leak", "leaked-password"},
		{"en", "passkeys?", "passkey"},
		{"ru", "что вообще значит passkey", "passkey"},
		{"ru", "браузер пишет, мой пароль в утечке", "leaked-password"},
		{"es", "¿qué es eso de las passkeys?", "passkey"},
		{"es", "dónde puedo guardar mis códigos de respaldo", "backup-codes-keep"},
		{"en", "is it ok to keep backup codes in my phone", "backup-codes-keep"},
	} {
		found := s.Find(c[1], nil, c[0], 3)
		if len(found) == 0 || found[0].Article != c[2] {
			t.Errorf("%q finds %v, want %s", c[1], found, c[2])
		}
	}
	for _, off := range []string{"what is the weather like today", "recommend me a pizza place nearby", "сколько стоит билет в Москву", "asdf", ""} {
		if found := s.Find(off, nil, "en", 3); len(found) > 0 {
			t.Errorf("%q finds %q", off, found[0].Article)
		}
	}
}

// TestArticleFindings: what is wrong is named with its place, one finding each.
func TestArticleFindings(t *testing.T) {
	p, _ := bundled(t)
	good := "---\ntitle: Why?\nquestions: [one thing, two things, three things]\ncategory: safety\nverified_at: 2026-11-25\n---\n\nBecause.\n"
	ru := "---\nof: \"" + flows.SourceHash("Why?\n\nBecause.\n") + "\"\ntitle: Почему?\nquestions: [раз вещь, два вещи, три вещи]\n---\nПотому.\n"
	es := "---\nof: \"" + flows.SourceHash("Why?\n\nBecause.\n") + "\"\ntitle: Razón\nquestions: [una cosa, dos cosas, tres cosas]\n---\nPorque sí.\n"
	sound := map[string]string{"a.md": good, "ru/a.md": ru, "es/a.md": es}
	swap := func(file, text string) map[string]string {
		out := map[string]string{}
		for k, v := range sound {
			out[k] = v
		}
		if text == "" {
			delete(out, file)
		} else {
			out[file] = text
		}
		return out
	}
	const head = "---\ntitle: Why?\nquestions: [one thing, two things, three things]\n"
	const tail = "category: safety\nverified_at: 2026-11-25\n---\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  string // place and code of the finding; "" = none
	}{
		"sound":               {sound, ""},
		"no front matter":     {swap("a.md", "Because."), "a.md:1:1 E06"},
		"unknown key":         {swap("a.md", head+"flwo: hacked\n"+tail+"\nBecause.\n"), "a.md:4:1 E01"},
		"unknown flow":        {swap("a.md", head+"flow: hackd\n"+tail+"\nBecause.\n"), "a.md:4:7 E02"},
		"unknown category":    {swap("a.md", head+"category: nothing\nverified_at: 2026-11-25\n---\n\nBecause.\n"), "a.md:4:11 E02"},
		"no day":              {swap("a.md", head+"category: safety\n---\n\nBecause.\n"), "a.md:2:1 E03"},
		"old":                 {swap("a.md", head+"category: safety\nverified_at: 2026-01-01\n---\n\nBecause.\n"), "a.md:5:14 W44"},
		"source is no link":   {swap("a.md", head+"source: a friend\n"+tail+"\nBecause.\n"), "a.md:4:9 E21"},
		"few questions":       {swap("es/a.md", "---\nof: \""+flows.SourceHash("Why?\n\nBecause.\n")+"\"\ntitle: Razón\nquestions: [una cosa]\n---\nPorque sí.\n"), "es/a.md:4:12 W52"},
		"a flow's phrase":     {swap("a.md", "---\ntitle: Why?\nquestions: [one thing, two things, i forgot my password]\n"+tail+"\nBecause.\n"), "a.md:3:36 E50"},
		"foreign link":        {swap("ru/a.md", ru+"\nСм. https://evil.example/x.\n"), "ru/a.md:8:1 E35"},
		"asks for a password": {swap("es/a.md", es+"\nEnvíanos tu contraseña.\n"), "es/a.md:8:1 E31"},
		"placeholder":         {swap("ru/a.md", ru+"\n{brand.nothing}\n"), "ru/a.md:8:1 E02"},
		"not translated":      {swap("es/a.md", ""), "es/a.md E40"},
		"stale":               {swap("ru/a.md", "---\nof: \"00000000\"\ntitle: Почему?\nquestions: [раз вещь, два вещи, три вещи]\n---\nПотому.\n"), "ru/a.md:2:5 E40"},
		"left over":           {swap("ru/b.md", ru), "ru/b.md:1:1 E02"},
		"no text":             {swap("ru/a.md", "---\nof: \""+flows.SourceHash("Why?\n\nBecause.\n")+"\"\ntitle: Почему?\nquestions: [раз вещь, два вещи, три вещи]\n---\n"), "ru/a.md:6:1 E03"},
		"not YAML":            {swap("a.md", "---\ntitle: [\n---\nBecause.\n"), "a.md E06"},
	} {
		fsys := fstest.MapFS{}
		for k, v := range c.files {
			fsys[k] = &fstest.MapFile{Data: []byte(v)}
		}
		_, ps := knowledge.LoadArticles(fsys, p, day)
		got := ""
		for _, x := range ps {
			if name == "not YAML" {
				x.Line = 0
			}
			if got == "" && !(name != "stale" && name != "not translated" && x.Code == "E40") { // a changed source is stale as well
				got = x.Pos.String() + " " + x.Code
			}
		}
		if got != c.want {
			t.Errorf("%s: found %q, want %q; %v", name, got, c.want, ps)
		}
	}
}
