-- Times are microseconds since 1970 (UTC); 0 is "never". JSON is kept as
-- bytes: nothing here looks into it.

CREATE TABLE conversation (
	id          TEXT PRIMARY KEY,
	channel     TEXT NOT NULL,
	customer    TEXT NOT NULL,
	name        TEXT NOT NULL DEFAULT '',
	release     TEXT NOT NULL DEFAULT '',
	state       BYTEA,
	control     TEXT NOT NULL DEFAULT '' CHECK (control IN ('', 'waiting', 'human')),
	lang        TEXT NOT NULL DEFAULT '',
	seq         BIGINT NOT NULL DEFAULT 0 CHECK (seq >= 0),
	unreachable TEXT NOT NULL DEFAULT '',
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	node        TEXT NOT NULL DEFAULT '',
	lease_until BIGINT NOT NULL DEFAULT 0,
	fence       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX conversation_updated ON conversation (updated_at);

-- status: 0 pending, 1 done, 2 quarantined
CREATE TABLE inbox (
	id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	channel      TEXT NOT NULL,
	key          TEXT NOT NULL,
	conversation TEXT NOT NULL,
	body         BYTEA NOT NULL,
	received_at  BIGINT NOT NULL,
	status       BIGINT NOT NULL DEFAULT 0 CHECK (status IN (0, 1, 2)),
	tries        BIGINT NOT NULL DEFAULT 0,
	next_at      BIGINT NOT NULL DEFAULT 0,
	error        TEXT NOT NULL DEFAULT '',
	UNIQUE (channel, key)
);
CREATE INDEX inbox_pending ON inbox (conversation, id) WHERE status = 0;

CREATE TABLE turn (
	id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	conversation TEXT NOT NULL,
	seq          BIGINT NOT NULL,
	at           BIGINT NOT NULL,
	release      TEXT NOT NULL,
	control      TEXT NOT NULL,
	event        BYTEA NOT NULL,
	effects      BYTEA NOT NULL,
	UNIQUE (conversation, seq)
);

-- status: 0 queued, 1 sending, 2 sent, 3 failed, 4 uncertain
CREATE TABLE delivery (
	id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	conversation TEXT NOT NULL,
	channel      TEXT NOT NULL,
	turn         BIGINT NOT NULL,
	author       TEXT NOT NULL DEFAULT '',
	message      BYTEA NOT NULL,
	token        TEXT NOT NULL DEFAULT '',
	status       BIGINT NOT NULL CHECK (status BETWEEN 0 AND 4),
	tries        BIGINT NOT NULL DEFAULT 0,
	next_at      BIGINT NOT NULL DEFAULT 0,
	attempted_at BIGINT NOT NULL DEFAULT 0,
	platform     TEXT NOT NULL DEFAULT '',
	error        TEXT NOT NULL DEFAULT '',
	created_at   BIGINT NOT NULL,
	settled_at   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX delivery_conversation ON delivery (conversation, id);
CREATE INDEX delivery_open ON delivery (conversation, id) WHERE status IN (0, 1, 4);
CREATE UNIQUE INDEX delivery_token ON delivery (token) WHERE token <> '';

CREATE TABLE timer (
	conversation TEXT NOT NULL,
	name         TEXT NOT NULL,
	nonce        BIGINT NOT NULL,
	at           BIGINT NOT NULL,
	PRIMARY KEY (conversation, name)
);
CREATE INDEX timer_at ON timer (at);

CREATE TABLE ticket (
	id             TEXT PRIMARY KEY,
	no             BIGINT NOT NULL UNIQUE,
	conversation   TEXT NOT NULL,
	customer       TEXT NOT NULL,
	channel        TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('queued', 'active', 'waiting_customer', 'snoozed', 'bot', 'resolved', 'closed')),
	version        BIGINT NOT NULL,
	queue          TEXT NOT NULL,
	reason         TEXT NOT NULL,
	lang           TEXT NOT NULL,
	packet         BYTEA NOT NULL,
	assignee       TEXT NOT NULL DEFAULT '',
	epoch          BIGINT NOT NULL DEFAULT 0,
	lease_until    BIGINT NOT NULL DEFAULT 0,
	code           TEXT NOT NULL DEFAULT '',
	reopened_of    TEXT NOT NULL DEFAULT '',
	created_at     BIGINT NOT NULL,
	queued_at      BIGINT NOT NULL,
	claimed_at     BIGINT NOT NULL DEFAULT 0,
	first_human_at BIGINT NOT NULL DEFAULT 0,
	resolved_at    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX ticket_conversation ON ticket (conversation);
CREATE INDEX ticket_open ON ticket (queued_at) WHERE state NOT IN ('resolved', 'closed');

CREATE TABLE ticket_event (
	id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	ticket TEXT NOT NULL,
	seq    BIGINT NOT NULL,
	kind   TEXT NOT NULL,
	actor  TEXT NOT NULL,
	at     BIGINT NOT NULL,
	data   BYTEA,
	UNIQUE (ticket, seq)
);
-- History is only ever added to.
CREATE FUNCTION ticket_event_append_only() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN RAISE EXCEPTION 'ticket history is append-only'; END $$;
CREATE TRIGGER ticket_event_no_change BEFORE UPDATE OR DELETE ON ticket_event
	FOR EACH ROW EXECUTE FUNCTION ticket_event_append_only();

CREATE TABLE pack_release (
	hash         TEXT PRIMARY KEY,
	archive      BYTEA NOT NULL,
	published_at BIGINT NOT NULL,
	current      BIGINT NOT NULL DEFAULT 0 CHECK (current IN (0, 1))
);
CREATE UNIQUE INDEX pack_release_current ON pack_release (current) WHERE current = 1;

-- One row that is written to see whether the database can be.
CREATE TABLE ping (
	id      BIGINT PRIMARY KEY CHECK (id = 1),
	counter BIGINT NOT NULL
);
INSERT INTO ping (id, counter) VALUES (1, 0);
