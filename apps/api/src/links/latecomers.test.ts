/** Who comes late to a link: with a payment, a refund that came back, a cancellation that is still under way. */
import { currency, formatId, money, parseId } from '@onerouter/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPayment } from '../engine/create-payment.ts'
import { decideDeactivated } from './decide.ts'
import { pgLinkStore } from './link-store.ts'
import type { LinkObject } from './present.ts'
import type { LinkRow } from './row.ts'
import { type Merchant, openStand, type PaymentObject, type Stand } from './testing/stand.ts'
import { ownClaim } from './withdraw-attempt.ts'
import { callerFor } from './write.ts'

const HOUR = 3_600_000

let stand: Stand
let merchant: Merchant
beforeAll(async () => {
  stand = await openStand()
  merchant = await stand.merchant(['razorpay'])
})
afterAll(() => stand.close())

const create = (more: object = {}) =>
  merchant.link({ amount: '500.00', currency: 'INR', provider: 'razorpay', ...more })
const query = (text: string, values: readonly unknown[]) =>
  stand.api.deps.db.engine.query<Record<string, unknown>>(text, [...values])
const store = () => pgLinkStore(stand.engine.db)

async function rowOf(link: LinkObject): Promise<LinkRow> {
  const id = parseId('payment_link', link.id) ?? ''
  const row = await store().getLink({ account_id: merchant.accountId, environment: 'test', id })
  if (row === null) throw new Error('no link')
  return row
}

async function onlyPayment(link: LinkObject): Promise<PaymentObject> {
  const [payment] = await merchant.payments(link)
  if (payment === undefined) throw new Error('no payment')
  return payment
}

const attemptStates = async (link: LinkObject) => {
  const { rows } = await query(
    'select state from payment_link_attempt where link_id = $1 order by payment_id',
    [parseId('payment_link', link.id)],
  )
  return rows.map((row) => row['state'])
}

test('a link that ends is withdrawn although whoever ended it died right after', async () => {
  const link = await create()
  await stand.browser().press(link)
  const row = await rowOf(link)
  const plan = decideDeactivated(row, { publicUrl: 'https://or.example', at: new Date(stand.engine.now()) })
  if (plan === null) throw new Error('it has ended')
  // The commit, and nothing after it.
  expect(await store().writeLink({ ...plan, events: [], claim: null })).toBe('written')
  await stand.work()
  expect(await attemptStates(link)).toEqual(['closed'])
  expect((await onlyPayment(link)).status).toBe('canceled')
})

test('who comes late to make the payment of a link that is over makes none', async () => {
  const link = await create()
  const row = await rowOf(link)
  const at = new Date(stand.engine.now())
  const attempt = {
    ...{ account_id: row.account_id, environment: row.environment, link_id: row.id },
    ...{
      payment_id: stand.engine.newId(),
      visitor: 'v'.repeat(43),
      state: 'open' as const,
      single_use: true,
    },
    ...{ held_until: at, created_at: at },
  }
  expect(await store().recordAttempt(row, attempt)).toBe(true)
  await merchant.call('POST', `/v1/payment-links/${link.id}/deactivate`, {})
  await stand.work()
  expect(await attemptStates(link)).toEqual(['closed'])
  const late = await createPayment(
    stand.engine,
    callerFor(row),
    {
      ...{ id: attempt.payment_id, provider: 'razorpay', environment: 'test', capture: 'automatic' },
      amount: money(row.amount, currency(row.currency)),
      metadata: {},
    },
    ownClaim('pay', attempt.payment_id),
  )
  expect([late.status, late.replayed]).toEqual([409, true])
  expect(await stand.engine.store.getPayment({ ...attempt, id: attempt.payment_id })).toBeNull()
})

test('H14: what a second payment brought is given back again when its refund came to nothing', async () => {
  // Razorpay's refunds of an amount that ends so hang for an hour and then come back.
  const link = await create({ amount: '599.13' })
  await stand.browser().press(link)
  const first = await onlyPayment(link)
  // As after a failure that later turns out to have been none.
  await query("update payment_link_attempt set state = 'closed' where payment_id = $1", [
    parseId('payment', first.id),
  ])
  await stand.browser().press(link)
  for (const payment of await merchant.payments(link)) {
    expect(await merchant.act(payment)).toBe(true)
    await merchant.sync(payment)
  }
  await stand.work()
  const refunds = async () => {
    const { rows } = await query(
      `select r.status from refund r join payment_link_attempt a on a.payment_id = r.payment_id
        where a.link_id = $1 order by r.created_at, r.id`,
      [parseId('payment_link', link.id)],
    )
    return rows.map((row) => row['status'])
  }
  expect(await refunds()).toEqual(['pending'])
  expect((await attemptStates(link)).sort()).toEqual(['paid', 'surplus'])
  await stand.pass(2 * HOUR)
  await stand.pass(HOUR / 60)
  expect((await refunds()).slice(0, 2)).toEqual(['failed', 'pending'])
})

test('H14: money that comes while its payment is being canceled pays the link once that has come to nothing', async () => {
  const link = await create()
  await stand.browser().press(link)
  const payment = await onlyPayment(link)
  const id = parseId('payment', payment.id)
  expect(await merchant.act(payment)).toBe(true)
  const call = stand.engine.newId()
  await merchant.sync(payment)
  await query(
    `insert into operation select (jsonb_populate_record(null::operation, to_jsonb(o) || jsonb_build_object(
      'id', $2::text, 'kind', 'void', 'state', 'unknown', 'reference', $2::text, 'due_at', null,
      'finished_at', null))).* from operation o where payment_id = $1 and kind = 'charge'`,
    [id, call],
  )
  await stand.work()
  expect(await merchant.get(link)).toMatchObject({ status: 'active', payments_count: 0 })
  await query("update operation set state = 'rejected' where id = $1", [call])
  // Nobody reads it: the worker looks again by itself.
  await stand.pass(HOUR / 60)
  expect(await merchant.events(link)).toContain('paid')
  expect(await merchant.get(link)).toMatchObject({
    status: 'paid',
    payment_id: formatId('payment', id ?? ''),
  })
})

test('a link is not looked at for ever because a payment of it was canceled and paid late', async () => {
  const link = await create()
  await stand.browser().press(link)
  const payment = await onlyPayment(link)
  expect((await merchant.call('POST', `/v1/payments/${payment.id}/cancel`, {})).statusCode).toBe(200)
  expect(await merchant.act(payment)).toBe(true)
  await merchant.sync(payment)
  await merchant.call('POST', `/v1/payment-links/${link.id}/deactivate`, {})
  await stand.work()
  expect(await attemptStates(link)).toEqual(['closed'])
  expect(await rowOf(link)).toMatchObject({ status: 'deactivated', payments_count: 0, due_at: null })
})
