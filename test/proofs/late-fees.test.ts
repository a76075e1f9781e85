/** What a provider charges is asked for until it is told, whoever it is; then it is in the payment and in the costs. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStack, PAYMENT_SERVICES, type Stack } from './stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
afterAll(() => stack.close())

const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const

/** Where each provider tells its fee: Stripe's balance transaction, PayPal's breakdown, Razorpay's two members. */
const TOLD_IN: ReadonlySet<string> = new Set([
  'balance_transaction',
  'seller_receivable_breakdown',
  'fee',
  'tax',
])

function withoutFees(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutFees)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, TOLD_IN.has(name) ? null : withoutFees(member)]),
  )
}

test.each(PAYMENT_SERVICES)('%s tells its fee late', async (provider) => {
  const merchant = await stack.merchant()
  stack.intercept = async (_, next) => {
    const answer = await next()
    const text = JSON.stringify(withoutFees(JSON.parse(await answer.text())))
    return new Response(text, { status: answer.status, headers: { 'content-type': 'application/json' } })
  }
  const order = { amount: '500.00', currency: CURRENCY[provider], provider }
  const made = (await merchant.call('POST', '/v1/payments', order)).json()
  merchant.pay(made)
  await stack.settle()
  const read = async () => (await merchant.call('GET', `/v1/payments/${made.id}`)).json()
  const costs = async () => (await merchant.call('GET', '/api/analytics/costs')).json().data
  expect(await read()).toMatchObject({ status: 'succeeded', fees: null })
  expect(await costs()).toMatchObject([{ payments: 1, with_known_fee: 0, fees: [], effective_rate: null }])

  const { engine } = stack.api.deps.db
  const later = `update operation set due_at = now() where account_id = $1 and kind = 'charge' and due_at > now()`
  expect((await engine.query(later, [merchant.accountId])).rowCount).toBe(1)
  await stack.work()
  expect((await read()).fees).toBe(null)
  // It had still not come, so another look is due; by then it has. Stripe books a little after the money.
  stack.intercept = null
  await stack.sandbox.advance(10_000)
  expect((await engine.query(later, [merchant.accountId])).rowCount).toBe(1)
  await stack.work()
  const { fees } = await read()
  expect(fees.amount_minor).toBeGreaterThan(0)
  const [row] = await costs()
  expect(row).toMatchObject({ payments: 1, with_known_fee: 1 })
  expect(row.fees[0].amount_minor).toBe(fees.amount_minor)
  expect(row.effective_rate).toBeCloseTo(fees.amount_minor / 50_000, 6)
  const { rows } = await engine.query(
    `select due_at from operation where account_id = $1 and kind = 'charge'`,
    [merchant.accountId],
  )
  expect(rows).toEqual([{ due_at: null }])
})
