/**
 * The defects of the first OneRouter as guarantees of this one, D1 to D27 by their numbers, and what a strong peer
 * gets wrong. Those proved elsewhere are listed with their place, and a test here holds the list to it.
 */
import { readFileSync } from 'node:fs'
import { ALL_ROUTES } from '@onerouter/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createStack, type Merchant, PAYMENT_SERVICES, type Stack } from './stack.ts'

const api = (path: string) => `../../apps/api/src/${path}`
const ELSEWHERE: Readonly<Record<string, { readonly file: string; readonly says: string }>> = {
  D1: { file: api('routes/services/services.test.ts'), says: 'D1: a key alone opens' },
  D4: { file: './money.test.ts', says: 'D4, D5: amounts on the wire' },
  D5: { file: './money.test.ts', says: 'D4, D5: amounts on the wire' },
  D6: { file: './money.test.ts', says: 'D6, H26, H27: what stands in the JSON' },
  D14: { file: './isolation.test.ts', says: 'D14, H28: a test key with only live credentials' },
  D15: { file: api('routes/services/services.test.ts'), says: 'D15: provider credentials' },
  D16: { file: './webhooks-in.test.ts', says: 'D16, D17: a webhook for an ordinary payment' },
  D17: { file: './webhooks-in.test.ts', says: 'D16, D17: a webhook for an ordinary payment' },
  D18: { file: './webhooks-in.test.ts', says: 'D18, H16: the same delivery ten times' },
  D19: { file: api('routes/services/services.test.ts'), says: 'D19: with both test and live' },
  D23: { file: api('http/authenticate.test.ts'), says: 'D23: the limits of each key' },
  D24: { file: api('sessions/sessions.test.ts'), says: 'D24' },
  D25: { file: api('secrets/rotation.test.ts'), says: 'D25: credentials survive' },
}
/** What belongs to work that is not in this house yet; the part of it that is, is tested below. */
const LATER = {
  D11: 'subscriptions: trial_days and start_date',
  D12: 'subscriptions: cancel_at_cycle_end',
  D20: 'webhooks out: own signature, SSRF guard, subscriptions',
  D21: 'webhooks out: retries by the running process',
  D22: 'webhooks out: one attempt per due delivery',
  D26: 'analytics: exact rates, counts and costs',
} as const
const HERE = ['D2', 'D3', 'D7', 'D8', 'D9', 'D10', 'D13', 'D27'] as const

test('every one of the 27 defects has its place', () => {
  const placed = [...Object.keys(ELSEWHERE), ...Object.keys(LATER), ...HERE]
  const all = Array.from({ length: 27 }, (_, i) => `D${i + 1}`)
  expect(placed.toSorted()).toEqual(all.toSorted())
})

test.each(Object.entries(ELSEWHERE))('%s is proved where the list says', (_, { file, says }) => {
  expect(readFileSync(new URL(file, import.meta.url), 'utf8')).toContain(says)
})

const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const
const order = { amount: '500.00', currency: 'USD', provider: 'stripe' }

let stack: Stack
let merchant: Merchant
beforeAll(async () => {
  stack = await createStack()
  merchant = await stack.merchant()
})
beforeEach(() => {
  stack.intercept = null
  stack.wire.length = 0
})
afterAll(() => stack.close())

