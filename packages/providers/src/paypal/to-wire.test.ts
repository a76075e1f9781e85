import { currency } from '@onerouter/core'
import { describe, expect, test } from 'vitest'
import type { CreatePayment, HttpRequest } from '../spec.ts'
import { payments } from './payments.ts'
import { problemsOf, readReference, referencePresent } from './reference.fixture.ts'
import { refunds } from './refunds.ts'
import { register } from './register.ts'
import {
  AUTHORIZATION_ID,
  answer,
  authorizationBody,
  CAPTURE_ID,
  captureBody,
  handle,
  ORDER_ID,
  orderBody,
  refundBody,
  scripted,
  usd,
} from './scripted.fixture.ts'
import { toOrder, toRefund } from './to-wire.ts'

const request: CreatePayment = {
  reference: 'op_01jd0000000000000000000000',
  amount: usd(10_000n),
  capture: 'automatic',
  description: 'Order 1',
  customer: { email: 'buyer@example.com', name: 'T Buyer' },
  returnUrl: 'https://pay.example.com/r',
  cancelUrl: 'https://pay.example.com/c',
}
const experience = {
  return_url: 'https://pay.example.com/r',
  cancel_url: 'https://pay.example.com/c',
  user_action: 'PAY_NOW',
  shipping_preference: 'NO_SHIPPING',
  brand_name: 'Example Inc',
}
const unit = {
  amount: { currency_code: 'USD', value: '100.00' },
  custom_id: request.reference,
  invoice_id: request.reference,
  description: 'Order 1',
}

describe('the two styles of an order', () => {
  test('payment_source.paypal is the default', () => {
    const order = {
      intent: 'CAPTURE',
      purchase_units: [unit],
      payment_source: { paypal: { email_address: 'buyer@example.com', experience_context: experience } },
    }
    expect(toOrder(request, 'Example Inc')).toEqual(order)
    expect(toOrder({ ...request, method: 'paypal' }, 'Example Inc')).toEqual(order)
  })

  test('application_context is what paypal_classic asks for', () => {
    expect(toOrder({ ...request, method: 'paypal_classic', capture: 'manual' }, 'Example Inc')).toEqual({
      intent: 'AUTHORIZE',
      purchase_units: [unit],
      payer: { email_address: 'buyer@example.com' },
      application_context: experience,
    })
  })

  test.each(['not an address', 'a@b', `${'x'.repeat(65)}@example.com`, '"quoted"@example.com'])(
    'an address PayPal might refuse is left out: %s',
    (email) => {
      expect(JSON.stringify(toOrder({ ...request, customer: { email } }, undefined))).not.toContain(
        'email_address',
      )
    },
  )
})

describe('merchant text', () => {
  const descriptionOf = (description: string) => {
    const text = JSON.stringify(toOrder({ ...request, description }, undefined))
    return /"description":("(?:[^"\\]|\\.)*")/.exec(text)?.[1]
  }

  test('is cut to what PayPal takes, never inside a character', () => {
    expect(descriptionOf(`${'x'.repeat(126)}😀`)).toBe(JSON.stringify('x'.repeat(126)))
    expect(descriptionOf('y'.repeat(500))).toBe(JSON.stringify('y'.repeat(127)))
  })

  test('loses line breaks and control characters, and is left out when nothing remains', () => {
    expect(descriptionOf('two\r\nlines\u0000')).toBe('"two lines"')
    expect(descriptionOf(' \n ')).toBeUndefined()
  })

  test('the reason of a refund is cut too', () => {
    const body = toRefund({ reference: 're_1', amount: usd(1n), speed: 'normal', reason: 'z'.repeat(900) })
    expect(body).toMatchObject({ note_to_payer: 'z'.repeat(255) })
  })
})

test('an amount that was not checked is a bug, not a request', () => {
  const amount = { minor: 1_050n, currency: currency('HUF') }
  expect(() => toOrder({ ...request, amount }, undefined)).toThrow(RangeError)
})

