-- API keys. The secret itself is nowhere.
CREATE TABLE api_keys (  -- global
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  scopes INTEGER NOT NULL,  -- a bit for each: 2 check, 4 ingest, 8 roles, 16 catalog, 32 admin
  tenant TEXT NOT NULL,  -- the only one that it reaches; empty: all
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER,  -- null: never
  revoked_at INTEGER  -- null: it was not
) STRICT;
-- What was revoked stays revoked.
CREATE TRIGGER api_keys_stay_revoked BEFORE UPDATE OF revoked_at ON api_keys
WHEN OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NOT OLD.revoked_at BEGIN
  SELECT RAISE(ABORT, 'a revoked key stays revoked');
END;
