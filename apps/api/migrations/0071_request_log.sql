-- One row per answered request of a known caller. A log, not a book: written in batches off the request's way, and
-- dropped by the month. No foreign keys, so that nothing waits for it.
create table request_log (
  account_id uuid not null,
  -- Of the key that asked; a session's requests are of test or live as it says.
  environment text not null check (environment in ('test', 'live')),
  -- The request's own id.
  id uuid not null,
  method text not null,
  route text not null,
  -- Without what could be secret; the query apart.
  path text not null,
  query text,
  status integer not null,
  -- Of the problem document, where it was one.
  code text,
  key_id uuid,
  person_id uuid,
  duration_ms real not null,
  -- Of it, spent waiting for providers.
  provider_ms real not null,
  created_at timestamptz not null,
  primary key (account_id, environment, id, created_at)
) partition by range (created_at);
-- "What happened to this object" is the question asked most.
create index request_log_by_path on request_log (account_id, path text_pattern_ops, id);

alter table request_log enable row level security;
alter table request_log force row level security;
create policy own_rows on request_log using (may_touch(account_id)) with check (may_touch(account_id));

-- Months to come exist before they begin; months that are over and older than wanted go. Runs with its owner's
-- rights, because the role of the server may make no tables.
create function keep_request_log(keep_days integer) returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  month date;
  part record;
  name text;
  dropped integer := 0;
begin
  if keep_days < 1 then
    raise exception 'a log is kept for a day at least';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('request_log partitions', 0));
  for ahead in -1..2 loop
    month := date_trunc('month', now() at time zone 'UTC') + ahead * interval '1 month';
    name := 'request_log_' || to_char(month, 'YYYYMM');
    if to_regclass(name) is null then
      execute format('create table %I partition of request_log for values from (%L) to (%L)', name,
        month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
      execute format('alter table %I enable row level security', name);
      execute format('alter table %I force row level security', name);
      execute format('create policy own_rows on %I using (may_touch(account_id)) with check (may_touch(account_id))',
        name);
    end if;
  end loop;
  for part in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'request_log'::regclass
      and to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month' < now() - keep_days * interval '1 day'
      and to_date(right(c.relname, 6), 'YYYYMM') < date_trunc('month', now()) - interval '1 month'
  loop
    execute format('drop table %I', part.relname);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

select keep_request_log(36500);

-- Calls go by age; rows lie on disk in the order of their time, for which this index costs next to nothing.
create index provider_call_age on provider_call using brin (created_at) with (autosummarize = on);
