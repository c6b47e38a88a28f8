package slackfake

import (
	"fmt"
	"net/url"
	"unicode/utf8"
)

// rule checks one value and reports what is wrong with it.
type rule func(c *checker, path string, v any)

// prop is one property of a block or element.
type prop struct {
	name string
	need bool
	rule rule
}

// checker walks a list of blocks.
type checker struct {
	surface  string
	problems []Problem
	blockIDs map[string]bool
	actions  map[string]bool // action_ids of the block at hand
	markdown int             // characters in markdown blocks so far
	chars    int             // characters of all texts
}

func (c *checker) bad(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Text: fmt.Sprintf(format, args...)})
}

// props checks an object against its properties; Slack refuses those that it
// does not know.
func (c *checker) props(path string, v any, props []prop) map[string]any {
	o, ok := v.(map[string]any)
	if !ok {
		c.bad(path, "must be an object")
		return nil
	}
	known := map[string]bool{"type": true}
	for _, p := range props {
		known[p.name] = true
		val, there := o[p.name]
		switch {
		case there && val != nil:
			p.rule(c, path+"/"+p.name, val)
		case p.need:
			c.bad(path, "missing required field: %s", p.name)
		}
	}
	for name := range o {
		if !known[name] {
			c.bad(path, "invalid additional property: %s", name)
		}
	}
	return o
}

// str is a string of lo to hi characters.
func str(lo, hi int) rule {
	return func(c *checker, path string, v any) {
		s, ok := v.(string)
		n := utf8.RuneCountInString(s)
		switch {
		case !ok:
			c.bad(path, "must be a string")
		case n < lo:
			c.bad(path, "must be more than %d characters", lo-1)
		case n > hi:
			c.bad(path, "must be less than %d characters", hi+1)
		}
	}
}

// words is one of some strings.
func words(allowed ...string) rule {
	return func(c *checker, path string, v any) {
		for _, a := range allowed {
			if v == a {
				return
			}
		}
		c.bad(path, "must be one of %v", allowed)
	}
}

// flag is a boolean and number an integer of lo to hi.
func flag(c *checker, path string, v any) {
	if _, ok := v.(bool); !ok {
		c.bad(path, "must be a boolean")
	}
}

func number(lo, hi int) rule {
	return func(c *checker, path string, v any) {
		if n, ok := v.(float64); !ok || n != float64(int(n)) || n < float64(lo) || n > float64(hi) {
			c.bad(path, "must be an integer from %d to %d", lo, hi)
		}
	}
}

// free is anything at all, for what the fake does not check any further.
func free(*checker, string, any) {}

// link is a URL of at most 3000 characters.
func link(c *checker, path string, v any) {
	str(1, 3000)(c, path, v)
	s, _ := v.(string)
	if u, err := url.Parse(s); err != nil || u.Scheme == "" || u.Host == "" && u.Opaque == "" && u.Path == "" {
		c.bad(path, "must be a valid URL")
	}
}

// list is an array of lo to hi items that keep a rule.
func list(lo, hi int, item rule) rule {
	return func(c *checker, path string, v any) {
		a, ok := v.([]any)
		switch {
		case !ok:
			c.bad(path, "must be an array")
			return
		case len(a) < lo:
			c.bad(path, "must have at least %d items", lo)
		case len(a) > hi:
			c.bad(path, "no more than %d items allowed", hi)
		}
		for i, x := range a {
			item(c, fmt.Sprintf("%s/%d", path, i), x)
		}
	}
}

// plain is a plain_text object of at most max characters.
func plain(max int) rule { return textObject(max, false) }

// anyText is a plain_text or mrkdwn object of at most max characters.
func anyText(max int) rule { return textObject(max, true) }

func textObject(max int, mrkdwn bool) rule {
	return func(c *checker, path string, v any) {
		props := []prop{{"text", true, str(1, max)}}
		kind := ""
		if o, ok := v.(map[string]any); ok {
			kind, _ = o["type"].(string)
			s, _ := o["text"].(string)
			c.chars += utf8.RuneCountInString(s)
		}
		switch {
		case kind == "plain_text":
			props = append(props, prop{"emoji", false, flag})
		case kind == "mrkdwn" && mrkdwn:
			props = append(props, prop{"verbatim", false, flag})
		case mrkdwn:
			c.bad(path+"/type", "must be plain_text or mrkdwn")
			return
		default:
			c.bad(path+"/type", "must be plain_text")
			return
		}
		c.props(path, v, props)
	}
}

// actionID is an action_id, which no other element of the block has.
func actionID(c *checker, path string, v any) {
	str(1, 255)(c, path, v)
	if s, ok := v.(string); ok {
		if c.actions[s] {
			c.bad(path, "`action_id` %q already exists in this block", s)
		}
		c.actions[s] = true
	}
}

// confirmation is a confirmation dialog object.
func confirmation(c *checker, path string, v any) {
	c.props(path, v, []prop{
		{"title", true, plain(100)}, {"text", true, anyText(300)}, {"confirm", true, plain(30)}, {"deny", true, plain(30)},
		{"style", false, words("primary", "danger")},
	})
}

// option is an option object; with mrkdwn allowed in radio buttons and
// checkboxes, and a URL in overflow menus.
func option(mrkdwn, urls bool) rule {
	return func(c *checker, path string, v any) {
		props := []prop{{"text", true, textObject(75, mrkdwn)}, {"value", true, str(1, 150)}, {"description", false, textObject(75, mrkdwn)}}
		if urls {
			props = append(props, prop{"url", false, link})
		}
		c.props(path, v, props)
	}
}

// group is an option group of a select menu.
func group(c *checker, path string, v any) {
	c.props(path, v, []prop{{"label", true, plain(75)}, {"options", true, list(1, 100, option(false, false))}})
}
