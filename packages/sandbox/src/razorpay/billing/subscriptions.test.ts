import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { hasReference, readReference } from '../reference.ts'
import { createStand, START_MS, textOf } from '../test-stand.ts'

const DAY_MS = 86_400_000
const START_S = START_MS / 1_000
const EVENTS = [
  'authenticated',
  'activated',
  'charged',
  'pending',
  'halted',
  'paused',
  'resumed',
  'updated',
  'completed',
  'cancelled',
].map((name) => `subscription.${name}`)

/** A merchant with a plan of 500.00 a month and a receiver of every subscription event. */
async function openShop() {
  const stand = createStand()
  await stand.subscribe(...EVENTS)
  const plan = async (amount: number, period = 'monthly') => {
    const item = { name: 'Gold', amount, currency: 'INR' }
    return String((await stand.call('POST', '/v1/plans', { period, interval: 1, item })).body['id'])
  }
  const gold = await plan(50_000)
  const create = async (fields: Record<string, unknown> = {}) => {
    const answer = await stand.call('POST', '/v1/subscriptions', {
      plan_id: gold,
      total_count: 12,
      ...fields,
    })
    if (answer.status !== 200) throw new Error(answer.text)
    return answer.body
  }
  const read = async (id: string) => (await stand.call('GET', `/v1/subscriptions/${id}`)).body
  const act = (id: string, action: Parameters<typeof stand.sandbox.simulateSubscription>[3]) =>
    stand.sandbox.simulateSubscription('razorpay', stand.accountId, id, action)
  return {
    ...stand,
    plan,
    gold,
    create,
    read,
    drive: act,
    days: (count: number) => stand.sandbox.advance(count * DAY_MS),
    charges: () => stand.sandbox.subscriptionCharges('razorpay'),
    paid: () =>
      stand.sandbox
        .subscriptionCharges('razorpay')
        .filter(({ status }) => status === 'paid')
        .map(({ amount }) => amount),
    async events() {
      await stand.sandbox.runDue()
      return stand.received.map(({ event }) => event.replace('subscription.', ''))
    },
    /** The payer's browser on `short_url`; the answer to the last form. */
    async authorise(shortUrl: unknown, form: Record<string, string>) {
      const opened = await stand.sandbox.pages(new Request(String(shortUrl)))
      const url = opened.headers.get('location')
      if (url === null) return opened
      const page = new URL(url, stand.sandbox.urls.pages).href
      const post = (to: string, body: Record<string, string>) =>
        stand.sandbox.pages(new Request(to, { method: 'POST', body: new URLSearchParams(body) }))
      const paid = await post(page, {
        action: 'pay',
        email: 'a@example.com',
        contact: '+919000090000',
        ...form,
      })
      const bank = paid.headers.get('location')
      if (bank === null) return paid
      return post(new URL(bank, stand.sandbox.urls.pages).href, { action: 'complete', otp: '1234' })
    },
  }
}

test('the payer authorises an immediate start by paying its first cycle', async () => {
  const shop = await openShop()
  const fresh = await shop.create({ addons: [{ item: { name: 'Setup', amount: 30_000, currency: 'INR' } }] })
  expect(fresh).toMatchObject({ status: 'created', start_at: null, remaining_count: 12 })
  expect(fresh).not.toHaveProperty('customer_id')
  await shop.authorise(fresh['short_url'], { method: 'card' })
  const id = String(fresh['id'])
  expect(await shop.read(id)).toMatchObject({
    status: 'active',
    customer_id: expect.stringMatching(/^cust_/),
    current_start: START_S,
    paid_count: 1,
    remaining_count: 11,
    payment_method: 'card',
  })
  expect(shop.paid()).toEqual([80_000n])
  expect(await shop.events()).toEqual(['authenticated', 'activated', 'charged'])
  const { body } = await shop.call('GET', `/v1/invoices?subscription_id=${id}`)
  expect(body['items']).toMatchObject([
    { status: 'paid', amount: 80_000, line_items: [{ type: 'plan' }, { type: 'addon' }] },
  ])
})

test('a later start takes a token that goes back, then its cycles until they are used up', async () => {
  const shop = await openShop()
  const { id, short_url } = await shop.create({ start_at: START_S + 7 * 86_400, total_count: 3 })
  await shop.authorise(short_url, { method: 'card' })
  expect(await shop.read(String(id))).toMatchObject({ status: 'authenticated', remaining_count: 3 })
  expect(shop.paid()).toEqual([])
  const before = performance.now()
  await shop.days(366)
  expect(performance.now() - before).toBeLessThan(1_000)
  expect(await shop.read(String(id))).toMatchObject({
    status: 'completed',
    paid_count: 3,
    remaining_count: 0,
  })
  expect(shop.charges().map(({ at }) => at.slice(0, 10))).toEqual(['2025-11-30', '2025-12-30', '2026-01-30'])
  expect(await shop.events()).toEqual([
    'authenticated',
    'activated',
    'charged',
    'charged',
    'charged',
    'completed',
  ])
})

