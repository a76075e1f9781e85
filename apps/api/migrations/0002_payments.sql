-- Payments, the operations that move their money, refunds, and what providers told us about them.
-- Every row that belongs to a tenant leads its key with (account_id, environment): the key along which the
-- database can later be distributed, and what makes a cross-tenant reference impossible.

create table payment (
  account_id uuid not null references account (id),
  environment text not null check (environment in ('test', 'live')),
  id uuid not null,
  -- Grows with every change of the payment, its operations or its refunds: what a writer compares before it writes.
  version integer not null,
  -- Number of the payment's newest event, gapless from 1.
  sequence integer not null,
  status text not null check (status in (
    'created', 'requires_action', 'processing', 'authorized', 'succeeded', 'failed', 'canceled', 'expired')),
  amount bigint not null check (amount > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  captured bigint not null check (captured >= 0),
  refunded bigint not null check (refunded >= 0),
  refund_pending bigint not null check (refund_pending >= 0),
  capture_mode text not null check (capture_mode in ('automatic', 'manual')),
  provider text not null,
  credential_version integer not null,
  -- The charge attempt's correlation id at the provider.
  reference text not null,
  provider_order_id text,
  provider_payment_id text,
  provider_refs jsonb not null,
  checkout_url text,
  checkout_options jsonb,
  method text,
  receipt text,
  description text,
  customer jsonb,
  metadata jsonb not null,
  return_url text,
  cancel_url text,
  failure jsonb,
  fee_amount bigint,
  fee_tax bigint,
  fee_currency text,
  attempts integer not null,
  routing jsonb not null,
  api_key_id uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, environment, id),
  foreign key (account_id, environment, provider, credential_version)
    references credential (account_id, environment, service, version),
  constraint captured_within_amount check (captured <= amount),
  constraint refunds_within_captured check (refunded + refund_pending <= captured)
) with (fillfactor = 80);

-- Checkout links carry the payment's id alone.
create unique index payment_by_id on payment (id);
create index payment_by_order on payment (account_id, environment, provider, provider_order_id);
create index payment_by_provider_payment on payment (account_id, environment, provider, provider_payment_id)
  where provider_payment_id is not null;
create index payment_by_reference on payment (account_id, environment, reference);
create index payment_by_receipt on payment (account_id, environment, receipt, id) where receipt is not null;

create table operation (
  account_id uuid not null,
  environment text not null,
  id uuid not null,
  payment_id uuid not null,
  refund_id uuid,
  kind text not null check (kind in ('charge', 'confirm', 'capture', 'void', 'refund')),
  n integer not null check (n > 0),
  provider text not null,
  credential_version integer not null,
  -- Correlation id and idempotency key at the provider, for ever the same.
  reference text not null unique,
  state text not null check (state in (
    'sent', 'unknown', 'exposed', 'succeeded', 'declined', 'rejected', 'not_sent', 'absent', 'abandoned',
    'canceled', 'expired', 'needs_review')),
  amount bigint not null check (amount > 0),
  currency text not null,
  -- Everything needed to send the same call again.
  request jsonb not null,
  failure jsonb,
  tries integer not null,
  -- When the resolver looks next; null = nothing left to do.
  due_at timestamptz,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (account_id, environment, id),
  foreign key (account_id, environment, payment_id) references payment (account_id, environment, id)
) with (fillfactor = 80);

-- A payment has at most one charge that could still be paid, and one capture, void or confirmation under way.
create unique index one_live_charge on operation (account_id, environment, payment_id)
  where kind = 'charge' and state in ('sent', 'unknown', 'exposed', 'needs_review');
create unique index one_live_completion on operation (account_id, environment, payment_id)
  where kind in ('confirm', 'capture', 'void') and state in ('sent', 'unknown', 'needs_review');
-- Attempts of a kind are numbered; refunds are not, because many may be recorded at once.
create unique index operation_number on operation (account_id, environment, payment_id, kind, n)
  where kind <> 'refund';
