-- Disputes: what payers take back through their bank or the provider. Every row repeats what the provider was asked,
-- never what a message claimed. They change no total of their payment: what was taken is stated here alone.

create table dispute (
  account_id uuid not null references account (id),
  environment text not null check (environment in ('test', 'live')),
  id uuid not null,
  -- Grows with every change: what a writer compares before it writes.
  version integer not null,
  -- Number of the dispute's newest event, gapless from 1.
  sequence integer not null,
  payment_id uuid not null,
  provider text not null,
  provider_dispute_id text not null,
  status text not null check (status in ('open', 'under_review', 'won', 'lost', 'closed')),
  provider_status text not null,
  stage text not null check (stage in ('inquiry', 'chargeback', 'pre_arbitration', 'arbitration')),
  reason text not null check (reason in (
    'fraudulent', 'product_not_received', 'product_unacceptable', 'duplicate', 'incorrect_amount',
    'credit_not_processed', 'subscription_canceled', 'unrecognized', 'processing_error', 'other')),
  provider_reason text,
  amount bigint not null check (amount >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- Taken by the provider and not given back, in the currency it settles in; null where it does not say.
  deducted bigint check (deducted >= 0),
  deducted_currency text check (deducted_currency ~ '^[A-Z]{3}$'),
  fee bigint check (fee >= 0),
  fee_currency text check (fee_currency ~ '^[A-Z]{3}$'),
  evidence_due_at timestamptz,
  evidence_url text not null,
  opened_at timestamptz not null,
  -- When we learned of the decision; null while none is known.
  closed_at timestamptz,
  -- Looks made since the last change, and when the next is due; null = nothing is expected to change.
  tries integer not null,
  due_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, environment, id),
  foreign key (account_id, environment, payment_id) references payment (account_id, environment, id),
  constraint deducted_has_currency check ((deducted is null) = (deducted_currency is null)),
  constraint fee_has_currency check ((fee is null) = (fee_currency is null)),
  constraint decided_has_time check ((closed_at is null) = (status in ('open', 'under_review')))
) with (fillfactor = 80);

create unique index dispute_by_provider on dispute (account_id, environment, provider, provider_dispute_id);
create index dispute_by_payment on dispute (account_id, environment, payment_id, id);
create index dispute_due on dispute (due_at) where due_at is not null;

-- The table of moves repeats packages/core; a test holds both equal for all pairs.
create function dispute_may_move(was text, becomes text) returns boolean language sql immutable parallel safe as $$
  select was = becomes or becomes = any (case was
    when 'open' then array['under_review', 'won', 'lost', 'closed']
    when 'under_review' then array['open', 'won', 'lost', 'closed']
    when 'won' then array['under_review', 'lost']
    when 'lost' then array['under_review', 'won']
    when 'closed' then array['open', 'under_review', 'won', 'lost']
    else array[]::text[] end)
$$;

create function guard_dispute() returns trigger language plpgsql as $$
begin
  if not dispute_may_move(old.status, new.status) then
    raise exception 'a dispute cannot move from % to %', old.status, new.status using errcode = 'OR002';
  end if;
  if (new.payment_id, new.provider, new.provider_dispute_id, new.currency)
    is distinct from (old.payment_id, old.provider, old.provider_dispute_id, old.currency) then
    raise exception 'what a dispute is about never changes' using errcode = 'OR002';
  end if;
  return new;
end $$;

create trigger guard_dispute before update on dispute for each row execute function guard_dispute();

alter table dispute enable row level security;
alter table dispute force row level security;
create policy own_rows on dispute using (may_touch(account_id)) with check (may_touch(account_id));
