import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { SubscriptionSimulation } from '../../kernel/types.ts'
import {
  addWebhook,
  DAY,
  HOUR,
  issuesOf,
  type Merchant,
  newPlan,
  openMerchant,
  type PlanForm,
} from '../test-merchant.ts'
import { reference, referencePresent } from '../test-spec.ts'

const PATH = '/v1/billing/subscriptions'
const CONTEXT = { return_url: 'https://shop.example/ok', cancel_url: 'https://shop.example/no' }

interface Shop {
  readonly merchant: Merchant
  readonly plan: string
  readonly id: string
  readonly approvePath: string
  // biome-ignore lint/suspicious/noExplicitAny: the schemas judge the shape
  read(): Promise<any>
  post(action: string, body?: object): ReturnType<Merchant['call']>
  act(action: SubscriptionSimulation): unknown
  days(count: number): Promise<void>
  charges(): string[]
  events(): string[]
}

/** A subscription to a plan of 10.00 a month; `approve: false` leaves it to the page. */
async function openShop(
  form: PlanForm = {},
  fields: object = {},
  options: { approve?: boolean } = {},
): Promise<Shop> {
  const merchant = await openMerchant()
  const plan = await newPlan(merchant, form)
  await addWebhook(merchant)
  const body = { plan_id: plan, custom_id: 'sub_1', application_context: CONTEXT, ...fields }
  const created = (await merchant.call('POST', PATH, body)).body
  const { href } = created.links.find(({ rel }: { rel: string }) => rel === 'approve')
  const act = (action: SubscriptionSimulation) =>
    merchant.emulator.simulateSubscription?.(merchant.accountId, created.id, action)
  if (options.approve !== false) act('approve')
  return {
    merchant,
    plan,
    id: created.id,
    approvePath: href.replace('http://127.0.0.1:8010', ''),
    read: async () => (await merchant.call('GET', `${PATH}/${created.id}`)).body,
    post: (action, sent = { reason: 'because' }) =>
      merchant.call('POST', `${PATH}/${created.id}/${action}`, sent),
    act,
    async days(count) {
      await merchant.advance(count * DAY)
      await merchant.signIn()
    },
    charges: () =>
      (merchant.emulator.subscriptionCharges?.(merchant.accountId) ?? []).map(
        ({ at, amount, status }) => `${at.slice(0, 10)} ${amount} ${status}`,
      ),
    events: () => merchant.eventTypes().map((type) => type.replace('BILLING.SUBSCRIPTION.', '')),
  }
}

const billing = async (shop: Shop) => (await shop.read()).billing_info

describe('a subscriber', () => {
  test('agrees on the page and is charged at once, then monthly at ten o’clock', async () => {
    const shop = await openShop({}, {}, { approve: false })
    expect(await shop.read()).toMatchObject({ status: 'APPROVAL_PENDING' })
    expect(await (await shop.merchant.page(shop.approvePath)).text()).toContain('10.00 USD')
    const back = await shop.merchant.page(shop.approvePath, 'subscribe')
    expect(back.headers.get('location')).toMatch(
      new RegExp(`^https://shop\\.example/ok\\?subscription_id=${shop.id}&ba_token=BA-\\w+&token=BA-`),
    )
    expect(await shop.read()).toMatchObject({
      status: 'ACTIVE',
      subscriber: { payer_id: expect.any(String), email_address: 'buyer@example.com' },
      billing_info: { next_billing_time: '2026-02-02T10:00:00Z', failed_payments_count: 0 },
    })
    await shop.days(60)
    expect(shop.charges()).toEqual(['2026-01-02 1000 paid', '2026-02-02 1000 paid', '2026-03-02 1000 paid'])
    expect(shop.events()).toEqual([
      'CREATED',
      'ACTIVATED',
      'PAYMENT.SALE.COMPLETED',
      'PAYMENT.SALE.COMPLETED',
      'PAYMENT.SALE.COMPLETED',
    ])
  })

  test('may return without agreeing', async () => {
    const shop = await openShop({}, {}, { approve: false })
    const back = await shop.merchant.page(shop.approvePath, 'cancel')
    expect(back.headers.get('location')).toMatch(/^https:\/\/shop\.example\/no\?subscription_id=/)
    expect((await shop.read()).status).toBe('APPROVAL_PENDING')
  })

  test('who agreed with CONTINUE waits for the merchant to activate', async () => {
    const context = { ...CONTEXT, user_action: 'CONTINUE' }
    const shop = await openShop({}, { application_context: context })
    expect([(await shop.read()).status, shop.charges()]).toEqual(['APPROVED', []])
    expect((await shop.post('activate')).status).toBe(204)
    expect([(await shop.read()).status, shop.charges().length]).toEqual(['ACTIVE', 1])
  })
})

