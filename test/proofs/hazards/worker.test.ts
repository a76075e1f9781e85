/** Work that is due is done by somebody, once, whatever happens to those who held it or to their clocks. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorker, type Wait } from '../../../apps/api/src/worker/worker.ts'
import { claimFor } from '../../harness/engine.ts'
import {
  gate,
  losingAnswersOf,
  losingWrites,
  NEVER_LEFT,
  overHttp,
  overStore,
  slowWire,
  TIMED_OUT,
  withClock,
} from '../../harness/interference.ts'
import { deliver, stripeEvent } from '../../harness/provider-side.ts'
import { DAY, HOUR, openShop, type Shop } from '../../harness/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop(38)
})
afterAll(() => shop.close())

const TAKEOVER_MS = 46_000

test('H7: a process that was paused over its lease, and then sent its capture, changes nothing that is settled', async () => {
  const made = await shop.paid('razorpay', 'manual')
  const paused = overHttp(shop.world.engine, async (request, real) => {
    if (request.path.includes('/capture')) await shop.live(3, 200_000)
    return await real(request)
  })
  await shop.capture(made, { engine: paused })
  const { captured } = await shop.book(made)
  expect(captured).toBe(50_000n)
  expect(await shop.payment(made)).toMatchObject({ captured, status: 'succeeded' })
})

test('H7: a refund whose lease ran out is not sent a second time to a provider that replays nothing', async () => {
  const made = await shop.paid('razorpay')
  let sent = 0
  const paused = overHttp(shop.world.engine, async (request, real) => {
    if (request.method !== 'POST' || !request.path.includes('/refund')) return await real(request)
    sent += 1
    if (sent === 1) await shop.workWith(paused)
    return await real(request)
  })
  await shop.refund(made, { amount: 20_000n, engine: paused })
  await shop.live(3, 60_000)
  expect((await shop.book(made)).refunded).toBe(20_000n)
})

test('H7: an outcome that meets a change of its payment is decided anew, not half written', async () => {
  const made = await shop.create('stripe')
  shop.pay(made)
  const other = await shop.world.db.engine.connect()
  await other.query('begin')
  await other.query('update payment set version = version + 1 where id = $1', [made.id])
  const { rows } = await other.query<{ xid: string }>('select pg_current_xact_id()::text as xid')
  const synced = shop.sync(made)
  await untilSomebodyWaitsFor(rows[0]?.xid ?? '').finally(() => other.query('commit'))
  other.release()
  await synced
  expect((await shop.payment(made)).status).toBe('succeeded')
  expect((await shop.operations(made)).map(({ state }) => state)).toEqual(['succeeded'])
})

/** Until somebody waits for the rows that a transaction has changed. */
async function untilSomebodyWaitsFor(xid: string): Promise<void> {
  const waiting = 'pg_locks where not granted and transactionid::text = $1'
  for (let look = 0; look < 500; look++) {
    if ((await shop.count(waiting, [xid])) > 0) return
    await shop.world.engine.sleep(5)
  }
  throw new Error('nobody waited for the lock')
}

test('H40: a provider that stalls does not hold up the payments of another', async () => {
  const slow = await shop.create('razorpay')
  const fine = await shop.create('stripe')
  shop.pay(fine)
  const stalled = gate()
  const { engine } = shop.world
  const halfStalled = {
    ...engine,
    http: (...[credential, call]: Parameters<typeof engine.http>) => {
      const real = engine.http(credential, call)
      return async (request: Parameters<typeof real>[0]) => {
        if (credential.service === 'razorpay') await stalled.opened
        return await real(request)
      }
    },
  }
  await shop.makeDue(slow)
  await shop.makeDue(fine)
  const worker = startWorker(halfStalled, wakeable)
  await untilStatus(fine, 'succeeded')
  stalled.open()
  await worker.stop()
})

function wakeable(ms: number): Wait {
  const woken = gate()
  const timer = setTimeout(woken.open, ms)
  return {
    done: woken.opened,
    end() {
      clearTimeout(timer)
      woken.open()
    },
  }
}

