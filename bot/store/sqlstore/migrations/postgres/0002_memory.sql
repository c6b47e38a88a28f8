-- What an adapter or a surface must remember over restarts: small facts by
-- scope and key. until 0 is "for ever".
CREATE TABLE memory (
	scope  TEXT NOT NULL,
	key    TEXT NOT NULL,
	value  BYTEA NOT NULL,
	until  BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (scope, key)
);
CREATE INDEX memory_until ON memory (until) WHERE until > 0;

-- What a platform delivered and nobody could read. The body went through the
-- secret filter.
CREATE TABLE dead_letter (
	id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	channel TEXT NOT NULL,
	key     TEXT NOT NULL,
	body    TEXT NOT NULL,
	reason  TEXT NOT NULL,
	at      BIGINT NOT NULL,
	UNIQUE (channel, key)
);