test('a year of renewals takes well under a second, and ends when the cycles are used up', async () => {
  const shop = await openShop({ total: 12 })
  const before = performance.now()
  await shop.days(366)
  expect(performance.now() - before).toBeLessThan(1_000)
  expect(shop.charges()).toHaveLength(12)
  expect((await shop.read()).status).toBe('EXPIRED')
  expect(shop.events().at(-1)).toBe('EXPIRED')
})

test('setup fee, free trial, tax and quantity are charged as the plan says, a later start waits', async () => {
  const trial = {
    frequency: { interval_unit: 'DAY', interval_count: 7 },
    tenure_type: 'TRIAL',
    sequence: 1,
    total_cycles: 1,
  }
  const shop = await openShop(
    {
      trial,
      preferences: { setup_fee: { currency_code: 'USD', value: '5.00' } },
      more: { taxes: { percentage: '7.5', inclusive: false } },
    },
    { quantity: '3', start_time: '2026-01-10T00:00:00Z' },
  )
  await shop.days(40)
  expect(shop.charges()).toEqual(['2026-01-02 500 paid', '2026-01-17 3225 paid'])
})

describe('a payment that fails', () => {
  const failing = (preferences: object) => openShop({ preferences }, {}, { approve: false })

  test('is tried again after five days, twice, then carried into the next cycle', async () => {
    const shop = await openShop()
    shop.act('fail_renewal')
    expect(await billing(shop)).toMatchObject({
      outstanding_balance: { value: '10.00' },
      failed_payments_count: 1,
      last_failed_payment: { reason_code: 'PAYMENT_DENIED', next_payment_retry_time: '2026-01-07T03:04:05Z' },
    })
    shop.act('fail_renewal')
    shop.act('fail_renewal')
    expect((await billing(shop)).last_failed_payment.next_payment_retry_time).toBeUndefined()
    await shop.days(32)
    expect(shop.charges().at(-1)).toBe('2026-02-02 2000 paid')
    expect(await billing(shop)).toMatchObject({
      outstanding_balance: { value: '0.00' },
      failed_payments_count: 0,
    })
  })

  test('recovers at the retry', async () => {
    const shop = await openShop()
    shop.act('fail_renewal')
    await shop.days(6)
    expect(shop.charges().at(-1)).toBe('2026-01-07 1000 paid')
  })

  test('suspends it once the threshold is reached; the balance can be captured', async () => {
    const shop = await failing({ payment_failure_threshold: 2, auto_bill_outstanding: false })
    await shop.merchant.page(shop.approvePath, 'failing')
    await shop.days(6)
    expect((await shop.read()).status).toBe('SUSPENDED')
    expect(shop.events()).toEqual(['CREATED', 'ACTIVATED', 'PAYMENT.FAILED', 'PAYMENT.FAILED', 'SUSPENDED'])
    shop.act('update_card')
    const take = (value: string) =>
      shop.post('capture', {
        note: 'x',
        capture_type: 'OUTSTANDING_BALANCE',
        amount: { currency_code: 'USD', value },
      })
    expect(issuesOf(await take('11.00'))).toEqual(['AMOUNT_GREATER_THAN_OUTSTANDING_BALANCE'])
    expect((await take('10.00')).status).toBe(202)
    expect(issuesOf(await take('10.00'))).toEqual(['ZERO_OUTSTANDING_BALANCE'])
    expect((await shop.post('activate')).status).toBe(204)
    await shop.days(30)
    expect(shop.charges().filter((line) => line.endsWith('paid'))).toHaveLength(2)
  })

  test('of the setup fee cancels it, unless the plan says to go on', async () => {
    const setup_fee = { currency_code: 'USD', value: '5.00' }
    const cancels = await failing({ setup_fee })
    await cancels.merchant.page(cancels.approvePath, 'failing')
    expect((await cancels.read()).status).toBe('CANCELLED')
    const goesOn = await failing({ setup_fee, setup_fee_failure_action: 'CONTINUE' })
    await goesOn.merchant.page(goesOn.approvePath, 'failing')
    expect((await goesOn.read()).status).toBe('ACTIVE')
  })
})

