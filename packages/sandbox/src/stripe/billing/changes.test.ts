import { expect, test } from 'vitest'
import type { SubscriptionSimulation } from '../../kernel/types.ts'
import { START_MS } from '../test-merchant.ts'
import { openShop } from './test-plan.ts'

const START_S = START_MS / 1_000
const amounts = (lines: readonly { amount: number }[]) => lines.map(({ amount }) => amount)

/** A subscription of 20.00 halfway through a month of thirty days, with a plan of 50.00 to change to. */
async function halfway() {
  const shop = await openShop()
  const id = await shop.subscribe()
  const dear = await shop.price('unit_amount=5000&recurring[interval]=month')
  await shop.days(15)
  const item = (await shop.read(id)).items.data[0].id
  const change = (form: string) => shop.merchant.post(`/v1/subscriptions/${id}`, form)
  return { shop, id, dear, item, change }
}

test('a changed plan credits the old time and charges the new one on the next invoice', async () => {
  const { shop, id, dear, item, change } = await halfway()
  const { body } = await change(`items[0][id]=${item}&items[0][price]=${dear}`)
  expect(body.items.data).toMatchObject([{ id: item, price: { id: dear } }])
  expect(shop.paid()).toEqual([2000n])
  await shop.days(16)
  const [, renewal] = await shop.invoices(id)
  expect(amounts(renewal.lines.data)).toEqual([-1000, 2500, 5000])
  expect(shop.paid()).toEqual([2000n, 6500n])
})

test('always_invoice collects the difference at once, none nothing at all', async () => {
  const first = await halfway()
  await first.change(`items[0][id]=${first.item}&items[0][quantity]=3&proration_behavior=always_invoice`)
  expect(first.shop.paid()).toEqual([2000n, 2000n])
  const [, invoice] = await first.shop.invoices(first.id)
  expect(invoice).toMatchObject({ billing_reason: 'subscription_update', total: 2000 })
  const second = await halfway()
  await second.change(`items[0][id]=${second.item}&items[0][price]=${second.dear}&proration_behavior=none`)
  await second.shop.days(16)
  expect(second.shop.paid()).toEqual([2000n, 5000n])
})

test('a cheaper plan leaves credit on the balance, which later invoices use up', async () => {
  const { shop, id, item, change } = await halfway()
  const cheap = await shop.price('unit_amount=100&recurring[interval]=month')
  await change(`items[0][id]=${item}&items[0][price]=${cheap}&proration_behavior=always_invoice`)
  const balance = async () => (await shop.merchant.get(`/v1/customers/${shop.customer}`)).body.balance
  expect([shop.paid(), await balance()]).toEqual([[2000n], -950])
  await shop.days(16)
  expect([shop.paid(), await balance()]).toEqual([[2000n], -850])
  expect((await shop.invoices(id)).at(-1)).toMatchObject({
    status: 'paid',
    amount_due: 0,
    starting_balance: -950,
  })
})

test('another interval starts a new cycle now', async () => {
  const { shop, id, item, change } = await halfway()
  const yearly = await shop.price('unit_amount=20000&recurring[interval]=year')
  const { body } = await change(`items[0][id]=${item}&items[0][price]=${yearly}`)
  expect(shop.paid()).toEqual([2000n, 19000n])
  expect(body.billing_cycle_anchor).toBe(START_S + 15 * 86_400)
  await shop.days(300)
  expect([shop.paid().length, (await shop.read(id)).status]).toEqual([2, 'active'])
})

test('items stay on one interval, and never none', async () => {
  const { shop, item, change } = await halfway()
  const yearly = await shop.price('unit_amount=20000&recurring[interval]=year')
  expect((await change(`items[0][price]=${yearly}`)).status).toBe(400)
  expect((await change(`items[0][id]=${item}&items[0][deleted]=true`)).status).toBe(400)
  expect((await change('items[0][id]=si_x&items[0][quantity]=2')).body.error.code).toBe('resource_missing')
})

test('a trial can be ended or moved', async () => {
  const shop = await openShop()
  const id = await shop.subscribe('trial_period_days=14&default_payment_method=pm_card_visa')
  await shop.merchant.post(`/v1/subscriptions/${id}`, `trial_end=${START_S + 20 * 86_400}`)
  await shop.days(15)
  expect([(await shop.read(id)).status, shop.paid()]).toEqual(['trialing', []])
  await shop.merchant.post(`/v1/subscriptions/${id}`, 'trial_end=now')
  expect([(await shop.read(id)).status, shop.paid()]).toEqual(['active', [2000n]])
})

