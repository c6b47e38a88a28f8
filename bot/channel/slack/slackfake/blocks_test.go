package slackfake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

func js(t *testing.T, v any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func x(n int) string { return strings.Repeat("я", n) } // characters, not bytes

func txt(kind string, n int) object { return object{"type": kind, "text": x(n)} }

func many(n int, f func(i int) any) []any {
	out := []any{}
	for i := range n {
		out = append(out, f(i))
	}
	return out
}

func button(more object) object {
	out := object{"type": "button", "text": txt("plain_text", 5)}
	for k, v := range more {
		out[k] = v
	}
	return out
}

func actions(elems ...any) object { return object{"type": "actions", "elements": elems} }

func choice(text, value int) object {
	return object{"text": txt("plain_text", text), "value": x(value)}
}

func menu(n int, o object) object {
	return object{"type": "static_select", "placeholder": txt("plain_text", 3), "options": many(n, func(int) any { return o })}
}

// Each limit is tried at its edge, where it must pass, and one above.
func TestEveryLimitHolds(t *testing.T) {
	for name, c := range map[string]struct {
		at   int
		make func(n int) any
	}{
		"section text":  {3000, func(n int) any { return object{"type": "section", "text": txt("mrkdwn", n)} }},
		"section field": {2000, func(n int) any { return object{"type": "section", "fields": []any{txt("mrkdwn", n)}} }},
		"section fields": {10, func(n int) any {
			return object{"type": "section", "fields": many(n, func(int) any { return txt("mrkdwn", 1) })}
		}},
		"header":           {150, func(n int) any { return object{"type": "header", "text": txt("plain_text", n)} }},
		"block_id":         {255, func(n int) any { return object{"type": "divider", "block_id": x(n)} }},
		"actions elements": {25, func(n int) any { return actions(many(n, func(int) any { return button(nil) })...) }},
		"context elements": {10, func(n int) any {
			return object{"type": "context", "elements": many(n, func(int) any { return txt("mrkdwn", 1) })}
		}},
		"context_actions": {5, func(n int) any {
			b := object{"type": "icon_button", "icon": "trash", "text": txt("plain_text", 2)}
			return object{"type": "context_actions", "elements": many(n, func(int) any { return b })}
		}},
		"button text":     {75, func(n int) any { return actions(button(object{"text": txt("plain_text", n)})) }},
		"button value":    {2000, func(n int) any { return actions(button(object{"value": x(n)})) }},
		"button url":      {3000, func(n int) any { return actions(button(object{"url": "https://a/" + strings.Repeat("b", n-10)})) }},
		"action_id":       {255, func(n int) any { return actions(button(object{"action_id": x(n)})) }},
		"button label":    {75, func(n int) any { return actions(button(object{"accessibility_label": x(n)})) }},
		"confirm title":   {100, func(n int) any { return actions(button(object{"confirm": dialog(n, 1, 1, 1)})) }},
		"confirm text":    {300, func(n int) any { return actions(button(object{"confirm": dialog(1, n, 1, 1)})) }},
		"confirm confirm": {30, func(n int) any { return actions(button(object{"confirm": dialog(1, 1, n, 1)})) }},
		"confirm deny":    {30, func(n int) any { return actions(button(object{"confirm": dialog(1, 1, 1, n)})) }},
		"select options":  {100, func(n int) any { return actions(menu(n, choice(1, 1))) }},
		"option text":     {75, func(n int) any { return actions(menu(1, choice(n, 1))) }},
		"option value":    {150, func(n int) any { return actions(menu(1, choice(1, n))) }},
		"placeholder": {150, func(n int) any {
			m := menu(1, choice(1, 1))
			m["placeholder"] = txt("plain_text", n)
			return actions(m)
		}},
		"description": {75, func(n int) any {
			o := choice(1, 1)
			o["description"] = txt("plain_text", n)
			return actions(menu(1, o))
		}},
		"option groups": {100, func(n int) any {
			g := object{"label": txt("plain_text", 1), "options": []any{choice(1, 1)}}
			return actions(object{"type": "static_select", "option_groups": many(n, func(int) any { return g })})
		}},
		"group label": {75, func(n int) any {
			g := object{"label": txt("plain_text", n), "options": []any{choice(1, 1)}}
			return actions(object{"type": "static_select", "option_groups": []any{g}})
		}},
		"overflow": {5, func(n int) any {
			return actions(object{"type": "overflow", "options": many(n, func(int) any { return choice(1, 1) })})
		}},
		"radio buttons": {10, func(n int) any {
			return actions(object{"type": "radio_buttons", "options": many(n, func(int) any { return choice(1, 1) })})
		}},
		"checkboxes": {10, func(n int) any {
			return actions(object{"type": "checkboxes", "options": many(n, func(int) any { return choice(1, 1) })})
		}},
		"alt text": {2000, func(n int) any { return object{"type": "image", "image_url": "https://a/b.png", "alt_text": x(n)} }},
		"image title": {2000, func(n int) any {
			return object{"type": "image", "image_url": "https://a/b.png", "alt_text": "a", "title": txt("plain_text", n)}
		}},
		"image url": {3000, func(n int) any {
			return object{"type": "image", "image_url": "https://a/" + strings.Repeat("b", n-10), "alt_text": "a"}
		}},
		"markdown":    {12000, func(n int) any { return object{"type": "markdown", "text": x(n)} }},
		"video title": {199, func(n int) any { v := video(); v["title"] = txt("plain_text", n); return v }},
		"input label": {2000, func(n int) any {
			return object{"type": "input", "label": txt("plain_text", n), "element": object{"type": "plain_text_input"}}
		}},
		"feedback text":  {75, func(n int) any { return feedback(n, 1) }},
		"feedback value": {2000, func(n int) any { return feedback(1, n) }},
	} {
		if p := Validate(ForMessage, js(t, []any{c.make(c.at)})); p != nil {
			t.Errorf("%s: %d refused: %v", name, c.at, p)
		}
		if p := Validate(ForMessage, js(t, []any{c.make(c.at + 1)})); len(p) != 1 || p[0].Code != "" {
			t.Errorf("%s: %d gave %v", name, c.at+1, p)
		}
	}
}

func dialog(title, text, yes, no int) object {
	return object{"title": txt("plain_text", title), "text": txt("mrkdwn", text), "confirm": txt("plain_text", yes), "deny": txt("plain_text", no)}
}

func video() object {
	return object{"type": "video", "alt_text": "a", "title": txt("plain_text", 1), "thumbnail_url": "https://a/b", "video_url": "https://a/c"}
}

func feedback(text, value int) object {
	b := object{"text": txt("plain_text", text), "value": x(value)}
	good := object{"text": txt("plain_text", 1), "value": "1"}
	return object{"type": "context_actions", "elements": []any{object{"type": "feedback_buttons", "positive_button": b, "negative_button": good}}}
}

func TestTheNumberOfBlocks(t *testing.T) {
	divider := func(int) any { return object{"type": "divider"} }
	for _, c := range []struct {
		surface string
		n, bad  int
	}{{ForMessage, 50, 0}, {ForMessage, 51, 1}, {ForHome, 100, 0}, {ForHome, 101, 1}, {ForModal, 100, 0}, {ForModal, 101, 1}} {
		if p := Validate(c.surface, js(t, many(c.n, divider))); len(p) != c.bad {
			t.Errorf("%d on %s: %v", c.n, c.surface, p)
		}
	}
}

func TestAllTextsTogether(t *testing.T) {
	section := func(n int) any { return object{"type": "section", "text": txt("mrkdwn", n)} }
	blocks := func(last int) json.RawMessage {
		return js(t, append(many(4, func(int) any { return section(3000) }), section(last)))
	}
	if p := Validate(ForMessage, blocks(1200)); p != nil {
		t.Error(p)
	}
	if p := Validate(ForMessage, blocks(1201)); len(p) != 1 || p[0].Code != "msg_blocks_too_long" {
		t.Error(p)
	}
	md := func(a, b int) json.RawMessage {
		return js(t, []any{object{"type": "markdown", "text": x(a)}, object{"type": "markdown", "text": x(b)}})
	}
	if Validate(ForMessage, md(6000, 6000)) != nil || Validate(ForMessage, md(6000, 6001)) == nil {
		t.Error("12,000 characters in all markdown blocks")
	}
}

func TestWhatIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		block object
		want  string
	}{
		"unknown block":        {object{"type": "carousel"}, "unsupported type"},
		"no type":              {object{}, "unsupported type"},
		"alert":                {object{"type": "alert"}, "unsupported type"},
		"unknown property":     {object{"type": "divider", "colour": "red"}, "invalid additional property: colour"},
		"empty section":        {object{"type": "section"}, "text or fields"},
		"empty text":           {object{"type": "section", "text": txt("mrkdwn", 0)}, "more than 0"},
		"mrkdwn header":        {object{"type": "header", "text": txt("mrkdwn", 1)}, "plain_text"},
		"emoji in mrkdwn":      {object{"type": "section", "text": object{"type": "mrkdwn", "text": "x", "emoji": true}}, "emoji"},
		"image without alt":    {object{"type": "image", "image_url": "https://a/b"}, "alt_text"},
		"image without source": {object{"type": "image", "alt_text": "a"}, "image_url or slack_file"},
		"broken url":           {object{"type": "image", "alt_text": "a", "image_url": "nonsense"}, "valid URL"},
		"context image":        {object{"type": "context", "elements": []any{object{"type": "image", "image_url": "https://a/b"}}}, "alt_text"},
		"empty actions":        {object{"type": "actions", "elements": []any{}}, "at least 1"},
		"text in actions":      {actions(txt("plain_text", 1)), "unsupported type"},
		"mrkdwn button":        {actions(button(object{"text": txt("mrkdwn", 1)})), "plain_text"},
		"style":                {actions(button(object{"style": "green"})), "must be one of"},
		"same action_id":       {actions(button(object{"action_id": "a"}), button(object{"action_id": "a"})), "already exists"},
		"no options":           {actions(object{"type": "static_select"}), "options or option_groups"},
		"initial option":       {actions(object{"type": "static_select", "options": []any{choice(1, 1)}, "initial_option": choice(1, 2)}), "one of the options"},
		"input in actions":     {actions(object{"type": "plain_text_input"}), "unsupported type"},
		"feedback in actions":  {actions(object{"type": "feedback_buttons"}), "unsupported type"},
		"button in input":      {object{"type": "input", "label": txt("plain_text", 1), "element": button(nil)}, "unsupported type"},
		"http video":           {func() object { v := video(); v["video_url"] = "http://a/b"; return v }(), "https"},
		"number input":         {object{"type": "input", "label": txt("plain_text", 1), "element": object{"type": "number_input"}}, "is_decimal_allowed"},
		"slack_file":           {object{"type": "image", "alt_text": "a", "slack_file": object{}}, "id or url"},
		"rich_text":            {object{"type": "rich_text", "elements": []any{object{"type": "rich_text_poem", "elements": []any{}}}}, "must be one of"},
		"table rows":           {object{"type": "table", "rows": many(101, func(int) any { return []any{object{}} })}, "no more than 100"},
		"a string for a flag":  {object{"type": "section", "text": txt("mrkdwn", 1), "expand": "yes"}, "boolean"},
	} {
		p := Validate(ForMessage, js(t, []any{c.block}))
		if !slices.ContainsFunc(p, func(p Problem) bool { return strings.Contains(p.String(), c.want) }) {
			t.Errorf("%s: %v", name, p)
		}
	}
	if p := Validate(ForMessage, json.RawMessage(`{"a":1}`)); len(p) != 1 || p[0].Code != "invalid_blocks_format" {
		t.Error(p)
	}
	same := js(t, []any{object{"type": "divider", "block_id": "a"}, object{"type": "divider", "block_id": "a"}})
	if p := Validate(ForMessage, same); len(p) != 1 {
		t.Error("block_id twice:", p)
	}
	two := js(t, []any{actions(button(object{"action_id": "a"})), actions(button(object{"action_id": "a"}))})
	if p := Validate(ForMessage, two); p != nil {
		t.Error("an action_id in two blocks is allowed:", p)
	}
	for _, b := range []any{object{"type": "markdown", "text": "x"}, feedback(1, 1)} {
		if Validate(ForHome, js(t, []any{b})) == nil {
			t.Errorf("%v on the Home tab", b)
		}
	}
}

