import { redactText } from '@onerouter/providers/redact'
import pino, { type Logger } from 'pino'

export interface LoggingOptions {
  readonly debug: boolean
  readonly silent?: boolean
  /** Where lines go; standard output when left out. */
  readonly write?: (line: string) => void
}

const DEPTH_MAX = 5
/** Lines of a busy server go out together, those of a tenth of a second; what is left does when the process ends. */
const DESTINATION = { sync: false, minLength: 65_536, maxWrite: 131_072, periodicFlush: 100 }

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
        err: (error: unknown) => describeError(error),
        req: (request: { id?: unknown; method?: unknown }) => ({ id: request.id, method: request.method }),
        res: (reply: { statusCode?: unknown }) => ({ status: reply.statusCode }),
      },
      formatters: { level: (label) => ({ level: label }), log: (fields) => redactFields(fields) },
      hooks: {
        logMethod(args, method) {
          method.apply(this, cleanArguments(args) as typeof args) // the same shapes that pino takes
        },
      },
    },
    options.write === undefined ? pino.destination(DESTINATION) : { write: options.write },
  )
}

/**
 * pino takes a missing message from the error, unseen by any serializer: an error always goes in as a field
 * beside a message of ours.
 */
function cleanArguments(args: readonly unknown[]): unknown[] {
  if (args.length === 2 && isFields(args[0]) && typeof args[1] === 'string') {
    return [args[0], redactText(args[1])]
  }
  const [first, ...rest] = args.map((arg) => (typeof arg === 'string' ? redactText(arg) : arg))
  if (typeof first !== 'object' || first === null) return [first, ...rest]
  const fields = first instanceof Error ? { err: first } : first
  return rest.length > 0 ? [fields, ...rest] : [fields, 'err' in fields ? 'error' : undefined]
}

const isFields = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !(value instanceof Error)

/** Errors of libraries carry requests, headers and SQL values: only what names the fault is kept. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return redactDeep(error, depth)
  return {
    type: error.name,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    message: redactText(error.message),
    stack: redactText(error.stack ?? ''),
    ...(error.cause instanceof Error && depth < DEPTH_MAX
      ? { cause: describeError(error.cause, depth + 1) }
      : {}),
  }
}

/** Serializers of these run later and redact by themselves. */
const SERIALIZED: ReadonlySet<string> = new Set(['err', 'req', 'res'])

function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  if (isShort(fields)) return fields
  const shown: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    shown[name] = SERIALIZED.has(name) ? value : redactDeep(value, 0)
  }
  return shown
}

/** A few short words and numbers, as most lines are: one look at all of them tells that none needs another. */
function isShort(fields: Record<string, unknown>): boolean {
  let texts = ''
  for (const value of Object.values(fields)) {
    if (typeof value === 'string') texts += `${value}\n`
    else if (typeof value === 'object' ? value !== null : typeof value === 'bigint') return false
  }
  return redactText(texts) === texts
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