create index operation_of_payment on operation (account_id, environment, payment_id, id);
create index operation_due on operation (due_at) where due_at is not null;

create table refund (
  account_id uuid not null,
  environment text not null,
  id uuid not null,
  payment_id uuid not null,
  version integer not null,
  sequence integer not null,
  status text not null check (status in ('pending', 'succeeded', 'failed', 'canceled')),
  amount bigint not null check (amount > 0),
  currency text not null,
  reason text,
  speed text not null check (speed in ('normal', 'optimum')),
  metadata jsonb not null,
  provider text not null,
  provider_refund_id text,
  failure jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, environment, id),
  foreign key (account_id, environment, payment_id) references payment (account_id, environment, id)
) with (fillfactor = 80);
create index refund_by_payment on refund (account_id, environment, payment_id, id);
create unique index refund_by_provider on refund (account_id, environment, provider, provider_refund_id)
  where provider_refund_id is not null;

create table idempotency (
  account_id uuid not null,
  -- The environment of the key that asked, so that switching a service cannot split a retry in two.
  environment text not null,
  key text not null,
  fingerprint bytea not null,
  request_id text not null,
  object_environment text not null,
  payment_id uuid not null,
  operation_id uuid not null,
  refund_id uuid,
  -- Null until the outcome is definitive.
  status integer,
  body text,
  created_at timestamptz not null,
  primary key (account_id, environment, key)
);
create index idempotency_age on idempotency (created_at);

create table event (
  account_id uuid not null,
  environment text not null,
  id uuid not null,
  type text not null,
  subject_kind text not null,
  subject_id uuid not null,
  sequence integer not null,
  -- The exact text every delivery sends, made when it happened.
  payload text not null,
  created_at timestamptz not null,
  primary key (account_id, environment, id),
  unique (account_id, environment, subject_id, sequence)
);

create table provider_call (
  account_id uuid not null,
  environment text not null,
  id uuid not null,
  payment_id uuid,
  operation_id uuid,
  provider text not null,
  verb text not null,
  method text not null,
  path text not null,
  status integer,
  outcome text not null,
  duration_ms integer not null,
  provider_request_id text,
  request text,
  response text,
  created_at timestamptz not null,
  primary key (account_id, environment, id)
);
create index provider_call_by_payment on provider_call (account_id, environment, payment_id, id)
  where payment_id is not null;

create table inbound (
  account_id uuid not null,
  environment text not null,
  id uuid not null,
  provider text not null,
  event_id text not null,
  event_type text not null,
  -- received → applied | ignored | quarantined
  state text not null check (state in ('received', 'applied', 'ignored', 'quarantined')),
  reason text,
  payment_id uuid,
  body bytea not null,
  tries integer not null,
  due_at timestamptz,
  received_at timestamptz not null,
  applied_at timestamptz,
  primary key (account_id, environment, id)
);
create index inbound_due on inbound (due_at) where due_at is not null;
create index inbound_by_payment on inbound (account_id, environment, payment_id, id) where payment_id is not null;

-- Kept as long as the events: for providers without a timestamp it is the only defence against replays.
create table inbound_key (
  account_id uuid not null,
  environment text not null,
  provider text not null,
  key text not null,
  received_at timestamptz not null,
  primary key (account_id, environment, provider, key)
);

create function stale_version() returns integer language plpgsql as $$
begin
  raise exception 'the row has changed since it was read' using errcode = '40001';
end $$;

create function refuse_not_available() returns integer language plpgsql as $$
begin
  raise exception 'the payment does not allow this any more' using errcode = 'OR001';
end $$;

do $$
declare tenant_table text;
begin
  foreach tenant_table in array array[
    'payment', 'operation', 'refund', 'idempotency', 'event', 'provider_call', 'inbound', 'inbound_key']
  loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('create policy own_rows on %I using (may_touch(account_id)) with check (may_touch(account_id))',
      tenant_table);
  end loop;
end $$;
