-- Routing rules: every version is kept as it was written, the policy says which one is in force.
create table routing_version (
  account_id uuid not null references account (id),
  environment text not null check (environment in ('test', 'live')),
  version integer not null check (version > 0),
  rules jsonb not null,
  comment text,
  created_by text not null,
  created_at timestamptz not null,
  primary key (account_id, environment, version)
);

create table routing_policy (
  account_id uuid not null references account (id),
  environment text not null check (environment in ('test', 'live')),
  -- Null: no rules, the default order.
  version integer,
  -- Tried on a percentage of payments beside the one in force.
  trial_version integer,
  trial_percent integer check (trial_percent between 1 and 99),
  updated_by text not null,
  updated_at timestamptz not null,
  primary key (account_id, environment),
  foreign key (account_id, environment, version)
    references routing_version (account_id, environment, version),
  foreign key (account_id, environment, trial_version)
    references routing_version (account_id, environment, version),
  check ((trial_version is null) = (trial_percent is null))
);

alter table routing_version enable row level security;
alter table routing_version force row level security;
create policy own_rows on routing_version using (may_touch(account_id)) with check (may_touch(account_id));
alter table routing_policy enable row level security;
alter table routing_policy force row level security;
create policy own_rows on routing_policy using (may_touch(account_id)) with check (may_touch(account_id));
