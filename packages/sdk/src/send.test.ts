import { describe, expect, test } from 'vitest'
import { ConnectionError, OneRouterError, RateLimitError, TimeoutError } from './errors.ts'
import { json, KEY, problem, type Step, scripted } from './testing/scripted.ts'

const order = { amount: '500.00', currency: 'USD' }
const paid = { id: 'pay_1', amount_minor: 50_000 }

describe('one request', () => {
  test('carries key, type, agent and an idempotency key, and follows no redirect', async () => {
    const { client, seen } = scripted([json(paid, 201)])
    await client.payments.create({ ...order, returnUrl: 'https://shop.example' })
    const [request] = seen
    expect(request?.url.href).toBe('http://localhost:8000/v1/payments')
    expect(request?.headers.get('authorization')).toBe(`Bearer ${KEY}`)
    expect(request?.headers.get('content-type')).toBe('application/json')
    expect(request?.headers.get('user-agent')).toMatch(/^onerouter-ts\/\d/)
    expect(request?.headers.get('idempotency-key')).toBe('key-1')
    expect(request?.redirect).toBe('manual')
    expect(JSON.parse(request?.body ?? '')).toEqual({ ...order, return_url: 'https://shop.example' })
  })

  test('answers in camelCase', async () => {
    const { client } = scripted([json(paid)])
    expect(await client.payments.get('pay_1')).toEqual({ id: 'pay_1', amountMinor: 50_000 })
  })

  test('keeps the path of a base address, and drops its last slash', async () => {
    const { client, seen } = scripted([json(paid)], { baseUrl: 'https://example.com/pay/' })
    await client.payments.get('pay_1')
    expect(seen[0]?.url.href).toBe('https://example.com/pay/v1/payments/pay_1')
  })

  test('a GET has neither body, type nor idempotency key', async () => {
    const { client, seen } = scripted([json(paid)])
    await client.payments.get('pay_1')
    expect(seen[0]?.body).toBeNull()
    expect(seen[0]?.headers.has('content-type')).toBe(false)
    expect(seen[0]?.headers.has('idempotency-key')).toBe(false)
  })

  test('headers of the call replace ours, and null removes one', async () => {
    const { client, seen } = scripted([json(paid)])
    await client.payments.get('pay_1', { headers: { 'X-Trace': 't', 'User-Agent': null, Accept: 'a/b' } })
    expect(seen[0]?.headers.get('x-trace')).toBe('t')
    expect(seen[0]?.headers.has('user-agent')).toBe(false)
    expect(seen[0]?.headers.get('accept')).toBe('a/b')
  })

  test('numbers go out as JavaScript writes them; NaN never becomes an amount', async () => {
    const { client, seen } = scripted([json(paid), json(paid)])
    await client.payments.create({ amount: 10.5, currency: 'USD' })
    await client.payments.create({ amountMinor: 1050, currency: 'USD' })
    expect(seen.map(({ body }) => body)).toEqual([
      '{"amount":10.5,"currency":"USD"}',
      '{"amount_minor":1050,"currency":"USD"}',
    ])
    await expect(client.payments.refund('pay_1', { amount: Number.NaN })).rejects.toMatchObject({
      code: 'invalid_argument',
    })
    expect(seen).toHaveLength(2)
  })

  test('withResponse tells status, headers, request id and replay', async () => {
    const { client } = scripted([json(paid, 201, { 'idempotent-replayed': 'true' }), json(paid)])
    const answered = await client.payments.create(order).withResponse()
    expect(answered).toMatchObject({ status: 201, requestId: 'req_1', replayed: true, data: { id: 'pay_1' } })
    expect(answered.headers.get('idempotent-replayed')).toBe('true')
    expect((await client.payments.get('pay_1').withResponse()).replayed).toBe(false)
  })

  test('a failure met through withResponse is not reported a second time as unhandled', async () => {
    const { client } = scripted([problem(404, 'not_found')])
    await expect(client.payments.get('pay_1').withResponse()).rejects.toThrow('It is not_found.')
    await new Promise((resolve) => setImmediate(resolve))
  })
})

