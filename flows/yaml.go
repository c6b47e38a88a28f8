package flows

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// maxFile is the largest YAML file of a pack, in bytes.
const maxFile = 1 << 20

// doc is one YAML file being read. Every reading method reports what is
// wrong and returns a zero value, so that one pass finds all problems.
type doc struct {
	file     string
	problems []Problem
}

func (d *doc) report(n *yaml.Node, code, message, fix string) {
	pos := Pos{File: d.file}
	if n != nil {
		pos = d.pos(n)
	}
	d.problems = append(d.problems, Problem{Pos: pos, Code: code, Message: message, Fix: fix})
}

// at reports what is wrong at a place that the YAML reader has not seen.
func (d *doc) at(line, col int, code, message, fix string) {
	d.problems = append(d.problems, Problem{Pos: Pos{d.file, line, col}, Code: code, Message: message, Fix: fix})
}

func (d *doc) pos(n *yaml.Node) Pos { return Pos{File: d.file, Line: n.Line, Col: n.Column} }

// atLine matches the place in the messages of the YAML reader: where what it
// was reading begins and, behind the dash, where it did not understand.
var atLine = regexp.MustCompile(`at L(\d+)\.C(\d+)(?:-(?:L(\d+)\.)?C(\d+))?[^:]*: (.*)`)

// parse reads the bytes of a file into its top mapping, or returns nil.
func (d *doc) parse(data []byte) *yaml.Node {
	switch {
	case len(data) > maxFile:
		d.at(1, 1, "E06", fmt.Sprintf("the file has more than 1 MiB (%d bytes)", maxFile), "split it into several flows")
		return nil
	case !utf8.Valid(data):
		line, col := badUTF8(data)
		d.at(line, col, "E06", "the file is not valid UTF-8 from here on", "save it as UTF-8")
		return nil
	}
	if line, col := tabIndent(data); line > 0 {
		d.at(line, col, "E06", "a tab is used for indentation", "use spaces, two for each level")
		return nil
	}
	if line := deepLine(data); line > 0 {
		d.at(line, 1, "E06", fmt.Sprintf("the file nests deeper than %d levels", maxDepth), "a pack file needs at most eight")
		return nil
	}
	var root yaml.Node
	if err := yaml.Load(data, &root); err != nil {
		d.yamlError(err, data)
		return nil
	}
	if len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		d.report(&root, "E21", "the file is not a list of \"key: value\" lines", "begin it with \"flow:\" or \"pack:\"")
		return nil
	}
	if !d.plain(root.Content[0], 0) {
		return nil
	}
	return root.Content[0]
}

func (d *doc) yamlError(err error, data []byte) {
	msg, pos := err.Error(), Pos{File: d.file, Line: 1, Col: 1}
	var many *yaml.LoadErrors
	if errors.As(err, &many) && len(many.Errors) > 0 {
		msg = many.Errors[0].Error()
	}
	if m := atLine.FindStringSubmatch(msg); m != nil {
		line, col := m[1], m[2]
		if msg = m[5]; m[4] != "" && strings.Contains(msg, "expected key") {
			line, col = cmp.Or(m[3], line), m[4]
		}
		pos.Line, _ = strconv.Atoi(line)
		pos.Col, _ = strconv.Atoi(col)
	}
	fix := "look at the line above as well: a missing quote or colon often shows one line later"
	switch {
	case strings.Contains(msg, "found multiple"):
		msg, fix = "the file holds several YAML documents", "keep one document, without \"---\" in the middle"
		pos.Line = secondDocument(data)
	case strings.Contains(msg, "no documents"):
		msg, fix = "the file is empty", "write the flow or delete the file"
	case strings.Contains(msg, "mapping values are not allowed"):
		msg, fix = "a colon stands inside words without quotes", "put the words in double quotes"
	}
	d.at(pos.Line, pos.Col, "E06", "this is not readable YAML: "+msg, fix)
}

// badUTF8 finds the first byte that is no part of a character.
func badUTF8(data []byte) (line, col int) {
	line, col = 1, 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n <= 1 {
			break
		}
		col++
		if r == '\n' {
			line, col = line+1, 1
		}
		data = data[n:]
	}
	return line, col
}

// secondDocument finds the line on which a second document begins.
func secondDocument(data []byte) int {
	words := false
	for i, l := range bytes.Split(data, []byte("\n")) {
		switch t := bytes.TrimSpace(l); {
		case bytes.HasPrefix(l, []byte("---")) && words:
			return i + 1
		case len(t) > 0 && t[0] != '#' && !bytes.HasPrefix(l, []byte("---")):
			words = true
		}
	}
	return 1
}

// tabIndent finds a line that is indented with a tab.
func tabIndent(data []byte) (line, col int) {
	if bytes.IndexByte(data, '\t') < 0 {
		return 0, 0
	}
	for i, l := range bytes.Split(data, []byte("\n")) {
		rest := bytes.TrimLeft(l, " ")
		if len(rest) > 0 && rest[0] == '\t' && len(bytes.TrimSpace(rest)) > 0 {
			return i + 1, len(l) - len(rest) + 1
		}
	}
	return 0, 0
}

// maxDepth bounds brackets and indentation before the reader sees them.
const maxDepth = 64

// deepLine finds the line on which a file nests deeper than maxDepth.
func deepLine(data []byte) int {
	depth := 0
	for i, l := range bytes.Split(data, []byte("\n")) {
		peak := depth
		for _, c := range l {
			switch c {
			case '[', '{':
				depth++
				peak = max(peak, depth)
			case ']', '}':
				depth = max(depth-1, 0)
			}
		}
		rest := bytes.TrimLeft(l, " -?")
		if peak > maxDepth || len(l)-len(rest) > 4*maxDepth && len(rest) > 0 {
			return i + 1
		}
	}
	return 0
}

// maxTraps is how many of these one file reports: a file made of them is one
// mistake.
const maxTraps = 10

// plain refuses what a pack file never needs and readers trip over: aliases,
// anchors, tags, merge keys and duplicate keys.
func (d *doc) plain(n *yaml.Node, depth int) bool {
	if len(d.problems) >= maxTraps {
		return false
	}
	ok := true
	switch {
	case n.Kind == yaml.AliasNode:
		d.report(n, "E06", fmt.Sprintf("the alias *%s repeats words from elsewhere", n.Value), "write the words out")
		return false
	case n.Anchor != "":
		d.report(n, "E06", fmt.Sprintf("the anchor &%s is not allowed", n.Anchor), "take it away and write repeated words out")
		ok = false
	case n.Style&yaml.TaggedStyle != 0:
		d.report(n, "E06", fmt.Sprintf("the tag %s is not allowed", n.Tag), "take it away")
		ok = false
	}
	if n.Kind == yaml.MappingNode {
		seen := make(map[string]*yaml.Node, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if k.Kind != yaml.ScalarNode || k.Tag == "!!merge" {
				d.report(k, "E06", "a key must be a plain word", "write \"key: value\"")
				ok = false
				continue
			}
			if first := seen[k.Value]; first != nil {
				d.report(k, "E06", fmt.Sprintf("%q stands twice here, first on line %d", k.Value, first.Line), "keep one of them")
				ok = false
			}
			seen[k.Value] = k
		}
	}
	for _, c := range n.Content {
		ok = d.plain(c, depth+1) && ok
	}
	return ok
}
