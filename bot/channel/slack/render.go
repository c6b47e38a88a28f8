package slack

import (
	"html"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// escape is what Slack asks for: &, < and > alone. It also makes every mention
// (<!channel>, <@U1>) a harmless text.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace

// tame keeps characters that mrkdwn would take for markup from being obeyed: a
// word joiner, which nobody sees, stands before them. Between two letters or
// digits they mean nothing to Slack, and addresses stay whole to copy.
func tame(s string) string {
	if !strings.ContainsAny(s, "*_~`") {
		return s
	}
	rs := []rune(s)
	word := func(i int) bool { return i >= 0 && i < len(rs) && (unicode.IsLetter(rs[i]) || unicode.IsDigit(rs[i])) }
	var b strings.Builder
	for i, r := range rs {
		if strings.ContainsRune("*_~`", r) && (r == '`' || !word(i-1) || !word(i+1)) {
			b.WriteRune('\u2060')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// mrkdwn turns the CommonMark subset of bot.Message into paragraphs of Slack's
// mrkdwn (https://docs.slack.dev/messaging/formatting-message-text).
func mrkdwn(markdown string) []string {
	source := []byte(markdown)
	doc := goldmark.DefaultParser().Parse(text.NewReader(source))
	var out []string
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		w := writer{source: source}
		w.block(n, "")
		if s := strings.TrimSpace(w.String()); s != "" {
			out = append(out, s)
		}
	}
	return out
}

type writer struct {
	strings.Builder
	source []byte
}

func (w *writer) block(n ast.Node, indent string) {
	switch n := n.(type) {
	case *ast.List:
		number := n.Start
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			if item != n.FirstChild() {
				w.WriteString("\n" + indent)
			}
			if n.IsOrdered() {
				w.WriteString(strconv.Itoa(number) + ". ")
				number++
			} else {
				w.WriteString("• ")
			}
			for c := item.FirstChild(); c != nil; c = c.NextSibling() {
				if c != item.FirstChild() {
					w.WriteString("\n" + indent + "    ")
				}
				w.block(c, indent+"    ")
			}
		}
	case *ast.Heading:
		w.WriteString("*")
		w.inline(n)
		w.WriteString("*")
	case *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock:
		for i := range n.Lines().Len() {
			s := n.Lines().At(i)
			w.WriteString(escape(tame(string(s.Value(w.source)))))
		}
	case *ast.ThematicBreak:
	default:
		if n.FirstChild() != nil && n.FirstChild().Type() == ast.TypeBlock {
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if c != n.FirstChild() {
					w.WriteString("\n" + indent)
				}
				w.block(c, indent)
			}
			return
		}
		w.inline(n)
	}
}

func (w *writer) inline(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			w.WriteString(escape(tame(unescape(string(c.Segment.Value(w.source))))))
			if c.HardLineBreak() || c.SoftLineBreak() {
				w.WriteString("\n")
			}
		case *ast.String:
			w.WriteString(escape(tame(string(c.Value))))
		case *ast.Emphasis:
			w.around(map[bool]string{true: "*", false: "_"}[c.Level >= 2], c)
		case *ast.CodeSpan:
			w.WriteString("`")
			for t := c.FirstChild(); t != nil; t = t.NextSibling() {
				if t, ok := t.(*ast.Text); ok {
					w.WriteString(escape(strings.ReplaceAll(string(t.Segment.Value(w.source)), "`", "'")))
				}
			}
			w.WriteString("`")
		case *ast.Link:
			w.link(c)
		case *ast.AutoLink:
			w.WriteString(escape(string(c.Label(w.source))))
		case *ast.RawHTML:
			for i := range c.Segments.Len() {
				s := c.Segments.At(i)
				w.WriteString(escape(tame(string(s.Value(w.source)))))
			}
		default:
			w.inline(c)
		}
	}
}

// around puts marks around an inline node. mrkdwn obeys them only beside spaces
// and punctuation, so a zero-width space keeps them apart from words.
func (w *writer) around(mark string, n ast.Node) {
	inner := writer{source: w.source}
	inner.inline(n)
	if s := strings.TrimSpace(inner.String()); s != "" {
		w.WriteString("\u200b" + mark + s + mark + "\u200b")
	}
}

// link lets web addresses through and nothing else.
func (w *writer) link(n *ast.Link) {
	inner := writer{source: w.source}
	inner.inline(n)
	label := strings.NewReplacer("|", "¦", "\n", " ").Replace(inner.String())
	to := string(n.Destination)
	if !strings.HasPrefix(to, "https://") && !strings.HasPrefix(to, "http://") {
		w.WriteString(label)
		return
	}
	to = strings.NewReplacer("&", "&amp;", "<", "%3C", ">", "%3E", "|", "%7C").Replace(to)
	w.WriteString("<" + to + "|" + label + ">")
}

// unescape undoes what CommonMark escapes in plain text.
func unescape(s string) string {
	if strings.Contains(s, `\`) {
		s = string(util.UnescapePunctuations([]byte(s)))
	}
	if strings.Contains(s, "&") {
		s = html.UnescapeString(s)
	}
	return s
}
