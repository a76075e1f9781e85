-- Payment methods are on unless an account turned them off: a row is one that is off.
create table disabled_payment_method (
  account_id uuid not null references account (id),
  environment text not null check (environment in ('test', 'live')),
  service text not null,
  method text not null check (length(method) between 1 and 60),
  disabled_at timestamptz not null default now(),
  primary key (account_id, environment, service, method)
);
alter table disabled_payment_method enable row level security;
alter table disabled_payment_method force row level security;
create policy own_rows on disabled_payment_method
  using (may_touch(account_id)) with check (may_touch(account_id));
