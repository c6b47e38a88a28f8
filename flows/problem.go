package flows

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Pos is a place in a pack's file. Line and Col count from 1; Col counts
// characters. A zero Line means the file as a whole.
type Pos struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Col  int    `json:"col"`
}

// String is file:line:col, the form editors jump to.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Problem is one finding of Load. Codes that begin with E block publishing,
// those with W warn.
type Problem struct {
	Pos
	Code    string `json:"code"`
	Message string `json:"message"` // what is wrong, with the words at fault
	Fix     string `json:"fix"`     // how to mend it
	// Dialogue is the shortest dialogue that shows the fault, one line a turn;
	// only for findings about the graph.
	Dialogue []string `json:"dialogue,omitempty"`
}

// Blocks tells whether the problem keeps the pack from being used.
func (p Problem) Blocks() bool { return strings.HasPrefix(p.Code, "E") }

// String is "file:line:col: E11: what is wrong; how to mend it".
func (p Problem) String() string {
	return fmt.Sprintf("%s: %s: %s; %s", p.Pos, p.Code, p.Message, p.Fix)
}

// Blocking tells whether any of ps blocks publishing.
func Blocking(ps []Problem) bool { return slices.ContainsFunc(ps, Problem.Blocks) }

// sortProblems orders by place, then code, and drops exact repeats.
func sortProblems(ps []Problem) []Problem {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Col-b.Col,
			strings.Compare(a.Code, b.Code), strings.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(ps, func(a, b Problem) bool {
		return a.Pos == b.Pos && a.Code == b.Code && a.Message == b.Message
	})
}
