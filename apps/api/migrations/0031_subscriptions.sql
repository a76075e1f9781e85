-- Subscriptions, the calls that change them, and one row for every period that was charged.

create table subscription (
  account_id uuid not null references account (id),
  environment text not null check (environment in ('test', 'live')),
  id uuid not null,
  -- Grows with every change of the subscription, its operations or its charges.
  version integer not null,
  -- Number of the newest event, gapless from 1.
  sequence integer not null,
  status text not null check (status in (
    'created', 'pending_approval', 'trialing', 'active', 'past_due', 'paused', 'canceled', 'completed', 'expired')),
  plan_id uuid not null,
  -- What it becomes when the payer agrees to the change.
  pending_plan_id uuid,
  pending_quantity integer check (pending_quantity > 0),
  quantity integer not null check (quantity > 0),
  trial_days integer not null check (trial_days >= 0),
  start_at timestamptz,
  total_count integer check (total_count > 0),
  customer_id uuid,
  customer jsonb,
  description text,
  metadata jsonb not null,
  provider text not null,
  credential_version integer not null,
  -- Correlation id at the provider: the reference of the call that made it.
  reference text not null,
  attempts integer not null check (attempts > 0),
  provider_order_id text,
  provider_subscription_id text,
  provider_refs jsonb not null,
  provider_status text,
  provider_customer_id text,
  approval_url text,
  return_url text,
  cancel_url text,
  current_period_start timestamptz,
  current_period_end timestamptz,
  trial_end timestamptz,
  next_charge_at timestamptz,
  cancel_at_period_end boolean not null,
  -- Asked of the provider, whether or not its own answers show it.
  cancel_asked boolean not null,
  -- When we end it ourselves, where the provider only ends at once.
  cancel_scheduled_at timestamptz,
  ended_at timestamptz,
  paid_count integer not null check (paid_count >= 0),
  failed_count integer not null check (failed_count >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- Sums over its charges; the database holds them to it.
  charged bigint not null check (charged >= 0),
  refunded bigint not null check (refunded >= 0),
  latest_charge_id uuid,
  failure jsonb,
  api_key_id uuid,
  tries integer not null,
  -- When the provider is asked next, should no webhook tell.
  due_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, environment, id),
  foreign key (account_id, environment, plan_id) references plan (account_id, environment, id),
  foreign key (account_id, environment, pending_plan_id) references plan (account_id, environment, id),
  foreign key (account_id, environment, customer_id) references customer (account_id, environment, id),
  foreign key (account_id, environment, provider, credential_version)
    references credential (account_id, environment, service, version),
  constraint refunds_within_charged check (refunded <= charged)
) with (fillfactor = 80);

-- Return pages carry the subscription's id alone.
create unique index subscription_by_id on subscription (id);
create unique index subscription_by_provider
  on subscription (account_id, environment, provider, provider_subscription_id)
  where provider_subscription_id is not null;
create index subscription_by_order on subscription (account_id, environment, provider, provider_order_id)
  where provider_order_id is not null;
create index subscription_by_reference on subscription (account_id, environment, reference);
create index subscription_by_customer on subscription (account_id, environment, customer_id, id)
  where customer_id is not null;
create index subscription_by_plan on subscription (account_id, environment, plan_id, id);
create index subscription_due on subscription (due_at) where due_at is not null;

create table subscription_operation (
  account_id uuid not null,
  environment text not null,
  id uuid not null,
  subscription_id uuid not null,
  kind text not null check (kind in ('create', 'cancel', 'pause', 'resume', 'change_plan')),
  provider text not null,
  credential_version integer not null,
  -- Idempotency key at the provider, for ever the same.
  reference text not null unique,
  state text not null check (state in (
    'scheduled', 'sent', 'unknown', 'needs_review', 'succeeded', 'declined', 'rejected', 'not_sent', 'absent',
    'abandoned', 'canceled')),
  -- Everything needed to send the same call again.
  request jsonb not null,
  failure jsonb,
  tries integer not null,
  due_at timestamptz,
  -- When the call was first sent; a scheduled one is sent later than it was recorded.
  sent_at timestamptz,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (account_id, environment, id),
  foreign key (account_id, environment, subscription_id) references subscription (account_id, environment, id),
  constraint only_a_cancellation_waits check (state <> 'scheduled' or kind = 'cancel')
) with (fillfactor = 80);

-- One call at a time changes a subscription, and at most one cancellation waits.
create unique index one_live_change on subscription_operation (account_id, environment, subscription_id)
  where state in ('sent', 'unknown', 'needs_review');
create unique index one_scheduled_cancellation on subscription_operation (account_id, environment, subscription_id)
  where state = 'scheduled';
create index subscription_operation_of on subscription_operation (account_id, environment, subscription_id, id);
create index subscription_operation_due on subscription_operation (due_at) where due_at is not null;

