import { expect, test } from 'vitest'
import type { Simulation } from '../kernel/types.ts'
import { type Merchant, openMerchant, SESSION } from './test-merchant.ts'

async function opened(extra = '&payment_intent_data[metadata][onerouter_ref]=pay_1') {
  const merchant = openMerchant()
  const { body } = await merchant.post('/v1/checkout/sessions', `${SESSION}${extra}`)
  const run = (action: Simulation) => merchant.sandbox.simulate('stripe', merchant.accountId, body.id, action)
  return { merchant, id: body.id as string, run }
}
const bookOf = (merchant: Merchant) => merchant.sandbox.book('stripe', merchant.accountId)

test.each<[Simulation, string, string]>([
  ['succeed', 'succeeded', 'complete'],
  ['fail', 'requires_payment_method', 'open'],
  ['authenticate', 'succeeded', 'complete'],
  ['abandon', 'requires_action', 'open'],
  ['expire', 'expired', 'expired'],
  ['late_succeed', 'processing', 'complete'],
])('%s leaves a fresh session %s', async (action, status, session) => {
  const { merchant, id, run } = await opened()
  expect(run(action)).toEqual({ ok: true, status })
  expect((await merchant.get(`/v1/checkout/sessions/${id}`)).body.status).toBe(session)
})

test('a late success comes with the clock, a dispute after it', async () => {
  const { merchant, run } = await opened()
  expect(run('dispute')).toMatchObject({ ok: false })
  run('late_succeed')
  await merchant.sandbox.advance(60_000)
  expect(bookOf(merchant)).toMatchObject([{ status: 'succeeded', captured: 50000n }])
  expect(run('dispute')).toEqual({ ok: true, status: 'succeeded' })
  expect(run('dispute')).toMatchObject({ ok: false })
  expect(run('succeed')).toMatchObject({ ok: false })
})

test('a hold cannot be made by a bank debit', async () => {
  const { run } = await opened('&payment_intent_data[capture_method]=manual')
  expect(run('late_succeed')).toMatchObject({ ok: false, reason: expect.stringContaining('manual') })
})

test('a bank debit may fail after the session completed', async () => {
  const { merchant, run } = await opened()
  run('late_succeed')
  expect(run('fail')).toEqual({ ok: true, status: 'requires_payment_method' })
  await merchant.sandbox.advance(60_000)
  expect(bookOf(merchant)).toMatchObject([{ captured: 0n }])
  expect((await merchant.eventTypes()).at(-1)).toBe('checkout.session.async_payment_failed')
})

test('an abandoned payment can still be authenticated, and expires with its session', async () => {
  const first = await opened()
  first.run('abandon')
  expect(first.run('succeed')).toEqual({ ok: true, status: 'succeeded' })
  const second = await opened()
  second.run('abandon')
  await second.merchant.sandbox.advance(24 * 3_600_000)
  expect(bookOf(second.merchant)).toMatchObject([{ status: 'canceled', authorized: 0n }])
})

test('an authorisation expires; unknown and foreign orders are refused', async () => {
  const { merchant, id, run } = await opened('&payment_intent_data[capture_method]=manual')
  expect(run('succeed')).toEqual({ ok: true, status: 'requires_capture' })
  expect(run('expire')).toEqual({ ok: true, status: 'canceled' })
  expect(merchant.sandbox.simulate('stripe', merchant.accountId, 'cs_x', 'succeed')).toMatchObject({
    ok: false,
  })
  const other = merchant.sandbox.createAccount('stripe')
  expect(merchant.sandbox.simulate('stripe', other.id, id, 'succeed')).toMatchObject({ ok: false })
})

test('the book names order, payments and reference before and after the payer starts', async () => {
  const { merchant, id, run } = await opened()
  expect(bookOf(merchant)).toEqual([
    {
      accountId: merchant.accountId,
      orderRef: id,
      paymentRefs: [],
      reference: 'pay_1',
      currency: 'usd',
      amount: 50000n,
      authorized: 0n,
      captured: 0n,
      refunded: 0n,
      status: 'open',
    },
  ])
  run('fail')
  run('succeed')
  const [entry] = bookOf(merchant)
  expect(entry).toMatchObject({ orderRef: id, reference: 'pay_1', authorized: 50000n, captured: 50000n })
  expect(entry?.paymentRefs).toHaveLength(1)
})
