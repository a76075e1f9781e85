/** A caller's mistake: always a problem document that says what and where, nothing written, never a 500. */
import { connect } from 'node:net'
import { formatId, uuidV7 } from '@onerouter/core'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectProblem } from './problem.ts'
import { createStack, type Merchant, type Stack } from './stack.ts'

let stack: Stack
let merchant: Merchant
beforeAll(async () => {
  stack = await createStack()
  merchant = await stack.merchant()
})
beforeEach(() => {
  stack.wire.length = 0
})
afterAll(() => stack.close())

const order = { amount: '500.00', currency: 'USD', provider: 'stripe' }
const raw = (members: string) => `{"amount":"5.00","currency":"USD","provider":"stripe",${members}}`
const payments = (body: unknown) => merchant.call('POST', '/v1/payments', body)

const rowCount = async (): Promise<number> => {
  const { rows } = await stack.api.deps.db.engine.query(
    'SELECT (SELECT count(*) FROM payment) + (SELECT count(*) FROM idempotency) + (SELECT count(*) FROM refund) AS n',
  )
  return Number(rows[0]?.n)
}

const foreign = formatId('payment', uuidV7(1_700_000_000_000, new Uint8Array(10)))
const long = (length: number) => 'x'.repeat(length)

describe('POST /v1/payments: the caller is told what and where, nobody is called, nothing is written', () => {
  test.each<[string, unknown, number, string, string?]>([
    ['malformed JSON', '{"amount":', 400, 'malformed_json'],
    ['two documents', `${JSON.stringify(order)}{}`, 400, 'malformed_json'],
    ['a comment', '{"amount":"5"/**/}', 400, 'malformed_json'],
    ['a trailing comma', '{"amount":"5",}', 400, 'malformed_json'],
    ['an array', '[]', 400, 'invalid_request', ''],
    ['a text', '"x"', 400, 'invalid_request', ''],
    ['no currency', { amount: '5', provider: 'stripe' }, 400, 'invalid_request', '/currency'],
    ['an unknown field', { ...order, status: 'succeeded' }, 400, 'invalid_request', '/status'],
    [
      'an unknown field of the customer',
      { ...order, customer: { id: 'x' } },
      400,
      'invalid_request',
      '/customer/id',
    ],
    ['a currency of four letters', { ...order, currency: 'USDT' }, 400, 'invalid_request', '/currency'],
    ['a currency that is a number', { ...order, currency: 840 }, 400, 'invalid_request', '/currency'],
    ['a currency that is none', { ...order, currency: 'ABC' }, 400, 'unsupported_currency', '/currency'],
    [
      'a currency the provider lacks',
      { ...order, currency: 'KPW' },
      400,
      'unsupported_currency',
      '/currency',
    ],
    ['a provider that is none', { ...order, provider: 'square' }, 400, 'invalid_request', '/provider'],
    ['a method that is none', { ...order, method: 'seashells' }, 400, 'unsupported_method', '/method'],
    ['a capture mode that is none', { ...order, capture: 'later' }, 400, 'invalid_request', '/capture'],
    [
      'an environment that is none',
      { ...order, environment: 'prod' },
      400,
      'invalid_request',
      '/environment',
    ],
    ['a description of 1,001', { ...order, description: long(1001) }, 400, 'invalid_request', '/description'],
    ['a receipt of 256', { ...order, receipt: long(256) }, 400, 'invalid_request', '/receipt'],
    [
      'metadata of 51',
      { ...order, metadata: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [i, 'x'])) },
      400,
      'invalid_request',
      '/metadata',
    ],
    ['metadata that nests', { ...order, metadata: { a: { b: 'c' } } }, 400, 'invalid_request', '/metadata/a'],
    [
      'a metadata value of 501',
      { ...order, metadata: { a: long(501) } },
      400,
      'invalid_request',
      '/metadata/a',
    ],
    [
      'a return_url that runs',
      { ...order, return_url: 'javascript:alert(1)' },
      400,
      'invalid_request',
      '/return_url',
    ],
    [
      'a return_url without scheme',
      { ...order, return_url: '//evil.example' },
      400,
      'invalid_request',
      '/return_url',
    ],
    [
      'a cancel_url with a password',
      { ...order, cancel_url: 'https://a:b@evil.example' },
      400,
      'invalid_request',
      '/cancel_url',
    ],
    ['an amount twice', '{"amount":"5","amount":"6","currency":"USD"}', 400, 'malformed_json', '/amount'],
    ['a key twice, deep down', raw('"metadata":{"a":"1","a":"2"}'), 400, 'malformed_json', '/metadata/a'],
    ['a key twice, escaped', raw('"metadata":{"a":"1","\\u0061":"2"}'), 400, 'malformed_json', '/metadata/a'],
    ['NUL in a text', raw('"description":"a\\u0000b"'), 400, 'malformed_json', '/description'],
    ['NUL in a key', raw('"metadata":{"a\\u0000":"b"}'), 400, 'malformed_json'],
    ['a lone surrogate', raw('"description":"\\ud800"'), 400, 'malformed_json', '/description'],
    [
      'surrogates the wrong way round',
      raw('"description":"\\udc00\\ud800"'),
      400,
      'malformed_json',
      '/description',
    ],
    ['__proto__', raw('"__proto__":{"capture":"manual"}'), 400, 'malformed_json', '/__proto__'],
    ['5,000 levels', raw(`"metadata":${'['.repeat(5000)}${']'.repeat(5000)}`), 400, 'malformed_json'],
    ['300 KB', raw(`"description":"${long(300_000)}"`), 413, 'payload_too_large'],
    [
      'an idempotency key of 256',
      { ...order, idempotency_key: long(256) },
      400,
      'invalid_request',
      '/idempotency_key',
    ],
    ['an idempotency key with a space', { ...order, idempotency_key: 'a b' }, 400, 'idempotency_key_invalid'],
    [
      'live with a test key',
      { ...order, environment: 'live' },
      400,
      'environment_not_allowed',
      '/environment',
    ],
  ])('%s', async (_, body, status, code, pointer) => {
    const before = await rowCount()
    const answer = await payments(body)
    // Which status fits an environment that is not allowed is the registry's to say.
    expectProblem(answer, code === 'environment_not_allowed' ? answer.statusCode : status, code, pointer)
    expect(answer.statusCode).toBeLessThan(500)
    expect(stack.wire).toEqual([])
    expect(await rowCount()).toBe(before)
  })

  test('text outside the basic plane and right-to-left comes back as it went in', async () => {
    const description = '😀 שלום \u202e 漢字 é'
    const made = await payments({ ...order, description, metadata: { 鍵: '😀' } })
    expect(made.json()).toMatchObject({ description, metadata: { 鍵: '😀' } })
  })

  test.each<[string, Record<string, string | string[]>]>([
    ['no key', {}],
    ['a wrong key', { authorization: 'Bearer unf_test_wrong' }],
    ['two keys', { authorization: ['Bearer a', 'Bearer b'] }],
    ['a provider key', { authorization: 'Bearer sk_test_0123456789abcdefghijklmn' }],
  ])('%s is 401 before anything is read', async (_, headers) => {
    const answer = await stack.api.app.inject({
      method: 'POST',
      url: '/v1/payments',
      headers: { 'content-type': 'application/json', ...headers },
      payload: '{"broken',
    })
    expectProblem(answer, 401, 'unauthenticated')
  })

  test('a revoked key is refused from the next request, a foreign one reaches nothing', async () => {
    const key = await stack.api.newKey({
      accountId: merchant.accountId,
      scopes: ['keys:write', 'payments:read'],
    })
    expect((await stack.api.call(key.plain, 'GET', '/v1/payments')).statusCode).toBe(200)
    await stack.api.call(key.plain, 'POST', `/api/keys/${formatId('key', key.id)}/revoke`)
    expectProblem(await stack.api.call(key.plain, 'GET', '/v1/payments'), 401, 'unauthenticated')
    const stranger = await stack.api.newKey()
    expectProblem(
      await stack.api.call(stranger.plain, 'POST', '/v1/payments', order),
      422,
      'provider_not_configured',
    )
    expect(stack.wire).toEqual([])
  })
})

