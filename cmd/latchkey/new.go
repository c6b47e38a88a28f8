package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"
	"time"

	"latchkey/flows"
)

//go:embed skeleton/*.yaml
var skeletons embed.FS

type newCmd struct {
	Flow  string `arg:"" help:"Id of the new flow: small letters, digits and -, like lost-card."`
	Flows string `help:"Folder of the pack." default:"." placeholder:"DIR"`
	Title string `help:"Title as customers read it; made from the id when left out."`
}

var newFlowID = regexp.MustCompile(`^[a-z][a-z0-9-]{0,47}$`)

// Run writes a flow that passes `check` and a test that passes `test`, to
// change from there. Files that exist are never touched.
func (c *newCmd) Run(e *env) error {
	if !newFlowID.MatchString(c.Flow) {
		return fmt.Errorf("%q cannot be the id of a flow; use small letters, digits and -, beginning with a letter, at most 48", c.Flow)
	}
	pack, err := loadPackWith(e, c.Flows, flows.Options{Today: e.now(), AllowEmpty: true})
	if err != nil {
		return err
	}
	title := c.Title
	if title == "" {
		title = strings.ReplaceAll(c.Flow, "-", " ")
		title = strings.ToUpper(title[:1]) + title[1:]
	}
	data := map[string]string{
		"Flow": c.Flow, "Title": title, "Words": strings.ReplaceAll(c.Flow, "-", " "),
		"Queue": pack.Defaults.Queue, "Category": category(pack),
		"Review": e.now().AddDate(0, 6, 0).Format(time.DateOnly),
	}
	written := []string{}
	for _, f := range []struct{ from, to string }{{"flow.yaml", c.Flow + ".yaml"}, {"test.yaml", "tests/" + c.Flow + ".yaml"}} {
		path := filepath.Join(c.Flows, filepath.FromSlash(f.to))
		if err := c.write(path, f.from, data); err != nil {
			return err
		}
		written = append(written, path)
	}
	fmt.Fprintf(e.stdout, "written: %s\nnext: put your words in, then run \"latchkey check %s\" and \"latchkey test %s\"\n", strings.Join(written, ", "), c.Flows, c.Flows)
	return nil
}

func category(p *flows.Pack) string {
	if len(p.Categories) == 0 {
		return ""
	}
	return p.Categories[0].ID
}

func (c *newCmd) write(path, from string, data map[string]string) error {
	t, err := template.New(from).Delims("<<", ">>").ParseFS(skeletons, "skeleton/"+from)
	if err != nil {
		return fmt.Errorf("read the skeleton: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return fmt.Errorf("fill the skeleton: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make the folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already and was left as it is; choose another id", path)
	}
	if err != nil {
		return fmt.Errorf("write the flow: %w", err)
	}
	if _, err := f.Write(b.Bytes()); err != nil {
		f.Close()
		return fmt.Errorf("write the flow: %w", err)
	}
	return f.Close()
}
