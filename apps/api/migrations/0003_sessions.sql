-- People who sign in to the dashboard, what they may do in which account, and their open sessions.

-- A person is nobody's property: one may belong to several accounts. Only the engine's scope sees this table.
CREATE TABLE person (
  id             uuid PRIMARY KEY,
  -- Lower case; what people type is folded before it gets here.
  email          text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 320),
  name           text NOT NULL,
  -- scrypt with its parameters and salt, in the PHC string format.
  password_hash  text NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE person FORCE ROW LEVEL SECURITY;
CREATE POLICY engine_only ON person
  USING (current_setting('app.scope', true) = 'engine')
  WITH CHECK (current_setting('app.scope', true) = 'engine');

CREATE TABLE membership (
  account_id  uuid NOT NULL REFERENCES account (id),
  person_id   uuid NOT NULL REFERENCES person (id),
  role        text NOT NULL CHECK (role IN ('owner')),
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, person_id)
);
CREATE INDEX membership_of_person ON membership (person_id);
ALTER TABLE membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE membership FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON membership USING (may_touch(account_id)) WITH CHECK (may_touch(account_id));

-- A session spans both environments: each request says which one it means.
CREATE TABLE session (
  account_id    uuid NOT NULL,
  id            uuid NOT NULL,
  person_id     uuid NOT NULL,
  -- HMAC-SHA256 of the cookie's 256 random bits under a server-side key; the cookie itself is never stored.
  token_hash    bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  created_at    timestamptz NOT NULL,
  last_used_at  timestamptz NOT NULL,
  PRIMARY KEY (account_id, id),
  -- A member who is removed is signed out by the same statement.
  FOREIGN KEY (account_id, person_id) REFERENCES membership (account_id, person_id) ON DELETE CASCADE
);
CREATE INDEX session_of_person ON session (person_id, created_at);
ALTER TABLE session ENABLE ROW LEVEL SECURITY;
ALTER TABLE session FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON session USING (may_touch(account_id)) WITH CHECK (may_touch(account_id));

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onerouter_app') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON person, membership, session TO onerouter_app;
  END IF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END
$$;