test.each([
  ['void', 'void', 'active'],
  ['keep_as_draft', 'draft', 'active'],
  ['mark_uncollectible', 'uncollectible', 'active'],
])(
  'pause_collection %s makes invoices %s until it is cleared or resumes',
  async (behavior, status, state) => {
    const shop = await openShop()
    const id = await shop.subscribe()
    const resumes = START_S + 40 * 86_400
    await shop.merchant.post(
      `/v1/subscriptions/${id}`,
      `pause_collection[behavior]=${behavior}&pause_collection[resumes_at]=${resumes}`,
    )
    await shop.days(35)
    expect(await shop.invoices(id)).toMatchObject([{ status: 'paid' }, { status }])
    expect(await shop.read(id)).toMatchObject({ status: state, pause_collection: { behavior } })
    await shop.days(30)
    expect((await shop.read(id)).pause_collection).toBeNull()
    expect(shop.paid()).toEqual([2000n, 2000n])
  },
)

test('pause stops the service and credits the rest; resume bills a new period less the credit', async () => {
  const { shop, id } = await halfway()
  const path = `/v1/subscriptions/${id}`
  const paused = (await shop.merchant.post(`${path}/pause`)).body
  expect(paused).toMatchObject({
    status: 'paused',
    status_details: { paused: { subscription: { type: 'pause_requested' } } },
  })
  expect((await shop.merchant.post(`${path}/pause`)).status).toBe(400)
  await shop.days(20)
  expect(shop.paid()).toEqual([2000n])
  const resumed = (await shop.merchant.post(`${path}/resume`, 'billing_cycle_anchor[type]=now')).body
  expect(resumed.status).toBe('active')
  expect(resumed.status_details).toBeUndefined()
  expect(shop.paid()).toEqual([2000n, 1000n])
  const types = await shop.merchant.eventTypes()
  expect(types).toContain('customer.subscription.paused')
  expect(types).toContain('customer.subscription.resumed')
})

test('invoices are paid, refused, voided and paid out of band as their state allows', async () => {
  const shop = await openShop()
  const id = await shop.subscribe('payment_behavior=default_incomplete')
  const [first] = await shop.invoices(id)
  const act = (action: string, form = '') => shop.merchant.post(`/v1/invoices/${first.id}/${action}`, form)
  const declined = await act('pay', 'payment_method=pm_card_visa_chargeDeclinedInsufficientFunds')
  expect([declined.status, declined.body.error.decline_code]).toEqual([402, 'insufficient_funds'])
  expect((await act('pay', 'payment_method=pm_card_visa')).body.status).toBe('paid')
  expect((await act('pay')).body.error.message).toBe('Invoice is already paid')
  expect((await act('void')).status).toBe(400)
  const other = await shop.subscribe('payment_behavior=default_incomplete')
  const [second] = await shop.invoices(other)
  await shop.merchant.post(`/v1/invoices/${second.id}/pay`, 'paid_out_of_band=true')
  expect([(await shop.read(other)).status, shop.paid()]).toEqual(['active', [2000n]])
  const payments = (await shop.merchant.get(`/v1/invoice_payments?invoice=${first.id}`)).body.data
  expect(payments).toMatchObject([{ status: 'paid', amount_paid: 2000 }])
})

test.each<[SubscriptionSimulation[], string, bigint[]]>([
  [['renew'], 'active', [2000n, 2000n]],
  [['renew', 'renew'], 'active', [2000n, 2000n, 2000n]],
  [['fail_renewal'], 'past_due', [2000n]],
  [['fail_renewal', 'renew'], 'active', [2000n, 2000n]],
  [['fail_renewal', 'fail_renewal', 'fail_renewal', 'fail_renewal'], 'canceled', [2000n]],
  [['cancel'], 'canceled', [2000n]],
])('simulating %j leaves the subscription %s', async (actions, status, paid) => {
  const shop = await openShop()
  const id = await shop.subscribe()
  const { sandbox, accountId } = shop.merchant
  for (const action of actions) {
    expect(sandbox.simulateSubscription('stripe', accountId, id, action)).toMatchObject({ ok: true })
  }
  expect([(await shop.read(id)).status, shop.paid()]).toEqual([status, paid])
  if (status !== 'canceled') return
  expect(sandbox.simulateSubscription('stripe', accountId, id, 'renew')).toMatchObject({ ok: false })
})

test('the books name every subscription, charge and refund by the caller’s reference', async () => {
  const shop = await openShop()
  const id = await shop.subscribe('default_payment_method=pm_card_visa&metadata[onerouter_ref]=sub_9')
  const { sandbox, accountId } = shop.merchant
  const [charge] = sandbox.subscriptionCharges('stripe', accountId)
  await shop.merchant.post('/v1/refunds', `payment_intent=${charge?.paymentRef}&amount=500`)
  expect(sandbox.subscriptionCharges('stripe')).toMatchObject([
    {
      subscriptionRef: id,
      reference: 'sub_9',
      amount: 2000n,
      refunded: 500n,
      status: 'paid',
      currency: 'usd',
    },
  ])
  expect(sandbox.subscriptions('stripe')).toMatchObject([
    {
      subscriptionRef: id,
      reference: 'sub_9',
      planRef: shop.monthly,
      status: 'active',
      nextAt: '2026-12-24T00:00:00.000Z',
    },
  ])
  expect(sandbox.book('stripe', accountId)).toEqual([])
})
