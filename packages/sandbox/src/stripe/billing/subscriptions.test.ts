import { describe, expect, test } from 'vitest'
import { checkSchema } from '../spec-check.ts'
import { START_MS } from '../test-merchant.ts'
import { HOUR_MS, openShop, type Shop } from './test-plan.ts'

const START_S = START_MS / 1_000
const iso = (seconds: number) => new Date(seconds * 1_000).toISOString().slice(0, 10)

async function eventTypes(shop: Shop): Promise<string[]> {
  const types = await shop.merchant.eventTypes()
  return types.filter((type) => /^(customer\.subscription|invoice)\./.test(type))
}

describe('a subscription', () => {
  test('is incomplete until its first invoice is paid in the browser', async () => {
    const shop = await openShop()
    const id = await shop.subscribe(
      'payment_behavior=default_incomplete&payment_settings[save_default_payment_method]=on_subscription' +
        '&metadata[onerouter_ref]=sub_7',
    )
    const fresh = await shop.read(
      id,
      '?expand[]=latest_invoice.confirmation_secret&expand[]=latest_invoice.payments',
    )
    expect(fresh).toMatchObject({
      status: 'incomplete',
      latest_invoice: { status: 'open', amount_due: 2000 },
    })
    expect(fresh.current_period_end).toBeUndefined()
    expect(fresh.latest_invoice.parent.subscription_details).toMatchObject({
      subscription: id,
      metadata: { onerouter_ref: 'sub_7' },
    })
    const intent = fresh.latest_invoice.payments.data[0].payment.payment_intent
    expect(fresh.latest_invoice.confirmation_secret.client_secret).toMatch(new RegExp(`^${intent}_secret_`))
    const declined = await shop.merchant.post(
      `/v1/payment_intents/${intent}/confirm`,
      'payment_method=pm_card_visa_chargeDeclined',
    )
    expect([declined.status, (await shop.read(id)).status]).toEqual([402, 'incomplete'])
    await shop.merchant.post(`/v1/payment_intents/${intent}/confirm`, 'payment_method=pm_card_visa')
    const active = await shop.read(id)
    expect(active).toMatchObject({ status: 'active', default_payment_method: expect.stringMatching(/^pm_/) })
    expect(iso(active.items.data[0].current_period_end)).toBe('2026-12-24')
    expect(await eventTypes(shop)).toEqual([
      'invoice.created',
      'invoice.finalized',
      'customer.subscription.created',
      'invoice.payment_failed',
      'invoice.paid',
      'invoice.payment_succeeded',
      'customer.subscription.updated',
    ])
  })

  test('is over for good when nobody pays within 23 hours', async () => {
    const shop = await openShop()
    const id = await shop.subscribe('payment_behavior=default_incomplete')
    await shop.merchant.sandbox.advance(23 * HOUR_MS - 1_000)
    expect((await shop.read(id)).status).toBe('incomplete')
    await shop.merchant.sandbox.advance(2_000)
    expect((await shop.read(id)).status).toBe('incomplete_expired')
    expect((await shop.invoices(id)).map(({ status }) => status)).toEqual(['void'])
    const intents = (await shop.merchant.get('/v1/payment_intents')).body.data
    expect(intents).toMatchObject([{ status: 'canceled', cancellation_reason: 'void_invoice' }])
  })

  test('without any payment method is refused before anything exists', async () => {
    const shop = await openShop()
    const form = `customer=${shop.customer}&items[0][price]=${shop.monthly}`
    const { status, body } = await shop.merchant.post('/v1/subscriptions', form)
    expect([status, body.error.code]).toEqual([400, 'resource_missing'])
    expect((await shop.merchant.get('/v1/subscriptions?status=all')).body.data).toEqual([])
  })

  test('error_if_incomplete leaves no subscription behind a decline', async () => {
    const shop = await openShop()
    const form =
      `customer=${shop.customer}&items[0][price]=${shop.monthly}&payment_behavior=error_if_incomplete` +
      '&default_payment_method=pm_card_chargeCustomerFail'
    expect((await shop.merchant.post('/v1/subscriptions', form)).status).toBe(402)
    expect((await shop.merchant.get('/v1/subscriptions?status=all')).body.data).toEqual([])
  })

  test('renews on the same day of each month for a year, well under a second', async () => {
    const shop = await openShop()
    await shop.merchant.sandbox.advance(Date.UTC(2027, 0, 31, 10) - START_MS)
    const id = await shop.subscribe()
    const before = performance.now()
    await shop.days(366)
    expect(performance.now() - before).toBeLessThan(1_000)
    const days = (await shop.invoices(id)).map(({ lines }) => iso(lines.data[0].period.start))
    expect(days).toEqual([
      '2027-01-31',
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2027-05-31',
      '2027-06-30',
      '2027-07-31',
      '2027-08-31',
      '2027-09-30',
      '2027-10-31',
      '2027-11-30',
      '2027-12-31',
      '2028-01-31',
    ])
    expect(shop.paid()).toEqual(days.map(() => 2000n))
  })

  test('leaves a renewal a draft for an hour', async () => {
    const shop = await openShop()
    const id = await shop.subscribe()
    await shop.days(30)
    await shop.merchant.sandbox.advance(1_000)
    expect(await shop.invoices(id)).toMatchObject([
      {},
      { status: 'draft', billing_reason: 'subscription_cycle' },
    ])
    await shop.merchant.sandbox.advance(HOUR_MS)
    expect(await shop.invoices(id)).toMatchObject([{}, { status: 'paid', attempt_count: 1 }])
  })

  test('is canceled after three retries of a failing renewal, three, five and seven days apart', async () => {
    const shop = await openShop()
    const id = await shop.subscribe()
    await shop.merchant.post(`/v1/subscriptions/${id}`, 'default_payment_method=pm_card_chargeCustomerFail')
    await shop.days(31)
    expect((await shop.read(id)).status).toBe('past_due')
    await shop.days(20)
    const over = await shop.read(id)
    expect(over).toMatchObject({ status: 'canceled', cancellation_details: { reason: 'payment_failed' } })
    const failed = shop.merchant.sandbox
      .subscriptionCharges('stripe')
      .filter(({ status }) => status === 'failed')
      .map(({ at }) => at.slice(0, 10))
    expect(failed).toEqual(['2026-12-24', '2026-12-27', '2027-01-01', '2027-01-08'])
    expect(await shop.invoices(id)).toMatchObject([
      {},
      { status: 'open', attempt_count: 4, next_payment_attempt: null },
    ])
    expect((await eventTypes(shop)).at(-1)).toBe('customer.subscription.deleted')
  })

  test('recovers at the next attempt once the card was changed', async () => {
    const shop = await openShop()
    const id = await shop.subscribe()
    await shop.merchant.post(`/v1/subscriptions/${id}`, 'default_payment_method=pm_card_chargeCustomerFail')
    await shop.days(31)
    await shop.merchant.post(`/v1/subscriptions/${id}`, 'default_payment_method=pm_card_visa')
    expect((await shop.read(id)).status).toBe('past_due')
    await shop.days(4)
    expect((await shop.read(id)).status).toBe('active')
    expect(shop.paid()).toEqual([2000n, 2000n])
  })

  test('stays unpaid, with drafts only, when the dashboard says so; a payment of the latest invoice cures it', async () => {
    const shop = await openShop()
    const { key, sandbox } = shop.merchant
    const set = new Request(`${sandbox.urls.pages}/stripe/dashboard/billing`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: 'final_action=unpaid',
    })
    expect((await sandbox.pages(set)).status).toBe(200)
    const id = await shop.subscribe()
    await shop.merchant.post(`/v1/subscriptions/${id}`, 'default_payment_method=pm_card_chargeCustomerFail')
    await shop.days(70)
    expect((await shop.read(id)).status).toBe('unpaid')
    const invoices = await shop.invoices(id)
    expect(invoices.map(({ status }) => status)).toEqual(['paid', 'open', 'draft'])
    await shop.merchant.post(`/v1/invoices/${invoices[2].id}/pay`, 'payment_method=pm_card_visa')
    expect((await shop.read(id)).status).toBe('active')
  })

  test('a renewal that needs 3-D Secure says so and is paid on the invoice’s own page', async () => {
    const shop = await openShop()
    const id = await shop.subscribe()
    await shop.merchant.post(
      `/v1/subscriptions/${id}`,
      'default_payment_method=pm_card_authenticationRequired',
    )
    await shop.days(31)
    expect(await eventTypes(shop)).toContain('invoice.payment_action_required')
    const [, open] = await shop.invoices(id)
    expect(await (await shop.merchant.browse(open.hosted_invoice_url)).text()).toContain('$20.00 USD')
    const back = await shop.merchant.browse(open.hosted_invoice_url, {
      action: 'pay',
      card: '4242424242424242',
    })
    expect([back.status, (await shop.read(id)).status]).toEqual([303, 'active'])
  })

  test('every event carries the object in the shape of the specification', async () => {
    const shop = await openShop()
    const id = await shop.subscribe('trial_period_days=7')
    await shop.days(8)
    await shop.merchant.post(`/v1/subscriptions/${id}/pause`)
    const { body } = await shop.merchant.get('/v1/events?limit=100')
    for (const { type, data } of body.data) {
      if (type.startsWith('customer.subscription.')) checkSchema('Subscription', data.object)
      if (type.startsWith('invoice.')) checkSchema('Invoice', data.object)
    }
    expect(body.data.map(({ type }: { type: string }) => type)).toContain(
      'customer.subscription.trial_will_end',
    )
  })
})

