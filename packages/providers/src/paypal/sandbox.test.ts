import { createSandbox } from '@onerouter/sandbox'
import { describe, expect, test } from 'vitest'
import type { CreatePayment, Http, PaymentHandle, PaymentSnapshot, RawWebhook } from '../spec.ts'
import { createTokenCache } from '../token-cache.ts'
import { httpFromFetch } from '../transport.ts'
import type { PaypalContext } from './api.ts'
import { verdictOf } from './errors.ts'
import { paypal } from './index.ts'
import { payments } from './payments.ts'
import { readReference, referencePresent } from './reference.fixture.ts'
import { refunds } from './refunds.ts'
import { usd } from './scripted.fixture.ts'
import { webhooks } from './webhooks.ts'

/** What the conformance suite does not ask: PayPal's own dialects, issues and signatures, on the sandbox. */

const HOOK = 'https://router.example/webhooks/token'

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
  const account = sandbox.account('paypal')
  const parsed = paypal.credentials.parse(account.credentials, 'test')
  if (!parsed.ok) throw new Error('the sandbox’s credentials are refused')
  const calls: string[] = []
  let mocked: string | undefined
  const inner = httpFromFetch(sandbox.fetch('paypal'), sandbox.urls.api.paypal, { now: sandbox.now })
  const http: Http = (request) => {
    calls.push(`${request.method} ${request.path}`)
    const mock =
      mocked === undefined || request.method === 'GET' || request.path.startsWith('/v1/')
        ? {}
        : {
            'paypal-mock-response': JSON.stringify({ mock_application_codes: mocked }),
          }
    return inner({ ...request, headers: { ...request.headers, ...mock } })
  }
  const ctx: PaypalContext = {
    credentials: parsed.credentials,
    environment: 'test',
    baseUrl: sandbox.urls.api.paypal,
    send: 'first',
    http,
    tokens: createTokenCache(),
    now: sandbox.now,
  }
  let count = 0
  async function create(changes: Partial<CreatePayment> = {}) {
    count += 1
    const request: CreatePayment = {
      reference: `op_${count}`,
      amount: usd(10_000n),
      capture: 'automatic',
      returnUrl: 'https://pay.example.com/r',
      cancelUrl: 'https://pay.example.com/c',
      ...changes,
    }
    const outcome = await payments.create(ctx, request, `create-${count}`)
    if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome))
    return handleOf(request, outcome.value)
  }
  async function approved(changes: Partial<CreatePayment> = {}) {
    const payment = await create(changes)
    sandbox.simulate('paypal', account.id, payment.orderRef ?? '', 'succeed')
    return payment
  }
  async function confirmed(changes: Partial<CreatePayment> = {}) {
    const payment = await approved(changes)
    const outcome = await payments.confirm?.(ctx, payment, `confirm-${payment.reference}`)
    if (outcome?.kind !== 'ok') throw new Error(JSON.stringify(outcome))
    return { ...payment, paymentRef: outcome.value.paymentRef, refs: outcome.value.refs }
  }
  const mock = async <T>(code: string, run: () => T): Promise<Awaited<T>> => {
    mocked = code
    try {
      return await run()
    } finally {
      mocked = undefined
    }
  }
  return { sandbox, account, ctx, calls, received, create, approved, confirmed, mock }
}

function handleOf(request: CreatePayment, { orderRef, paymentRef, refs }: PaymentSnapshot): PaymentHandle {
  const { reference, amount, capture } = request
  return { reference, amount, capture, orderRef, paymentRef, refs }
}

describe('both styles of an order reach the money', () => {
  test.each(['paypal', 'paypal_classic'])('%s', async (method) => {
    const { confirmed, ctx } = open()
    const payment = await confirmed({ method })
    expect(await payments.fetch(ctx, payment)).toMatchObject({
      kind: 'ok',
      value: { status: 'succeeded', captured: 10_000n },
    })
  })
})

