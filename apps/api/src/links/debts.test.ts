/** What a second payment brought to a link is owed until it is back, and who can still pay is withdrawn until it is. */
import { currency, money, parseId } from '@onerouter/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPayment } from '../engine/create-payment.ts'
import type { Engine } from '../engine/ports.ts'
import { decideMoved } from './decide.ts'
import { pgLinkStore } from './link-store.ts'
import { payLink } from './pay-link.ts'
import type { Links } from './ports.ts'
import type { LinkObject } from './present.ts'
import type { AttemptRow, LinkRow } from './row.ts'
import { tendLink } from './tend-link.ts'
import { checkoutIn, type Merchant, openStand, type Stand } from './testing/stand.ts'
import { ownClaim } from './withdraw-attempt.ts'
import { callerFor, worldOf, writePlan } from './write.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Stripe's test card whose refunds succeed and come back (docs.stripe.com/testing#refunds). */
const REFUND_FAILS = '4000000000005126'

let stand: Stand
let merchant: Merchant
beforeEach(async () => {
  stand = await openStand()
  merchant = await stand.merchant(['stripe', 'razorpay'])
})
afterEach(() => stand.close())

const query = async (text: string, values: readonly unknown[] = []) =>
  (await stand.api.deps.db.engine.query<Record<string, unknown>>(text, [...values])).rows
const uuidOf = (link: LinkObject) => parseId('payment_link', link.id) ?? ''
const create = (provider: 'stripe' | 'razorpay') =>
  merchant.link({ amount: '500.00', currency: provider === 'stripe' ? 'USD' : 'INR', provider })
const statesOf = async (link: LinkObject) =>
  (await query('select state from payment_link_attempt where link_id = $1', [uuidOf(link)]))
    .map(({ state }) => state)
    .sort()
const refundsOf = async (link: LinkObject) =>
  await query(
    `select r.payment_id, r.status, r.provider_refund_id as ref from refund r
      join payment_link_attempt a on a.payment_id = r.payment_id where a.link_id = $1 order by r.created_at, r.id`,
    [uuidOf(link)],
  )

async function rowOf(link: LinkObject): Promise<LinkRow> {
  const scope = { account_id: merchant.accountId, environment: 'test' as const, id: uuidOf(link) }
  const row = await pgLinkStore(stand.engine.db).getLink(scope)
  if (row === null) throw new Error('no link')
  return row
}

/** A link with two payments that can both be paid, as after a failure that later turns out to have been none. */
async function twoPayments(link: LinkObject) {
  await stand.browser().press(link)
  await query(`update payment_link_attempt set state = 'closed' where link_id = $1`, [uuidOf(link)])
  const page = await stand.browser().press(link)
  const [first, second] = await merchant.payments(link)
  if (first === undefined || second === undefined) throw new Error('there are no two payments')
  return { first, second, checkout: checkoutIn(page) ?? '' }
}

test('H14: what a second payment brought is given back again when its refund had succeeded and is reversed', async () => {
  const link = await create('stripe')
  const { first, checkout } = await twoPayments(link)
  expect(await merchant.act(first)).toBe(true)
  await merchant.sync(first)
  await merchant.get(link)
  const form = new URLSearchParams({ card: REFUND_FAILS })
  const paid = await stand.world.sandbox.pages(new Request(checkout, { method: 'POST', body: form }))
  expect(paid.status, checkout + (await paid.text())).toBe(303)
  for (const payment of await merchant.payments(link)) await merchant.sync(payment)
  await stand.work()
  expect(await statesOf(link)).toEqual(['paid', 'returned'])
  const [refund] = await refundsOf(link)
  expect(refund).toMatchObject({ status: 'succeeded' })
  // Ten seconds later Stripe takes it back.
  await stand.pass(3 * MINUTE)
  for (const payment of await merchant.payments(link)) await merchant.sync(payment)
  await stand.work()
  const refunds = await refundsOf(link)
  expect(refunds.map(({ status }) => status)).toEqual(['failed', 'succeeded'])
  expect(await statesOf(link)).toEqual(['paid', 'returned'])
})

test('a refund that is refused is asked for again over days, not given up within minutes', async () => {
  const link = await create('razorpay')
  const { first, second } = await twoPayments(link)
  expect(await merchant.act(first)).toBe(true)
  await merchant.sync(first)
  await merchant.get(link)
  expect(await merchant.act(second)).toBe(true)
  // Razorpay refuses refunds of what is disputed.
  expect(await merchant.act(second, 'dispute')).toBe(true)
  await merchant.sync(second)
  await stand.work()
  for (let minute = 0; minute < 30; minute++) await stand.pass(MINUTE)
  const soon = await refundsOf(link)
  expect(soon.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed'])
  expect(await statesOf(link)).toEqual(['paid', 'surplus'])
  expect(await merchant.act(second, 'dispute_won')).toBe(true)
  for (let hour = 0; hour < 3; hour++) await stand.pass(HOUR)
  expect(await statesOf(link)).toEqual(['paid', 'returned'])
})

test('what is refused for days waits for a person, and is seen when they have given it back', async () => {
  const link = await create('razorpay')
  const { first, second } = await twoPayments(link)
  expect(await merchant.act(first)).toBe(true)
  await merchant.sync(first)
  await merchant.get(link)
  expect(await merchant.act(second)).toBe(true)
  expect(await merchant.act(second, 'dispute')).toBe(true)
  await merchant.sync(second)
  await stand.work()
  for (let hours = 0; hours < 7 * 24; hours += 3) await stand.pass(3 * HOUR)
  expect(await statesOf(link)).toEqual(['needs_review', 'paid'])
  const refused = (await refundsOf(link)).length
  expect(refused).toBeLessThanOrEqual(10)
  expect((await rowOf(link)).due_at).toBeNull()
  expect(await merchant.act(second, 'dispute_won')).toBe(true)
  const made = await merchant.call('POST', `/v1/payments/${second.id}/refund`, {})
  expect(made.statusCode, made.body).toBe(201)
  await stand.pass(MINUTE)
  expect(await statesOf(link)).toEqual(['paid', 'returned'])
  expect(await refundsOf(link)).toHaveLength(refused + 1)
})

test('a second payment whose provider is not connected any more is no loop: it waits, and goes back once it is', async () => {
  const link = await create('razorpay')
  const second = await twoPayments(link)
  for (const payment of [second.first, second.second]) {
    expect(await merchant.act(payment)).toBe(true)
    await merchant.sync(payment)
  }
  const alone: Links = linksOver({ ...stand.engine, provider: () => undefined })
  for (let look = 0; look < 4; look++) await tendLink(alone, { ...(await rowOf(link)), tries: look })
  expect(await refundsOf(link)).toEqual([])
  expect(await statesOf(link)).toEqual(['paid', 'surplus'])
  const { due_at } = await rowOf(link)
  // The fourth look of its kind: half an hour, not seconds.
  expect((due_at?.getTime() ?? 0) - Date.now()).toBeGreaterThan(20 * MINUTE)
  await stand.pass(HOUR)
  expect(await statesOf(link)).toEqual(['paid', 'returned'])
})

test('what was refused a few times, and then nobody could be asked for, waits for a person', async () => {
  const link = await create('razorpay')
  const { first, second } = await twoPayments(link)
  expect(await merchant.act(first)).toBe(true)
  await merchant.sync(first)
  await merchant.get(link)
  expect(await merchant.act(second)).toBe(true)
  // Razorpay refuses refunds of what is disputed.
  expect(await merchant.act(second, 'dispute')).toBe(true)
  await merchant.sync(second)
  await stand.work()
  const before = await refundsOf(link)
  expect(before.length).toBeGreaterThan(0)
  const alone: Links = linksOver({ ...stand.engine, provider: () => undefined })
  await stand.api.deps.db.engine.query(
    `update operation set recorded_at = recorded_at - interval '15 days', created_at = created_at - interval '15 days'`,
  )
  for (let look = 0; look <= 6; look++) await tendLink(alone, { ...(await rowOf(link)), tries: look })
  expect(await statesOf(link)).toEqual(['needs_review', 'paid'])
  expect(await refundsOf(link)).toHaveLength(before.length)
})

test('H14: a look that began before a refund was reversed does not believe that the money is back', async () => {
  const link = await create('stripe')
  const { first, second } = await twoPayments(link)
  for (const payment of [first, second]) expect(await merchant.act(payment)).toBe(true)
  await merchant.sync(first)
  await merchant.get(link)
  await merchant.sync(second)
  await merchant.get(link)
  expect(await statesOf(link)).toEqual(['paid', 'surplus'])
  await query(
    `update payment_link_attempt set state = 'needs_review' where link_id = $1 and state = 'surplus'`,
    [uuidOf(link)],
  )
  const paymentId = parseId('payment', second.id)
  const given = (change: string) =>
    stand.api.deps.db.engine.query(
      `update payment set refunded = refunded ${change}, version = version + 1 where id = $1`,
      [paymentId],
    )
  await given('+ captured')
  const seen = await rowOf(link)
  const links = linksOver(stand.engine)
  const moved = decideMoved(seen, [{ payment_id: paymentId ?? '', state: 'returned' }], worldOf(links))
  await given('- captured')
  expect(await writePlan(links, moved)).toBe('lost')
  expect(await statesOf(link)).toEqual(['needs_review', 'paid'])
})

test('a withdrawal that was refused is tried again under a key of its own', async () => {
  const link = await create('stripe')
  await stand.browser().press(link)
  expect((await merchant.call('POST', `/v1/payment-links/${link.id}/deactivate`, {})).statusCode).toBe(200)
  // The merchant has rolled the provider's key, and has not told us yet.
  const refused: Engine = {
    ...stand.engine,
    http: () => async () => ({
      ok: true,
      response: {
        status: 401,
        headers: {},
        text: '{"error":{"type":"invalid_request_error","message":"Invalid API Key provided"}}',
      },
    }),
  }
  await tendLink(linksOver(refused), await rowOf(link))
  const voids = async () =>
    (
      await query(
        `select o.state from operation o join payment_link_attempt a on a.payment_id = o.payment_id
          where a.link_id = $1 and o.kind = 'void' order by o.n`,
        [uuidOf(link)],
      )
    ).map(({ state }) => state)
  expect(await voids()).toEqual(['rejected'])
  await stand.work()
  expect(await statesOf(link)).toEqual(['open'])
  for (let minute = 0; minute < 4; minute++) await stand.pass(MINUTE)
  expect(await voids()).toEqual(['rejected', 'succeeded'])
  expect(await statesOf(link)).toEqual(['closed'])
  const [payment] = await merchant.payments(link)
  expect(payment?.status).toBe('canceled')
})

test('what one tab could not start is not made by another that comes late', async () => {
  const link = await create('razorpay')
  const row = await rowOf(link)
  const at = new Date(stand.engine.now())
  const attempt: AttemptRow = {
    ...{ account_id: row.account_id, environment: row.environment, link_id: row.id, state: 'open' },
    ...{ payment_id: stand.engine.newId(), visitor: 'one browser', single_use: true },
    ...{ held_until: at, created_at: at },
  }
  // The first tab stands still between its attempt and its payment, while nothing can be paid from the second.
  expect(await pgLinkStore(stand.engine.db).recordAttempt(row, attempt)).toBe(true)
  const unable = linksOver({ ...stand.engine, provider: () => undefined })
  expect((await payLink(unable, row, 'one browser')).kind).toBe('unavailable')
  expect(await statesOf(link)).toEqual(['closed'])
  const late = await createPayment(
    stand.engine,
    callerFor(row),
    {
      ...{ id: attempt.payment_id, provider: 'razorpay', environment: 'test', capture: 'automatic' },
      ...{ amount: money(row.amount, currency(row.currency)), metadata: {} },
    },
    ownClaim('pay', attempt.payment_id),
  )
  expect([late.status, late.replayed]).toEqual([409, true])
  expect(await stand.engine.store.getPayment({ ...attempt, id: attempt.payment_id })).toBeNull()
})

function linksOver(engine: Engine): Links {
  const { config, random } = stand.api.deps
  const shared = { engine, db: engine.db, publicUrl: config.publicUrl, announce: () => {} }
  return { ...shared, sms: shared, store: pgLinkStore(engine.db), random }
}
