package bot

// The identifiers below are opaque: only the channel adapter (or the store)
// that made one may look inside it.
type (
	// ConversationID names one conversation, unique over all channels. An
	// adapter builds it from its own name and the platform's ids.
	ConversationID string
	// CustomerID names a customer within one channel.
	CustomerID string
	// MessageID names a message on its platform, unique within a conversation.
	MessageID string
	// TicketID names a ticket of the desk.
	TicketID string
	// OperatorID names a human support person.
	OperatorID string
)
