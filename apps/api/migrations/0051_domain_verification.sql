-- Proof that an account controls a domain: a TXT record that only its owner can publish. The row is also the
-- schedule of its checks: due_at is when the next look is due, and the lease of whoever looks.
create table domain_verification (
  account_id uuid not null references account (id),
  environment text not null check (environment in ('test', 'live')),
  id uuid not null,
  service text not null,
  -- Lower case, punycode, without the trailing dot.
  domain text not null check (domain = lower(domain) and length(domain) between 3 and 253),
  token text not null check (length(token) >= 32),
  state text not null check (state in ('pending', 'verified', 'failed', 'expired')),
  -- Why the newest look found no proof; null after one that did.
  reason text,
  -- Looks in a row that proved the record absent.
  misses integer not null default 0 check (misses >= 0),
  tries integer not null default 0 check (tries >= 0),
  created_at timestamptz not null,
  checked_at timestamptz,
  verified_at timestamptz,
  -- When a domain that is still pending is given up.
  expires_at timestamptz not null,
  due_at timestamptz,
  primary key (account_id, environment, id),
  unique (account_id, environment, service, domain)
);
create index domain_verification_due on domain_verification (due_at) where due_at is not null;

alter table domain_verification enable row level security;
alter table domain_verification force row level security;
create policy own_rows on domain_verification using (may_touch(account_id)) with check (may_touch(account_id));
