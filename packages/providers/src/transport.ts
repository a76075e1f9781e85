import { Agent, type Dispatcher } from 'undici'
import { describeExchange, type Exchange, type Sent } from './exchange.ts'
import { exchangeOnNetwork } from './network.ts'
import type { Http, HttpRequest, HttpResult } from './spec.ts'

export const TIMEOUT_MS = 30_000
export const RESPONSE_BYTES_MAX = 1024 * 1024
export const CONNECT_TIMEOUT_MS = 5_000
const USER_AGENT = 'OneRouter/0.1'

export interface TransportOptions {
  /** Connection pool; the caller who passes one closes it. Defaults to `createDispatcher()`. */
  readonly dispatcher?: Dispatcher
  readonly now: () => number
  /** For the whole call, from the first byte out to the last byte in. */
  readonly timeoutMs?: number
  readonly maxBytes?: number
  /** Sees the redacted record of every call. */
  readonly observe?: (exchange: Exchange) => void
}

/** What is particular to one caller of the transport. */
export interface CallScope {
  /** Exact values to remove from the records: every secret field of the credentials in use. */
  readonly secrets?: readonly string[]
  readonly observe?: (exchange: Exchange) => void
}

export type Transport = (baseUrl: string, scope?: CallScope) => Http

/** A keep-alive pool per origin. Nothing below the engine retries, follows redirects or pipelines. */
export function createDispatcher(): Dispatcher {
  return new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, pipelining: 1, connections: 128 })
}

/** Real network: every provider call of the product goes through here. */
export function createTransport(options: TransportOptions): Transport {
  const dispatcher = options.dispatcher ?? createDispatcher()
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const maxBytes = options.maxBytes ?? RESPONSE_BYTES_MAX
  return (baseUrl, scope = {}) =>
    recorded(baseUrl, options, scope, (sent) =>
      exchangeOnNetwork(dispatcher, sent, { timeoutMs: sent.request.timeoutMs ?? timeoutMs, maxBytes }),
    )
}

export type FetchLike = (request: Request) => Promise<Response>

/**
 * The same contract over an in-process server, such as an emulator. A rejection that carries
 * `{ sent: boolean }` says whether the request arrived; one that does not is taken as sent.
 */
export function httpFromFetch(
  fetchLike: FetchLike,
  baseUrl: string,
  options: Pick<TransportOptions, 'now' | 'observe' | 'maxBytes'> & CallScope,
): Http {
  const maxBytes = options.maxBytes ?? RESPONSE_BYTES_MAX
  return recorded(baseUrl, options, { secrets: options.secrets ?? [] }, async (sent) => {
    try {
      const hasBody = sent.request.body !== undefined
      const response = await fetchLike(
        new Request(sent.origin + sent.path, {
          method: sent.request.method,
          headers: sent.headers,
          ...(hasBody ? { body: sent.body } : {}),
        }),
      )
      const text = await response.text()
      if (text.length > maxBytes) return { ok: false, sent: true, reason: 'too_large' }
      return {
        ok: true,
        response: { status: response.status, headers: Object.fromEntries(response.headers), text },
      }
    } catch (error) {
      return { ok: false, sent: sentOf(error), reason: 'reset' }
    }
  })
}

function sentOf(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'sent' in error ? error.sent !== false : true
}

function recorded(
  baseUrl: string,
  options: Pick<TransportOptions, 'now' | 'observe'>,
  scope: CallScope,
  exchange: (sent: Sent) => Promise<HttpResult>,
): Http {
  return async (request) => {
    const sent = prepare(baseUrl, request)
    const startedAtMs = options.now()
    const result = await exchange(sent)
    if (options.observe !== undefined || scope.observe !== undefined) {
      const times = { startedAtMs, endedAtMs: options.now() }
      const record = describeExchange(sent, result, times, scope.secrets ?? [])
      options.observe?.(record)
      scope.observe?.(record)
    }
    return result
  }
}

function prepare(baseUrl: string, request: HttpRequest): Sent {
  const { body, contentType } = encodeBody(request.body)
  const relative = request.path.startsWith('/')
  const origin = relative ? baseUrl : new URL(request.path).origin
  return {
    request,
    origin,
    path: relative ? request.path : request.path.slice(origin.length),
    headers: {
      'user-agent': USER_AGENT,
      accept: 'application/json',
      ...(contentType === '' ? {} : { 'content-type': contentType }),
      ...request.headers,
    },
    body,
    contentType,
  }
}

function encodeBody(body: HttpRequest['body']): { readonly body: string; readonly contentType: string } {
  if (body === undefined) return { body: '', contentType: '' }
  if ('json' in body) return { body: JSON.stringify(body.json), contentType: 'application/json' }
  if ('form' in body) {
    return { body: encodeForm(body.form), contentType: 'application/x-www-form-urlencoded' }
  }
  return { body: body.raw, contentType: body.contentType }
}

/** Brackets of nested names stay readable, as the providers' own clients send them. */
export function encodeForm(pairs: readonly (readonly [string, string])[]): string {
  return pairs
    .map(([key, value]) => `${encodeName(key)}=${encodeURIComponent(value.toWellFormed())}`)
    .join('&')
}

/** Names come from adapters, which have a few dozen each; a caller's own are as many as there are objects. */
const NAMES_MAX = 1_000
const encodedNames = new Map<string, string>()

function encodeName(name: string): string {
  const known = encodedNames.get(name)
  if (known !== undefined) return known
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll('%5B', '[').replaceAll('%5D', ']')
  if (encodedNames.size < NAMES_MAX) encodedNames.set(name, encoded)
  return encoded
}
