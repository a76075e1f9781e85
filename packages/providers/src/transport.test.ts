import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, type Dispatcher } from 'undici'
import { afterEach, describe, expect, test } from 'vitest'
import { BODY_EXCERPT_BYTES, type Exchange } from './exchange.ts'
import { createTransport, encodeForm, httpFromFetch } from './transport.ts'

const open: { server: Server; agent: Agent }[] = []
afterEach(async () => {
  for (const { server, agent } of open.splice(0)) {
    await agent.destroy()
    server.closeAllConnections()
    server.close()
  }
})

async function serve(listener: RequestListener) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const agent = new Agent({ connect: { timeout: 1000 } })
  open.push({ server, agent })
  const { port } = server.address() as AddressInfo // a TCP server that listens has one
  const seen: Exchange[] = []
  const transport = createTransport({
    dispatcher: agent,
    now: () => 1000,
    timeoutMs: 200,
    maxBytes: 64 * 1024,
    observe: (exchange) => seen.push(exchange),
  })
  return { http: transport(`http://127.0.0.1:${port}`), seen, port, transport, server }
}

describe('answers', () => {
  test('status, lower-case headers and text come back, and the request carries what was asked', async () => {
    const { http } = await serve((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        const { method, url, headers } = request
        response.writeHead(402, { 'X-Seen': 'yes' })
        response.end(
          JSON.stringify({ method, url, body, type: headers['content-type'], ua: headers['user-agent'] }),
        )
      })
    })
    const result = await http({ method: 'POST', path: '/v1/x?a=1', body: { form: [['m[k]', 'a b&c']] } })
    if (!result.ok) throw new Error(result.reason)
    expect(result.response.status).toBe(402)
    expect(result.response.headers['x-seen']).toBe('yes')
    expect(JSON.parse(result.response.text)).toEqual({
      method: 'POST',
      url: '/v1/x?a=1',
      body: 'm[k]=a%20b%26c',
      type: 'application/x-www-form-urlencoded',
      ua: 'OneRouter/0.1',
    })
  })

  test('a redirect is an answer, never followed', async () => {
    let requests = 0
    const { http } = await serve((_request, response) => {
      requests += 1
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    const result = await http({ method: 'GET', path: '/' })
    expect(result.ok && result.response.status).toBe(302)
    expect(requests).toBe(1)
  })

  test('an answer beyond the cap is refused while it arrives', async () => {
    const { http } = await serve((_request, response) => {
      response.end('x'.repeat(65 * 1024))
    })
    expect(await http({ method: 'GET', path: '/' })).toEqual({ ok: false, sent: true, reason: 'too_large' })
  })
})

describe('no answer: whether the request may have left', () => {
  test('a refused connection proves it did not', async () => {
    const { http, server } = await serve(() => {})
    await new Promise((resolve) => server.close(resolve))
    expect(await http({ method: 'POST', path: '/' })).toEqual({ ok: false, sent: false, reason: 'connect' })
  })

  test('an unknown host proves it did not', async () => {
    const agent = new Agent({
      connect: {
        lookup: (_host, _options, callback) =>
          callback(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }), []),
      },
    })
    const http = createTransport({ dispatcher: agent, now: () => 0 })('http://provider.invalid')
    expect(await http({ method: 'GET', path: '/' })).toEqual({ ok: false, sent: false, reason: 'dns' })
    await agent.destroy()
  })

  test('a failed TLS handshake proves it did not', async () => {
    const { transport, port } = await serve(() => {})
    const result = await transport(`https://127.0.0.1:${port}`)({ method: 'POST', path: '/' })
    expect(result).toEqual({ ok: false, sent: false, reason: 'tls' })
  })

  test('silence after the request does not', async () => {
    const { http } = await serve(() => {})
    const result = await http({ method: 'POST', path: '/', timeoutMs: 30 })
    expect(result).toEqual({ ok: false, sent: true, reason: 'timeout' })
  })

  test('a body that never ends does not, and meets the same deadline', async () => {
    const { http } = await serve((_request, response) => {
      response.write('{"id":')
    })
    const result = await http({ method: 'POST', path: '/', timeoutMs: 60 })
    expect(result).toEqual({ ok: false, sent: true, reason: 'timeout' })
  })

  test('a body that trickles for ever does not either', async () => {
    const { http } = await serve((_request, response) => {
      const trickle = setInterval(() => response.write('x'), 5)
      response.on('close', () => clearInterval(trickle))
    })
    const result = await http({ method: 'POST', path: '/', timeoutMs: 80 })
    expect(result).toEqual({ ok: false, sent: true, reason: 'timeout' })
  })

  test('a request whose time is over before it has a connection never leaves', async () => {
    const { port, server } = await serve(() => {})
    let requests = 0
    server.on('request', () => {
      requests += 1
    })
    const agent = new Agent()
    const { promise: connected, resolve: connect } = Promise.withResolvers<void>()
    const { promise: given, resolve: giveUp } = Promise.withResolvers<Error>()
    const slow = agent.compose((dispatch) => (options, handler) => {
      void connected.then(() =>
        dispatch(options, {
          ...handler,
          onResponseError: (controller, error) => {
            handler.onResponseError?.(controller, error)
            giveUp(error)
          },
        }),
      )
      return true
    })
    const http = createTransport({ dispatcher: slow, now: () => 0, timeoutMs: 20 })(
      `http://127.0.0.1:${port}`,
    )
    expect(await http({ method: 'POST', path: '/' })).toEqual({ ok: false, sent: true, reason: 'timeout' })
    connect()
    expect((await given).message).toContain('before it began')
    expect(requests).toBe(0)
    await agent.destroy()
  })

  test('an error of connecting proves nothing once the request was being written', async () => {
    const agent = new Agent()
    const broken = agent.compose(() => (_options, handler) => {
      // Stands in for undici's own controller, which this failure never touches.
      const controller = { abort: () => {} } as unknown as Dispatcher.DispatchController
      handler.onRequestStart?.(controller, null)
      handler.onResponseError?.(controller, Object.assign(new Error('late'), { code: 'ECONNREFUSED' }))
      return true
    })
    const http = createTransport({ dispatcher: broken, now: () => 0 })('http://provider.invalid')
    expect(await http({ method: 'POST', path: '/' })).toEqual({ ok: false, sent: true, reason: 'reset' })
    await agent.destroy()
  })

  test('a connection cut after the request does not, and nothing is sent twice', async () => {
    let requests = 0
    const { http } = await serve((request) => {
      requests += 1
      request.socket.destroy()
    })
    for (const method of ['GET', 'POST'] as const) {
      expect(await http({ method, path: '/' })).toEqual({ ok: false, sent: true, reason: 'reset' })
    }
    expect(requests).toBe(2)
  })

  test('an answer shorter than announced is no answer', async () => {
    const { http } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"id":1}')
      setImmediate(() => response.destroy())
    })
    expect(await http({ method: 'POST', path: '/' })).toEqual({ ok: false, sent: true, reason: 'reset' })
  })
})

