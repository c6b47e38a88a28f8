package bot

import "time"

// Packet is what an operator gets with a ticket: everything the bot knows, so
// that nobody asks the customer again. It is written by code from the
// dialogue's own record; answers marked as personal are masked.
type Packet struct {
	Goal        string            `json:"goal"` // what the customer came for, in the pack's base language
	GoalFlow    string            `json:"goal_flow,omitempty"`
	Queue       string            `json:"queue"`
	Reason      string            `json:"reason"`
	Attempts    []Attempt         `json:"attempts,omitempty"`
	Stuck       *StuckAt          `json:"stuck,omitempty"`
	Identity    Identity          `json:"identity"`
	AccountHint string            `json:"account_hint,omitempty"` // masked e-mail or phone
	Facts       []Fact            `json:"facts,omitempty"`
	Last        []string          `json:"last_customer_messages,omitempty"` // at most three, oldest first, redacted
	Lang        string            `json:"lang"`
	Removed     int               `json:"removed_secrets,omitempty"`
	Suggested   string            `json:"suggested_next,omitempty"`
	Signals     []string          `json:"signals,omitempty"`
	Release     string            `json:"release"` // pack release (content hash)
	Flow        string            `json:"flow,omitempty"`
	Step        string            `json:"step,omitempty"`
	Channel     map[string]string `json:"channel,omitempty"` // facts from the channel (platform, client)
}

// AttemptOutcome is how one thing the customer tried went.
type AttemptOutcome string

// Outcomes of an attempt.
const (
	AttemptPassed    AttemptOutcome = "passed"
	AttemptFailed    AttemptOutcome = "failed"
	AttemptSkipped   AttemptOutcome = "skipped" // a person had done it already
	AttemptRefused   AttemptOutcome = "refused"
	AttemptTimeout   AttemptOutcome = "timeout"
	AttemptError     AttemptOutcome = "system_error"
	AttemptAbandoned AttemptOutcome = "abandoned"
)

// Attempt is one thing the customer tried.
type Attempt struct {
	Flow    string         `json:"flow"`
	Step    string         `json:"step"`
	Title   string         `json:"title"` // in the pack's base language
	Outcome AttemptOutcome `json:"outcome"`
	Times   int            `json:"times"`
	Started time.Time      `json:"started"`
	Ended   time.Time      `json:"ended,omitzero"`
	Detail  string         `json:"detail,omitempty"` // the instruction that did not work
}

// StuckAt is the instruction at which the customer gave up.
type StuckAt struct {
	Flow        string `json:"flow"`
	Step        string `json:"step"`
	Instruction int    `json:"instruction"` // from 1; 0 = all were shown at once, so nobody knows
	Text        string `json:"text"`        // in the pack's base language
}

// Fact is an answer the customer gave.
type Fact struct {
	Name   string `json:"name"`
	Value  string `json:"value"` // masked when Masked
	Masked bool   `json:"masked,omitempty"`
}

// IdentityLevel says how sure we are who the customer is.
type IdentityLevel int

// Levels of identity. Nothing a customer types raises it above claimed.
const (
	Anonymous IdentityLevel = 0
	Claimed   IdentityLevel = 1
	Verified  IdentityLevel = 2
	Confirmed IdentityLevel = 3
)

// Identity is the verification state of the customer.
type Identity struct {
	Level  IdentityLevel `json:"level"`
	Factor string        `json:"factor,omitempty"`
}
