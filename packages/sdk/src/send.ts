import { type Answered, type ApiPromise, apiPromise } from './answer.ts'
import { fromWire, toWire } from './case.ts'
import {
  ConnectionError,
  errorClassOf,
  type FieldError,
  type OneRouterError,
  TimeoutError,
  ValidationError,
} from './errors.ts'
import { type CallOptions, checkedKey, checkedRetries, checkedTimeout, type Settings } from './options.ts'
import { queryString } from './query.ts'
import { isRetried, retryAfterSeconds, retryDelayMs } from './retry.ts'
import { createStreams, type Streams } from './stream.ts'
import { VERSION } from './version.ts'

/** One operation of the API, in this package's names. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: object | undefined
  readonly body?: object | undefined
}

/** Performs an operation: one logical call, however many tries it takes. */
export interface Call {
  <T>(operation: Operation, options?: CallOptions): ApiPromise<T>
  readonly stream: Streams
}

export interface Prepared {
  readonly url: string
  readonly init: RequestInit
  readonly timeoutMs: number
}

interface Received {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export function createCall(settings: Settings): Call {
  return Object.assign(
    <T>(operation: Operation, options: CallOptions = {}) =>
      apiPromise<T>(perform(settings, operation, options)),
    { stream: createStreams(settings) },
  )
}

async function perform<T>(
  settings: Settings,
  operation: Operation,
  options: CallOptions,
): Promise<Answered<T>> {
  const { system } = settings
  const retries = checkedRetries(options.maxRetries ?? settings.maxRetries)
  // Prepared once: every try carries the same idempotency key and the same bytes.
  const request = prepare(settings, operation, options)
  for (let attempt = 0; ; attempt++) {
    options.signal?.throwIfAborted()
    const result = await attemptOnce(settings, request, options.signal)
    if ('data' in result) return result as Answered<T> // the schema of the operation's answer
    const delayMs = retryDelayMs({ attempt, answer: result.answer }, system.now(), system.random)
    if (attempt >= retries || delayMs === null) throw result.error
    await pause(settings, delayMs, options.signal)
  }
}

export function prepare(settings: Settings, operation: Operation, options: CallOptions): Prepared {
  const { method, body } = operation
  const headers = new Headers({
    accept: 'application/json',
    authorization: `Bearer ${checkedKey(settings.apiKey)}`,
    'user-agent': `onerouter-ts/${VERSION}`,
  })
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (method === 'POST') {
    headers.set('idempotency-key', options.idempotencyKey ?? settings.system.newIdempotencyKey())
  }
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value === null) headers.delete(name)
    else headers.set(name, value)
  }
  return {
    url: settings.baseUrl + operation.path + queryString(operation.query),
    init: {
      method,
      headers,
      // A redirected POST would turn into a GET, and the key would follow it to wherever it leads.
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(toWire(body), finite) }),
    },
    timeoutMs: checkedTimeout(options.timeoutMs ?? settings.timeoutMs),
  }
}

/** JSON has no NaN and writes `null` instead: an amount would silently be none. */
function finite(name: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value
  throw new ValidationError({ code: 'invalid_argument', message: `${name} is ${value}, not a number.` })
}

export type Failed = { readonly error: OneRouterError; readonly answer: Received | null }

async function attemptOnce(
  settings: Settings,
  request: Prepared,
  signal: AbortSignal | undefined,
): Promise<Answered<unknown> | Failed> {
  let received: Received
  try {
    received = await exchange(settings, request, signal)
  } catch (cause) {
    // The caller's own stop is no failure of the connection: their reason goes to them as it is.
    signal?.throwIfAborted()
    return { error: noAnswer(cause), answer: null }
  }
  const { status, headers } = received
  const requestId = headers.get('request-id') ?? undefined
  const parsed = parse(received.text)
  if (status < 200 || status >= 300) {
    return { error: refusal(received, parsed, requestId, settings.system.now()), answer: received }
  }
  if (parsed === undefined) return { error: malformed(status, requestId), answer: null }
  const replayed = headers.get('idempotent-replayed') === 'true'
  return { data: fromWire(parsed), status, headers, requestId, replayed }
}

