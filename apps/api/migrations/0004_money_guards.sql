-- The database's own guard over money: which moves are legal, that totals only grow, and a ledger of every
-- change of a total. The tables of moves repeat packages/core; a test holds both equal for all pairs.

create function payment_may_move(was text, becomes text) returns boolean language sql immutable parallel safe as $$
  select was = becomes or becomes = any (case was
    when 'created' then array['requires_action', 'processing', 'authorized', 'succeeded', 'failed', 'canceled', 'expired']
    when 'requires_action' then array['processing', 'authorized', 'succeeded', 'failed', 'canceled', 'expired']
    when 'processing' then array['requires_action', 'authorized', 'succeeded', 'failed', 'canceled', 'expired']
    when 'authorized' then array['processing', 'succeeded', 'canceled', 'failed', 'expired']
    when 'failed' then array['authorized', 'succeeded']
    when 'canceled' then array['succeeded']
    when 'expired' then array['authorized', 'succeeded', 'canceled']
    else array[]::text[] end)
$$;

create function refund_may_move(was text, becomes text) returns boolean language sql immutable parallel safe as $$
  select was = becomes or becomes = any (case was
    when 'pending' then array['succeeded', 'failed', 'canceled']
    when 'succeeded' then array['failed']
    when 'failed' then array['succeeded']
    else array[]::text[] end)
$$;

create function guard_payment() returns trigger language plpgsql as $$
begin
  if not payment_may_move(old.status, new.status) then
    raise exception 'a payment cannot move from % to %', old.status, new.status using errcode = 'OR002';
  end if;
  if new.captured < old.captured then
    raise exception 'what was captured never shrinks' using errcode = 'OR002';
  end if;
  if (new.amount, new.currency, new.created_at) is distinct from (old.amount, old.currency, old.created_at) then
    raise exception 'what a payment is for never changes' using errcode = 'OR002';
  end if;
  return new;
end $$;

create trigger guard_payment before update on payment for each row
  when (old.status is distinct from new.status or old.captured is distinct from new.captured
    or old.amount is distinct from new.amount or old.currency is distinct from new.currency)
  execute function guard_payment();

create function guard_refund() returns trigger language plpgsql as $$
begin
  if not refund_may_move(old.status, new.status) then
    raise exception 'a refund cannot move from % to %', old.status, new.status using errcode = 'OR002';
  end if;
  return new;
end $$;

create trigger guard_refund before update of status on refund for each row
  when (old.status is distinct from new.status) execute function guard_refund();

-- Every change of a payment's totals, for ever. Each entry's hash covers the entry before it, so that an entry
-- that was changed, removed or slipped in breaks the chain for all to see.
create table ledger (
  account_id uuid not null,
  environment text not null,
  payment_id uuid not null,
  seq integer not null check (seq > 0),
  kind text not null check (kind in ('captured', 'refunded', 'refund_reversed')),
  -- Minor units; the sum per kind is the payment's total.
  amount bigint not null check (amount > 0),
  currency text not null,
  provider_payment_id text,
  payment_version integer not null,
  created_at timestamptz not null,
  prev_hash bytea not null,
  hash bytea not null,
  primary key (account_id, environment, payment_id, seq),
  foreign key (account_id, environment, payment_id) references payment (account_id, environment, id)
);

create function ledger_hash(entry ledger) returns bytea language sql immutable as $$
  select sha256(entry.prev_hash || convert_to(concat_ws('|', entry.account_id, entry.environment, entry.payment_id,
    entry.seq, entry.kind, entry.amount, entry.currency, entry.provider_payment_id, entry.payment_version,
    extract(epoch from entry.created_at)::numeric), 'UTF8'))
$$;

create function append_ledger(p payment, kind text, amount bigint) returns void language plpgsql as $$
declare
  entry ledger;
  last ledger;
begin
  -- The payment's row is locked by the very update that brought us here: nobody else appends to its chain.
  select * into last from ledger l
  where l.account_id = p.account_id and l.environment = p.environment and l.payment_id = p.id
  order by l.seq desc limit 1;
  entry.account_id := p.account_id;
  entry.environment := p.environment;
  entry.payment_id := p.id;
  entry.seq := coalesce(last.seq, 0) + 1;
  entry.kind := kind;
  entry.amount := amount;
  entry.currency := p.currency;
  entry.provider_payment_id := p.provider_payment_id;
  entry.payment_version := p.version;
  entry.created_at := clock_timestamp();
  entry.prev_hash := coalesce(last.hash, '\x'::bytea);
  entry.hash := ledger_hash(entry);
  insert into ledger select entry.*;
end $$;

create function book_payment() returns trigger language plpgsql as $$
begin
  if new.captured > old.captured then
    perform append_ledger(new, 'captured', new.captured - old.captured);
  end if;
  if new.refunded > old.refunded then
    perform append_ledger(new, 'refunded', new.refunded - old.refunded);
  elsif new.refunded < old.refunded then
    perform append_ledger(new, 'refund_reversed', old.refunded - new.refunded);
  end if;
  return null;
end $$;

create trigger book_payment after update on payment for each row
  when (old.captured is distinct from new.captured or old.refunded is distinct from new.refunded)
  execute function book_payment();

create function ledger_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only' using errcode = 'OR002';
end $$;
create trigger append_only before update or delete on ledger for each row execute function ledger_is_append_only();
create trigger append_only_truncate before truncate on ledger execute function ledger_is_append_only();

alter table ledger enable row level security;
alter table ledger force row level security;
create policy own_rows on ledger using (may_touch(account_id)) with check (may_touch(account_id));
