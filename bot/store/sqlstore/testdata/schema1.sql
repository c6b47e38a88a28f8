-- version 1 schema with data, as the first release wrote it. DO NOT EDIT.
CREATE TABLE schema_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL);
-- Times are microseconds since 1970 (UTC); 0 is "never". JSON is kept as
-- bytes: nothing here looks into it.

CREATE TABLE conversation (
	id          TEXT PRIMARY KEY,
	channel     TEXT NOT NULL,
	customer    TEXT NOT NULL,
	name        TEXT NOT NULL DEFAULT '',
	release     TEXT NOT NULL DEFAULT '',
	state       BLOB,
	control     TEXT NOT NULL DEFAULT '' CHECK (control IN ('', 'waiting', 'human')),
	lang        TEXT NOT NULL DEFAULT '',
	seq         INTEGER NOT NULL DEFAULT 0 CHECK (seq >= 0),
	unreachable TEXT NOT NULL DEFAULT '',
	created_at  INTEGER NOT NULL,
	updated_at  INTEGER NOT NULL,
	node        TEXT NOT NULL DEFAULT '',
	lease_until INTEGER NOT NULL DEFAULT 0,
	fence       INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX conversation_updated ON conversation (updated_at);

-- status: 0 pending, 1 done, 2 quarantined
CREATE TABLE inbox (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	channel      TEXT NOT NULL,
	key          TEXT NOT NULL,
	conversation TEXT NOT NULL,
	body         BLOB NOT NULL,
	received_at  INTEGER NOT NULL,
	status       INTEGER NOT NULL DEFAULT 0 CHECK (status IN (0, 1, 2)),
	tries        INTEGER NOT NULL DEFAULT 0,
	next_at      INTEGER NOT NULL DEFAULT 0,
	error        TEXT NOT NULL DEFAULT '',
	UNIQUE (channel, key)
);
CREATE INDEX inbox_pending ON inbox (conversation, id) WHERE status = 0;

CREATE TABLE turn (
	id           INTEGER PRIMARY KEY,
	conversation TEXT NOT NULL,
	seq          INTEGER NOT NULL,
	at           INTEGER NOT NULL,
	release      TEXT NOT NULL,
	control      TEXT NOT NULL,
	event        BLOB NOT NULL,
	effects      BLOB NOT NULL,
	UNIQUE (conversation, seq)
);

-- status: 0 queued, 1 sending, 2 sent, 3 failed, 4 uncertain
CREATE TABLE delivery (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	conversation TEXT NOT NULL,
	channel      TEXT NOT NULL,
	turn         INTEGER NOT NULL,
	author       TEXT NOT NULL DEFAULT '',
	message      BLOB NOT NULL,
	token        TEXT NOT NULL DEFAULT '',
	status       INTEGER NOT NULL CHECK (status BETWEEN 0 AND 4),
	tries        INTEGER NOT NULL DEFAULT 0,
	next_at      INTEGER NOT NULL DEFAULT 0,
	attempted_at INTEGER NOT NULL DEFAULT 0,
	platform     TEXT NOT NULL DEFAULT '',
	error        TEXT NOT NULL DEFAULT '',
	created_at   INTEGER NOT NULL,
	settled_at   INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX delivery_conversation ON delivery (conversation, id);
CREATE INDEX delivery_open ON delivery (conversation, id) WHERE status IN (0, 1, 4);
CREATE UNIQUE INDEX delivery_token ON delivery (token) WHERE token <> '';

CREATE TABLE timer (
	conversation TEXT NOT NULL,
	name         TEXT NOT NULL,
	nonce        INTEGER NOT NULL,
	at           INTEGER NOT NULL,
	PRIMARY KEY (conversation, name)
) WITHOUT ROWID;
CREATE INDEX timer_at ON timer (at);

CREATE TABLE ticket (
	id             TEXT PRIMARY KEY,
	no             INTEGER NOT NULL UNIQUE,
	conversation   TEXT NOT NULL,
	customer       TEXT NOT NULL,
	channel        TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('queued', 'active', 'waiting_customer', 'snoozed', 'bot', 'resolved', 'closed')),
	version        INTEGER NOT NULL,
	queue          TEXT NOT NULL,
	reason         TEXT NOT NULL,
	lang           TEXT NOT NULL,
	packet         BLOB NOT NULL,
	assignee       TEXT NOT NULL DEFAULT '',
	epoch          INTEGER NOT NULL DEFAULT 0,
	lease_until    INTEGER NOT NULL DEFAULT 0,
	code           TEXT NOT NULL DEFAULT '',
	reopened_of    TEXT NOT NULL DEFAULT '',
	created_at     INTEGER NOT NULL,
	queued_at      INTEGER NOT NULL,
	claimed_at     INTEGER NOT NULL DEFAULT 0,
	first_human_at INTEGER NOT NULL DEFAULT 0,
	resolved_at    INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX ticket_conversation ON ticket (conversation);
CREATE INDEX ticket_open ON ticket (queued_at) WHERE state NOT IN ('resolved', 'closed');

CREATE TABLE ticket_event (
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	ticket TEXT NOT NULL,
	seq    INTEGER NOT NULL,
	kind   TEXT NOT NULL,
	actor  TEXT NOT NULL,
	at     INTEGER NOT NULL,
	data   BLOB,
	UNIQUE (ticket, seq)
);
-- History is only ever added to.
CREATE TRIGGER ticket_event_no_update BEFORE UPDATE ON ticket_event BEGIN SELECT RAISE(ABORT, 'ticket history is append-only'); END;
CREATE TRIGGER ticket_event_no_delete BEFORE DELETE ON ticket_event BEGIN SELECT RAISE(ABORT, 'ticket history is append-only'); END;

CREATE TABLE pack_release (
	hash         TEXT PRIMARY KEY,
	archive      BLOB NOT NULL,
	published_at INTEGER NOT NULL,
	current      INTEGER NOT NULL DEFAULT 0 CHECK (current IN (0, 1))
);
CREATE UNIQUE INDEX pack_release_current ON pack_release (current) WHERE current = 1;

-- One row that is written to see whether the database can be.
CREATE TABLE ping (
	id      INTEGER PRIMARY KEY CHECK (id = 1),
	counter INTEGER NOT NULL
);
INSERT INTO ping (id, counter) VALUES (1, 0);
INSERT INTO schema_migration VALUES (1, '0001_runtime', 1795564800000000);
INSERT INTO conversation (id, channel, customer, name, release, state, control, lang, seq, created_at, updated_at, node, lease_until, fence)
	VALUES ('web:old', 'web', 'web:old', '', '0123456789abcdef', x'7b7d', 'waiting', 'es', 2, 1795564800000000, 1795564801000000, 'node-1', 1795564815000000, 3);
INSERT INTO inbox (channel, key, conversation, body, received_at, status) VALUES ('web', 'k1', 'web:old', x'7b7d', 1795564800000000, 1);
INSERT INTO turn (conversation, seq, at, release, control, event, effects) VALUES
	('web:old', 1, 1795564800000000, '0123456789abcdef', '', x'7b7d', x'5b5d'),
	('web:old', 2, 1795564801000000, '0123456789abcdef', '', x'7b7d', x'5b5d');
INSERT INTO delivery (conversation, channel, turn, message, token, status, created_at) VALUES ('web:old', 'web', 2, x'7b7d', 'tok', 1, 1795564801000000);
INSERT INTO timer VALUES ('web:old', 'idle', 1, 1795564900000000);
INSERT INTO ticket (id, no, conversation, customer, channel, state, version, queue, reason, lang, packet, created_at, queued_at)
	VALUES ('T1', 1001, 'web:old', 'web:old', 'web', 'queued', 1, 'access', 'asked_human', 'es', x'7b7d', 1795564801000000, 1795564801000000);
INSERT INTO ticket_event (ticket, seq, kind, actor, at) VALUES ('T1', 1, 'ticket.queued', 'bot', 1795564801000000);
INSERT INTO pack_release VALUES ('0123456789abcdef', x'00', 1795564800000000, 1);