describe('every issue PayPal documents, on the operation that documents it', () => {
  type Operation = readonly [
    string,
    (world: ReturnType<typeof open>) => Promise<() => Promise<unknown> | undefined>,
  ]
  const OPERATIONS: readonly Operation[] = [
    [
      'POST /v2/checkout/orders',
      async ({ ctx }) => {
        const request = {
          reference: 'op_x',
          amount: usd(1n),
          capture: 'automatic',
          returnUrl: HOOK,
          cancelUrl: HOOK,
        } as const
        return () => payments.create(ctx, request, 'k')
      },
    ],
    [
      'POST /v2/checkout/orders/{id}/capture',
      async ({ ctx, approved }) => {
        const payment = await approved()
        return () => payments.confirm?.(ctx, payment, 'k')
      },
    ],
    [
      'POST /v2/checkout/orders/{id}/authorize',
      async ({ ctx, approved }) => {
        const payment = await approved({ capture: 'manual' })
        return () => payments.confirm?.(ctx, payment, 'k')
      },
    ],
    [
      'POST /v2/payments/authorizations/{authorization_id}/capture',
      async ({ ctx, confirmed }) => {
        const payment = await confirmed({ capture: 'manual' })
        return () => payments.capture?.(ctx, payment, usd(10_000n), 'k')
      },
    ],
    [
      'POST /v2/payments/authorizations/{authorization_id}/void',
      async ({ ctx, confirmed }) => {
        const payment = await confirmed({ capture: 'manual' })
        return () => payments.cancel?.(ctx, payment, 'k')
      },
    ],
    [
      'POST /v2/payments/captures/{capture_id}/refund',
      async ({ ctx, confirmed }) => {
        const payment = await confirmed()
        const request = { reference: 're_x', amount: usd(1_000n), speed: 'normal' } as const
        return () => refunds.create(ctx, payment, request, 'k')
      },
    ],
  ]

  test.skipIf(!referencePresent).each(OPERATIONS)('%s', async (operation, prepare) => {
    const catalogue = readReference<Record<string, Record<string, Record<string, string>>>>(
      'specs/paypal.issue-codes.json',
    )
    const world = open()
    const run = await prepare(world)
    const codes = Object.values(catalogue[operation] ?? {}).flatMap(Object.keys)
    expect(codes.length).toBeGreaterThan(4)
    for (const code of codes) {
      const outcome = await world.mock(code, run)
      const kind = verdictOf(code)?.kind
      const allowed =
        kind === 'running'
          ? ['unknown']
          : kind === 'repeatable'
            ? ['ok', 'declined']
            : ['declined', 'rejected']
      expect([code, allowed]).toEqual([code, expect.arrayContaining([(outcome as { kind: string }).kind])]) // an Outcome
    }
    const [entry] = world.sandbox.book('paypal')
    expect(entry?.refunded ?? 0n).toBe(0n)
  })
})

describe('deliveries of the sandbox', () => {
  test('are verified here, without asking PayPal, and name the payment', async () => {
    const { ctx, calls, confirmed, received, sandbox } = open()
    const registered = await webhooks.register?.(ctx, HOOK)
    if (registered?.kind !== 'ok') throw new Error(JSON.stringify(registered))
    const listening = { ...ctx, credentials: { ...ctx.credentials, ...registered.value.credentials } }
    const payment = await confirmed()
    await sandbox.advance(60_000)
    await sandbox.runDue()
    expect(received.length).toBeGreaterThan(0)
    const before = calls.length
    for (const delivery of received) {
      expect((await webhooks.verify(listening, delivery)).ok).toBe(true)
      const about = webhooks.parse(delivery.body)?.about
      if (about?.kind === 'payment') expect(about.orderRef).toBe(payment.orderRef)
    }
    const made = calls.slice(before)
    expect(made).toHaveLength(1)
    expect(made[0]).toMatch(/^GET http:\/\/127\.0\.0\.1:8013\/v1\/notifications\/certs\//)
  })

  test('are verified by PayPal when their certificate cannot be had', async () => {
    const { ctx, confirmed, received, sandbox } = open()
    const registered = await webhooks.register?.(ctx, HOOK)
    if (registered?.kind !== 'ok') throw new Error(JSON.stringify(registered))
    const http: Http = (request) =>
      request.path.includes('/notifications/certs/')
        ? Promise.resolve({ ok: false, sent: true, reason: 'timeout' })
        : ctx.http(request)
    const blind = { ...ctx, http, credentials: { ...ctx.credentials, ...registered.value.credentials } }
    await confirmed()
    await sandbox.advance(60_000)
    await sandbox.runDue()
    const [delivery] = received
    if (delivery === undefined) throw new Error('no delivery')
    expect((await webhooks.verify(blind, delivery)).ok).toBe(true)
    const body = Buffer.from(Buffer.from(delivery.body).toString('utf8').replace('100.00', '999.00'))
    expect(await webhooks.verify(blind, { ...delivery, body })).toEqual({
      ok: false,
      reason: 'bad_signature',
    })
  })
})
