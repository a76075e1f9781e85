import type { Dispatcher } from 'undici'
import type { Sent } from './exchange.ts'
import type { HttpResult } from './spec.ts'

/** For one whole call: from the first byte out to the last byte in, waiting for a connection included. */
export interface Limits {
  readonly timeoutMs: number
  readonly maxBytes: number
}

const TOO_LATE: HttpResult = { ok: false, sent: true, reason: 'timeout' }
const TOO_LARGE: HttpResult = { ok: false, sent: true, reason: 'too_large' }
const UTF8 = new TextDecoder()

/**
 * One exchange on the wire, taken from undici as it comes: a stream per answer and a signal per request would cost as
 * much again. What ends first counts, and a request whose time is over before it has a connection never leaves.
 */
export function exchangeOnNetwork(
  dispatcher: Dispatcher,
  sent: Sent,
  { timeoutMs, maxBytes }: Limits,
): Promise<HttpResult> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let bytes = 0
    let head: { status: number; headers: Record<string, string> } | null = null
    // Set when the request is handed to a connected socket: before it, nothing can have left.
    let wire: Dispatcher.DispatchController | null = null
    let over = false
    const end = (result: HttpResult): void => {
      if (over) return
      over = true
      clearTimeout(deadline)
      resolve(result)
    }
    const abandon = (result: HttpResult, why: string): void => {
      end(result)
      wire?.abort(new Error(why))
    }
    const deadline = setTimeout(() => abandon(TOO_LATE, 'the time for the call is over'), timeoutMs)
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        wire = controller
        if (over) controller.abort(new Error('the time for the call was over before it began'))
      },
      onResponseStart(_controller, status, headers) {
        // Below 200 are announcements of an answer.
        if (status >= 200) head = { status, headers: flatten(headers) }
      },
      onResponseData(_controller, chunk) {
        bytes += chunk.length
        if (bytes > maxBytes) abandon(TOO_LARGE, 'the answer is too large')
        else chunks.push(chunk)
      },
      onResponseEnd() {
        end(head === null ? failureOf(null, true) : answered(head, chunks))
      },
      onResponseError(_controller, error) {
        end(failureOf(error, wire !== null))
      },
    }
    // The deadline above is the only one: undici's own would count from its own moments.
    const timeouts = { headersTimeout: 0, bodyTimeout: 0 }
    const { origin, path, headers, request } = sent
    const body = request.body === undefined ? null : sent.body
    try {
      dispatcher.dispatch({ origin, path, method: request.method, headers, body, ...timeouts }, handler)
    } catch (error) {
      end(failureOf(error, wire !== null))
    }
  })
}

const answered = (
  head: { readonly status: number; readonly headers: Record<string, string> },
  chunks: readonly Uint8Array[],
): HttpResult => {
  const [first = new Uint8Array(0)] = chunks
  return {
    ok: true,
    response: { ...head, text: UTF8.decode(chunks.length > 1 ? Buffer.concat(chunks) : first) },
  }
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}

type FailureReason = Extract<HttpResult, { ok: false }>['reason']

/** Errors that only arise while a connection is being made. */
const BEFORE_SENDING: Readonly<Record<string, FailureReason>> = {
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  ENODATA: 'dns',
  ENOTFOUND: 'dns',
  ECONNREFUSED: 'connect',
  EHOSTUNREACH: 'connect',
  ENETUNREACH: 'connect',
  EADDRNOTAVAIL: 'connect',
  ETIMEDOUT: 'connect',
  UND_ERR_CONNECT_TIMEOUT: 'connect',
}
const TLS_CODE = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/

/** `sent: false` needs two witnesses: nothing was written, and the error is one of connecting. */
function failureOf(error: unknown, written: boolean): HttpResult {
  const code = codeOf(error)
  const connecting = TLS_CODE.test(code) ? 'tls' : BEFORE_SENDING[code]
  if (connecting !== undefined && !written) return { ok: false, sent: false, reason: connecting }
  if (/TIMEOUT/.test(code) || nameOf(error) === 'TimeoutError') return TOO_LATE
  return { ok: false, sent: true, reason: nameOf(error) === 'AbortError' ? 'aborted' : 'reset' }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return error instanceof AggregateError ? codeOf(error.errors[0]) : codeOf(error.cause)
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}
