// Package store is the contract for everything Latchkey keeps: what came in,
// where each conversation stands, every turn, what goes out, timers, tickets
// and pack releases. It holds no implementation: storetest proves one, and
// sqlstore is the one for SQLite and PostgreSQL.
//
// Three promises carry the rest of the program. An Update that returned nil is
// durable: it survives a killed process and, as far as the disk keeps its own
// promises, a power cut. The same delivery of a platform is received once. And
// a turn is saved only by the node that holds the conversation's lease.
package store

import (
	"context"
	"errors"
	"time"

	"latchkey/bot"
)

// Errors that callers act on.
var (
	ErrNotFound = errors.New("not found")
	// ErrLeased says that another node has the conversation; it will do the work.
	ErrLeased = errors.New("conversation is leased to another node")
	// ErrFenced says that the lease was lost since: nothing was saved.
	ErrFenced = errors.New("lease was lost")
	// ErrUsed says that a turn has used the event already.
	ErrUsed = errors.New("event was used already")
	// ErrConflict says that somebody else changed the ticket first.
	ErrConflict = errors.New("changed by somebody else")
	// ErrNewerSchema says that a newer program has migrated the database.
	ErrNewerSchema = errors.New("the database belongs to a newer version of latchkey")
	// ErrFull says that the disk, or the size allowed to the database, is used up.
	ErrFull = errors.New("no room left for the database")
	// ErrBusy says that another program kept the database locked for too long.
	ErrBusy = errors.New("database is locked by another program")
)

// Store runs transactions.
type Store interface {
	// Update runs fn in one read-write transaction and returns when it is
	// durable. Several callers may share one commit; an error of one fn rolls
	// back that fn alone. fn may be run again after a conflict, so it must have
	// no effects but those on tx, and must not keep tx.
	Update(ctx context.Context, fn func(Tx) error) error
	// View runs fn on a consistent snapshot. Writing through its tx is an error.
	View(ctx context.Context, fn func(Tx) error) error
	// Wakes tells, until ctx ends, which conversations another node or process
	// has written events or messages for. Names may be missing or repeated:
	// callers also look by themselves, with Waiting and Unsent. An empty name
	// means "look now".
	Wakes(ctx context.Context) <-chan bot.ConversationID
	// Ping commits something small, to find out whether the store can be written.
	Ping(ctx context.Context) error
	Close() error
}

// Tx is one transaction. It is valid inside the function it was given to, and
// used by one goroutine at a time.
type Tx interface {
	Inbox
	Conversations
	Turns
	Outbox
	Timers
	Tickets
	Releases
	Memory
	DeadLetters
}

// Received is an event in the inbox. Its text went through the secret filter.
type Received struct {
	ID int64 // rises in the order of arrival
	bot.Inbound
	Tries int       // failed turns so far
	Next  time.Time // not before; zero = now
}

// Inbox keeps what platforms delivered until a turn has used it.
type Inbox interface {
	// Receive adds an event, or returns the id of the row that has its channel
	// and key already, with fresh false.
	Receive(in bot.Inbound) (id int64, fresh bool, err error)
	// Pending are a conversation's events that no turn has used, oldest first.
	Pending(c bot.ConversationID, limit int) ([]Received, error)
	// Done marks events as used. They stay for as long as repeats are to be known.
	// ErrUsed when one of them is not pending any more: the turn must not count.
	Done(ids ...int64) error
	// Fail counts a failed turn and keeps the event until next. A quarantined
	// event is out of the way: no turn sees it again, reason says why.
	Fail(id int64, next time.Time, quarantine bool, reason string) error
	// Waiting are conversations with pending events that are due and that no
	// live lease of another node covers, longest waiting first.
	Waiting(node string, now time.Time, limit int) ([]bot.ConversationID, error)
}

// Conversation is where one conversation stands.
type Conversation struct {
	ID       bot.ConversationID
	Channel  string
	Customer bot.CustomerID
	Name     string // display name, filtered
	Release  string // pack release it stays on; "" before the first turn
	State    []byte // the dialogue engine's state as JSON; nil before the first turn
	Control  string // who may speak: "", waiting, human (as dialogue.Control)
	Lang     string
	Seq      int64 // number of the last turn, from 1
	// Unreachable says why the platform refuses messages to it; "" = it does not.
	Unreachable string
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Node        string // who has the lease, or had it last
	LeaseUntil  time.Time
	Fence       int64 // of the lease; see Lease
}

// Leased tells whether node holds the conversation at now.
func (c Conversation) Leased(node string, now time.Time) bool {
	return c.Node == node && now.Before(c.LeaseUntil)
}

// Conversations keeps where each conversation stands, under leases.
type Conversations interface {
	// Lease makes node the only one that may save the conversation until then,
	// and returns it as it stands. A conversation that does not exist yet is
	// made from first. Renewing one's own lease keeps the fence; taking over an
	// expired one raises it. ErrLeased when another node's lease is alive.
	Lease(first Conversation, node string, now, until time.Time) (Conversation, error)
	// Save writes Release, State, Control, Lang, Seq and Name.
	// ErrFenced when c.Fence is not the conversation's fence any more, or its
	// Seq is neither c.Seq nor the one before.
	Save(c Conversation, now time.Time) error
	// Control writes who may speak and raises the fence, so that a turn in
	// progress that saw it otherwise cannot be saved. It needs no lease.
	Control(c bot.ConversationID, control string) error
	// Unreachable notes that the platform refuses messages to a conversation;
	// "" takes the note away. It needs no lease.
	Unreachable(c bot.ConversationID, reason string) error
	// Unlease ends a lease early. A lost one is no error.
	Unlease(c bot.ConversationID, fence int64) error
	// UnleaseNode ends the leases of a node that stops, or of all nodes when node
	// is "": only for one that knows it is alone. The fences rise, so whoever
	// was thought gone cannot save any more.
	UnleaseNode(node string) error
	// Conversation reads one without a lease, for people to look at.
	Conversation(c bot.ConversationID) (Conversation, error)
}

