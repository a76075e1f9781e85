import { connect } from 'node:net'
import { ALL_ROUTES, ERROR_CODES } from '@onerouter/contract'
import { formatId, parseId, uuidV7 } from '@onerouter/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALL_SCOPES, type OpenedApp, openApp } from '../testing/open-app.ts'

let api: OpenedApp
let key: string
beforeAll(async () => {
  api = await openApp()
  key = (await api.newKey({ scopes: ALL_SCOPES })).plain
})
afterAll(() => api.close())

interface Raw {
  readonly method?: string
  readonly url?: string
  readonly headers?: Record<string, string | string[]>
  readonly payload?: string | Buffer
}
const send = ({ method = 'POST', url = '/api/keys', headers = {}, payload }: Raw) =>
  api.app.inject({
    method: method as 'POST', // inject's own list lacks the made-up methods below
    url,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    ...(payload === undefined ? {} : { payload }),
  })
type Answer = Awaited<ReturnType<typeof send>>

/** What every refusal owes its caller. */
function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  const problem = answer.json()
  expect({ status: answer.statusCode, code: problem.code }).toEqual({ status, code })
  expect(problem.status).toBe(status)
  expect(problem.request_id).toBe(answer.headers['request-id'])
  expect(parseId('request', problem.request_id)).toBeDefined()
  expect(ERROR_CODES).toContain(problem.code)
  expect(problem.type).toMatch(/^http.*\/docs\/errors\//)
  expect(problem.title).not.toBe('')
  expect(problem.detail).not.toBe('')
  expect(answer.headers['onerouter-should-retry']).toMatch(/^(true|false)$/)
}

