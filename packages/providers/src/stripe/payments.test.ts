import { createSandbox } from '@onerouter/sandbox'
import { describe, expect, test } from 'vitest'
import {
  AMOUNT,
  cancel,
  capture,
  create,
  handleOf,
  onlyEntry,
  pay,
  refresh,
  refund,
} from '../conformance/steps.ts'
import { openWorld, value } from '../conformance/world.ts'
import { stripe } from './index.ts'

const open = () =>
  openWorld((host) => ({ provider: stripe, sandbox: createSandbox(host) }), {
    currency: 'USD',
    wire: [],
    staleAfterMs: 300_000,
    replaysCreate: true,
  })

describe('a handle whose order is a PaymentIntent', () => {
  test('is read, captured and refunded as one', async () => {
    const world = open()
    const held = await pay(world, { capture: 'manual' })
    const intent = { ...held, handle: { ...held.handle, orderRef: held.handle.paymentRef, paymentRef: null } }
    const seen = value(await world.payments.fetch(world.ctx(), intent.handle))
    expect(seen).toMatchObject({ orderRef: held.handle.paymentRef, status: 'authorized' })
    expect(value(await capture(world, intent)).captured).toBe(AMOUNT)
    expect(value(await refund(world, intent, 500n, { reference: world.id() })).amount.minor).toBe(500n)
  })

  test('is canceled as one while it holds money', async () => {
    const world = open()
    const held = await pay(world, { capture: 'manual' })
    const intent = { ...held, handle: { ...held.handle, orderRef: held.handle.paymentRef } }
    expect(value(await cancel(world, intent)).status).toBe('canceled')
  })
})

describe('a payment whose session id was never learnt', () => {
  test('is found in the list of sessions without waiting for search', async () => {
    const world = open()
    const { request, snapshot } = await create(world)
    const found = await world.payments.find?.(world.ctx(), handleOf(request, null))
    expect(found).toMatchObject({ kind: 'ok', value: { orderRef: snapshot.orderRef } })
  })

  test('is read by its reference, and not knowing is said where there is none', async () => {
    const world = open()
    const { request, snapshot } = await create(world)
    const seen = await world.payments.fetch(world.ctx(), handleOf(request, null))
    expect(value(seen).orderRef).toBe(snapshot.orderRef)
    const none = { ...handleOf(request, null), reference: world.id() }
    expect((await world.payments.fetch(world.ctx(), none)).kind).toBe('unknown')
  })

  test('is found among more sessions than one page holds', async () => {
    const world = open()
    const { request, snapshot } = await create(world)
    for (let i = 0; i < 120; i++) await create(world)
    const found = await world.payments.find?.(world.ctx(), handleOf(request, null))
    expect(found).toMatchObject({ kind: 'ok', value: { orderRef: snapshot.orderRef } })
  })
})

describe('cancel', () => {
  test('an unpaid session is expired and stays canceled for whoever reads it later', async () => {
    const world = open()
    const made = await create(world)
    const canceled = value(await cancel(world, made))
    expect(canceled).toMatchObject({ status: 'canceled', checkoutUrl: null })
    const again = { ...made, handle: handleOf(made.request, canceled) }
    expect((await refresh(world, again)).snapshot.status).toBe('canceled')
    expect(world.act(canceled.orderRef, 'succeed').ok).toBe(false)
  })

  test('a session after a declined try is expired, not its PaymentIntent canceled', async () => {
    const world = open()
    const made = await create(world)
    world.act(made.snapshot.orderRef, 'fail')
    const declined = await refresh(world, made)
    expect(declined.snapshot).toMatchObject({
      status: 'requires_action',
      failure: { reason: 'card_declined' },
    })
    expect(value(await cancel(world, declined)).status).toBe('canceled')
    const asked = world.sandbox.requests.recent('stripe', 3).map(({ method, path }) => `${method} ${path}`)
    expect(asked.some((line) => /POST .*\/expire/.test(line))).toBe(true)
    expect(asked.some((line) => /POST .*payment_intents/.test(line))).toBe(false)
  })

  test('after a lost answer the replayed key says canceled, where a session that ran out says expired', async () => {
    const world = open()
    const made = await create(world)
    world.fault('lost_answer', 'POST', 1)
    expect((await cancel(world, made)).kind).toBe('unknown')
    expect(value(await cancel(world, made, { send: 'later' })).status).toBe('canceled')
    const other = await create(world)
    world.act(other.snapshot.orderRef, 'expire')
    expect(value(await cancel(world, other, { send: 'later' })).status).toBe('expired')
  })

  test('when the payment cannot be read first, nothing was asked', async () => {
    const world = open()
    const made = await create(world)
    world.fault('error_before', 'GET', 1)
    expect((await cancel(world, made)).kind).toBe('not_sent')
    world.sandbox.faults.clear()
    world.fault('error_before', 'GET', 1)
    expect((await cancel(world, made, { send: 'later' })).kind).toBe('unknown')
  })
})

