-- A subscription's charge that is refunded or disputed is a payment of its own from then on, under the charge's own id,
-- so that its money moves by the rules and in the ledger of every other payment.

-- Such a payment is born with what was charged; until now every payment began with nothing captured.
create function book_captured_at_birth() returns trigger language plpgsql as $$
begin
  perform append_ledger(new, 'captured', new.captured);
  return null;
end $$;
create trigger book_captured_at_birth after insert on payment for each row
  when (new.captured > 0) execute function book_captured_at_birth();

-- What goes back of the payment went back of the charge and of its subscription, in the same commit. A provider may have
-- told of it first, and some do not say how much: the larger figure is the one that is known.
create function follow_charge_refunds() returns trigger language plpgsql as $$
declare
  charge subscription_charge;
  went_back bigint;
begin
  select * into charge from subscription_charge c
  where c.account_id = new.account_id and c.environment = new.environment and c.id = new.id;
  if not found then
    return null;
  end if;
  -- The subscription before its charge: the order in which every other writer locks them.
  perform 1 from subscription s where s.account_id = new.account_id and s.environment = new.environment
    and s.id = charge.subscription_id for update;
  select * into charge from subscription_charge c
  where c.account_id = new.account_id and c.environment = new.environment and c.id = new.id for update;
  went_back := case when new.refunded > old.refunded then greatest(charge.refunded, new.refunded) else new.refunded end;
  update subscription s set refunded = s.refunded + went_back - charge.refunded, version = s.version + 1,
    updated_at = new.updated_at
  where s.account_id = new.account_id and s.environment = new.environment and s.id = charge.subscription_id;
  update subscription_charge c set refunded = went_back, updated_at = new.updated_at
  where c.account_id = new.account_id and c.environment = new.environment and c.id = new.id;
  return null;
end $$;
create trigger follow_charge_refunds after update on payment for each row
  when (old.refunded is distinct from new.refunded and new.routing ->> 'rule' = 'subscription')
  execute function follow_charge_refunds();
