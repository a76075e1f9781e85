import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Verdict } from '../spec.ts'
import { readReference, referencePresent } from './reference.fixture.ts'
import {
  answer,
  CREDENTIALS,
  collection,
  KEY_SECRET,
  lost,
  NOW_S,
  ORDER_ID,
  PAYMENT_ID,
  REFUND_ID,
  refusal,
  scripted,
  WEBHOOK_SECRET,
} from './scripted.fixture.ts'
import { webhooks } from './webhooks.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const sign = (body: string, secret = WEBHOOK_SECRET): string =>
  createHmac('sha256', secret).update(body).digest('hex')

function verify(
  body: string,
  over: {
    readonly signature?: string
    readonly secret?: string
    readonly receivedAtMs?: number
    readonly eventId?: string
  } = {},
): Promise<Verdict> {
  const { ctx } = scripted([], {
    credentials: { ...CREDENTIALS, webhook_secret: over.secret ?? WEBHOOK_SECRET },
  })
  const signature = over.signature ?? sign(body)
  const headers = {
    ...(signature === '' ? {} : { 'x-razorpay-signature': signature }),
    'x-razorpay-event-id': over.eventId ?? 'Evt1',
  }
  const receivedAtMs = over.receivedAtMs ?? (NOW_S + 5) * 1000
  return webhooks.verify(ctx, { headers, body: bytes(body), receivedAtMs })
}

async function keysOf(body: string, eventId = 'Evt1'): Promise<readonly string[]> {
  const verdict = await verify(body, { eventId })
  if (!verdict.ok) throw new Error(verdict.reason)
  return verdict.dedupeKeys
}

const event = (type: string, payload: object, over: object = {}): string =>
  JSON.stringify({ entity: 'event', event: type, contains: [], payload, created_at: NOW_S, ...over })
const payment = (over: object = {}) => ({
  payment: { entity: { id: PAYMENT_ID, order_id: ORDER_ID, notes: [], ...over } },
})

/** Own values, checked with the official SDK. */
const ASCII =
  '{"entity":"event","account_id":"acc_LocAlEmul0001A","event":"payment.captured","contains":["payment"],' +
  '"payload":{"payment":{"entity":{"id":"pay_LocAlEmul0001A","entity":"payment","amount":50000,"currency":"INR",' +
  '"status":"captured","order_id":"order_LocAlEmul0001A","captured":true,"fee":1180,"tax":180}}},' +
  '"created_at":1763900000}'
const ASCII_SIGNATURE = '44e1ffb1ad5f1a91605d1f0e89856fd782b291980901c475236800e73a3ace12'
const ESCAPED = '{"event":"payment.failed","note":"caf\\u00e9","url":"https:\\/\\/x.example\\/a"}'
const ESCAPED_SIGNATURE = '2ece5bada50014bb14b7837705885a3be378ca579ddd48413063ea6c00c54f98'

