package slackfake

import (
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Surfaces on which blocks stand.
const (
	ForMessage = "message"
	ForModal   = "modal"
	ForHome    = "home"
)

// Slack's limits for a list of blocks.
const (
	maxBlocks     = 50  // in a message
	maxViewBlocks = 100 // in a modal or the Home tab
	// The length of all texts together is limited and undocumented: about this
	// many characters (measured, https://github.com/slackapi/bolt-js/issues/2509).
	maxChars = 13200
)

// Problem is one broken rule.
type Problem struct {
	Path string // JSON pointer
	Text string
	Code string // the API's error code; "" is invalid_blocks
}

func (p Problem) String() string { return p.Text + " [json-pointer:" + p.Path + "]" }

// Validate checks a JSON array of blocks against everything that Slack
// documents (https://docs.slack.dev/reference/block-kit/blocks) and returns
// what it would refuse, nil when nothing. Surface is ForMessage, ForModal or
// ForHome.
func Validate(surface string, blocks json.RawMessage) []Problem {
	var all []any
	if err := json.Unmarshal(blocks, &all); err != nil {
		return []Problem{{Path: "/blocks", Text: "must be an array: " + err.Error(), Code: "invalid_blocks_format"}}
	}
	c := &checker{surface: surface, blockIDs: map[string]bool{}}
	limit := maxViewBlocks
	if surface == ForMessage {
		limit = maxBlocks
	}
	if len(all) > limit {
		c.bad("/blocks", "no more than %d items allowed", limit)
	}
	for i, b := range all {
		c.block(fmt.Sprintf("/blocks/%d", i), b)
	}
	if surface == ForMessage && c.chars > maxChars {
		c.problems = append(c.problems, Problem{Path: "/blocks", Code: "msg_blocks_too_long", Text: fmt.Sprintf("%d characters are too many", c.chars)})
	}
	return c.problems
}

// layout is one type of block: where it may stand and its properties.
type layout struct {
	on    []string // surfaces; nil is all of them
	props []prop
	also  func(c *checker, path string, o map[string]any)
}

// layouts are the types of block that an app may post. Others, such as file,
// alert, card or carousel, exist but are refused.
func layouts() map[string]layout {
	only := []string{ForMessage}
	return map[string]layout{
		"section": {props: []prop{
			{"text", false, anyText(3000)}, {"fields", false, list(1, 10, anyText(2000))}, {"expand", false, flag},
			{"accessory", false, element(kinds("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input", "feedback_buttons", "icon_button")...)},
		}, also: func(c *checker, path string, o map[string]any) {
			if o["text"] == nil && o["fields"] == nil {
				c.bad(path, "missing required field: text or fields")
			}
		}},
		"divider": {},
		"header":  {props: []prop{{"text", true, plain(150)}}},
		"image": {props: []prop{
			{"alt_text", true, str(1, 2000)}, {"image_url", false, link}, {"slack_file", false, slackFile}, {"title", false, plain(2000)},
		}, also: oneImage},
		"actions": {props: []prop{
			{"elements", true, list(1, 25, element(kinds("image", "feedback_buttons", "icon_button", "plain_text_input", "email_text_input", "url_text_input", "number_input", "file_input",
				"multi_static_select", "multi_users_select")...))},
		}},
		"context":         {props: []prop{{"elements", true, list(1, 10, contextElement)}}},
		"context_actions": {on: only, props: []prop{{"elements", true, list(1, 5, element("feedback_buttons", "icon_button"))}}},
		"input": {props: []prop{
			{"label", true, plain(2000)}, {"hint", false, plain(2000)}, {"optional", false, flag}, {"dispatch_action", false, flag},
			{"element", true, element(kinds("button", "image", "overflow", "feedback_buttons", "icon_button")...)},
		}},
		"markdown":  {on: only, props: []prop{{"text", true, markdownText}}},
		"rich_text": {props: []prop{{"elements", true, list(0, 1000, richText)}}},
		"video": {props: []prop{
			{"alt_text", true, str(1, 2000)}, {"title", true, plain(199)}, {"title_url", false, link}, {"description", false, plain(200)},
			{"thumbnail_url", true, link}, {"video_url", true, secureLink}, {"author_name", false, str(1, 49)},
			{"provider_name", false, str(1, 255)}, {"provider_icon_url", false, link},
		}},
		"table": {on: only, props: []prop{
			{"rows", true, list(1, 100, list(1, 20, free))}, {"column_settings", false, list(0, 20, free)},
		}},
	}
}

func (c *checker) block(path string, v any) {
	o, _ := v.(map[string]any)
	kind, _ := o["type"].(string)
	l, ok := layouts()[kind]
	if !ok || l.on != nil && !slices.Contains(l.on, c.surface) {
		c.bad(path+"/type", "unsupported type: %q", kind)
		return
	}
	c.actions = map[string]bool{}
	c.props(path, v, append([]prop{{"block_id", false, blockID}}, l.props...))
	if l.also != nil {
		l.also(c, path, o)
	}
}

func blockID(c *checker, path string, v any) {
	str(1, 255)(c, path, v)
	if s, ok := v.(string); ok {
		if c.blockIDs[s] {
			c.bad(path, "`block_id` %q already exists", s)
		}
		c.blockIDs[s] = true
	}
}

// markdownText is a markdown block's text: 12,000 characters for all of them
// together (https://docs.slack.dev/reference/block-kit/blocks/markdown-block).
func markdownText(c *checker, path string, v any) {
	str(1, maxMarkdown)(c, path, v)
	s, _ := v.(string)
	n := utf8.RuneCountInString(s)
	c.markdown += n
	c.chars += n
	if c.markdown > maxMarkdown && n <= maxMarkdown {
		c.bad(path, "no more than %d characters in all markdown blocks", maxMarkdown)
	}
}

func contextElement(c *checker, path string, v any) {
	if o, _ := v.(map[string]any); o["type"] == "image" {
		element("image")(c, path, v)
		return
	}
	anyText(3000)(c, path, v)
}

func secureLink(c *checker, path string, v any) {
	link(c, path, v)
	if s, _ := v.(string); len(s) < 8 || s[:8] != "https://" {
		c.bad(path, "must be an https URL")
	}
}

func richText(c *checker, path string, v any) {
	c.props(path, v, []prop{
		{"elements", true, free}, {"style", false, words("bullet", "ordered")}, {"indent", false, number(0, 8)},
		{"offset", false, number(0, 1000)}, {"border", false, number(0, 1)},
	})
	o, _ := v.(map[string]any)
	words("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")(c, path+"/type", o["type"])
}

// refuse is the API's error for blocks that break a rule.
func refuse(surface string, blocks json.RawMessage) error {
	problems := Validate(surface, blocks)
	if len(problems) == 0 {
		return nil
	}
	code := problems[0].Code
	if code == "" {
		code = "invalid_blocks"
	}
	var texts []string
	for _, p := range problems {
		texts = append(texts, "[ERROR] "+p.String())
	}
	return fail(code, texts...)
}
