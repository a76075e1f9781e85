/** Subscriptions when the wire breaks: nothing is made twice, nothing is believed, nothing is left half done. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createStack, type Merchant, type PaymentService, type Stack } from './stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
beforeEach(() => stack.sandbox.faults.clear())
afterAll(() => stack.close())

const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const
const PROVIDERS = ['stripe', 'razorpay', 'paypal'] as const satisfies readonly PaymentService[]

/** The calls that each verb makes, for faults to find them. */
const WIRE = {
  stripe: {
    CREATE: 'POST /v1/checkout/sessions',
    PLANS: 'POST /v1/prices',
    CHANGE: 'POST /v1/subscriptions/',
    END: 'DELETE /v1/subscriptions/',
  },
  razorpay: {
    CREATE: 'POST /v1/subscriptions',
    PLANS: 'POST /v1/plans',
    CHANGE: 'POST /v1/subscriptions/',
    END: 'POST /v1/subscriptions/',
  },
  paypal: {
    CREATE: 'POST /v1/billing/subscriptions',
    PLANS: 'POST /v1/billing/plans',
    CHANGE: 'POST /v1/billing/subscriptions/',
    END: 'POST /v1/billing/subscriptions/',
  },
} as const

interface Body {
  readonly id: string
  readonly status: string
  readonly [name: string]: unknown
}

const plan = { name: 'Pro', amount: '500.00', interval: 'month' }

async function post(merchant: Merchant, url: string, body: object = {}, key?: string) {
  const answer = await stack.api.app.inject({
    method: 'POST',
    url,
    headers: {
      authorization: `Bearer ${merchant.key}`,
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    payload: JSON.stringify(body),
  })
  return { status: answer.statusCode, body: answer.json() as Body & { code?: string } }
}

async function running(provider: PaymentService): Promise<{ merchant: Merchant; made: Body }> {
  const merchant = await stack.merchant({ services: [provider] })
  const made = await post(merchant, '/v1/plans', { ...plan, currency: CURRENCY[provider] })
  const subscription = await post(merchant, '/v1/subscriptions', { plan_id: made.body.id })
  expect(subscription.status, JSON.stringify(subscription.body)).toBe(201)
  await post(merchant, `/v1/simulations/subscriptions/${subscription.body.id}/approve`)
  // PayPal charges within a day of the approval.
  await post(merchant, '/v1/simulations/clock/advance', { seconds: 86_400 })
  await stack.work()
  return { merchant, made: subscription.body }
}

/** Everything due becomes due, as often as it takes. */
async function later(): Promise<void> {
  const { engine } = stack.api.deps.db
  for (let round = 0; round < 3; round++) {
    for (const table of ['subscription_operation', 'provider_plan']) {
      await engine.query(
        `update ${table} set due_at = clock_timestamp() where due_at is not null and state <> 'scheduled'`,
      )
    }
    await stack.work()
  }
}

const sum = (provider: PaymentService, accountOf: Body) =>
  stack.sandbox
    .subscriptions(provider)
    .filter(({ subscriptionRef }) => subscriptionRef === accountOf.provider_subscription_id)

describe.each(PROVIDERS)('%s', (provider) => {
  const { CREATE, PLANS, CHANGE, END } = WIRE[provider]

  test.each(['lost_answer', 'error_after', 'lost_request', 'error_before'] as const)(
    'a creation that ends in %s is made once, and its key answers the same for ever',
    async (fault) => {
      const merchant = await stack.merchant({ services: [provider] })
      const made = await post(merchant, '/v1/plans', { ...plan, currency: CURRENCY[provider], provider })
      expect(made.body).toMatchObject({ provider_plans: [{ provider, status: 'ready' }] })
      stack.sandbox.faults.add({ provider, fault, count: 1, match: CREATE })
      const first = await post(merchant, '/v1/subscriptions', { plan_id: made.body.id }, 'the-key')
      expect([201, 202, 503]).toContain(first.status)
      await later()
      const again = await post(merchant, '/v1/subscriptions', { plan_id: made.body.id }, 'the-key')
      expect(again.status, JSON.stringify(again.body)).toBe(201)
      expect(again.body).toMatchObject({ status: 'pending_approval' })
      const listed = (await merchant.call('GET', '/v1/subscriptions?status=pending_approval')).json().data
      expect(listed.map(({ id }: Body) => id)).toEqual([again.body.id])
      const third = await post(merchant, '/v1/subscriptions', { plan_id: made.body.id }, 'the-key')
      expect(third.body).toEqual(again.body)
    },
  )

  test.each(['lost_answer', 'error_after'] as const)(
    'a plan whose making ends in %s is one plan at the provider',
    async (fault) => {
      const merchant = await stack.merchant({ services: [provider] })
      stack.sandbox.faults.add({ provider, fault, count: 1, match: PLANS })
      const made = await post(
        merchant,
        '/v1/plans',
        { ...plan, currency: CURRENCY[provider], provider },
        'plan-key',
      )
      expect([201, 503]).toContain(made.status)
      await later()
      const again = await post(
        merchant,
        '/v1/plans',
        { ...plan, currency: CURRENCY[provider], provider },
        'plan-key',
      )
      expect(again.status, JSON.stringify(again.body)).toBe(201)
      const plans = (await merchant.call('GET', '/v1/plans')).json().data
      expect(plans).toMatchObject([{ id: again.body.id, provider_plans: [{ status: 'ready' }] }])
    },
  )

  test.each(['lost_answer', 'lost_request'] as const)(
    'pause, resume and cancel that end in %s hold in the end, and once',
    async (fault) => {
      const { merchant, made } = await running(provider)
      for (const [verb, status] of [
        ['pause', 'paused'],
        ['resume', 'active'],
        ['cancel', 'canceled'],
      ] as const) {
        stack.sandbox.faults.add({
          provider,
          fault,
          count: 1,
          match: verb === 'cancel' ? END : CHANGE,
        })
        const first = await post(merchant, `/v1/subscriptions/${made.id}/${verb}`, {}, `key-${verb}`)
        expect([200, 202, 503], JSON.stringify(first.body)).toContain(first.status)
        // The fault has been met; one that nobody met would prove nothing.
        expect(stack.sandbox.faults.list()).toEqual([])
        await later()
        const again = await post(merchant, `/v1/subscriptions/${made.id}/${verb}`, {}, `key-${verb}`)
        expect(again.status, `${verb}: ${JSON.stringify(again.body)}`).toBe(200)
        expect(again.body.status).toBe(status)
      }
      const events = (await merchant.call('GET', '/v1/events')).json().data
      const told = events.map(({ type }: { type: string }) => type)
      for (const type of ['subscription.paused', 'subscription.resumed', 'subscription.canceled']) {
        expect(told.filter((one: string) => one === type)).toHaveLength(1)
      }
      expect(sum(provider, made).length).toBeLessThanOrEqual(1)
    },
  )

  test('many at once: one key is one subscription, and one change at a time', async () => {
    const { merchant, made } = await running(provider)
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => post(merchant, `/v1/subscriptions/${made.id}/pause`, {}, 'one-pause')),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const rivals = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        post(merchant, `/v1/subscriptions/${made.id}/cancel`, {}, `cancel-${i}`),
      ),
    )
    expect(rivals.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(1)
    for (const { status, body } of rivals)
      if (status !== 200) expect(['conflict', 'invalid_state']).toContain(body.code)
    const { rows } = await stack.api.deps.db.engine.query(
      `select kind, count(*)::int as n from subscription_operation where account_id = $1 and state = 'succeeded'
        group by kind order by kind`,
      [merchant.accountId],
    )
    expect(rows).toEqual([
      { kind: 'cancel', n: 1 },
      { kind: 'create', n: 1 },
      { kind: 'pause', n: 1 },
    ])
  })
})

