import type { Outcome } from '@onerouter/core'
import { unknown } from '@onerouter/core'
import { classify } from '../classify.ts'
import type { HttpResult, ProviderContext } from '../spec.ts'
import type { RazorpayCredentials } from './credentials.ts'
import { type Issue, issueOf, refusalOf } from './errors.ts'

export type RazorpayContext = ProviderContext<RazorpayCredentials>

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly path: string
  readonly json?: object
  readonly headers?: Readonly<Record<string, string>>
}

export interface Reply<T> {
  readonly outcome: Outcome<T>
  /** The documented refusal, for verbs that look further. */
  readonly issue: Issue | undefined
}

/** One authenticated call, made once. */
export async function ask<T>(
  ctx: RazorpayContext,
  call: Call,
  read: (body: unknown) => T | undefined,
): Promise<Reply<T>> {
  const { key_id: id, key_secret: secret } = ctx.credentials
  const result = await ctx.http({
    method: call.method,
    path: call.path,
    // The word must be exactly "Basic" (Razorpay API, Authentication).
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}`, ...call.headers },
    ...(call.json === undefined ? {} : { body: { json: call.json } }),
  })
  const issue = issueOf(result, secretsOf(ctx.credentials))
  return { outcome: outcomeOf(ctx, result, issue, read), issue }
}

function outcomeOf<T>(
  ctx: RazorpayContext,
  result: HttpResult,
  issue: Issue | undefined,
  read: (body: unknown) => T | undefined,
): Outcome<T> {
  if (issue !== undefined && ctx.send === 'later' && !outlivesFirstSend(issue)) return unknown(issue.code)
  if (issue?.verdict.kind === 'turned_away') {
    const { reason } = issue.verdict
    return ctx.send === 'first' ? { kind: 'not_sent', reason } : unknown(reason)
  }
  return classify(ctx, result, {
    success: read,
    refusal: () => (issue === undefined ? undefined : refusalOf(issue)),
  })
}

/** A key or an account may have been blocked since an earlier send got through. */
function outlivesFirstSend({ verdict }: Issue): boolean {
  return (
    verdict.kind !== 'rejected' ||
    (verdict.reason !== 'bad_credentials' && verdict.reason !== 'account_problem')
  )
}

/** For looks after a send: an answer that cannot be had proves nothing about what was sent before. */
export function later(ctx: RazorpayContext): RazorpayContext {
  return { ...ctx, send: 'later' }
}

function secretsOf(credentials: RazorpayCredentials): readonly string[] {
  return [credentials.key_secret, credentials.webhook_secret ?? ''].filter((secret) => secret !== '')
}