describe('signatures', () => {
  test.each([
    ['ASCII', ASCII, ASCII_SIGNATURE],
    ['escaped', ESCAPED, ESCAPED_SIGNATURE],
  ])('%s bytes are accepted as they came', async (_what, body, signature) => {
    expect(await verify(body, { signature })).toMatchObject({ ok: true })
  })

  test('the same content in other bytes is refused', async () => {
    const rewritten = JSON.stringify(JSON.parse(ESCAPED))
    expect(await verify(rewritten, { signature: ESCAPED_SIGNATURE })).toMatchObject({
      reason: 'bad_signature',
    })
    const tampered = ASCII.replace('50000', '50001')
    expect(await verify(tampered, { signature: ASCII_SIGNATURE })).toMatchObject({ reason: 'bad_signature' })
  })

  test.each([
    ['upper case', ASCII_SIGNATURE.toUpperCase()],
    ['a prefix', ASCII_SIGNATURE.slice(0, 62)],
    ['a longer one', `${ASCII_SIGNATURE}00`],
    ['no hex', 'z'.repeat(64)],
    ['base64', createHmac('sha256', WEBHOOK_SECRET).update(ASCII).digest('base64')],
    ['one made with the key secret', sign(ASCII, KEY_SECRET)],
  ])('%s is refused', async (_what, signature) => {
    expect(await verify(ASCII, { signature })).toEqual({ ok: false, reason: 'bad_signature' })
  })

  test('no header and no secret are told apart', async () => {
    expect(await verify(ASCII, { signature: '' })).toEqual({ ok: false, reason: 'missing_header' })
    expect(await verify(ASCII, { secret: '' })).toEqual({ ok: false, reason: 'no_secret' })
  })

  test('an event older than any repeat of Razorpay’s is stale', async () => {
    const day = 24 * 3_600_000
    expect(await verify(ASCII, { receivedAtMs: NOW_S * 1000 + 15 * day })).toMatchObject({ ok: true })
    expect(await verify(ASCII, { receivedAtMs: NOW_S * 1000 + 17 * day })).toEqual({
      ok: false,
      reason: 'stale',
    })
  })
})

describe('repeats', () => {
  test('are recognised by the body, whatever the unsigned header says', async () => {
    const once = await keysOf(ASCII, 'Evt1')
    expect(await keysOf(ASCII, 'Evt2')).toEqual(once)
    expect(once).toHaveLength(2)
    expect(once.join()).not.toContain('Evt1')
  })

  test('and by what the event says it is, whatever its bytes', async () => {
    const [, named] = await keysOf(ASCII)
    const pretty = await keysOf(JSON.stringify(JSON.parse(ASCII), null, 2))
    expect(pretty[0]).not.toBe((await keysOf(ASCII))[0])
    expect(pretty[1]).toBe(named)
  })

  test('two payments of one link in one second are two events', async () => {
    const link = { payment_link: { entity: { id: 'plink_1' } } }
    const first = await keysOf(event('payment_link.partially_paid', { ...link, ...payment({ id: 'pay_1' }) }))
    const second = await keysOf(
      event('payment_link.partially_paid', { ...link, ...payment({ id: 'pay_2' }) }),
    )
    expect(first.filter((key) => second.includes(key))).toEqual([])
  })

  test('an event that names nothing has its bytes only', async () => {
    expect(await keysOf(ESCAPED)).toHaveLength(1)
    expect(await keysOf('not json')).toHaveLength(1)
  })
})

