package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"latchkey/flows"
)

type i18nCmd struct {
	Folder string   `arg:"" optional:"" help:"Folder of the pack; the bundled pack when left out."`
	Lang   []string `help:"Only these languages; all of the pack when left out. A new one may be named." placeholder:"LANG"`
	Write  bool     `help:"Put what is missing into the files of the folder, with the source above it, for a translator to fill in."`
}

// Run lists what translations lack and, if asked to, writes it into the files.
func (c *i18nCmd) Run(e *env) error {
	folder, err := packFolder(c.Folder)
	if err != nil {
		return err
	}
	if c.Write && c.Folder == "" {
		return fmt.Errorf("the bundled pack cannot be written to; name the folder of your own pack")
	}
	langs := c.Lang
	if len(langs) == 0 {
		if langs, err = packLanguages(folder); err != nil {
			return err
		}
	}
	if len(langs) == 0 {
		fmt.Fprintln(e.stdout, "the pack has one language; name another with --lang to begin a translation")
		return nil
	}
	open := 0
	for _, lang := range langs {
		n, err := c.language(e, folder, lang)
		if err != nil {
			return err
		}
		open += n
	}
	if open > 0 && !c.Write {
		return findings{}
	}
	return nil
}

// language reports on one language and returns how many texts want work.
func (c *i18nCmd) language(e *env, folder fs.FS, lang string) (int, error) {
	files, problems := flows.Translations(folder, lang)
	if len(problems) > 0 {
		for _, p := range problems {
			printProblem(e.stderr, c.Folder, p)
		}
		return 0, findings{"mend the pack first; then its translations can be compared"}
	}
	missing, stale, texts := 0, 0, 0
	for _, f := range files {
		texts += f.Texts
		missing += len(f.Missing)
		stale += len(f.Stale)
		for _, k := range f.Missing {
			fmt.Fprintf(e.stdout, "%s: missing: %s\n", f.Path, k)
		}
		for _, k := range f.Stale {
			fmt.Fprintf(e.stdout, "%s: stale: %s\n", f.Path, k)
		}
		if len(f.Lists) > 0 {
			fmt.Fprintf(e.stdout, "%s: no list yet: %s\n", f.Path, strings.Join(f.Lists, ", "))
		}
		if !c.Write || f.YAML == nil {
			continue
		}
		path := filepath.Join(c.Folder, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return 0, fmt.Errorf("make the folder of %s: %w", lang, err)
		}
		if err := os.WriteFile(path, f.YAML, 0o644); err != nil {
			return 0, fmt.Errorf("write a translation: %w", err)
		}
		fmt.Fprintf(e.stdout, "%s: written; fill in the empty texts\n", f.Path)
	}
	fmt.Fprintf(e.stdout, "%s: %s, %d missing, %d stale\n", lang, plural(texts, "text"), missing, stale)
	return missing + stale, nil
}

// packLanguages reads the languages out of pack.yaml, also of a pack that
// does not load because its translations are incomplete.
func packLanguages(folder fs.FS) ([]string, error) {
	data, err := fs.ReadFile(folder, "pack.yaml")
	if err != nil {
		return nil, fmt.Errorf("there is no pack.yaml in this folder")
	}
	var p struct {
		Languages struct {
			Required   []string `yaml:"required"`
			BestEffort []string `yaml:"best_effort"`
		} `yaml:"languages"`
	}
	if err := yaml.Load(data, &p); err != nil {
		return nil, fmt.Errorf("pack.yaml cannot be read; run \"latchkey check\" to see where")
	}
	return slices.Concat(p.Languages.Required, p.Languages.BestEffort), nil
}
