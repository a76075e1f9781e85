/** Money of subscriptions that went back behind our back: found, though nobody told of it, and booked exactly. */
import { parseId } from '@onerouter/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newRun } from '../../apps/api/src/reconciliation/plan-runs.ts'
import { insertRun } from '../../apps/api/src/reconciliation/store.ts'
import { workDueRuns } from '../../apps/api/src/reconciliation/work-run.ts'
import { ledgerProblems } from '../../apps/api/src/store/ledger.ts'
import { ALL_SCOPES } from '../../apps/api/src/testing/open-app.ts'
import { refundThere } from './at-provider.ts'
import { keptBy } from './deliveries.ts'
import { createStack, type Merchant, type PaymentService, type Stack } from './stack.ts'

const HOUR_MS = 3_600_000
const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const
const PROVIDERS = ['stripe', 'razorpay', 'paypal'] as const satisfies readonly PaymentService[]

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
beforeEach(() => {
  stack.intercept = null
})
afterAll(() => stack.close())

interface Body {
  readonly id: string
  readonly [name: string]: unknown
}

interface Charged {
  readonly merchant: Merchant
  readonly subscription: Body
  /** What the provider calls the payment behind the one charge. */
  readonly paymentRef: string
  readonly paymentId: string
}

async function post(merchant: Merchant, url: string, body: object = {}): Promise<Body> {
  const answer = await merchant.call('POST', url, body)
  expect(answer.statusCode, `${url}: ${answer.body}`).toBeLessThan(300)
  return answer.json()
}

const list = async (merchant: Merchant, url: string): Promise<Body[]> =>
  (await merchant.call('GET', url)).json().data

/** A subscription that has charged 500.00 once. */
async function charged(provider: PaymentService): Promise<Charged> {
  const merchant = await stack.merchant({ services: [provider], scopes: ALL_SCOPES })
  const terms = { name: 'Pro', amount: '500.00', currency: CURRENCY[provider], interval: 'month' }
  const plan = await post(merchant, '/v1/plans', terms)
  const subscription = await post(merchant, '/v1/subscriptions', { plan_id: plan.id })
  await post(merchant, `/v1/simulations/subscriptions/${subscription.id}/approve`)
  await stack.settle()
  const [charge, ...more] = await list(merchant, `/v1/subscriptions/${subscription.id}/charges`)
  if (charge === undefined) return expect.fail('nothing was charged')
  expect([charge.status, charge.amount, more]).toEqual(['succeeded', '500.00', []])
  const paymentRef = String(charge.provider_payment_id)
  return { merchant, subscription, paymentRef, paymentId: charge.id.replace('schg_', 'pay_') }
}

/** Half a day later the provider's books of the last day are compared with ours. */
async function reconcile({ merchant }: Charged, provider: PaymentService): Promise<void> {
  const engine = { ...stack.engine, now: () => stack.sandbox.now() + 12 * HOUR_MS }
  const owner = { account_id: merchant.accountId, environment: 'test', provider } as const
  const nowMs = engine.now()
  const slot = { kind: 'manual', fromMs: nowMs - 24 * HOUR_MS, toMs: nowMs, dueMs: nowMs } as const
  const run = newRun(engine, owner, slot)
  await insertRun(engine.db, run)
  for (let round = 0; round < 200; round++) if ((await workDueRuns(engine, 8)) === 0) break
  const { rows } = await engine.db.query({
    text: 'select state, reason from reconciliation_run where id = $1',
    values: [run.id],
  })
  expect(rows).toEqual([{ state: 'done', reason: null }])
  // What the run put where deliveries are put is due half a day from now, by the run's own clock.
  await dueNow(merchant)
}

/** Deliveries that wait are worked off now. */
async function dueNow({ accountId }: Merchant): Promise<void> {
  await stack.api.deps.db.engine.query(
    'update inbound set due_at = clock_timestamp() where due_at is not null and account_id = $1',
    [accountId],
  )
  await stack.work()
}

/** What went back, by charge, subscription, payment and its refunds alike; the ledger holds. */
async function wentBack(of: Charged, amounts: readonly string[], total: string): Promise<void> {
  const { merchant, subscription, paymentId } = of
  const refunds = await list(merchant, `/v1/refunds?payment_id=${paymentId}`)
  expect(refunds.map(({ amount, status, reason }) => [amount, status, reason])).toEqual(
    amounts.map((amount) => [amount, 'succeeded', 'made at the provider']),
  )
  const [charge] = await list(merchant, `/v1/subscriptions/${subscription.id}/charges`)
  const owner: Body = (await merchant.call('GET', `/v1/subscriptions/${subscription.id}`)).json()
  const payment: Body = (await merchant.call('GET', `/v1/payments/${paymentId}`)).json()
  expect([charge?.amount_refunded, owner.amount_refunded, payment.amount_refunded]).toEqual([
    total,
    total,
    total,
  ])
  const ref = {
    account_id: merchant.accountId,
    environment: 'test',
    id: parseId('payment', paymentId) ?? '',
  } as const
  expect(await ledgerProblems(stack.engine.db, ref)).toEqual([])
}