async function untilStatus(made: Parameters<Shop['payment']>[0], status: string): Promise<void> {
  for (let look = 0; look < 500; look++) {
    if ((await shop.payment(made)).status === status) return
    await shop.world.engine.sleep(5)
  }
  throw new Error(`the payment did not become ${status}`)
}

test('H40: a row that breaks whoever works on it is put off, and the others are done', async () => {
  const poison = await shop.create('stripe')
  const fine = await shop.create('stripe')
  shop.pay(fine)
  const MINUTES = 30
  let looks = 0
  const breaking = overStore(shop.world.engine, (real) => ({
    async getPayment(ref) {
      if (ref.id !== poison.id) return await real.getPayment(ref)
      looks += 1
      throw new Error('poison')
    },
  }))
  for (let minute = 0; minute < MINUTES; minute++) {
    await shop.world.pass(60_000)
    await shop.workWith(breaking)
  }
  expect((await shop.payment(fine)).status).toBe('succeeded')
  expect(looks).toBeGreaterThan(1)
  expect(looks).toBeLessThanOrEqual(MINUTES)
})

test('H40: a webhook that cannot be applied is kept aside in the end, not tried for ever', async () => {
  const made = await shop.create('stripe')
  const breaking = overStore(shop.world.engine, () => ({
    findPaymentByProviderIds: () => Promise.reject(new Error('poison')),
  }))
  const session = { object: 'checkout.session', mode: 'payment', id: made.order }
  const delivered = await deliver(shop, 'stripe', stripeEvent('checkout.session.completed', session))
  // More often than a delivery is tried: see TRIES_MAX in apply-inbound.ts.
  for (let day = 0; day < 115; day++) {
    await shop.world.pass(DAY)
    await shop.workWith(breaking)
  }
  expect(await delivered()).toMatchObject({ state: 'quarantined', due_at: null })
})

test('H31: a worker whose clock is a day ahead takes nothing out of the hands of a request that is running', async () => {
  const made = await shop.paid('stripe', 'manual')
  let sends = 0
  const { engine } = shop.world
  const fast = overHttp({ ...engine, now: () => engine.now() + DAY }, async (request, real) => {
    if (request.path.includes('/capture')) sends += 1
    return await real(request)
  })
  const running = overHttp(engine, async (request, real) => {
    if (!request.path.includes('/capture')) return await real(request)
    for (let round = 0; round < 3; round++) await shop.workWith(fast)
    return await real(request)
  })
  expect((await shop.capture(made, { engine: running })).status).toBe(200)
  expect(sends).toBe(0)
})

test('H31: a retry that meets a server whose clock is ahead does not send beside the running request', async () => {
  const made = await shop.paid('stripe', 'manual')
  const claim = claimFor()
  const { engine } = shop.world
  let sends = 0
  const fast = overHttp({ ...engine, now: () => engine.now() + DAY }, async (request, real) => {
    if (request.path.includes('/capture')) sends += 1
    return await real(request)
  })
  const running = overHttp(engine, async (request, real) => {
    if (!request.path.includes('/capture')) return await real(request)
    expect((await shop.capture(made, { claim, engine: fast })).status).toBe(202)
    return await real(request)
  })
  expect((await shop.capture(made, { claim, engine: running })).status).toBe(200)
  expect(sends).toBe(0)
})

test('H7: a refund that a woken process found it could not send is not given up once somebody else has sent it', async () => {
  const made = await shop.paid('razorpay')
  const { engine } = shop.world
  // The process sleeps over its lease; another one sends the refund and does not learn what became of it.
  const woken = overHttp(engine, async (request, real) => {
    if (request.method !== 'POST' || !request.path.includes('/refund')) return await real(request)
    await shop.world.pass(TAKEOVER_MS)
    await shop.workWith(losingAnswersOf(engine, '/refund'))
    return NEVER_LEFT
  })
  const claim = claimFor()
  const first = await shop.refund(made, { amount: 20_000n, claim, engine: woken })
  expect(first.status).toBe(202)
  expect(await shop.payment(made)).toMatchObject({ refund_pending: 20_000n })
  await shop.live(2, 60_000)
  expect(await shop.payment(made)).toMatchObject({ refunded: 20_000n, refund_pending: 0n })
  expect((await shop.book(made)).refunded).toBe(20_000n)
})

