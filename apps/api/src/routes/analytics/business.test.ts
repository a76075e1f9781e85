/** Subscriptions, messages and countries: each number against rows whose sum a person can check. */
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareAccount } from '../../analytics/testing/fill.ts'
import { type OpenedApp, openApp } from '../../testing/open-app.ts'

let api: OpenedApp
let client: pg.Client
beforeAll(async () => {
  api = await openApp()
  client = new pg.Client({ connectionString: api.databaseUrl, options: '-c app.scope=engine' })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await api.close()
})

async function merchant() {
  const key = await api.newKey()
  await prepareAccount(client, key.accountId)
  await client.query(`insert into service (account_id, service) values ($1, 'twilio')`, [key.accountId])
  await client.query(
    `insert into credential (account_id, environment, service, version, sealed, key_id, hint)
      values ($1, 'test', 'twilio', 1, '\\x00', 0, 'none')`,
    [key.accountId],
  )
  const get = async (path: string) => {
    const answer = await api.call(key.plain, 'GET', `/api/analytics/${path}`)
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json()
  }
  return { ...key, get }
}

async function plan(accountId: string, amount: number, currency: string, every: readonly [number, string]) {
  const { rows } = await client.query(
    `insert into plan (account_id, environment, id, name, amount, currency, interval, interval_count, metadata, created_at)
      values ($1, 'test', uuid_by_time(), 'p', $2, $3, $4, $5, '{}', now()) returning id`,
    [accountId, amount, currency, every[1], every[0]],
  )
  return { id: String(rows[0].id), currency }
}

interface Subscribed {
  readonly plan: { readonly id: string; readonly currency: string }
  readonly status: string
  readonly quantity?: number
  readonly begun?: string
  readonly ended?: string
  readonly paid?: number
}

async function subscribe(accountId: string, one: Subscribed): Promise<void> {
  await client.query(
    `insert into subscription (account_id, environment, id, version, sequence, status, plan_id, quantity, trial_days,
        metadata, provider, credential_version, reference, attempts, provider_refs, cancel_at_period_end, cancel_asked,
        ended_at, paid_count, failed_count, currency, charged, refunded, tries, created_at, updated_at)
      values ($1, 'test', uuid_by_time(), 1, 1, $2, $3, $4, 0, '{}', 'stripe', 1, gen_random_uuid(), 1, '{}', false, false,
        $5, $6, 0, $7, 0, 0, 0, $8, now())`,
    [
      accountId,
      one.status,
      one.plan.id,
      one.quantity ?? 1,
      one.ended ?? null,
      one.paid ?? 1,
      one.plan.currency,
      one.begun ?? '2026-01-01T00:00:00Z',
    ],
  )
}

test('MRR is what runs comes to in a month, by currency; what is paused, ended or not yet agreed to is none', async () => {
  const shop = await merchant()
  const monthly = await plan(shop.accountId, 1_000, 'USD', [1, 'month'])
  const quarterly = await plan(shop.accountId, 9_000, 'USD', [3, 'month'])
  const yearly = await plan(shop.accountId, 120_000, 'USD', [1, 'year'])
  const weekly = await plan(shop.accountId, 700, 'INR', [1, 'week'])
  await subscribe(shop.accountId, { plan: monthly, status: 'active', quantity: 3 })
  await subscribe(shop.accountId, { plan: quarterly, status: 'past_due' })
  await subscribe(shop.accountId, { plan: yearly, status: 'active' })
  await subscribe(shop.accountId, { plan: weekly, status: 'active' })
  for (const status of ['paused', 'pending_approval', 'trialing'])
    await subscribe(shop.accountId, { plan: monthly, status })
  await subscribe(shop.accountId, { plan: yearly, status: 'canceled', ended: '2026-02-01T00:00:00Z' })
  const { subscriptions } = await shop.get('overview')
  // 3 × 10.00 + 90.00 / 3 + 1200.00 / 12, and 7.00 × 365 / 84 = 30.4166…
  expect(subscriptions.mrr).toEqual([
    { currency: 'INR', amount: '30.42', amount_minor: 3_042 },
    { currency: 'USD', amount: '160.00', amount_minor: 16_000 },
  ])
  expect(subscriptions).toMatchObject({ active: 3, past_due: 1, paused: 1, trialing: 1 })
})

test('churn is who ended within the period by who was alive at its beginning; what was never paid is neither', async () => {
  const shop = await merchant()
  const monthly = await plan(shop.accountId, 1_000, 'USD', [1, 'month'])
  const add = (one: Omit<Subscribed, 'plan'>) => subscribe(shop.accountId, { plan: monthly, ...one })
  for (let i = 0; i < 8; i++) await add({ status: 'active' })
  for (const ended of ['2026-02-01T00:00:00Z', '2026-02-27T23:59:59Z'])
    await add({ status: 'canceled', ended })
  await add({ status: 'canceled', ended: '2026-01-31T23:59:59Z' })
  await add({ status: 'canceled', ended: '2026-02-28T00:00:00Z' })
  await add({ status: 'active', begun: '2026-02-10T00:00:00Z' })
  await add({ status: 'expired', ended: '2026-02-05T00:00:00Z', paid: 0 })
  const { subscriptions } = await shop.get('overview?from=2026-02-01&to=2026-02-28')
  expect(subscriptions).toMatchObject({ started: 1, ended: 2, churn_rate: 0.181818 })
})

