package dialogue

import (
	"slices"
	"time"
	"unicode/utf8"

	"latchkey/bot"
)

// Bounds of a State. They do not depend on how long a conversation lasts. Its
// JSON stays below MaxStateBytes; see shrink for what happens when every part
// is full at once.
const (
	MaxStateBytes  = 64 << 10
	maxFrames      = 20  // flows open at once: two chains of the nine that E14 allows, and a reserve
	maxSides       = 3   // side questions a customer is brought back from
	maxCheckpoints = 10  // answers that "back" can undo
	maxAnswers     = 40  // answers kept, oldest dropped first
	maxAttempts    = 20  // things tried, oldest dropped first
	maxFacts       = 20  // facts from channel and desk
	maxCounts      = 24  // guides, and limited options, remembered in one frame
	maxLast        = 3   // customer messages kept for the operator
	maxValueRunes  = 500 // of one answer
	maxLastRunes   = 300 // of one kept message
	maxTextRunes   = 2000
	maxIDRunes     = 100 // of the platform's name for a message
)

// Control says who may speak to the customer.
type Control string

// Who has the conversation.
const (
	ControlBot     Control = ""        // the bot
	ControlWaiting Control = "waiting" // nobody yet: the case is in the queue
	ControlHuman   Control = "human"   // an operator; the bot is silent
)

// Phase is where a conversation stands in its life.
type Phase string

// The phases of a conversation.
const (
	PhaseNew    Phase = ""       // nothing was said yet
	PhaseOpen   Phase = "open"   // a flow or a question of the bot is open
	PhaseClosed Phase = "closed" // ended; the next message begins anew
	PhasePaused Phase = "paused" // closed for silence; Frames say where to go on
)

// State is all that the engine remembers of a conversation. It is plain data:
// its JSON form is what stores keep, and decoding it gives the same State.
type State struct {
	Release  string        `json:"release,omitempty"` // pack release that Frames and Prompt belong to
	Lang     string        `json:"lang,omitempty"`
	LangSet  bool          `json:"lang_set,omitempty"` // the customer chose or showed it
	Control  Control       `json:"control,omitempty"`
	Phase    Phase         `json:"phase,omitempty"`
	Goal     string        `json:"goal,omitempty"`   // flow the customer came for
	Frames   []Frame       `json:"frames,omitempty"` // open flows; the last has the turn
	Prompt   *Prompt       `json:"prompt,omitempty"` // a question of the bot itself, above the frames
	Nonce    int           `json:"nonce,omitempty"`  // of the newest question or action
	Timer    int           `json:"timer,omitempty"`  // nonce of the newest idle timer
	Armed    bool          `json:"armed,omitempty"`  // that timer runs
	Reminded bool          `json:"reminded,omitempty"`
	Misses   int           `json:"misses,omitempty"` // texts in a row that were not understood
	Told     bool          `json:"told,omitempty"`   // the customer knows that the case is in the queue
	Answers  []Answer      `json:"answers,omitempty"`
	Facts    []Answer      `json:"facts,omitempty"`
	Back     []Checkpoint  `json:"back,omitempty"`
	Attempts []bot.Attempt `json:"attempts,omitempty"`
	Stuck    *bot.StuckAt  `json:"stuck,omitempty"`
	Done     []string      `json:"done,omitempty"` // "flow/step" an operator did already
	Last     []string      `json:"last,omitempty"`
	Removed  int           `json:"removed,omitempty"`
	Edit     *EditMark     `json:"edit,omitempty"`
	ClosedAt time.Time     `json:"closed_at,omitzero"` // when Phase became closed
}

// FrameKind says how a flow was entered.
type FrameKind string

// How a flow is left depends on how it was entered.
const (
	FrameRoot FrameKind = ""     // its end ends the conversation
	FrameCall FrameKind = "call" // its end goes on in the frame below
	FrameSide FrameKind = "side" // its end brings the customer back to the frame below
)

