-- Payment methods that payers let a merchant keep at a provider. No card data but what tells one card from another; the
-- provider's token, with which a payer can be charged, is encrypted and gone once the method is deleted.

create table saved_payment_method (
  account_id uuid not null references account (id),
  environment text not null check (environment in ('test', 'live')),
  id uuid not null,
  customer_id uuid not null,
  -- The payment whose payer agreed; it exists once it was recorded.
  payment_id uuid not null,
  -- pending: agreed to, and kept once that payment is paid. deleting: never charged again, and still at the provider.
  state text not null check (state in ('pending', 'active', 'deleting', 'deleted')),
  provider text,
  credential_version integer,
  -- The merchant account at the provider that keeps it.
  provider_account text,
  customer_ref text,
  sealed bytea,
  key_id bigint,
  -- Of account and token, by which one method that was kept twice is one row.
  digest bytea,
  kind text,
  brand text,
  last4 text check (last4 ~ '^[0-9]{4}$'),
  exp_month integer check (exp_month between 1 and 12),
  exp_year integer,
  nickname text,
  metadata jsonb not null,
  consented_at timestamptz not null,
  tries integer not null,
  due_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, environment, id),
  foreign key (account_id, environment, customer_id) references customer (account_id, environment, id),
  foreign key (account_id, environment, provider, credential_version)
    references credential (account_id, environment, service, version),
  constraint token_while_kept check ((sealed is not null) = (state in ('active', 'deleting'))
    and (sealed is null) = (key_id is null) and (provider is null) = (state = 'pending'))
) with (fillfactor = 80);
create unique index saved_payment_method_kept on saved_payment_method (account_id, environment, provider, digest)
  where state = 'active';
create index saved_payment_method_of on saved_payment_method (account_id, environment, customer_id, id);
create index saved_payment_method_due on saved_payment_method (due_at) where due_at is not null;

alter table saved_payment_method enable row level security;
alter table saved_payment_method force row level security;
create policy own_rows on saved_payment_method using (may_touch(account_id)) with check (may_touch(account_id));

-- Charges of a kept method that are in the dark may have to be sent again: its token waits for them.
create index operation_charging_saved on operation ((request -> 'saved' ->> 'method_id'))
  where request ? 'saved' and state in ('sent', 'unknown', 'needs_review');

-- A customer is deleted, or something is begun with them: one of the two comes first, and the other sees it.
create function customer_must_live() returns trigger language plpgsql as $$
begin
  perform 1 from customer c where c.account_id = new.account_id and c.environment = new.environment
    and c.id = new.customer_id and c.deleted_at is null for share;
  if not found then
    raise exception 'the customer has been deleted' using errcode = 'OR003';
  end if;
  return new;
end $$;
create trigger customer_must_live before insert on subscription for each row
  when (new.customer_id is not null) execute function customer_must_live();
create trigger customer_must_live before insert on saved_payment_method for each row
  execute function customer_must_live();

create function customer_may_go() returns trigger language plpgsql as $$
begin
  -- Statements of a function see what was committed while this one waited for the row.
  if exists (select 1 from subscription s where s.account_id = new.account_id and s.environment = new.environment
      and s.customer_id = new.id and s.status not in ('canceled', 'completed', 'expired')) then
    raise exception 'the customer has a running subscription' using errcode = 'OR004';
  end if;
  delete from saved_payment_method m where m.account_id = new.account_id and m.environment = new.environment
    and m.customer_id = new.id and m.state = 'pending';
  update saved_payment_method m set state = 'deleting', due_at = clock_timestamp(), tries = 0,
    updated_at = new.updated_at
  where m.account_id = new.account_id and m.environment = new.environment and m.customer_id = new.id
    and m.state = 'active';
  return new;
end $$;
create trigger customer_may_go before update on customer for each row
  when (old.deleted_at is null and new.deleted_at is not null) execute function customer_may_go();
