/** Rollups against the base tables: 100,000 random events, late, doubled and reordered, counted while they happen. */
import { randomInt } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenedApp, openApp } from '../testing/open-app.ts'
import { catchUp } from './catch-up.ts'
import { fillPayments, prepareAccount } from './testing/fill.ts'

const EVENTS = 100_000
const SEED = Number(process.env['SEED'] ?? randomInt(1_000_000))

let api: OpenedApp
let client: pg.Client
const db = () => ({
  query: (one: { text: string; values: readonly unknown[] }) =>
    api.deps.db.engine.query({ ...one, values: [...one.values] }),
})

beforeAll(async () => {
  console.log(`SEED=${SEED}`)
  api = await openApp()
  client = await open()
  await client.query('select setseed($1)', [SEED / 1_000_000])
})
afterAll(async () => {
  await client.end()
  await api.close()
})

/** Without the guards and the ledger, which have tests of their own: rows here come by the ten thousand. */
async function open(): Promise<pg.Client> {
  const opened = new pg.Client({
    connectionString: api.databaseUrl,
    options: '-c app.scope=engine -c session_replication_role=replica',
  })
  await opened.connect()
  return opened
}

/** A step of some payments' lives, written as if up to ten minutes ago. */
const MOVE = `update payment p set version = version + 1, updated_at = now() - random() * interval '10 minutes',
  status = n.status, captured = case when n.status = 'succeeded' then amount else captured end,
  refunded = case when p.status = 'succeeded' and random() < 0.2 then least(captured, refunded + 100) else refunded end,
  method = coalesce(method, case when random() < 0.3 then (array['card', 'upi', 'wallet'])[1 + floor(random() * 3)] end),
  fee_amount = case when p.status = 'succeeded' and random() < 0.5 then floor(random() * 50) else fee_amount end,
  fee_tax = case when p.status = 'succeeded' then 1 else fee_tax end,
  fee_currency = case when p.status = 'succeeded' then (array[currency, 'EUR'])[1 + floor(random() * 2)] else fee_currency end,
  failure = case when n.status = 'failed' then
    jsonb_build_object('code', 'payment_declined', 'decline_reason', (array['insufficient_funds', 'fraud'])[1 + floor(random() * 2)]) end
  from (select id, case
      when status = 'created' then 'processing'
      when status = 'processing' then (array['succeeded', 'succeeded', 'failed', 'canceled', 'expired'])[1 + floor(random() * 5)]
      when status = 'failed' and random() < 0.2 then 'succeeded' else status end as status
    from payment where random() < $1) n
  where p.id = n.id`

const DIFFERENCE = (rollup: string, truth: string): string =>
  `select count(*)::int as n from ((table ${rollup} except all (${truth})) union all ((${truth}) except all table ${rollup})) d`

const SLOT = `to_timestamp(floor(extract(epoch from created_at) / 900) * 900)`
const HOUR = `to_timestamp(floor(extract(epoch from created_at) / 3600) * 3600)`
const DAY = `to_timestamp(floor(extract(epoch from created_at) / 86400) * 86400)`
const NIL = `'00000000-0000-0000-0000-000000000000'`

const COUNTRY = `upper(coalesce(customer ->> 'country', ''))`

/** Written apart from the migration, straight from the base table. */
const SUMS = `count(*)::int, sum((status = 'succeeded')::int)::int, sum((status = 'failed')::int)::int,
    sum((status = 'canceled')::int)::int, sum((status = 'expired')::int)::int, sum(amount)::bigint, sum(captured)::bigint,
    sum(refunded)::bigint, sum((captured > 0 and fee_amount is not null)::int)::int, sum(coalesce(fee_amount, 0))::bigint,
    sum(coalesce(fee_tax, 0))::bigint,
    sum(case when fee_amount is not null and fee_currency = currency then captured else 0 end)::bigint`
const payments = (slot: string): string => `select account_id, environment, ${slot}, provider, currency,
    coalesce(method, ''), coalesce(api_key_id, ${NIL}), coalesce(fee_currency, ''), ${SUMS}, ${COUNTRY}
  from payment group by 1, 2, 3, 4, 5, 6, 7, 8, 21`

const bySide = (slot: string): string => `select account_id, environment, v.side, ${slot}, v.value, currency,
    coalesce(fee_currency, ''), ${SUMS}
  from payment cross join lateral (values ('all', ''), ('provider', provider), ('method', coalesce(method, '')),
    ('key_id', coalesce(api_key_id, ${NIL})::text), ('country', ${COUNTRY})) v (side, value)
  group by 1, 2, 3, 4, 5, 6, 7`

