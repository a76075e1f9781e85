-- Webhooks to our users: who wants which events, what was promised to be delivered, and every try.

-- A UUIDv7 made by the database, for rows that a statement makes by itself (RFC 9562, section 5.7).
create function uuid_by_time() returns uuid language sql volatile parallel safe as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
    52, 1), 53, 1), 'hex')::uuid
$$;

create table webhook_endpoint (
  account_id uuid not null references account (id),
  environment text not null check (environment in ('test', 'live')),
  id uuid not null,
  url text not null,
  description text,
  -- Types, `family.*` or `*`.
  events text[] not null check (cardinality(events) > 0),
  -- Also sign with the endpoint's own ed25519 key (v1a).
  sign_v1a boolean not null,
  -- Events of one object one after the other.
  ordered boolean not null,
  max_in_flight integer not null check (max_in_flight between 1 and 50),
  state text not null check (state in ('enabled', 'disabled', 'deleted')),
  disabled_reason text check (disabled_reason in ('failing', 'gone', 'requested')),
  disabled_at timestamptz,
  -- Healthy receivers share a queue by due time; slow and failing ones wait in a lane of their own.
  lane text not null check (lane in ('fast', 'slow')),
  -- In a row, without a success between.
  failures integer not null,
  failing_since timestamptz,
  failing_days integer not null,
  failed_on date,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, environment, id)
) with (fillfactor = 70);
create index webhook_endpoint_slow on webhook_endpoint (id) where lane = 'slow' and state = 'enabled';

-- The symmetric secret and the ed25519 seed, sealed together: rotated together.
create table webhook_secret (
  account_id uuid not null,
  environment text not null,
  endpoint_id uuid not null,
  id uuid not null,
  sealed bytea not null,
  key_id bigint not null,
  public_key bytea not null check (octet_length(public_key) = 32),
  created_at timestamptz not null,
  -- Null: the newest, signs until it is replaced.
  expires_at timestamptz,
  primary key (account_id, environment, endpoint_id, id),
  foreign key (account_id, environment, endpoint_id) references webhook_endpoint (account_id, environment, id)
);

-- No foreign keys: they would lock the row of a busy endpoint for every event. The one statement that makes
-- deliveries reads event and endpoint under the same account and environment.
create table delivery (
  account_id uuid not null,
  environment text not null,
  id uuid not null,
  event_id uuid not null,
  endpoint_id uuid not null,
  subject_id uuid not null,
  sequence integer not null,
  lane text not null check (lane in ('fast', 'slow')),
  ordered boolean not null,
  -- failed = dead letter; held = the endpoint was disabled before it could be delivered.
  state text not null check (state in ('pending', 'delivered', 'failed', 'held', 'canceled')),
  trigger text not null check (trigger in ('auto', 'manual', 'bulk', 'test')),
  -- Tries ever made, and the place in the schedule, which a redelivery begins anew.
  attempt integer not null,
  step integer not null,
  -- When it is tried next, or until when its owner may be trying; null = nothing left to do.
  due_at timestamptz,
  owner uuid,
  last_status integer,
  last_error text,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (account_id, environment, id)
) with (fillfactor = 70);
create unique index delivery_once on delivery (account_id, environment, event_id, endpoint_id);
create index delivery_due on delivery (due_at) where due_at is not null and lane = 'fast';
create index delivery_due_slow on delivery (account_id, environment, endpoint_id, due_at)
  where due_at is not null and lane = 'slow';
create index delivery_in_order on delivery (account_id, environment, endpoint_id, subject_id, sequence)
  where ordered and state = 'pending';
create index delivery_of_endpoint on delivery (account_id, environment, endpoint_id, id);

create table delivery_attempt (
  account_id uuid not null,
  environment text not null,
  delivery_id uuid not null,
  n integer not null,
  trigger text not null,
  started_at timestamptz not null,
  duration_ms integer not null,
  address text,
  status integer,
  error text,
  detail text,
  response_body text,
  primary key (account_id, environment, delivery_id, n)
);

-- Sends a span of events again; goes on where it stopped, whatever happens to the process.
create table webhook_recovery (
  account_id uuid not null,
  environment text not null,
  id uuid not null,
  endpoint_id uuid not null,
  since timestamptz not null,
  until timestamptz not null,
  -- Null: what the endpoint subscribes to.
  events text[],
  -- Also what was delivered before.
  delivered_too boolean not null,
  state text not null check (state in ('running', 'completed', 'canceled')),
  -- The newest event looked at, and the first that is too new.
  cursor_id uuid not null,
  end_id uuid not null,
  scheduled integer not null,
  due_at timestamptz,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (account_id, environment, id),
  foreign key (account_id, environment, endpoint_id) references webhook_endpoint (account_id, environment, id)
);
create index webhook_recovery_due on webhook_recovery (due_at) where due_at is not null;

do $$
declare tenant_table text;
begin
  foreach tenant_table in array array[
    'webhook_endpoint', 'webhook_secret', 'delivery', 'delivery_attempt', 'webhook_recovery']
  loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('create policy own_rows on %I using (may_touch(account_id)) with check (may_touch(account_id))',
      tenant_table);
  end loop;
end $$;
