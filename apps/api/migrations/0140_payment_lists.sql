-- What lists can be asked for, over a million rows and more. Conditions are on plain columns: row-level security lets an
-- index answer nothing else before it has judged the row.

-- Status, provider and currency in every combination. Without the id equal keys share one entry, so that a row takes some
-- eight bytes; who asks for what is common reads the newest payments by their primary key instead.
create index payment_kinds on payment (account_id, environment, status, provider, currency);
-- Which combinations are common, so that the planner knows the one from the other.
create statistics payment_kinds_together (mcv) on status, provider, currency from payment;

-- Before its order is known a payment had an entry here that nobody could ask for.
drop index payment_by_order;
create index payment_by_order on payment (account_id, environment, provider, provider_order_id)
  where provider_order_id is not null;

-- Who paid: e-mail addresses in lower case, and ids of customers. A payment without a payer pays nothing for it.
create table payment_payer (
  account_id uuid not null,
  environment text not null,
  payer text not null,
  payment_id uuid not null,
  primary key (account_id, environment, payer, payment_id)
);
alter table payment_payer enable row level security;
alter table payment_payer force row level security;
create policy own_rows on payment_payer using (may_touch(account_id)) with check (may_touch(account_id));

create function note_payer() returns trigger language plpgsql as $$
begin
  insert into payment_payer
    select new.account_id, new.environment, p.payer, new.id
    from (values (lower(new.customer ->> 'email')), (new.customer ->> 'id')) p (payer)
    where p.payer is not null
    on conflict do nothing;
  return null;
end $$;
create trigger note_payer after insert on payment for each row when (new.customer is not null)
  execute function note_payer();

insert into payment_payer
  select p.account_id, p.environment, v.payer, p.id
  from payment p cross join lateral (values (lower(p.customer ->> 'email')), (p.customer ->> 'id')) v (payer)
  where p.customer is not null and v.payer is not null
  on conflict do nothing;

-- Rare values in long logs: a few bytes per eight pages say which cannot be there. Rows that are appended pay next to
-- nothing for it.
create index refund_kinds on refund using brin (status text_bloom_ops (n_distinct_per_range = 8))
  with (pages_per_range = 8, autosummarize = on);
create index event_kinds on event using brin (type text_bloom_ops (n_distinct_per_range = 32))
  with (pages_per_range = 8, autosummarize = on);
create index request_kinds on request_log using brin (
  status int4_minmax_multi_ops,
  code text_bloom_ops (n_distinct_per_range = 32),
  key_id uuid_bloom_ops (n_distinct_per_range = 64)
) with (pages_per_range = 8, autosummarize = on);
create index provider_call_kinds on provider_call using brin (
  status int4_minmax_multi_ops,
  outcome text_bloom_ops (n_distinct_per_range = 16),
  provider text_bloom_ops (n_distinct_per_range = 8)
) with (pages_per_range = 8, autosummarize = on);