create table subscription_charge (
  account_id uuid not null,
  environment text not null,
  id uuid not null,
  subscription_id uuid not null,
  -- period: what the period costs. extra: money taken besides it, such as the difference after a change of plan.
  kind text not null check (kind in ('period', 'extra')),
  provider text not null,
  provider_charge_id text not null,
  provider_payment_id text,
  status text not null check (status in ('pending', 'succeeded', 'failed')),
  -- Tries the provider has made, as far as it tells them apart.
  attempts integer not null check (attempts > 0),
  amount bigint not null check (amount > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  refunded bigint not null check (refunded >= 0),
  fee_amount bigint,
  fee_tax bigint,
  fee_currency text,
  period_start timestamptz not null,
  period_end timestamptz,
  failure jsonb,
  charged_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, environment, id),
  foreign key (account_id, environment, subscription_id) references subscription (account_id, environment, id),
  constraint refunds_within_charge check (refunded <= case when status = 'succeeded' then amount else 0 end)
) with (fillfactor = 80);

-- However often and from wherever a renewal is heard of, it is one row.
create unique index one_charge_per_period
  on subscription_charge (account_id, environment, subscription_id, period_start) where kind = 'period';
create unique index one_row_per_provider_charge
  on subscription_charge (account_id, environment, subscription_id, provider_charge_id);
create index subscription_charge_of on subscription_charge (account_id, environment, subscription_id, id);
create index subscription_charge_by_payment on subscription_charge (account_id, environment, provider, provider_payment_id)
  where provider_payment_id is not null;

-- The table of moves repeats packages/core; a test holds both equal for all pairs.
create function subscription_may_move(was text, becomes text) returns boolean language sql immutable parallel safe as $$
  select was = becomes or becomes = any (case was
    when 'created' then array['pending_approval', 'trialing', 'active', 'past_due', 'paused', 'canceled', 'completed', 'expired']
    when 'pending_approval' then array['trialing', 'active', 'past_due', 'paused', 'canceled', 'completed', 'expired']
    when 'trialing' then array['active', 'past_due', 'paused', 'canceled', 'completed', 'expired']
    when 'active' then array['trialing', 'past_due', 'paused', 'canceled', 'completed', 'expired']
    when 'past_due' then array['trialing', 'active', 'paused', 'canceled', 'completed', 'expired']
    when 'paused' then array['trialing', 'active', 'past_due', 'canceled', 'completed', 'expired']
    else array[]::text[] end)
$$;

create function guard_subscription() returns trigger language plpgsql as $$
begin
  if not subscription_may_move(old.status, new.status) then
    raise exception 'a subscription cannot move from % to %', old.status, new.status using errcode = 'OR002';
  end if;
  if (new.currency, new.provider, new.created_at) is distinct from (old.currency, old.provider, old.created_at)
    or (old.provider_subscription_id is not null
      and new.provider_subscription_id is distinct from old.provider_subscription_id) then
    raise exception 'what a subscription is never changes' using errcode = 'OR002';
  end if;
  if new.charged < old.charged then
    raise exception 'what was charged never shrinks' using errcode = 'OR002';
  end if;
  return new;
end $$;
create trigger guard_subscription before update on subscription for each row execute function guard_subscription();

create function guard_subscription_charge() returns trigger language plpgsql as $$
begin
  if old.status = 'succeeded' and (new.status, new.amount, new.currency, new.provider_charge_id)
    is distinct from (old.status, old.amount, old.currency, old.provider_charge_id) then
    raise exception 'money that was taken stays taken' using errcode = 'OR002';
  end if;
  if (new.subscription_id, new.period_start, new.kind, new.currency)
    is distinct from (old.subscription_id, old.period_start, old.kind, old.currency) then
    raise exception 'what a charge is for never changes' using errcode = 'OR002';
  end if;
  return new;
end $$;
create trigger guard_subscription_charge before update on subscription_charge
  for each row execute function guard_subscription_charge();

-- Both sides of the books at every commit: a subscription's totals are the sums over its charges.
create function check_subscription_books() returns trigger language plpgsql as $$
declare
  owner subscription;
  sums record;
begin
  if tg_table_name = 'subscription' then
    owner := new;
  else
    select * into owner from subscription s
    where s.account_id = new.account_id and s.environment = new.environment and s.id = new.subscription_id;
  end if;
  select coalesce(sum(c.amount), 0) as charged, coalesce(sum(c.refunded), 0) as refunded,
    count(*) filter (where c.currency <> owner.currency) as foreign_money into sums
  from subscription_charge c
  where c.account_id = owner.account_id and c.environment = owner.environment
    and c.subscription_id = owner.id and c.status = 'succeeded';
  if (sums.charged, sums.refunded) is distinct from (owner.charged, owner.refunded) or sums.foreign_money > 0 then
    raise exception 'the subscription says % charged, its charges %', owner.charged, sums.charged using errcode = 'OR002';
  end if;
  return null;
end $$;
create constraint trigger subscription_books after insert or update on subscription_charge
  deferrable initially deferred for each row execute function check_subscription_books();
create constraint trigger subscription_books after insert or update of charged, refunded on subscription
  deferrable initially deferred for each row execute function check_subscription_books();

do $$
declare tenant_table text;
begin
  foreach tenant_table in array array['subscription', 'subscription_operation', 'subscription_charge'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('create policy own_rows on %I using (may_touch(account_id)) with check (may_touch(account_id))',
      tenant_table);
  end loop;
end $$;

comment on column idempotency.payment_id is
  'The object the request made or changed: a payment, a message, a customer, a plan or a subscription. The '
  'fingerprint covers the operation, so no claim is ever read as another kind of object than it made.';