describe('ids and refunds', () => {
  test.each([
    foreign,
    foreign.toUpperCase(),
    foreign.replace('pay_', 're_'),
    `${foreign}0`,
    foreign.slice(0, -1),
    long(5000),
    'pay_%00',
    '..%2f..%2fetc%2fpasswd',
    "' OR 1=1--",
    '%ED%A0%80',
    '😀',
  ])('GET /v1/payments/%s is 404', async (id) => {
    const path = id.includes('%') ? id : encodeURIComponent(id)
    expectProblem(await merchant.call('GET', `/v1/payments/${path}`), 404, 'not_found')
  })

  test.each<[string, unknown, number, string, string?]>([
    ['no payment', {}, 400, 'invalid_request', '/payment_id'],
    ['a payment that is nobody’s', { payment_id: foreign }, 404, 'not_found'],
    ['an id of 65', { payment_id: long(65) }, 400, 'invalid_request', '/payment_id'],
    ['an id that is a number', { payment_id: 7 }, 400, 'invalid_request', '/payment_id'],
    ['a refund’s id', { payment_id: foreign.replace('pay_', 're_') }, 404, 'not_found'],
    ['a speed that is none', { payment_id: foreign, speed: 'instant' }, 400, 'invalid_request', '/speed'],
    ['an unknown field', { payment_id: foreign, currency: 'USD' }, 400, 'invalid_request', '/currency'],
  ])('a refund of %s', async (_, body, status, code, pointer) => {
    expectProblem(await merchant.call('POST', '/v1/refunds', body), status, code, pointer)
    expect(stack.wire).toEqual([])
  })

  test.each([['0'], ['-1'], ['600.00'], ['1.001'], ['1e2']])(
    'a refund of %s of 500.00 is refused',
    async (amount) => {
      const made = (await payments(order)).json()
      merchant.pay(made)
      await merchant.call('POST', `/v1/payments/${made.id}/sync`)
      stack.wire.length = 0
      const answer = await merchant.call('POST', '/v1/refunds', { payment_id: made.id, amount })
      const tooMuch = amount === '600.00'
      expectProblem(answer, tooMuch ? 422 : 400, tooMuch ? 'amount_exceeds_captured' : 'invalid_amount')
      expect(stack.wire).toEqual([])
    },
  )

  test('nothing can be refunded, captured or canceled out of turn', async () => {
    const made = (await payments(order)).json()
    expectProblem(await merchant.call('POST', '/v1/refunds', { payment_id: made.id }), 409, 'invalid_state')
    expectProblem(await merchant.call('POST', `/v1/payments/${made.id}/capture`), 409, 'invalid_state')
    merchant.pay(made)
    await merchant.call('POST', `/v1/payments/${made.id}/sync`)
    expectProblem(await merchant.call('POST', `/v1/payments/${made.id}/cancel`), 409, 'invalid_state')
  })
})

