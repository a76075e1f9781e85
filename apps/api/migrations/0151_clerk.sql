-- People who sign in with Clerk: whom its session tokens speak of.
CREATE TABLE clerk_identity (
  -- The Clerk instance. Ids of two instances are ids of two people.
  issuer      text NOT NULL CHECK (length(issuer) <= 300),
  subject     text NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
  person_id   uuid NOT NULL UNIQUE REFERENCES person (id) ON DELETE CASCADE,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (issuer, subject)
);
ALTER TABLE clerk_identity ENABLE ROW LEVEL SECURITY;
ALTER TABLE clerk_identity FORCE ROW LEVEL SECURITY;
CREATE POLICY engine_only ON clerk_identity
  USING (current_setting('app.scope', true) = 'engine')
  WITH CHECK (current_setting('app.scope', true) = 'engine');

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onerouter_app') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON clerk_identity TO onerouter_app;
  END IF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END
$$;
