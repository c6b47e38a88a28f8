package telegram

import (
	"strings"
)

// What one message may hold, in UTF-16 code units after the tags are read
// (https://core.telegram.org/bots/api#sendmessage, #sendphoto), and how many
// entities are kept.
const (
	maxText     = 4096
	maxCaption  = 1024
	maxEntities = 100
)

var (
	escapeText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	escapeAttr = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
)

// toHTML writes pieces in Telegram's HTML
// (https://core.telegram.org/bots/api#html-style).
func toHTML(pieces []piece) string {
	var b strings.Builder
	link := ""
	for _, p := range pieces {
		if p.link != link {
			if link != "" {
				b.WriteString("</a>")
			}
			if link = p.link; link != "" {
				b.WriteString(`<a href="` + escapeAttr.Replace(link) + `">`)
			}
		}
		open, end := p.tags()
		b.WriteString(open + escapeText.Replace(p.text) + end)
	}
	if link != "" {
		b.WriteString("</a>")
	}
	return b.String()
}

// tags stand around the text of a piece, inside its link.
func (p piece) tags() (open, end string) {
	switch {
	case strings.TrimSpace(p.text) == "": // an entity around nothing is refused
		return "", ""
	case p.pre:
		return "<pre>", "</pre>"
	case p.code:
		return "<code>", "</code>"
	}
	if p.bold {
		open, end = "<b>", "</b>"
	}
	if p.italic {
		open, end = open+"<i>", "</i>"+end
	}
	return open, end
}

func (p piece) plain() bool { return p.style == style{} }

// toPlain writes pieces without any markup, for when Telegram refuses it.
func toPlain(pieces []piece) string {
	var b strings.Builder
	for i, p := range pieces {
		b.WriteString(p.text)
		last := i+1 == len(pieces) || pieces[i+1].link != p.link
		if p.link != "" && last && p.link != p.text {
			b.WriteString(" (" + p.link + ")")
		}
	}
	return b.String()
}

// size is the length of pieces as Telegram counts it.
func size(pieces []piece) int {
	n := 0
	for _, p := range pieces {
		n += length(p.text)
	}
	return n
}

func length(s string) int {
	n := 0
	for _, r := range s {
		n += units(r)
	}
	return n
}

// split cuts pieces into messages of at most limit code units: at the end of a
// paragraph, else of a line, else of a word, else wherever it must be. What
// would be blank is left out.
func split(pieces []piece, limit int) [][]piece {
	var out [][]piece
	for {
		pieces = trim(pieces)
		if len(pieces) == 0 {
			return out
		}
		head, rest := cut(pieces, limit)
		out = append(out, trim(head))
		pieces = rest
	}
}

// cut takes off as much as fits into one message.
func cut(pieces []piece, limit int) (head, rest []piece) {
	type spot struct{ piece, at int } // before byte at of a piece
	var best [4]spot                  // by rank of the place, the last one that fits
	n, entities, newline := 0, 0, false
	for i, p := range pieces {
		if !p.plain() {
			entities++
		}
		if entities > maxEntities {
			best[3] = spot{i, 0}
			return cutAt(pieces, best[rank(best[0] != spot{}, best[1] != spot{}, best[2] != spot{})])
		}
		for at, r := range p.text {
			if n+units(r) > limit {
				best[3] = spot{i, at}
				return cutAt(pieces, best[rank(best[0] != spot{}, best[1] != spot{}, best[2] != spot{})])
			}
			n += units(r)
			next := spot{i, at + len(string(r))}
			switch {
			case r == '\n' && newline:
				best[0] = next
			case r == '\n':
				best[1] = next
			case r == ' ' && n > limit/2:
				best[2] = next
			}
			newline = r == '\n'
		}
	}
	return pieces, nil
}

// rank is the best kind of place that was found.
func rank(paragraph, line, word bool) int {
	switch {
	case paragraph:
		return 0
	case line:
		return 1
	case word:
		return 2
	}
	return 3
}

func cutAt(pieces []piece, s struct{ piece, at int }) (head, rest []piece) {
	p := pieces[s.piece]
	head = append(head, pieces[:s.piece]...)
	if s.at > 0 {
		head = append(head, piece{p.text[:s.at], p.style})
	}
	if s.at < len(p.text) {
		rest = append(rest, piece{p.text[s.at:], p.style})
	}
	return head, append(rest, pieces[s.piece+1:]...)
}

// trim takes blanks off both ends: Telegram does so too.
func trim(pieces []piece) []piece {
	out := append([]piece(nil), pieces...)
	for len(out) > 0 {
		out[0].text = strings.TrimLeft(out[0].text, " \t\n")
		if out[0].text != "" {
			break
		}
		out = out[1:]
	}
	for len(out) > 0 {
		n := len(out) - 1
		out[n].text = strings.TrimRight(out[n].text, " \t\n")
		if out[n].text != "" {
			break
		}
		out = out[:n]
	}
	return out
}
