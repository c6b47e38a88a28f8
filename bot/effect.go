package bot

import "time"

// EffectKind tells which field of an Effect is meaningful.
type EffectKind string

// What the engine can ask the runtime to do.
const (
	EffectSay     EffectKind = "say"      // send Say to the customer
	EffectArm     EffectKind = "arm"      // set Timer, replacing one of the same name
	EffectDisarm  EffectKind = "disarm"   // remove the timer named Timer.Name
	EffectAction  EffectKind = "action"   // call Action, answer with an EventAction
	EffectHandOff EffectKind = "hand_off" // open a ticket with HandOff
	EffectClose   EffectKind = "close"    // the conversation ended with Close
	EffectNote    EffectKind = "note"     // Note, for analytics and editors; nobody is told
)

// Effect is one thing the engine wants done. Effects of a turn are carried out
// in order, after the turn has been committed.
type Effect struct {
	Kind    EffectKind  `json:"kind"`
	Say     *Message    `json:"say,omitempty"`
	Timer   *Timer      `json:"timer,omitempty"`
	Action  *ActionCall `json:"action,omitempty"`
	HandOff *Packet     `json:"hand_off,omitempty"`
	Close   *Close      `json:"close,omitempty"`
	Note    *Note       `json:"note,omitempty"`
}

// Timer is a named alarm of a conversation. A conversation has at most one of
// each name. Nonce tells a stale alarm from the present one.
type Timer struct {
	Name  string    `json:"name"`
	Nonce int       `json:"nonce"`
	At    time.Time `json:"at,omitzero"` // when it rings; zero in a disarm
}

// ActionCall asks for an action declared by engineers. It only ever reads.
type ActionCall struct {
	Name  string            `json:"name"`
	Nonce int               `json:"nonce"`
	With  map[string]string `json:"with,omitempty"`
}

// Outcome is how a flow, a conversation or an attempt ended.
type Outcome string

// The outcomes of a flow. OutcomeHuman is never written by an editor: it is
// what a hand-off is called in figures.
const (
	Solved       Outcome = "solved"
	NotSolved    Outcome = "not_solved"
	Abandoned    Outcome = "abandoned"
	OutcomeHuman Outcome = "human"
)

// Close says how a conversation ended.
type Close struct {
	Outcome Outcome `json:"outcome"`
	Flow    string  `json:"flow,omitempty"`
	Step    string  `json:"step,omitempty"`
	Idle    bool    `json:"idle,omitempty"` // closed because the customer fell silent
}

// NoteKind classifies a Note.
type NoteKind string

// The notes that the engine leaves.
const (
	NoteStart NoteKind = "start" // a flow began
	NoteEdge  NoteKind = "edge"  // the dialogue went From Flow/Step by Edge to To
	NoteMiss  NoteKind = "miss"  // a text was not understood
	NoteEnd   NoteKind = "end"   // a flow ended; Edge is its outcome
	NoteStale NoteKind = "stale" // a late button was refused
	NoteMoved NoteKind = "moved" // the conversation moved to another pack release
)

// Note is a fact about the dialogue for figures and tests. It never holds
// customer text.
type Note struct {
	Kind NoteKind `json:"kind"`
	Flow string   `json:"flow,omitempty"`
	Step string   `json:"step,omitempty"`
	Edge string   `json:"edge,omitempty"`
	To   string   `json:"to,omitempty"`
}
