package telegram

import (
	"html"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// style is how a piece of text is shown.
type style struct {
	bold, italic, code, pre bool
	link                    string // address, or ""
}

// piece is text in one style. A message is a row of pieces: it can be cut
// anywhere, and no tag is ever left open.
type piece struct {
	text string
	style
}

// markdown reads the CommonMark subset of bot.Message. What lies outside the
// subset is shown as the words it holds.
func markdown(s string) []piece {
	src := []byte(strings.ToValidUTF8(s, "\uFFFD"))
	doc := goldmark.DefaultParser().Parse(text.NewReader(src))
	r := reader{src: src}
	r.blocks(doc, "", style{})
	return r.out
}

type reader struct {
	src []byte
	out []piece
}

func (r *reader) add(s string, st style) {
	s = clean(s)
	if s == "" {
		return
	}
	if n := len(r.out); n > 0 && r.out[n-1].style == st {
		r.out[n-1].text += s
		return
	}
	r.out = append(r.out, piece{s, st})
}

// blocks writes the blocks below a node, with a line between those that had
// one between them.
func (r *reader) blocks(parent ast.Node, indent string, st style) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if n != parent.FirstChild() {
			if n.HasBlankPreviousLines() || parent.Kind() == ast.KindDocument && n.Kind() != ast.KindList {
				r.add("\n", style{})
			}
			r.add("\n"+indent, style{})
		}
		r.block(n, indent, st)
	}
}

func (r *reader) block(n ast.Node, indent string, st style) {
	switch n := n.(type) {
	case *ast.List:
		no := n.Start
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			mark := "• "
			if n.IsOrdered() {
				mark = strconv.Itoa(no) + ". "
				no++
			}
			if item != n.FirstChild() {
				if item.HasBlankPreviousLines() {
					r.add("\n", style{})
				}
				r.add("\n"+indent, style{})
			}
			r.add(mark, style{})
			r.blocks(item, indent+"   ", st)
		}
	case *ast.Heading:
		st.bold = true
		r.inlines(n, st)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		r.lines(n, style{pre: true})
	case *ast.HTMLBlock:
		r.lines(n, st)
	case *ast.ThematicBreak:
		r.add("———", style{})
	case *ast.Blockquote:
		r.blocks(n, indent, st)
	default:
		r.inlines(n, st)
	}
}

// lines writes a block whose words are not read any further.
func (r *reader) lines(n ast.Node, st style) {
	var b strings.Builder
	for i := range n.Lines().Len() {
		seg := n.Lines().At(i)
		b.Write(seg.Value(r.src))
	}
	if h, ok := n.(*ast.HTMLBlock); ok && h.HasClosure() {
		b.Write(h.ClosureLine.Value(r.src))
	}
	r.add(strings.TrimRight(b.String(), "\n"), st)
}

func (r *reader) inlines(n ast.Node, st style) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		r.inline(c, st)
	}
}

func (r *reader) inline(n ast.Node, st style) {
	switch n := n.(type) {
	case *ast.Text:
		s := string(n.Segment.Value(r.src))
		if !n.IsRaw() {
			s = unescape(s)
		}
		r.add(s, st)
		if n.SoftLineBreak() || n.HardLineBreak() {
			r.add("\n", st)
		}
	case *ast.String:
		r.add(string(n.Value), st)
	case *ast.CodeSpan:
		var b strings.Builder
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				b.WriteString(strings.ReplaceAll(string(t.Segment.Value(r.src)), "\n", " "))
			}
		}
		// Telegram lets code neither hold nor stand in anything else.
		r.add(b.String(), style{code: true})
	case *ast.Emphasis:
		if n.Level >= 2 {
			st.bold = true
		} else {
			st.italic = true
		}
		r.inlines(n, st)
	case *ast.Link:
		st.link = address(unescape(string(n.Destination)))
		r.inlines(n, st)
	case *ast.AutoLink:
		if n.AutoLinkType == ast.AutoLinkURL {
			st.link = address(string(n.URL(r.src)))
		}
		r.add(string(n.Label(r.src)), st)
	case *ast.RawHTML:
		for i := range n.Segments.Len() {
			seg := n.Segments.At(i)
			r.add(string(seg.Value(r.src)), st)
		}
	default: // an image is its description
		r.inlines(n, st)
	}
}

// address is where a link may lead, or "".
func address(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}

// unescape takes away the backslash before punctuation and reads character
// references (CommonMark 2.4 and 2.5).
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && util.IsPunct(s[i+1]):
			i++
			b.WriteByte(s[i])
		case s[i] == '&':
			end := strings.IndexByte(s[i:], ';')
			if end < 0 || end > 40 {
				b.WriteByte('&')
				continue
			}
			b.WriteString(html.UnescapeString(s[i : i+end+1]))
			i += end
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// clean leaves out what no text should hold: control characters, and marks
// that turn the direction of what follows.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r >= 0xE0000 && r <= 0xE007F, r == 0xFEFF:
			return -1
		case r == utf8.RuneError:
			return '?'
		}
		return r
	}, s)
}
