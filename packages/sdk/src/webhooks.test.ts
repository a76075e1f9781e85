import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import vectors from '../../../test/vectors/standard-webhooks.json' with { type: 'json' }
import { OneRouter } from './client.ts'
import type { OneRouterEvent, PaymentEvent } from './types/event.ts'
import { signTest, verify, type WebhookHeaders } from './webhooks.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const OLDER = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'
const PRIVATE =
  'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=='
const PUBLIC = 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4='
const bytes = (text: string) => new TextEncoder().encode(text)

describe('shared vectors', () => {
  test.each(vectors.vectors)('$name', async ({ secrets, headers, body, now, valid, reason }) => {
    // One of the vectors leaves a header out, which gives the others an optional one.
    const given = headers as unknown as WebhookHeaders
    const checked = verify(body, given, secrets, { now: () => now * 1000 })
    if (valid) expect(await checked).toEqual(JSON.parse(body))
    else await expect(checked).rejects.toMatchObject({ name: 'WebhookVerificationError', code: reason })
  })

  test('our own signatures are those of the vectors, v1 and v1a', async () => {
    const [first, , asymmetric] = vectors.vectors
    for (const [vector, secret] of [
      [first, SECRET],
      [asymmetric, PRIVATE],
    ] as const) {
      const { headers } = await signTest({
        event: vector?.body ?? '',
        secret,
        id: vector?.headers['webhook-id'] ?? '',
        timestamp: Number(vector?.headers['webhook-timestamp']),
      })
      expect(headers['webhook-signature']).toBe(vector?.headers['webhook-signature'])
    }
  })
})

describe('interoperation with the official library', () => {
  test('it verifies what signTest makes, also while secrets rotate', async () => {
    const made = await signTest({ event: { type: 'webhook.test', apiVersion: '1' }, secret: [OLDER, SECRET] })
    for (const secret of [OLDER, SECRET]) {
      expect(new Webhook(secret).verify(made.body, made.headers)).toEqual({
        type: 'webhook.test',
        api_version: '1',
      })
    }
  })

  test('verify accepts what it signs', async () => {
    const at = new Date()
    const body = '{"type":"payment.succeeded","data":{"object":{"id":"pay_1","amount_minor":5}}}'
    const headers = {
      'webhook-id': 'evt_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(SECRET).sign('evt_1', at, body),
    }
    expect(await verify(body, headers, SECRET)).toEqual({
      type: 'payment.succeeded',
      data: { object: { id: 'pay_1', amountMinor: 5 } },
    })
  })
})

describe('what verify takes', () => {
  const body = '{"type":"refund.failed","note":"größer ☕"}'
  const made = () => signTest({ event: body, secret: SECRET, id: 'evt_1' })

  test('bodies: text, bytes of any kind of view, a buffer', async () => {
    const { headers } = await made()
    const shifted = new Uint8Array([0, 0, ...bytes(body)]).subarray(2)
    for (const given of [body, bytes(body), Buffer.from(body), shifted, bytes(body).buffer]) {
      expect(await verify(given, headers, SECRET)).toMatchObject({ type: 'refund.failed' })
    }
  })

  test('headers: Headers, a plain object in any case, array values, pairs, a Map', async () => {
    const { headers } = await made()
    const pairs = Object.entries(headers)
    const forms: WebhookHeaders[] = [
      new Headers(headers),
      Object.fromEntries(pairs.map(([name, value]) => [name.toUpperCase(), value])),
      Object.fromEntries(pairs.map(([name, value]) => [name, [value]])),
      pairs,
      new Map(pairs),
      { ...headers, 'content-length': undefined },
      { ...headers, 'webhook-signature': ['v1,AAAA', headers['webhook-signature']] },
    ]
    for (const form of forms)
      expect(await verify(body, form, SECRET)).toMatchObject({ type: 'refund.failed' })
  })

  test('two ids, or two times, are refused: nobody knows which was signed', async () => {
    const { headers } = await made()
    for (const name of ['webhook-id', 'webhook-timestamp'] as const) {
      const doubled = { ...headers, [name]: [headers[name], headers[name]] }
      await expect(verify(body, doubled, SECRET)).rejects.toMatchObject({ code: 'webhook_headers_missing' })
    }
  })

  test('a parsed body is refused with the way to do it right', async () => {
    const { headers } = await made()
    const parsed: unknown = JSON.parse(body)
    // Frameworks parse bodies unasked, and plain JavaScript passes them on.
    await expect(verify(parsed as string, headers, SECRET)).rejects.toThrow(/raw body/)
  })

  test('secrets: none, too many, a private key, one that is no text', async () => {
    const { headers } = await made()
    const none = undefined as unknown as string // an environment variable that is not set, in plain JavaScript
    for (const secret of [[], Array.from({ length: 9 }, () => SECRET), PRIVATE, 'whsec_', '', none]) {
      const refused = verify(body, headers, secret)
      await expect(refused).rejects.toMatchObject({ code: 'webhook_secret_malformed' })
      await expect(verify(body, headers, secret)).rejects.not.toThrow(SECRET)
    }
  })

  test('a signed body that is no object is refused', async () => {
    for (const event of ['null', '[]', '7', '<html>']) {
      const signed = await signTest({ event, secret: SECRET })
      await expect(verify(signed.body, signed.headers, SECRET)).rejects.toMatchObject({
        code: 'webhook_body_malformed',
      })
    }
  })

  test('a tolerance that is no number lets nothing through', async () => {
    const { headers } = await made()
    const options = { toleranceSeconds: Number.NaN }
    await expect(verify(body, headers, SECRET, options)).rejects.toMatchObject({
      code: 'webhook_timestamp_out_of_range',
    })
  })

  test('a header of ten thousand signatures costs no more than sixteen', async () => {
    const { headers } = await made()
    const many = `${'v1,AAAA '.repeat(10_000)}${headers['webhook-signature']}`
    await expect(verify(body, { ...headers, 'webhook-signature': many }, SECRET)).rejects.toMatchObject({
      code: 'webhook_signature_mismatch',
    })
  })

  test('a v1a signature is verified by its public key', async () => {
    const signed = await signTest({ event: body, secret: [SECRET, PRIVATE] })
    expect(await verify(signed.body, signed.headers, PUBLIC)).toMatchObject({ type: 'refund.failed' })
    await expect(verify(`${body} `, signed.headers, PUBLIC)).rejects.toThrow(/No signature matches/)
  })
})

test('an event goes through signTest and verify unchanged, and its type tells its object', async () => {
  const event = {
    id: 'evt_1',
    type: 'payment.succeeded',
    createdAt: '2026-11-24T12:00:00.000Z',
    data: {
      object: { id: 'pay_1', amountMinor: 5, metadata: { order_id: '1' }, checkoutOptions: { a_b: 1 } },
    },
  } as unknown as PaymentEvent // the members this test looks at
  const { body, headers } = await OneRouter.webhooks.signTest({ event, secret: SECRET })
  expect(headers['webhook-id']).toBe('evt_1')
  const verified: OneRouterEvent = await OneRouter.webhooks.verify(body, headers, SECRET)
  expect(verified).toEqual(event)
  if (verified.type === 'payment.succeeded') expect(verified.data.object.amountMinor).toBe(5)
})
