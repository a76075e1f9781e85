import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { currency } from '@onerouter/core'
import Razorpay from 'razorpay'
import { describe, expect, test } from 'vitest'
import type { CreatePayment, HttpRequest } from '../spec.ts'
import { listPayments, listRefunds } from './lists.ts'
import { payments } from './payments.ts'
import { problemsOf, recordings, referencePresent, shapeOf } from './reference.fixture.ts'
import { refunds } from './refunds.ts'
import {
  answer,
  collection,
  handle,
  heldBody,
  inr,
  KEY_ID,
  KEY_SECRET,
  LINK_ID,
  linkBody,
  ORDER_ID,
  orderBody,
  PAYMENT_ID,
  paymentBody,
  paymentRequest,
  REFERENCE,
  REFUND_ID,
  refundBody,
  scripted,
} from './scripted.fixture.ts'
import { toOrder, toPaymentLink } from './to-wire.ts'
import { webhooks } from './webhooks.ts'

const paid = handle({ paymentRef: PAYMENT_ID })

/** One request of every kind the adapter makes, as it goes out. */
async function everyRequest(): Promise<readonly HttpRequest[]> {
  const held = [answer(200, orderBody({ status: 'attempted' })), answer(200, collection(heldBody()))]
  const link = answer(200, linkBody())
  const { ctx, sent } = scripted([
    answer(200, orderBody()),
    answer(200, orderBody()),
    link,
    answer(200, paymentBody()),
    answer(200, orderBody()),
    answer(200, collection()),
    ...held,
    answer(200, refundBody()),
    ...held,
    link,
    answer(200, linkBody({ status: 'cancelled' })),
    answer(200, linkBody({ status: 'cancelled' })),
    answer(200, refundBody()),
    answer(200, refundBody()),
    answer(200, collection()),
    answer(200, { payment_links: [] }),
    answer(200, collection()),
    answer(200, collection()),
    answer(200, { id: 'HK890egfiItP3H', url: 'https://x.example' }),
    answer(200, collection({ id: 'HK890egfiItP3H', url: 'https://x.example' })),
    answer(200, { id: 'HK890egfiItP3H', url: 'https://x.example' }),
    answer(200, collection()),
    answer(200, collection()),
  ])
  await payments.create(ctx, paymentRequest(), 'k')
  await payments.create(ctx, paymentRequest({ capture: 'manual', amount: yen }), 'k')
  await payments.create(ctx, paymentRequest({ method: 'payment_link' }), 'k')
  await payments.capture?.(ctx, paid, inr(50_000n), 'k')
  await payments.fetch(ctx, handle())
  await payments.cancel?.(ctx, paid, 'op_cancel_1')
  await payments.cancel?.(ctx, handle({ orderRef: LINK_ID }), 'op_cancel_1')
  await refunds.create(
    ctx,
    paid,
    { reference: 're_1', amount: inr(1n), speed: 'optimum', reason: 'r' },
    'op_1',
  )
  await refunds.fetch(ctx, paid, REFUND_ID)
  await refunds.list(ctx, paid)
  await payments.find?.(ctx, handle({ orderRef: null }))
  await webhooks.register?.(ctx, 'https://x.example')
  await webhooks.register?.(ctx, 'https://x.example')
  const window = { fromMs: 1_795_000_000_000, toMs: 1_795_100_000_000, cursor: '100' }
  await listPayments(ctx, window)
  await listRefunds(ctx, window)
  return sent
}
const yen = { minor: 500n, currency: currency('JPY') }
const jsonOf = ({ body }: HttpRequest): unknown =>
  body !== undefined && 'json' in body ? body.json : undefined

test('an order always says how it is captured, and how long a late payment is waited for', () => {
  expect(toOrder(paymentRequest())).toEqual({
    amount: 50_000,
    currency: 'INR',
    receipt: REFERENCE,
    notes: { onerouter_ref: REFERENCE },
    payment: {
      capture: 'automatic',
      capture_options: { automatic_expiry_period: 7200, manual_expiry_period: 7200, refund_speed: 'normal' },
    },
  })
  expect(toOrder(paymentRequest({ capture: 'manual' }))).toMatchObject({
    payment: { capture: 'manual', capture_options: { manual_expiry_period: 7200, refund_speed: 'normal' } },
  })
})

test('a link is never sent to anybody by Razorpay', () => {
  expect(toPaymentLink(paymentRequest())).toMatchObject({
    reference_id: REFERENCE,
    accept_partial: false,
    notify: { sms: false, email: false },
    reminder_enable: false,
    customer: { name: 'Asha Rao', email: 'asha@example.com', contact: '+919000090000' },
    callback_url: 'https://router.example/return',
    callback_method: 'get',
  })
})

