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
const DAY = `to_timestamp(floor(extract(epoch from created_at) / 86400) * 86400)`
const NIL = `'00000000-0000-0000-0000-000000000000'`

const COUNTRY = `upper(coalesce(customer ->> 'country', ''))`

/** Written apart from the migration, straight from the base table. */
const payments = (slot: string): string => `select account_id, environment, ${slot}, provider, currency,
    coalesce(method, ''), coalesce(api_key_id, ${NIL}), coalesce(fee_currency, ''), count(*)::int,
    sum((status = 'succeeded')::int)::int, sum((status = 'failed')::int)::int, sum((status = 'canceled')::int)::int,
    sum((status = 'expired')::int)::int, sum(amount)::bigint, sum(captured)::bigint, sum(refunded)::bigint,
    sum((captured > 0 and fee_amount is not null)::int)::int, sum(coalesce(fee_amount, 0))::bigint,
    sum(coalesce(fee_tax, 0))::bigint,
    sum(case when fee_amount is not null and fee_currency = currency then captured else 0 end)::bigint,
    ${COUNTRY}
  from payment group by 1, 2, 3, 4, 5, 6, 7, 8, 21`

const TRUTHS: readonly (readonly [string, string])[] = [
  ['rollup_payment', payments(SLOT)],
  ['rollup_payment_day', payments(DAY)],
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
    await catchUp(db(), Date.now())
    await late.query('commit')
    for (const share of [0.3, 0.2]) events += (await client.query(MOVE, [share])).rowCount ?? 0
    await Promise.all([catchUp(db(), Date.now()), catchUp(db(), Date.now())])
    events += (await client.query(REFUND)).rowCount ?? 0
    events += (await client.query(SETTLE_REFUNDS)).rowCount ?? 0
    // The same again: what comes twice changes nothing.
    await client.query('update payment set updated_at = now() where random() < 0.01')
    await client.query(LOG, [accounts[round % 2]])
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