// Turn is one step of the engine, kept whole so that it can be replayed.
type Turn struct {
	Conversation bot.ConversationID
	Seq          int64 // 1, 2, 3, … within the conversation
	At           time.Time
	Release      string
	Control      string // who had the conversation before the turn, as the engine was told
	Event        []byte // bot.Event as JSON, with its reading
	Effects      []byte // []bot.Effect as JSON
}

// Turns is the record of all conversations.
type Turns interface {
	// AddTurn adds a turn. ErrFenced when there is one of that number already.
	AddTurn(t Turn) error
	// Turns are those after a number, oldest first.
	Turns(c bot.ConversationID, after int64, limit int) ([]Turn, error)
	// Recent lists conversations by their last turn, newest first.
	Recent(limit int) ([]Conversation, error)
}

// DeliveryStatus is how far a message got.
type DeliveryStatus string

// A message is sent only when the platform has said so.
const (
	Queued    DeliveryStatus = "queued"
	Sending   DeliveryStatus = "sending"   // handed to the platform, no answer yet
	Sent      DeliveryStatus = "sent"      // the platform took it
	Failed    DeliveryStatus = "failed"    // refused for good, or given up
	Uncertain DeliveryStatus = "uncertain" // may have been sent; it will be sent again, marked so
)

// Delivery is one message on its way out.
type Delivery struct {
	ID           int64 // rises in the order of sending within a conversation
	Conversation bot.ConversationID
	Channel      string
	Turn         int64  // the turn that said it; 0 = a person
	Author       string // operator's name; "" = the bot
	Message      []byte // bot.Message as JSON
	// Token is a random id of 128 bits in base64url. Choice i of the message is
	// known to platforms as Token + "." + i. "" when there are no choices.
	Token     string
	Status    DeliveryStatus
	Tries     int
	Next      time.Time // not before
	Attempted time.Time // when the last try began; zero = never
	Platform  bot.MessageID
	Error     string // why the last try failed, for operators
	CreatedAt time.Time
	SettledAt time.Time // sent or failed
}

// Outbox keeps messages until the platform has answered for them.
type Outbox interface {
	// Enqueue adds a message with Status Queued, or Sending when the caller will
	// try at once. It returns the row's id.
	Enqueue(d Delivery) (id int64, err error)
	// Queue are a conversation's messages that are neither sent nor failed, in order.
	Queue(c bot.ConversationID, limit int) ([]Delivery, error)
	// Settle writes Status, Tries, Next, Attempted, Platform, Error and SettledAt.
	Settle(d Delivery) error
	// Unsent are conversations whose next message is due and that no live lease
	// of another node covers, longest due first.
	Unsent(node string, now time.Time, limit int) ([]bot.ConversationID, error)
	// Deliveries are a conversation's messages after an id, oldest first.
	Deliveries(c bot.ConversationID, after int64, limit int) ([]Delivery, error)
	// Pressed finds the message that a button's token belongs to.
	Pressed(token string) (Delivery, error)
}

// DueTimer is an alarm that has rung.
type DueTimer struct {
	Conversation Conversation // ID, Channel and Customer are filled in
	Timer        bot.Timer
}

// Timers keeps alarms over restarts. A conversation has one of each name.
type Timers interface {
	Arm(c bot.ConversationID, t bot.Timer) error
	Disarm(c bot.ConversationID, name string) error
	// Due are alarms that have rung by now, earliest first. Ringing is Receive
	// of the timer's event and Disarm, in one transaction.
	Due(now time.Time, limit int) ([]DueTimer, error)
}

// Release is one published version of a pack, kept whole so that running
// conversations can stay on it.
type Release struct {
	Hash    string
	Archive []byte // zip of the pack's folder
	At      time.Time
}

// Releases keeps pack releases.
type Releases interface {
	// Publish keeps a release and makes it the one that new conversations begin
	// on. A release that is known is only made current.
	Publish(r Release) error
	Release(hash string) (Release, error)
	Current() (hash string, err error) // ErrNotFound before the first
	// Prune forgets releases that are neither current nor used by a conversation
	// changed since.
	Prune(since time.Time) (int, error)
}

// Memory keeps small facts that an adapter or a surface must know again after
// a restart, each under a scope (the adapter's name) and a key. It is no place
// for what a customer wrote.
type Memory interface {
	// Remember keeps a value until a time (zero = for ever), replacing the one
	// before. A nil value forgets.
	Remember(scope, key string, value []byte, until time.Time) error
	// Recall reads a value; ErrNotFound when there is none, or none any more at now.
	Recall(scope, key string, now time.Time) ([]byte, error)
	// Forget drops what was to be kept until now, and tells how much that was.
	Forget(now time.Time) (int, error)
}

// DeadLetter is something a platform delivered that no adapter could read.
type DeadLetter struct {
	ID      int64
	Channel string
	Key     string // unique in the channel: the platform's id of the delivery
	Body    string // as delivered, filtered of secrets
	Reason  string
	At      time.Time
}

// DeadLetters keeps what could not be read, so that it is not lost and not
// delivered for ever.
type DeadLetters interface {
	// Bury keeps one; the same channel and key is kept once.
	Bury(d DeadLetter) error
	// Buried are those after an id, oldest first.
	Buried(after int64, limit int) ([]DeadLetter, error)
}
