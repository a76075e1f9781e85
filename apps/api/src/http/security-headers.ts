import type { FastifyInstance } from 'fastify'

/** On every answer, errors included; a page that needs more (checkout, documents) overrides its own. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}
const STRICT_TRANSPORT = 'max-age=63072000; includeSubDomains'

const ALLOWED_HEADERS = 'authorization, content-type, idempotency-key, x-csrf-token'
const EXPOSED_HEADERS =
  'request-id, ratelimit, ratelimit-policy, retry-after, idempotent-replayed, onerouter-should-retry'

export interface SecurityHeaders {
  readonly production: boolean
  /** The dashboard's origin: the only one that browsers may call from. */
  readonly frontendUrl: string
}

export function installSecurityHeaders(app: FastifyInstance, options: SecurityHeaders): void {
  const frontend = new URL(options.frontendUrl).origin
  // Hooks that wait for nothing are told so by calling back: a promise for each of them costs more than what they do.
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS).header('request-id', request.id).header('vary', 'origin')
    if (options.production) reply.header('strict-transport-security', STRICT_TRANSPORT)
    if (request.headers.origin !== frontend) return done()
    reply.headers({
      'access-control-allow-origin': frontend,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': EXPOSED_HEADERS,
    })
    if (request.method !== 'OPTIONS') return done()
    reply.headers({
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': ALLOWED_HEADERS,
      'access-control-max-age': '600',
    })
    reply.code(204).send()
  })
}
