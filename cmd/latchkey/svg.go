package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"oss.terrastruct.com/d2/d2graph"
	"oss.terrastruct.com/d2/d2layouts/d2dagrelayout"
	"oss.terrastruct.com/d2/d2lib"
	"oss.terrastruct.com/d2/d2renderers/d2svg"
	"oss.terrastruct.com/d2/d2themes/d2themescatalog"
	"oss.terrastruct.com/d2/lib/log"
	"oss.terrastruct.com/d2/lib/textmeasure"
)

// svg lays out a drawing in the language of D2 and renders it. D2 runs inside
// this program: nothing else needs to be installed.
func svg(ctx context.Context, source string) ([]byte, error) {
	ruler, err := textmeasure.NewRuler()
	if err != nil {
		return nil, fmt.Errorf("load the fonts: %w", err)
	}
	padding, theme := int64(20), d2themescatalog.NeutralDefault.ID
	render := &d2svg.RenderOpts{Pad: &padding, ThemeID: &theme}
	layout := func(string) (d2graph.LayoutGraph, error) { return d2dagrelayout.DefaultLayout, nil }
	quiet := log.With(ctx, slog.New(slog.NewTextHandler(io.Discard, nil)))
	diagram, _, err := d2lib.Compile(quiet, source, &d2lib.CompileOptions{LayoutResolver: layout, Ruler: ruler}, render)
	if err != nil {
		return nil, fmt.Errorf("lay out the drawing: %w", err)
	}
	out, err := d2svg.Render(diagram, render)
	if err != nil {
		return nil, fmt.Errorf("draw: %w", err)
	}
	return out, nil
}
