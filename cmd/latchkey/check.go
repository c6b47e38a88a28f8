package main

import (
	"encoding/json"
	"fmt"
	"path"

	"latchkey/flows"
	"latchkey/knowledge"
)

type checkCmd struct {
	Folder   string `arg:"" optional:"" help:"Folder of the pack; the bundled pack when left out."`
	Articles string `help:"Folder of the articles; the bundled ones with the bundled pack." placeholder:"DIR"`
	JSON     bool   `name:"json" help:"Print the findings as a JSON array."`
	Strict   bool   `help:"Count warnings as errors."`
}

// Run checks a pack and prints every finding, then the proof in figures.
func (c *checkCmd) Run(e *env) error {
	folder, err := packFolder(c.Folder)
	if err != nil {
		return err
	}
	as, err := articleFolder(c.Articles, c.Folder)
	if err != nil {
		return err
	}
	pack, problems := flows.Load(folder, flows.Options{Today: e.now()})
	articles := ""
	if pack != nil && as != nil {
		found, more := knowledge.LoadArticles(as, pack, e.now())
		for i := range more {
			more[i].File = path.Join("articles", more[i].File)
		}
		problems = append(problems, more...)
		if found != nil {
			articles = fmt.Sprintf("%s in %d languages", plural(len(found.Order), "article"), len(pack.Languages()))
		}
	}
	errs, warns := 0, 0
	for _, p := range problems {
		if p.Blocks() {
			errs++
		} else {
			warns++
		}
	}
	if c.JSON {
		if problems == nil {
			problems = []flows.Problem{}
		}
		enc := json.NewEncoder(e.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(problems); err != nil {
			return fmt.Errorf("write findings: %w", err)
		}
	} else {
		for _, p := range problems {
			printProblem(e.stdout, c.Folder, p)
		}
		if pack != nil {
			fmt.Fprintln(e.stdout, pack.Proof())
		}
		if articles != "" {
			fmt.Fprintln(e.stdout, articles)
		}
		fmt.Fprintf(e.stdout, "%s, %s\n", plural(errs, "error"), plural(warns, "warning"))
	}
	if errs > 0 || (c.Strict && warns > 0) {
		return findings{}
	}
	return nil
}