test('H7: a charge that a woken process found it could not send does not hand a settled payment to another provider', async () => {
  const { engine } = shop.world
  const woken = overHttp(engine, async (request, real) => {
    if (!request.path.startsWith('/v1/checkout/sessions') || request.method !== 'POST')
      return await real(request)
    await shop.world.pass(TAKEOVER_MS)
    await shop.workWith(engine)
    return NEVER_LEFT
  })
  const made = await shop.createRouted({ engine: woken })
  expect(made.provider).toBe('stripe')
  expect((await shop.operations(made)).map(({ state }) => state)).toEqual(['exposed'])
})

const AHEAD = [DAY, 30 * DAY] as const

test.each(AHEAD)(
  'H31: a server whose clock is %s ms ahead does not believe too early that nothing happened',
  async (aheadMs) => {
    const made = await shop.paid('razorpay')
    const wire = slowWire(
      shop.world.engine,
      ({ method, path }) => method === 'POST' && path.includes('/refund'),
    )
    const amount = 20_000n
    expect((await shop.refund(made, { amount, engine: wire.engine })).status).toBe(202)
    await shop.world.pass(60_000)
    const fast = withClock(wire.engine, aheadMs)
    await shop.workWith(fast)
    expect((await shop.payment(made)).refund_pending).toBe(amount)
    await wire.deliver()
    await shop.live(2, HOUR)
    expect(await shop.payment(made)).toMatchObject({ refunded: amount, refund_pending: 0n })
  },
)

test('H31: what a server with a slow or fast clock recorded is neither repeated too late nor missing too early', async () => {
  for (const offMs of [-3 * DAY, 3 * DAY]) {
    const made = await shop.paid('razorpay')
    const off = withClock(losingWrites(shop.world.engine), offMs)
    expect((await shop.refund(made, { amount: 10_000n, engine: off })).status).toBe(202)
    let sends = 0
    const watched = overHttp(shop.world.engine, async (request, real) => {
      if (request.method === 'POST' && request.path.includes('/refund')) sends += 1
      return await real(request)
    })
    // Past the hour for which Razorpay's memory is trusted: looked for, not sent again.
    await shop.world.pass(HOUR)
    await shop.workWith(watched)
    expect(sends).toBe(0)
    expect(await shop.payment(made)).toMatchObject({ refund_pending: 0n, refunded: 0n })
  }
})

test('H37: what a dead worker held is done by the next one', async () => {
  const made = await shop.create('stripe')
  shop.pay(made)
  await shop.makeDue(made)
  // Claimed, and never heard of again.
  const claimed = await shop.world.engine.store.claimDueOperations(100, TAKEOVER_MS)
  expect(claimed.map(({ payment_id }) => payment_id)).toContain(made.id)
  await shop.world.settle()
  expect((await shop.payment(made)).status).toBe('requires_action')
  await shop.live(1, TAKEOVER_MS)
  expect((await shop.payment(made)).status).toBe('succeeded')
})

test('H30: after a rotation the old credentials still settle what was begun with them', async () => {
  const made = await shop.paid('stripe', 'manual')
  const { engine } = shop.world
  const lost = overHttp(engine, async (request, real) => {
    const result = await real(request)
    return request.path.includes('/capture') ? TIMED_OUT : result
  })
  const claim = claimFor()
  expect((await shop.capture(made, { claim, engine: lost })).status).toBe(202)
  const other = await shop.world.tenant()
  const asked: (number | undefined)[] = []
  const rotated = {
    ...engine,
    credentials: {
      ...engine.credentials,
      // A new version of another account at the provider is in force; the old one is still kept.
      current: async () => other.credentials.get('stripe') ?? null,
      version: (
        ...[account, environment, service, version]: Parameters<typeof engine.credentials.version>
      ) => {
        asked.push(version)
        return engine.credentials.version(account, environment, service, version)
      },
    },
  }
  expect((await shop.capture(made, { claim, engine: rotated })).status).toBe(200)
  expect(new Set(asked)).toEqual(new Set([1]))
  expect((await shop.book(made)).captured).toBe(50_000n)
})