const post = (url: string, body: unknown, key?: string, account = merchant) =>
  stack.api.app.inject({
    method: 'POST',
    url,
    headers: {
      authorization: `Bearer ${account.key}`,
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    payload: JSON.stringify(body),
  })

const rowsFor = async (table: 'payment' | 'refund', account = merchant): Promise<number> => {
  const { rows } = await stack.api.deps.db.engine.query(
    `SELECT count(*)::int AS n FROM ${table} WHERE account_id = $1`,
    [account.accountId],
  )
  return Number(rows[0]?.n)
}

async function paid(provider: (typeof PAYMENT_SERVICES)[number], account = merchant) {
  const body = { amount: '500.00', currency: CURRENCY[provider], provider }
  const made = (await account.call('POST', '/v1/payments', body)).json()
  account.pay(made)
  const synced = (await account.call('POST', `/v1/payments/${made.id}/sync`)).json()
  expect(synced.status).toBe('succeeded')
  return synced
}

describe.each(PAYMENT_SERVICES)('%s', (provider) => {
  const own = { amount: '500.00', currency: CURRENCY[provider], provider }

  test('D2: POST /v1/payments/orders with an idempotency key answers and replays, amounts and all', async () => {
    const body = { ...own, amount: '1129.67' }
    const first = await post('/v1/payments/orders', body, `d2-${provider}`)
    const second = await post('/v1/payments/orders', body, `d2-${provider}`)
    expect(first.statusCode, first.body).toBe(201)
    expect(second.body).toBe(first.body)
    expect(second.headers['idempotent-replayed']).toBe('true')
    const read = await merchant.call('GET', `/v1/payments/orders/${first.json().id}`)
    expect(read.json()).toMatchObject({ amount: '1129.67', amount_minor: 112_967 })
  })

  test.each(['header', 'body'] as const)(
    'D3: the idempotency key in the %s: two identical POSTs are one order, one call, one row',
    async (place) => {
      const key = `d3-${provider}-${place}`
      const before = { rows: await rowsFor('payment'), book: stack.sandbox.book(provider).length }
      const send = () =>
        place === 'header'
          ? post('/v1/payments', own, key)
          : post('/v1/payments', { ...own, idempotency_key: key })
      const [first, second] = [await send(), await send()]
      expect([first.statusCode, second.statusCode]).toEqual([201, 201])
      expect(second.json().id).toBe(first.json().id)
      expect(await rowsFor('payment')).toBe(before.rows + 1)
      expect(stack.sandbox.book(provider)).toHaveLength(before.book + 1)
      const creates = stack.wire.filter(({ method, path }) => method === 'POST' && !path.includes('oauth2'))
      expect(creates).toHaveLength(1)
    },
  )

  test("D7: the answer carries the provider's own order id, and the buyer can pay with it", async () => {
    const made = (await post('/v1/payments', own)).json()
    expect(made.provider_order_id).not.toBe(made.id)
    const entry = stack.sandbox.book(provider).find(({ orderRef }) => orderRef === made.provider_order_id)
    expect(entry).toBeDefined()
    merchant.pay(made)
    const synced = await merchant.call('POST', `/v1/payments/${made.id}/sync`)
    expect(synced.json()).toMatchObject({ status: 'succeeded', amount_captured: '500.00' })
  })

  test('D8: checkout_url, payment_method and method_details are in the answer, and the page opens', async () => {
    const made = (await post('/v1/payments', own)).json()
    expect(made).toHaveProperty('payment_method')
    expect(made).toHaveProperty('method_details')
    const url = new URL(made.checkout_url)
    const page =
      url.pathname.startsWith('/checkout/') && !url.port.startsWith('801')
        ? (await stack.api.app.inject({ url: url.pathname })).statusCode
        : (await openAtSandbox(url)).status
    expect([200, 302, 303]).toContain(page)
  })

  test('D10: provider paths carry their version once', async () => {
    const { id } = await paid(provider)
    await merchant.call('POST', '/v1/refunds', { payment_id: id, amount: '1.00' })
    for (const { path } of stack.wire) {
      expect(path).toMatch(/^\/v[12]\//)
      expect(path.match(/\/v\d+\//g)).toHaveLength(1)
    }
    const verbs = stack.wire.filter(({ path }) => path.includes('refund'))
    expect(verbs.length).toBeGreaterThan(0)
  })

  test('D13: every spelling of refund answers the same', async () => {
    const { id } = await paid(provider)
    const answers = [
      await post('/v1/refunds', { payment_id: id, amount: '1.00' }),
      await post('/v1/payments/refund', { payment_id: id, amount: '1.00' }),
      await post('/v1/payments/refunds', { payment_id: id, amount: '1.00' }),
      await post(`/v1/payments/${id}/refund`, { amount: '1.00' }),
      await post(`/v1/payments/${id}/refunds`, { amount: '1.00' }),
    ]
    for (const answer of answers) {
      expect(answer.statusCode, answer.body).toBe(201)
      expect(Object.keys(answer.json())).toEqual(Object.keys(answers[0]?.json() ?? {}))
      expect(answer.json()).toMatchObject({ object: 'refund', payment_id: id, amount: '1.00' })
    }
    expect(new Set(answers.map((answer) => answer.json().id)).size).toBe(5)
  })

  test('D27: trying credentials moves no money and makes no order', async () => {
    const before = stack.sandbox.book(provider).length
    const { plain } = await stack.api.newKey()
    const connect = { environment: 'test', sandbox: true }
    await stack.api.call(plain, 'PUT', `/api/services/${provider}/credentials`, connect)
    expect(stack.sandbox.book(provider)).toHaveLength(before)
    const money = /orders|payment_intents|sessions|charges|refunds|captures/
    expect(stack.wire.filter(({ method, path }) => method !== 'GET' && money.test(path))).toEqual([])
  })

  test('a lost answer to a refund, then retries: one refund at the provider, one row, one provider key', async () => {
    const account = await stack.merchant({ services: [provider] })
    const { id, provider_order_id: orderRef } = await paid(provider, account)
    stack.sandbox.faults.add({ provider, fault: 'lost_answer', count: 1, match: 'refund' })
    stack.wire.length = 0
    const body = { payment_id: id, amount: '100.00' }
    const answers = []
    for (let attempt = 0; attempt < 3; attempt++) {
      answers.push(await post('/v1/refunds', body, `lost-${provider}`, account))
    }
    await stack.api.deps.db.engine.query('UPDATE operation SET due_at = now() WHERE due_at IS NOT NULL')
    await stack.settle()
    const last = await post('/v1/refunds', body, `lost-${provider}`, account)
    expect(last.json()).toMatchObject({ amount: '100.00', payment_id: id })
    expect(answers.every(({ statusCode }) => statusCode < 500)).toBe(true)
    const entry = stack.sandbox.book(provider).find((one) => one.orderRef === orderRef)
    expect(entry?.refunded).toBe(10_000n)
    expect(await rowsFor('refund', account)).toBe(1)
    const payment = (await account.call('GET', `/v1/payments/${id}`)).json()
    expect(payment).toMatchObject({ status: 'succeeded', amount_refunded: '100.00' })
  })

  test('five full refunds at once: one is accepted, four are refused', async () => {
    const { id, provider_order_id: orderRef } = await paid(provider)
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => post('/v1/refunds', { payment_id: id })),
    )
    const refused = answers.filter(({ statusCode }) => statusCode !== 201)
    expect(refused).toHaveLength(4)
    for (const answer of refused) {
      expect(['amount_exceeds_captured', 'conflict', 'invalid_state', 'invalid_amount']).toContain(
        answer.json().code,
      )
    }
    const entry = stack.sandbox.book(provider).find((one) => one.orderRef === orderRef)
    expect(entry?.refunded).toBe(50_000n)
  })

  test('three creations at once under one key: one payment, and nobody cancels it', async () => {
    const before = stack.sandbox.book(provider).length
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => post('/v1/payments', own, `three-${provider}`)),
    )
    const ids = new Set(answers.flatMap((answer) => (answer.statusCode === 201 ? [answer.json().id] : [])))
    expect(ids.size).toBe(1)
    for (const answer of answers) expect([201, 409]).toContain(answer.statusCode)
    expect(stack.sandbox.book(provider)).toHaveLength(before + 1)
    expect(stack.wire.filter(({ path }) => /cancel|expire|void/.test(path))).toEqual([])
    const made = answers.find(({ statusCode }) => statusCode === 201)?.json()
    merchant.pay(made)
    const synced = await merchant.call('POST', `/v1/payments/${made.id}/sync`)
    expect(synced.json().status).toBe('succeeded')
  })
})

