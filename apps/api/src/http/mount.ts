import {
  type AnswerOf,
  type BodyOf,
  type ParamsOf,
  type QueryOf,
  ROUTES,
  type RouteName,
  type RouteOf,
  type RouteSpec,
} from '@onerouter/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from './principal.ts'

/** What a handler gets: validated input and the proven caller. */
export interface Call<N extends RouteName> {
  readonly params: ParamsOf<RouteOf<N>>
  readonly query: QueryOf<RouteOf<N>>
  readonly body: BodyOf<RouteOf<N>>
  readonly principal: CallerOf<RouteOf<N>>
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}
type CallerOf<R> = R extends { readonly scope: 'public' | 'session' } ? null : Principal

/** Answers the object of the contract, or `reply` when it has sent something by itself (`sendAnswer`). */
export type Handler<N extends RouteName> = (call: Call<N>) => Promise<AnswerOf<RouteOf<N>> | FastifyReply>

/** Serves one operation of the contract, under its path and all of its aliases. */
export function mount<N extends RouteName>(app: FastifyInstance, name: N, handler: Handler<N>): void {
  const route: RouteSpec = ROUTES[name]
  for (const path of [route.path, ...(route.aliases ?? [])]) {
    app.route({
      method: route.method,
      url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      schema: schemaOf(route),
      config: { scope: route.scope, operation: name, bodyOptional: route.bodyOptional === true },
      handler: async (request, reply) => {
        reply.code(route.answer.status)
        // Validation has just proven these shapes, and the authentication hook the principal.
        const { params, query, body, principal } = request as unknown as Call<N>
        return handler({ params, query, body, principal, request, reply })
      },
    })
  }
}

function schemaOf(route: RouteSpec): Record<string, unknown> {
  return {
    ...(route.params === undefined ? {} : { params: route.params }),
    querystring: route.query ?? { type: 'object', additionalProperties: false },
    ...(route.body === undefined ? {} : { body: route.body }),
    response: { '2xx': route.answer.schema },
  }
}

/** Sends an answer whose bytes were made earlier, such as one stored with an idempotency key. */
export function sendAnswer(
  reply: FastifyReply,
  answer: { readonly status: number; readonly body: string },
): FastifyReply {
  if (answer.status >= 400) reply.request.errorCode = codeIn(answer.body)
  const type = answer.status < 400 ? 'application/json' : 'application/problem+json'
  return reply.code(answer.status).type(`${type}; charset=utf-8`).send(answer.body)
}

/** The code of a problem document that was rendered earlier. */
function codeIn(body: string): string | null {
  return /"code":"([a-z_]{1,64})"/.exec(body)?.[1] ?? null
}
