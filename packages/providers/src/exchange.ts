import { redactBody, redactHeaders, redactPath } from './redact.ts'
import type { HttpRequest, HttpResult } from './spec.ts'

/** What is kept of one provider call: enough to explain it, nothing that opens an account. */
export interface Exchange {
  readonly method: string
  readonly origin: string
  /** Path with query, redacted. */
  readonly path: string
  readonly startedAtMs: number
  readonly durationMs: number
  readonly request: Excerpt
  /** `null` when no answer came. */
  readonly response: (Excerpt & { readonly status: number }) | null
  readonly failure: { readonly reason: string; readonly sent: boolean } | null
  /** The provider's own id of the call, which its support asks for. */
  readonly requestId: string | null
}

export interface Excerpt {
  readonly headers: Readonly<Record<string, string>>
  /** Redacted and at most 8 KiB. */
  readonly body: string
  readonly truncated: boolean
}

export const BODY_EXCERPT_BYTES = 8 * 1024
const REQUEST_ID_HEADERS = ['request-id', 'paypal-debug-id', 'x-razorpay-request-id', 'twilio-request-id']

export interface Sent {
  readonly request: HttpRequest
  readonly origin: string
  /** Below `origin`, with query, as it goes out. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly contentType: string
}

/** Pure: the record of one call. `secrets` are exact values to remove wherever they occur. */
export function describeExchange(
  sent: Sent,
  result: HttpResult,
  times: { readonly startedAtMs: number; readonly endedAtMs: number },
  secrets: readonly string[],
): Exchange {
  const response = result.ok ? result.response : null
  const requestId = REQUEST_ID_HEADERS.map((name) => response?.headers[name]).find((id) => id !== undefined)
  return {
    method: sent.request.method,
    origin: sent.origin,
    path: redactPath(sent.path, secrets),
    startedAtMs: times.startedAtMs,
    durationMs: Math.max(0, times.endedAtMs - times.startedAtMs),
    request: excerpt(sent.headers, sent.body, sent.contentType, secrets),
    response: response === null ? null : answerExcerpt(response, secrets),
    failure: result.ok ? null : { reason: result.reason, sent: result.sent },
    requestId: requestId?.slice(0, 128) ?? null,
  }
}

function excerpt(
  headers: Readonly<Record<string, string>>,
  body: string,
  contentType: string,
  secrets: readonly string[],
): Excerpt {
  // PostgreSQL's text cannot hold NUL, and an HTML error page may.
  const text = redactBody(body, contentType, secrets).replaceAll('\0', '')
  return {
    // No log of ours keeps them: whoever asks gets them then.
    get headers() {
      return redactHeaders(headers, secrets)
    },
    ...cut(text),
  }
}

type Answer = Extract<HttpResult, { readonly ok: true }>['response']

function answerExcerpt({ status, headers, text }: Answer, secrets: readonly string[]): Exchange['response'] {
  const shown = excerpt(headers, text, headers['content-type'] ?? '', secrets)
  return Object.assign(shown, { status })
}

function cut(text: string): Pick<Excerpt, 'body' | 'truncated'> {
  // A character has three bytes at most for each unit of its length.
  if (text.length * 3 <= BODY_EXCERPT_BYTES) return { body: text, truncated: false }
  const bytes = new TextEncoder().encode(text)
  if (bytes.length <= BODY_EXCERPT_BYTES) return { body: text, truncated: false }
  return { body: decodePrefix(bytes.subarray(0, BODY_EXCERPT_BYTES)), truncated: true }
}

/** A cut inside a character leaves no replacement mark: streaming decoders hold incomplete bytes back. */
function decodePrefix(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true })
}