// What the library makes must pass, or the rules are wrong.
func TestTheLibrarysBlocksPass(t *testing.T) {
	plain := func(s string) *slack.TextBlockObject { return slack.NewTextBlockObject("plain_text", s, true, false) }
	md := slack.NewTextBlockObject("mrkdwn", "*hello*", false, false)
	opt := slack.NewOptionBlockObject("v", plain("Option"), nil)
	sel := slack.NewOptionsSelectBlockElement("static_select", plain("Choose"), "pick", opt)
	fb := slack.NewFeedbackButtonsBlockElement("fb", slack.NewFeedbackButton(plain("Good"), "1"), slack.NewFeedbackButton(plain("Bad"), "0"))
	blocks := []slack.Block{
		slack.NewHeaderBlock(plain("Header")),
		slack.NewSectionBlock(md, []*slack.TextBlockObject{md, md}, slack.NewAccessory(sel)),
		slack.NewDividerBlock(),
		slack.NewMarkdownBlock("", "**bold**"),
		slack.NewImageBlock("https://a.example/b.png", "a picture", "", plain("Picture")),
		slack.NewContextBlock("", md, slack.NewImageBlockElement("https://a.example/b.png", "a picture")),
		slack.NewActionBlock("choices", slack.NewButtonBlockElement("yes", "1", plain("Yes")).WithStyle(slack.StylePrimary), sel),
		slack.NewContextActionsBlock("", fb),
		slack.NewVideoBlock("https://a.example/v", "https://a.example/t.png", "a film", "", plain("Film")),
	}
	if p := Validate(ForMessage, js(t, blocks)); p != nil {
		t.Error(p)
	}
	want := "# Header\n*hello*\n*hello*\n*hello*\n[Choose: Option]\n---\n**bold**\n(image: a picture)\n*hello* (image: a picture)\n[Yes] [Choose: Option]\n[Good] [Bad]\n(video: a film)"
	if got := Read("fallback", js(t, blocks)); got != want {
		t.Errorf("reads as\n%s", got)
	}
}

