/** Money that comes twice goes back by itself, once, and is announced; the payment keeps what it is for. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../../apps/api/src/engine/ports.ts'
import { resolveReview } from '../../../apps/api/src/reconciliation/resolve-review.ts'
import { ledgerProblems } from '../../../apps/api/src/store/ledger.ts'
import type { OperationRow } from '../../../apps/api/src/store/rows.ts'
import { inTheDark, losingAnswersOf, overHttp } from '../../harness/interference.ts'
import { deliver, refundInDashboard, stripeEvent } from '../../harness/provider-side.ts'
import { HOUR, type Made, openShop, type Shop } from '../../harness/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop(41)
})
afterAll(() => shop.close())

const AMOUNT = 50_000n

/** One try failed, the next one paid. */
async function paidAtTheSecondTry(): Promise<Made> {
  const made = await shop.create('razorpay')
  shop.pay(made, 'fail')
  shop.pay(made)
  return made
}

/** The bank of the failed try confirms it after all. */
const comesLate = (made: Made) => shop.pay(made, 'late_succeed')

async function charges(made: Made) {
  return (await shop.operations(made)).filter(({ kind }) => kind === 'charge').map(({ state }) => state)
}

async function announcements(made: Made): Promise<number> {
  return await shop.count(`event where subject_id = $1 and type = 'payment.duplicate_compensated'`, [made.id])
}

/** What came twice is back, once, and the payment has neither more nor less than what it is for. */
async function expectOneReturned(made: Made): Promise<void> {
  expect(await shop.book(made)).toMatchObject({ captured: 2n * AMOUNT, refunded: AMOUNT })
  const payment = await shop.payment(made)
  expect(payment).toMatchObject({ status: 'succeeded', captured: AMOUNT, refunded: 0n, refund_pending: 0n })
  expect(await charges(made)).toEqual(['succeeded', 'compensated'])
  expect(await announcements(made)).toBe(1)
  expect(await ledgerProblems(shop.world.engine.db, payment)).toEqual([])
  const { rows } = await shop.world.db.engine.query<{ kind: string }>(
    'select kind from ledger where payment_id = $1 order by seq',
    [made.id],
  )
  expect(rows.map(({ kind }) => kind)).toEqual(['captured', 'duplicate_captured', 'duplicate_returned'])
}

test('H13: a second captured payment on one Razorpay order goes back by itself and is announced', async () => {
  const made = await paidAtTheSecondTry()
  await shop.sync(made)
  comesLate(made)
  await shop.sync(made)
  expect(await charges(made)).toEqual(['succeeded', 'late_succeeded'])
  await shop.live(1, 1_000)
  await expectOneReturned(made)
})

test('H13: two captured payments seen at once are one success, and the one that is not in the books goes back', async () => {
  const made = await paidAtTheSecondTry()
  comesLate(made)
  await shop.sync(made)
  await shop.live(1, 1_000)
  await expectOneReturned(made)
})

test('H13: however many see the second payment at once, it goes back once', async () => {
  const made = await paidAtTheSecondTry()
  comesLate(made)
  await Promise.all(Array.from({ length: 10 }, () => shop.sync(made)))
  await Promise.all([shop.workWith(shop.world.engine), shop.workWith(shop.world.engine), shop.sync(made)])
  await shop.live(2, HOUR)
  await expectOneReturned(made)
})

test('H13: the answer to the return is lost, and it is made once', async () => {
  const made = await paidAtTheSecondTry()
  await shop.sync(made)
  comesLate(made)
  await shop.sync(made)
  await shop.workWith(losingAnswersOf(shop.world.engine, '/refund'))
  expect(await charges(made)).toEqual(['succeeded', 'compensating'])
  expect(await announcements(made)).toBe(0)
  await shop.live(2, 60_000)
  await expectOneReturned(made)
})

test('H13: while the provider cannot be asked, what came twice stays on its way back', async () => {
  const made = await paidAtTheSecondTry()
  comesLate(made)
  await shop.sync(made)
  for (let look = 0; look < 20; look++) {
    await shop.workWith(inTheDark(shop.world.engine))
    await shop.world.pass(HOUR)
  }
  expect(await charges(made)).toEqual(['succeeded', 'compensating'])
  await shop.live(2, HOUR)
  await expectOneReturned(made)
})

test('H13: a refund goes to the payment in the books, also after a second one has come', async () => {
  const made = await paidAtTheSecondTry()
  await shop.sync(made)
  const paidBy = (await shop.payment(made)).provider_payment_id
  comesLate(made)
  await shop.sync(made)
  await shop.live(1, 1_000)
  expect((await shop.refund(made, { amount: 20_000n })).status).toBe(201)
  await shop.live(1, HOUR)
  expect(await shop.payment(made)).toMatchObject({ provider_payment_id: paidBy, refunded: 20_000n })
  expect((await shop.book(made)).refunded).toBe(AMOUNT + 20_000n)
})

