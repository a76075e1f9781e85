-- Several people in one account, each with a role, and invitations to it.
ALTER TABLE membership DROP CONSTRAINT membership_role_check;
ALTER TABLE membership ADD CONSTRAINT membership_role_check
  CHECK (role IN ('owner', 'admin', 'developer', 'viewer'));

CREATE TABLE invitation (
  account_id  uuid NOT NULL REFERENCES account (id),
  id          uuid NOT NULL,
  email       text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 320),
  role        text NOT NULL CHECK (role IN ('owner', 'admin', 'developer', 'viewer')),
  -- HMAC-SHA256 of 256 random bits under a server-side key; the token itself is shown once and never stored.
  token_hash  bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  invited_by  uuid NOT NULL,
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  PRIMARY KEY (account_id, id),
  UNIQUE (account_id, email),
  -- Who leaves the account takes the invitations along that nobody has accepted yet.
  FOREIGN KEY (account_id, invited_by) REFERENCES membership (account_id, person_id) ON DELETE CASCADE
);
ALTER TABLE invitation ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitation FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON invitation USING (may_touch(account_id)) WITH CHECK (may_touch(account_id));

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onerouter_app') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON invitation TO onerouter_app;
  END IF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END
$$;
