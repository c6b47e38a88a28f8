package match_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"latchkey/bot"
	"latchkey/knowledge"
	"latchkey/knowledge/match"
)

// words that known phrases have, and some that none has.
var vocabulary = strings.Fields("i forgot my password the code does not come change phone number a new person back я забыл пароль код не приходит contraseña no me llega código zabyl parol Ω ﷺ 日本 x 12 a\u0300 e-mail @ [removed: code] \xff")

func texts() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.String(),
		rapid.StringMatching(`([a-zа-яñé ]{0,12}){0,6}`),
		rapid.Map(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 12), func(w []string) string { return strings.Join(w, " ") }),
	)
}

func scopes() *rapid.Generator[knowledge.Scope] {
	return rapid.Custom(func(t *rapid.T) knowledge.Scope {
		sc := knowledge.Scope{Lang: rapid.SampledFrom([]string{"", "en", "ru", "es", "xx"}).Draw(t, "lang")}
		for i := range rapid.IntRange(0, 5).Draw(t, "options") {
			sc.Options = append(sc.Options, knowledge.Option{ID: string(rune('a' + i)), Words: rapid.SliceOfN(texts(), 0, 3).Draw(t, "words")})
		}
		return sc
	})
}

func packs() *rapid.Generator[[]knowledge.Example] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) knowledge.Example {
		return knowledge.Example{
			Kind: rapid.SampledFrom([]bot.CandidateKind{bot.CandidateFlow, bot.CandidateWord, bot.CandidateArticle}).Draw(t, "kind"),
			ID:   rapid.SampledFrom([]string{"p", "q", "r"}).Draw(t, "id"), Lang: rapid.SampledFrom([]string{"en", "ru", ""}).Draw(t, "lang"),
			Text: texts().Draw(t, "text"), Not: rapid.Bool().Draw(t, "not"),
		}
	}), 0, 12)
}

// wellFormed is what is wrong with a reading, or "".
func wellFormed(r bot.Reading, ex []knowledge.Example, sc knowledge.Scope) string {
	if !slices.Contains([]bot.Verdict{bot.Sure, bot.Unsure, bot.None}, r.Verdict) {
		return "no verdict"
	}
	if r.Verdict != bot.None && len(r.Candidates) == 0 || len(r.Candidates) > 5 {
		return "number of candidates"
	}
	if r.Lang != "" && !slices.ContainsFunc(ex, func(e knowledge.Example) bool { return e.Lang == r.Lang }) {
		return "a language that the pack has not"
	}
	sum := 0.0
	for i, c := range r.Candidates {
		sum += c.Score
		switch {
		case !(c.Score > 0 && c.Score <= 1):
			return "score"
		case i > 0 && c.Score > r.Candidates[i-1].Score:
			return "order"
		case slices.ContainsFunc(r.Candidates[:i], func(d bot.Candidate) bool { return c.Kind == d.Kind && c.ID == d.ID }):
			return "a candidate twice"
		}
		known := slices.ContainsFunc(ex, func(e knowledge.Example) bool {
			return e.Kind == c.Kind && e.ID == c.ID && e.Text == c.Phrase && !e.Not
		})
		if c.Kind == bot.CandidateOption {
			known = slices.ContainsFunc(sc.Options, func(o knowledge.Option) bool { return o.ID == c.ID && slices.Contains(o.Words, c.Phrase) })
		}
		if !known {
			return "an unknown candidate or phrase"
		}
	}
	if sum > 1+1e-9 {
		return "chances that add up to more than 1"
	}
	return ""
}

// TestReadingIsWellFormed holds for whatever anybody writes, and whatever
// phrases a pack has.
func TestReadingIsWellFormed(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ex := packs().Draw(rt, "examples")
		a, b := match.New(ex, match.Options{}), match.New(ex, match.Options{})
		for range 3 {
			text, sc := texts().Draw(rt, "text"), scopes().Draw(rt, "scope")
			got, err := a.Match(context.Background(), text, sc)
			if err != nil {
				rt.Fatal(err)
			}
			if wrong := wellFormed(got, ex, sc); wrong != "" {
				rt.Fatalf("%q: %s: %+v", text, wrong, got)
			}
			again, _ := a.Match(context.Background(), text, sc)
			trainedAgain, _ := b.Match(context.Background(), text, sc)
			if !reflect.DeepEqual(got, again) || !reflect.DeepEqual(got, trainedAgain) {
				rt.Fatalf("readings of %q differ: %v, %v, %v", text, got, again, trainedAgain)
			}
		}
	})
}

// TestOwnPhrase: a phrase that one flow alone has leads surely to it.
func TestOwnPhrase(t *testing.T) {
	m := match.New(small(), match.Options{})
	rapid.Check(t, func(rt *rapid.T) {
		e := rapid.SampledFrom(small()).Draw(rt, "example")
		shout := rapid.SampledFrom([]func(string) string{strings.ToUpper, strings.ToLower, func(s string) string { return "  " + s + "!!" }}).Draw(rt, "shout")
		r, err := m.Match(context.Background(), shout(e.Text), knowledge.Scope{Lang: "en"})
		if err != nil {
			rt.Fatal(err)
		}
		if surely(r, e.Kind, e.ID) == e.Not {
			rt.Fatalf("%q: %s %v", shout(e.Text), r.Verdict, r.Candidates)
		}
	})
}

func FuzzMatch(f *testing.F) {
	f.Add("i forgot my pasword", "Yes", "No, it does not")
	m := match.New(small(), match.Options{})
	f.Fuzz(func(t *testing.T, text, yes, no string) {
		sc := knowledge.Scope{Lang: "en", Options: []knowledge.Option{{ID: "yes", Words: []string{yes}}, {ID: "no", Words: []string{no, text}}}}
		r, err := m.Match(context.Background(), text, sc)
		if err != nil {
			t.Fatal(err)
		}
		if wrong := wellFormed(r, small(), sc); wrong != "" {
			t.Fatalf("%q: %s: %+v", text, wrong, r)
		}
	})
}
