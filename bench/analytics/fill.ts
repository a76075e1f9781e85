import type pg from 'pg'
import { fillPayments, prepareAccount } from '../../apps/api/src/analytics/testing/fill.ts'

/** How many rows of each kind. */
export interface Year {
  readonly accountId: string
  readonly payments: number
  readonly days: number
  readonly requests: number
  readonly calls: number
}

/**
 * A year of business, oldest first: payments, an event and a webhook of each, some refunds, and the logs of a month.
 * Rows and indexes are written in bulk; sums are left to the server itself.
 */
export async function fillYear(client: pg.Client, year: Year): Promise<void> {
  const { accountId } = year
  // Its speed is not what is measured.
  await client.query(
    `set synchronous_commit = off; set maintenance_work_mem = '512MB'; set work_mem = '128MB'`,
  )
  await prepareAccount(client, accountId)
  const { rows } = await client.query(ENDPOINT, [accountId])
  // What triggers write by the row is written at once behind the rows.
  await client.query('set session_replication_role = replica')
  await unindexed(client, 'payment', async () => {
    await fillPayments(client, { accountId, payments: year.payments, days: year.days, decided: true })
  })
  await unindexed(client, 'payment_payer', () => client.query(PAYERS, [accountId]))
  await unindexed(client, 'refund', () => client.query(REFUNDS, [accountId]))
  await unindexed(client, 'event', () => client.query(EVENTS, [accountId]))
  await unindexed(client, 'delivery', () => client.query(DELIVERIES, [accountId, rows[0].id]))
  await unindexed(client, 'provider_call', () => client.query(CALLS, [accountId, year.calls]))
  await client.query(REQUESTS, [accountId, year.requests])
  await client.query('set session_replication_role = origin')
}

/** Indexes are made behind the rows, in one go each; those of keys stay, which rows in their order append to. */
async function unindexed(client: pg.Client, table: string, fill: () => Promise<unknown>): Promise<void> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
      where indrelid = $1::regclass and indexrelid not in (select conindid from pg_constraint)`,
    [table],
  )
  for (const { name } of rows) await client.query(`drop index ${name}`)
  await fill()
  for (const { definition } of rows) await client.query(definition)
}

const ENDPOINT = `insert into webhook_endpoint (account_id, environment, id, url, events, sign_v1a, ordered, max_in_flight, state,
    lane, failures, failing_days, created_at, updated_at)
  values ($1, 'test', uuid_by_time(), 'https://shop.example/hooks', '{*}', false, false, 5, 'enabled', 'fast', 0, 0, now(), now())
  returning id`

const PAYERS = `insert into payment_payer
  select account_id, environment, lower(customer ->> 'email'), id from payment
  where account_id = $1 and customer is not null order by 3, 4`

/** One payment in twenty. */
const REFUNDS = `insert into refund (account_id, environment, id, payment_id, version, sequence, status, amount, currency, speed,
    metadata, provider, created_at, updated_at)
  select account_id, environment, id, id, 1, 1, case when n % 1000 = 0 then 'pending' else 'succeeded' end, 100, currency,
    'normal', '{}', provider, created_at, updated_at
  from (select *, row_number() over (order by id) as n from payment where account_id = $1 and status = 'succeeded') p
  where n % 20 = 0`

const EVENTS = `insert into event (account_id, environment, id, type, subject_kind, subject_id, sequence, payload, created_at)
  select account_id, environment, id, 'payment.' || status, 'payment', id, 1,
    json_build_object('id', 'evt_' || id, 'object', 'event', 'type', 'payment.' || status, 'api_version', '2026-11-01',
      'environment', environment, 'created_at', created_at, 'sequence', 1, 'data', json_build_object('object',
        json_build_object('id', 'pay_' || id, 'object', 'payment', 'status', status, 'amount_minor', amount, 'currency', currency,
          'provider', provider, 'receipt', receipt, 'customer', customer, 'method', method)))::text,
    created_at
  from payment where account_id = $1 order by id`

const DELIVERIES = `insert into delivery (account_id, environment, id, event_id, endpoint_id, subject_id, sequence, lane, ordered,
    state, trigger, attempt, step, due_at, last_status, created_at, finished_at)
  select account_id, environment, id, id, $2, subject_id, 1, 'fast', false, state, 'auto', 1, 1,
    case when state = 'pending' then now() + interval '1 hour' end, 200, created_at,
    case when state <> 'pending' then created_at + interval '1 second' end
  from (select *, case when n % 5000 = 0 then 'failed' when n % 7001 = 0 then 'pending' else 'delivered' end as state
    from (select *, row_number() over (order by id) as n from event where account_id = $1) e) e`

/** Bodies of some 2 kB, as providers send them. */
const CALLS = `insert into provider_call (account_id, environment, id, provider, verb, method, path, status, outcome, duration_ms,
    request, response, created_at)
  select $1, 'test', uuid_from(at), 'stripe', case when n % 3 = 0 then 'payments.get' else 'payments.create' end, 'POST', path,
    case when n % 500 = 0 then 402 else 200 end, 'answered', 40 + n % 13 * (n % 89),
    'line_items[0][price_data][unit_amount]=' || n || '&client_reference_id=op_' || md5(n::text)
      || repeat('&metadata[order]=a+value', 20),
    '{"id":"cs_test_' || md5('s' || n) || '","payment_intent":"pi_' || md5('p' || n) || '"'
      || repeat(',"a_field_of_a_session":"A value"', 50) || '}', at
  from (select n, now() - ($2::int - n) * interval '2.4 seconds' as at, case when n % 3 = 0 then '/v1/payment_intents/pi_' || md5('p' || n)
    else '/v1/checkout/sessions' end as path from generate_series(1, $2::int) n) t`

/** Within the months that have a partition: some routes, of which each takes as long as it likes. */
const REQUESTS = `insert into request_log select $1, 'test', uuid_from(at), case when n % 100000 = 7 then 'DELETE' else method end, route,
    replace(route, ':id', 'pay_' || n), null, case when n % 50 = 0 then 404 else 200 end,
    case when n % 50 = 0 then 'not_found' end, null, null, 1 + n % 7 * (n % 97) / 5.0, 0, at
  from (select n, now() - ($2::int - n) * interval '2.4 seconds' as at, (array['POST', 'GET', 'GET', 'GET', 'POST', 'GET'])[1 + n % 6] as method,
      (array['/v1/payments', '/v1/payments/:id', '/v1/payments', '/v1/events', '/v1/refunds', '/v1/payments/:id/timeline'])[1 + n % 6] as route
    from generate_series(1, $2::int) n) t`
