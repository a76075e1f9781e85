import type { FastifyInstance } from 'fastify'

const GUARDED = /^\/(v1|api|services)(\/|$)/

/**
 * Refuses to start with a route nobody decided about: every route below /v1, /api and /services declares the
 * scope it needs, or says that it is public.
 */
export function installRouteGuard(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (GUARDED.test(route.url) && route.config?.scope === undefined) {
      throw new Error(
        `The route ${[route.method].flat().join(',')} ${route.url} declares neither scope nor public.`,
      )
    }
  })
}