describe.each(PROVIDERS)('%s', (provider) => {
  test('a part that was refunded in the dashboard, and whose webhook was lost, is found and booked once', async () => {
    const of = await charged(provider)
    const { merchant, paymentRef } = of
    await refundThere(stack, merchant, provider, { paymentRef, minor: 12_000n, currency: CURRENCY[provider] })
    await stack.sandbox.advance(4 * HOUR_MS)
    expect((await stack.collect(merchant)).length, 'lost').toBeGreaterThan(0)
    await reconcile(of, provider)
    await wentBack(of, ['120.00'], '120.00')
    await refundThere(stack, merchant, provider, { paymentRef, minor: 3_000n, currency: CURRENCY[provider] })
    await stack.sandbox.advance(4 * HOUR_MS)
    await stack.collect(merchant)
    await reconcile(of, provider)
    await reconcile(of, provider)
    await wentBack(of, ['30.00', '120.00'], '150.00')
  })
})

describe('paypal', () => {
  /** PayPal as it is for an app without one of the two lists. */
  const without = (path: string, answer: () => Response) => {
    stack.intercept = async (wire, next) => (wire.path.startsWith(path) ? answer() : await next())
  }
  const noReports = () =>
    without('/v1/reporting/', () =>
      Response.json({ name: 'NOT_AUTHORIZED', message: 'Insufficient permissions.' }, { status: 403 }),
    )
  const noEvents = () =>
    without('/v1/notifications/webhooks-events', () => Response.json({ events: [], count: 0, links: [] }))

  test.each([
    ['the list of events', noReports],
    ['the reports', noEvents],
  ])('%s alone is enough to find a refund and a reversal nobody told of', async (_, missing) => {
    const of = await charged('paypal')
    const { merchant, paymentRef } = of
    missing()
    await refundThere(stack, merchant, 'paypal', { paymentRef, minor: 12_000n, currency: 'USD' })
    await stack.sandbox.advance(4 * HOUR_MS)
    await stack.collect(merchant)
    await reconcile(of, 'paypal')
    await wentBack(of, ['120.00'], '120.00')
    reverse(paymentRef)
    await stack.sandbox.advance(4 * HOUR_MS)
    await stack.collect(merchant)
    await reconcile(of, 'paypal')
    await wentBack(of, ['380.00', '120.00'], '500.00')
  })

  test('PAYMENT.SALE.REVERSED names no sale: PayPal is asked whose it was, and the charge is booked as given back', async () => {
    const of = await charged('paypal')
    reverse(of.paymentRef)
    await stack.settle()
    await wentBack(of, ['500.00'], '500.00')
    const kept = (await keptBy(stack, of.merchant)).filter(
      ({ event_type }) => event_type === 'PAYMENT.SALE.REVERSED',
    )
    expect(kept).toMatchObject([{ state: 'applied', reason: null }])
  })

  test('a reversal PayPal says nothing about waits and books nothing, until PayPal does', async () => {
    const of = await charged('paypal')
    reverse(of.paymentRef)
    without('/v1/payments/refund/', () => Response.json({ name: 'INTERNAL_SERVICE_ERROR' }, { status: 500 }))
    await stack.settle()
    expect(await list(of.merchant, `/v1/refunds?payment_id=${of.paymentId}`)).toEqual([])
    const waiting = (await keptBy(stack, of.merchant)).at(-1)
    expect(waiting).toMatchObject({ state: 'received', event_type: 'PAYMENT.SALE.REVERSED' })
    stack.intercept = null
    await dueNow(of.merchant)
    await wentBack(of, ['500.00'], '500.00')
  })

  test('a reversal of what was sold past OneRouter is nobody’s', async () => {
    const mine = await charged('paypal')
    const { merchant } = mine
    without('/v1/payments/refund/', () =>
      Response.json({
        id: '77689802DL785834G',
        sale_id: '0NOBODYS000000001',
        state: 'completed',
        amount: { total: '9.00', currency: 'USD' },
      }),
    )
    reverse(mine.paymentRef)
    await stack.settle()
    expect(await list(merchant, '/v1/refunds')).toEqual([])
  })
})

/** The payer's bank wins the money back. */
function reverse(paymentRef: string): void {
  const sale = stack.sandbox.subscriptionCharges('paypal').find((one) => one.paymentRef === paymentRef)
  const done = stack.sandbox.simulate('paypal', sale?.accountId ?? '', paymentRef, 'dispute_lost')
  expect(done).toMatchObject({ ok: true })
}
