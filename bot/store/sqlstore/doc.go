// Package sqlstore keeps everything in SQL: in one SQLite file, or in
// PostgreSQL when several nodes share the work. It is one implementation of
// the contract of package store; what differs between the two databases
// stands in a dialect value and in their migrations.
//
// SQLite runs with a write-ahead log, a sync at every commit and one writer,
// whose transactions are shared by all callers that wait at the moment (group
// commit). Readers have connections of their own and never wait for it.
package sqlstore
