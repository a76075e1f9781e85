-- Sums of spans instead of single slots: a first look over years goes day by day, what changed since goes by the runs of
-- slots that it touched. Each span is computed anew from the base tables, as before.
--
-- Plans go by the primary key whatever statistics say. A session keeps them, so one that was made while a table was empty or
-- never analyzed would read all of it for every span after. So nothing is read from end to end, and rows are asked for in the
-- order of their ids and never sorted, which no other index of an account's rows can answer.

-- By whole hours of UTC, for pages in other time zones: by one column at a time, because over all of them together these
-- would be hardly fewer rows than the slots.
create table rollup_payment_hour (
  account_id uuid not null,
  environment text not null,
  side text not null check (side in ('all', 'provider', 'method', 'key_id', 'country')),
  slot timestamptz not null,
  -- What the side's column says; empty for all.
  value text not null,
  currency text not null,
  fee_currency text not null,
  payments integer not null,
  succeeded integer not null,
  failed integer not null,
  canceled integer not null,
  expired integer not null,
  amount bigint not null,
  captured bigint not null,
  refunded bigint not null,
  with_fee integer not null,
  fee_amount bigint not null,
  fee_tax bigint not null,
  fee_base bigint not null,
  primary key (account_id, environment, side, slot, value, currency, fee_currency)
);
alter table rollup_payment_hour enable row level security;
alter table rollup_payment_hour force row level security;
create policy own_rows on rollup_payment_hour using (may_touch(account_id)) with check (may_touch(account_id));

create function refresh_payments(accounts uuid[], environments text[], begins timestamptz[], ends timestamptz[]) returns void
  language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_sort = off as $$
declare d record;
begin
  perform pg_advisory_xact_lock(hashtextextended('rollup payments', 0));
  for d in select * from unnest(accounts, environments, begins, ends) s (account_id, environment, first, last) loop
    delete from rollup_payment r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot >= d.first and r.slot < d.last;
    delete from rollup_failure r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot >= d.first and r.slot < d.last;
    insert into rollup_payment
      select d.account_id, d.environment, slot_of(p.created_at), p.provider, p.currency, coalesce(p.method, ''),
        coalesce(p.api_key_id, '00000000-0000-0000-0000-000000000000'), coalesce(p.fee_currency, ''),
        count(*), count(*) filter (where p.status = 'succeeded'), count(*) filter (where p.status = 'failed'),
        count(*) filter (where p.status = 'canceled'), count(*) filter (where p.status = 'expired'),
        sum(p.amount), sum(p.captured), sum(p.refunded),
        count(*) filter (where p.captured > 0 and p.fee_amount is not null),
        coalesce(sum(p.fee_amount), 0), coalesce(sum(p.fee_tax), 0),
        coalesce(sum(p.captured) filter (where p.fee_amount is not null and p.fee_currency = p.currency), 0),
        coalesce(upper(p.customer ->> 'country'), '')
      from (
        select p.* from payment p where p.account_id = d.account_id and p.environment = d.environment
          and p.id >= uuid_from(d.first - interval '5 minutes') and p.id < uuid_from(d.last + interval '5 minutes')
          and p.created_at >= d.first and p.created_at < d.last order by p.id) p
      group by 3, p.provider, p.currency, p.method, p.api_key_id, p.fee_currency, 21;
    insert into rollup_failure
      select d.account_id, d.environment, slot_of(p.created_at), p.provider, p.currency, coalesce(p.method, ''),
        coalesce(p.api_key_id, '00000000-0000-0000-0000-000000000000'),
        coalesce(p.failure ->> 'code', ''), coalesce(p.failure ->> 'decline_reason', ''), count(*),
        coalesce(upper(p.customer ->> 'country'), '')
      from (
        select p.* from payment p where p.account_id = d.account_id and p.environment = d.environment
          and p.id >= uuid_from(d.first - interval '5 minutes') and p.id < uuid_from(d.last + interval '5 minutes')
          and p.created_at >= d.first and p.created_at < d.last and p.status = 'failed' order by p.id) p
      group by 3, 4, 5, 6, 7, 8, 9, 11;
    -- Whole hours, of which the span may be a part.
    delete from rollup_payment_hour r
      where r.account_id = d.account_id and r.environment = d.environment
        and r.side = any (array['all', 'provider', 'method', 'key_id', 'country'])
        and r.slot >= date_trunc('hour', d.first, 'UTC') and r.slot < d.last;
    insert into rollup_payment_hour
      select d.account_id, d.environment, v.side, date_trunc('hour', r.slot, 'UTC'), v.value, r.currency, r.fee_currency,
        sum(r.payments), sum(r.succeeded), sum(r.failed), sum(r.canceled), sum(r.expired), sum(r.amount),
        sum(r.captured), sum(r.refunded), sum(r.with_fee), sum(r.fee_amount), sum(r.fee_tax), sum(r.fee_base)
      from rollup_payment r cross join lateral (values ('all', ''), ('provider', r.provider), ('method', r.method),
        ('key_id', r.key_id::text), ('country', r.country)) v (side, value)
      where r.account_id = d.account_id and r.environment = d.environment
        and r.slot >= date_trunc('hour', d.first, 'UTC')
        and r.slot < date_trunc('hour', d.last + interval '59 minutes', 'UTC')
      group by 3, 4, 5, r.currency, r.fee_currency;
  end loop;
  for d in select distinct s.account_id, s.environment, t.slot
    from unnest(accounts, environments, begins, ends) s (account_id, environment, first, last)
    cross join lateral generate_series(day_of(s.first), s.last - interval '1 second', interval '24 hours') t (slot)
  loop
    delete from rollup_payment_day r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot = d.slot;
    insert into rollup_payment_day
      select d.account_id, d.environment, d.slot, r.provider, r.currency, r.method, r.key_id, r.fee_currency,
        sum(r.payments), sum(r.succeeded), sum(r.failed), sum(r.canceled), sum(r.expired), sum(r.amount),
        sum(r.captured), sum(r.refunded), sum(r.with_fee), sum(r.fee_amount), sum(r.fee_tax), sum(r.fee_base), r.country
      from rollup_payment r where r.account_id = d.account_id and r.environment = d.environment
        and r.slot >= d.slot and r.slot < d.slot + interval '24 hours'
      group by r.provider, r.currency, r.method, r.key_id, r.fee_currency, r.country;
  end loop;