// Frame is one open flow.
type Frame struct {
	Flow     string    `json:"flow"`
	Step     string    `json:"step"`
	Kind     FrameKind `json:"kind,omitempty"`
	At       int       `json:"at,omitempty"` // instruction of a guide, from 0
	Tries    int       `json:"tries,omitempty"`
	Action   int       `json:"action,omitempty"` // nonce of the action that is awaited
	Asked    int       `json:"asked,omitempty"`  // nonce of this visit's first question; 0 = not asked yet
	Contract string    `json:"contract,omitempty"`
	Marks    counts    `json:"marks,omitempty"` // guide -> instruction (from 1) to resume at
	Taken    counts    `json:"taken,omitempty"` // "step.option" -> times taken
}

// Prompt is an open question of the bot itself, such as the menu.
type Prompt struct {
	Step    string   `json:"step"`  // "@menu"
	Nonce   int      `json:"nonce"` // when it was first asked: older buttons are over
	Choices []string `json:"choices"`
	Arg     string   `json:"arg,omitempty"` // the category of @category, the words of @person
	// Found are the passages that @article shows (the first) and can show next,
	// and those that @which offers.
	Found []bot.Passage `json:"found,omitempty"`
}

// Answer is a value with the moment it was given.
type Answer struct {
	Name  string    `json:"name"` // "flow.name"; a plain name for facts
	Value string    `json:"value"`
	At    time.Time `json:"at"`
	PII   bool      `json:"pii,omitempty"`
	Type  string    `json:"type,omitempty"`
}

// Checkpoint is what "back" returns to: the frames up to Depth with Top as
// the last one, and the answers as they were.
type Checkpoint struct {
	Depth int      `json:"depth"`
	Top   *Frame   `json:"top,omitempty"`  // nil when no flow was open
	Undo  []Answer `json:"undo,omitempty"` // as they were; one without a Type was not there
}

// EditMark lets an edited message replace what it said. Only the customer's
// newest message has one.
type EditMark struct {
	Message bot.MessageID `json:"message"`
	Undo    int           `json:"undo,omitempty"` // checkpoints to take back first, 0 or 1; -1 = it cannot be undone
}

// count is a number under a name; counts stay tiny, so a slice does.
type count struct {
	K string `json:"k"`
	N int    `json:"n"`
}

type counts []count

func (c counts) get(k string) int {
	for i := range c {
		if c[i].K == k {
			return c[i].N
		}
	}
	return 0
}

// with returns a copy in which k counts n. The oldest name is dropped when
// there are too many.
func (c counts) with(k string, n int) counts {
	out := make(counts, 0, len(c)+1)
	for _, x := range c {
		if x.K != k {
			out = append(out, x)
		}
	}
	if n != 0 {
		out = append(out, count{k, n})
	}
	if len(out) > maxCounts {
		out = out[len(out)-maxCounts:]
	}
	return out
}

// clone copies what a turn may change in place.
func (s State) clone() State {
	s.Frames = copyOf(s.Frames)
	s.Back = copyOf(s.Back)
	s.Answers = copyOf(s.Answers)
	s.Facts = copyOf(s.Facts)
	s.Attempts = copyOf(s.Attempts)
	s.Last = copyOf(s.Last)
	return s
}

// copyOf copies a list, with room for the one more that a turn mostly adds.
func copyOf[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return append(make([]T, 0, len(list)+1), list...)
}

// Open tells whether a question waits for the customer.
func (s State) Open() bool { return len(s.Frames) > 0 || s.Prompt != nil }

// Here returns the flow and step that have the turn, or empty strings.
func (s State) Here() (flow, step string) {
	if n := len(s.Frames); n > 0 {
		return s.Frames[n-1].Flow, s.Frames[n-1].Step
	}
	return "", ""
}

// setAnswer puts a into list, newest last, within limit.
func setAnswer(list []Answer, a Answer, limit int) []Answer {
	list = slices.DeleteFunc(list, func(x Answer) bool { return x.Name == a.Name })
	list = append(list, a)
	if len(list) > limit {
		list = slices.Delete(list, 0, len(list)-limit)
	}
	return list
}

func findAnswer(list []Answer, name string) (Answer, bool) {
	for _, a := range list {
		if a.Name == name {
			return a, true
		}
	}
	return Answer{}, false
}

// clip makes s fit to be kept: at most n runes of valid UTF-8. Broken bytes
// become what JSON would make of them.
func clip(s string, n int) string {
	if len(s) > n {
		i := 0
		for j := range s {
			if i == n {
				s = s[:j]
				break
			}
			i++
		}
	}
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	return s
}
