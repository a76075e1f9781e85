-- `payment_by_id` lets no two accounts have a payment of one id, and the foreign key no operation another account's payment: these
-- refuse what they refused before, and find the calls of a payment by its id alone. The new ones are made beside the old: writes wait
-- while they are built, reads only for the moment in which they change places.

create unique index one_live_charge_next on operation (payment_id)
  where kind = 'charge' and state in ('sent', 'unknown', 'exposed', 'needs_review') and not request ? 'duplicate';
create unique index operation_number_next on operation
  (payment_id, kind, n, (case when kind = 'refund' then id end)) nulls not distinct;
drop index one_live_charge, operation_number;
alter index one_live_charge_next rename to one_live_charge;
alter index operation_number_next rename to operation_number;
