package flows

import (
	"fmt"
	"slices"
	"strings"
)

// FillWords puts the pack's brand words and links into words that stand
// outside the flows, such as an article. unknown are the placeholders that
// stand for nothing.
func (p *Pack) FillWords(lang, s string) (filled string, unknown []string) {
	var b strings.Builder
	scan(s, func(lit string) { b.WriteString(lit) }, func(name string) {
		kind, key, _ := strings.Cut(name, ".")
		switch {
		case kind == "brand" && p.Brand[key].raw != "":
			b.WriteString(p.Brand[key].In(lang))
		case kind == "link" && p.Links[key] != nil && !p.Links[key].URL.IsZero():
			k := p.Links[key]
			b.WriteString("[" + k.Label.In(lang) + "](" + k.URL.In(lang) + ")")
		default:
			unknown = append(unknown, name)
		}
	})
	return b.String(), unknown
}

// Objection says why words from outside the flows must not reach a customer:
// a link that is not allowed or hides where it leads (E35), asking for a
// secret (E31), telling whether an account exists (E32). The code is "" when
// nothing speaks against them. Placeholders must have been filled.
func (p *Pack) Objection(lang, words string) (code, why string) {
	for _, m := range mdLink.FindAllStringSubmatch(words, -1) {
		if misleads(m[1], m[2]) && !p.named(m[1], m[2], lang) {
			return "E35", fmt.Sprintf("the label %q looks like an address, but leads to %s", m[1], m[2])
		}
	}
	for _, found := range linksOf(words) {
		if bad := p.badLink(found); bad != "" {
			return "E35", fmt.Sprintf("the link %q %s", found, bad)
		}
	}
	// Each language is looked for: words may be in another than they claim.
	for _, l := range append([]string{lang}, keysOf(askers)...) {
		if kind, phrase := asksForSecret(l, words, false); kind != "" {
			return "E31", fmt.Sprintf("these words ask the customer for a %s: %q", kind, short(phrase))
		}
	}
	if phrase := tellsAccount(lang, words); phrase != "" {
		return "E32", fmt.Sprintf("these words tell whether an account exists: %q", short(phrase))
	}
	return "", ""
}

// HasCategory tells whether a category of that id is declared.
func (p *Pack) HasCategory(id string) bool {
	return slices.ContainsFunc(p.Categories, func(c *Category) bool { return c.ID == id })
}

// SortProblems orders problems by place and drops exact repeats.
func SortProblems(ps []Problem) []Problem { return sortProblems(ps) }
