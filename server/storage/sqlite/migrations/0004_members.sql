-- Who belongs to which tenant, by the identity provider's id of the user.
CREATE TABLE members (  -- tenant
  tenant TEXT NOT NULL,
  user_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, user_id)
) STRICT, WITHOUT ROWID;
-- The first of a user is its home.
CREATE INDEX members_by_user ON members (user_id, created_at, tenant);