describe('bad input leaves nothing half done', () => {
  test('what cannot be is refused with the field, and nothing is recorded or sent', async () => {
    const { merchant, made } = await running('stripe')
    const stranger = await stack.merchant({ services: ['stripe'] })
    const theirs = (await stranger.call('POST', '/v1/customers', { name: 'Eve' })).json()
    const own = (await merchant.call('GET', '/v1/plans')).json().data[0]
    const rupees = (await merchant.call('POST', '/v1/plans', { ...plan, currency: 'INR' })).json()
    const long = (
      await merchant.call('POST', '/v1/plans', {
        ...plan,
        currency: 'USD',
        interval: 'year',
        interval_count: 9,
      })
    ).json()
    await merchant.call('POST', `/v1/subscriptions/${made.id}/sync`)
    const counts = async () => {
      const { rows } = await stack.api.deps.db.engine.query(
        `select (select count(*) from subscription where account_id = $1) as subscriptions,
          (select count(*) from subscription_operation where account_id = $1) as operations`,
        [merchant.accountId],
      )
      return rows[0]
    }
    const before = await counts()
    stack.wire.length = 0
    const sub = '/v1/subscriptions'
    const bad: readonly (readonly [string, object, number, string, string])[] = [
      [sub, { plan_id: 'plan_nope' }, 404, 'not_found', '/plan_id'],
      [sub, { plan_id: own.id, customer: theirs.id }, 404, 'not_found', '/customer'],
      [sub, { plan_id: own.id, customer: 'cus_nope' }, 404, 'not_found', '/customer'],
      [sub, { plan_id: own.id, customer: { emial: 'x' } }, 400, 'invalid_request', '/customer/emial'],
      [sub, { plan_id: long.id }, 400, 'invalid_request', '/interval_count'],
      [sub, { plan_id: own.id, start_date: '2020-01-01' }, 400, 'invalid_request', '/start_date'],
      [
        sub,
        { plan_id: own.id, start_date: '2030-01-01', trial_days: 3 },
        400,
        'invalid_request',
        '/start_date',
      ],
      [sub, { plan_id: own.id, quantity: 0 }, 400, 'invalid_request', '/quantity'],
      [`${sub}/${made.id}/change_plan`, { plan_id: rupees.id }, 400, 'invalid_request', '/plan_id'],
      [`${sub}/${made.id}/change_plan`, { plan_id: own.id }, 400, 'invalid_request', '/plan_id'],
      [`${sub}/${made.id}/change_plan`, {}, 400, 'invalid_request', '/plan_id'],
      ['/v1/plans', { ...plan, currency: 'USD', amount: '10.005' }, 400, 'invalid_amount', '/amount'],
      ['/v1/plans', { ...plan, currency: 'USD', interval: 'fortnight' }, 400, 'invalid_request', '/interval'],
    ]
    for (const [url, body, status, code, pointer] of bad) {
      const answer = await merchant.call('POST', url, body)
      expect(answer.json(), `${url} ${JSON.stringify(body)}`).toMatchObject({
        status,
        code,
        errors: [{ pointer }],
      })
    }
    expect(await counts()).toEqual(before)
    expect(stack.wire).toEqual([])
    await merchant.call('POST', `${sub}/${made.id}/cancel`)
    for (const verb of ['cancel', 'pause', 'resume']) {
      const answer = await merchant.call('POST', `${sub}/${made.id}/${verb}`)
      expect(answer.json()).toMatchObject({
        status: 409,
        code: 'invalid_state',
        subscription: { id: made.id },
      })
    }
    const answer = await merchant.call('POST', `${sub}/${made.id}/change_plan`, { quantity: 3 })
    expect(answer.json()).toMatchObject({ status: 409, code: 'invalid_state' })
  })

  test('D12: an end at the period asked for in the body or in the query leaves the subscription active', async () => {
    for (const [query, body] of [
      ['', { cancel_at_cycle_end: true }],
      ['', { at_period_end: true }],
      ['?cancel_at_cycle_end=true', {}],
      ['?at_period_end=true', { at_period_end: true }],
    ] as const) {
      const { merchant, made } = await running('stripe')
      const answer = await merchant.call('POST', `/v1/subscriptions/${made.id}/cancel${query}`, body)
      expect(answer.json()).toMatchObject({ status: 'active', cancel_at_period_end: true })
    }
    const { merchant, made } = await running('stripe')
    const both = await merchant.call('POST', `/v1/subscriptions/${made.id}/cancel?at_period_end=true`, {
      at_period_end: false,
    })
    expect(both.json()).toMatchObject({ status: 400, code: 'invalid_request' })
  })

  test('a customer who pays for something that runs is not deleted; one who does not is, with their details', async () => {
    const merchant = await stack.merchant({ services: ['stripe'] })
    const ada = (
      await merchant.call('POST', '/v1/customers', { name: 'Ada', email: 'ada@example.com' })
    ).json()
    const made = (await merchant.call('POST', '/v1/plans', { ...plan, currency: 'USD' })).json()
    const wanted = { plan_id: made.id, customer: ada.id }
    const subscription = (await merchant.call('POST', '/v1/subscriptions', wanted)).json()
    expect(subscription).toMatchObject({
      customer_id: ada.id,
      customer: { id: ada.id, email: 'ada@example.com' },
    })
    const kept = await merchant.call('DELETE', `/v1/customers/${ada.id}`)
    expect(kept.json()).toMatchObject({ status: 409, code: 'invalid_state' })
    await merchant.call('POST', `/v1/subscriptions/${subscription.id}/cancel`)
    expect((await merchant.call('DELETE', `/v1/customers/${ada.id}`)).json()).toEqual({
      id: ada.id,
      object: 'customer',
      deleted: true,
    })
    expect((await merchant.call('GET', `/v1/customers/${ada.id}`)).statusCode).toBe(404)
    const { rows } = await stack.api.deps.db.engine.query(
      'select name, email, phone from customer where account_id = $1',
      [merchant.accountId],
    )
    expect(rows).toEqual([{ name: null, email: null, phone: null }])
  })

  test('a payment names its payer by id, and is found by it', async () => {
    const merchant = await stack.merchant({ services: ['stripe'] })
    const ada = (
      await merchant.call('POST', '/v1/customers', { name: 'Ada', email: 'ada@example.com' })
    ).json()
    const paid = await merchant.call('POST', '/v1/payments', {
      amount: '5',
      currency: 'USD',
      customer: ada.id,
    })
    expect(paid.json()).toMatchObject({ customer: { id: ada.id, name: 'Ada', email: 'ada@example.com' } })
    const found = (await merchant.call('GET', `/v1/payments?customer=${ada.id}`)).json().data
    expect(found.map(({ id }: Body) => id)).toEqual([paid.json().id])
  })
})
