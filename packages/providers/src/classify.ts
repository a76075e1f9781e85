import type { LaterOutcome, Outcome } from '@onerouter/core'
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
 * The error classifier: a total function from what the wire showed to an outcome. Anything not proven is `unknown`,
 * and what proves "not sent" on the first send proves nothing on a later one, which the types hold to.
 */
export function classify<T>(
  ctx: { readonly send: 'later' },
  result: HttpResult,
  verdicts: Verdicts<T>,
): LaterOutcome<T>
export function classify<T>(
  ctx: Pick<ProviderContext<unknown>, 'send'>,
  result: HttpResult,
  verdicts: Verdicts<T>,
): Outcome<T>
export function classify<T>(
  ctx: Pick<ProviderContext<unknown>, 'send'>,
  result: HttpResult,
  verdicts: Verdicts<T>,
): Outcome<T> {
  return ctx.send === 'first' ? firstSend(result, verdicts) : laterSend(result, verdicts)
}

function firstSend<T>(result: HttpResult, verdicts: Verdicts<T>): Outcome<T> {
  if (!result.ok && !result.sent) return { kind: 'not_sent', reason: result.reason }
  if (result.ok && result.response.status === 429) return { kind: 'not_sent', reason: 'rate_limited' }
  return anySend(result, verdicts) ?? refusedCredentials(result, verdicts)
}

function laterSend<T>(result: HttpResult, verdicts: Verdicts<T>): LaterOutcome<T> {
  return anySend(result, verdicts) ?? unknown('refused now, which says nothing of the send before')
}

/** What holds of every send; `undefined` for refused credentials, which tell of this send alone. */
function anySend<T>(result: HttpResult, verdicts: Verdicts<T>): LaterOutcome<T> | undefined {
  if (!result.ok) return unknown(`no answer: ${result.reason}`)
  const { response } = result
  const { status } = response
  const body = parseBody(response.text)
  if (status >= 200 && status < 300) {
    const value = body === undefined ? undefined : verdicts.success(body, response)
    return value === undefined ? unknown(`unreadable answer with status ${status}`) : ok(value)
  }
  if (status >= 500 || status === 408 || status === 425 || status === 429) return unknown(`status ${status}`)
  if (status === 401 || status === 403) return undefined
  return refusalIn(result, verdicts) ?? unknown(`unlisted answer with status ${status}`)
}

function refusalIn<T>(result: HttpResult, verdicts: Verdicts<T>): Refusal | undefined {
  const body = result.ok ? parseBody(result.response.text) : undefined
  return result.ok && body !== undefined ? verdicts.refusal(body, result.response) : undefined
}

/** A listed code says more than the status: a missing permission or a closed account is no wrong key. */
function refusedCredentials<T>(result: HttpResult, verdicts: Verdicts<T>): Refusal {
  return (
    refusalIn(result, verdicts) ?? {
      kind: 'rejected',
      reason: 'bad_credentials',
      providerCode: result.ok ? String(result.response.status) : null,
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
