-- Webhooks we had registered at a provider with credentials that were taken away or replaced: removed there, as well
-- as it goes, by the worker.

create table webhook_removal (
  account_id uuid not null,
  environment text not null check (environment in ('test', 'live')),
  service text not null,
  -- The provider's id of the registration.
  ref text not null,
  -- The version of the credentials it was made with.
  version integer not null,
  -- kept: other credentials use the same registration; failed: it stands at the provider, for the reason given.
  state text not null check (state in ('pending', 'removed', 'kept', 'failed')),
  reason text,
  tries integer not null default 0,
  due_at timestamptz default now(),
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (account_id, environment, service, ref),
  foreign key (account_id, environment, service) references webhook_address (account_id, environment, service),
  check ((state = 'pending') = (due_at is not null)),
  check ((state = 'pending') = (finished_at is null))
);
create index webhook_removal_due on webhook_removal (due_at) where due_at is not null;

alter table webhook_removal enable row level security;
alter table webhook_removal force row level security;
create policy own_rows on webhook_removal
  using (may_touch(account_id)) with check (may_touch(account_id));