async function openAtSandbox(url: URL): Promise<Response> {
  const provider = PAYMENT_SERVICES.find((name) => stack.sandbox.urls.api[name] === url.origin)
  const request = new Request(url)
  return provider === undefined ? stack.sandbox.pages(request) : stack.sandbox.fetch(provider)(request)
}

test('a hold captured three times at once: one capture at the provider, and losers undo nothing', async () => {
  const made = (await post('/v1/payments', { ...order, capture: 'manual' })).json()
  merchant.pay(made)
  const held = (await merchant.call('POST', `/v1/payments/${made.id}/sync`)).json()
  expect(held.status).toBe('authorized')
  stack.wire.length = 0
  const answers = await Promise.all(
    Array.from({ length: 3 }, () => merchant.call('POST', `/v1/payments/${made.id}/capture`)),
  )
  expect(answers.filter(({ statusCode }) => statusCode === 200).length).toBeGreaterThanOrEqual(1)
  for (const answer of answers) expect([200, 409]).toContain(answer.statusCode)
  expect(stack.wire.filter(({ method, path }) => method === 'POST' && path.includes('capture'))).toHaveLength(
    1,
  )
  expect(stack.wire.filter(({ path }) => /cancel|void/.test(path))).toEqual([])
  const after = (await merchant.call('GET', `/v1/payments/${made.id}`)).json()
  expect(after).toMatchObject({ status: 'succeeded', amount_captured: '500.00' })
})

