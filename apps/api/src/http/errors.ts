import { ApiError, type ErrorCode } from '@onerouter/core'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { renderProblem } from './problem.ts'
import { validationError } from './validation.ts'

/** What Fastify itself refuses, by its own error code. */
const FRAMEWORK: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['payload_too_large', 'The body is larger than 256 KiB.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'Send the body as application/json.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid_request', 'The body is not as long as Content-Length says.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed_json', 'The body is empty.'],
  FST_ERR_BAD_URL: ['not_found', 'There is nothing at this address.'],
  FST_ERR_MAX_PARAM_LENGTH: ['not_found', 'There is no such object.'],
  FST_ERR_ASYNC_CONSTRAINT: ['not_found', 'There is nothing at this address.'],
}

/** PostgreSQL conditions that pass by themselves; the caller should come again. */
const PASSING = /^(08|40|53|57|25P03|55P03)|^(ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE)$/

/** Any thrown value as the error a caller sees. What is not ours becomes `internal`, without detail. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  const { code, validation, validationContext, statusCode } = error as Partial<FastifyError> // read, not trusted
  if (validation !== undefined) return validationError(validation, validationContext)
  const known = code === undefined ? undefined : FRAMEWORK[code]
  if (known !== undefined) return new ApiError(known[0], known[1], {}, error)
  if (
    code?.startsWith('FST_') === true &&
    statusCode !== undefined &&
    statusCode >= 400 &&
    statusCode < 500
  ) {
    return new ApiError('invalid_request', 'The request is not valid.', {}, error)
  }
  if (isPassing(error)) {
    return new ApiError(
      'overloaded',
      'The server is busy; try again in a moment.',
      { retry_after_s: 1 },
      error,
    )
  }
  return new ApiError('internal', 'Something broke on our side; nothing about it is your fault.', {}, error)
}

/** What the database client says, without a code, when the server ended its session or let nobody in. */
const CONNECTION_LOST =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered)/

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return PASSING.test(code) || CONNECTION_LOST.test(error.message)
}

/** Sends a problem document; for hooks and handlers alike. */
export function sendProblem(reply: FastifyReply, error: ApiError, docsUrl: string): FastifyReply {
  const problem = renderProblem(error, reply.request.id, docsUrl)
  for (const [name, value] of Object.entries(problem.headers)) reply.header(name, value)
  reply.request.errorCode = error.code
  // Bytes, so that no serializer of the route gets to drop members.
  return reply.code(problem.status).send(Buffer.from(JSON.stringify(problem.body)))
}

export function installErrors(app: FastifyInstance, docsUrl: string): void {
  app.setErrorHandler((error, request, reply) => {
    const shown = toApiError(error)
    logRefusal(request, shown)
    return sendProblem(reply, shown, docsUrl)
  })
  const served = collectPaths(app)
  app.setNotFoundHandler((request, reply) => {
    const allowed = served(request.url)
    if (allowed.length === 0) {
      return sendProblem(reply, new ApiError('not_found', 'There is nothing at this address.'), docsUrl)
    }
    reply.header('allow', allowed.join(', '))
    const detail = `This address answers ${allowed.join(', ')}.`
    return sendProblem(reply, new ApiError('method_not_allowed', detail), docsUrl)
  })
}

function logRefusal(request: FastifyRequest, error: ApiError): void {
  if (error.code === 'internal') request.log.error({ err: error.cause }, 'request failed')
  else if (error.code === 'overloaded') request.log.warn({ err: error.cause }, 'request turned away')
}

/** Remembers which methods each path answers, so that a wrong method is told from a wrong address. */
function collectPaths(app: FastifyInstance): (url: string) => readonly string[] {
  const paths = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>()
  app.addHook('onRoute', (route) => {
    if (route.url.includes('*')) return
    const source = route.url.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z]+/g, '[^/]+')
    const known = paths.get(route.url) ?? { pattern: new RegExp(`^${source}$`), methods: new Set() }
    for (const method of [route.method].flat()) known.methods.add(method)
    paths.set(route.url, known)
  })
  return (url) => {
    const path = url.split('?', 1)[0] ?? ''
    const methods = [...paths.values()]
      .filter(({ pattern }) => pattern.test(path))
      .flatMap((p) => [...p.methods])
    return [...new Set(methods)].sort()
  }
}
