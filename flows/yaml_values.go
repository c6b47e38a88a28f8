package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// object is a mapping with its keys.
type object struct {
	d    *doc
	node *yaml.Node
	keys []*yaml.Node
	vals map[string]*yaml.Node
}

// object reads n as a mapping. With allowed keys given, any other key is
// reported with the nearest name.
func (d *doc) object(n *yaml.Node, what string, allowed []string) (object, bool) {
	if n.Kind != yaml.MappingNode {
		d.report(n, "E21", what+" must be \"key: value\" lines", "write it as the guide shows")
		return object{}, false
	}
	o := object{d: d, node: n, vals: make(map[string]*yaml.Node, len(n.Content)/2)}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		if allowed != nil && !slices.Contains(allowed, k.Value) {
			d.report(k, "E01", fmt.Sprintf("%s has no key %q", what, k.Value), nearest(k.Value, allowed))
			continue
		}
		o.keys = append(o.keys, k)
		o.vals[k.Value] = n.Content[i+1]
	}
	return o, true
}

func (o object) get(key string) *yaml.Node { return o.vals[key] }

// need returns the value of a key that must stand, reporting E03 if not.
func (o object) need(key, what string) *yaml.Node {
	n := o.vals[key]
	if n == nil {
		o.d.report(o.node, "E03", fmt.Sprintf("%s has no %q", what, key), fmt.Sprintf("add \"%s: …\"", key))
	}
	return n
}

// scalar reads an id, a reference or a value that is not shown to anybody.
func (d *doc) scalar(n *yaml.Node, what string) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" && n.Value == "" {
		d.report(n, "E21", what+" must be one word", "write it behind the colon")
		return ""
	}
	return n.Value
}

// trap matches plain words that YAML readers take for something else.
var trap = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|true|false|null|~)$`)

// words reads text for people. Unquoted words that YAML takes for something
// else are refused, because the customer would read "true" or nothing.
func (d *doc) words(n *yaml.Node, what string) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		d.report(n, "E21", what+" must be words", "write the words behind the colon, in double quotes if they hold a colon")
		return ""
	}
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		if trap.MatchString(n.Value) || n.Tag != "!!str" {
			d.report(n, "E06", fmt.Sprintf("%s is the unquoted word %q, which YAML does not read as words", what, n.Value), fmt.Sprintf("write \"%s\" in double quotes", n.Value))
			return ""
		}
	}
	if strings.TrimSpace(n.Value) == "" {
		d.report(n, "E03", what+" is empty", "write the words or take the line away")
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// list returns the items of a sequence; a single scalar counts as one item.
func (d *doc) list(n *yaml.Node, what string) []*yaml.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.SequenceNode:
		return n.Content
	case n.Kind == yaml.ScalarNode && n.Tag != "!!null":
		return []*yaml.Node{n}
	}
	d.report(n, "E21", what+" must be a list", "write [one, two] or one item a line with \"- \"")
	return nil
}

func (d *doc) names(n *yaml.Node, what string) []string {
	var out []string
	for _, c := range d.list(n, what) {
		if s := d.scalar(c, what); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (d *doc) boolean(n *yaml.Node, what string) bool {
	if n == nil {
		return false
	}
	switch n.Value {
	case "true", "yes":
		return true
	case "false", "no":
		return false
	}
	d.report(n, "E21", fmt.Sprintf("%s is %q, not true or false", what, n.Value), "write true or false")
	return false
}

func (d *doc) number(n *yaml.Node, what string, lo, hi int) int {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		d.report(n, "E21", fmt.Sprintf("%s is %q, not a whole number", what, n.Value), fmt.Sprintf("write a number from %d to %d", lo, hi))
		return lo
	}
	if v < lo || v > hi {
		d.report(n, "E22", fmt.Sprintf("%s is %d", what, v), fmt.Sprintf("write a number from %d to %d", lo, hi))
		return lo
	}
	return v
}

// duration reads 30s, 15m, 24h or 3d; "off" is zero.
func (d *doc) duration(n *yaml.Node, what string) time.Duration {
	s := d.scalar(n, what)
	if s == "off" || s == "" {
		return 0
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if k, err := strconv.Atoi(days); err == nil && k > 0 && k <= 365 {
			return time.Duration(k) * 24 * time.Hour
		}
	}
	v, err := time.ParseDuration(s)
	if err != nil || v <= 0 || v > 365*24*time.Hour {
		d.report(n, "E21", fmt.Sprintf("%s is %q, not a length of time", what, s), "write it like 30s, 15m, 24h or 3d")
		return 0
	}
	return v
}

func (d *doc) date(n *yaml.Node, what string) time.Time {
	s := d.scalar(n, what)
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		d.report(n, "E21", fmt.Sprintf("%s is %q, not a date", what, s), "write it like 2027-05-01")
	}
	return t
}

// oneOf reads a value out of a closed list.
func (d *doc) oneOf(n *yaml.Node, what string, list ...string) string {
	s := d.scalar(n, what)
	if s != "" && !slices.Contains(list, s) {
		d.report(n, "E22", fmt.Sprintf("%s is %q", what, s), nearest(s, list))
		return ""
	}
	return s
}

var (
	flowID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,47}$`)
	stepID = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	linkID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`) // the alphabet of t.me/<bot>?start= (Bot API, "Deep linking")
)

func (d *doc) id(n *yaml.Node, what string, re *regexp.Regexp) string {
	s := d.scalar(n, what)
	if s == "" || re.MatchString(s) {
		return s
	}
	fix := "use small letters, digits and -, at most 48"
	switch re {
	case stepID:
		fix = "use small letters, digits and _, beginning with a letter, at most 40"
	case linkID:
		fix = "use letters, digits, - and _, at most 64"
	}
	d.report(n, "E21", fmt.Sprintf("%s %q has characters or a length that an id cannot have", what, s), fix)
	return ""
}