describe('a trial', () => {
  test('takes nothing until it ends, then its first period', async () => {
    const shop = await openShop()
    const id = await shop.subscribe('trial_period_days=14&payment_behavior=default_incomplete')
    const fresh = await shop.read(id, '?expand[]=pending_setup_intent')
    expect(fresh).toMatchObject({ status: 'trialing', trial_end: START_S + 14 * 86_400 })
    const setup = fresh.pending_setup_intent.id
    await shop.merchant.post(`/v1/setup_intents/${setup}/confirm`, 'payment_method=pm_card_visa')
    expect(await shop.read(id)).toMatchObject({
      pending_setup_intent: null,
      default_payment_method: expect.any(String),
    })
    expect(shop.paid()).toEqual([])
    await shop.days(15)
    expect((await shop.read(id)).status).toBe('active')
    expect(shop.paid()).toEqual([2000n])
  })

  test.each([
    ['cancel', 'canceled'],
    ['pause', 'paused'],
    ['create_invoice', 'past_due'],
  ])('that ends without a payment method: %s leaves it %s', async (choice, status) => {
    const shop = await openShop()
    const id = await shop.subscribe(
      `trial_period_days=3&trial_settings[end_behavior][missing_payment_method]=${choice}`,
    )
    await shop.days(4)
    expect((await shop.read(id)).status).toBe(status)
    expect(shop.paid()).toEqual([])
  })

  test('a later first cycle is prorated, or free with proration_behavior=none', async () => {
    const shop = await openShop()
    const at = START_S + 15 * 86_400
    const card = 'default_payment_method=pm_card_visa'
    await shop.subscribe(`${card}&billing_cycle_anchor=${at}`)
    await shop.subscribe(`${card}&billing_cycle_anchor=${at}&proration_behavior=none`)
    expect(shop.paid()).toEqual([1000n])
    const late = `customer=${shop.customer}&items[0][price]=${shop.monthly}&billing_cycle_anchor=${at + 99 * 86_400}`
    expect((await shop.merchant.post('/v1/subscriptions', `${late}&${card}`)).body.error.message).toMatch(
      /later than next natural billing date/,
    )
    await shop.days(16)
    expect(shop.paid()).toEqual([1000n, 2000n, 2000n])
  })
})

