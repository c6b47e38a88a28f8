package bot

import (
	"fmt"
	"time"
)

// Inbound is one thing a platform delivered, as an adapter understood it.
type Inbound struct {
	Channel string `json:"channel"` // the adapter's name
	// Key is unique per channel and delivery; the same key is applied once.
	Key          string         `json:"key"`
	Conversation ConversationID `json:"conversation"`
	Customer     CustomerID     `json:"customer"`
	Name         string         `json:"name,omitempty"` // display name
	Event        Event          `json:"event"`
	// Token is the opaque id of the button that was pressed; the runtime
	// resolves it to Event.Button.
	Token      string    `json:"token,omitempty"`
	ReceivedAt time.Time `json:"received_at"`
}

// Outgoing is one message on its way to a platform.
type Outgoing struct {
	ID           int64          `json:"id"` // outbox row, rising within a conversation
	Channel      string         `json:"channel"`
	Conversation ConversationID `json:"conversation"`
	Customer     CustomerID     `json:"customer,omitempty"` // whose conversation it is
	Message      Message        `json:"message"`
	// Author is the operator who wrote it; "" = the bot.
	Author string `json:"author,omitempty"`
	// Tokens[i] is the opaque id of Message.Choices[i].
	Tokens []string `json:"tokens,omitempty"`
	// MayRepeat is true when an earlier try may have reached the platform.
	MayRepeat bool `json:"may_repeat,omitempty"`
}

// Receipt is a platform's word that a message was taken.
type Receipt struct {
	Message MessageID `json:"message"`
	At      time.Time `json:"at"`
}

// RetryError says that the platform wants to be left alone for a while.
type RetryError struct {
	After time.Duration // zero when the platform does not tell
	// All is true when the whole channel must wait, not only this conversation.
	All bool
	Err error
}

func (e *RetryError) Error() string { return fmt.Sprintf("retry after %s: %v", e.After, e.Err) }
func (e *RetryError) Unwrap() error { return e.Err }

// GoneError says that the conversation cannot be reached any more: blocked,
// deleted, archived. Trying again is useless.
type GoneError struct{ Err error }

func (e *GoneError) Error() string { return fmt.Sprintf("conversation gone: %v", e.Err) }
func (e *GoneError) Unwrap() error { return e.Err }

// InvalidError says that the platform refuses this message as it is.
type InvalidError struct{ Err error }

func (e *InvalidError) Error() string { return fmt.Sprintf("message refused: %v", e.Err) }
func (e *InvalidError) Unwrap() error { return e.Err }

// UncertainError says that the request left us but no answer came: the
// message may have been delivered.
type UncertainError struct{ Err error }

func (e *UncertainError) Error() string { return fmt.Sprintf("may have been sent: %v", e.Err) }
func (e *UncertainError) Unwrap() error { return e.Err }