const TRUTHS: readonly (readonly [string, string])[] = [
  ['rollup_payment', payments(SLOT)],
  ['rollup_payment_day', payments(DAY)],
  ['rollup_payment_hour', bySide(HOUR)],
  ['rollup_payment_day_by', bySide(DAY)],
  [
    'rollup_failure',
    `select account_id, environment, ${SLOT}, provider, currency, coalesce(method, ''), coalesce(api_key_id, ${NIL}),
      coalesce(failure ->> 'code', ''), coalesce(failure ->> 'decline_reason', ''), count(*)::int, ${COUNTRY}
      from payment where status = 'failed' group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 11`,
  ],
  [
    'rollup_refund',
    `select account_id, environment, ${SLOT}, provider, currency, count(*)::int,
      sum((status = 'succeeded')::int)::int, sum((status = 'failed')::int)::int,
      sum(case when status = 'succeeded' then amount else 0 end)::bigint
      from refund group by 1, 2, 3, 4, 5`,
  ],
  [
    'rollup_sms',
    `select account_id, environment, ${SLOT}, provider, coalesce(api_key_id, ${NIL}), coalesce(cost_currency, ''), count(*)::int,
      sum((status = 'delivered')::int)::int, sum((status in ('undelivered', 'failed'))::int)::int,
      sum(coalesce(cost_micros, 0))::bigint from sms group by 1, 2, 3, 4, 5, 6`,
  ],
  [
    'rollup_call',
    `select account_id, environment, ${SLOT}, provider, verb,
      case when status is null then outcome else left(status::text, 1) || 'xx' end,
      case when duration_ms <= 1 then 0 else ceil(log(2, duration_ms::numeric))::int end, count(*)::int, sum(duration_ms)::bigint
      from provider_call group by 1, 2, 3, 4, 5, 6, 7`,
  ],
  [
    'rollup_delivery',
    `select account_id, environment, ${SLOT}, state, count(*)::int from delivery group by 1, 2, 3, 4`,
  ],
  [
    'rollup_request',
    `select account_id, environment, ${SLOT}, method, route, coalesce(key_id, ${NIL}), status, coalesce(code, ''),
      case when duration_ms - provider_ms <= 1 then 0 else ceil(log(2, (duration_ms - provider_ms)::numeric))::int end,
      count(*)::int, round(sum(duration_ms - provider_ms))::bigint
      from request_log group by 1, 2, 3, 4, 5, 6, 7, 8, 9`,
  ],
]

async function expectExact(): Promise<void> {
  for (const [rollup, truth] of TRUTHS) {
    const { rows } = await client.query(DIFFERENCE(rollup, truth))
    expect({ rollup, differing: rows[0].n }).toEqual({ rollup, differing: 0 })
  }
}

test('rollups equal recomputation after 100,000 random events, late, doubled and reordered', async () => {
  const accounts = [await api.newAccount(), await api.newAccount()]
  for (const accountId of accounts) await prepareAccount(client, accountId)
  let events = 0
  const late = await open()
  for (let round = 0; events < EVENTS; round++) {
    for (const accountId of accounts)
      events += await fillPayments(client, { accountId, payments: 2_500, days: 0.5 })
    // A transaction that began before a look and commits after the next one.
    await late.query('begin')
    events += (await late.query(MOVE, [0.02])).rowCount ?? 0
    events += (await late.query(MOVE_DELIVERIES, [0.02])).rowCount ?? 0
    await catchUp(db(), Date.now())
    await late.query('commit')
    for (const share of [0.3, 0.2]) events += (await client.query(MOVE, [share])).rowCount ?? 0
    await Promise.all([catchUp(db(), Date.now()), catchUp(db(), Date.now())])
    events += (await client.query(REFUND)).rowCount ?? 0
    events += (await client.query(SETTLE_REFUNDS)).rowCount ?? 0
    events += (await client.query(DELIVER)).rowCount ?? 0
    for (const share of [0.5, 0.3]) events += (await client.query(MOVE_DELIVERIES, [share])).rowCount ?? 0
    // The same again: what comes twice changes nothing.
    await client.query('update payment set updated_at = now() where random() < 0.01')
    events += (await client.query(TEXT, [accounts[round % 2]])).rowCount ?? 0
    events += (await client.query(MOVE_TEXTS)).rowCount ?? 0
    await client.query(LOG, [accounts[round % 2]])
    await client.query(CALL, [accounts[round % 2]])
  }
  await late.end()
  await catchUp(db(), Date.now())
  console.log(`${events} events`)
  expect(events).toBeGreaterThanOrEqual(EVENTS)
  await expectExact()
  await catchUp(db(), Date.now())
  await expectExact()
}, 180_000)

