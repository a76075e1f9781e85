-- Accounts, keys, connected services and their encrypted credentials.
--
-- Every table that belongs to an account forces row-level security. A session is either the engine, whose
-- statements name the account themselves (app.scope = engine), or acts for exactly one account
-- (app.account_id); a session that is neither gets an error instead of rows.

-- The role the server works under: no owner, no superuser, so that the policies bind it.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'onerouter_app') THEN
    CREATE ROLE onerouter_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT;
  END IF;
  EXECUTE format('GRANT onerouter_app TO %I', current_user);
  GRANT USAGE ON SCHEMA public TO onerouter_app;
  ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO onerouter_app;
  ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO onerouter_app;
EXCEPTION
  -- Managed databases may forbid roles, and two installations may create it at once; the server says which
  -- role it works under when it starts.
  WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
END
$$;

-- May this session touch rows of the account? Errors when the session said nothing about itself.
CREATE FUNCTION may_touch(account uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN current_setting('app.scope', true) = 'engine' THEN true
              ELSE account = current_setting('app.account_id')::uuid END
$$;

CREATE TABLE account (
  id          uuid PRIMARY KEY,
  name        text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE account ENABLE ROW LEVEL SECURITY;
ALTER TABLE account FORCE ROW LEVEL SECURITY;
CREATE POLICY own_account ON account USING (may_touch(id)) WITH CHECK (may_touch(id));

CREATE TABLE api_key (
  account_id            uuid NOT NULL REFERENCES account (id),
  environment           text NOT NULL CHECK (environment IN ('test', 'live')),
  id                    uuid NOT NULL,
  name                  text NOT NULL,
  -- HMAC-SHA256 of the key under a server-side pepper; the key itself is never stored.
  key_hash              bytea NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
  hint                  text NOT NULL,
  scopes                text[] NOT NULL,
  -- NULL: every service of the account.
  services              text[],
  rate_limit_per_minute integer NOT NULL CHECK (rate_limit_per_minute BETWEEN 1 AND 1000000),
  rate_limit_per_day    integer NOT NULL CHECK (rate_limit_per_day BETWEEN 1 AND 100000000),
  ip_allowlist          text[],
  expires_at            timestamptz,
  revoked_at            timestamptz,
  last_used_at          timestamptz,
  rotated_from          uuid,
  created_at            timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, environment, id)
);
ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON api_key USING (may_touch(account_id)) WITH CHECK (may_touch(account_id));

-- A provider as the account uses it. It spans both environments: active_environment is the switch that
-- live keys follow, which is why its key has no environment.
CREATE TABLE service (
  account_id          uuid NOT NULL REFERENCES account (id),
  service             text NOT NULL CHECK (service IN ('stripe', 'razorpay', 'paypal', 'twilio')),
  active_environment  text NOT NULL DEFAULT 'test' CHECK (active_environment IN ('test', 'live')),
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, service)
);
ALTER TABLE service ENABLE ROW LEVEL SECURITY;
ALTER TABLE service FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON service USING (may_touch(account_id)) WITH CHECK (may_touch(account_id));

-- Where the provider's events for one account and environment arrive: /webhooks/{service}/{token}.
CREATE TABLE webhook_address (
  account_id    uuid NOT NULL,
  environment   text NOT NULL CHECK (environment IN ('test', 'live')),
  service       text NOT NULL,
  token         text NOT NULL UNIQUE CHECK (length(token) >= 32),
  created_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, environment, service),
  FOREIGN KEY (account_id, service) REFERENCES service (account_id, service)
);
ALTER TABLE webhook_address ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_address FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON webhook_address USING (may_touch(account_id)) WITH CHECK (may_touch(account_id));

-- Versions are kept for ever: a payment is finished with the credentials it was begun with.
CREATE TABLE credential (
  account_id        uuid NOT NULL,
  environment       text NOT NULL CHECK (environment IN ('test', 'live')),
  service           text NOT NULL,
  version           integer NOT NULL CHECK (version > 0),
  -- AES-256-GCM of the credentials' JSON, bound to this row's key by additional data.
  sealed            bytea NOT NULL,
  -- The encryption key's id inside `sealed`, so that a rotation finds what is left to do.
  key_id            bigint NOT NULL,
  hint              text NOT NULL,
  -- The provider's name for the merchant account, where it tells.
  provider_account  text,
  sandbox           boolean NOT NULL DEFAULT false,
  -- The provider's id of the webhook we registered there.
  webhook_ref       text,
  created_at        timestamptz NOT NULL DEFAULT now(),
  retired_at        timestamptz,
  PRIMARY KEY (account_id, environment, service, version),
  FOREIGN KEY (account_id, service) REFERENCES service (account_id, service)
);
-- One set of credentials in force per account, environment and service.
CREATE UNIQUE INDEX credential_in_force ON credential (account_id, environment, service)
  WHERE retired_at IS NULL;
CREATE INDEX credential_by_key ON credential (key_id);
ALTER TABLE credential ENABLE ROW LEVEL SECURITY;
ALTER TABLE credential FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON credential USING (may_touch(account_id)) WITH CHECK (may_touch(account_id));

-- A known plain text under each encryption key: a server with the wrong key refuses to start.
CREATE TABLE encryption_canary (
  key_id      bigint PRIMARY KEY,
  sealed      bytea NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'onerouter_app') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO onerouter_app;
    REVOKE ALL ON schema_migration FROM onerouter_app;
    GRANT SELECT ON schema_migration TO onerouter_app;
  END IF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END
$$;
