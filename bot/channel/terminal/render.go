// Package terminal shows messages of the bot in a terminal: as plain lines
// with numbered choices, or as an interactive chat. It knows nothing of the
// engine; it renders bot.Message and reports what the customer typed or chose.
package terminal

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"latchkey/bot"
)

// Style says how emphasis is shown.
type Style struct {
	Bold, Dim, Reset string // escape sequences; empty for plain text
	Width            int    // wrap at this many columns; 0 = never
}

// ANSI is a Style for terminals that understand ECMA-48 "select graphic
// rendition" sequences.
func ANSI(width int) Style {
	return Style{Bold: "\x1b[1m", Dim: "\x1b[2m", Reset: "\x1b[0m", Width: width}
}

// Render turns a message into text, without its choices.
func Render(m bot.Message, st Style) string {
	var b strings.Builder
	if m.Progress != nil {
		fmt.Fprintf(&b, "%s(%d/%d)%s ", st.Dim, m.Progress.Step, m.Progress.Of, st.Reset)
	}
	b.WriteString(markdown(m.Text, st))
	for _, md := range m.Media {
		b.WriteString("\n" + st.Dim + media(md) + st.Reset)
	}
	return wrap(b.String(), st.Width)
}

// Choices lists the choices with the numbers that can be typed.
func Choices(m bot.Message) []string {
	out := make([]string, len(m.Choices))
	for i, c := range m.Choices {
		out[i] = strconv.Itoa(i+1) + ". " + c.Label
	}
	return out
}

func media(m bot.Media) string {
	where := m.URL
	if where == "" {
		where = m.Path
	}
	switch m.Kind {
	case bot.MediaImage:
		return fmt.Sprintf("[picture: %s]", m.Alt)
	case bot.MediaVideo:
		return fmt.Sprintf("[video: %s %s]", m.Alt, where)
	}
	return fmt.Sprintf("[%s: %s]", m.Alt, where)
}

// markdown renders the CommonMark subset of bot.Message.
func markdown(s string, st Style) string {
	src := []byte(s)
	doc := goldmark.DefaultParser().Parse(text.NewReader(src))
	r := renderer{src: src, st: st}
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if n != doc.FirstChild() {
			r.b.WriteString("\n")
			if n.HasBlankPreviousLines() {
				r.b.WriteString("\n")
			}
		}
		r.block(n, "")
	}
	return strings.TrimRight(r.b.String(), "\n")
}

type renderer struct {
	b   strings.Builder
	src []byte
	st  Style
}

func (r *renderer) block(n ast.Node, indent string) {
	switch n := n.(type) {
	case *ast.List:
		i := n.Start
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			mark := "• "
			if n.IsOrdered() {
				mark = strconv.Itoa(i) + ". "
				i++
			}
			if item != n.FirstChild() {
				r.b.WriteString("\n")
			}
			r.b.WriteString(indent + mark)
			for c := item.FirstChild(); c != nil; c = c.NextSibling() {
				if c != item.FirstChild() {
					r.b.WriteString("\n")
				}
				r.block(c, indent+"  ")
			}
		}
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		for i := range n.Lines().Len() {
			seg := n.Lines().At(i)
			r.b.Write(seg.Value(r.src))
		}
	default:
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			r.inline(c)
		}
	}
}

func (r *renderer) inline(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		r.b.Write(unescape(n.Segment.Value(r.src)))
		if n.SoftLineBreak() || n.HardLineBreak() {
			r.b.WriteString("\n")
		}
		return
	case *ast.String:
		r.b.Write(n.Value)
		return
	case *ast.Emphasis:
		r.b.WriteString(r.st.Bold)
		r.children(n)
		r.b.WriteString(r.st.Reset)
		return
	case *ast.Link:
		r.children(n)
		r.b.WriteString(" (" + string(n.Destination) + ")")
		return
	case *ast.AutoLink:
		r.b.Write(n.URL(r.src))
		return
	case *ast.RawHTML:
		for i := range n.Segments.Len() {
			seg := n.Segments.At(i)
			r.b.Write(seg.Value(r.src))
		}
		return
	}
	r.children(n)
}

func (r *renderer) children(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		r.inline(c)
	}
}

// unescape takes away the backslash before punctuation (CommonMark 2.4).
func unescape(b []byte) []byte {
	if !strings.ContainsRune(string(b), '\\') {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '\\' && i+1 < len(b) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", b[i+1]) >= 0 {
			continue
		}
		out = append(out, b[i])
	}
	return out
}
