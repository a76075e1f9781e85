-- Customers and plans. Both are ours first: a plan becomes an object of a provider's only where it is used, and
-- a customer's details are copied into what is made with them.

create table customer (
  account_id uuid not null references account (id),
  environment text not null check (environment in ('test', 'live')),
  id uuid not null,
  name text,
  email text,
  phone text,
  description text,
  metadata jsonb not null,
  -- A deleted customer keeps its row and loses its details.
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, environment, id),
  constraint deleted_is_empty check (deleted_at is null or (name is null and email is null and phone is null))
);
create index customer_by_email on customer (account_id, environment, email) where email is not null;

create table plan (
  account_id uuid not null references account (id),
  environment text not null check (environment in ('test', 'live')),
  id uuid not null,
  name text not null,
  description text,
  -- Of one unit and one period.
  amount bigint not null check (amount > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  interval text not null check (interval in ('day', 'week', 'month', 'year')),
  interval_count integer not null check (interval_count > 0),
  -- The provider it was made for; null = any that can.
  provider text,
  metadata jsonb not null,
  created_at timestamptz not null,
  primary key (account_id, environment, id)
);

create function plan_never_changes() returns trigger language plpgsql as $$
begin
  raise exception 'a plan never changes: what was agreed to is what is charged' using errcode = 'OR002';
end $$;
create trigger plan_never_changes before update on plan for each row execute function plan_never_changes();

-- A plan as one provider's merchant account holds it, made once however many ask for it at the same time.
create table provider_plan (
  account_id uuid not null,
  environment text not null,
  plan_id uuid not null,
  provider text not null,
  -- The merchant account at the provider, whichever version of its credentials is in force.
  provider_account text not null,
  credential_version integer not null,
  -- Idempotency key at the provider; a new one after a refusal.
  reference text not null,
  state text not null check (state in ('sent', 'unknown', 'needs_review', 'ready', 'rejected', 'not_sent')),
  provider_plan_id text,
  provider_refs jsonb not null,
  failure jsonb,
  tries integer not null,
  due_at timestamptz,
  -- When the call under this reference was first sent.
  sent_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, environment, plan_id, provider, provider_account),
  foreign key (account_id, environment, plan_id) references plan (account_id, environment, id),
  foreign key (account_id, environment, provider, credential_version)
    references credential (account_id, environment, service, version),
  constraint ready_is_named check ((state = 'ready') = (provider_plan_id is not null))
) with (fillfactor = 80);
create index provider_plan_due on provider_plan (due_at) where due_at is not null;

create function guard_provider_plan() returns trigger language plpgsql as $$
begin
  if old.state = 'ready' and (new.state, new.provider_plan_id) is distinct from (old.state, old.provider_plan_id) then
    raise exception 'a plan that a provider holds stays that plan' using errcode = 'OR002';
  end if;
  return new;
end $$;
create trigger guard_provider_plan before update on provider_plan for each row execute function guard_provider_plan();

do $$
declare tenant_table text;
begin
  foreach tenant_table in array array['customer', 'plan', 'provider_plan'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('create policy own_rows on %I using (may_touch(account_id)) with check (may_touch(account_id))',
      tenant_table);
  end loop;
end $$;
