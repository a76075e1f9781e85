-- When requests at a rate-limited endpoint begin, over all worker processes: the newest of them, at most as many as a
-- second may see. A row of its own, so that the endpoint's is not written for every second of sending.
create table webhook_pace (
  account_id uuid not null,
  environment text not null,
  endpoint_id uuid not null,
  begun timestamptz[] not null,
  primary key (account_id, environment, endpoint_id),
  foreign key (account_id, environment, endpoint_id) references webhook_endpoint (account_id, environment, id)
) with (fillfactor = 50);
alter table webhook_pace enable row level security;
alter table webhook_pace force row level security;
create policy own_rows on webhook_pace using (may_touch(account_id)) with check (may_touch(account_id));

-- The next `wanted` times at which a request may begin, in milliseconds from now: any request follows the one `rate` places
-- before it by a second and `grace_ms`, so that each may begin up to that much late and no second sees more than `rate`.
create function webhook_pace_take(account uuid, env text, endpoint uuid, rate integer, wanted integer, grace_ms integer)
returns double precision[] language plpgsql volatile as $$
declare
  taken timestamptz[];
  moment timestamptz;
  next timestamptz;
  waits double precision[] := '{}';
begin
  insert into webhook_pace values (account, env, endpoint, '{}') on conflict do nothing;
  select begun into taken from webhook_pace
    where account_id = account and environment = env and endpoint_id = endpoint for update;
  moment := clock_timestamp();
  for n in 1..wanted loop
    next := moment;
    if cardinality(taken) >= rate then
      -- A clock set back must not hold anybody for long; nobody plans further ahead than this.
      next := greatest(moment, least(taken[cardinality(taken) - rate + 1], moment + interval '30 seconds')
        + interval '1 second' + grace_ms * interval '1 millisecond');
    end if;
    taken := taken || next;
    waits := waits || extract(epoch from next - moment)::double precision * 1000;
  end loop;
  update webhook_pace set begun = taken[greatest(1, cardinality(taken) - 99):]
    where account_id = account and environment = env and endpoint_id = endpoint;
  return waits;
end $$;
