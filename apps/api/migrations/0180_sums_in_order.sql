-- Sums of slots lie on disk in the order of their time: half an hour of one day is a block or two, no longer one of each row.

create or replace function refresh_payments(accounts uuid[], environments text[], begins timestamptz[], ends timestamptz[]) returns void
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
      group by 3, p.provider, p.currency, p.method, p.api_key_id, p.fee_currency, 21
      order by 3;
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
      group by 3, 4, 5, r.currency, r.fee_currency
      order by 3, 4;
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
    delete from rollup_payment_day_by r
      where r.account_id = d.account_id and r.environment = d.environment
        and r.side = any (array['all', 'provider', 'method', 'key_id', 'country']) and r.slot = d.slot;
    insert into rollup_payment_day_by
      select * from payment_day_by_side(d.account_id, d.environment, d.slot);
  end loop;
end $$;
