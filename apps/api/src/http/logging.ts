import { redactText } from '@onerouter/providers/redact'
import pino, { type Logger, stdSerializers } from 'pino'

export interface LoggingOptions {
  readonly debug: boolean
  readonly silent?: boolean
  /** Where lines go; standard output when left out. */
  readonly write?: (line: string) => void
}

const DEPTH_MAX = 5

/**
 * One JSON object per line. Requests are logged by an allow-list (never a body, never a header, the route's
 * pattern instead of its address), and every text passes the central redaction on its way out.
 */
export function createLogger(options: LoggingOptions): Logger {
  return pino(
    {
      level: options.silent === true ? 'silent' : options.debug ? 'debug' : 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: {
        err: describeError,
        req: (request: { id?: unknown; method?: unknown }) => ({ id: request.id, method: request.method }),
        res: (reply: { statusCode?: unknown }) => ({ status: reply.statusCode }),
      },
      formatters: { level: (label) => ({ level: label }), log: (fields) => redactFields(fields) },
      hooks: {
        logMethod(args, method) {
          method.apply(
            this,
            args.map((arg) => (typeof arg === 'string' ? redactText(arg) : arg)) as typeof args,
          )
        },
      },
    },
    options.write === undefined ? pino.destination({ sync: false }) : { write: options.write },
  )
}

/** Errors of libraries carry requests, headers and SQL values: only what names the fault is kept. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return redactDeep(error, 0)
  const { type, message, stack } = stdSerializers.err(error)
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  const cause = error.cause instanceof Error ? { cause: describeError(error.cause) } : {}
  return { type, ...code, message: redactText(message), stack: redactText(stack), ...cause }
}

function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      // Serializers of these run later and redact by themselves.
      ['err', 'req', 'res'].includes(name) ? value : redactDeep(value, 0),
    ]),
  )
}

function redactDeep(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Error) return describeError(value)
  if (depth >= DEPTH_MAX) return '[deep]'
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redactDeep(item, depth + 1))
  if ('toJSON' in value && typeof value.toJSON === 'function') return redactDeep(value.toJSON(), depth + 1)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redactDeep(item, depth + 1)]))
}