end $$;

-- A server of the version before, which goes slot by slot, keeps the hours too.
create or replace function refresh_payments(accounts uuid[], environments text[], slots timestamptz[]) returns void
  language sql as $$
  select refresh_payments(accounts, environments, slots,
    array(select s.slot + interval '15 minutes' from unnest(slots) with ordinality s (slot, n) order by s.n))
$$;

create function refresh_refunds(accounts uuid[], environments text[], begins timestamptz[], ends timestamptz[]) returns void
  language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_sort = off as $$
declare d record;
begin
  perform pg_advisory_xact_lock(hashtextextended('rollup refunds', 0));
  for d in select * from unnest(accounts, environments, begins, ends) s (account_id, environment, first, last) loop
    delete from rollup_refund r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot >= d.first and r.slot < d.last;
    insert into rollup_refund
      select d.account_id, d.environment, slot_of(p.created_at), p.provider, p.currency, count(*),
        count(*) filter (where p.status = 'succeeded'), count(*) filter (where p.status = 'failed'),
        coalesce(sum(p.amount) filter (where p.status = 'succeeded'), 0)
      from (
        select p.* from refund p where p.account_id = d.account_id and p.environment = d.environment
          and p.id >= uuid_from(d.first - interval '5 minutes') and p.id < uuid_from(d.last + interval '5 minutes')
          and p.created_at >= d.first and p.created_at < d.last order by p.id) p
      group by 3, 4, 5;
  end loop;
end $$;

create function refresh_sms(accounts uuid[], environments text[], begins timestamptz[], ends timestamptz[]) returns void
  language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_sort = off as $$
declare d record;
begin
  perform pg_advisory_xact_lock(hashtextextended('rollup sms', 0));
  for d in select * from unnest(accounts, environments, begins, ends) s (account_id, environment, first, last) loop
    delete from rollup_sms r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot >= d.first and r.slot < d.last;
    insert into rollup_sms
      select d.account_id, d.environment, slot_of(p.created_at), p.provider,
        coalesce(p.api_key_id, '00000000-0000-0000-0000-000000000000'), coalesce(p.cost_currency, ''), count(*),
        count(*) filter (where p.status = 'delivered'),
        count(*) filter (where p.status in ('undelivered', 'failed')), coalesce(sum(p.cost_micros), 0)
      from (
        select p.* from sms p where p.account_id = d.account_id and p.environment = d.environment
          and p.id >= uuid_from(d.first - interval '5 minutes') and p.id < uuid_from(d.last + interval '5 minutes')
          and p.created_at >= d.first and p.created_at < d.last order by p.id) p
      group by 3, 4, 5, 6;
  end loop;
end $$;

create function refresh_calls(accounts uuid[], environments text[], begins timestamptz[], ends timestamptz[]) returns void
  language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_sort = off as $$
declare d record;
begin
  perform pg_advisory_xact_lock(hashtextextended('rollup calls', 0));
  for d in select * from unnest(accounts, environments, begins, ends) s (account_id, environment, first, last) loop
    delete from rollup_call r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot >= d.first and r.slot < d.last;
    insert into rollup_call
      select d.account_id, d.environment, slot_of(p.created_at), p.provider, p.verb,
        case when p.status is null then p.outcome else p.status / 100 || 'xx' end,
        duration_bucket(p.duration_ms), count(*), sum(p.duration_ms)
      from (
        select p.* from provider_call p where p.account_id = d.account_id and p.environment = d.environment
          and p.id >= uuid_from(d.first - interval '5 minutes') and p.id < uuid_from(d.last + interval '5 minutes')
          and p.created_at >= d.first and p.created_at < d.last order by p.id) p
      group by 3, 4, 5, 6, 7;
  end loop;
end $$;

create function refresh_requests(accounts uuid[], environments text[], begins timestamptz[], ends timestamptz[]) returns void
  language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_sort = off as $$
declare d record;
begin
  perform pg_advisory_xact_lock(hashtextextended('rollup requests', 0));
  for d in select * from unnest(accounts, environments, begins, ends) s (account_id, environment, first, last) loop
    delete from rollup_request r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot >= d.first and r.slot < d.last;
    insert into rollup_request
      select d.account_id, d.environment, slot_of(p.created_at), p.method, p.route,
        coalesce(p.key_id, '00000000-0000-0000-0000-000000000000'), p.status, coalesce(p.code, ''),
        duration_bucket(greatest(0, p.duration_ms - p.provider_ms)), count(*),
        round(sum(greatest(0, p.duration_ms - p.provider_ms)))
      from (
        select p.* from request_log p where p.account_id = d.account_id and p.environment = d.environment
          and p.id >= uuid_from(d.first - interval '5 minutes') and p.id < uuid_from(d.last + interval '5 minutes')
          and p.created_at >= d.first and p.created_at < d.last order by p.id) p
      group by 3, 4, 5, 6, 7, 8, 9;
  end loop;
end $$;

-- Webhooks to you are as many as payments, or more.
create table rollup_delivery (
  account_id uuid not null,
  environment text not null,
  -- Of the deliveries' creation.
  slot timestamptz not null,
  state text not null,
  deliveries integer not null,
  primary key (account_id, environment, slot, state)
);
alter table rollup_delivery enable row level security;
alter table rollup_delivery force row level security;
create policy own_rows on rollup_delivery using (may_touch(account_id)) with check (may_touch(account_id));

-- A delivery that changes gets a time in one of these: it is made, it ends, or it is due again.
create index delivery_changed on delivery using brin (created_at, finished_at, due_at)
  with (pages_per_range = 16, autosummarize = on);

create function refresh_deliveries(accounts uuid[], environments text[], begins timestamptz[], ends timestamptz[]) returns void
  language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_sort = off as $$
declare d record;
begin
  perform pg_advisory_xact_lock(hashtextextended('rollup deliveries', 0));
  for d in select * from unnest(accounts, environments, begins, ends) s (account_id, environment, first, last) loop
    delete from rollup_delivery r
      where r.account_id = d.account_id and r.environment = d.environment and r.slot >= d.first and r.slot < d.last;
    insert into rollup_delivery
      select d.account_id, d.environment, slot_of(p.created_at), p.state, count(*)
      from (
        select p.* from delivery p where p.account_id = d.account_id and p.environment = d.environment
          and p.id >= uuid_from(d.first - interval '5 minutes') and p.id < uuid_from(d.last + interval '5 minutes')
          and p.created_at >= d.first and p.created_at < d.last order by p.id) p
      group by 3, 4;
  end loop;
end $$;

-- What was added up without hours is added up anew by the next look.
delete from rollup_position where source = 'payment';
