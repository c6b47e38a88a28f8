// Package telegramfake holds what a strict Telegram for tests is made of,
// written from Telegram's documentation and its server's source and not from
// any client: what Telegram refuses, it refuses, in Telegram's words.
package telegramfake

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Entity is a marked part of a text. Offset and Length count UTF-16 code units
// (https://core.telegram.org/bots/api#messageentity).
type Entity struct {
	Type   string
	Offset int
	Length int
	URL    string // of a text_link
	Lang   string // of a pre with a language
}

// tags are the tags that Telegram takes, and what they mean
// (https://core.telegram.org/bots/api#html-style).
func tags() map[string]string {
	return map[string]string{
		"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
		"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
		"a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
	}
}

// opened is a tag that has not ended yet.
type opened struct {
	name, url, lang string
	from            int
}

// ParseHTML reads a text with parse_mode HTML as Telegram's server does
// (parse_html in https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp):
// it returns what a person reads, and the entities. The error is what the Bot
// API says after "Bad Request: can't parse entities: ".
func ParseHTML(s string) (text string, entities []Entity, err error) {
	if !utf8.ValidString(s) {
		return "", nil, refuse("text must be encoded in UTF-8")
	}
	var out strings.Builder
	var open []opened
	units, known := 0, tags()
	for i := 0; i < len(s); {
		switch {
		case s[i] == '&':
			r, n := reference(s[i:])
			if n == 0 {
				r, n = '&', 1 // Telegram shows a reference that it does not know
			}
			out.WriteRune(r)
			units += runeUnits(r)
			i += n
		case s[i] != '<':
			r, n := utf8.DecodeRuneInString(s[i:])
			out.WriteRune(r)
			units += runeUnits(r)
			i += n
		case i+1 < len(s) && s[i+1] == '/':
			begin := i
			if len(open) == 0 {
				return "", nil, refuse("Unexpected end tag at byte offset %d", begin)
			}
			end := strings.IndexByte(s[i:], '>')
			if end < 0 {
				return "", nil, refuse("Unclosed end tag at byte offset %d", begin)
			}
			name := strings.ToLower(strings.TrimSpace(s[i+2 : i+end]))
			top := open[len(open)-1]
			if name != "" && name != top.name {
				return "", nil, refuse("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, top.name, name)
			}
			open = open[:len(open)-1]
			if e := (Entity{Type: known[top.name], Offset: top.from, Length: units - top.from, URL: top.url, Lang: top.lang}); e.Length > 0 {
				entities = append(entities, e)
			}
			i += end + 1
		default:
			o, n, err := startTag(s, i, known)
			if err != nil {
				return "", nil, err
			}
			o.from = units
			open = append(open, o)
			i += n
		}
	}
	if len(open) > 0 {
		return "", nil, refuse("Can't find end tag corresponding to start tag \"%s\"", open[len(open)-1].name)
	}
	return out.String(), entities, nil
}

// startTag reads the tag that begins at an offset, and says how long it is.
func startTag(s string, at int, known map[string]string) (opened, int, error) {
	i := at + 1
	for i < len(s) && !space(s[i]) && s[i] != '>' {
		i++
	}
	if i >= len(s) {
		return opened{}, 0, refuse("Unclosed start tag at byte offset %d", at)
	}
	o := opened{name: strings.ToLower(s[at+1 : i])}
	if known[o.name] == "" {
		return opened{}, 0, refuse("Unsupported start tag \"%s\" at byte offset %d", o.name, at)
	}
	spoiler := false
	for {
		for i < len(s) && space(s[i]) {
			i++
		}
		if i >= len(s) {
			return opened{}, 0, refuse("Unclosed start tag \"%s\" at byte offset %d", o.name, at)
		}
		if s[i] == '>' {
			break
		}
		from := i
		for i < len(s) && !space(s[i]) && s[i] != '=' && s[i] != '>' {
			i++
		}
		attr := strings.ToLower(s[from:i])
		if attr == "" {
			return opened{}, 0, refuse("Empty attribute name in the tag \"%s\" at byte offset %d", o.name, at)
		}
		for i < len(s) && space(s[i]) {
			i++
		}
		if i >= len(s) {
			return opened{}, 0, refuse("Unclosed start tag \"%s\" at byte offset %d", o.name, at)
		}
		if s[i] != '=' {
			continue // an attribute without a value, such as expandable
		}
		i++
		for i < len(s) && space(s[i]) {
			i++
		}
		if i >= len(s) {
			return opened{}, 0, refuse("Unclosed start tag \"%s\" at byte offset %d", o.name, at)
		}
		value, n := "", 0
		if s[i] == '"' || s[i] == '\'' {
			end := strings.IndexByte(s[i+1:], s[i])
			if end < 0 {
				return opened{}, 0, refuse("Unclosed start tag at byte offset %d", at)
			}
			value, n = unescape(s[i+1:i+1+end]), end+2
		} else {
			for i+n < len(s) && token(s[i+n]) {
				n++
			}
			if i+n >= len(s) || !space(s[i+n]) && s[i+n] != '>' {
				return opened{}, 0, refuse("Unexpected end of name token at byte offset %d", i)
			}
			value = strings.ToLower(s[i : i+n])
		}
		i += n
		switch {
		case o.name == "a" && attr == "href":
			o.url = value
		case o.name == "code" && attr == "class":
			o.lang = strings.TrimPrefix(value, "language-")
		case o.name == "span" && attr == "class" && value == "tg-spoiler":
			spoiler = true
		}
	}
	if o.name == "span" && !spoiler {
		return opened{}, 0, refuse("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", at)
	}
	return o, i + 1 - at, nil
}

// token tells whether a value may hold a byte without being quoted.
func token(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-'
}

// unescape reads the character references in a value.
func unescape(v string) string {
	var out strings.Builder
	for v != "" {
		r, size := reference(v)
		if size == 0 {
			r, size = utf8.DecodeRuneInString(v)
		}
		out.WriteRune(r)
		v = v[size:]
	}
	return out.String()
}

// reference reads a character reference: the four named ones that Telegram
// knows, and numbers. n is 0 when there is none.
func reference(s string) (r rune, n int) {
	end := strings.IndexByte(s, ';')
	if len(s) < 3 || s[0] != '&' || end < 2 || end > 10 {
		return 0, 0
	}
	switch name := s[1:end]; name {
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "amp":
		return '&', end + 1
	case "quot":
		return '"', end + 1
	default:
		if name[0] != '#' {
			return 0, 0
		}
		digits, base := name[1:], 10
		if len(digits) > 1 && digits[0] == 'x' {
			digits, base = digits[1:], 16
		}
		v, err := strconv.ParseUint(digits, base, 32)
		if err != nil || v == 0 || v > utf8.MaxRune || !utf8.ValidRune(rune(v)) {
			return 0, 0
		}
		return rune(v), end + 1
	}
}

// Units is a text's length as Telegram's limits count it, in UTF-16 code units.
func Units(s string) int {
	n := 0
	for _, r := range s {
		n += runeUnits(r)
	}
	return n
}

func runeUnits(r rune) int { return max(1, utf16.RuneLen(r)) }

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// refusal is an error in Telegram's words, which are not Go's style.
type refusal string

func (r refusal) Error() string { return string(r) }

func refuse(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }
