/** One idempotency key, one effect and one answer, however its requests meet. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimFor } from '../../harness/engine.ts'
import { gate, overHttp, overStore, TIMED_OUT } from '../../harness/interference.ts'
import { codeOf, openShop, PAYMENT_PROVIDERS, type Shop, tally } from '../../harness/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop(35)
})
afterAll(() => shop.close())

const times = <T>(n: number, one: () => T): T[] => Array.from({ length: n }, one)

test('H4: 40 full refunds at once under one key are one refund, and no caller is told the amount is too much', async () => {
  const made = await shop.paid('stripe')
  const key = `refund-${made.id}`
  expect(await tally(times(40, () => shop.refund(made, { claim: claimFor(key) })))).toEqual({ 201: 40 })
  expect((await shop.book(made)).refunded).toBe(50_000n)
})

test('H4: 20 captures at once under one key are one capture with one answer', async () => {
  const made = await shop.paid('stripe', 'manual')
  const key = `capture-${made.id}`
  expect(await tally(times(20, () => shop.capture(made, { claim: claimFor(key) })))).toEqual({ 200: 20 })
  expect((await shop.operations(made)).filter(({ kind }) => kind === 'capture')).toHaveLength(1)
})

test('H4: a request that found its key free, and was overtaken before it could claim it, gets the answer of the first', async () => {
  const made = await shop.paid('stripe')
  const claim = claimFor(`overtaken-${made.id}`)
  const looked = gate()
  const resume = gate()
  let looks = 0
  const overtaken = overStore(shop.world.engine, (real) => ({
    async getIdempotency(ref) {
      const row = await real.getIdempotency(ref)
      if (looks++ > 0) return row
      looked.open()
      await resume.opened
      return row
    },
  }))
  const second = codeOf(shop.refund(made, { claim, engine: overtaken }))
  await looked.opened
  expect((await shop.refund(made, { claim })).status).toBe(201)
  resume.open()
  expect(await second).toBe('201')
})

test('H4: a request that comes while the first is at the provider waits for its answer', async () => {
  const made = await shop.paid('stripe', 'manual')
  const claim = claimFor(`waiting-${made.id}`)
  const atProvider = gate()
  const secondDone = gate()
  const slow = overHttp(shop.world.engine, async (request, real) => {
    if (!request.path.includes('/capture')) return await real(request)
    atProvider.open()
    await secondDone.opened
    return await real(request)
  })
  const first = shop.capture(made, { claim, engine: slow })
  await atProvider.opened
  // The second one sleeps only while it waits for the first; then the provider answers.
  const patient = {
    ...shop.world.engine,
    sleep: async (ms: number) => {
      secondDone.open()
      await shop.world.engine.sleep(ms)
    },
  }
  const second = shop.capture(made, { claim, engine: patient }).finally(secondDone.open)
  expect((await first).status).toBe(200)
  expect(await second).toMatchObject({ status: 200, body: (await first).body, replayed: true })
})

test('H3: a finished create is replayed byte for byte, also after its service was disconnected', async () => {
  const claim = claimFor()
  const first = await shop.ask('stripe', { claim })
  const { engine } = shop.world
  const gone = {
    ...engine,
    credentials: { ...engine.credentials, connected: async () => [], current: async () => null },
  }
  const again = await shop.ask('stripe', { claim, engine: gone })
  expect(again).toMatchObject({ status: 201, body: first.body, replayed: true })
})

test.each(PAYMENT_PROVIDERS)(
  'H8: %s sees one key per call for ever, however often it is sent',
  async (provider) => {
    const made = await shop.paid(provider, 'manual')
    const sent: string[] = []
    // Razorpay takes no key for captures: the payment in the path is what makes them one.
    const lossy = overHttp(shop.world.engine, async (request, real) => {
      if (request.method !== 'POST' || !request.path.includes('/capture')) return await real(request)
      const keys = Object.entries(request.headers ?? {}).filter(([name]) =>
        KEY_HEADERS.has(name.toLowerCase()),
      )
      sent.push(JSON.stringify([request.path, keys, request.body]))
      return TIMED_OUT
    })
    const claim = claimFor()
    for (const wait of [0, 10_000, 20_000]) {
      await shop.world.pass(wait)
      expect((await shop.capture(made, { claim, engine: lossy })).status).toBe(202)
    }
    expect(new Set(sent).size).toBe(1)
    expect(sent).toHaveLength(3)
  },
)

const KEY_HEADERS = new Set(['idempotency-key', 'paypal-request-id', 'x-refund-idempotency'])
