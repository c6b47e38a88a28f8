package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"latchkey/bot"
	"latchkey/bot/channel/terminal"
	"latchkey/bot/redact"
	"latchkey/bot/store"
	"latchkey/flows"
	"latchkey/knowledge"
	"latchkey/knowledge/openai"
)

type unansweredCmd struct {
	storeFlags
	Last  int    `help:"How many conversations to look through, newest first." default:"2000"`
	Days  int    `help:"Only what was written in that many days." default:"30"`
	Add   string `help:"Print the lines that add the texts nearest to this flow to its phrases." placeholder:"FLOW"`
	Group []int  `help:"With --add: these groups, by their number in the list, instead of those nearest to the flow." placeholder:"N"`
}

// miss is a text that was not understood.
type miss struct {
	text, lang string
	at         time.Time
	near       string // id of the nearest flow, "" = none is near
	score      float64
}

// missGroup are misses that say about the same.
type missGroup struct {
	misses []miss
	near   string
}

// Run lists what customers wrote and nobody understood, grouped by likeness,
// without secrets, addresses and numbers.
func (c *unansweredCmd) Run(e *env) error {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	pack, err := loadPack(e, cfg.Flows)
	if err != nil {
		return err
	}
	if c.Add != "" && pack.Flows[c.Add] == nil {
		return fmt.Errorf("there is no flow %q; %s", c.Add, flows.Nearest(c.Add, pack.Order))
	}
	s, err := c.open(e, storeVisit)
	if err != nil {
		return err
	}
	misses, err := c.misses(e, s)
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	if err := nearest(e, pack, misses); err != nil {
		return err
	}
	groups := groupMisses(misses)
	if c.Add != "" {
		return c.lines(e, pack, groups)
	}
	c.list(e, pack, groups, len(misses))
	return nil
}

// misses reads the stored turns.
func (c *unansweredCmd) misses(e *env, s store.Store) ([]miss, error) {
	var cs []store.Conversation
	if err := s.View(e.ctx, func(tx store.Tx) error {
		var err error
		cs, err = tx.Recent(c.Last)
		return err
	}); err != nil {
		return nil, err
	}
	since := e.now().Add(-time.Duration(c.Days) * 24 * time.Hour)
	var out []miss
	for _, conv := range cs {
		last := miss{} // the text that a pressed "none of these" is about
		for after := int64(0); ; {
			var turns []store.Turn
			if err := s.View(e.ctx, func(tx store.Tx) error {
				var err error
				turns, err = tx.Turns(conv.ID, after, replayPage)
				return err
			}); err != nil {
				return nil, err
			}
			for _, t := range turns {
				after = t.Seq
				m, missed, err := readMiss(t, conv.Lang)
				if err != nil {
					return nil, err
				}
				if m.text == "" {
					m = last
				}
				last = m
				if missed && m.text != "" && !m.at.Before(since) {
					out = append(out, m)
					last = miss{}
				}
			}
			if len(turns) < replayPage {
				break
			}
		}
	}
	slices.SortStableFunc(out, func(a, b miss) int { return b.at.Compare(a.at) })
	return out, nil
}

// readMiss is the text of a turn, "" when it had none, and whether the turn
// was a miss.
func readMiss(t store.Turn, lang string) (m miss, missed bool, err error) {
	var ev bot.Event
	var effects []bot.Effect
	if err := errors.Join(json.Unmarshal(t.Event, &ev), json.Unmarshal(t.Effects, &effects)); err != nil {
		return m, false, fmt.Errorf("read turn %d of %s: %w", t.Seq, t.Conversation, err)
	}
	for _, x := range effects {
		missed = missed || x.Note != nil && x.Note.Kind == bot.NoteMiss
		if x.Say != nil && x.Say.Lang != "" {
			lang = x.Say.Lang
		}
	}
	if ev.Reading != nil && ev.Reading.Lang != "" {
		lang = ev.Reading.Lang
	}
	text, _ := redact.Text(ev.Text, redact.Context{})
	return miss{text: strings.Join(strings.Fields(terminal.Clean(openai.Masked(text))), " "), lang: lang, at: t.At}, missed, nil
}

