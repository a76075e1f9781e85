import { STATUS_CODES } from 'node:http'
import { ApiError, formatId, type Uuid } from '@onerouter/core'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { installBodyParsers } from './body.ts'
import './context.ts'
import type { Spans } from '../observe/spans.ts'
import { installErrors, sendProblem, toApiError } from './errors.ts'
import { installRouteGuard } from './guard.ts'
import { JSON_LIMITS } from './json.ts'
import { renderProblem } from './problem.ts'
import { parseQuery } from './query.ts'
import { createSchemas } from './schemas.ts'
import { installSecurityHeaders, SECURITY_HEADERS } from './security-headers.ts'
import { installTiming } from './timing.ts'
import { installTracing } from './tracing.ts'

export interface ServerOptions {
  readonly log: FastifyBaseLogger
  readonly newId: () => Uuid
  readonly publicUrl: string
  readonly frontendUrl: string
  readonly production: boolean
  readonly trustedProxyHops: number
  readonly spans?: Spans | undefined
  /** Told of every answer that has left, with what is known of the request. */
  readonly onAnswered: (request: FastifyRequest, reply: FastifyReply) => void
}

const REQUEST_TIMEOUT_MS = 30_000
const HEADERS_TIMEOUT_MS = 10_000
/** Above the idle time of the usual load balancers, so that they close connections and not we. */
const KEEP_ALIVE_MS = 72_000
const HEADER_BYTES_MAX = 16 * 1024
const URL_LENGTH_MAX = 2_048

/** The bare server: what holds for every route, whoever may call it. */
export function createServer(options: ServerOptions): FastifyInstance {
  const newRequestId = (): string => formatId('request', options.newId())
  const schemas = createSchemas()
  const app = Fastify({
    schemaController: { compilersFactory: schemas.compilers },
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    // Ids are ours alone: one that a caller chose could collide with somebody else's.
    requestIdHeader: false,
    genReqId: newRequestId,
    bodyLimit: JSON_LIMITS.bytes,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, maxHeaderSize: HEADER_BYTES_MAX },
    trustProxy: options.trustedProxyHops === 0 ? false : (_, hop) => hop < options.trustedProxyHops,
    routerOptions: {
      maxParamLength: 100,
      ignoreTrailingSlash: false,
      // Parsed in a hook, where a refusal becomes a problem document.
      querystringParser: (text) => ({ raw: text }),
    },
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: true,
        strict: false,
      },
    },
    frameworkErrors: (error, request, reply) => {
      // No hook has run for an address that cannot be read.
      reply.headers({ ...SECURITY_HEADERS, 'request-id': request.id, 'onerouter-overhead-ms': '0.0' })
      sendProblem(reply, toApiError(error), options.publicUrl)
    },
    clientErrorHandler: (error, socket) => {
      if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
      socket.end(rawProblem(error.code, newRequestId(), options.publicUrl))
    },
  })
  app.decorate('compileSchemas', schemas.compileAll)
  app.decorateRequest('principal', null)
  app.decorateRequest('openSession', null)
  installTiming(app)
  installTracing(app, options.spans)
  installSecurityHeaders(app, options)
  installRouteGuard(app)
  installErrors(app, options.publicUrl)
  installBodyParsers(app)
  installRequestLog(app, options.onAnswered)
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.url.length > URL_LENGTH_MAX)
      return done(new ApiError('not_found', 'There is nothing at this address.'))
    const { raw } = request.query as { readonly raw?: string } // made by querystringParser above
    request.query = parseQuery(raw ?? '')
    if (request.body === undefined && request.routeOptions.config.bodyOptional === true) request.body = {}
    done()
  })
  return app
}

function installRequestLog(app: FastifyInstance, onAnswered: ServerOptions['onAnswered']): void {
  app.addHook('onResponse', (request, reply, done) => {
    onAnswered(request, reply)
    request.log.info(
      {
        request_id: request.id,
        method: request.method,
        // The pattern, not the address: addresses hold tokens and personal data.
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        account: request.principal?.accountId,
        key: request.principal?.hint,
        trace_id: request.span?.traceId,
      },
      'request',
    )
    done()
  })
}

/** An answer to bytes that were no HTTP, written by hand because there is no request to reply to. */
function rawProblem(code: string, requestId: string, docsUrl: string): string {
  const tooLarge = code === 'HPE_HEADER_OVERFLOW'
  const detail = tooLarge ? 'The headers are larger than 16 KiB.' : 'The request is not valid HTTP.'
  const error = new ApiError(tooLarge ? 'payload_too_large' : 'invalid_request', detail)
  const problem = renderProblem(error, requestId, docsUrl)
  const body = JSON.stringify(problem.body)
  const headers = {
    ...problem.headers,
    'request-id': requestId,
    'content-length': String(Buffer.byteLength(body)),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}
