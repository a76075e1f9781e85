import { timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { ApiError } from '@onerouter/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Family, renderText } from '../../observe/registry.ts'
import type { Secret } from '../../secrets/secret.ts'

export interface Metrics {
  readonly token: Secret | null
  readonly families: () => Promise<readonly Family[]>
}

/** For machines that watch the server: on loopback, or with the token from anywhere. */
export function metricsRoutes(app: FastifyInstance, metrics: Metrics): void {
  app.get('/metrics', { config: { scope: 'public' } }, async (request, reply) => {
    if (!allowed(request, metrics.token)) {
      const how = 'Scrape from the machine itself, or set METRICS_TOKEN and send it as a bearer token.'
      throw new ApiError('unauthenticated', how)
    }
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(renderText(await metrics.families()))
  })
}

const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

function allowed(request: FastifyRequest, token: Secret | null): boolean {
  const given = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token !== null && given !== undefined && same(given, token.reveal())) return true
  // Behind a proxy on the same machine everybody comes from loopback.
  if (FORWARDED.some((name) => request.headers[name] !== undefined)) return false
  const address = request.socket.remoteAddress ?? ''
  return isIP(address) !== 0 && /^(127\.|::1$|::ffff:127\.)/.test(address)
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