test('suspension skips cycles, cancellation is final, each only from its state', async () => {
  const shop = await openShop()
  expect(issuesOf(await shop.post('activate'))).toEqual(['SUBSCRIPTION_STATUS_INVALID'])
  expect((await shop.post('suspend')).status).toBe(204)
  await shop.days(70)
  expect(shop.charges()).toHaveLength(1)
  expect((await shop.post('activate')).status).toBe(204)
  await shop.days(31)
  expect(shop.charges()).toEqual(['2026-01-02 1000 paid', '2026-04-02 1000 paid'])
  expect(issuesOf(await shop.post('cancel', {}))).toEqual(['MISSING_REQUIRED_PARAMETER'])
  expect((await shop.post('cancel')).status).toBe(204)
  expect(issuesOf(await shop.post('cancel'))).toEqual(['SUBSCRIPTION_STATUS_INVALID'])
  await shop.days(62)
  expect(shop.charges()).toHaveLength(2)
  expect(shop.events()).toEqual(expect.arrayContaining(['SUSPENDED', 'RE-ACTIVATED', 'CANCELLED']))
})

test('a cheaper revision holds from the next billing, a dearer one after consent', async () => {
  const shop = await openShop({}, { quantity: '2' })
  const revise = (quantity: string) => shop.post('revise', { quantity })
  expect((await revise('1')).body.links.map(({ rel }: { rel: string }) => rel)).not.toContain('approve')
  await shop.days(32)
  expect(shop.charges()).toEqual(['2026-01-02 2000 paid', '2026-02-02 1000 paid'])
  const dearer = (await revise('5')).body
  const { href } = dearer.links.find(({ rel }: { rel: string }) => rel === 'approve')
  expect((await shop.read()).quantity).toBe('1')
  await shop.merchant.page(href.replace('http://127.0.0.1:8010', ''), 'subscribe')
  expect((await shop.read()).quantity).toBe('5')
  await shop.days(28)
  expect(shop.charges().at(-1)).toBe('2026-03-02 5000 paid')
  expect(shop.events()).toContain('UPDATED')
})

test('patches reach the custom id, the price, the balance and the next date', async () => {
  const shop = await openShop()
  const patch = (path: string, value: unknown) =>
    shop.merchant.call('PATCH', `${PATH}/${shop.id}`, [{ op: 'replace', path, value }])
  await patch('/custom_id', 'new')
  await patch('/plan/billing_cycles/@sequence==1/pricing_scheme/fixed_price', {
    currency_code: 'USD',
    value: '12.00',
  })
  await patch('/billing_info/outstanding_balance', { currency_code: 'USD', value: '1.00' })
  await patch('/billing_info/next_billing_time', '2026-01-20T10:00:00Z')
  expect((await patch('/plan_id', 'x')).status).toBe(400)
  expect((await shop.read()).custom_id).toBe('new')
  await shop.days(20)
  expect(shop.charges().at(-1)).toBe('2026-01-20 1300 paid')
})

test('a plan’s new price leaves alone what starts within ten days', async () => {
  const shop = await openShop()
  await shop.days(26)
  const fixed_price = { currency_code: 'USD', value: '15.00' }
  const schemes = [{ billing_cycle_sequence: 1, pricing_scheme: { fixed_price } }]
  const path = `/v1/billing/plans/${shop.plan}/update-pricing-schemes`
  expect((await shop.merchant.call('POST', path, { pricing_schemes: schemes })).status).toBe(204)
  await shop.days(40)
  expect(shop.charges()).toEqual(['2026-01-02 1000 paid', '2026-02-02 1000 paid', '2026-03-02 1500 paid'])
})

