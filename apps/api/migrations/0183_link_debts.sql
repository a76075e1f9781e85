-- What a second payment brought to a link is owed until it is back, however often its way back fails: a refund that
-- had succeeded may be reversed weeks later, and a person may give back what a provider had refused for days.

-- Whoever looks whether it is back writes in the version of the link that was read before: nothing that happened since is
-- missed. What was given back and came back is owed anew in the same commit. The link before the attempt, as whoever
-- writes both locks them, and the attempt by its key alone: its state is read when the lock is held.
create function follow_link_debt() returns trigger language plpgsql as $$
begin
  with l as (
    update payment_link l set due_at = clock_timestamp(), tries = 0, version = l.version + 1
    from payment_link_attempt a
    where a.account_id = new.account_id and a.environment = new.environment and a.payment_id = new.id
      and a.state in ('surplus', 'returned', 'needs_review')
      and l.account_id = a.account_id and l.environment = a.environment and l.id = a.link_id
    returning l.id
  )
  update payment_link_attempt a set state = case a.state when 'returned' then 'surplus' else a.state end from l
  where a.account_id = new.account_id and a.environment = new.environment and a.payment_id = new.id
    and new.refunded < old.refunded;
  return null;
end $$;
create trigger follow_link_debt after update of refunded on payment for each row
  when (new.refunded <> old.refunded) execute function follow_link_debt();
