-- Where each provider was told to send its events, whether it still does, and what it sent that was refused.

create table webhook_registration (
  account_id uuid not null,
  environment text not null check (environment in ('test', 'live')),
  service text not null,
  -- by_hand: its owner pastes the address; refused: the provider would not; unreachable: it could not be asked.
  state text not null check (state in ('registered', 'by_hand', 'refused', 'unreachable')),
  -- The address the provider was given, or is to be given; empty: from before this table.
  url text not null,
  -- The provider's id of the registration.
  ref text,
  -- Why it is not registered, in the provider's words.
  reason text,
  tries integer not null,
  due_at timestamptz not null,
  -- Deliveries refused since the last one that was taken.
  refused integer not null default 0,
  refused_since timestamptz,
  refused_reason text,
  primary key (account_id, environment, service),
  foreign key (account_id, environment, service) references webhook_address (account_id, environment, service)
);
create index webhook_registration_due on webhook_registration (due_at);

alter table webhook_registration enable row level security;
alter table webhook_registration force row level security;
create policy own_rows on webhook_registration
  using (may_touch(account_id)) with check (may_touch(account_id));

insert into webhook_registration (account_id, environment, service, state, url, ref, tries, due_at)
select c.account_id, c.environment, c.service, case when c.webhook_ref is null then 'by_hand' else 'registered' end,
  '', c.webhook_ref, 0, now()
from credential c join webhook_address a using (account_id, environment, service)
where c.retired_at is null;
