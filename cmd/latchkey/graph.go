package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"latchkey/flows"
)

type graphCmd struct {
	Flow   string `arg:"" help:"Id of the flow to draw."`
	Flows  string `help:"Folder of the pack; the bundled pack when left out." placeholder:"DIR"`
	Format string `help:"What to draw: ${enum}." enum:"mermaid,svg,d2" default:"mermaid"`
	Lang   string `help:"Language of the words." placeholder:"LANG"`
	Out    string `short:"o" help:"File to write; the screen when left out." placeholder:"FILE"`
}

// Run draws one flow.
func (c *graphCmd) Run(e *env) error {
	pack, err := loadPack(e, c.Flows)
	if err != nil {
		return err
	}
	if pack.Flows[c.Flow] == nil {
		return fmt.Errorf("there is no flow %q; the flows are %s", c.Flow, strings.Join(pack.Order, ", "))
	}
	lang := c.Lang
	if lang == "" {
		lang = pack.Base
	}
	if !slices.Contains(pack.Languages(), lang) {
		return fmt.Errorf("the pack does not speak %q; it speaks %s", lang, strings.Join(pack.Languages(), ", "))
	}
	var out []byte
	switch {
	case c.Format == "svg" || strings.HasSuffix(c.Out, ".svg"):
		if out, err = svg(e.ctx, flows.D2(pack, c.Flow, lang)); err != nil {
			return err
		}
	case c.Format == "d2":
		out = []byte(flows.D2(pack, c.Flow, lang))
	default:
		out = []byte(flows.Mermaid(pack, c.Flow, lang))
	}
	if c.Out == "" {
		_, err = e.stdout.Write(out)
		return err
	}
	if err := os.WriteFile(c.Out, out, 0o644); err != nil {
		return fmt.Errorf("write the drawing: %w", err)
	}
	return nil
}
