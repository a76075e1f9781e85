import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { Webhook } from 'standardwebhooks'
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'
import type { OneRouterEvent } from '../types/event.ts'
import type { Payment } from '../types/payment.ts'
import { webhookHandler } from './handler.ts'
import { expressHandler, fastifyPlugin } from './node.ts'
import type { WebhookHandlerOptions } from './receive.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const BODY = JSON.stringify({
  id: 'evt_1',
  object: 'event',
  type: 'payment.succeeded',
  data: { object: { id: 'pay_1', amount_minor: 50_000 } },
})

function signed(body = BODY, secret = SECRET): Record<string, string> {
  const at = new Date()
  return {
    'content-type': 'application/json',
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign('evt_1', at, body),
  }
}

interface Answer {
  readonly status: number
  readonly text: string
}
type Post = (headers: Record<string, string>, body: string) => Promise<Answer>
type Mount = (options: WebhookHandlerOptions) => Promise<Post>

const closers: (() => unknown)[] = []
afterEach(() => Promise.all(closers.splice(0).map((close) => close())))

async function over(url: string, headers: Record<string, string>, body: string): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', headers, body })
  return { status: response.status, text: await response.text() }
}

/** Real servers, except where the framework is nothing but `Request` and `Response`. */
const FRAMEWORKS: Readonly<Record<string, Mount>> = {
  'fetch-style and Next.js': async (options) => async (headers, body) => {
    const handle = webhookHandler(options)
    const request = new Request('http://localhost/webhooks', { method: 'POST', headers, body })
    const response = await handle(request).catch(() => new Response('', { status: 500 }))
    return { status: response.status, text: await response.text() }
  },
  Express: async (options) => {
    const handle = expressHandler(options)
    // What Express does around a handler: a third argument that takes the error.
    const server = createServer((request, response) => {
      void handle(request, response, () => {
        response.statusCode = 500
        response.end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => server.close())
    const { port } = server.address() as AddressInfo // listening on TCP
    return (headers, body) => over(`http://127.0.0.1:${port}`, headers, body)
  },
  Fastify: async (options) => {
    const app = Fastify()
    app.post('/other', async ({ body }) => ({ parsed: typeof body }))
    await app.register(fastifyPlugin('/webhooks', options))
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    closers.push(() => app.close())
    const other = await over(`${url}/other`, { 'content-type': 'application/json' }, '{}')
    expect(JSON.parse(other.text)).toEqual({ parsed: 'object' })
    return (headers, body) => over(`${url}/webhooks`, headers, body)
  },
}

describe.each(Object.entries(FRAMEWORKS))('%s', (_, mount) => {
  test('hands a verified event to the handler of its type, once, and answers 204', async () => {
    const seen: OneRouterEvent[] = []
    const post = await mount({
      secret: SECRET,
      on: { 'payment.succeeded': (event) => seen.push(event), '*': () => expect.unreachable() },
    })
    expect(await post(signed(), BODY)).toEqual({ status: 204, text: '' })
    expect(seen).toMatchObject([{ id: 'evt_1', data: { object: { amountMinor: 50_000 } } }])
  })

  test('answers 400 to a forgery and to changed bytes, and hands on neither', async () => {
    const post = await mount({ secret: SECRET, on: { '*': () => expect.unreachable() } })
    const forged = await post(signed(BODY, 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'), BODY)
    expect(forged.status).toBe(400)
    expect(forged.text).toMatch(/^webhook_signature_mismatch: /)
    expect((await post(signed(), `${BODY} `)).status).toBe(400)
    expect((await post({ 'content-type': 'application/json' }, BODY)).status).toBe(400)
  })

  test('a failing handler and a malformed secret end in 500: the event comes again', async () => {
    const failing = await mount({
      secret: SECRET,
      on: {
        'payment.succeeded': async () => {
          throw new Error('out of stock')
        },
      },
    })
    expect((await failing(signed(), BODY)).status).toBe(500)
    const unset = await mount({ secret: '', on: {} })
    expect((await unset(signed(), BODY)).status).toBe(500)
  })

  test('takes a type nobody wants, or that does not exist yet, in silence', async () => {
    const post = await mount({ secret: [SECRET], on: {} })
    for (const type of ['payment.failed', 'payment.teleported', 'constructor', '__proto__']) {
      const body = JSON.stringify({ id: 'evt_1', type, data: { object: {} } })
      expect((await post(signed(body), body)).status, type).toBe(204)
    }
  })

  test('refuses a body that is larger than any event', async () => {
    const post = await mount({ secret: SECRET, on: {} })
    const body = JSON.stringify({ filler: 'x'.repeat(1_100_000) })
    expect((await post(signed(body), body)).status).toBe(413)
  })
})

test('only POST is an event', async () => {
  const handle = webhookHandler({ secret: SECRET, on: {} })
  expect((await handle(new Request('http://localhost/webhooks'))).status).toBe(405)
})

test('Express: a body that express.raw() kept is used; one that a parser took is an error that says what to do', async () => {
  const sent: (number | string | undefined)[] = []
  const response = {
    statusCode: 0,
    setHeader: () => undefined,
    end(text?: string) {
      sent.push(response.statusCode, text)
    },
  }
  const request = (body: unknown) => ({
    method: 'POST',
    headers: signed(),
    readable: false,
    body,
    async *[Symbol.asyncIterator]() {},
  })
  const handle = expressHandler({ secret: SECRET, on: {} })
  await handle(request(new TextEncoder().encode(BODY)), response)
  expect(sent).toEqual([204, undefined])
  let error: unknown
  await handle(request(JSON.parse(BODY)), response, (caught) => {
    error = caught
  })
  expect(error).toMatchObject({ message: expect.stringContaining('before express.json()') })
})

test('a handler knows the object of its type', () => {
  webhookHandler({
    secret: SECRET,
    on: {
      'payment.succeeded': (event) => {
        expectTypeOf(event.data.object).toEqualTypeOf<Payment>()
        expectTypeOf(event.type).toEqualTypeOf<'payment.succeeded'>()
      },
      '*': (event) => expectTypeOf(event).toEqualTypeOf<OneRouterEvent>(),
    },
  })
})
