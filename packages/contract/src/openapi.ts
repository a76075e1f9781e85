import { ERRORS, type ErrorCode } from '@onerouter/core'
import { Dispute } from './resources/dispute.ts'
import { Event } from './resources/event.ts'
import { Health } from './resources/health.ts'
import { ApiKey, CreatedApiKey } from './resources/key.ts'
import { LogEntry } from './resources/log.ts'
import { Payment, TimelineEntry } from './resources/payment.ts'
import { Problem } from './resources/problem.ts'
import { Refund } from './resources/refund.ts'
import { ServiceStatus } from './resources/service.ts'
import { Sms } from './resources/sms.ts'
import { ROLES } from './roles.ts'
import type { RouteSpec } from './routes/define.ts'
import { ALL_ROUTES } from './routes.ts'
import type { TSchema } from './schema.ts'
import { SCOPES } from './scopes.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }
type JsonObject = { readonly [key: string]: Json }

/** Schemas that get a name; wherever one of these very objects is used, the document refers to it. */
export const NAMED: ReadonlyMap<object, string> = new Map<object, string>([
  [Payment, 'Payment'],
  [Refund, 'Refund'],
  [Dispute, 'Dispute'],
  [Sms, 'Sms'],
  [TimelineEntry, 'TimelineEntry'],
  [Event, 'Event'],
  [LogEntry, 'LogEntry'],
  [ApiKey, 'ApiKey'],
  [CreatedApiKey, 'CreatedApiKey'],
  [ServiceStatus, 'ServiceStatus'],
  [Health, 'Health'],
  [Problem, 'Problem'],
])

/** Codes any authenticated route may answer. */
const ALWAYS: readonly ErrorCode[] = [
  'invalid_request',
  'unauthenticated',
  'insufficient_scope',
  'ip_not_allowed',
  'rate_limit_exceeded',
  'overloaded',
  'internal',
]
/** Codes any route for people may answer. */
const OF_SESSIONS: readonly ErrorCode[] = [
  'unauthenticated',
  'csrf_failed',
  'insufficient_scope',
  'second_factor_required',
  'internal',
]
const WITH_BODY: readonly ErrorCode[] = ['malformed_json', 'payload_too_large', 'unsupported_media_type']

/** The OpenAPI 3.1 document of the whole API. */
export function openApi(): JsonObject {
  const paths: Record<string, Record<string, Json>> = {}
  for (const [name, route] of ALL_ROUTES) {
    for (const [i, path] of [route.path, ...(route.aliases ?? [])].entries()) {
      const known = paths[path] ?? {}
      known[route.method.toLowerCase()] = operation(i === 0 ? name : `${name}Alias${i}`, route, i > 0)
      paths[path] = known
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'OneRouter',
      version: '1',
      summary: 'One payment API over Stripe, PayPal, Razorpay and Twilio.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }],
    paths,
    components: {
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description: `unf_test_… or unf_live_…. Scopes: ${SCOPES.join(', ')}.`,
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'onerouter_session',
          description: 'Of somebody who signed in; in production its name begins with __Host-.',
        },
        csrf: {
          type: 'apiKey',
          in: 'header',
          name: 'X-CSRF-Token',
          description: 'The token of GET /api/auth/csrf, on every write.',
        },
      },
      schemas: Object.fromEntries([...NAMED].map(([schema, name]) => [name, inline(schema)])),
    },
  }
}

/** The exact text of the committed file and of `/openapi.json`. */
export function renderOpenApi(): string {
  return `${JSON.stringify(openApi(), null, 2)}\n`
}

function operation(operationId: string, route: RouteSpec, alias: boolean): JsonObject {
  const parameters = [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')]
  if (route.method === 'POST' && isForKeys(route)) parameters.push(IDEMPOTENCY_KEY)
  return {
    operationId,
    tags: [route.tag],
    summary: alias ? `${route.summary} (another path of ${route.path})` : route.summary,
    ...accessOf(route),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: route.bodyOptional !== true,
            content: { 'application/json': { schema: refer(route.body) } },
          },
        }),
    responses: {
      [String(route.answer.status)]: {
        description: route.summary,
        content: { [route.answer.media ?? 'application/json']: { schema: refer(route.answer.schema) } },
      },
      ...problems(route),
    },
  }
}

const isForKeys = ({ scope }: RouteSpec): boolean => scope !== 'public' && scope !== 'session'

function accessOf({ scope, roles }: RouteSpec): JsonObject {
  if (scope === 'public') return { security: [] }
  if (scope === 'session') return { security: [{ session: [], csrf: [] }], 'x-roles': roles ?? ROLES }
  return { 'x-scope': scope }
}

const IDEMPOTENCY_KEY: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same key with the same request is done once and answered alike.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

function parametersOf(schema: TSchema | undefined, place: 'path' | 'query'): JsonObject[] {
  if (schema === undefined || !('properties' in schema)) return []
  const properties = schema.properties as Readonly<Record<string, TSchema>> // object schemas have no other kind
  const required = 'required' in schema && Array.isArray(schema.required) ? schema.required : []
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: refer(property),
  }))
}

/** One answer per status, naming the codes that share it. */
function problems(route: RouteSpec): JsonObject {
  const codes = new Set<ErrorCode>([
    ...(route.scope === 'public'
      ? (['internal'] as const)
      : route.scope === 'session'
        ? OF_SESSIONS
        : ALWAYS),
    ...(route.body === undefined ? [] : WITH_BODY),
    ...route.errors,
  ])
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of codes)
    byStatus.set(ERRORS[code].status, [...(byStatus.get(ERRORS[code].status) ?? []), code])
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, shared]) => [
        String(status),
        {
          description: shared.sort().join(', '),
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      ]),
  )
}

function refer(schema: object): Json {
  const name = NAMED.get(schema)
  return name === undefined ? inline(schema) : { $ref: `#/components/schemas/${name}` }
}

function inline(schema: object): JsonObject {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, convert(value)]),
  )
}

function convert(value: unknown): Json {
  if (Array.isArray(value)) return value.map(convert)
  if (typeof value === 'object' && value !== null) return refer(value)
  // Schemas hold JSON only.
  return value as Json
}
