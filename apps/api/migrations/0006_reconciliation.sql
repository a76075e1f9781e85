-- Our books against the providers' own: runs that compare a window of time, what they found, and what people
-- decided about calls whose outcome could not be had.

create table reconciliation_run (
  account_id uuid not null references account (id),
  environment text not null check (environment in ('test', 'live')),
  id uuid not null,
  provider text not null,
  kind text not null check (kind in ('hourly', 'daily', 'manual')),
  -- Inclusive and exclusive.
  window_from timestamptz not null,
  window_to timestamptz not null check (window_to > window_from),
  state text not null check (state in ('running', 'done', 'failed')),
  phase text not null check (phase in ('events', 'refunds', 'payments', 'ours', 'close')),
  -- Where the phase goes on; null = at its beginning.
  cursor text,
  -- Grows with every page: who writes compares it, so that a page counts once however often it is worked on.
  step integer not null,
  -- Failures in a row.
  tries integer not null,
  -- Subjects by verdict, once the run is over.
  counts jsonb not null,
  reason text,
  due_at timestamptz,
  created_at timestamptz not null,
  finished_at timestamptz,
  primary key (account_id, environment, id)
) with (fillfactor = 80);
-- One scheduled run per window, however many processes plan it.
create unique index reconciliation_window on reconciliation_run
  (account_id, environment, provider, kind, window_from) where kind <> 'manual';
create index reconciliation_due on reconciliation_run (due_at) where due_at is not null;

-- What a run has looked at; removed when it is over.
create table reconciliation_seen (
  account_id uuid not null,
  environment text not null,
  run_id uuid not null,
  -- Our reference of the payment, or `event:` and the provider's id.
  subject text not null,
  verdict text not null,
  primary key (account_id, environment, run_id, subject)
);

create table reconciliation_item (
  account_id uuid not null,
  environment text not null,
  id uuid not null,
  -- The run that saw it last.
  run_id uuid not null,
  provider text not null,
  subject text not null,
  bucket text not null check (bucket in ('missing_here', 'missing_there', 'differs')),
  -- What differs, in words of a closed list.
  reasons text[] not null,
  payment_id uuid,
  ours jsonb,
  theirs jsonb,
  -- Of bucket, reasons and both sides: what a person has dealt with is not reported again until it changes.
  digest text not null,
  state text not null check (state in ('open', 'repaired', 'resolved')),
  note text,
  resolved_by text,
  created_at timestamptz not null,
  seen_at timestamptz not null,
  closed_at timestamptz,
  primary key (account_id, environment, id),
  foreign key (account_id, environment, run_id) references reconciliation_run (account_id, environment, id)
);
create unique index reconciliation_open on reconciliation_item (account_id, environment, provider, subject)
  where state = 'open';
create index reconciliation_resolved on reconciliation_item (account_id, environment, provider, subject, digest)
  where state = 'resolved';

-- Who decided what about a call that waited for a person, on which evidence. Written before it takes effect.
create table review_decision (
  account_id uuid not null,
  environment text not null,
  id uuid not null,
  operation_id uuid not null,
  outcome text not null check (outcome in ('happened', 'did_not_happen')),
  note text not null,
  decided_by text not null,
  -- What the provider said when asked at that moment.
  evidence jsonb not null,
  created_at timestamptz not null,
  primary key (account_id, environment, id),
  foreign key (account_id, environment, operation_id) references operation (account_id, environment, id)
);
create index review_decision_of on review_decision (account_id, environment, operation_id);
create index operation_in_review on operation (account_id, environment, id) where state = 'needs_review';
create index inbound_in_quarantine on inbound (account_id, environment, id) where state = 'quarantined';

do $$
declare tenant_table text;
begin
  foreach tenant_table in array array[
    'reconciliation_run', 'reconciliation_seen', 'reconciliation_item', 'review_decision']
  loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
    execute format('create policy own_rows on %I using (may_touch(account_id)) with check (may_touch(account_id))',
      tenant_table);
  end loop;
end $$;
