import { X509Certificate } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { redactBody } from '../redact.ts'
import type { HttpResult, RawWebhook } from '../spec.ts'
import type { PaypalContext } from './api.ts'
import { readReference, referencePresent } from './reference.fixture.ts'
import { answer, CREDENTIALS, issue, lost, NOW_MS, scripted } from './scripted.fixture.ts'
import { readSignedHeaders, signatureHolds } from './signature.ts'
import { CERTIFICATES, DELIVERY, VECTOR_CERTIFICATE, VECTORS } from './webhook-vectors.fixture.ts'
import { webhooks } from './webhooks.ts'

const BASE = 'http://127.0.0.1:8013'
const CERT_URL = `${BASE}/v1/notifications/certs/CERT-00000000-emulator`
const bytes = (text: string) => new TextEncoder().encode(text)

interface Vector {
  readonly name: string
  readonly expected: 'SUCCESS' | 'FAILURE'
  readonly webhook_id: string
  readonly headers: Record<string, string>
  readonly raw_body_base64: string
}
interface Sample {
  readonly event_type: string
  readonly webhook_id: string
  readonly headers: Record<string, string>
  readonly raw_body: string
}

/** The certificate of the vectors comes from an overridden origin: no public root knows it. */
function verify(
  delivery: { readonly headers: Record<string, string>; readonly body: Uint8Array },
  options: {
    readonly answers?: readonly HttpResult[]
    readonly ctx?: Partial<PaypalContext>
    readonly webhookId?: string
  } = {},
) {
  const script = scripted(options.answers ?? [answer(200, VECTOR_CERTIFICATE)], {
    ctx: {
      baseUrl: BASE,
      credentials: { ...CREDENTIALS, webhook_id: options.webhookId ?? '8PT597110X687430L' },
      ...options.ctx,
    },
  })
  const webhook: RawWebhook = {
    headers: { ...delivery.headers, 'paypal-cert-url': delivery.headers['paypal-cert-url'] ?? CERT_URL },
    body: delivery.body,
    receivedAtMs: NOW_MS,
  }
  return Object.assign(webhooks.verify(script.ctx, webhook), { script })
}

function vectorDelivery(vector: (typeof VECTORS)[number]) {
  return {
    headers: {
      'paypal-auth-algo': 'SHA256withRSA',
      'paypal-transmission-id': '69cd13f0-d67a-11e5-baa3-778b53f4ae55',
      'paypal-transmission-time': vector.transmissionTime,
      'paypal-transmission-sig': vector.signature,
    },
    body: Buffer.from(vector.bodyBase64, 'base64'),
  }
}

describe('PayPal signatures', () => {
  test.each(VECTORS)('$name: holds = $holds', async (vector) => {
    const verdict = await verify(vectorDelivery(vector), { webhookId: vector.webhookId })
    expect(verdict).toMatchObject(vector.holds ? { ok: true } : { ok: false, reason: 'bad_signature' })
  })

  test.skipIf(!referencePresent)('every reference vector is accepted or refused as marked', async () => {
    const file = readReference<{ vectors: Vector[]; cert_pem: string }>(
      'recorded/paypal-webhook-vectors.json',
    )
    expect(file.vectors).toHaveLength(13)
    for (const { name, headers, raw_body_base64, webhook_id, expected } of file.vectors) {
      const body = Buffer.from(raw_body_base64, 'base64')
      const delivery = { headers: { ...headers, 'paypal-cert-url': CERT_URL }, body }
      const answers = [answer(200, file.cert_pem)]
      const verdict = await verify(delivery, { webhookId: webhook_id, answers })
      expect([name, verdict.ok]).toEqual([name, expected === 'SUCCESS'])
    }
  })

  test.skipIf(!referencePresent)(
    'every reference delivery is accepted, parsed, and refused when touched',
    async () => {
      const file = readReference<{ samples: Sample[]; cert_pem: string }>(
        'recorded/paypal-webhook-samples.json',
      )
      expect(file.samples).toHaveLength(22)
      for (const { headers, raw_body, webhook_id, event_type } of file.samples) {
        const answers = [answer(200, file.cert_pem)]
        const delivery = { headers: { ...headers, 'paypal-cert-url': CERT_URL }, body: bytes(raw_body) }
        expect((await verify(delivery, { webhookId: webhook_id, answers })).ok).toBe(true)
        expect(webhooks.parse(delivery.body)?.type).toBe(event_type)
        const touched = {
          ...delivery,
          body: bytes(raw_body.replace('"event_version":"1.0"', '"event_version":"1.1"')),
        }
        expect(await verify(touched, { webhookId: webhook_id, answers })).toEqual({
          ok: false,
          reason: 'bad_signature',
        })
      }
    },
  )

  test.skipIf(!referencePresent)(
    'a forged body with the genuine checksum verifies, so only its ids may ever be used, once',
    async () => {
      const file = readReference<{
        crc32_collision_demo: { headers: Record<string, string>; raw_body: string }
        vectors: Vector[]
      }>('recorded/paypal-webhook-vectors.json')
      const demo = file.crc32_collision_demo
      const headers = { ...demo.headers, 'paypal-cert-url': CERT_URL }
      const forged = await verify({ headers, body: bytes(demo.raw_body) })
      const first = file.vectors[0]
      const genuine = await verify({ headers, body: Buffer.from(first?.raw_body_base64 ?? '', 'base64') })
      expect(forged.ok && genuine.ok && forged.dedupeKeys[0] === genuine.dedupeKeys[0]).toBe(true)
    },
  )

  test('the checksum is the zlib CRC32 in unsigned decimal', () => {
    expect([crc32(''), crc32('123456789'), crc32('a')]).toEqual([0, 3421780262, 3904355907])
  })

  test('a certificate under a trusted root signs for PayPal’s own hosts', () => {
    const headers = readSignedHeaders({ ...DELIVERY.headers, 'paypal-cert-url': 'x' })
    if (typeof headers === 'string') throw new Error(headers)
    const key = new X509Certificate(CERTIFICATES.sandbox).publicKey
    expect(signatureHolds(headers, DELIVERY.webhookId, bytes(DELIVERY.body), key)).toBe(true)
    expect(signatureHolds(headers, DELIVERY.webhookId, bytes(`${DELIVERY.body} `), key)).toBe(false)
  })
})

