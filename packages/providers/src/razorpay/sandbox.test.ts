import { createSandbox } from '@onerouter/sandbox'
import { describe, expect, test } from 'vitest'
import type { CreatePayment, Http, PaymentHandle, PaymentSnapshot, RawWebhook } from '../spec.ts'
import { createTokenCache } from '../token-cache.ts'
import { httpFromFetch } from '../transport.ts'
import type { RazorpayContext } from './call.ts'
import { razorpay } from './index.ts'
import { payments } from './payments.ts'
import { refunds } from './refunds.ts'
import { inr, paymentRequest } from './scripted.fixture.ts'
import { webhooks } from './webhooks.ts'

/**
 * What the conformance suite does not ask: payment links, late money, lapses and duplicates, on the
 * sandbox.
 */

const HOOK = 'https://router.example/webhooks/token'
const DAY_MS = 24 * 3_600_000
let references = 0

function open() {
  const received: RawWebhook[] = []
  const sandbox = createSandbox({
    clock: { now: () => Date.UTC(2026, 10, 24, 9) },
    seed: 11,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      received.push({
        headers: Object.fromEntries(request.headers),
        body: new Uint8Array(await request.arrayBuffer()),
        receivedAtMs: sandbox.now(),
      })
      return new Response(null, { status: 204 })
    },
    sleep: () => Promise.resolve(),
    warn: () => {},
  })
  const account = sandbox.account('razorpay')
  const parsed = razorpay.credentials.parse(account.credentials, 'test')
  if (!parsed.ok) throw new Error('the sandbox’s credentials are refused')
  const http: Http = httpFromFetch(sandbox.fetch('razorpay'), sandbox.urls.api.razorpay, { now: sandbox.now })
  const ctx: RazorpayContext = {
    credentials: parsed.credentials,
    environment: 'test',
    baseUrl: sandbox.urls.api.razorpay,
    send: 'first',
    http,
    tokens: createTokenCache(),
    now: sandbox.now,
  }
  const act = (orderRef: string, action: 'succeed' | 'fail' | 'late_succeed' | 'expire') =>
    sandbox.simulate('razorpay', account.id, orderRef, action)
  return { sandbox, received, ctx, act, account }
}

function ask(over: Partial<CreatePayment> = {}): CreatePayment {
  references += 1
  return paymentRequest({ reference: `op_sandbox_${references}`, ...over })
}

async function made(ctx: RazorpayContext, request: CreatePayment) {
  const outcome = await payments.create(ctx, request, request.reference)
  if (outcome.kind !== 'ok') expect.fail(JSON.stringify(outcome))
  return { request, snapshot: outcome.value, handle: handleOf(request, outcome.value) }
}

function handleOf(request: CreatePayment, { orderRef, paymentRef, refs }: PaymentSnapshot): PaymentHandle {
  const { reference, amount, capture } = request
  return { reference, amount, capture, orderRef, paymentRef, refs }
}

async function seen(ctx: RazorpayContext, handle: PaymentHandle): Promise<PaymentSnapshot> {
  const outcome = await payments.fetch(ctx, handle)
  if (outcome.kind !== 'ok') expect.fail(JSON.stringify(outcome))
  return outcome.value
}

