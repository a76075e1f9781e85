/** What a payer approved is taken once, tried again only when that can help, and never beyond what was held. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NEVER_LEFT, overHttp } from '../../harness/interference.ts'
import { codeOf, HOUR, openShop, type Shop } from '../../harness/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop(37)
})
afterAll(() => shop.close())

test('H41: confirmations that never left do not use up the approval of the payer', async () => {
  const made = await shop.create('paypal')
  shop.pay(made)
  const refused = overHttp(shop.world.engine, async (request, real) =>
    request.path.endsWith('/capture') ? NEVER_LEFT : await real(request),
  )
  for (let look = 0; look < 8; look++) await shop.sync(made, 'poll', refused)
  await shop.live(3, HOUR)
  expect(await shop.payment(made)).toMatchObject({ status: 'succeeded', captured: 50_000n })
})

test('H4: a payer who comes back ten times at once is charged once', async () => {
  const made = await shop.create('paypal')
  shop.pay(made)
  await Promise.all(Array.from({ length: 10 }, () => shop.sync(made)))
  expect(await shop.payment(made)).toMatchObject({ status: 'succeeded', captured: 50_000n })
  expect((await shop.operations(made)).filter(({ kind }) => kind === 'confirm')).toHaveLength(1)
  expect((await shop.book(made)).captured).toBe(50_000n)
})

test.each([
  ['stripe', 50_001n, 'amount_exceeds_authorized'],
  ['paypal', 50_001n, 'amount_exceeds_authorized'],
  ['razorpay', 50_001n, 'amount_exceeds_authorized'],
  // Razorpay takes all of an authorization or nothing (Razorpay API reference, Capture a payment).
  ['razorpay', 49_999n, 'capability_unsupported'],
] as const)('H23: %s is never asked to capture %d of 50000', async (provider, amount, code) => {
  const made = await shop.paid(provider, 'manual')
  let asked = 0
  const watched = overHttp(shop.world.engine, async (request, real) => {
    if (request.method === 'POST' && request.path.includes('/capture')) asked += 1
    return await real(request)
  })
  expect(await codeOf(shop.capture(made, { amount, engine: watched }))).toBe(code)
  expect(asked).toBe(0)
})

test.each(['stripe', 'paypal'] as const)(
  'H23: a part captured at %s is all that can be refunded, and the rest is released',
  async (provider) => {
    const made = await shop.paid(provider, 'manual')
    expect((await shop.capture(made, { amount: 20_000n })).status).toBe(200)
    expect(await codeOf(shop.refund(made, { amount: 20_001n }))).toBe('amount_exceeds_captured')
    expect(await codeOf(shop.capture(made, { amount: 1n }))).toBe('invalid_state')
    expect((await shop.book(made)).captured).toBe(20_000n)
  },
)