describe('the record of a call', () => {
  test('holds method, path, status, duration, request id and redacted bounded bodies', async () => {
    const { seen, transport, port } = await serve((_request, response) => {
      response.writeHead(200, { 'request-id': 'req_9', 'content-type': 'application/json' })
      response.end(JSON.stringify({ client_secret: 'shh', pad: 'é'.repeat(10_000) }))
    })
    const own: Exchange[] = []
    const http = transport(`http://127.0.0.1:${port}`, {
      secrets: ['opaque-secret'],
      observe: (exchange) => own.push(exchange),
    })
    await http({
      method: 'POST',
      path: '/v1/x?q=opaque-secret',
      headers: { authorization: 'Bearer opaque-secret', 'idempotency-key': 'op_1' },
      body: { json: { note: 'opaque-secret', amount: 5 } },
    })
    expect(own).toEqual(seen)
    const [record] = own
    expect(record).toMatchObject({
      method: 'POST',
      path: '/v1/x?q=[redacted]',
      requestId: 'req_9',
      failure: null,
    })
    expect(record?.request.body).toBe('{"note":"[redacted]","amount":5}')
    expect(record?.request.headers).toMatchObject({ 'idempotency-key': 'op_1' })
    expect(record?.response).toMatchObject({ status: 200, truncated: true })
    expect(new TextEncoder().encode(record?.response?.body).length).toBeLessThanOrEqual(BODY_EXCERPT_BYTES)
    expect(JSON.stringify(own)).not.toMatch(/opaque-secret|shh|�/)
  })

  test('a failure is recorded with its proof', async () => {
    const { http, seen, server } = await serve(() => {})
    await new Promise((resolve) => server.close(resolve))
    await http({ method: 'GET', path: '/' })
    expect(seen[0]).toMatchObject({ response: null, failure: { reason: 'connect', sent: false } })
  })
})

describe('over an in-process server', () => {
  const at = { now: () => 0 }

  test('answers pass through', async () => {
    const http = httpFromFetch(
      (request) => request.text().then((text) => new Response(text)),
      'http://x.test',
      at,
    )
    const result = await http({ method: 'POST', path: '/v1', body: { json: { a: 1 } } })
    expect(result.ok && result.response.text).toBe('{"a":1}')
  })

  test.each([
    [{ sent: false }, false],
    [{ sent: true }, true],
    [new Error('boom'), true],
  ])('a rejection %o is a reset that says whether it arrived', async (rejection, sent) => {
    const http = httpFromFetch(() => Promise.reject(rejection), 'http://x.test', at)
    expect(await http({ method: 'GET', path: '/' })).toEqual({ ok: false, sent, reason: 'reset' })
  })
})

test('form encoding keeps brackets, escapes everything else and survives lone surrogates', () => {
  expect(
    encodeForm([
      ['a[b][0]', 'x=y&z'],
      ['ü', '\ud800'],
    ]),
  ).toBe('a[b][0]=x%3Dy%26z&%C3%BC=%EF%BF%BD')
})
