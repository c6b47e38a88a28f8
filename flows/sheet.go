package flows

import (
	"time"

	"go.yaml.in/yaml/v4"
)

// Sheet is a YAML file that stands beside the flows of a pack without being
// one, such as the editors' tests. It is read as strictly as a flow, with the
// same words for the same mistakes; package bot/dialoguetest uses it.
type Sheet struct{ d doc }

// Node is a place in a Sheet. Its reading methods report what is wrong to the
// sheet and return a zero value, so that one pass finds all problems. The zero
// Node is a value that is not there.
type Node struct {
	d *doc
	n *yaml.Node
}

// Entry is one "key: value" of a mapping.
type Entry struct {
	Key   string
	At    Node // the key
	Value Node
}

// ReadSheet reads the bytes of a file. ok is false when nothing in it can be
// used; its problems say why.
func ReadSheet(file string, data []byte) (s *Sheet, top Node, ok bool) {
	s = &Sheet{d: doc{file: file}}
	n := s.d.parse(data)
	return s, Node{&s.d, n}, n != nil
}

// Problems are the problems found so far, in the order of reading.
func (s *Sheet) Problems() []Problem { return s.d.problems }

// Given tells whether there is a value at all.
func (n Node) Given() bool { return n.n != nil }

// Pos is where the value stands.
func (n Node) Pos() Pos {
	if n.n == nil {
		return Pos{}
	}
	return n.d.pos(n.n)
}

// Report adds a problem at this place.
func (n Node) Report(code, message, fix string) { n.d.report(n.n, code, message, fix) }

// Entries reads a mapping. With allowed keys given, any other key is reported.
func (n Node) Entries(what string, allowed ...string) []Entry {
	if len(allowed) == 0 {
		allowed = nil
	}
	o, _ := n.d.object(n.n, what, allowed)
	out := make([]Entry, 0, len(o.keys))
	for _, k := range o.keys {
		out = append(out, Entry{Key: k.Value, At: Node{n.d, k}, Value: Node{n.d, o.vals[k.Value]}})
	}
	return out
}

// IsMap tells whether the value is "key: value" lines.
func (n Node) IsMap() bool { return n.n != nil && n.n.Kind == yaml.MappingNode }

// IsWord tells whether the value is a single word or sentence.
func (n Node) IsWord() bool { return n.n != nil && n.n.Kind == yaml.ScalarNode && n.n.Tag != "!!null" }

// Name reads an id or another word that no customer sees.
func (n Node) Name(what string) string { return n.d.scalar(n.n, what) }

// Words reads text for people; words that YAML takes for something else must
// stand in quotes.
func (n Node) Words(what string) string { return n.d.words(n.n, what) }

// List reads a list; a single word counts as a list of one.
func (n Node) List(what string) []Node {
	var out []Node
	for _, c := range n.d.list(n.n, what) {
		out = append(out, Node{n.d, c})
	}
	return out
}

// Duration reads a length of time such as 30s, 15m, 24h or 3d.
func (n Node) Duration(what string) time.Duration { return n.d.duration(n.n, what) }

// Nearest says, for the fix of a Problem, which of the known names a wrong one
// may have meant.
func Nearest(wrong string, known []string) string { return nearest(wrong, known) }
