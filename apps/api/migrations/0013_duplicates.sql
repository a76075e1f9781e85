-- Money that came twice: attempts that succeed after all, beside another success, are given back by themselves.
-- Also: the database's own guard over the moves of operations, and the time by its own clock at which a call was
-- recorded, from which it is judged how long a call may be repeated and when it counts as absent.

alter table operation drop constraint operation_state_check;
alter table operation add constraint operation_state_check check (state in (
  'sent', 'unknown', 'exposed', 'succeeded', 'declined', 'rejected', 'not_sent', 'absent', 'abandoned',
  'canceled', 'expired', 'needs_review', 'late_succeeded', 'compensating', 'compensated'));

alter table operation add column recorded_at timestamptz not null default clock_timestamp();
update operation set recorded_at = created_at;

-- A provider's payment is given back under one attempt, however many messages tell of it.
create unique index one_return_per_duplicate on operation
  (account_id, environment, provider, (request -> 'duplicate' ->> 'payment_ref'))
  where request ? 'duplicate';
create index operation_to_compensate on operation (account_id, environment, id)
  where state in ('late_succeeded', 'compensating');

create function operation_may_move(was text, becomes text) returns boolean
  language sql immutable parallel safe as $$
  select was = becomes or becomes = any (case was
    when 'sent' then array['unknown', 'exposed', 'succeeded', 'declined', 'rejected', 'not_sent', 'absent',
      'abandoned', 'canceled', 'expired', 'needs_review']
    when 'unknown' then array['exposed', 'succeeded', 'declined', 'rejected', 'absent', 'abandoned', 'canceled',
      'expired', 'needs_review']
    when 'exposed' then array['succeeded', 'declined', 'canceled', 'expired']
    when 'needs_review' then array['exposed', 'succeeded', 'declined', 'rejected', 'absent', 'canceled', 'expired']
    when 'declined' then array['succeeded', 'late_succeeded']
    when 'rejected' then array['late_succeeded']
    when 'not_sent' then array['late_succeeded']
    when 'absent' then array['exposed', 'succeeded', 'declined', 'canceled', 'expired', 'late_succeeded']
    when 'abandoned' then array['late_succeeded']
    when 'canceled' then array['succeeded', 'late_succeeded']
    when 'expired' then array['succeeded', 'late_succeeded']
    when 'late_succeeded' then array['compensating']
    when 'compensating' then array['compensated']
    else array[]::text[] end)
$$;

create function guard_operation() returns trigger language plpgsql as $$
begin
  if not operation_may_move(old.state, new.state) then
    raise exception 'an operation cannot move from % to %', old.state, new.state using errcode = 'OR002';
  end if;
  return new;
end $$;
create trigger guard_operation before update of state on operation for each row
  when (old.state is distinct from new.state) execute function guard_operation();

-- Which of the provider's payments is booked never changes once money was: the others are the duplicates.
create function guard_paid_by() returns trigger language plpgsql as $$
begin
  raise exception 'what paid a payment never changes' using errcode = 'OR002';
end $$;
create trigger guard_paid_by before update on payment for each row
  when (old.captured > 0 and old.provider_payment_id is not null
    and new.provider_payment_id is distinct from old.provider_payment_id)
  execute function guard_paid_by();

-- What came twice is no part of the payment's totals, and yet a fact about money: the ledger keeps both halves.
alter table ledger drop constraint ledger_kind_check;
alter table ledger add constraint ledger_kind_check check (kind in (
  'captured', 'refunded', 'refund_reversed', 'duplicate_captured', 'duplicate_returned'));

create function book_duplicate() returns trigger language plpgsql as $$
declare
  p payment;
begin
  select * into p from payment
  where account_id = new.account_id and environment = new.environment and id = new.payment_id for update;
  p.provider_payment_id := new.request -> 'duplicate' ->> 'payment_ref';
  perform append_ledger(p, case new.state when 'compensated' then 'duplicate_returned' else 'duplicate_captured' end,
    new.amount);
  return null;
end $$;
create trigger book_new_duplicate after insert on operation for each row
  when (new.state = 'late_succeeded') execute function book_duplicate();
create trigger book_duplicate after update of state on operation for each row
  when (old.state is distinct from new.state and new.state in ('late_succeeded', 'compensated'))
  execute function book_duplicate();