describe('payment links', () => {
  test('are paid on Razorpay’s page, refunded, and found by their reference', async () => {
    const { ctx, act } = open()
    const { snapshot, handle, request } = await made(ctx, ask({ method: 'payment_link' }))
    expect(snapshot).toMatchObject({ status: 'requires_action', reference: request.reference })
    expect(snapshot.orderRef).toMatch(/^plink_/)
    expect(snapshot.checkoutUrl).toMatch(/^https?:\/\//)
    expect(act(snapshot.orderRef, 'succeed')).toMatchObject({ ok: true })
    const paid = await seen(ctx, handle)
    expect(paid).toMatchObject({ status: 'succeeded', captured: 50_000n, checkoutUrl: null })
    const refund = { reference: 're_link_1', amount: inr(1_000n), speed: 'normal' } as const
    expect(await refunds.create(ctx, handleOf(request, paid), refund, 're_link_1_key')).toMatchObject({
      kind: 'ok',
    })
    expect(await seen(ctx, handle)).toMatchObject({ status: 'succeeded', refunded: 1_000n })
    const found = await payments.find?.(ctx, { ...handle, orderRef: null, refs: {} })
    expect(found).toMatchObject({ kind: 'ok', value: { orderRef: snapshot.orderRef, status: 'succeeded' } })
  })

  test('a failed try leaves a link payable and says why', async () => {
    const { ctx, act } = open()
    const { handle, snapshot } = await made(ctx, ask({ method: 'payment_link' }))
    expect(act(snapshot.orderRef, 'fail')).toMatchObject({ ok: true })
    const now = await seen(ctx, handle)
    expect(now).toMatchObject({ status: 'requires_action', checkoutUrl: snapshot.checkoutUrl })
    expect(now.failure).not.toBeNull()
  })

  test('are cancelled for good, and a second time all the same', async () => {
    const { ctx, act } = open()
    const { handle, snapshot } = await made(ctx, ask({ method: 'payment_link' }))
    for (let round = 0; round < 2; round++) {
      expect(await payments.cancel?.(ctx, handle, 'k')).toMatchObject({
        kind: 'ok',
        value: { status: 'canceled' },
      })
    }
    expect(act(snapshot.orderRef, 'succeed')).toMatchObject({ ok: false })
  })

  test('asking twice with one reference is one link', async () => {
    const { ctx } = open()
    const request = ask({ method: 'payment_link' })
    const first = await made(ctx, request)
    expect((await made({ ...ctx, send: 'later' }, request)).snapshot.orderRef).toBe(first.snapshot.orderRef)
  })

  test('events of a link name it', async () => {
    const { ctx, act, sandbox, received } = open()
    const registered = await webhooks.register?.(ctx, HOOK)
    expect(registered).toMatchObject({ kind: 'ok' })
    const { snapshot, request } = await made(ctx, ask({ method: 'payment_link' }))
    act(snapshot.orderRef, 'succeed')
    await sandbox.advance(1000)
    await sandbox.runDue()
    const events = received.map(({ body }) => webhooks.parse(body))
    expect(events.find((event) => event?.type === 'payment_link.paid')?.about).toMatchObject({
      kind: 'payment',
      orderRef: snapshot.orderRef,
      reference: request.reference,
    })
  })
})

describe('orders', () => {
  test('asking twice with one receipt adopts the first order, paid or not', async () => {
    const { ctx, act } = open()
    const request = ask()
    const first = await made(ctx, request)
    expect((await made({ ...ctx, send: 'later' }, request)).snapshot.orderRef).toBe(first.snapshot.orderRef)
    act(first.snapshot.orderRef, 'succeed')
    const again = await made({ ...ctx, send: 'later' }, request)
    expect(again.snapshot).toMatchObject({ orderRef: first.snapshot.orderRef, status: 'succeeded' })
  })

  test('money that comes late after a failed try is told', async () => {
    const { ctx, act } = open()
    const { handle, snapshot } = await made(ctx, ask())
    act(snapshot.orderRef, 'fail')
    expect((await seen(ctx, handle)).status).toBe('requires_action')
    expect(act(snapshot.orderRef, 'late_succeed')).toMatchObject({ ok: true })
    expect(['authorized', 'succeeded']).toContain((await seen(ctx, handle)).status)
  })

  test('an authorization nobody captures lapses: neither taken nor refunded', async () => {
    const { ctx, act, sandbox } = open()
    const { handle, snapshot } = await made(ctx, ask({ capture: 'manual' }))
    act(snapshot.orderRef, 'succeed')
    expect((await seen(ctx, handle)).status).toBe('authorized')
    await sandbox.advance(6 * DAY_MS)
    await sandbox.runDue()
    expect(await seen(ctx, handle)).toMatchObject({ status: 'canceled', captured: 0n, refunded: 0n })
  })

  test('foreign money keeps its amount, and its fee is in rupees or unknown', async () => {
    const { ctx, act } = open()
    const amount = { minor: 5_000n, currency: 'USD' as ReturnType<typeof inr>['currency'] }
    const { handle, snapshot } = await made(ctx, ask({ amount }))
    act(snapshot.orderRef, 'succeed')
    const paid = await seen(ctx, handle)
    expect(paid).toMatchObject({ status: 'succeeded', captured: 5_000n, amount })
    expect([undefined, 'INR']).toContain(paid.fee?.currency)
  })
})

test('a refund asked again under another key is recognised by its receipt', async () => {
  const { ctx, act } = open()
  const { handle, snapshot, request } = await made(ctx, ask())
  act(snapshot.orderRef, 'succeed')
  const paid = handleOf(request, await seen(ctx, handle))
  const wanted = { reference: 're_again_1', amount: inr(7_000n), speed: 'optimum' } as const
  const first = await refunds.create(ctx, paid, wanted, 're_again_key_1')
  const second = await refunds.create({ ...ctx, send: 'later' }, paid, wanted, 're_again_key_2')
  expect(first.kind).toBe('ok')
  expect(second).toMatchObject({ kind: 'ok' })
  expect(
    first.kind === 'ok' && second.kind === 'ok' && first.value.refundRef === second.value.refundRef,
  ).toBe(true)
  const listed = await refunds.list(ctx, paid)
  expect(listed.kind === 'ok' && listed.value.length).toBe(1)
})
