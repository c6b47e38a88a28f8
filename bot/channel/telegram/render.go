package telegram

import (
	"html"
	"strings"
	"unicode/utf16"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// maxText is how long a message may be after its entities are parsed, in
// UTF-16 units (https://core.telegram.org/bots/api#sendmessage).
const maxText = 4096

// run is a piece of text in one style.
type run struct {
	text               string
	bold, italic, code bool
	link               string
}

// parts turns the CommonMark subset of bot.Message into the texts of one or
// more messages in Telegram's HTML (https://core.telegram.org/bots/api#html-style).
// Paragraphs stay whole where they fit.
func parts(markdown string, limit int) []string {
	var out []string
	var b strings.Builder
	length := 0
	flush := func() {
		if length > 0 {
			out = append(out, b.String())
		}
		b.Reset()
		length = 0
	}
	for _, block := range blocks(markdown) {
		for _, piece := range cut(block, limit) {
			n := units(piece)
			if n == 0 {
				continue
			}
			if length > 0 && length+2+n > limit {
				flush()
			}
			if length > 0 {
				b.WriteString("\n\n")
				length += 2
			}
			for _, r := range piece {
				r.write(&b)
			}
			length += n
		}
	}
	flush()
	return out
}

func (r run) write(b *strings.Builder) {
	open, shut := "", ""
	tag := func(with, name string) { open, shut = open+"<"+with+">", "</"+name+">"+shut }
	if r.link != "" {
		tag(`a href="`+html.EscapeString(r.link)+`"`, "a")
	}
	if r.bold {
		tag("b", "b")
	}
	if r.italic {
		tag("i", "i")
	}
	if r.code {
		tag("code", "code")
	}
	b.WriteString(open)
	b.WriteString(escape(r.text))
	b.WriteString(shut)
}

// escape is what Telegram asks for: &, < and > alone.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace

func units(rs []run) int {
	n := 0
	for _, r := range rs {
		n += len(utf16.Encode([]rune(r.text)))
	}
	return n
}

// cut splits a block that is longer than a message, at a space where one is
// near.
func cut(block []run, limit int) [][]run {
	if units(block) <= limit {
		return [][]run{block}
	}
	var out [][]run
	var now []run
	left := limit
	for _, r := range block {
		rest := []rune(r.text)
		for len(rest) > 0 {
			n := fitting(rest, left)
			if n == 0 {
				out, now, left = append(out, now), nil, limit
				continue
			}
			piece := r
			piece.text = string(rest[:n])
			now, left = append(now, piece), left-units([]run{piece})
			rest = rest[n:]
		}
	}
	return append(out, now)
}

// fitting is how many runes fit into so many units, back to the last space when
// that keeps at least half.
func fitting(rest []rune, units int) int {
	n, used := 0, 0
	for n < len(rest) {
		w := utf16.RuneLen(rest[n])
		if w < 0 {
			w = 1
		}
		if used+w > units {
			break
		}
		used += w
		n++
	}
	if n == len(rest) {
		return n
	}
	for i := n; i > n/2; i-- {
		if rest[i-1] == ' ' || rest[i-1] == '\n' {
			return i
		}
	}
	return n
}

// blocks are the paragraphs and lists of a text, each as runs.
func blocks(markdown string) [][]run {
	source := []byte(markdown)
	doc := goldmark.DefaultParser().Parse(text.NewReader(source))
	var out [][]run
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		w := writer{source: source}
		w.block(n, "")
		out = append(out, w.runs)
	}
	return out
}

type writer struct {
	source []byte
	runs   []run
}

func (w *writer) add(style run, s string) {
	if s != "" {
		style.text = s
		w.runs = append(w.runs, style)
	}
}

// block writes one block; indent stands before its further lines.
func (w *writer) block(n ast.Node, indent string) {
	switch n := n.(type) {
	case *ast.List:
		number := n.Start
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			if item != n.FirstChild() {
				w.add(run{}, "\n"+indent)
			}
			mark := "• "
			if n.IsOrdered() {
				mark = itoa(number) + ". "
				number++
			}
			w.add(run{}, mark)
			for c := item.FirstChild(); c != nil; c = c.NextSibling() {
				if c != item.FirstChild() {
					w.add(run{}, "\n"+indent+"   ")
				}
				w.block(c, indent+"   ")
			}
		}
	case *ast.Heading:
		w.inline(n, run{bold: true})
	case *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock:
		for i := range n.Lines().Len() {
			s := n.Lines().At(i)
			w.add(run{code: n.Kind() != ast.KindHTMLBlock}, string(s.Value(w.source)))
		}
	case *ast.ThematicBreak:
	default:
		if n.FirstChild() != nil && n.FirstChild().Type() == ast.TypeBlock {
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if c != n.FirstChild() {
					w.add(run{}, "\n"+indent)
				}
				w.block(c, indent)
			}
			return
		}
		w.inline(n, run{})
	}
}

func (w *writer) inline(n ast.Node, style run) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			w.add(style, unescape(string(c.Segment.Value(w.source))))
			if c.HardLineBreak() || c.SoftLineBreak() {
				w.add(style, "\n")
			}
		case *ast.String:
			w.add(style, string(c.Value))
		case *ast.Emphasis:
			s := style
			if c.Level >= 2 {
				s.bold = true
			} else {
				s.italic = true
			}
			w.inline(c, s)
		case *ast.CodeSpan:
			s := style
			s.code, s.bold, s.italic = true, false, false // Telegram nests nothing in code
			w.inline(c, s)
		case *ast.Link:
			s := style
			s.link = webLink(string(c.Destination))
			w.inline(c, s)
		case *ast.AutoLink:
			w.add(style, string(c.Label(w.source)))
		case *ast.RawHTML:
			for i := range c.Segments.Len() {
				s := c.Segments.At(i)
				w.add(style, string(s.Value(w.source)))
			}
		default:
			w.inline(c, style)
		}
	}
}

// webLink lets web addresses through and nothing else.
func webLink(to string) string {
	if strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "http://") {
		return to
	}
	return ""
}