const deep = `{"name":${'['.repeat(5_000)}${']'.repeat(5_000)}}`
describe('bodies', () => {
  test.each<[string, Raw, number, string, string | undefined]>([
    ['malformed JSON', { payload: '{"name":' }, 400, 'malformed_json', undefined],
    ['no body', {}, 400, 'invalid_request', ''],
    ['an empty body', { payload: '' }, 400, 'invalid_request', ''],
    ['an array', { payload: '[]' }, 400, 'invalid_request', ''],
    ['null', { payload: 'null' }, 400, 'invalid_request', ''],
    ['a number', { payload: '7' }, 400, 'invalid_request', ''],
    ['a wrong type', { payload: '{"name":true}' }, 400, 'invalid_request', '/name'],
    ['an unknown field', { payload: '{"name":"x","status":"live"}' }, 400, 'invalid_request', '/status'],
    ['a field with a slash', { payload: '{"name":"x","a/b~c":1}' }, 400, 'invalid_request', '/a~1b~0c'],
    ['a duplicate key', { payload: '{"name":"x","name":"y"}' }, 400, 'malformed_json', '/name'],
    ['NUL', { payload: '{"name":"a\\u0000b"}' }, 400, 'malformed_json', '/name'],
    ['a lone surrogate', { payload: '{"name":"\\udfff"}' }, 400, 'malformed_json', '/name'],
    ['__proto__', { payload: '{"name":"x","__proto__":{"scopes":[]}}' }, 400, 'malformed_json', '/__proto__'],
    [
      'bytes that are no UTF-8',
      { payload: Buffer.from([0x7b, 0xff, 0x7d]) },
      400,
      'malformed_json',
      undefined,
    ],
    ['deep nesting', { payload: deep }, 400, 'malformed_json', ''],
    ['257 KiB', { payload: `"${'x'.repeat(257 * 1024)}"` }, 413, 'payload_too_large', undefined],
    [
      'text/plain',
      { payload: '{}', headers: { 'content-type': 'text/plain' } },
      415,
      'unsupported_media_type',
      undefined,
    ],
    [
      'multipart',
      { payload: '{}', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
      415,
      'unsupported_media_type',
      undefined,
    ],
    [
      'UTF-16',
      { payload: '{}', headers: { 'content-type': 'application/json; charset=utf-16' } },
      415,
      'unsupported_media_type',
      undefined,
    ],
    [
      'no content type',
      { payload: '{}', headers: { 'content-type': '' } },
      415,
      'unsupported_media_type',
      undefined,
    ],
    [
      'a real form',
      { payload: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'unsupported_media_type',
      undefined,
    ],
  ])('%s', async (_, raw, status, code, pointer) => {
    const answer = await send(raw)
    expectProblem(answer, status, code)
    if (pointer !== undefined) expect(answer.json().errors[0].pointer).toBe(pointer)
  })

  test("the seed's curl lines, which name no content type, are understood", async () => {
    const answer = await send({
      url: '/services/paypal/switch-environment',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: '{"environment": "live"}',
    })
    expectProblem(answer, 403, 'live_credentials_missing')
  })

  test('values are never repeated in a refusal', async () => {
    const answer = await send({
      payload: '{"name":{"secret_key":"sk_live_canary"},"scopes":["sk_live_canary"]}',
    })
    expect(answer.statusCode).toBe(400)
    expect(answer.body).not.toContain('sk_live_canary')
    expect(api.lines.join('')).not.toContain('sk_live_canary')
  })
})

describe('addresses', () => {
  const foreign = formatId('key', uuidV7(Date.now(), new Uint8Array(10)))
  test.each<[string, Raw, number, string]>([
    ['an id that exists nowhere', { method: 'GET', url: `/api/keys/${foreign}` }, 404, 'not_found'],
    [
      'an id of another kind',
      { method: 'GET', url: `/api/keys/${foreign.replace('key_', 'pay_')}` },
      404,
      'not_found',
    ],
    ['an id in upper case', { method: 'GET', url: `/api/keys/${foreign.toUpperCase()}` }, 404, 'not_found'],
    ['an id of 10,000 letters', { method: 'GET', url: `/api/keys/${'k'.repeat(10_000)}` }, 404, 'not_found'],
    ['a path in an id', { method: 'GET', url: '/api/keys/..%2f..%2fetc%2fpasswd' }, 404, 'not_found'],
    ['NUL in an id', { method: 'GET', url: '/api/keys/key_%00' }, 404, 'not_found'],
    [
      'SQL in an id',
      { method: 'GET', url: `/api/keys/${encodeURIComponent("' OR 1=1--")}` },
      404,
      'not_found',
    ],
    ['broken percent encoding', { method: 'GET', url: '/api/keys/%ZZ' }, 404, 'not_found'],
    ['a service that is none', { method: 'GET', url: '/api/services/square/status' }, 404, 'not_found'],
    ['a path that is none', { method: 'GET', url: '/v2/payments' }, 404, 'not_found'],
    ['a trailing slash', { method: 'GET', url: '/api/keys/' }, 404, 'not_found'],
    ['another case', { method: 'GET', url: '/API/keys' }, 404, 'not_found'],
    ['a wrong method', { method: 'DELETE', url: '/api/keys' }, 405, 'method_not_allowed'],
    ['a wrong method on an id', { method: 'PUT', url: `/api/keys/${foreign}` }, 405, 'method_not_allowed'],
  ])('%s', async (_, raw, status, code) => {
    expectProblem(await send(raw), status, code)
  })

  test.each([
    ['?limit=0', '?limit'],
    ['?limit=101', '?limit'],
    ['?limit=1e1', '?limit'],
    ['?limit=-1', '?limit'],
    ['?limit=10&limit=20', '?limit'],
    ['?unknown=1', '?unknown'],
    ['?starting_after=key_0', '?starting_after'],
    ['?environment=prod', '?environment'],
    ['?environment=%00', '?environment'],
    ['?environment=%ff', '?environment'],
    ['?__proto__=1', '?__proto__'],
  ])('query %s', async (query, pointer) => {
    const answer = await send({ method: 'GET', url: `/api/keys${query}` })
    expectProblem(answer, 400, 'invalid_request')
    expect(answer.json().errors[0].pointer).toBe(pointer)
  })
})

test('X10: every class of answer carries the security headers, the request id and the overhead', async () => {
  const answers = await Promise.all([
    send({ method: 'GET' }),
    send({ payload: '{' }),
    send({ method: 'GET', url: '/nowhere' }),
    send({ method: 'GET', headers: { authorization: 'Bearer x' } }),
    send({ method: 'GET', url: '/docs' }),
    send({ method: 'GET', url: '/api/health' }),
    send({ payload: `"${'x'.repeat(300_000)}"` }),
    send({ method: 'OPTIONS', url: '/v1/payments', headers: { origin: api.config.frontendUrl } }),
  ])
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      'request-id': expect.stringMatching(/^req_/),
      'onerouter-overhead-ms': expect.stringMatching(/^\d+\.\d$/),
    })
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
  }
})

