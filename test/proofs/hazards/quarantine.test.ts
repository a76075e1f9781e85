/** What a provider states is compared with what was asked; a contradiction is kept for a person and moves nothing. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bodyOf } from '../../harness/engine.ts'
import { overHttp, withReads } from '../../harness/interference.ts'
import { deliver, stripeEvent } from '../../harness/provider-side.ts'
import { DAY, openShop, type Shop } from '../../harness/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop(32)
})
afterAll(() => shop.close())

test('H25, H42: an approved order of another amount is quarantined and never captured', async () => {
  const made = await shop.create('paypal')
  shop.pay(made)
  const captures: string[] = []
  const counting = overHttp(shop.world.engine, async (request, real) => {
    if (request.path.endsWith('/capture')) captures.push(request.path)
    return await real(request)
  })
  const lying = withReads(counting, (text) => text.replaceAll('"500.00"', '"900.00"'))
  expect((await shop.sync(made, 'payer', lying)).kind).toBe('quarantine')
  expect(captures).toEqual([])
  expect(await shop.payment(made)).toMatchObject({ status: 'requires_action', captured: 0n })
})

test('H25: an order that comes back in another amount than was asked for is not shown to a payer', async () => {
  const echoing = overHttp(shop.world.engine, async (request, real) => {
    const result = await real(request)
    if (!result.ok) return result
    const text = result.response.text.replace(/"amount_total":\s*50000/, '"amount_total":5000000')
    return { ok: true, response: { ...result.response, text } }
  })
  const reply = await shop.ask('stripe', { engine: echoing })
  expect(reply.status).toBe(202)
  const shown = bodyOf<{ status: string; checkout_url: string | null }>(reply)
  expect(shown.status).toBe('processing')
})

test.each([
  ['amount', /"(amount|amount_total)":\s*50000/g, '"$1":50001'],
  ['currency', /"currency":\s*"usd"/g, '"currency":"eur"'],
])('H42: a webhook whose payment has another %s succeeds nothing and is kept', async (_, stated, lie) => {
  const made = await shop.create('stripe')
  shop.pay(made)
  const lying = withReads(shop.world.engine, (text) => text.replaceAll(stated, lie))
  const delivered = await deliver(
    shop,
    'stripe',
    stripeEvent('checkout.session.completed', {
      object: 'checkout.session',
      mode: 'payment',
      id: made.order,
    }),
  )
  await shop.workWith(lying)
  expect(await delivered()).toMatchObject({ state: 'quarantined', due_at: null })
  expect((await shop.payment(made)).status).toBe('requires_action')
})

test('H1: a capture set aside for review does not block what evidence later shows', async () => {
  const made = await shop.paid('stripe', 'manual')
  const dark = overHttp(shop.world.engine, async (request, real) => {
    if (request.path.includes('/capture')) await real(request)
    return { ok: false, sent: true, reason: 'timeout' }
  })
  expect((await shop.capture(made, { engine: dark })).status).toBe(202)
  for (let day = 0; day < 17; day++) {
    await shop.world.pass(DAY)
    for (let round = 0; round < 3; round++) await shop.workWith(dark)
  }
  expect((await shop.operations(made)).map(({ kind, state }) => [kind, state])).toContainEqual([
    'capture',
    'needs_review',
  ])
  await shop.sync(made)
  expect(await shop.payment(made)).toMatchObject({ status: 'succeeded', captured: 50_000n })
  expect((await shop.refund(made)).status).toBe(201)
})
