-- Where payers are, as one more side of the sums. Empty where it is not known.
do $$
declare t text;
begin
  foreach t in array array['rollup_payment', 'rollup_payment_day', 'rollup_failure'] loop
    execute format('alter table %I add column country text not null default %L', t, '');
    execute format('alter table %I drop constraint %I', t, t || '_pkey');
  end loop;
end $$;
alter table rollup_payment add primary key
  (account_id, environment, slot, provider, currency, method, key_id, fee_currency, country);
alter table rollup_payment_day add primary key
  (account_id, environment, slot, provider, currency, method, key_id, fee_currency, country);
alter table rollup_failure add primary key
  (account_id, environment, slot, provider, currency, method, key_id, code, reason, country);

create or replace function refresh_payments(accounts uuid[], environments text[], slots timestamptz[]) returns void
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
        coalesce(sum(p.captured) filter (where p.fee_amount is not null and p.fee_currency = p.currency), 0),
        coalesce(upper(p.customer ->> 'country'), '')
      from payment p where p.account_id = d.account_id and p.environment = d.environment
        and p.id >= uuid_from(d.slot - interval '5 minutes') and p.id < uuid_from(d.slot + interval '20 minutes')
        and p.created_at >= d.slot and p.created_at < d.slot + interval '15 minutes'
      group by p.provider, p.currency, p.method, p.api_key_id, p.fee_currency, coalesce(upper(p.customer ->> 'country'), '');
    insert into rollup_failure
      select d.account_id, d.environment, d.slot, p.provider, p.currency, coalesce(p.method, ''),
        coalesce(p.api_key_id, '00000000-0000-0000-0000-000000000000'),
        coalesce(p.failure ->> 'code', ''), coalesce(p.failure ->> 'decline_reason', ''), count(*),
        coalesce(upper(p.customer ->> 'country'), '')
      from payment p where p.account_id = d.account_id and p.environment = d.environment
        and p.id >= uuid_from(d.slot - interval '5 minutes') and p.id < uuid_from(d.slot + interval '20 minutes')
        and p.created_at >= d.slot and p.created_at < d.slot + interval '15 minutes'
        and p.status = 'failed'
      group by 4, 5, 6, 7, 8, 9, 11;
  end loop;
  for d in select distinct s.account_id, s.environment, day_of(s.slot) as slot
    from unnest(accounts, environments, slots) s (account_id, environment, slot)
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

-- What was added up without it is added up anew by the next look.
delete from rollup_position where source = 'payment';
