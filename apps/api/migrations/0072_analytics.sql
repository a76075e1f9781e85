-- Numbers for people, added up beforehand. A rollup is a cache of the base tables: whoever refreshes one computes a
-- whole slot of time anew from them, so that late, doubled and reordered changes come to the same. Nothing is written
-- with a payment: what changed since the last look is found by its time, and by the transaction that wrote it.
--
-- Slots are quarters of an hour: every time zone's midnight lies on one.

create function slot_of(at timestamptz) returns timestamptz language sql immutable parallel safe as $$
  select date_bin('15 minutes', at, '2000-01-01T00:00Z')
$$;
create function day_of(at timestamptz) returns timestamptz language sql immutable parallel safe as $$
  select date_bin('1 day', at, '2000-01-01T00:00Z')
$$;
-- The lowest UUIDv7 of a moment: ids are made within seconds of what they name, so an index of ids is one of time.
create function uuid_from(at timestamptz) returns uuid language sql immutable parallel safe as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
$$;

create table rollup_position (
  source text primary key,
  -- Every transaction before this one is in the rollups.
  horizon xid8 not null,
  looked_at timestamptz not null
);

create table rollup_payment (
  account_id uuid not null,
  environment text not null,
  -- Of the payments' creation.
  slot timestamptz not null,
  provider text not null,
  currency text not null,
  -- Empty where it is not known, here and below.
  method text not null,
  key_id uuid not null,
  fee_currency text not null,
  payments integer not null,
  succeeded integer not null,
  failed integer not null,
  canceled integer not null,
  expired integer not null,
  amount bigint not null,
  captured bigint not null,
  refunded bigint not null,
  -- Captured payments whose fee is known, what they took, and what of it was taken in the fee's own currency.
  with_fee integer not null,
  fee_amount bigint not null,
  fee_tax bigint not null,
  fee_base bigint not null,
  primary key (account_id, environment, slot, provider, currency, method, key_id, fee_currency)
);
-- The same by whole days of UTC, for pages over months.
create table rollup_payment_day (like rollup_payment including all);

create table rollup_failure (
  account_id uuid not null,
  environment text not null,
  slot timestamptz not null,
  provider text not null,
  currency text not null,
  method text not null,
  key_id uuid not null,
  code text not null,
  reason text not null,
  payments integer not null,
  primary key (account_id, environment, slot, provider, currency, method, key_id, code, reason)
);

create table rollup_refund (
  account_id uuid not null,
  environment text not null,
  slot timestamptz not null,
  provider text not null,
  currency text not null,
  refunds integer not null,
  succeeded integer not null,
  failed integer not null,
  amount bigint not null,
  primary key (account_id, environment, slot, provider, currency)
);

create table rollup_sms (
  account_id uuid not null,
  environment text not null,
  slot timestamptz not null,
  provider text not null,
  key_id uuid not null,
  cost_currency text not null,
  messages integer not null,
  delivered integer not null,
  failed integer not null,
  cost_micros bigint not null,
  primary key (account_id, environment, slot, provider, key_id, cost_currency)
);

-- Durations fall into buckets that double from 1 ms on: bucket b holds what took up to 2^b ms.
create function duration_bucket(ms double precision) returns integer language sql immutable parallel safe as $$
  select case when ms <= 1 then 0 else least(20, ceil(ln(ms) / ln(2) - 1e-9))::integer end
$$;
create table rollup_call (
  account_id uuid not null,
  environment text not null,
  slot timestamptz not null,
  provider text not null,
  verb text not null,
  -- 2xx, 4xx, …, or why no answer came.
  outcome text not null,
  bucket integer not null,
  calls integer not null,
  duration_ms bigint not null,
  primary key (account_id, environment, slot, provider, verb, outcome, bucket)
);
create table rollup_request (
  account_id uuid not null,
  environment text not null,
  slot timestamptz not null,
  method text not null,
  route text not null,
  key_id uuid not null,
  status integer not null,
  code text not null,
  -- Of the router's own time.
  bucket integer not null,
  requests integer not null,
  duration_ms bigint not null,
  primary key (account_id, environment, slot, method, route, key_id, status, code, bucket)
);