describe('what is refused before any certificate is fetched', () => {
  const genuine = vectorDelivery(VECTORS[0] ?? fail())

  test.each([
    ['no webhook id', { client_id: 'x', client_secret: 'y' }],
    ['the simulator’s webhook id', { ...CREDENTIALS, webhook_id: 'WEBHOOK_ID' }],
  ])('%s', async (_what, credentials) => {
    const verdict = verify(genuine, { ctx: { credentials } })
    expect(await verdict).toEqual({ ok: false, reason: 'no_secret' })
    expect(verdict.script.sent).toEqual([])
  })

  test.each([
    ['paypal-auth-algo', '', 'missing_header'],
    ['paypal-transmission-id', '', 'missing_header'],
    ['paypal-transmission-time', '', 'missing_header'],
    ['paypal-transmission-sig', '', 'missing_header'],
    ['paypal-cert-url', '', 'missing_header'],
    ['paypal-auth-algo', 'SHA1withRSA', 'bad_signature'],
    ['paypal-auth-algo', 'sha256withrsa', 'bad_signature'],
    ['paypal-transmission-id', 'a|b', 'bad_signature'],
    ['paypal-transmission-sig', '***', 'bad_signature'],
    ['paypal-cert-url', 'https://evil.test/v1/notifications/certs/CERT-1', 'untrusted_certificate'],
  ])('%s = %j', async (name, value, reason) => {
    const verdict = verify({ ...genuine, headers: { ...genuine.headers, [name]: value } })
    expect(await verdict).toEqual({ ok: false, reason })
    expect(verdict.script.sent).toEqual([])
  })
})

describe('when the certificate cannot be had, PayPal is asked', () => {
  const awkward = vectorDelivery(VECTORS.find(({ name }) => name === 'valid-awkward-bytes') ?? fail())
  const status = (verification_status: string) => answer(200, { verification_status })

  test('with the bytes as they came', async () => {
    const verdict = verify(awkward, { answers: [lost, status('SUCCESS')] })
    expect((await verdict).ok).toBe(true)
    const request = verdict.script.sent.at(-1)
    expect(request?.path).toBe('/v1/notifications/verify-webhook-signature')
    const raw = request?.body !== undefined && 'raw' in request.body ? request.body.raw : ''
    expect(raw).toContain(`,"webhook_event":${Buffer.from(awkward.body).toString('utf8')}}`)
    expect(JSON.parse(raw)).toMatchObject({
      auth_algo: 'SHA256withRSA',
      cert_url: CERT_URL,
      webhook_id: '8PT597110X687430L',
      transmission_id: '69cd13f0-d67a-11e5-baa3-778b53f4ae55',
    })
  })

  test('and the record of that call keeps no signature that could be used again', async () => {
    const verdict = verify(awkward, { answers: [lost, status('SUCCESS')] })
    await verdict
    const body = verdict.script.sent.at(-1)?.body
    const raw = body !== undefined && 'raw' in body ? body.raw : ''
    const signature = awkward.headers['paypal-transmission-sig']
    expect(raw).toContain(signature)
    expect(redactBody(raw, 'application/json')).not.toContain(signature.slice(0, 40))
  })

  test.each([
    ['FAILURE', status('FAILURE'), 'bad_signature'],
    ['a refusal of the request', issue(400, 'VALIDATION_ERROR', 'VALIDATION_ERROR'), 'bad_signature'],
    ['a word we do not know', status('MAYBE'), 'unavailable'],
    ['no answer', lost, 'unavailable'],
    ['503', answer(503, ''), 'unavailable'],
  ])('%s', async (_what, result, reason) => {
    expect(await verify(awkward, { answers: [lost, result] })).toEqual({ ok: false, reason })
  })

  test.each([
    ['closes our object', '{},"webhook_id":"OTHER0000"'],
    ['is no JSON', 'not json'],
    ['is empty', ''],
    ['is no object', '[]'],
  ])('never with a body that %s', async (_what, body) => {
    const verdict = verify({ ...awkward, body: bytes(body) }, { answers: [lost] })
    expect(await verdict).toEqual({ ok: false, reason: 'bad_signature' })
  })

  test('never with bytes that are no UTF-8', async () => {
    const body = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
    expect(await verify({ ...awkward, body }, { answers: [lost] })).toEqual({
      ok: false,
      reason: 'bad_signature',
    })
  })
})

test('a repeat is known by its transmission and by event with type', async () => {
  const vector = VECTORS.find(({ name }) => name === 'valid-crc-above-2^31') ?? fail()
  const verdict = await verify(vectorDelivery(vector))
  expect(verdict.ok && verdict.dedupeKeys).toEqual([
    'paypal:transmission:69cd13f0-d67a-11e5-baa3-778b53f4ae55',
    expect.stringMatching(/^paypal:event:WH-[0-9A-Z-]+:PAYMENT\.CAPTURE\.COMPLETED$/),
  ])
})

function fail(): never {
  throw new Error('the vector is missing')
}