describe('retries', () => {
  const retried: [string, () => Step][] = [
    ['a lost connection', () => new TypeError('fetch failed')],
    ['429', () => problem(429, 'rate_limit_exceeded')],
    ['500', () => problem(500, 'internal')],
    ['502 without a document', () => new Response('<html>bad gateway</html>', { status: 502 })],
    ['503', () => problem(503, 'provider_unavailable')],
    ['408', () => new Response('', { status: 408 })],
    [
      '409 that the server wants repeated',
      () => problem(409, 'idempotency_request_in_progress', {}, { 'onerouter-should-retry': 'true' }),
    ],
    ['half a body', () => new Response('{"id":"pay_')],
  ]
  test.each(retried)('%s is tried again, under the same key and with the same bytes', async (_, failure) => {
    const { client, seen } = scripted([failure(), failure(), json(paid, 201)])
    expect(await client.payments.create(order)).toMatchObject({ id: 'pay_1' })
    expect(seen).toHaveLength(3)
    expect(new Set(seen.map(({ headers }) => headers.get('idempotency-key')))).toEqual(new Set(['key-1']))
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1)
  })

  const final: [number, string][] = [
    [400, 'invalid_request'],
    [401, 'unauthenticated'],
    [402, 'payment_declined'],
    [403, 'insufficient_scope'],
    [404, 'not_found'],
    [409, 'invalid_state'],
    [422, 'idempotency_key_reused'],
  ]
  test.each(final)('%i %s is final', async (status, code) => {
    const { client, seen, waits } = scripted([problem(status, code)])
    await expect(client.payments.create(order)).rejects.toMatchObject({ status, code, requestId: 'req_1' })
    expect([seen.length, waits.length]).toEqual([1, 0])
  })

  test("the server's advice wins over its status, in both directions", async () => {
    const never = { 'onerouter-should-retry': 'false' }
    const no = scripted([problem(502, 'provider_rejected', {}, never)])
    await expect(no.client.payments.create(order)).rejects.toMatchObject({ code: 'provider_rejected' })
    expect(no.seen).toHaveLength(1)
    const yes = scripted([problem(409, 'conflict', {}, { 'onerouter-should-retry': 'true' }), json(paid)])
    await yes.client.payments.create(order)
    expect(yes.seen).toHaveLength(2)
  })

  test('two calls never share a generated key, and a given key is used as it is', async () => {
    const { client, seen } = scripted([json(paid), json(paid), json(paid)])
    await client.payments.create(order)
    await client.payments.create(order)
    await client.payments.create(order, { idempotencyKey: 'order-1001' })
    expect(seen.map(({ headers }) => headers.get('idempotency-key'))).toEqual([
      'key-1',
      'key-2',
      'order-1001',
    ])
  })

  test('pauses grow, are random and stay under eight seconds', async () => {
    const lost = () => new TypeError('fetch failed')
    const { client, waits } = scripted(Array.from({ length: 7 }, lost), { maxRetries: 6 }, { random: 0.999 })
    await expect(client.payments.get('pay_1')).rejects.toThrow(ConnectionError)
    expect(waits).toEqual([499, 999, 1998, 3996, 7992, 7992])
  })

  test('Retry-After sets the pause, in seconds or as a date', async () => {
    const { client, waits } = scripted([
      problem(429, 'rate_limit_exceeded', {}, { 'retry-after': '7' }),
      problem(503, 'overloaded', {}, { 'retry-after': 'Tue, 24 Nov 2026 12:00:03 GMT' }),
      json(paid),
    ])
    await client.payments.get('pay_1')
    expect(waits).toEqual([7000, 3000])
  })

  test('a pause of more than a minute is left to the caller, who is told how long', async () => {
    const { client, seen } = scripted([problem(429, 'rate_limit_exceeded', {}, { 'retry-after': '3600' })])
    const error = await client.payments.get('pay_1').catch((caught: unknown) => caught)
    expect(RateLimitError.isInstance(error) && error.retryAfter).toBe(3600)
    expect(seen).toHaveLength(1)
  })

  test('maxRetries holds for the client and for one call; 0 means once', async () => {
    const lost = () => new TypeError('fetch failed')
    const never = scripted([lost()], { maxRetries: 0 })
    await expect(never.client.payments.get('pay_1')).rejects.toMatchObject({ code: 'connection_failed' })
    const once = scripted([lost(), lost()])
    await expect(once.client.payments.get('pay_1', { maxRetries: 1 })).rejects.toThrow(ConnectionError)
    expect([never.seen.length, once.seen.length]).toEqual([1, 2])
  })

  test('a connection error keeps its cause, and says that the outcome is unknown', async () => {
    const cause = new TypeError('fetch failed')
    const { client } = scripted([cause], { maxRetries: 0 })
    const error = await client.payments.create(order).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'connection_failed', retryable: true, cause, status: undefined })
  })
})

