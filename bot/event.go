package bot

// EventKind tells which field of an Event is meaningful.
type EventKind string

// The kinds of event that the dialogue engine understands.
const (
	EventText       EventKind = "text"       // Text, with its Reading
	EventButton     EventKind = "button"     // Button
	EventAttachment EventKind = "attachment" // Attachments, Text is the caption
	EventEdited     EventKind = "edited"     // Text is the new text of message Message
	EventOpened     EventKind = "opened"     // the chat was opened; Payload is a deep link, or ""
	EventTimer      EventKind = "timer"      // Timer has run out
	EventAction     EventKind = "action"     // Action has answered
	EventOperator   EventKind = "operator"   // Operator did something with the ticket
	EventFlood      EventKind = "flood"      // the customer writes faster than anybody could answer
	EventFault      EventKind = "fault"      // an event of this conversation could not be worked on
)

// Event is one thing that happened to a conversation. Together with the state
// it is all that the dialogue engine sees, so it is recorded whole and can be
// replayed. Text has been through the secret filter before it is put here.
type Event struct {
	Kind        EventKind      `json:"kind"`
	Text        string         `json:"text,omitempty"`
	Message     MessageID      `json:"message,omitempty"`
	Reading     *Reading       `json:"reading,omitempty"`
	Button      *Button        `json:"button,omitempty"`
	Attachments []Attachment   `json:"attachments,omitempty"`
	Payload     string         `json:"payload,omitempty"`
	Timer       *Timer         `json:"timer,omitempty"`
	Action      *ActionResult  `json:"action,omitempty"`
	Operator    *OperatorEvent `json:"operator,omitempty"`
	// Lang is the customer's language as the platform tells it (BCP 47), or "".
	Lang string `json:"lang,omitempty"`
	// Facts are what the channel knows of the customer without asking
	// ("channel": "telegram"). They overwrite facts of the same name.
	Facts map[string]string `json:"facts,omitempty"`
	// Removed lists the kinds of secret that the filter took out of Text.
	Removed []string `json:"removed,omitempty"`
}

// Button is a press on a choice of an earlier message. It says exactly which
// question it answers, so a late press can be told from a fresh one.
type Button struct {
	Flow   string `json:"flow,omitempty"` // "" for the bot's own questions
	Step   string `json:"step"`           // a step id, or a system step such as "@menu"
	At     int    `json:"at,omitempty"`   // instruction of a guide, from 1
	Nonce  int    `json:"nonce"`
	Choice string `json:"choice"`
}

// Attachment is a file that a customer sent. The bytes are never part of it.
type Attachment struct {
	Kind string `json:"kind"` // image, video, audio, file, sticker, location, contact
	Name string `json:"name,omitempty"`
	Size int64  `json:"size,omitempty"` // bytes, 0 when the platform does not tell
}

// ActionResult is the answer to an Effect of kind action.
type ActionResult struct {
	Name    string `json:"name"`
	Nonce   int    `json:"nonce"`
	Outcome string `json:"outcome"` // one of the action's outcomes, or "failed"
}

// OperatorKind says what the desk did with the conversation's ticket.
type OperatorKind string

// What the desk can tell the engine.
const (
	OperatorClaimed    OperatorKind = "claimed"     // a person has it; the bot falls silent
	OperatorReleased   OperatorKind = "released"    // back in the queue; the bot stays silent
	OperatorHandedBack OperatorKind = "handed_back" // the bot goes on at Flow/Step
	OperatorResolved   OperatorKind = "resolved"    // the case is closed
)

// OperatorEvent is a command of the desk to the conversation.
type OperatorEvent struct {
	Kind  OperatorKind      `json:"kind"`
	Flow  string            `json:"flow,omitempty"`
	Step  string            `json:"step,omitempty"`
	Facts map[string]string `json:"facts,omitempty"`
	Done  []string          `json:"done,omitempty"` // steps the person did already ("flow/step"), to be skipped
	Text  string            `json:"text,omitempty"` // what the person did, in words for the customer
	Name  string            `json:"name,omitempty"` // the operator's display name
	// Outcome is how a resolved case ended; "" = solved.
	Outcome Outcome `json:"outcome,omitempty"`
}