-- Rows that changed lately. A BRIN index costs an insert next to nothing and leaves updates as cheap as they were.
create index payment_changed on payment using brin (updated_at) with (pages_per_range = 16, autosummarize = on);
create index refund_changed on refund using brin (updated_at) with (pages_per_range = 16, autosummarize = on);
create index sms_changed on sms using brin (updated_at) with (pages_per_range = 16, autosummarize = on);
create index request_log_age on request_log using brin (created_at) with (autosummarize = on);

-- Each takes the slots of one kind that are to be computed anew. One writer per kind: who comes second reads what
-- was committed meanwhile. Slot by slot, so that each is
-- a short range of an index, whatever the planner thinks of arrays and of tables that were never analyzed.
create function refresh_payments(accounts uuid[], environments text[], slots timestamptz[]) returns void
  language plpgsql as $$
declare d record;
begin
  perform pg_advisory_xact_lock(hashtextextended('rollup payments', 0));
  for d in select * from unnest(accounts, environments, slots) s (account_id, environment, slot) loop
    delete from rollup_payment r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot = d.slot;
    delete from rollup_failure r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot = d.slot;
    insert into rollup_payment
      select d.account_id, d.environment, d.slot, p.provider, p.currency, coalesce(p.method, ''),
        coalesce(p.api_key_id, '00000000-0000-0000-0000-000000000000'), coalesce(p.fee_currency, ''),
        count(*), count(*) filter (where p.status = 'succeeded'), count(*) filter (where p.status = 'failed'),
        count(*) filter (where p.status = 'canceled'), count(*) filter (where p.status = 'expired'),
        sum(p.amount), sum(p.captured), sum(p.refunded),
        count(*) filter (where p.captured > 0 and p.fee_amount is not null),
        coalesce(sum(p.fee_amount), 0), coalesce(sum(p.fee_tax), 0),
        coalesce(sum(p.captured) filter (where p.fee_amount is not null and p.fee_currency = p.currency), 0)
      from payment p where p.account_id = d.account_id and p.environment = d.environment
        and p.id >= uuid_from(d.slot - interval '5 minutes') and p.id < uuid_from(d.slot + interval '20 minutes')
        and p.created_at >= d.slot and p.created_at < d.slot + interval '15 minutes'
      group by p.provider, p.currency, p.method, p.api_key_id, p.fee_currency;
    insert into rollup_failure
      select d.account_id, d.environment, d.slot, p.provider, p.currency, coalesce(p.method, ''),
        coalesce(p.api_key_id, '00000000-0000-0000-0000-000000000000'),
        coalesce(p.failure ->> 'code', ''), coalesce(p.failure ->> 'decline_reason', ''), count(*)
      from payment p where p.account_id = d.account_id and p.environment = d.environment
        and p.id >= uuid_from(d.slot - interval '5 minutes') and p.id < uuid_from(d.slot + interval '20 minutes')
        and p.created_at >= d.slot and p.created_at < d.slot + interval '15 minutes'
        and p.status = 'failed'
      group by 4, 5, 6, 7, 8, 9;
  end loop;
  for d in select distinct s.account_id, s.environment, day_of(s.slot) as slot
    from unnest(accounts, environments, slots) s (account_id, environment, slot)
  loop
    delete from rollup_payment_day r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot = d.slot;
    insert into rollup_payment_day
      select d.account_id, d.environment, d.slot, r.provider, r.currency, r.method, r.key_id, r.fee_currency,
        sum(r.payments), sum(r.succeeded), sum(r.failed), sum(r.canceled), sum(r.expired), sum(r.amount),
        sum(r.captured), sum(r.refunded), sum(r.with_fee), sum(r.fee_amount), sum(r.fee_tax), sum(r.fee_base)
      from rollup_payment r where r.account_id = d.account_id and r.environment = d.environment
        and r.slot >= d.slot and r.slot < d.slot + interval '24 hours'
      group by r.provider, r.currency, r.method, r.key_id, r.fee_currency;
  end loop;
end $$;

create function refresh_refunds(accounts uuid[], environments text[], slots timestamptz[]) returns void
  language plpgsql as $$