const REFUND = `insert into refund (account_id, environment, id, payment_id, version, sequence, status, amount, currency, speed,
    metadata, provider, created_at, updated_at)
  select account_id, environment, uuid_by_time(), id, 1, 1, 'pending', 1, currency, 'normal', '{}', provider,
    clock_timestamp(), now() - random() * interval '5 minutes'
  from payment where status = 'succeeded' and random() < 0.05`
const SETTLE_REFUNDS = `update refund set status = case when random() < 0.8 then 'succeeded' else 'failed' end,
    updated_at = now() - random() * interval '5 minutes' where status = 'pending' and random() < 0.5`
const DELIVER = `insert into delivery (account_id, environment, id, event_id, endpoint_id, subject_id, sequence, lane, ordered,
    state, trigger, attempt, step, due_at, created_at)
  select account_id, environment, uuid_by_time(), gen_random_uuid(), gen_random_uuid(), id, 1, 'fast', false,
    'pending', 'auto', 0, 0, now(), now() - random() * interval '4 minutes' from payment where random() < 0.1`
/** A try that ends it, one that puts it off, or a person who sends it again. */
const MOVE_DELIVERIES = `update delivery d set state = n.state,
    due_at = case when n.state = 'pending' then now() + interval '1 hour' end,
    finished_at = case when n.state <> 'pending' then now() end
  from (select id, (array['delivered', 'delivered', 'failed', 'held', 'pending'])[1 + floor(random() * 5)] as state
    from delivery where random() < $1) n where d.id = n.id`
const TEXT = `insert into sms (account_id, environment, id, version, sequence, status, send_state, recipient, sender, body,
    provider, credential_version, tries, created_at, updated_at)
  select $1, 'test', uuid_by_time(), 1, 1, 'sent', 'accepted', '+15550100', '+15550101', 'x', 'twilio', 1, 0,
    now() - random() * interval '4 minutes', now() from generate_series(1, 200)`
/** Delivered or not, and billed at once, later, or never. */
const MOVE_TEXTS = `update sms set updated_at = now() - random() * interval '10 minutes',
    status = case when status = 'sent' then (array['delivered', 'undelivered', 'failed'])[1 + floor(random() * 3)] else status end,
    cost_micros = coalesce(cost_micros, billed.micros), cost_currency = coalesce(cost_currency, billed.currency)
  from (select id, case when billed then 7900 end as micros, case when billed then (array['USD', 'EUR'])[1 + floor(random() * 2)] end
      as currency from (select id, random() < 0.5 as billed from sms where random() < 0.4) s) billed
  where sms.id = billed.id`
const CALL = `insert into provider_call (account_id, environment, id, provider, verb, method, path, status, outcome, duration_ms,
    created_at)
  select $1, 'test', uuid_from(t.at), 'stripe', 'v', 'GET', '/', t.status, case when t.status is null then 'timeout' else 'answered' end,
    floor(random() * 3000), t.at
  from (select now() - n * interval '20 seconds' as at, (array[200, 402, 500, null])[1 + floor(random() * 4)] as status
    from generate_series(1, 40) n) t on conflict do nothing`
const LOG = `insert into request_log select $1, 'test', uuid_from(t.at), 'GET', '/v1/x', '/v1/x', null,
    (array[200, 404])[1 + floor(random() * 2)], null, null, null, floor(random() * 40) / 4 + 0.25, 0, t.at
  from (select now() - n * interval '20 seconds' as at from generate_series(1, 40) n) t on conflict do nothing`

describe('what has not changed is left alone', () => {
  test('a look after which nothing was written computes no slot anew', async () => {
    await catchUp(db(), Date.now())
    const stamps = () => client.query('select xmin::text as x from rollup_payment order by 1 desc limit 1')
    const before = await stamps()
    await catchUp(db(), Date.now())
    expect((await stamps()).rows).toEqual(before.rows)
  })
})
