import { type ApiError, ERRORS, type Retry } from '@onerouter/core'

export interface RenderedProblem {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

/** Whether a client may send the same request again; SDKs obey it instead of guessing from the status. */
const SHOULD_RETRY: Record<Retry, 'true' | 'false'> = { never: 'false', after: 'true', same_key: 'true' }
const RETRY_AFTER_S: Record<Retry, number | null> = { never: null, after: 1, same_key: 1 }

/**
 * An error as an RFC 9457 problem document. `docsUrl` is where `/docs/errors/<code>` is served.
 */
export function renderProblem(error: ApiError, requestId: string, docsUrl: string): RenderedProblem {
  const kind = ERRORS[error.code]
  const { errors, provider, provider_code, decline_reason, payment, extra } = error.details
  const retryAfterS = error.details.retry_after_s ?? RETRY_AFTER_S[kind.retry]
  return {
    status: kind.status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'onerouter-should-retry': SHOULD_RETRY[kind.retry],
      ...(retryAfterS === null ? {} : { 'retry-after': String(retryAfterS) }),
      ...(kind.status === 401 ? { 'www-authenticate': 'Bearer realm="OneRouter"' } : {}),
    },
    body: {
      type: `${docsUrl}/docs/errors/${error.code}`,
      title: kind.title,
      status: kind.status,
      detail: error.message,
      code: error.code,
      request_id: requestId,
      retryable: kind.retry !== 'never',
      ...present({ errors, provider, provider_code, decline_reason, payment }),
      ...extra,
    },
  }
}

function present(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
