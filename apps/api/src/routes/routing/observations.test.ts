import { parseId } from '@onerouter/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStack, type Merchant, type Stack } from '../../../../../test/proofs/stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
afterAll(() => stack.close())

const EUR = { amount: '5.00', currency: 'EUR' }
function order(...providers: string[]) {
  return { strategy: 'order', providers }
}
const put = async (merchant: Merchant, body: object) => {
  const saved = await merchant.call('PUT', '/api/routing', body)
  expect(saved.statusCode, saved.body).toBe(200)
  return saved.json()
}
const pay = async (merchant: Merchant, body: object = EUR) => {
  const made = await merchant.call('POST', '/v1/payments', body)
  expect(made.statusCode, made.body).toBe(201)
  return made.json()
}
const routingOf = async (merchant: Merchant, id: string) =>
  (await merchant.call('GET', `/v1/payments/${id}/routing`)).json()

/** Turns the account's newest payments into succeeded ones with a known fee, as if a week had passed. */
async function settleAt(merchant: Merchant, provider: string, fee: number) {
  await stack.api.deps.db.engine.query(
    `with p as (update payment set status = 'succeeded', captured = amount, version = version + 1,
       fee_amount = $3, fee_currency = currency where account_id = $1 and provider = $2 returning id)
     update operation set state = 'succeeded', due_at = null
     where account_id = $1 and payment_id in (select id from p)`,
    [merchant.accountId, provider, fee],
  )
}

describe('what was observed', () => {
  test('is told, is what cost and success are ranked by, and what other rules would have come to', async () => {
    const merchant = await stack.merchant({ services: ['stripe', 'paypal'] })
    for (let n = 0; n < 10; n++) {
      await pay(merchant)
      await pay(merchant, { ...EUR, provider: 'paypal' })
    }
    await settleAt(merchant, 'stripe', 30)
    await settleAt(merchant, 'paypal', 10)
    const observed = (await merchant.call('GET', '/api/routing/observations')).json()
    expect(observed.data).toHaveLength(2)
    expect(observed.data).toContainEqual({
      provider: 'paypal',
      method: null,
      currency: 'EUR',
      country: null,
      attempts: 10,
      succeeded: 10,
      priced: 10,
      paid_minor: 5000,
      fees_minor: 100,
    })
    expect(observed.health).toEqual([
      { provider: 'stripe', state: 'closed' },
      { provider: 'paypal', state: 'closed' },
    ])
    const cheapest = { strategy: 'least_cost', min_samples: 10 }
    const simulated = await merchant.call('POST', '/api/routing/simulate', { rules: [], default: cheapest })
    expect(simulated.json()).toMatchObject({
      payments: 20,
      complete: true,
      changed: 10,
      requested: 10,
      unroutable: 0,
      providers: [
        { provider: 'stripe', before: 10, after: 0 },
        { provider: 'paypal', before: 10, after: 20 },
        { provider: 'razorpay', before: 0, after: 0 },
      ],
      rules: [{ name: 'default', payments: 10 }],
      // Ten of each are too few to promise anything.
      success: { before: { rate: null, payments: 0, smallest_sample: null } },
      costs: [],
    })
    await put(merchant, { rules: [], default: cheapest })
    const paid = await pay(merchant)
    expect(paid.provider).toBe('paypal')
    expect((await routingOf(merchant, paid.id)).candidates[0]).toMatchObject({
      provider: 'paypal',
      score: 0.02,
      reason: 'costs 2.00 %, from 10 payments of the same method, currency and country',
    })
  })

  test('estimates success and cost with the size of their samples', async () => {
    const merchant = await stack.merchant({ services: ['stripe', 'paypal'] })
    const one = await pay(merchant)
    const two = await pay(merchant, { ...EUR, provider: 'paypal' })
    await settleAt(merchant, 'stripe', 30)
    await settleAt(merchant, 'paypal', 10)
    for (const { id } of [one, two]) await multiply(parseId('payment', id) ?? '', 60)
    const body = { rules: [], default: order('paypal') }
    const { success, costs, changed } = (await merchant.call('POST', '/api/routing/simulate', body)).json()
    expect(changed).toBe(61)
    expect(success.after).toMatchObject({ rate: 0.9841, payments: 122, smallest_sample: 61 })
    expect(costs).toEqual([
      {
        currency: 'EUR',
        payments: 122,
        before: '24.40',
        before_minor: 2440,
        after: '12.20',
        after_minor: 1220,
        smallest_sample: 61,
      },
    ])
  })

  test.each([
    ['nothing', {}, '/rules'],
    ['rules and a version', { rules: [], version: 1 }, '/rules'],
    ['rules that mean nothing', { rules: [{ name: 'r', use: order('twilio') }] }, '/rules/0/use/providers/0'],
    ['more than a month', { rules: [], from: '2020-01-01T00:00:00Z' }, '/from'],
  ])('is not replayed under %s', async (_, body, pointer) => {
    const { plain } = await stack.api.newKey()
    const answer = await stack.api.call(plain, 'POST', '/api/routing/simulate', body)
    expect(answer.json()).toMatchObject({ status: 400, errors: [{ pointer }] })
  })
})

/** Copies of a payment and its charge under ids of their own. */
async function multiply(id: string, times: number) {
  const { db, newId } = stack.api.deps
  for (let n = 0; n < times; n++) {
    const [payment, operation] = [newId(), newId()]
    await db.engine.query(
      `insert into payment select (jsonb_populate_record(p, jsonb_build_object('id', $2::text, 'reference', $3::text))).*
       from payment p where id = $1`,
      [id, payment, payment],
    )
    await db.engine.query(
      `insert into operation select (jsonb_populate_record(o, jsonb_build_object(
         'id', $3::text, 'payment_id', $2::text, 'reference', $3::text))).*
       from operation o where payment_id = $1`,
      [id, payment, operation],
    )
  }
}