func TestRefusedBlocksNameTheirPlace(t *testing.T) {
	s, api := start(t, Config{})
	long := slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", x(3001), false, false), nil, nil)
	_, _, err := api.PostMessage(General, slack.MsgOptionBlocks(long))
	wants(t, err, "invalid_blocks")
	se := err.(slack.SlackErrorResponse)
	if want := "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"; len(se.ResponseMetadata.Messages) != 1 || se.ResponseMetadata.Messages[0] != want {
		t.Error(se.ResponseMetadata.Messages)
	}
	film := slack.NewVideoBlock("https://a.example/v", "https://a.example/t.png", "a film", "", slack.NewTextBlockObject("plain_text", "Film", false, false))
	_, _, err = api.PostMessage(General, slack.MsgOptionBlocks(film))
	wants(t, err, "")
	s.SetScopes("chat:write")
	_, _, err = api.PostMessage(General, slack.MsgOptionBlocks(film))
	wants(t, err, "invalid_blocks")
}

func TestUnescapedTextIsNoticed(t *testing.T) {
	s, api := start(t, Config{})
	text := "Hi <@U1> <!channel> <#C1|general> <https://a.example|link> <mailto:a@b.c> <!date^1^{date}|x> press <Enter> &lt;fine&gt;"
	if _, _, err := api.PostMessage(General, slack.MsgOptionText(text, false)); err != nil {
		t.Fatal(err)
	}
	m := s.Messages(General, "")[0]
	if fmt.Sprint(m.Mentions) != "[<@U1> <!channel> <#C1|general>]" || fmt.Sprint(m.Stray) != "[<Enter>]" {
		t.Error(m.Mentions, m.Stray)
	}
	plain := slack.NewTextBlockObject("plain_text", "<@U1>", false, false)
	md := slack.NewTextBlockObject("mrkdwn", "<@U2>", false, false)
	_, _, err := api.PostMessage(General, slack.MsgOptionBlocks(
		slack.NewHeaderBlock(plain), slack.NewSectionBlock(md, nil, nil), slack.NewMarkdownBlock("", "<!here>")))
	if err != nil {
		t.Fatal(err)
	}
	if m := s.Messages(General, "")[1]; fmt.Sprint(m.Mentions) != "[<@U2> <!here>]" {
		t.Error(m.Mentions)
	}
}
