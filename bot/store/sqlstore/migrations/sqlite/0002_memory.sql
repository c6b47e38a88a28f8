-- What an adapter or a surface must remember over restarts: small facts by
-- scope and key. until 0 is "for ever".
CREATE TABLE memory (
	scope  TEXT NOT NULL,
	key    TEXT NOT NULL,
	value  BLOB NOT NULL,
	until  INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (scope, key)
) WITHOUT ROWID;
CREATE INDEX memory_until ON memory (until) WHERE until > 0;

-- What a platform delivered and nobody could read. The body went through the
-- secret filter.
CREATE TABLE dead_letter (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	channel TEXT NOT NULL,
	key     TEXT NOT NULL,
	body    TEXT NOT NULL,
	reason  TEXT NOT NULL,
	at      INTEGER NOT NULL,
	UNIQUE (channel, key)
);
