/** The tables of the floors: the payment and its event, for `diy` the idempotency row, for `inbox` what came in. */
export const FLOOR_TABLES = `
  create table payment (id uuid primary key, amount bigint not null, currency text not null, receipt text,
    status text not null, provider_order_id text, body jsonb, created_at timestamptz not null default now());
  create table event (id uuid primary key, payment_id uuid not null, type text not null, payload jsonb not null,
    created_at timestamptz not null default now());
  create table idempotency (key text primary key, payment_id uuid, body jsonb);
  create table inbox (id text primary key, body text not null, created_at timestamptz not null default now());
`
