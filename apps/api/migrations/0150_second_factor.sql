-- The second factor of whoever signs in, what a sign-in waits for between password and code, and what a person is shown of
-- their sessions.

-- Of a member, not of a person: an account asks its own people, and what belongs to it leaves with them.
CREATE TABLE second_factor (
  account_id           uuid NOT NULL,
  person_id            uuid NOT NULL,
  -- AES-256-GCM of the shared secret (RFC 6238), bound to this row's key by additional data.
  sealed               bytea NOT NULL,
  key_id               bigint NOT NULL,
  -- NULL until a first code has proven that the app has the secret; nothing is asked of anybody before.
  confirmed_at         timestamptz,
  -- The time step of the last accepted code: no code of it, or of one before, is accepted again.
  last_step            bigint NOT NULL DEFAULT 0,
  -- HMAC-SHA256 of each unused recovery code under a server-side key; a used one is taken out.
  recovery_hashes      bytea[] NOT NULL DEFAULT '{}',
  recovery_codes_left  integer NOT NULL GENERATED ALWAYS AS (cardinality(recovery_hashes)) STORED,
  created_at           timestamptz NOT NULL,
  PRIMARY KEY (account_id, person_id),
  FOREIGN KEY (account_id, person_id) REFERENCES membership (account_id, person_id) ON DELETE CASCADE
);
CREATE INDEX second_factor_by_key ON second_factor (key_id);
ALTER TABLE second_factor ENABLE ROW LEVEL SECURITY;
ALTER TABLE second_factor FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON second_factor USING (may_touch(account_id)) WITH CHECK (may_touch(account_id));

CREATE CONSTRAINT TRIGGER audited AFTER INSERT OR DELETE OR UPDATE OF confirmed_at, recovery_hashes ON second_factor
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  EXECUTE FUNCTION record_audit('second_factor', '{person_id}', '{sealed}', '{key_id,last_step,recovery_hashes}');

-- Somebody whose password was right and whose code is awaited. No session: whatever looks for one finds nothing here.
CREATE TABLE sign_in_step (
  account_id  uuid NOT NULL,
  id          uuid NOT NULL,
  person_id   uuid NOT NULL,
  token_hash  bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  -- Codes that were tried; after a few the password is asked for again.
  tries       integer NOT NULL DEFAULT 0,
  created_at  timestamptz NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, person_id) REFERENCES second_factor (account_id, person_id) ON DELETE CASCADE
);
CREATE INDEX sign_in_step_of_person ON sign_in_step (account_id, person_id);
ALTER TABLE sign_in_step ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_in_step FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON sign_in_step USING (may_touch(account_id)) WITH CHECK (may_touch(account_id));

ALTER TABLE session
  ADD COLUMN user_agent text CHECK (length(user_agent) <= 300),
  ADD COLUMN address    text CHECK (length(address) <= 64);

ALTER TABLE account
  ADD COLUMN second_factor_required boolean NOT NULL DEFAULT false,
  -- Under the name by which the audit log finds the account of every row.
  ADD COLUMN account_id uuid NOT NULL GENERATED ALWAYS AS (id) STORED;
CREATE CONSTRAINT TRIGGER audited AFTER UPDATE OF name, second_factor_required ON account
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_audit('account', '{id}', '{}', '{}');

CREATE CONSTRAINT TRIGGER audited AFTER INSERT OR DELETE OR UPDATE ON invitation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  EXECUTE FUNCTION record_audit('invitation', '{id}', '{token_hash}', '{}');

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onerouter_app') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON second_factor, sign_in_step TO onerouter_app;
  END IF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END
$$;
