// Package bot is the vocabulary of Latchkey: identifiers, what comes in
// (Inbound, Event), what the dialogue engine asks for (Effect), what goes out
// (Outgoing) and the errors a channel may answer with.
//
// It does no I/O, reads no clock and imports only the standard library, so
// every other package can speak it.
package bot
