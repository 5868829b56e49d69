-- Every table says in its first line whose rows it holds:
--   tenant   rows belong to one tenant, whose id comes first in every unique key
--   scope    rows belong to a billing scope: provider, account, livemode
--   global   rows belong to the installation
-- Times are milliseconds since 1970-01-01T00:00:00Z. Digests are 32 bytes of SHA-256.

CREATE TABLE meta (  -- global
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE events (  -- scope
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  provider TEXT NOT NULL,
  account TEXT NOT NULL,
  livemode INTEGER NOT NULL CHECK (livemode IN (0, 1)),
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  disposition INTEGER NOT NULL CHECK (disposition IN (1, 2, 3)),  -- applied, ignored, parked
  reason TEXT NOT NULL,
  content BLOB NOT NULL CHECK (length(content) = 32),
  raw BLOB NOT NULL,
  -- One delivery of one content is one row, whatever a program believes.
  UNIQUE (provider, account, livemode, id, content)
) STRICT;
CREATE INDEX events_by_id ON events (provider, id);
CREATE INDEX events_by_disposition ON events (disposition, position);
CREATE INDEX events_ignored ON events (provider, account, livemode, received_at) WHERE disposition = 2;

-- The nodes of the graph that facts form.
CREATE TABLE objects (  -- scope
  object INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  account TEXT NOT NULL,
  livemode INTEGER NOT NULL CHECK (livemode IN (0, 1)),
  kind INTEGER NOT NULL,
  id TEXT NOT NULL,
  UNIQUE (provider, account, livemode, kind, id)
) STRICT;

CREATE TABLE facts (  -- scope
  fact INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  object INTEGER NOT NULL REFERENCES objects,
  content BLOB NOT NULL,
  learned_at INTEGER NOT NULL
) STRICT;
CREATE INDEX facts_by_object ON facts (object);

-- Both directions of every edge.
CREATE TABLE edges (  -- scope
  object INTEGER NOT NULL REFERENCES objects,
  other INTEGER NOT NULL REFERENCES objects,
  PRIMARY KEY (object, other)
) STRICT, WITHOUT ROWID;

-- Facts that are in nobody's ledger yet.
CREATE TABLE waiting_facts (  -- scope
  fact INTEGER PRIMARY KEY REFERENCES facts
) STRICT;

CREATE TABLE event_facts (  -- scope
  event INTEGER NOT NULL REFERENCES events,
  fact INTEGER NOT NULL REFERENCES facts,
  PRIMARY KEY (event, fact)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_facts_by_fact ON event_facts (fact);

CREATE TABLE event_tenants (  -- tenant
  tenant TEXT NOT NULL,
  event INTEGER NOT NULL REFERENCES events,
  PRIMARY KEY (tenant, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_tenants_by_event ON event_tenants (event);

CREATE TABLE tenant_facts (  -- tenant
  tenant TEXT NOT NULL,
  fact INTEGER NOT NULL REFERENCES facts,
  version INTEGER NOT NULL,
  learned_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, fact)
) STRICT, WITHOUT ROWID;

CREATE TABLE tenant_state (  -- tenant
  tenant TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  trace BLOB NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  next_boundary INTEGER,  -- null: none
  generation INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX tenant_state_by_boundary ON tenant_state (next_boundary) WHERE next_boundary IS NOT NULL;

CREATE TABLE change_log (  -- tenant
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  version INTEGER NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  UNIQUE (tenant, version)
) STRICT;

-- One chain over all tenants, for operators.
CREATE TABLE audit (  -- global
  position INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  tenant TEXT NOT NULL,  -- empty: none
  detail TEXT NOT NULL,
  previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE catalogs (  -- global
  hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  name TEXT NOT NULL,
  source TEXT NOT NULL
) STRICT;

CREATE TABLE generations (  -- global
  number INTEGER PRIMARY KEY,
  hash BLOB NOT NULL REFERENCES catalogs,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

-- What every name@version has meant since it was first active.
CREATE TABLE published (  -- global
  name TEXT NOT NULL PRIMARY KEY,
  content BLOB NOT NULL CHECK (length(content) = 32)
) STRICT, WITHOUT ROWID;

-- What was observed, sealed or activated stays as it was.
CREATE TRIGGER facts_stay BEFORE UPDATE ON facts BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END;
CREATE TRIGGER facts_remain BEFORE DELETE ON facts BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_remains BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER generations_stay BEFORE UPDATE ON generations BEGIN
  SELECT RAISE(ABORT, 'generations are append-only');
END;
CREATE TRIGGER generations_remain BEFORE DELETE ON generations BEGIN
  SELECT RAISE(ABORT, 'generations are append-only');
END;