test('messages cost what the provider billed, to the millionth, by its currency; what is not billed yet costs nothing', async () => {
  const shop = await merchant()
  const add = (status: string, cost: readonly [number, string] | null) =>
    client.query(
      `insert into sms (account_id, environment, id, version, sequence, status, send_state, recipient, sender, body,
          provider, credential_version, cost_micros, cost_currency, tries, created_at, updated_at)
        values ($1, 'test', uuid_by_time(), 1, 1, $2, 'accepted', '+1', '+2', 'x', 'twilio', 1, $3, $4, 0, now(), now())`,
      [shop.accountId, status, cost?.[0] ?? null, cost?.[1] ?? null],
    )
  await add('delivered', [7_900, 'USD'])
  await add('delivered', [7_901, 'USD'])
  await add('undelivered', [70_000, 'EUR'])
  await add('sent', null)
  const expected = {
    total: 4,
    delivered: 2,
    failed: 1,
    cost: [
      { currency: 'EUR', amount: '0.070000', amount_micros: 70_000 },
      { currency: 'USD', amount: '0.015801', amount_micros: 15_801 },
    ],
  }
  expect((await shop.get('overview')).sms).toEqual(expected)
  await client.query(
    `update sms set cost_micros = 100, cost_currency = 'USD', updated_at = now()
      where account_id = $1 and cost_micros is null`,
    [shop.accountId],
  )
  expect((await shop.get('costs')).sms.cost[1]).toMatchObject({ amount: '0.015901' })
})

test('payments by country, whatever their spelling; effective rates by provider, method and currency', async () => {
  const shop = await merchant()
  const add = (method: string, country: string | null, fee: number | null) =>
    client.query(
      `insert into payment (account_id, environment, id, version, sequence, status, amount, currency, captured, refunded,
          refund_pending, capture_mode, provider, credential_version, reference, provider_refs, method, metadata, customer,
          fee_amount, fee_tax, fee_currency, attempts, routing, created_at, updated_at)
        values ($1, 'test', uuid_by_time(), 1, 1, 'succeeded', 10000, 'EUR', 10000, 0, 0, 'automatic', 'stripe', 1,
          gen_random_uuid(), '{}', $2, '{}', $3::jsonb, $4, $5, $6, 1, '{}', now(), now())`,
      [
        shop.accountId,
        method,
        country === null ? null : JSON.stringify({ country }),
        fee,
        fee === null ? null : 0,
        fee === null ? null : 'EUR',
      ],
    )
  await add('card', 'DE', 150)
  await add('card', 'de', 350)
  await add('card', 'FR', null)
  await add('sepa_debit', null, 35)
  type Row = { group: { country: string | null; method: string | null }; payments: number }
  const costs = async (query: string): Promise<(Row & { effective_rate: number | null })[]> =>
    (await shop.get(`costs?${query}`)).data
  const countries = (await costs('group_by=country')).map((row) => [
    row.group.country,
    row.payments,
    row.effective_rate,
  ])
  expect(countries.sort()).toEqual([
    [null, 1, 0.0035],
    ['DE', 2, 0.025],
    ['FR', 1, null],
  ])
  expect((await shop.get('overview?country=de')).payments.total).toBe(2)
  const routes = (await costs('')).map((row) => [row.group.method, row.effective_rate])
  expect(routes.sort()).toEqual([
    ['card', 0.025],
    ['sepa_debit', 0.0035],
  ])
})

test('webhooks to you are counted as they are now: one that is sent again waits again', async () => {
  const shop = await merchant()
  await client.query(
    `insert into delivery (account_id, environment, id, event_id, endpoint_id, subject_id, sequence, lane, ordered, state,
        trigger, attempt, step, due_at, created_at, finished_at)
      select $1, 'test', uuid_by_time(), uuid_by_time(), uuid_by_time(), uuid_by_time(), 1, 'fast', false, state, 'auto', 1, 1,
        case when state = 'pending' then now() end, now(), case when state <> 'pending' then now() end
      from unnest(array['delivered', 'delivered', 'delivered', 'failed', 'held', 'pending', 'canceled']) state`,
    [shop.accountId],
  )
  expect((await shop.get('overview')).webhooks).toMatchObject({
    delivered: 3,
    failed: 1,
    pending: 2,
    success_rate: 0.75,
  })
  await client.query(
    `update delivery set state = 'pending', due_at = clock_timestamp(), finished_at = null
      where account_id = $1 and state = 'failed'`,
    [shop.accountId],
  )
  expect((await shop.get('overview')).webhooks).toMatchObject({
    delivered: 3,
    failed: 0,
    pending: 3,
    success_rate: 1,
  })
  expect((await shop.get('overview?to=2026-01-02&from=2026-01-01')).webhooks.delivered).toBe(0)
})
