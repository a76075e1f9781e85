-- What the two commits of a payment write beside its rows, less what is written twice.

-- Every payment names its credentials, those name their service, and that its account.
alter table payment drop constraint payment_account_id_fkey;

-- A reference is looked up where it is unique: at the operation that carries it, whichever attempt that was.
drop index payment_by_reference;

-- Attempts of a kind are numbered; refunds, of which many may be recorded at once, are told apart by their ids. The
-- same index finds all operations of a payment.
drop index operation_of_payment;
drop index operation_number;
create unique index operation_number on operation
  (account_id, environment, payment_id, kind, n, (case when kind = 'refund' then id end)) nulls not distinct;

-- A claim is written small and grows by its answer: with room for it on its own page no index hears of that.
alter table idempotency set (fillfactor = 14);