test('a request id makes one product, plan and subscription for 72 hours', async () => {
  const merchant = await openMerchant()
  const plan = await newPlan(merchant)
  const create = () => merchant.call('POST', PATH, { plan_id: plan }, { 'paypal-request-id': 'sub_9' })
  const first = await create()
  await merchant.advance(71 * HOUR)
  await merchant.signIn()
  const again = await create()
  expect([first.status, again.status, again.body.id]).toEqual([201, 200, first.body.id])
  await merchant.advance(2 * HOUR)
  expect((await create()).body.id).not.toBe(first.body.id)
})

test.each<[object, string]>([
  [{ plan_id: 'P-UNKNOWN' }, 'INVALID_RESOURCE_ID'],
  [{ plan_id: undefined }, 'MISSING_REQUIRED_PARAMETER'],
  [{ quantity: '0' }, 'INVALID_PARAMETER_SYNTAX'],
  [{ start_time: '2020-01-01T00:00:00Z' }, 'INVALID_PARAMETER_VALUE'],
])('refuses %j', async (fields, issue) => {
  const merchant = await openMerchant()
  const plan = await newPlan(merchant)
  expect(issuesOf(await merchant.call('POST', PATH, { plan_id: plan, ...fields }))).toEqual([issue])
})

test.each([
  [[], 'MISSING_REQUIRED_PARAMETER'],
  [[{ tenure_type: 'TRIAL', sequence: 1 }], 'MISSING_REGULAR_BILLING_CYCLE'],
  [
    [
      { tenure_type: 'REGULAR', sequence: 1 },
      { tenure_type: 'REGULAR', sequence: 2 },
    ],
    'MULTIPLE_REGULAR_BILLING_CYCLES_NOT_SUPPORTED',
  ],
  [
    [
      { tenure_type: 'REGULAR', sequence: 1 },
      { tenure_type: 'TRIAL', sequence: 2 },
    ],
    'INVALID_BILLING_CYCLE_SEQUENCE',
  ],
])('refuses a plan of %j', async (cycles, issue) => {
  const merchant = await openMerchant()
  const product = (await merchant.call('POST', '/v1/catalogs/products', { name: 'Gold', type: 'SERVICE' }))
    .body.id
  const frequency = { interval_unit: 'MONTH', interval_count: 1 }
  const pricing_scheme = { fixed_price: { currency_code: 'USD', value: '1.00' } }
  const billing_cycles = cycles.map((cycle) => ({ frequency, pricing_scheme, ...cycle }))
  const plan = { product_id: product, name: 'Gold', payment_preferences: {}, billing_cycles }
  expect(issuesOf(await merchant.call('POST', '/v1/billing/plans', plan))).toEqual([issue])
})

test.skipIf(!referencePresent)('events have the parts and the fields of the recorded samples', async () => {
  const shop = await openShop({ total: 2 })
  shop.act('fail_renewal')
  await shop.days(6)
  const other = await openShop()
  await other.post('suspend')
  await other.post('cancel')
  const [charge] = other.merchant.emulator.subscriptionCharges?.(other.merchant.accountId) ?? []
  await other.merchant.call('POST', `/v1/payments/sale/${charge?.paymentRef}/refund`, {})
  await other.merchant.advance(1_000)
  const sent = [...shop.merchant.received, ...other.merchant.received].map(({ body }) => JSON.parse(body))
  const { samples } = JSON.parse(readFileSync(reference('recorded/paypal-webhook-samples.json'), 'utf8'))
  const wanted = /^(BILLING\.SUBSCRIPTION|PAYMENT\.SALE\.(COMPLETED|REFUNDED))/
  // A fresh subscription has no billing info yet, and nothing is billed after its end.
  const optional = ['billing_info', 'shipping_amount']
  for (const { event_type: type, body } of samples) {
    if (!wanted.test(type)) continue
    const event = sent.find(({ event_type: own }) => own === type) ?? expect.fail(`${type} was not sent`)
    const missing = Object.keys(body.resource).filter(
      (name) => !(name in event.resource) && !optional.includes(name),
    )
    const envelope = Object.keys(body).filter((name) => !(name in event))
    expect({ type, missing, envelope }).toEqual({ type, missing: [], envelope: [] })
    expect([event.resource_type, event.resource_version]).toEqual([body.resource_type, body.resource_version])
  }
})