test('a request id is never taken from the caller', async () => {
  const answer = await send({
    method: 'GET',
    headers: { 'request-id': 'req_mine', 'x-request-id': 'req_mine' },
  })
  expect(answer.headers['request-id']).not.toBe('req_mine')
})

test('X3: only the dashboard may call from a browser', async () => {
  for (const origin of ['https://evil.example', 'null', `${api.config.frontendUrl}.evil.example`]) {
    const answer = await send({ method: 'GET', headers: { origin } })
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  }
  const own = await send({ method: 'GET', headers: { origin: api.config.frontendUrl } })
  expect(own.headers['access-control-allow-origin']).toBe(api.config.frontendUrl)
})

test('N15: what breaks inside is told to the log, not to the caller', async () => {
  const broken = await openApp({
    routes: () => ({
      open: [
        (app) => {
          app.get('/broken', () => {
            throw new Error('SELECT secret FROM table at /srv/app/file.ts sk_live_canary123')
          })
        },
      ],
    }),
  })
  const answer = await broken.app.inject({ url: '/broken' })
  expectProblem(answer, 500, 'internal')
  expect(answer.body).not.toMatch(/SELECT|srv|canary/)
  expect(broken.lines.join('')).toContain('SELECT secret')
  expect(broken.lines.join('')).not.toContain('canary123')
  await broken.close()
})

test('a route that declares no scope refuses to start', async () => {
  const forgetful = openApp({
    routes: () => ({ keyed: [(app) => void app.get('/v1/forgotten', async () => 'x')] }),
  })
  await expect(forgetful).rejects.toThrow(/neither scope nor public/)
})

test('bytes that are no HTTP get a problem document too', async () => {
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  const address = api.app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const talk = (bytes: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = ''
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
      socket.on('data', (chunk) => {
        text += chunk.toString()
      })
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
    })
  expect(await talk('NONSENSE\r\n\r\n')).toMatch(
    /^HTTP\/1.1 400 [\s\S]*application\/problem\+json[\s\S]*"code":"invalid_request"/,
  )
  const huge = `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`
  expect(await talk(huge)).toMatch(/^HTTP\/1.1 413 [\s\S]*"code":"payload_too_large"/)
})

test('whatever is thrown at any route, the answer is never a 500 and always says who asked', async () => {
  // A stream that opens never ends; its own tests throw things at it.
  const routes = [...ALL_ROUTES.values()].filter(({ answer }) => answer.media !== 'text/event-stream')
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...routes),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.oneof(
        fc.json(),
        fc.string(),
        fc
          .dictionary(
            fc.constantFrom('name', 'environment', 'scopes', 'credentials', 'expires_at'),
            fc.jsonValue(),
          )
          .map((value) => JSON.stringify(value)),
      ),
      async (route, id, payload) => {
        const url = route.path.replaceAll(/\{\w+\}/g, encodeURIComponent(id.toWellFormed()))
        const answer = await send({
          method: route.method,
          url,
          ...(route.method === 'GET' ? {} : { payload }),
        })
        expect(answer.statusCode, `${route.method} ${url} ${payload}: ${answer.body}`).not.toBe(500)
        expect(answer.headers['request-id']).toMatch(/^req_/)
        if (answer.statusCode >= 400) expectProblem(answer, answer.statusCode, answer.json().code)
      },
    ),
    { numRuns: 300 },
  )
})