describe('ending', () => {
  test('silence ends with a TimeoutError, after the retries', async () => {
    const { client, seen } = scripted(['silence', 'silence', 'silence'], {}, { timeouts: true })
    const error = await client.payments.create(order).catch((caught: unknown) => caught)
    expect(TimeoutError.isInstance(error)).toBe(true)
    expect(ConnectionError.isInstance(error)).toBe(true)
    expect(seen).toHaveLength(3)
    expect(seen.every(({ signal }) => signal?.aborted)).toBe(true)
  })

  test('a body that never ends is cut off by the same deadline', async () => {
    const endless = () =>
      new Response(new ReadableStream({ start: (body) => body.enqueue(new Uint8Array(1)) }))
    const { client } = scripted([endless], { maxRetries: 0 }, { timeouts: true })
    await expect(client.payments.get('pay_1')).rejects.toMatchObject({ code: 'timeout' })
  })

  test('a signal that is aborted already sends nothing', async () => {
    const { client, seen } = scripted([json(paid)])
    const reason = new Error('the shop has closed')
    const call = client.payments.create(order, { signal: AbortSignal.abort(reason) })
    await expect(call).rejects.toBe(reason)
    expect(seen).toHaveLength(0)
  })

  test("an abort while waiting for the answer rejects with the caller's own reason, and nothing follows", async () => {
    const controller = new AbortController()
    const { client, seen } = scripted(['silence', json(paid)])
    const call = client.payments.create(order, { signal: controller.signal })
    queueMicrotask(() => controller.abort('enough'))
    await expect(call).rejects.toBe('enough')
    expect(seen).toHaveLength(1)
    expect(seen[0]?.signal?.aborted).toBe(true)
  })

  test('an abort ends the pause before a retry', async () => {
    const controller = new AbortController()
    const fail = () => {
      controller.abort('enough')
      return problem(503, 'overloaded')
    }
    const { client, seen } = scripted([fail, json(paid)])
    await expect(client.payments.get('pay_1', { signal: controller.signal })).rejects.toBe('enough')
    expect(seen).toHaveLength(1)
  })
})

describe('answers that are no answers', () => {
  test.each([
    ['HTML', new Response('<html>welcome to the hotel</html>')],
    ['nothing', new Response('')],
    ['a list', new Response('[]')],
    ['a text', new Response('"ok"')],
  ])('%s with status 200 is an error, not an object', async (_, answer) => {
    const { client } = scripted([answer], { maxRetries: 0 })
    await expect(client.payments.get('pay_1')).rejects.toMatchObject({
      code: 'malformed_answer',
      status: 200,
    })
  })

  test('a redirect is an error that names the cause', async () => {
    const moved = new Response(null, { status: 301, headers: { location: 'https://elsewhere.example' } })
    const { client, seen } = scripted([moved])
    await expect(client.payments.get('pay_1')).rejects.toThrow(/baseUrl/)
    expect(seen).toHaveLength(1)
  })

  test('a refusal without a document still has a status, a class and words', async () => {
    const { client } = scripted([new Response('Not here', { status: 404 })])
    const error = await client.payments.get('pay_1').catch((caught: unknown) => caught)
    expect(OneRouterError.isInstance(error) && [error.name, error.code, error.message]).toEqual([
      'NotFoundError',
      'http_404',
      'The server answered 404 without saying why.',
    ])
  })
})
