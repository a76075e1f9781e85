/** Payers, merchant and time in any order: whatever they do, a single-use link keeps the money of one payment. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LinkObject } from './present.ts'
import {
  type Browser,
  CURRENCY,
  type Merchant,
  openStand,
  PAYMENT_PROVIDERS,
  type Stand,
} from './testing/stand.ts'

const AMOUNT = 2_000
const BROWSERS = 3

let stand: Stand
beforeAll(async () => {
  stand = await openStand()
})
afterAll(() => stand.close())

interface Scene {
  readonly merchant: Merchant
  readonly link: LinkObject
  readonly browsers: readonly Browser[]
}

/** One of the link's payments, if it has any. */
const paymentAt = async ({ merchant, link }: Scene, pick: number) => {
  const payments = await merchant.payments(link)
  return payments[pick % Math.max(1, payments.length)]
}
const browserAt = ({ browsers }: Scene, pick: number): Browser => {
  const browser = browsers[pick % browsers.length]
  if (browser === undefined) throw new Error('there are no browsers')
  return browser
}

/** What can happen. None of it may throw, whatever came before. */
const STEPS = {
  press: async (scene: Scene, pick: number) => {
    const page = await browserAt(scene, pick).press(scene.link)
    expect(page.statusCode, page.body).toBeLessThan(500)
  },
  pressAtOnce: (scene: Scene) => Promise.all(scene.browsers.map((browser) => browser.press(scene.link))),
  pay: async (scene: Scene, pick: number) => {
    const payment = await paymentAt(scene, pick)
    if (payment !== undefined) await scene.merchant.act(payment, 'succeed')
  },
  decline: async (scene: Scene, pick: number) => {
    const payment = await paymentAt(scene, pick)
    if (payment !== undefined) await scene.merchant.act(payment, 'fail')
  },
  expireAtProvider: async (scene: Scene, pick: number) => {
    const payment = await paymentAt(scene, pick)
    if (payment !== undefined) await scene.merchant.act(payment, 'expire')
  },
  comeBack: async (scene: Scene, pick: number) => {
    const payment = await paymentAt(scene, pick)
    if (payment === undefined) return
    await browserAt(scene, pick).follow(`${scene.link.short_url}/return?payment_id=${payment.id}`)
  },
  goBack: async (scene: Scene, pick: number) => {
    const payment = await paymentAt(scene, pick)
    if (payment === undefined) return
    await browserAt(scene, pick).follow(`${scene.link.short_url}/cancel?payment_id=${payment.id}`)
  },
  cancelPayment: async (scene: Scene, pick: number) => {
    const payment = await paymentAt(scene, pick)
    if (payment !== undefined) await scene.merchant.call('POST', `/v1/payments/${payment.id}/cancel`, {})
  },
  deactivate: (scene: Scene) =>
    scene.merchant.call('POST', `/v1/payment-links/${scene.link.id}/deactivate`, {}),
  wait: () => stand.pass(11 * 60_000),
  work: () => stand.work(),
} as const satisfies Record<string, (scene: Scene, pick: number) => Promise<unknown>>

const step = fc.record({
  // Ends of a link are rarer than what happens to a living one.
  what: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom<keyof typeof STEPS>('press', 'pressAtOnce', 'pay', 'comeBack') },
    {
      weight: 5,
      arbitrary: fc.constantFrom<keyof typeof STEPS>('decline', 'expireAtProvider', 'goBack', 'wait', 'work'),
    },
    { weight: 1, arbitrary: fc.constantFrom<keyof typeof STEPS>('cancelPayment', 'deactivate') },
  ),
  pick: fc.nat({ max: 5 }),
})

test.each(PAYMENT_PROVIDERS)(
  'on %s, whatever happens in whatever order, at most one payment is kept',
  async (provider) => {
    const merchant = await stand.merchant([provider], { perMinute: 1_000_000, perDay: 100_000_000 })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        const link = await merchant.link({ amount_minor: AMOUNT, currency: CURRENCY[provider], provider })
        const scene = { merchant, link, browsers: Array.from({ length: BROWSERS }, () => stand.browser()) }
        for (const { what, pick } of steps) await STEPS[what](scene, pick)
        // Everybody hears everything there is to hear.
        for (const payment of await merchant.payments(link)) await merchant.sync(payment)
        await stand.work()
        const after = await merchant.get(link)
        const kept = await merchant.kept(link)
        expect(kept).toBe(after.payments_count * AMOUNT)
        expect(after.payments_count).toBe(after.status === 'paid' ? 1 : 0)
        const events = await merchant.events(link)
        expect(events.filter((type) => type === 'paid')).toHaveLength(after.payments_count)
        const open = (await merchant.payments(link)).filter((one) => one.status === 'requires_action')
        expect(open.length).toBeLessThanOrEqual(after.status === 'active' ? 1 : 0)
      }),
      { numRuns: 12 },
    )
  },
)