describe('capture and refund by a handle without PaymentIntent', () => {
  test('the session tells it', async () => {
    const world = open()
    const held = await pay(world, { capture: 'manual' })
    const early = { ...held, handle: { ...held.handle, paymentRef: null } }
    expect(value(await capture(world, early)).captured).toBe(AMOUNT)
    expect(value(await refund(world, early, 100n, { reference: world.id() })).amount.minor).toBe(100n)
  })

  test('a capture of another amount than the one that happened is refused', async () => {
    const world = open()
    const held = await pay(world, { capture: 'manual' })
    value(await capture(world, held, world.money(20_000n)))
    const other = await capture(world, held, world.money(30_000n), { key: 'op_other' })
    expect(other).toMatchObject({ kind: 'rejected', reason: 'invalid_state' })
  })

  test('a full refund asked again under a fresh key is recognised by its reference', async () => {
    const world = open()
    const paid = await pay(world)
    const reference = world.id()
    const first = value(await refund(world, paid, AMOUNT, { reference }))
    const request = { reference, amount: world.money(AMOUNT), speed: 'normal' } as const
    const again = await world.refunds.create(world.ctx('later'), paid.handle, request, 'op_other')
    expect(value(again).refundRef).toBe(first.refundRef)
    const smaller = { ...request, amount: world.money(1n) }
    const other = await world.refunds.create(world.ctx('later'), paid.handle, smaller, 'op_third')
    expect(other.kind).toBe('rejected')
    expect(onlyEntry(world, paid.request.reference).refunded).toBe(AMOUNT)
  })

  test('a speed Stripe does not have is refused without a call', async () => {
    const world = open()
    const paid = await pay(world)
    const calls = world.exchanges.length
    const request = { reference: world.id(), amount: world.money(1n), speed: 'optimum' } as const
    expect((await world.refunds.create(world.ctx(), paid.handle, request, 'k')).kind).toBe('rejected')
    expect(world.exchanges).toHaveLength(calls)
  })
})

describe('keys', () => {
  test('one key with other parameters is a mistake on the first send and proves nothing on a later one', async () => {
    const world = open()
    const { request } = await create(world)
    const other = { ...request, amount: world.money(1_234n) }
    const first = await world.payments.create(world.ctx('first'), other, request.reference)
    const later = await world.payments.create(world.ctx('later'), other, request.reference)
    expect([first.kind, later.kind]).toEqual(['rejected', 'unknown'])
  })

  test('after the replay window the same key would act again, which the window forbids', () => {
    const { payments, refunds } = stripe
    const windows = [...Object.values(payments?.replayWindowMs ?? {}), refunds?.replayWindowMs ?? 0]
    for (const windowMs of windows) expect(windowMs).toBeLessThan(24 * 3_600_000)
  })
})

describe('webhook registration', () => {
  test('replaces an endpoint whose secret is unknown, and leaves a known one alone', async () => {
    const world = open()
    const first = await world.subscribe()
    expect(first.webhook_secret).toMatch(/^whsec_/)
    expect(await world.subscribe()).toEqual({})
    const bare = { secret_key: world.sandbox.account('stripe').credentials.secret_key ?? '' }
    const ctx = { ...world.ctx(), credentials: bare }
    const again = await stripe.webhooks.register?.(ctx, 'https://router.example/webhooks/token')
    expect(again).toMatchObject({
      kind: 'ok',
      value: { credentials: { webhook_secret: expect.stringMatching(/^whsec_/) } },
    })
  })
})
