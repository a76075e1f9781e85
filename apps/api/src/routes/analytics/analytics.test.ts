import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

interface Known {
  readonly at?: string
  readonly status?: string
  readonly amount?: number
  readonly currency?: string
  readonly provider?: string
  readonly method?: string
  readonly fee?: readonly [number, number, string]
  readonly reason?: string
  readonly keyId?: string
}

async function insert(accountId: string, known: Known): Promise<void> {
  const { status = 'succeeded', amount = 10_000, currency = 'USD', provider = 'stripe' } = known
  const [fee, tax, feeCurrency] = known.fee ?? [null, null, null]
  const at = new Date(known.at ?? Date.now())
  await client.query(
    `insert into payment (account_id, environment, id, version, sequence, status, amount, currency, captured, refunded,
        refund_pending, capture_mode, provider, credential_version, reference, provider_refs, method, metadata, failure,
        fee_amount, fee_tax, fee_currency, attempts, routing, api_key_id, created_at, updated_at)
      select $1, 'test', (left(uuid_from($2)::text, 14) || '7' || right(gen_random_uuid()::text, 21))::uuid, 1, 1, $3, $4, $5,
        case when $3 = 'succeeded' then $4::bigint else 0 end, 0, 0, 'automatic', $6, 1, gen_random_uuid(), '{}', $7, '{}',
        $8::jsonb, $9, $10, $11, 1, '{}', $12, $2, now()`,
    [
      accountId,
      at,
      status,
      amount,
      currency,
      provider,
      known.method ?? null,
      known.reason === undefined
        ? null
        : JSON.stringify({ code: 'payment_declined', decline_reason: known.reason }),
      fee,
      tax,
      feeCurrency,
      known.keyId ?? null,
    ],
  )
}

async function merchant() {
  const key = await api.newKey()
  await prepareAccount(client, key.accountId)
  const get = async (path: string) => {
    const answer = await api.call(key.plain, 'GET', `/api/analytics/${path}`)
    expect(answer.statusCode, answer.body).toBe(200)
    return answer.json()
  }
  return { ...key, get, add: (known: Known) => insert(key.accountId, known) }
}

describe('D26: known payments give exact numbers', () => {
  test('success rate, counts by key, real fees and the rate they come to, currency by currency', async () => {
    const shop = await merchant()
    const stranger = await merchant()
    await stranger.add({ amount: 999 })
    for (let i = 0; i < 7; i++) await shop.add({ method: 'card', fee: [320, 0, 'USD'], keyId: shop.id })
    for (const reason of ['insufficient_funds', 'insufficient_funds', 'fraud']) {
      await shop.add({ status: 'failed', method: 'card', reason })
    }
    await shop.add({ status: 'requires_action' })
    await shop.add({ currency: 'INR', provider: 'razorpay', amount: 50_000, fee: [1_180, 180, 'INR'] })
    await shop.add({ currency: 'JPY', provider: 'paypal', amount: 500, fee: [30, 0, 'USD'] })
    await shop.add({ currency: 'JPY', provider: 'paypal', amount: 700 })
    const seen = await shop.get('overview')
    expect(seen.payments).toEqual({
      total: 14,
      succeeded: 10,
      failed: 3,
      canceled: 0,
      expired: 0,
      open: 1,
      success_rate: 0.769231,
    })
    const usd = seen.currencies.find((one: { currency: string }) => one.currency === 'USD')
    expect(usd).toMatchObject({
      payments: { total: 11, succeeded: 7, failed: 3, success_rate: 0.7 },
      captured: { amount: '700.00', amount_minor: 70_000 },
      fees: [{ currency: 'USD', amount: '22.40', amount_minor: 2_240, tax: '0.00', tax_minor: 0 }],
    })
    const yen = seen.currencies.find((one: { currency: string }) => one.currency === 'JPY')
    expect(yen.captured).toEqual({ amount: '1200', amount_minor: 1_200 })
    const costs = (await shop.get('costs')).data
    const of = (provider: string) =>
      costs.find((row: { group: { provider: string } }) => row.group.provider === provider)
    expect(of('stripe')).toMatchObject({ payments: 7, with_known_fee: 7, effective_rate: 0.032 })
    expect(of('razorpay')).toMatchObject({
      effective_rate: 0.0236,
      fees: [{ currency: 'INR', amount: '11.80', tax: '1.80' }],
    })
    // The fee was taken in another currency: no rate without a stated conversion.
    expect(of('paypal')).toMatchObject({ payments: 2, with_known_fee: 1, effective_rate: null })
    const byKey = (await shop.get('timeseries?interval=month&group_by=key')).data
    const own = byKey.filter((row: { group: { key_id: string | null } }) => row.group.key_id !== null)
    expect(own).toHaveLength(1)
    expect(own[0].payments.total).toBe(7)
    const { declines } = await shop.get('errors')
    expect(
      declines.map((row: { decline_reason: string; payments: number }) => [row.decline_reason, row.payments]),
    ).toEqual([
      ['insufficient_funds', 2],
      ['fraud', 1],
    ])
  })

  test('a fee that comes late and a status that changes are in the next answer', async () => {
    const shop = await merchant()
    await shop.add({ status: 'processing' })
    expect((await shop.get('overview')).payments).toMatchObject({ open: 1, success_rate: null })
    await client.query(
      `update payment set status = 'succeeded', captured = amount, version = 2, updated_at = now() where account_id = $1`,
      [shop.accountId],
    )
    expect((await shop.get('costs')).data[0]).toMatchObject({ payments: 1, with_known_fee: 0, fees: [] })
    await client.query(
      `update payment set fee_amount = 59, fee_tax = 0, fee_currency = 'USD', version = 3, updated_at = now() where account_id = $1`,
      [shop.accountId],
    )
    expect((await shop.get('costs')).data[0]).toMatchObject({ with_known_fee: 1, effective_rate: 0.0059 })
  })
})

