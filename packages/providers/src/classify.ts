import type { Outcome } from '@onerouter/core'
import { ok, unknown } from '@onerouter/core'
import type { HttpResponse, HttpResult, ProviderContext } from './spec.ts'

/** What an adapter recognises in an answer; `undefined` = not listed, hence not believed. */
export type Verdicts<T> = {
  /** Reads a 2xx answer; `undefined` when the body is not what the documentation promises. */
  readonly success: (body: unknown, response: HttpResponse) => T | undefined
  /** Reads a refusal with a documented, definitive code. */
  readonly refusal: (body: unknown, response: HttpResponse) => Refusal | undefined
}
export type Refusal = Extract<Outcome<never>, { kind: 'declined' | 'rejected' }>

/**
 * The error classifier: a total function from what the wire showed to an outcome.
 * Anything not proven is `unknown`, and what proves "not sent" on the first send proves nothing later.
 */
export function classify<T>(
  ctx: Pick<ProviderContext<unknown>, 'send'>,
  result: HttpResult,
  verdicts: Verdicts<T>,
): Outcome<T> {
  if (!result.ok) {
    return !result.sent && ctx.send === 'first'
      ? { kind: 'not_sent', reason: result.reason }
      : unknown(`no answer: ${result.reason}`)
  }
  const { response } = result
  const { status } = response
  const body = parseBody(response.text)
  if (status >= 200 && status < 300) {
    const value = body === undefined ? undefined : verdicts.success(body, response)
    return value === undefined ? unknown(`unreadable answer with status ${status}`) : ok(value)
  }
  if (status >= 500 || status === 408 || status === 425) return unknown(`status ${status}`)
  if (status === 429) {
    return ctx.send === 'first' ? { kind: 'not_sent', reason: 'rate_limited' } : unknown('status 429')
  }
  const refusal = body === undefined ? undefined : verdicts.refusal(body, response)
  if (status === 401 || status === 403) return refusedCredentials(ctx, status, refusal)
  return refusal ?? unknown(`unlisted answer with status ${status}`)
}

/** A listed code says more than the status: a missing permission or a closed account is no wrong key. */
function refusedCredentials(
  ctx: Pick<ProviderContext<unknown>, 'send'>,
  status: number,
  refusal: Refusal | undefined,
): Outcome<never> {
  if (ctx.send === 'later') return unknown(`status ${status}`)
  return (
    refusal ?? {
      kind: 'rejected',
      reason: 'bad_credentials',
      providerCode: String(status),
      message: 'The provider refused the credentials.',
    }
  )
}

/** JSON or nothing: HTML error pages and truncated bodies are not answers. */
export function parseBody(text: string): unknown {
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
