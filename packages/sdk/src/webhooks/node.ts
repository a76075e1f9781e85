import { bytesOf } from './bytes.ts'
import { fail } from './fail.ts'
import { NOT_POST, type Reply, readBytes, receive, TOO_LARGE, type WebhookHandlerOptions } from './receive.ts'

/** As much of Node's, Express's and Next's (pages) request as is needed. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Where a parser has put the body. */
  readonly body?: unknown
  /** False once somebody has read it. */
  readonly readable: boolean
}

export interface NodeResponse {
  statusCode: number
  setHeader(name: string, value: string): unknown
  end(text?: string): unknown
}

/**
 * A webhook address for Express, and for Next.js pages with `bodyParser: false`. Mount it before `express.json()`:
 * parsing a body and printing it again changes its bytes. Under a bare `http.createServer` nobody takes the third
 * argument: there the answer is sent as well, and you catch what the promise rejects with.
 * @example
 * ```ts
 * import { expressHandler } from 'onerouter/webhooks'
 * export const webhooks = expressHandler({
 *   secret: process.env.ONEROUTER_WEBHOOK_SECRET ?? '',
 *   on: { 'payment.succeeded': (event) => ship(event.data.object.receipt) },
 * })
 * // app.post('/webhooks', webhooks)
 * ```
 */
export function expressHandler(
  options: WebhookHandlerOptions,
): (request: NodeRequest, response: NodeResponse, next?: (error: unknown) => void) => Promise<void> {
  return async (request, response, next) => {
    try {
      send(response, await replyTo(options, request))
    } catch (error) {
      if (next !== undefined) return next(error)
      send(response, { status: 500, text: 'The event could not be handled.' })
      throw error
    }
  }
}

async function replyTo(options: WebhookHandlerOptions, request: NodeRequest): Promise<Reply> {
  if (request.method !== 'POST') return NOT_POST
  const parsed = bytesOf(request.body)
  if (parsed === undefined && !request.readable) {
    throw fail(
      'webhook_body_malformed',
      'A parser has read the body: mount this handler before express.json().',
    )
  }
  const body = parsed ?? (await readBytes(request))
  return body === undefined ? TOO_LARGE : receive(options, body, request.headers)
}

function send(response: NodeResponse, { status, text }: Reply): void {
  response.statusCode = status
  if (status === 204) {
    response.end()
    return
  }
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.end(text)
}

/** As much of a Fastify instance as is needed. */
export interface FastifyLike {
  removeAllContentTypeParsers(): unknown
  addContentTypeParser(
    type: string,
    options: { parseAs: 'buffer' },
    parser: (request: unknown, body: Uint8Array, done: (error: null, body: Uint8Array) => void) => void,
  ): unknown
  post(
    path: string,
    handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>,
  ): unknown
}

interface FastifyRequestLike {
  readonly headers: NodeRequest['headers']
  readonly body: unknown
}

interface FastifyReplyLike {
  code(status: number): unknown
  type(type: string): unknown
  send(text?: string): unknown
}

/**
 * A webhook address for Fastify. It is a plugin, because only inside of one can bodies stay unparsed without
 * changing your other routes.
 * @example
 * ```ts
 * import { fastifyPlugin } from 'onerouter/webhooks'
 * export const webhooks = fastifyPlugin('/webhooks', {
 *   secret: process.env.ONEROUTER_WEBHOOK_SECRET ?? '',
 *   on: { 'payment.succeeded': (event) => ship(event.data.object.receipt) },
 * })
 * // await app.register(webhooks)
 * ```
 */
export function fastifyPlugin(
  path: string,
  options: WebhookHandlerOptions,
): (instance: FastifyLike) => Promise<void> {
  return async (instance) => {
    instance.removeAllContentTypeParsers()
    instance.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    instance.post(path, async ({ body, headers }, reply) => {
      const { status, text } = await receive(options, bytesOf(body) ?? new Uint8Array(), headers)
      reply.code(status)
      reply.type('text/plain; charset=utf-8')
      return reply.send(status === 204 ? undefined : text)
    })
  }
}