describe('the end', () => {
  test('at the period’s end can be taken back until then', async () => {
    const shop = await openShop()
    const id = await shop.subscribe()
    const path = `/v1/subscriptions/${id}`
    const asked = (await shop.merchant.post(path, 'cancel_at_period_end=true')).body
    expect(asked).toMatchObject({ status: 'active', cancel_at: asked.items.data[0].current_period_end })
    await shop.merchant.post(path, 'cancel_at_period_end=false')
    await shop.days(31)
    expect(await shop.read(id)).toMatchObject({ status: 'active', cancel_at: null })
    await shop.merchant.post(path, 'cancel_at_period_end=true')
    await shop.days(40)
    expect((await shop.read(id)).status).toBe('canceled')
    expect(shop.paid()).toEqual([2000n, 2000n])
  })

  test('at once is an answer once, then a 404; updates are refused', async () => {
    const shop = await openShop()
    const id = await shop.subscribe()
    const path = `/v1/subscriptions/${id}?cancellation_details[comment]=bye`
    expect((await shop.merchant.delete(path)).body).toMatchObject({
      status: 'canceled',
      cancellation_details: { comment: 'bye' },
    })
    expect((await shop.merchant.delete(path)).status).toBe(404)
    const refused = await shop.merchant.post(`/v1/subscriptions/${id}`, 'cancel_at_period_end=true')
    expect(refused.body.error.message).toMatch(/^A canceled subscription can only update/)
    await shop.days(40)
    expect(shop.paid()).toEqual([2000n])
  })

  test('cancel_at ends it by the calendar, deleting the customer at once', async () => {
    const shop = await openShop()
    const planned = await shop.subscribe(
      `default_payment_method=pm_card_visa&cancel_at=${START_S + 45 * 86_400}`,
    )
    await shop.days(46)
    expect((await shop.read(planned)).status).toBe('canceled')
    const other = await shop.subscribe()
    await shop.merchant.delete(`/v1/customers/${shop.customer}`)
    expect((await shop.read(other)).status).toBe('canceled')
    expect((await shop.merchant.get(`/v1/customers/${shop.customer}`)).body).toEqual({
      id: shop.customer,
      object: 'customer',
      deleted: true,
    })
  })
})
