import { expect, test } from 'vitest'
import type { ProviderEvent, RawWebhook, Verdict } from '../spec.ts'
import { handleOf, pay, refund } from './steps.ts'
import { type Paid, value, WEBHOOK_URL, type World } from './world.ts'

const text = (body: Uint8Array): string => new TextDecoder().decode(body)
const bytes = (body: string): Uint8Array => new TextEncoder().encode(body)

/** Deliveries: only what the provider signed, only once, and only ids taken from them. */
export function webhooks(open: () => World): void {
  test('every delivery of a paid and refunded payment is verified and parsed', async () => {
    const { world, deliveries } = await delivered(open())
    expect(deliveries.length).toBeGreaterThan(1)
    for (const webhook of deliveries) {
      expect(await verify(world, webhook)).toMatchObject({ ok: true })
      expect(world.provider.webhooks.parse(webhook.body)).not.toBeNull()
    }
  })

  test('a payment event names ids by which the payment is read again', async () => {
    const { world, paid, events } = await delivered(open())
    const about = events.map((event) => event.about).filter(({ kind }) => kind === 'payment')
    expect(about.length).toBeGreaterThan(0)
    for (const named of about) {
      if (named.kind !== 'payment') continue
      const { orderRef, paymentRef, snapshot } = { ...named, snapshot: paid.snapshot }
      const ours =
        named.reference === paid.request.reference ||
        orderRef === snapshot.orderRef ||
        (paymentRef !== null && [snapshot.paymentRef, ...Object.values(snapshot.refs)].includes(paymentRef))
      expect(ours).toBe(true)
    }
    const seen = value(await world.payments.fetch(world.ctx(), handleOf(paid.request, paid.snapshot)))
    expect(seen.status).toBe('succeeded')
  })

  test('a refund event names the refund', async () => {
    const { world, events, refundRef, paid } = await delivered(open())
    const named = events.flatMap(({ about }) => (about.kind === 'refund' ? [about.refundRef] : []))
    expect(named).toContain(refundRef)
    expect(value(await world.refunds.fetch(world.ctx(), paid.handle, refundRef)).refundRef).toBe(refundRef)
  })

  test('no event of the test environment claims to be live', async () => {
    const { events } = await delivered(open())
    expect(events.some((event) => event.livemode === true)).toBe(false)
  })

  test('H16: the same delivery again carries the same keys, and two deliveries differ', async () => {
    const { world, deliveries } = await delivered(open())
    const keys: string[][] = []
    for (const webhook of deliveries) {
      const once = await verify(world, webhook)
      expect(await verify(world, webhook)).toEqual(once)
      if (once.ok) keys.push([...once.dedupeKeys])
    }
    expect(keys.every((list) => list.length > 0)).toBe(true)
    expect(new Set(keys.flat()).size).toBe(keys.flat().length)
  })

  test('a delivery doubled by the provider shares a key with the first', async () => {
    const world = open()
    await world.subscribe()
    world.fault('webhook_doubled', '', 1)
    await pay(world)
    await world.settleTime(1000)
    const verdicts = await Promise.all(world.received.map((webhook) => verify(world, webhook)))
    const keys = verdicts.flatMap((verdict) => (verdict.ok ? verdict.dedupeKeys : []))
    expect(new Set(keys).size).toBeLessThan(keys.length)
  })

  refusals(open)
  parsing(open)
}