test('D3: one key for another request is refused', async () => {
  await post('/v1/payments', order, 'd3-reused')
  const other = await post('/v1/payments', { ...order, amount: '501.00' }, 'd3-reused')
  expect(other.json()).toMatchObject({ status: 422, code: 'idempotency_key_reused' })
  const differ = await post('/v1/payments', { ...order, idempotency_key: 'a' }, 'b')
  expect(differ.json()).toMatchObject({ code: 'idempotency_key_invalid' })
})

test('D9: every answer has the shape its route declares', async () => {
  const { id } = await paid('stripe')
  const refund = (await post('/v1/refunds', { payment_id: id, amount: '1.00' })).json()
  const event = (await merchant.call('GET', '/v1/events')).json().data[0]
  const idOf: Readonly<Record<string, string>> = {
    '/v1/payments': id,
    '/v1/refunds': refund.id,
    '/v1/events': event.id,
  }
  const { Ajv } = await import('ajv')
  const ajv = new Ajv({ strict: false, allErrors: true })
  let checked = 0
  for (const [name, route] of ALL_ROUTES) {
    if (route.method !== 'GET' || /health|openapi/i.test(name) || route.path.startsWith('/api/keys')) continue
    if (route.answer.media !== undefined) continue
    const owner = Object.keys(idOf).find((prefix) => route.path.startsWith(prefix))
    const url = route.path.replace('{id}', idOf[owner ?? ''] ?? 'x').replace('{service}', 'stripe')
    const answer = await merchant.call('GET', url)
    if (answer.statusCode !== route.answer.status) continue
    const valid = ajv.compile(JSON.parse(JSON.stringify(route.answer.schema)))
    expect(valid(answer.json()), `${name}: ${ajv.errorsText(valid.errors)}\n${answer.body}`).toBe(true)
    checked += 1
  }
  expect(checked).toBeGreaterThanOrEqual(9)
})

test('D27: no route with fixed words is hidden behind one with a parameter', async () => {
  const routes = [...ALL_ROUTES].flatMap(([name, route]) =>
    [route.path, ...(route.aliases ?? [])].map((path) => ({ name, method: route.method, path })),
  )
  for (const { name, method, path } of routes.filter((one) => !one.path.includes('{'))) {
    const found = stack.api.app.findRoute({ method, url: path })
    expect([name, path, found !== null]).toEqual([name, path, true])
  }
  const orders = await merchant.call('GET', '/v1/payments/orders')
  expect(orders.json()).toHaveProperty('data')
  const ready = await merchant.call('GET', '/api/services/can-go-live')
  expect(ready.json()).toHaveProperty('can_go_live')
})
