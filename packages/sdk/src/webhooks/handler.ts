import { NOT_POST, type Reply, readBytes, receive, TOO_LARGE, type WebhookHandlerOptions } from './receive.ts'

export type { EventHandlers, WebhookHandlerOptions } from './receive.ts'

/**
 * A webhook address for everything that speaks `Request` and `Response`: Next.js route handlers, Hono, Bun, Deno,
 * edge runtimes. Answers once your handler is done; OneRouter waits 15 seconds.
 * @example
 * ```ts
 * // app/webhooks/route.ts of a Next.js project
 * import { webhookHandler } from 'onerouter/webhooks'
 * export const POST = webhookHandler({
 *   secret: process.env.ONEROUTER_WEBHOOK_SECRET ?? '',
 *   on: { 'payment.succeeded': (event) => ship(event.data.object.receipt) },
 * })
 * ```
 */
export function webhookHandler(options: WebhookHandlerOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'POST') return response(NOT_POST)
    const body = await readBytes(chunksOf(request))
    if (body === undefined) return response(TOO_LARGE)
    return response(await receive(options, body, request.headers))
  }
}

/** Not `request.body` itself: browsers' streams cannot be iterated everywhere. */
async function* chunksOf({ body }: Request): AsyncGenerator<Uint8Array> {
  if (body === null) return
  const reader = body.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function response({ status, text }: Reply): Response {
  return new Response(status === 204 ? null : text, {
    status,
    ...(status !== 204 && { headers: { 'content-type': 'text/plain; charset=utf-8' } }),
  })
}
