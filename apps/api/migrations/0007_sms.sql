-- Text messages. A message is sent once or not at all: the row is written before the provider is called, and
-- what nobody saw the end of is looked up at the provider, never sent again.

create table sms (
  account_id uuid not null references account (id),
  environment text not null check (environment in ('test', 'live')),
  id uuid not null,
  -- Grows with every change: what a writer compares before it writes.
  version integer not null,
  -- Number of the message's newest event, gapless from 1; 0 = none yet.
  sequence integer not null,
  status text not null check (status in ('queued', 'sent', 'delivered', 'undelivered', 'failed')),
  -- What is known of the one call that sends it.
  send_state text not null check (send_state in (
    'sent', 'unknown', 'accepted', 'rejected', 'not_sent', 'absent', 'needs_review')),
  recipient text not null,
  sender text not null,
  body text not null,
  provider text not null,
  credential_version integer not null,
  provider_message_id text,
  provider_status text,
  segments integer,
  -- Millionths of the currency's major unit; null until the provider has billed it.
  cost_micros bigint check (cost_micros >= 0),
  cost_currency text check (cost_currency ~ '^[A-Z]{3}$'),
  failure jsonb,
  api_key_id uuid,
  -- Looks made in this status, and when the next is due; null = nothing left to see.
  tries integer not null,
  due_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, environment, id),
  foreign key (account_id, environment, provider, credential_version)
    references credential (account_id, environment, service, version),
  constraint cost_has_currency check ((cost_micros is null) = (cost_currency is null))
) with (fillfactor = 80);

-- A message at the provider belongs to one row, however alike two texts to one number are.
create unique index sms_by_provider on sms (account_id, environment, provider, provider_message_id)
  where provider_message_id is not null;
create index sms_due on sms (due_at) where due_at is not null;
create index sms_in_the_dark on sms (account_id, environment, recipient)
  where send_state in ('sent', 'unknown', 'absent', 'needs_review');

-- The table of moves repeats packages/core; a test holds both equal for all pairs.
create function sms_may_move(was text, becomes text) returns boolean language sql immutable parallel safe as $$
  select was = becomes or becomes = any (case was
    when 'queued' then array['sent', 'delivered', 'undelivered', 'failed']
    when 'sent' then array['delivered', 'undelivered', 'failed']
    else array[]::text[] end)
$$;

create function guard_sms() returns trigger language plpgsql as $$
begin
  -- What was held to be absent can turn out to have been sent after all.
  if not sms_may_move(old.status, new.status) and old.send_state <> 'absent' then
    raise exception 'a message cannot move from % to %', old.status, new.status using errcode = 'OR002';
  end if;
  if (new.recipient, new.sender, new.body) is distinct from (old.recipient, old.sender, old.body) then
    raise exception 'what a message says never changes' using errcode = 'OR002';
  end if;
  return new;
end $$;

create trigger guard_sms before update on sms for each row execute function guard_sms();

comment on column idempotency.payment_id is
  'The object the request made: a payment, or a message. The fingerprint covers the operation, so no claim is '
  'ever read as another kind of object than it made.';

alter table sms enable row level security;
alter table sms force row level security;
create policy own_rows on sms using (may_touch(account_id)) with check (may_touch(account_id));
