-- Payment links: an address of ours that asks for a fixed amount. Its payments are ordinary payments; what is kept
-- here is which of them belong to it, and who may start the next one.

create table payment_link (
  account_id uuid not null references account (id),
  environment text not null check (environment in ('test', 'live')),
  id uuid not null,
  -- Grows with every change of the link, its attempts or their payments: what a writer compares before it writes.
  version integer not null,
  -- Number of the link's newest event, gapless from 1.
  sequence integer not null,
  status text not null check (status in ('active', 'paid', 'expired', 'deactivated')),
  -- What payers see of it: /l/{code}.
  code text not null unique check (code ~ '^[0-9a-z]{12}$'),
  amount bigint not null check (amount > 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  description text,
  customer jsonb,
  metadata jsonb not null,
  callback_url text,
  -- Where the payments go; null = the account's routing decides at each of them.
  provider text,
  method text,
  -- What the key that made the link may use; null = every service of the account.
  services text[],
  reusable boolean not null,
  expires_at timestamptz,
  clicks integer not null check (clicks >= 0),
  payments_count integer not null check (payments_count >= 0),
  amount_paid bigint not null check (amount_paid >= 0),
  -- The payment that paid it; of a reusable link the newest.
  payment_id uuid,
  paid_at timestamptz,
  -- The text message that carries it, and how sending it went; null = none was asked for.
  notice jsonb,
  api_key_id uuid,
  tries integer not null,
  due_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, environment, id),
  constraint paid_once check (reusable or payments_count <= 1),
  constraint paid_exactly check (amount_paid = amount * payments_count)
) with (fillfactor = 80);
create index payment_link_due on payment_link (due_at) where due_at is not null;

create table payment_link_attempt (
  account_id uuid not null,
  environment text not null,
  link_id uuid not null,
  -- Chosen before the payment is made, so that no payment of a link is ever unknown to it.
  payment_id uuid not null,
  -- Hash of the token in the payer's browser.
  visitor text not null,
  -- open → paid | closed; surplus = paid although the link had been, to be given back; returned = being given back.
  state text not null check (state in ('open', 'paid', 'closed', 'surplus', 'returned', 'needs_review')),
  single_use boolean not null,
  -- Until then no other browser may take its place.
  held_until timestamptz not null,
  created_at timestamptz not null,
  primary key (account_id, environment, payment_id),
  foreign key (account_id, environment, link_id) references payment_link (account_id, environment, id)
) with (fillfactor = 80);
create index payment_link_attempt_of_link on payment_link_attempt (account_id, environment, link_id, payment_id);

-- What no race may break: a single-use link has one attempt that can be paid, and is paid by one; a browser has one.
create unique index one_open_attempt on payment_link_attempt (account_id, environment, link_id)
  where single_use and state = 'open';
create unique index one_paid_attempt on payment_link_attempt (account_id, environment, link_id)
  where single_use and state = 'paid';
create unique index one_open_attempt_per_visitor on payment_link_attempt (account_id, environment, link_id, visitor)
  where state = 'open';

create function payment_link_may_move(was text, becomes text) returns boolean language sql immutable parallel safe as $$
  select was = becomes or becomes = any (case was
    when 'active' then array['paid', 'expired', 'deactivated']
    -- A payment under way when the link ended may still arrive.
    when 'expired' then array['paid']
    when 'deactivated' then array['paid']
    else array[]::text[] end)
$$;

create function guard_payment_link() returns trigger language plpgsql as $$
begin
  if not payment_link_may_move(old.status, new.status) then
    raise exception 'a payment link cannot move from % to %', old.status, new.status using errcode = 'OR002';
  end if;
  if (new.amount, new.currency, new.code, new.reusable) is distinct from (old.amount, old.currency, old.code, old.reusable) then
    raise exception 'what a payment link asks for never changes' using errcode = 'OR002';
  end if;
  if new.payments_count < old.payments_count then
    raise exception 'what was paid never shrinks' using errcode = 'OR002';
  end if;
  return new;
end $$;
create trigger guard_payment_link before update on payment_link for each row execute function guard_payment_link();

-- A payment that succeeds makes its link due in the same commit, whoever settles it: nothing has to notice.
create function wake_payment_link() returns trigger language plpgsql as $$
begin
  update payment_link l set due_at = clock_timestamp(), tries = 0, version = l.version + 1
  from payment_link_attempt a
  where a.account_id = new.account_id and a.environment = new.environment and a.payment_id = new.id
    and l.account_id = a.account_id and l.environment = a.environment and l.id = a.link_id;
  return null;
end $$;
create trigger wake_payment_link after update of status on payment for each row
  when (new.status = 'succeeded' and old.status <> 'succeeded') execute function wake_payment_link();

do $$
declare tenant_table text;
begin
  foreach tenant_table in array array['payment_link', 'payment_link_attempt'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('create policy own_rows on %I using (may_touch(account_id)) with check (may_touch(account_id))',
      tenant_table);
  end loop;
end $$;