test('nobody authorises: it expires on the day it should have started, and no event tells', async () => {
  const shop = await openShop()
  const { id } = await shop.create({ start_at: START_S + 86_400 })
  await shop.days(2)
  expect((await shop.read(String(id)))['status']).toBe('expired')
  expect(await shop.events()).toEqual([])
})

test('a renewal that fails is tried on the three days after, then halted; a new card revives it', async () => {
  const shop = await openShop()
  const { id, short_url } = await shop.create()
  await shop.authorise(short_url, { method: 'card', number: '4100280000060003' })
  await shop.days(30)
  expect(await shop.read(String(id))).toMatchObject({ status: 'pending', auth_attempts: 1 })
  await shop.days(4)
  expect((await shop.read(String(id)))['status']).toBe('halted')
  const failed = shop.charges().filter(({ status }) => status === 'failed')
  expect(failed.map(({ at }) => at.slice(0, 10))).toEqual([
    '2025-12-23',
    '2025-12-24',
    '2025-12-25',
    '2025-12-26',
  ])
  await shop.days(30)
  const { body } = await shop.call('GET', `/v1/invoices?subscription_id=${id}`)
  expect(body['items']).toMatchObject([{ status: 'issued' }, { status: 'issued' }, { status: 'paid' }])
  await shop.authorise(short_url, { method: 'card' })
  expect((await shop.read(String(id)))['status']).toBe('active')
  await shop.days(31)
  expect(shop.paid()).toEqual([50_000n, 50_000n, 50_000n])
  expect(await shop.events()).toEqual([
    'authenticated',
    'activated',
    'charged',
    'pending',
    'halted',
    'activated',
    'charged',
    'charged',
  ])
})

test('cancelling at the end of the cycle is told by nothing until it happens', async () => {
  const shop = await openShop()
  const { id } = await shop.create()
  const cancel = (body: object) => shop.call('POST', `/v1/subscriptions/${id}/cancel`, body)
  expect(textOf(await cancel({ cancel_at_cycle_end: 1 }))).toBe(
    'Subscription cannot be cancelled since no billing cycle is going on.',
  )
  shop.drive(String(id), 'approve')
  expect((await cancel({ cancel_at_cycle_end: 1 })).body).toMatchObject({
    status: 'active',
    has_scheduled_changes: false,
  })
  expect(await shop.events()).not.toContain('cancelled')
  await shop.days(31)
  expect(await shop.read(String(id))).toMatchObject({ status: 'cancelled', paid_count: 1 })
  expect((await shop.events()).at(-1)).toBe('cancelled')
  expect(textOf(await cancel({}))).toBe('Subscription is not cancellable in cancelled status.')
})

test('a pause skips its cycles; only an active one can be paused, only a paused one resumed', async () => {
  const shop = await openShop()
  const id = String((await shop.create())['id'])
  const post = (path: string, body: object) => shop.call('POST', `/v1/subscriptions/${id}/${path}`, body)
  expect(textOf(await post('pause', { pause_at: 'now' }))).toBe(
    "subscription can't be paused as subscription is in created state.",
  )
  shop.drive(id, 'approve')
  expect((await post('pause', { pause_at: 'now' })).body).toMatchObject({
    status: 'paused',
    pause_initiated_by: 'self',
  })
  await shop.days(70)
  expect((await post('resume', { resume_at: 'now' })).body['status']).toBe('active')
  expect(textOf(await post('resume', { resume_at: 'now' }))).toMatch(/in active state/)
  expect(shop.paid()).toEqual([50_000n])
  await shop.days(31)
  expect(shop.paid()).toEqual([50_000n, 50_000n])
})

test('a change now charges or returns the difference, at the cycle’s end it waits', async () => {
  const shop = await openShop()
  const id = String((await shop.create())['id'])
  shop.drive(id, 'approve')
  await shop.days(15)
  const patch = (body: object) => shop.call('PATCH', `/v1/subscriptions/${id}`, body)
  await patch({ quantity: 3 })
  expect(shop.paid()).toEqual([50_000n, 50_000n])
  await patch({ quantity: 1 })
  expect(shop.charges().map(({ refunded }) => refunded)).toEqual([0n, 50_000n])
  const dear = await shop.plan(90_000)
  expect((await patch({ plan_id: dear, schedule_change_at: 'cycle_end' })).body).toMatchObject({
    plan_id: shop.gold,
    has_scheduled_changes: true,
  })
  await shop.days(16)
  expect((await shop.read(id))['plan_id']).toBe(dear)
  expect(shop.paid().at(-1)).toBe(90_000n)
  expect(textOf(await patch({}))).toBe("Parameters to update can't be empty.")
})

test('a mandate by UPI cannot be updated', async () => {
  const shop = await openShop()
  const { id, short_url } = await shop.create()
  await shop.authorise(short_url, { method: 'upi' })
  expect(textOf(await shop.call('PATCH', `/v1/subscriptions/${id}`, { quantity: 2 }))).toBe(
    'Subscriptions cannot be updated when payment mode is UPI',
  )
})