function refusals(open: () => World): void {
  test('a tampered body is refused', async () => {
    const { world, deliveries } = await delivered(open())
    for (const webhook of deliveries) {
      const body = bytes(text(webhook.body).replace(/[0-9]/, (digit) => (digit === '9' ? '8' : '9')))
      expect((await verify(world, { ...webhook, body })).ok).toBe(false)
    }
  })

  test('a body with one byte more is refused', async () => {
    const { world, deliveries } = await delivered(open())
    const [webhook] = deliveries
    if (webhook === undefined) expect.fail('no delivery')
    expect((await verify(world, { ...webhook, body: bytes(`${text(webhook.body)} `) })).ok).toBe(false)
  })

  test('a delivery signed for somebody else is refused', async () => {
    const { world, deliveries, fields } = await delivered(open())
    const [webhook] = deliveries
    if (webhook === undefined) expect.fail('no delivery')
    const others = Object.fromEntries(
      Object.entries(fields).map(([name, secret]) => [
        name,
        `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`,
      ]),
    )
    const ctx = world.ctx('first', { ...world.credentials(), ...others })
    expect((await world.provider.webhooks.verify(ctx, webhook)).ok).toBe(false)
  })

  test('a delivery without its signature headers is refused', async () => {
    const { world, deliveries } = await delivered(open())
    const [webhook] = deliveries
    if (webhook === undefined) expect.fail('no delivery')
    const headers = { 'content-type': 'application/json' }
    expect(await verify(world, { ...webhook, headers })).toEqual({ ok: false, reason: 'missing_header' })
  })

  test('nothing is believed before a webhook secret is known', async () => {
    const { world, deliveries, fields } = await delivered(open())
    const [webhook] = deliveries
    if (webhook === undefined) expect.fail('no delivery')
    const bare = Object.fromEntries(Object.entries(world.credentials()).filter(([name]) => !(name in fields)))
    const verdict = await world.provider.webhooks.verify(world.ctx('first', bare), webhook)
    expect(verdict).toEqual({ ok: false, reason: 'no_secret' })
  })

  test('H18: a forged delivery is refused', async () => {
    const world = open()
    await world.subscribe()
    world.fault('webhook_forged', '', 1)
    await pay(world)
    await world.settleTime(1000)
    const verdicts = await Promise.all(world.received.map((webhook) => verify(world, webhook)))
    expect(verdicts.filter((verdict) => !verdict.ok)).toHaveLength(1)
  })

  test('an old delivery is refused where deliveries are stamped, and accepted where they are retried as is', async () => {
    const { world, deliveries } = await delivered(open())
    const { staleAfterMs } = world.expectations
    const [webhook] = deliveries
    if (webhook === undefined) expect.fail('no delivery')
    if (staleAfterMs === null) {
      const receivedAtMs = webhook.receivedAtMs + 24 * 3_600_000
      expect(await verify(world, { ...webhook, receivedAtMs })).toMatchObject({ ok: true })
      return
    }
    for (const drift of [staleAfterMs + 2000, -staleAfterMs - 2000]) {
      const receivedAtMs = webhook.receivedAtMs + drift
      expect(await verify(world, { ...webhook, receivedAtMs })).toEqual({ ok: false, reason: 'stale' })
    }
  })
}

function parsing(open: () => World): void {
  test('an event type nobody has heard of is kept as other', async () => {
    const { world, deliveries, events } = await delivered(open())
    const [webhook] = deliveries
    const [event] = events
    if (webhook === undefined || event === undefined) expect.fail('no delivery')
    const body = bytes(text(webhook.body).replaceAll(`"${event.type}"`, '"something.unheard_of"'))
    const parsed = world.provider.webhooks.parse(body)
    expect(parsed).toMatchObject({ type: 'something.unheard_of', about: { kind: 'other' } })
  })

  test.each(['', 'not json', '[]', '{}', '"event"', 'null', '{"id":1,"type":{}}', '\u0000'])(
    'bytes that are no event are no event: %j',
    (body) => {
      expect(open().provider.webhooks.parse(bytes(body))).toBeNull()
    },
  )

  test('registering the same address twice leaves one delivery per event', async () => {
    const world = open()
    await world.subscribe()
    if (world.provider.webhooks.register === undefined) {
      expect(world.provider.webhooks.instructions.length).toBeGreaterThan(40)
      return
    }
    await world.subscribe()
    await pay(world)
    await world.settleTime(1000)
    const types = world.received.map(({ body }) => world.provider.webhooks.parse(body)?.id)
    expect(new Set(types).size).toBe(types.length)
    expect(types.length).toBeGreaterThan(0)
  })

  test('a registration of another address is moved: one webhook, one delivery per event, at the new address', async () => {
    const world = open()
    const register = world.provider.webhooks.register
    if (register === undefined) return
    await world.subscribe()
    const first = value(await register(world.ctx(), WEBHOOK_URL))
    const url = `${WEBHOOK_URL}-moved`
    const moved = value(await register(world.ctx(), url, first.ref))
    expect(moved.ref).toBe(first.ref)
    const again = value(await register(world.ctx(), url, moved.ref))
    expect(again.ref).toBe(first.ref)
    await pay(world)
    await world.settleTime(1000)
    expect(world.received.length).toBeGreaterThan(0)
    expect(new Set(world.received.map((webhook) => webhook.url))).toEqual(new Set([url]))
    const [delivery] = world.received
    if (delivery !== undefined) expect(await verify(world, delivery)).toMatchObject({ ok: true })
  })
}

const verify = (world: World, webhook: RawWebhook): Promise<Verdict> =>
  world.provider.webhooks.verify(world.ctx(), webhook)

interface Delivered {
  readonly world: World
  readonly fields: Readonly<Record<string, string>>
  readonly paid: Paid
  readonly refundRef: string
  readonly deliveries: readonly RawWebhook[]
  readonly events: readonly ProviderEvent[]
}

/** A subscribed merchant whose payment was paid and refunded in part. */
async function delivered(world: World): Promise<Delivered> {
  const fields = await world.subscribe()
  const paid = await pay(world)
  const { refundRef } = value(await refund(world, paid, 1_000n, { reference: world.id() }))
  await world.settleTime(60_000)
  const events = world.received.flatMap(({ body }) => world.provider.webhooks.parse(body) ?? [])
  return { world, fields, paid, refundRef, deliveries: world.received, events }
}