describe('time', () => {
  test('days begin at midnight of the time zone asked for, also where it is a quarter past', async () => {
    const shop = await merchant()
    for (const at of [
      '2026-03-01T18:20:00Z',
      '2026-03-01T18:40:00Z',
      '2026-03-02T18:29:59Z',
      '2026-03-02T18:30:00Z',
    ]) {
      await shop.add({ at })
    }
    const range = 'from=2026-02-27&to=2026-03-05&interval=day'
    const days = async (timezone: string) =>
      (await shop.get(`timeseries?${range}&timezone=${timezone}`)).data.map(
        (row: { start: string; payments: { total: number } }) => [row.start, row.payments.total],
      )
    expect(await days('Asia/Kolkata')).toEqual([
      ['2026-02-28T18:30:00.000Z', 1],
      ['2026-03-01T18:30:00.000Z', 2],
      ['2026-03-02T18:30:00.000Z', 1],
    ])
    expect(await days('UTC')).toEqual([
      ['2026-03-01T00:00:00.000Z', 2],
      ['2026-03-02T00:00:00.000Z', 2],
    ])
    expect(await days('Asia/Kathmandu')).toEqual([
      ['2026-03-01T18:15:00.000Z', 2],
      ['2026-03-02T18:15:00.000Z', 2],
    ])
    const part = await shop.get('overview?from=2026-03-01T18:30:00Z&to=2026-03-02T18:30:00Z')
    expect(part.payments.total).toBe(2)
  })

  test.each([
    'timezone=%2B05:30',
    'timezone=Mars/Olympus',
    'from=yesterday',
    'from=2026-03-02&to=2026-03-01',
  ])('%s is refused with a pointer', async (query) => {
    const { plain } = await api.newKey()
    const answer = await api.call(plain, 'GET', `/api/analytics/overview?${query}`)
    expect(answer.statusCode).toBe(400)
    expect(answer.json().errors[0].pointer).toMatch(/^\?/)
  })
})

test('speed and refusals are told by route, without a payment ever made', async () => {
  const shop = await merchant()
  await api.call(shop.plain, 'GET', '/v1/payments')
  await api.call(shop.plain, 'GET', '/v1/payments/pay_00000000000000000000000000')
  const { router, routes } = await shop.get('performance')
  expect(router.count).toBeGreaterThanOrEqual(2)
  expect(routes.map((row: { route: string }) => row.route)).toContain('/v1/payments')
  const { requests } = await shop.get('errors')
  expect(requests).toEqual([
    { method: 'GET', route: '/v1/payments/:id', status: 404, code: 'not_found', requests: 1 },
  ])
})

test('a test key is refused the live environment, and a key of one service sees that service', async () => {
  const shop = await merchant()
  await shop.add({ provider: 'stripe' })
  await shop.add({ provider: 'paypal' })
  const live = await api.call(shop.plain, 'GET', '/api/analytics/overview?environment=live')
  expect(live.statusCode).toBe(403)
  const narrow = await api.newKey({ accountId: shop.accountId, services: ['paypal'] })
  const seen = await api.call(narrow.plain, 'GET', '/api/analytics/overview')
  expect(seen.json().payments.total).toBe(1)
  const asked = await api.call(narrow.plain, 'GET', '/api/analytics/overview?provider=stripe')
  expect(asked.json().payments.total).toBe(0)
})