test('H13, H22: a part of it that was refunded in the dashboard before anybody saw it counts as given back', async () => {
  const made = await shop.create('razorpay')
  shop.pay(made, 'fail')
  await shop.world.pass(60_000)
  shop.pay(made)
  // Nothing is known here yet: the try that failed first will lead, and the one that paid is the duplicate.
  const paidBy = (await shop.book(made)).paymentRefs.at(-1)
  await refundInDashboard(shop, made, 12_500n, paidBy)
  comesLate(made)
  await shop.sync(made)
  await shop.live(2, HOUR)
  await expectOneReturned(made)
})

describe('a return that the provider refuses for days', () => {
  const refusing = (engine: Engine): Engine =>
    overHttp(engine, async (request, real) => {
      if (request.method !== 'POST' || !request.path.includes('/refund')) return await real(request)
      const description = 'Refund is currently not supported for this payment method.'
      const text = JSON.stringify({ error: { code: 'BAD_REQUEST_ERROR', description } })
      return { ok: true, response: { status: 400, headers: {}, text } }
    })

  async function refusedForDays(): Promise<{ made: Made; returned: OperationRow }> {
    const made = await paidAtTheSecondTry()
    comesLate(made)
    await shop.sync(made)
    for (let look = 0; look < 10; look++) {
      await shop.workWith(refusing(shop.world.engine))
      await shop.world.pass(12 * HOUR)
    }
    const returned = (await shop.operations(made)).find(({ request }) => request.duplicate !== undefined)
    if (returned === undefined) throw new Error('nothing came twice')
    return { made, returned }
  }

  const decide = (returned: OperationRow, outcome: 'happened' | 'did_not_happen') =>
    resolveReview(shop.world.engine, returned, { outcome, note: 'seen to', who: 'person 1' })

  test('H13: it waits for a person, with what they can do, and stands in the way of nothing', async () => {
    const { made, returned } = await refusedForDays()
    expect(returned).toMatchObject({ state: 'needs_review', due_at: null })
    expect(returned.failure?.message).toContain(`its payment ${returned.request.duplicate?.payment_ref}`)
    expect((await shop.refund(made, { amount: 20_000n })).status).toBe(201)
    await expect(decide(returned, 'happened')).rejects.toMatchObject({ code: 'invalid_state' })
    await refundInDashboard(shop, made, AMOUNT, returned.request.duplicate?.payment_ref)
    expect((await decide(returned, 'happened')).operation.state).toBe('compensated')
    expect(await announcements(made)).toBe(1)
    expect(await ledgerProblems(shop.world.engine.db, await shop.payment(made))).toEqual([])
  })

  test('H13: it is asked for again when a person says so', async () => {
    const { made, returned } = await refusedForDays()
    expect((await decide(returned, 'did_not_happen')).operation.state).toBe('compensating')
    await shop.live(2, HOUR)
    await expectOneReturned(made)
  })

  test('H13: what was given back by hand is seen by the next look at the payment', async () => {
    const { made, returned } = await refusedForDays()
    await refundInDashboard(shop, made, AMOUNT, returned.request.duplicate?.payment_ref)
    await shop.sync(made)
    await expectOneReturned(made)
  })
})

test('H12, H13: money on an order that was left behind for another provider goes back by itself', async () => {
  shop.world.sandbox.faults.add({
    provider: 'stripe',
    fault: 'lost_answer',
    count: 1,
    match: 'POST /v1/checkout/sessions',
  })
  const made = await shop.createRouted()
  const [left] = await shop.operations(made)
  const behind = () => shop.world.sandbox.book('stripe').find((one) => one.reference === left?.reference)
  shop.pay(made)
  await shop.sync(made)
  shop.tenant.simulate('stripe', behind()?.orderRef ?? '', 'succeed')
  const session = {
    object: 'checkout.session',
    mode: 'payment',
    id: behind()?.orderRef,
    metadata: { onerouter_ref: left?.reference },
  }
  const delivered = await deliver(shop, 'stripe', stripeEvent('checkout.session.completed', session))
  await shop.live(2, HOUR)
  expect(await delivered()).toMatchObject({ state: 'applied' })
  expect(behind()).toMatchObject({ captured: AMOUNT, refunded: AMOUNT })
  expect(await charges(made)).toEqual(['compensated', 'succeeded'])
  expect(await announcements(made)).toBe(1)
  expect(await shop.payment(made)).toMatchObject({ provider: 'paypal', captured: AMOUNT, refunded: 0n })
  expect(await ledgerProblems(shop.world.engine.db, await shop.payment(made))).toEqual([])
})