/** One request and the whole of its answer, within the time; rejects when the signal or the clock ends it. */
async function exchange(
  { system }: Settings,
  { url, init, timeoutMs }: Prepared,
  signal: AbortSignal | undefined,
): Promise<Received> {
  const controller = new AbortController()
  const stop = () => controller.abort(signal?.reason)
  signal?.addEventListener('abort', stop, { once: true })
  const cancelTimer = system.after(timeoutMs, () => controller.abort(timedOut(timeoutMs)))
  // Raced, because a fetch that was handed in may not listen to signals.
  const ended = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true })
  })
  const answered = async (): Promise<Received> => {
    const response = await system.fetch(url, { ...init, signal: controller.signal })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  try {
    return await Promise.race([answered(), ended])
  } finally {
    cancelTimer()
    signal?.removeEventListener('abort', stop)
  }
}

export function pause({ system }: Settings, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = system.after(ms, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    signal?.addEventListener('abort', stop, { once: true })
  })
}

/** `undefined` for what is no JSON object: every answer of the API is one. */
function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined // just proven
  } catch {
    return undefined
  }
}

function timedOut(timeoutMs: number): TimeoutError {
  const message = `No answer within ${timeoutMs} ms. Whether the server acted is unknown.`
  return new TimeoutError({ code: 'timeout', message, retryable: true })
}

export function noAnswer(cause: unknown): OneRouterError {
  if (cause instanceof TimeoutError) return cause
  const message = 'The connection failed before a whole answer arrived. Whether the server acted is unknown.'
  return new ConnectionError({ code: 'connection_failed', message, retryable: true, cause })
}

function malformed(status: number, requestId: string | undefined): OneRouterError {
  const message = 'The answer is not the JSON of a OneRouter API: a proxy in between, or a wrong baseUrl?'
  return new ConnectionError({ code: 'malformed_answer', message, status, requestId, retryable: true })
}

/** A refusal whose body is read apart from the call. */
export function refusalIn(received: Received, nowMs: number): Failed {
  const requestId = received.headers.get('request-id') ?? undefined
  return { error: refusal(received, parse(received.text), requestId, nowMs), answer: received }
}

/** The error a refusal stands for, from its problem document (RFC 9457) where it has one. */
function refusal(
  { status, headers }: Received,
  parsed: Readonly<Record<string, unknown>> | undefined,
  requestId: string | undefined,
  nowMs: number,
): OneRouterError {
  // The members below are those of the API's problem schema; each is checked or only passed on.
  const problem = (fromWire(parsed ?? {}) ?? {}) as Readonly<Record<string, unknown>>
  const text = (name: string) => (typeof problem[name] === 'string' ? problem[name] : undefined)
  const code = text('code') ?? `http_${status}`
  const ErrorClass = errorClassOf(code, status)
  return new ErrorClass({
    code,
    message: text('detail') ?? text('title') ?? describe(status),
    status,
    requestId: requestId ?? text('requestId'),
    retryable: typeof problem.retryable === 'boolean' ? problem.retryable : isRetried(status),
    retryAfter: retryAfterSeconds(headers, nowMs),
    errors: Array.isArray(problem.errors) ? (problem.errors as readonly FieldError[]) : undefined,
    provider: text('provider'),
    providerCode: text('providerCode'),
    declineReason: text('declineReason'),
    ...(typeof problem.payment === 'object' && { payment: problem.payment as OneRouterError['payment'] }),
  })
}

function describe(status: number): string {
  return status < 400
    ? 'The server redirects elsewhere: baseUrl must be the address of the API itself.'
    : `The server answered ${status} without saying why.`
}
