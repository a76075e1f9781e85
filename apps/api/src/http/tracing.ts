import { formatId } from '@onerouter/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Spans } from '../observe/spans.ts'

/** Asked every few seconds by machines: a trace of each would hide the others. */
const QUIET: ReadonlySet<string> = new Set([
  '/metrics',
  '/api/health',
  '/api/health/live',
  '/api/health/ready',
])

/** One span per request, which goes on with the caller's trace; what the handler does is part of it. */
export function installTracing(app: FastifyInstance, spans: Spans | undefined): void {
  app.decorateRequest('span', null)
  if (spans === undefined) return
  app.addHook('onRequest', (request, _reply, done) => {
    const { method } = request
    const route = request.routeOptions.url
    if (route !== undefined && !QUIET.has(route)) {
      const facts = {
        'http.request.method': method,
        'http.route': route,
        'onerouter.request_id': request.id,
      }
      request.span = spans.begin({ name: `${method} ${route}`, kind: 'server', facts }, parentOf(request))
    }
    done()
  })
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.span === null) done()
    else request.span.enter(done)
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { span, principal, errorCode } = request
    const status = reply.statusCode
    span?.tell({
      'http.response.status_code': status,
      'onerouter.provider_ms': request.providerMs,
      ...(principal !== null && {
        'onerouter.account_id': formatId('account', principal.accountId),
        'onerouter.environment': principal.environment,
      }),
      ...(errorCode !== null && { 'onerouter.error_code': errorCode }),
    })
    if (status >= 500) span?.fail(errorCode ?? String(status))
    span?.end()
    done()
  })
}

function parentOf(request: FastifyRequest): string | undefined {
  const { traceparent } = request.headers
  return typeof traceparent === 'string' ? traceparent : undefined
}
