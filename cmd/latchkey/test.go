package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"latchkey/bot/dialoguetest"
)

type testCmd struct {
	Folder   string `arg:"" optional:"" help:"Folder of the pack; the bundled pack when left out."`
	Only     string `name:"run" help:"Only the tests whose flow/name this matches, and routes as routes/text; nothing is walked then." placeholder:"REGEXP"`
	Lang     string `help:"Run everything in this language." placeholder:"LANG"`
	Articles string `help:"Folder of the articles; the bundled ones with the bundled pack." placeholder:"DIR"`
	Verbose  bool   `short:"v" help:"Also list the ways that no test takes, and the dialogues of what failed in full."`
	JSON     bool   `name:"json" help:"Print figures and findings as JSON."`
}

// Run runs the dialogue tests of a pack, walks every edge and prints what went
// wrong, then the figures.
func (c *testCmd) Run(e *env) error {
	as, err := articleFolder(c.Articles, c.Folder)
	if err != nil {
		return err
	}
	o := dialoguetest.Options{Lang: c.Lang, Matcher: brain{articles: as, now: e.now}.matcher}
	if c.Only != "" {
		re, err := regexp.Compile(c.Only)
		if err != nil {
			return fmt.Errorf("--run %q is not a regular expression: %w", c.Only, err)
		}
		o.Only = re
	}
	folder, err := packFolder(c.Folder)
	if err != nil {
		return err
	}
	pack, err := loadPack(e, c.Folder)
	if err != nil {
		return err
	}
	if c.Lang != "" && !pack.Speaks(c.Lang) {
		return fmt.Errorf("the pack does not speak %q; it speaks %s", c.Lang, strings.Join(pack.Languages(), ", "))
	}
	suite, problems := dialoguetest.Load(folder, pack)
	report, err := suite.Run(e.ctx, o)
	if err != nil {
		return err
	}
	if o.Only != nil && report.Tests+report.Routes.Total == 0 {
		return fmt.Errorf("--run %q matches no test and no route", c.Only)
	}
	report.Problems = append(slices.Clip(problems), report.Problems...)
	if err := c.print(e, report); err != nil {
		return err
	}
	if len(report.Problems) > 0 {
		return findings{}
	}
	return nil
}

// maxLines is how much of a dialogue is shown: its end says what went wrong.
const maxLines = 8

func (c *testCmd) print(e *env, report *dialoguetest.Report) error {
	if c.JSON {
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(report); err != nil {
			return fmt.Errorf("write findings: %w", err)
		}
		return nil
	}
	for _, p := range report.Problems {
		if n := len(p.Dialogue); n > maxLines && !c.Verbose {
			p.Dialogue = append([]string{"…"}, p.Dialogue[n-maxLines:]...)
		}
		printProblem(e.stdout, c.Folder, p)
	}
	if c.Verbose {
		for _, p := range report.Unwritten {
			printProblem(e.stdout, c.Folder, p)
		}
	}
	_, err := fmt.Fprintln(e.stdout, report)
	return err
}