/** One request of every kind the adapter makes, with what PayPal would answer. */
async function everyRequest(): Promise<HttpRequest[]> {
  const held = handle({ refs: { authorization: AUTHORIZATION_ID } })
  const paid = handle({ paymentRef: CAPTURE_ID, refs: { capture: CAPTURE_ID } })
  const whole = answer(200, orderBody('COMPLETED', { captures: [captureBody()], refunds: [refundBody()] }))
  const runs: [
    ReturnType<typeof answer>[],
    (ctx: ReturnType<typeof scripted>['ctx']) => Promise<unknown> | undefined,
  ][] = [
    [[answer(201, orderBody('CREATED'))], (ctx) => payments.create(ctx, request, 'k')],
    [
      [answer(201, orderBody('CREATED'))],
      (ctx) => payments.create(ctx, { ...request, method: 'paypal_classic' }, 'k'),
    ],
    [[whole], (ctx) => payments.fetch(ctx, handle())],
    [[whole], (ctx) => payments.confirm?.(ctx, handle(), 'k')],
    [[whole], (ctx) => payments.confirm?.(ctx, handle({ capture: 'manual' }), 'k')],
    [[answer(201, captureBody()), whole], (ctx) => payments.capture?.(ctx, held, usd(4_000n), 'k')],
    [
      [answer(200, authorizationBody({ status: 'VOIDED' })), whole],
      (ctx) => payments.cancel?.(ctx, held, 'k'),
    ],
    [
      [answer(201, refundBody())],
      (ctx) =>
        refunds.create(
          ctx,
          paid,
          { reference: 're_1', amount: usd(1_000n), speed: 'normal', reason: 'x' },
          'k',
        ),
    ],
    [[answer(200, refundBody())], (ctx) => refunds.fetch(ctx, paid, '1JU08902781691411')],
    [[answer(200, { webhooks: [] }), answer(201, {})], (ctx) => register(ctx, 'https://pay.example.com/w')],
  ]
  const sent: HttpRequest[] = []
  for (const [answers, run] of runs) {
    const script = scripted(answers)
    await run(script.ctx)
    sent.push(...script.sent)
  }
  return sent
}
const jsonOf = (sent: HttpRequest) =>
  sent.body !== undefined && 'json' in sent.body ? sent.body.json : undefined

test.skipIf(!referencePresent)(
  'every request body is valid by PayPal’s specifications and uses known names',
  async () => {
    let judged = 0
    for (const sent of await everyRequest()) {
      const body = jsonOf(sent)
      if (body === undefined) continue
      expect([sent.path, problemsOf(sent)]).toEqual([sent.path, []])
      judged += 1
    }
    expect(judged).toBeGreaterThanOrEqual(7)
  },
)

interface Recording {
  readonly exchanges: readonly {
    readonly request: { method: string; path: string; headers: Record<string, string>; body: unknown }
  }[]
}

test.skipIf(!referencePresent)('methods, paths and headers are those of PayPal’s own client', async () => {
  const anyId = (path: string) => path.replaceAll(/\/[0-9A-Z]{17}(?=\/|$)/g, '/{id}')
  const { exchanges } = readReference<Recording>('recorded/paypal.json')
  const official = new Map(exchanges.map(({ request: sent }) => [`${sent.method} ${anyId(sent.path)}`, sent]))
  const ours = (await everyRequest()).filter(
    ({ path }) => path.startsWith('/v2/') || path === '/v1/oauth2/token',
  )
  for (const sent of ours) {
    const same = official.get(`${sent.method} ${anyId(sent.path)}`)
    expect([sent.path, same !== undefined]).toEqual([sent.path, true])
    if (sent.path !== '/v1/oauth2/token') {
      expect(sent.headers?.authorization?.split(' ')[0]).toBe(same?.headers.authorization?.split(' ')[0])
    }
    if (sent.headers?.prefer !== undefined) expect(sent.headers.prefer).toBe('return=representation')
  }
  expect(new Set(ours.map(({ method, path }) => `${method} ${anyId(path)}`)).size).toBe(9)
  expect(ours.some(({ path }) => path === `/v2/checkout/orders/${ORDER_ID}/authorize`)).toBe(true)
})

test.skipIf(!referencePresent)('a body PayPal’s own client sends has every member of ours', async () => {
  const { exchanges } = readReference<Recording>('recorded/paypal.json')
  const members = (value: unknown, at = ''): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, item]) => [`${at}/${name}`, ...members(item, `${at}/${name}`)])
      : []
  const recorded = new Set(exchanges.flatMap(({ request: sent }) => members(sent.body)))
  const own = ['/payment_source/paypal/email_address', '/custom_id']
  const [create] = (await everyRequest()).filter(({ path }) => path === '/v2/checkout/orders')
  const refund = (await everyRequest()).find(({ path }) => path.endsWith('/refund'))
  const all = [create, refund].flatMap((sent) => members(sent && jsonOf(sent)))
  expect(all.filter((member) => !recorded.has(member) && !own.includes(member))).toEqual([])
})
