package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"os"
	"slices"

	"latchkey/bot/dialogue"
	"latchkey/flows"
	"latchkey/knowledge/match"
)

type confusionCmd struct {
	Folder string `arg:"" optional:"" help:"Folder of the pack; the bundled pack when left out."`
	HTML   string `name:"html" help:"Write a page with the table of all flows to a file." placeholder:"FILE"`
	All    bool   `help:"Also phrases about which the customer would be asked."`
}

// confused is one flow whose phrases pull towards another.
type confused struct {
	From, To string // flow ids
	Titles   [2]string
	Phrases  []strayPhrase
	Sure     int
}

type strayPhrase struct {
	Lang, Text, Near string
	Chance           float64
	Sure             bool
}

// Run holds out every phrase in turn and prints those that the others would
// lead into another flow: what customers write in nearly these words may be
// led wrong.
func (c *confusionCmd) Run(e *env) error {
	folder, err := packFolder(c.Folder)
	if err != nil {
		return err
	}
	pack, problems := flows.Load(folder, flows.Options{Today: e.now()})
	if pack == nil {
		return findings{fmt.Sprintf("the pack has %s; \"latchkey check\" shows them", plural(len(problems), "problem"))}
	}
	pairs, phrases := confusions(pack)
	if c.HTML != "" {
		if err := writeConfusion(c.HTML, pack, pairs, phrases); err != nil {
			return err
		}
		fmt.Fprintf(e.stdout, "written: %s\n", c.HTML)
		return nil
	}
	sure, asked := 0, 0
	for _, p := range pairs {
		sure += p.Sure
		asked += len(p.Phrases) - p.Sure
		if p.Sure == 0 && !c.All {
			continue
		}
		fmt.Fprintf(e.stdout, "%s -> %s\n", p.From, p.To)
		for _, x := range p.Phrases {
			if x.Sure || c.All {
				fmt.Fprintf(e.stdout, "  %s  %.2f  %s  (near %q)\n", x.Lang, x.Chance, x.Text, x.Near)
			}
		}
	}
	fmt.Fprintf(e.stdout, "%d of %d phrases would lead into another flow if they were not written down, %d would be asked about\n", sure, phrases, asked)
	return nil
}

// confusions are the pairs of flows, most phrases first, and how many phrases
// were held out.
func confusions(p *flows.Pack) ([]*confused, int) {
	ex := dialogue.Examples(p)
	n := 0
	for _, x := range ex {
		if !x.Not && p.Flows[x.ID] != nil {
			n++
		}
	}
	byPair := map[[2]string]*confused{}
	var out []*confused
	for _, s := range match.New(ex, match.Options{}).Strays() {
		x := ex[s.Example]
		key := [2]string{x.ID, s.Rival.ID}
		c := byPair[key]
		if c == nil {
			c = &confused{From: key[0], To: key[1], Titles: [2]string{p.Flows[key[0]].Title.In(p.Base), p.Flows[key[1]].Title.In(p.Base)}}
			byPair[key] = c
			out = append(out, c)
		}
		if s.Sure {
			c.Sure++
		}
		c.Phrases = append(c.Phrases, strayPhrase{Lang: x.Lang, Text: x.Text, Near: s.Rival.Phrase, Chance: s.Rival.Score, Sure: s.Sure})
	}
	for _, c := range out {
		slices.SortStableFunc(c.Phrases, func(a, b strayPhrase) int { return cmp.Compare(b.Chance, a.Chance) })
	}
	slices.SortStableFunc(out, func(a, b *confused) int {
		return cmp.Or(cmp.Compare(b.Sure, a.Sure), cmp.Compare(len(b.Phrases), len(a.Phrases)), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out, n
}

//go:embed confusion.html
var confusionPage string

func writeConfusion(file string, p *flows.Pack, pairs []*confused, phrases int) error {
	page, err := template.New("confusion").Parse(confusionPage)
	if err != nil {
		return fmt.Errorf("read the page's template: %w", err)
	}
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	err = page.Execute(f, map[string]any{"Pack": p.Title.In(p.Base), "Pairs": pairs, "Phrases": phrases})
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	return nil
}