test.each([
  [{}, 'The plan_id field is required.'],
  [{ plan_id: 'plan_unknown00000000' }, 'The id provided does not exist'],
  [{ total_count: undefined }, 'The total count field is required when end at is not present.'],
  [{ end_at: START_S + 9_999_999 }, 'Please provide either an end date or a total count, but not both.'],
  [{ total_count: 0 }, 'The total count must be at least 1.'],
  [{ quantity: 0 }, 'The quantity must be at least 1.'],
  [{ start_at: START_S - 1 }, 'start_at cannot be lesser than the current time.'],
  [{ expire_by: START_S - 1 }, 'Link expire by cannot be lesser than the current time.'],
  [{ colour: 'red' }, 'colour is/are not required and should not be sent.'],
])('refuses %j', async (fields, text) => {
  const shop = await openShop()
  const base = Object.keys(fields).length === 0 ? {} : { plan_id: shop.gold, total_count: 12 }
  const answer = await shop.call('POST', '/v1/subscriptions', { ...base, ...fields })
  expect([answer.status, textOf(answer)]).toEqual([400, text])
})

test('checkout with a subscription is signed the other way round', async () => {
  const shop = await openShop()
  const { id } = await shop.create()
  const start = new Request('http://razorpay.test/v1/checkout/embedded', {
    method: 'POST',
    body: new URLSearchParams({
      key_id: shop.keyId,
      subscription_id: String(id),
      callback_url: 'https://shop.example/back',
    }),
  })
  const page = (await shop.api(start)).headers.get('location')
  const pay = new Request(`http://razorpay.test${page}`, {
    method: 'POST',
    body: new URLSearchParams({
      action: 'pay',
      method: 'upi',
      email: 'a@example.com',
      contact: '+919000090000',
    }),
  })
  const html = await (await shop.api(pay)).text()
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(html)?.[1]
  const signed = `${field('razorpay_payment_id')}|${id}`
  expect([field('razorpay_subscription_id'), field('razorpay_signature')]).toEqual([
    id,
    createHmac('sha256', shop.keySecret).update(signed).digest('hex'),
  ])
})

test('simulations drive it, and the books name it by the caller’s reference', async () => {
  const shop = await openShop()
  const id = String((await shop.create({ notes: { onerouter_subscription: 'sub_5' } }))['id'])
  expect(shop.drive(id, 'renew')).toMatchObject({ ok: false })
  const steps = [
    'approve',
    'renew',
    'fail_renewal',
    'fail_renewal',
    'fail_renewal',
    'fail_renewal',
    'update_card',
    'renew',
  ] as const
  const states = steps.map((action) => shop.drive(id, action))
  expect(states.map((result) => (result.ok ? result.status : result.reason))).toEqual([
    'active',
    'active',
    'pending',
    'pending',
    'pending',
    'halted',
    'halted',
    'active',
  ])
  expect(shop.charges()[0]).toMatchObject({
    subscriptionRef: id,
    reference: 'sub_5',
    amount: 50_000n,
    currency: 'INR',
  })
  expect(shop.paid()).toEqual([50_000n, 50_000n, 50_000n])
  expect(shop.sandbox.book('razorpay')).toEqual([])
  expect(shop.drive(id, 'cancel')).toEqual({ ok: true, status: 'cancelled' })
})

const samples = (
  readReference('recorded/razorpay-webhook-samples.json') as {
    samples: { name: string; json: { contains: string[]; payload: Record<string, { entity: object }> } }[]
  } | null
)?.samples // the file's own outline
test.skipIf(!hasReference)('events have the parts and the fields of the recorded samples', async () => {
  const shop = await openShop()
  const { id, short_url } = await shop.create({ total_count: 2 })
  await shop.authorise(short_url, { method: 'card' })
  shop.drive(String(id), 'fail_renewal')
  await shop.days(3)
  const third = String((await shop.create())['id'])
  shop.drive(third, 'approve')
  for (const _ of [1, 2, 3, 4]) shop.drive(third, 'fail_renewal')
  const other = await shop.create()
  shop.drive(String(other['id']), 'approve')
  await shop.call('POST', `/v1/subscriptions/${other['id']}/pause`, {})
  await shop.call('POST', `/v1/subscriptions/${other['id']}/resume`, {})
  await shop.call('POST', `/v1/subscriptions/${other['id']}/cancel`, {})
  await shop.sandbox.runDue()
  for (const { name, json } of samples ?? []) {
    if (!name.startsWith('subscription.')) continue
    const sent = shop.received.findLast(({ event }) => event === name)
    const { payload } = JSON.parse(sent?.body ?? expect.fail(`${name} was not sent`))
    const missing = Object.keys(json.payload.subscription?.entity ?? {}).filter(
      (field) => !(field in payload.subscription.entity),
    )
    expect({ name, missing }).toEqual({ name, missing: [] })
    if (json.contains.includes('payment') && name !== 'subscription.completed') {
      expect(payload.payment.entity).toMatchObject({ captured: '1', invoice_id: expect.any(String) })
    }
  }
})
