-- What came twice and is refused by its provider for good waits for a person, who may have it asked for again or
-- give it back by hand.

create or replace function operation_may_move(was text, becomes text) returns boolean
  language sql immutable parallel safe as $$
  select was = becomes or becomes = any (case was
    when 'sent' then array['unknown', 'exposed', 'succeeded', 'declined', 'rejected', 'not_sent', 'absent',
      'abandoned', 'canceled', 'expired', 'needs_review']
    when 'unknown' then array['exposed', 'succeeded', 'declined', 'rejected', 'absent', 'abandoned', 'canceled',
      'expired', 'needs_review']
    when 'exposed' then array['succeeded', 'declined', 'canceled', 'expired']
    when 'needs_review' then array['exposed', 'succeeded', 'declined', 'rejected', 'absent', 'canceled', 'expired',
      'compensating', 'compensated']
    when 'declined' then array['succeeded', 'late_succeeded']
    when 'rejected' then array['late_succeeded']
    when 'not_sent' then array['late_succeeded']
    when 'absent' then array['exposed', 'succeeded', 'declined', 'canceled', 'expired', 'late_succeeded']
    when 'abandoned' then array['late_succeeded']
    when 'canceled' then array['succeeded', 'late_succeeded']
    when 'expired' then array['succeeded', 'late_succeeded']
    when 'late_succeeded' then array['compensating']
    when 'compensating' then array['compensated', 'needs_review']
    else array[]::text[] end)
$$;

-- Money that waits to be given back is no attempt that could still be paid.
drop index one_live_charge;
create unique index one_live_charge on operation (account_id, environment, payment_id)
  where kind = 'charge' and state in ('sent', 'unknown', 'exposed', 'needs_review') and not request ? 'duplicate';
