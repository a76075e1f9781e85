import { ApiError, isService } from '@onerouter/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Engine } from '../../engine/ports.ts'
import { receiveWebhook } from '../../engine/receive-webhook.ts'

/** Stripe's events can be large; nothing a provider sends comes near this. */
const BODY_BYTES_MAX = 1024 * 1024

/**
 * Where providers deliver: `/webhooks/{provider}/{token}`, and without the token where a single account's secret
 * verifies. A context of its own, because signatures hold over raw bytes that no JSON parser may touch.
 */
export function webhookInRoutes(app: FastifyInstance, engine: Engine, publicUrl: string): void {
  app.register(async (raw) => {
    raw.removeAllContentTypeParsers()
    raw.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX }, (_request, body, done) =>
      done(null, body),
    )
    const config = { scope: 'public', operation: 'receiveWebhook' } as const
    const handler = (request: FastifyRequest, reply: FastifyReply) =>
      receive(engine, publicUrl, request, reply)
    raw.post('/webhooks/:provider', { config, bodyLimit: BODY_BYTES_MAX }, handler)
    raw.post('/webhooks/:provider/:token', { config, bodyLimit: BODY_BYTES_MAX }, handler)
  })
}

/** Twilio runs what it is answered (TwiML); this is the program that does nothing. */
const NOTHING_TO_DO = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

async function receive(
  engine: Engine,
  publicUrl: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { provider, token } = request.params as { provider: string; token?: string } // the route's own pattern
  if (!isService(provider)) throw new ApiError('not_found', 'There is no such webhook address.')
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  await receiveWebhook(engine, provider, token ?? null, {
    headers: singleHeaders(request),
    body,
    receivedAtMs: engine.now(),
    // What a Host header says is anybody's word; what was signed is the address we gave away.
    url: publicUrl + (request.raw.url ?? ''),
  })
  // A repeat is answered like the first: anything but 2xx makes providers retry, and Razorpay give up on us.
  if (provider === 'twilio') return reply.type('text/xml').send(NOTHING_TO_DO)
  return reply.send({ status: 'received' })
}

/** A signature header that comes twice is joined by a comma and then does not verify. */
function singleHeaders(request: FastifyRequest): Record<string, string> {
  const entries = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(',') : value] as const],
  )
  return Object.fromEntries(entries)
}