declare d record;
begin
  perform pg_advisory_xact_lock(hashtextextended('rollup refunds', 0));
  for d in select * from unnest(accounts, environments, slots) s (account_id, environment, slot) loop
    delete from rollup_refund r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot = d.slot;
    insert into rollup_refund
      select d.account_id, d.environment, d.slot, p.provider, p.currency, count(*),
        count(*) filter (where p.status = 'succeeded'), count(*) filter (where p.status = 'failed'),
        coalesce(sum(p.amount) filter (where p.status = 'succeeded'), 0)
      from refund p where p.account_id = d.account_id and p.environment = d.environment
        and p.id >= uuid_from(d.slot - interval '5 minutes') and p.id < uuid_from(d.slot + interval '20 minutes')
        and p.created_at >= d.slot and p.created_at < d.slot + interval '15 minutes'
      group by 4, 5;
  end loop;
end $$;

create function refresh_sms(accounts uuid[], environments text[], slots timestamptz[]) returns void
  language plpgsql as $$
declare d record;
begin
  perform pg_advisory_xact_lock(hashtextextended('rollup sms', 0));
  for d in select * from unnest(accounts, environments, slots) s (account_id, environment, slot) loop
    delete from rollup_sms r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot = d.slot;
    insert into rollup_sms
      select d.account_id, d.environment, d.slot, p.provider,
        coalesce(p.api_key_id, '00000000-0000-0000-0000-000000000000'), coalesce(p.cost_currency, ''), count(*),
        count(*) filter (where p.status = 'delivered'),
        count(*) filter (where p.status in ('undelivered', 'failed')), coalesce(sum(p.cost_micros), 0)
      from sms p where p.account_id = d.account_id and p.environment = d.environment
        and p.id >= uuid_from(d.slot - interval '5 minutes') and p.id < uuid_from(d.slot + interval '20 minutes')
        and p.created_at >= d.slot and p.created_at < d.slot + interval '15 minutes'
      group by 4, 5, 6;
  end loop;
end $$;

create function refresh_calls(accounts uuid[], environments text[], slots timestamptz[]) returns void
  language plpgsql as $$
declare d record;
begin
  perform pg_advisory_xact_lock(hashtextextended('rollup calls', 0));
  for d in select * from unnest(accounts, environments, slots) s (account_id, environment, slot) loop
    delete from rollup_call r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot = d.slot;
    insert into rollup_call
      select d.account_id, d.environment, d.slot, p.provider, p.verb,
        case when p.status is null then p.outcome else p.status / 100 || 'xx' end,
        duration_bucket(p.duration_ms), count(*), sum(p.duration_ms)
      from provider_call p where p.account_id = d.account_id and p.environment = d.environment
        and p.id >= uuid_from(d.slot - interval '5 minutes') and p.id < uuid_from(d.slot + interval '20 minutes')
        and p.created_at >= d.slot and p.created_at < d.slot + interval '15 minutes'
      group by 4, 5, 6, 7;
  end loop;
end $$;

create function refresh_requests(accounts uuid[], environments text[], slots timestamptz[]) returns void
  language plpgsql as $$
declare d record;
begin
  perform pg_advisory_xact_lock(hashtextextended('rollup requests', 0));
  for d in select * from unnest(accounts, environments, slots) s (account_id, environment, slot) loop
    delete from rollup_request r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot = d.slot;
    insert into rollup_request
      select d.account_id, d.environment, d.slot, p.method, p.route,
        coalesce(p.key_id, '00000000-0000-0000-0000-000000000000'), p.status, coalesce(p.code, ''),
        duration_bucket(greatest(0, p.duration_ms - p.provider_ms)), count(*),
        round(sum(greatest(0, p.duration_ms - p.provider_ms)))
      from request_log p where p.account_id = d.account_id and p.environment = d.environment
        and p.id >= uuid_from(d.slot - interval '5 minutes') and p.id < uuid_from(d.slot + interval '20 minutes')
        and p.created_at >= d.slot and p.created_at < d.slot + interval '15 minutes'
      group by 4, 5, 6, 7, 8, 9;
  end loop;
end $$;

do $$
declare tenant_table text;
begin
  foreach tenant_table in array array['rollup_payment', 'rollup_payment_day', 'rollup_failure', 'rollup_refund',
    'rollup_sms', 'rollup_call', 'rollup_request']
  loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('create policy own_rows on %I using (may_touch(account_id)) with check (may_touch(account_id))',
      tenant_table);
  end loop;
end $$;