describe('what an event is about', () => {
  const about = (body: string) => webhooks.parse(bytes(body))?.about

  test('a payment, with our reference where its notes carry it', () => {
    const known = { kind: 'payment', orderRef: ORDER_ID, paymentRef: PAYMENT_ID }
    expect(about(event('payment.captured', payment()))).toEqual({ ...known, reference: null })
    const noted = payment({ notes: { onerouter_ref: 'op_1' } })
    expect(about(event('payment.failed', noted))).toEqual({ ...known, reference: 'op_1' })
    const order = { order: { entity: { id: ORDER_ID, receipt: 'op_2', notes: [] } } }
    expect(about(event('order.paid', { ...payment(), ...order }))).toEqual({ ...known, reference: 'op_2' })
  })

  test('a dispute, with its payment', () => {
    const dispute = { dispute: { entity: { id: 'disp_1' } } }
    const known = { kind: 'dispute', disputeRef: 'disp_1', orderRef: ORDER_ID, paymentRef: PAYMENT_ID }
    expect(about(event('payment.dispute.created', { ...payment(), ...dispute }))).toEqual({
      ...known,
      reference: null,
    })
    expect(about(event('payment.dispute.lost', payment()))).toEqual({ kind: 'other' })
  })

  test('a refund', () => {
    const refund = {
      refund: { entity: { id: REFUND_ID, payment_id: PAYMENT_ID, receipt: 're_1', notes: [] } },
    }
    expect(about(event('refund.processed', { ...refund, ...payment() }))).toEqual({
      kind: 'refund',
      refundRef: REFUND_ID,
      reference: 're_1',
      orderRef: ORDER_ID,
      paymentRef: PAYMENT_ID,
    })
  })

  test('a link, whose order row has an id without prefix', () => {
    const payload = {
      payment_link: { entity: { id: 'plink_1', reference_id: 'op_3', notes: null } },
      order: { entity: { id: 'LocAlEmul0001A', merchant_id: 'x', public_key: 'rzp_test_x' } },
      ...payment(),
    }
    expect(about(event('payment_link.paid', payload))).toEqual({
      kind: 'payment',
      reference: 'op_3',
      orderRef: 'plink_1',
      paymentRef: PAYMENT_ID,
    })
  })

  test('a charge names its subscription, not the payment whose order we never made', () => {
    const subscription = { entity: { id: 'sub_1', notes: { onerouter_ref: 'op_4' } } }
    const named = { kind: 'subscription', reference: 'op_4', orderRef: null, subscriptionRef: 'sub_1' }
    expect(about(event('subscription.charged', { subscription, ...payment({ captured: '1' }) }))).toEqual(
      named,
    )
    const invoice = { entity: { id: 'inv_1', subscription_id: 'sub_1' } }
    expect(about(event('invoice.paid', { invoice, ...payment() }))).toEqual({ ...named, reference: null })
  })

  test.each([
    ['payment.downtime.started', { 'payment.downtime': { entity: { id: 'down_1' } } }],
    ['subscription.charged', { ...payment({ captured: '1' }) }],
    ['invoice.paid', { invoice: { entity: { id: 'inv_1', subscription_id: null } }, ...payment() }],
    ['settlement.processed', { settlement: { entity: { id: 'setl_1' } } }],
    ['payment.captured', {}],
    ['refund.created', { refund: { entity: { id: 7 } } }],
    ['something.unheard_of', payment()],
  ])('%s with %j is kept as other', (type, payload) => {
    expect(about(event(type, payload))).toEqual({ kind: 'other' })
  })

  test('the time is the event’s, even where it stands inside the payload', () => {
    const inside = event('refund.speed_changed', { created_at: NOW_S + 1 }, { created_at: undefined })
    expect(webhooks.parse(bytes(inside))?.occurredAtMs).toBe((NOW_S + 1) * 1000)
    expect(webhooks.parse(bytes(ESCAPED))).toMatchObject({ occurredAtMs: null, livemode: null })
  })

  test('hostile bytes are no event', () => {
    const deep = `{"event":"payment.captured","payload":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`
    expect(webhooks.parse(bytes(deep))).toBeNull()
    expect(webhooks.parse(Uint8Array.of(0xff, 0xfe))).toBeNull()
    expect(about('{"event":"payment.captured","payload":{"__proto__":{"entity":{"id":"pay_1"}}}}')).toEqual({
      kind: 'other',
    })
  })
})

interface Sample {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  readonly raw_body: string
}
interface Vectors {
  readonly razorpay: {
    readonly webhook: {
      readonly secret: string
      readonly vectors: readonly {
        readonly body: string
        readonly signature: string
        readonly expect: string
      }[]
    }
    readonly sdk_repo_vectors: { readonly vectors: readonly Readonly<Record<string, string>>[] }
  }
}