test('whatever JSON is sent to create or refund, the answer is a refusal or a documented outcome', async () => {
  const made = (await payments(order)).json()
  const field = fc.constantFrom(
    'amount',
    'amount_minor',
    'currency',
    'provider',
    'method',
    'capture',
    'receipt',
    'description',
    'customer',
    'metadata',
    'notes',
    'return_url',
    'environment',
    'idempotency_key',
    'payment_id',
    'reason',
    'speed',
  )
  const plausible = fc.oneof(
    fc.constantFrom<unknown>(
      'USD',
      'INR',
      'JPY',
      'stripe',
      'paypal',
      'razorpay',
      'card',
      'manual',
      'test',
      'live',
    ),
    fc.constantFrom<unknown>(
      '500.00',
      500,
      '0.01',
      1e21,
      -1,
      '1e2',
      made.id,
      null,
      '',
      'https://shop.example/x',
    ),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.dictionary(fc.string({ unit: 'binary', maxLength: 10 }), fc.string({ unit: 'binary', maxLength: 10 })),
    fc.jsonValue(),
  )
  const good = fc.constantFrom({}, order, { payment_id: made.id })
  const body = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(good, fc.dictionary(field, plausible)).map((parts) => Object.assign({}, ...parts)),
    },
    { weight: 1, arbitrary: fc.jsonValue() },
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('/v1/payments', '/v1/refunds'), body, async (url, sent) => {
      const answer = await merchant.call('POST', url, sent === undefined ? {} : JSON.stringify(sent))
      expect(answer.statusCode >= 500 && ![502, 503].includes(answer.statusCode), answer.body).toBe(false)
      if (answer.statusCode >= 400) expectProblem(answer, answer.statusCode, answer.json().code)
    }),
    { numRuns: 300 },
  )
})

test('over a real socket: chopped, late and lying requests are answered as a problem or cut', async () => {
  const origin = new URL(await stack.api.app.listen({ host: '127.0.0.1', port: 0 }))
  const talk = (bytes: string, how: 'write' | 'end' = 'write'): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = ''
      const socket = connect(Number.parseInt(origin.port, 10), origin.hostname, () => socket[how](bytes))
      socket.on('data', (chunk) => {
        text += chunk.toString()
      })
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
    })
  const head = `POST /v1/payments HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${merchant.key}\r\ncontent-type: application/json\r\n`
  const body = JSON.stringify(order)
  const twoLengths = `${head}content-length: ${body.length}\r\ncontent-length: 3\r\n\r\n${body}`
  const smuggled = `${head}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`
  const badChunk = `${head}transfer-encoding: chunked\r\n\r\nZZ\r\n${body}\r\n0\r\n\r\n`
  for (const bytes of [twoLengths, smuggled, badChunk]) {
    expect(await talk(bytes)).toMatch(/^(HTTP\/1\.1 4\d\d [\s\S]*problem\+json|$)/)
  }
  const before = await rowCount()
  await talk(`${head}content-length: 5000\r\n\r\n${body}`, 'end')
  expect(await rowCount()).toBe(before)
  const whole = `${head}connection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  expect(await talk(whole)).toMatch(/^HTTP\/1\.1 201 /)
})
