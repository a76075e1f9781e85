import type { FastifyInstance } from 'fastify'

/** `OneRouter-Overhead-Ms`: the router's own time, without what the provider took. */
export function installTiming(app: FastifyInstance): void {
  app.decorateRequest('providerMs', 0)
  app.decorateRequest('errorCode', null)
  app.addHook('onSend', (request, reply, _payload, done) => {
    const own = Math.max(0, reply.elapsedTime - request.providerMs)
    reply.header('onerouter-overhead-ms', own.toFixed(1))
    request.log.debug({ own_ms: own, provider_ms: request.providerMs }, 'timing')
    done()
  })
}
