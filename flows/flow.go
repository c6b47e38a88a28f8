package flows

import (
	"regexp"
	"time"
)

// Flow is one file: the whole graph of one topic.
type Flow struct {
	ID       string
	Title    Text
	Category string
	Owner    string
	ReviewBy time.Time
	Sources  []string
	Why      Text // answer to "why" where a step has none
	Start    Start
	Steps    map[string]*Step
	Order    []string          // step ids as they stand in the file; the first is where the flow starts
	Recall   bool              // running conversations move to this release at once
	Moved    map[string]string // old step id -> new step id
	Contract string            // hash of the graph without its words: equal contracts differ in wording only
	Pos      Pos
}

// First is the step where the flow starts.
func (f *Flow) First() string { return f.Order[0] }

// Start says how a customer gets into a flow. A flow without phrases is
// reached only by call, goto, menu or deep link.
type Start struct {
	Phrases  map[string][]Phrase // by language
	Not      map[string][]Phrase // near misses that must go elsewhere
	DeepLink string
	Hidden   bool // not listed in menus, and never come back to: a topic named in it takes its place
	Pos      Pos
}

// Phrase is something a customer may write.
type Phrase struct {
	Text string
	Pos  Pos
}

// Kind is the kind of a step.
type Kind string

// The ten kinds of step.
const (
	KindSay    Kind = "say"
	KindAsk    Kind = "ask"
	KindChoose Kind = "choose"
	KindCheck  Kind = "check"
	KindGuide  Kind = "guide"
	KindDo     Kind = "do"
	KindCall   Kind = "call"
	KindGoto   Kind = "goto"
	KindHuman  Kind = "human"
	KindDone   Kind = "done"
)

// Waits tells whether a step of this kind waits for the customer.
func (k Kind) Waits() bool { return k == KindAsk || k == KindChoose || k == KindGuide }

// Step is one node of a flow. The fields that its kind does not use are zero.
type Step struct {
	ID     string
	Kind   Kind
	Say    Text
	Media  []Media
	Why    Text
	Idle   *Idle
	Source string
	// Secret says what the customer types elsewhere while this step waits
	// ("code" or "password"), so that the filter knows one when it is pasted here.
	Secret string

	Next    string    // say, ask
	Ask     *Ask      // ask
	Options []*Option // choose
	Cases   []*Case   // check
	Else    string    // check
	Guide   *Guide    // guide
	Do      *Do       // do
	Call    string    // call: flow id
	When    []Branch  // do, call: one branch an outcome, as in the file
	Goto    Target    // goto
	Human   *Human    // human
	Done    string    // done: solved, not_solved, abandoned

	Contract string // hash of kind, answer type, option ids and outcomes
	Edges    []Edge // every way out that the file names, in file order
	Pos      Pos

	options map[string]int // folded label, synonym or id -> index in Options
}

// Option returns the index of the option of a choose step that folded (a text
// that went through Fold) names in any language, or -1.
func (s *Step) Option(folded string) int {
	if i, ok := s.options[folded]; ok {
		return i
	}
	return -1
}

// Target is a place to go: a step of the same flow when Flow is "", else a
// step of another flow ("" = its first).
type Target struct{ Flow, Step string }

// Edge is one authored way out of a step. Names: next, retry, then, stuck,
// stuck.3 (the third instruction's), an option id, case.2, else, an outcome,
// goto, idle, closed.
type Edge struct {
	Name string
	To   Target
	Pos  Pos
}

// Idle replaces the pack's reminder for one step.
type Idle struct {
	After time.Duration // silence before it speaks
	Say   Text          // empty: the pack's words
	Go    string        // step to go to after the silence instead of closing, or ""
}

// Ask is the typed answer an ask step waits for.
type Ask struct {
	Type    string // text, email, phone, number, date, yes_no, pattern, file
	As      string // the answer's name, by default the step's id
	Pattern *regexp.Regexp
	PII     bool // masked for operators
	Retry   Retry
}

// Retry says what happens when an answer does not fit.
type Retry struct {
	Say   Text
	Times int    // further tries after the first
	Go    string // where to when they are used up; "" = a person
}

// Option is one button of a choose step.
type Option struct {
	ID       string
	Label    Text
	Synonyms map[string][]string // by language
	Go       string
	Times    int // how often it may be taken in one run of the flow; 0 = any number
	Pos      Pos
}

// Case is one line of a check step; the first that holds is taken.
type Case struct {
	Answer string // name of an answer, "flow.name" for another flow's
	Fact   string
	Tried  string // id of a guide of this flow, or "flow/step"
	Op     Op
	Values []string
	Age    time.Duration
	Go     string
	Pos    Pos
}

// Op is the comparison of a Case.
type Op string

// Comparisons of a check step.
const (
	OpIn      Op = "in" // `is` is a list of one
	OpMissing Op = "missing"
	OpOlder   Op = "older_than"
	OpTried   Op = "tried"
)

// Guide is a list of instructions, given one at a time or all at once.
type Guide struct {
	Instructions []*Instruction
	Then         string
	Stuck        string // help for every instruction without its own; "" = a person is offered
	All          bool   // pace: all
}

// Instruction is one thing to do.
type Instruction struct {
	Say    Text
	Media  []Media
	Stuck  string
	Secret string // as Step.Secret, for this instruction
	Pos    Pos
}

// Do calls an action.
type Do struct {
	Action string
	With   map[string]string // input -> answer name
}

// Branch is an outcome and where it leads.
type Branch struct {
	Outcome string
	Go      string
	Pos     Pos
}

// Human hands over to a person.
type Human struct {
	Queue    string
	Reason   string
	Share    []string // answers to show; nil = all of this conversation
	Closed   Text     // what is said out of hours; empty = the queue's words
	ClosedGo string   // step to go to out of hours instead of queueing, or ""
}

// Media is a picture, video or link in a message.
type Media struct {
	Kind string // image, video, link
	Path string // file inside the pack: "media/slider.png"
	Link string // name of a link of the pack
	Alt  Text   // what it shows; for a link its label
	Pos  Pos
}