describe('recorded deliveries', () => {
  test.skipIf(!referencePresent)('every vector is judged as the official SDK judges it', async () => {
    const { webhook, sdk_repo_vectors: sdk } = readReference<Vectors>(
      'recorded/signature-vectors.json',
    ).razorpay
    expect(webhook.vectors).toHaveLength(5)
    for (const { body, signature, expect: expected } of webhook.vectors) {
      expect((await verify(body, { signature, secret: webhook.secret })).ok).toBe(expected === 'valid')
    }
    const [vector] = sdk.vectors.filter(({ kind }) => kind === 'webhook')
    const { body = '', signature = '', secret = '' } = vector ?? {}
    expect(await verify(body, { signature, secret })).toMatchObject({ ok: true })
  })

  test.skipIf(!referencePresent)('all 26 samples are accepted once, and their subject is found', async () => {
    const { samples, webhook_secret: secret } = readReference<{
      readonly webhook_secret: string
      readonly samples: readonly Sample[]
    }>('recorded/razorpay-webhook-samples.json')
    expect(samples).toHaveLength(26)
    const kinds: Record<string, number> = {}
    for (const { name, headers, raw_body: body } of samples) {
      const signature = headers['x-razorpay-signature'] ?? ''
      expect(await verify(body, { signature, secret }), name).toMatchObject({ ok: true })
      const shifted = body.replace('created_at":17', 'created_at":18')
      expect((await verify(shifted, { signature, secret })).ok, name).toBe(false)
      const parsed = webhooks.parse(bytes(body))
      expect(name.startsWith(parsed?.type ?? '?'), name).toBe(true)
      const kind = parsed?.about.kind ?? 'none'
      kinds[kind] = (kinds[kind] ?? 0) + 1
    }
    expect(kinds).toEqual({ payment: 11, refund: 4, dispute: 2, subscription: 9 })
  })
})

describe('registering', () => {
  const url = 'https://router.example/webhooks/razorpay/token'
  const register = (script: ReturnType<typeof scripted>) => webhooks.register?.(script.ctx, url)
  const made = answer(200, { id: 'HK890egfiItP3H', url, active: true })

  test('creates the webhook with the stored secret', async () => {
    const script = scripted([answer(200, collection({ id: 'Other', url: 'https://x.example' })), made])
    expect(await register(script)).toEqual({
      kind: 'ok',
      value: { ref: 'HK890egfiItP3H', credentials: { webhook_secret: WEBHOOK_SECRET } },
    })
    expect(script.calls()).toEqual(['GET /v1/webhooks?count=100', 'POST /v1/webhooks'])
    expect(script.sent[1]?.body).toMatchObject({
      json: {
        url,
        active: true,
        secret: WEBHOOK_SECRET,
        events: { 'payment.captured': true, 'order.paid': true },
      },
    })
  })

  test('updates the one that is there', async () => {
    const script = scripted([answer(200, collection({ id: 'HK890egfiItP3H', url })), made])
    expect(await register(script)).toMatchObject({ kind: 'ok' })
    expect(script.calls()[1]).toBe('PUT /v1/webhooks/HK890egfiItP3H')
  })

  test('derives a secret where none is stored: the same for the same address, and not the key', async () => {
    const secrets: string[] = []
    for (const address of [url, url, `${url}2`]) {
      const { key_id, key_secret } = CREDENTIALS
      const script = scripted([answer(200, collection()), made], { credentials: { key_id, key_secret } })
      const outcome = await webhooks.register?.(script.ctx, address)
      if (outcome?.kind === 'ok') secrets.push(outcome.value.credentials.webhook_secret ?? '')
    }
    expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(secrets[1]).toBe(secrets[0])
    expect(secrets[2]).not.toBe(secrets[0])
    expect(secrets.join()).not.toContain(KEY_SECRET)
  })

  test.each([
    ['the URL is not known', refusal('The requested URL was not found on the server.')],
    ['an undocumented sentence', refusal('You are not allowed to do this.')],
    ['a gateway’s 404', answer(404, { message: 'no Route matched with those values' })],
  ])('an account that may not is refused: %s', async (_what, result) => {
    expect((await register(scripted([result])))?.kind).toBe('rejected')
    expect((await register(scripted([answer(200, collection()), result])))?.kind).toBe('rejected')
  })

  test('a lost answer is unknown, wrong keys are wrong keys', async () => {
    expect((await register(scripted([answer(200, collection()), lost])))?.kind).toBe('unknown')
    expect(await register(scripted([refusal('Authentication failed', {}, 401)]))).toMatchObject({
      reason: 'bad_credentials',
    })
  })
})