describe('texts of the merchant are bounded to what Razorpay takes', () => {
  test.each<[string, Partial<CreatePayment>, object]>([
    ['a long description', { description: 'x'.repeat(3000) }, { description: 'x'.repeat(2048) }],
    ['a cut emoji', { description: `${'x'.repeat(2047)}😀` }, { description: 'x'.repeat(2047) }],
    ['line breaks', { description: 'a\r\n\u2028b' }, { description: 'a b' }],
    ['an odd e-mail', { customer: { name: 'Asha', email: 'nobody' } }, { customer: { name: 'Asha' } }],
    ['an odd phone', { customer: { name: 'Asha', phone: 'call me' } }, { customer: { name: 'Asha' } }],
    ['a short phone', { customer: { name: 'Asha', phone: '12345' } }, { customer: { name: 'Asha' } }],
    [
      'a long phone',
      { customer: { name: 'Asha', phone: '+12345678901234' } },
      { customer: { name: 'Asha' } },
    ],
    ['a long name', { customer: { name: 'A'.repeat(60) } }, { customer: { name: 'A'.repeat(50) } }],
  ])('%s', (_what, over, expected) => {
    expect(toPaymentLink(paymentRequest(over))).toMatchObject(expected)
  })

  test('nothing is left of what is nothing', () => {
    const link = toPaymentLink(paymentRequest({ description: ' \n', customer: { name: 'A' } }))
    expect(link).not.toHaveProperty('description')
    expect(link).not.toHaveProperty('customer')
  })

  test('a reference too long for a receipt is a bug, not a request', () => {
    expect(() => toOrder(paymentRequest({ reference: 'x'.repeat(41) }))).toThrow(RangeError)
  })
})

test('refunds carry their key, captures and orders have none', async () => {
  for (const { method, path, headers } of await everyRequest()) {
    const refunding = method === 'POST' && path.endsWith('/refund')
    expect(headers?.['x-refund-idempotency'] !== undefined).toBe(refunding)
  }
})

// ------------------------------------------------------------- published schemas

describe('the published schemas', () => {
  test.skipIf(!referencePresent)('know every path, query and body we send', async () => {
    const requests = await everyRequest()
    expect(requests.length).toBeGreaterThan(20)
    for (const request of requests) {
      const shown = `${request.method} ${request.path}`
      expect([shown, problemsOf(request)]).toEqual([shown, []])
    }
  })
})

// -------------------------------------------------------------- recorded requests

describe('the official SDK’s recorded requests', () => {
  // The first recording of a shape wins: later ones show other keys and OAuth.
  const recorded = new Map(
    recordings
      .toReversed()
      .flatMap(({ requests }) =>
        requests.map(
          (request) => [shapeOf(request.method, request.path, request.body_json), request] as const,
        ),
      ),
  )

  test.skipIf(!referencePresent)('have the same method, path and kind of body as ours', async () => {
    for (const request of await everyRequest()) {
      const json = jsonOf(request)
      const shape = shapeOf(request.method, request.path, json)
      expect([...recorded.keys()]).toContain(shape)
      const sample = recorded.get(shape)
      const basic = sample?.headers_in_order.find(([name]) => name === 'Authorization')?.[1]
      expect(request.headers?.authorization).toBe(basic)
    }
  })

  test.skipIf(!referencePresent)('have the same fields, with values of the same type', async () => {
    const known = new Map<string, Map<string, string>>()
    for (const { requests } of recordings) {
      for (const { method, path, body_json: body } of requests) {
        if (body === undefined || body === null || method === 'GET') continue
        const shape = shapeOf(method, path, body)
        const fields = known.get(shape) ?? new Map<string, string>()
        for (const [name, value] of Object.entries(body)) fields.set(name, typeof value)
        known.set(shape, fields)
      }
    }
    // Sent by us, documented, and in no recording of the SDK's examples.
    const unrecorded = ['active']
    for (const request of await everyRequest()) {
      const json = jsonOf(request)
      if (json === undefined || json === null) continue
      const fields = known.get(shapeOf(request.method, request.path, json))
      if (request.method === 'PUT') continue
      for (const [name, value] of Object.entries(json)) {
        if (!unrecorded.includes(name))
          expect(fields?.get(name), `${request.path} ${name}`).toBe(typeof value)
      }
    }
  })
})

// -------------------------------------------------------------------- live oracle

describe('the official SDK itself', () => {
  test('sends the same order and capture as we do', async () => {
    const seen: { method: string; url: string; auth: string; body: unknown }[] = []
    const server = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk) => {
        text += String(chunk)
      })
      request.on('end', () => {
        const { method = '', url = '' } = request
        seen.push({ method, url, auth: request.headers.authorization ?? '', body: JSON.parse(text) })
        response.setHeader('content-type', 'application/json')
        response.end('{}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const sdk = new Razorpay({ key_id: KEY_ID, key_secret: KEY_SECRET })
      const { port } = server.address() as AddressInfo // a TCP server's address is no string
      // The SDK has no setting for its address; its types do not show the client inside.
      const inner = sdk as unknown as { api: { rq: { defaults: { baseURL: string } } } }
      inner.api.rq.defaults.baseURL = `http://127.0.0.1:${port}`
      const order = toOrder(paymentRequest()) as Parameters<typeof sdk.orders.create>[0] // ours is looser
      await sdk.orders.create(order)
      await sdk.payments.capture(PAYMENT_ID, 50_000, 'INR')
    } finally {
      server.closeAllConnections()
      server.close()
    }
    const script = scripted([answer(200, orderBody()), answer(200, paymentBody())])
    await payments.create(script.ctx, paymentRequest(), 'k')
    await payments.capture?.(
      script.ctx,
      handle({ orderRef: ORDER_ID, paymentRef: PAYMENT_ID }),
      inr(50_000n),
      'k',
    )
    expect(
      script.sent.map((request) => ({
        method: request.method,
        url: request.path,
        auth: request.headers?.authorization,
        body: jsonOf(request),
      })),
    ).toEqual(seen)
  })
})
