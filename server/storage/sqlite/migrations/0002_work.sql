-- What is still to be done: boundaries, retention, catalog passes. The engine's own; a tenant's name only says whom it
-- is about.
CREATE TABLE work (  -- global
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: an old holder must not meet a new row under its id
  kind INTEGER NOT NULL CHECK (kind > 0),
  key TEXT NOT NULL,
  tenant TEXT NOT NULL,  -- empty: none
  wanted INTEGER NOT NULL,
  due INTEGER NOT NULL,
  lease_until INTEGER,  -- null: free
  fence INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  last_error TEXT NOT NULL,
  dead INTEGER NOT NULL CHECK (dead IN (0, 1)),
  created_at INTEGER NOT NULL,
  UNIQUE (kind, key)
) STRICT;
CREATE INDEX work_by_due ON work (kind, due, id) WHERE dead = 0;
CREATE INDEX work_by_holder ON work (kind, tenant, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX work_dead ON work (id) WHERE dead = 1;

-- Tenants of older versions get the boundary row that they were promised.
INSERT INTO work (kind, key, tenant, wanted, due, fence, attempts, last_error, dead, created_at)
  SELECT 1, tenant, tenant, 1, next_boundary, 0, 0, '', 0, changed_at FROM tenant_state WHERE next_boundary IS NOT NULL;

-- Payloads are sealed from here on. Nothing needs those that were settled before; parked ones stay as they are until
-- they are settled.
UPDATE events SET raw = x'' WHERE disposition <> 3;
CREATE INDEX events_by_payload ON events (received_at) WHERE disposition <> 3 AND raw <> x'';

-- Small texts that the engine keeps: the test clock, how far a pass over all tenants came.
CREATE TABLE marks (  -- global
  name TEXT NOT NULL PRIMARY KEY,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
