package slackfake

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var sequence = regexp.MustCompile(`<([^<>\n]+)>`)

// notices tells the control sequences in what the app has posted: those that
// notify or name somebody (users, channels, groups, @here), and the stray ones,
// which are neither that nor a link and so show that < was not escaped
// (https://docs.slack.dev/messaging/formatting-message-text).
func notices(texts []string) (mentions, stray []string) {
	for _, text := range texts {
		for _, m := range sequence.FindAllStringSubmatch(text, -1) {
			body := m[1]
			target, _, _ := strings.Cut(body, "|")
			switch {
			case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"):
				mentions = append(mentions, m[0])
			case strings.HasPrefix(target, "!date^"):
			case strings.HasPrefix(target, "!"):
				mentions = append(mentions, m[0])
			case strings.Contains(target, "://"), strings.HasPrefix(target, "mailto:"), strings.HasPrefix(target, "tel:"):
			default:
				stray = append(stray, m[0])
			}
		}
	}
	return mentions, stray
}

// marked are all texts of a message in which control sequences work: the text,
// mrkdwn objects and markdown blocks, but not plain_text objects.
func marked(text string, blocks json.RawMessage) []string {
	out := []string{text}
	walk(decode(blocks), func(o map[string]any) {
		if s, ok := o["text"].(string); ok && (o["type"] == "mrkdwn" || o["type"] == "markdown") {
			out = append(out, s)
		}
	})
	return out
}

func decode(blocks json.RawMessage) any {
	if blocks == nil {
		return nil
	}
	var v any
	if json.Unmarshal(blocks, &v) != nil {
		return nil // was validated before; foreign blocks simply show nothing
	}
	return v
}

// walk visits every object below v, parents first, arrays in order.
func walk(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			walk(x, visit)
		}
	case map[string]any:
		visit(v)
		for _, k := range sortedKeys(v) {
			walk(v[k], visit)
		}
	}
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Read is what a user reads in a message: the blocks when there are any, one a
// line, buttons in brackets; the text otherwise.
func Read(text string, blocks json.RawMessage) string {
	list, _ := decode(blocks).([]any)
	if len(list) == 0 {
		return text
	}
	var lines []string
	for _, b := range list {
		if o, ok := b.(map[string]any); ok {
			lines = append(lines, readBlock(o)...)
		}
	}
	return strings.Join(lines, "\n")
}

func readBlock(o map[string]any) []string {
	switch o["type"] {
	case "divider":
		return []string{"---"}
	case "header":
		return []string{"# " + label(o["text"])}
	case "markdown":
		return []string{label(o)}
	case "image", "video":
		return []string{fmt.Sprintf("(%s: %s)", o["type"], o["alt_text"])}
	case "input":
		e, _ := o["element"].(map[string]any)
		return []string{label(o["label"]) + ": " + readElement(e)}
	case "rich_text":
		var text strings.Builder
		walk(o["elements"], func(e map[string]any) {
			if s, ok := e["text"].(string); ok {
				text.WriteString(s)
			}
		})
		return []string{text.String()}
	}
	var lines []string
	if t := label(o["text"]); t != "" {
		lines = append(lines, t)
	}
	fields, _ := o["fields"].([]any)
	for _, f := range fields {
		lines = append(lines, label(f))
	}
	var row []string
	elems, _ := o["elements"].([]any)
	if a, ok := o["accessory"]; ok {
		elems = append(elems, a)
	}
	for _, e := range elems {
		if m, ok := e.(map[string]any); ok {
			row = append(row, readElement(m))
		}
	}
	if len(row) > 0 {
		lines = append(lines, strings.Join(row, " "))
	}
	return lines
}

func readElement(e map[string]any) string {
	switch e["type"] {
	case "button", "icon_button":
		return "[" + label(e["text"]) + "]"
	case "feedback_buttons":
		p, _ := e["positive_button"].(map[string]any)
		n, _ := e["negative_button"].(map[string]any)
		return "[" + label(p["text"]) + "] [" + label(n["text"]) + "]"
	case "image":
		return fmt.Sprintf("(image: %s)", e["alt_text"])
	case "plain_text", "mrkdwn":
		return label(e)
	case "plain_text_input", "email_text_input", "url_text_input", "number_input":
		return "____"
	}
	var opts []string
	for _, o := range options(e) {
		opts = append(opts, label(o["text"]))
	}
	return "[" + label(e["placeholder"]) + ": " + strings.Join(opts, " | ") + "]"
}

// label is the text of a text object.
func label(v any) string {
	o, _ := v.(map[string]any)
	s, _ := o["text"].(string)
	return s
}