// nearest finds the flow that each miss is nearest to in the pack as it is now.
func nearest(e *env, p *flows.Pack, misses []miss) error {
	m := newMatcher(p)
	for i := range misses {
		r, err := m.Match(e.ctx, misses[i].text, knowledge.Scope{Lang: misses[i].lang})
		if err != nil {
			return err
		}
		for _, c := range r.Candidates {
			if c.Kind == bot.CandidateFlow && c.Score > misses[i].score {
				misses[i].near, misses[i].score = c.ID, c.Score
			}
		}
	}
	return nil
}

func groupMisses(misses []miss) []missGroup {
	texts := make([]string, len(misses))
	for i, m := range misses {
		texts[i] = m.text
	}
	var out []missGroup
	for _, at := range knowledge.Group(texts) {
		g := missGroup{}
		count := map[string]float64{}
		for _, i := range at {
			g.misses = append(g.misses, misses[i])
			count[misses[i].near] += misses[i].score
		}
		for _, m := range g.misses { // in their order, so that a tie is always broken alike
			if m.near != "" && (g.near == "" || count[m.near] > count[g.near]) {
				g.near = m.near
			}
		}
		out = append(out, g)
	}
	return out
}

// shownOfGroup is how many different texts of a group are listed.
const shownOfGroup = 5

func (c *unansweredCmd) list(e *env, p *flows.Pack, groups []missGroup, n int) {
	if n == 0 {
		fmt.Fprintf(e.stdout, "everything that customers wrote in %s was understood\n", plural(c.Days, "day"))
		return
	}
	for i, g := range groups {
		near := "no flow is near"
		if g.near != "" {
			near = fmt.Sprintf("nearest: %s (%s)", g.near, p.Flows[g.near].Title.In(p.Base))
		}
		fmt.Fprintf(e.stdout, "%d. %s, %s\n", i+1, plural(len(g.misses), "time"), near)
		texts := different(g.misses)
		for _, m := range texts[:min(len(texts), shownOfGroup)] {
			fmt.Fprintf(e.stdout, "   %s  %s  %s\n", m.at.Format(time.DateOnly), cmp.Or(m.lang, "--"), m.text)
		}
		if more := len(texts) - shownOfGroup; more > 0 {
			fmt.Fprintf(e.stdout, "   and %d more\n", more)
		}
	}
	fmt.Fprintf(e.stdout, "%s in %s; \"latchkey unanswered --add FLOW\" prints the lines for a flow\n", plural(n, "text"), plural(len(groups), "group"))
}

// different drops texts that fold to the same.
func different(misses []miss) []miss {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(misses), func(m miss) bool {
		k := flows.Fold(m.text)
		had := seen[k] || k == ""
		seen[k] = true
		return had
	})
}

// lines prints YAML to paste, for each language's file.
func (c *unansweredCmd) lines(e *env, p *flows.Pack, groups []missGroup) error {
	byLang := map[string][]miss{}
	for i, g := range groups {
		if len(c.Group) > 0 && !slices.Contains(c.Group, i+1) || len(c.Group) == 0 && g.near != c.Add {
			continue
		}
		for _, m := range different(g.misses) {
			if !strings.Contains(m.text, "[") { // something was taken out: no phrase of a pack
				lang := m.lang
				if !p.Speaks(lang) {
					lang = p.Base
				}
				byLang[lang] = append(byLang[lang], m)
			}
		}
	}
	if len(byLang) == 0 {
		fmt.Fprintf(e.stdout, "nothing that was not understood is nearest to %s\n", c.Add)
		return nil
	}
	for _, lang := range p.Languages() {
		if len(byLang[lang]) == 0 {
			continue
		}
		file, indent := c.Add+".yaml", "    "
		if lang == p.Base {
			fmt.Fprintf(e.stdout, "# %s, below start: phrases:\n", file)
		} else {
			file, indent = lang+"/"+file, "  "
			fmt.Fprintf(e.stdout, "# %s, below phrases:\n", file)
		}
		for _, m := range byLang[lang] {
			q, err := yaml.Dump(yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: m.text, Style: yaml.DoubleQuotedStyle})
			if err != nil {
				return fmt.Errorf("write a phrase: %w", err)
			}
			fmt.Fprintf(e.stdout, "%s- %s\n", indent, strings.Join(strings.Fields(string(q)), " "))
		}
	}
	return nil
}
