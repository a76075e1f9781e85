import type { Outcome } from '@onerouter/core'
import { classify } from '../classify.ts'
import type { HttpRequest, HttpResponse, HttpResult, ProviderContext } from '../spec.ts'
import type { PaypalCredentials } from './credentials.ts'
import { type Issue, issueOf, refusalOf } from './errors.ts'
import { accessToken, dropToken, type TokenAnswer, tokenFailure } from './oauth.ts'

export type PaypalContext = ProviderContext<PaypalCredentials>

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: NonNullable<HttpRequest['body']>
  /** Sent as PayPal-Request-Id: PayPal repeats its first answer instead of acting again. */
  readonly key?: string
}

export interface Reply<T> {
  readonly outcome: Outcome<T>
  /** The listed code of a refusal, for verbs that look further. */
  readonly issue: Issue | undefined
}

/**
 * One authenticated call. A refused access token is replaced once and the same request sent again: PayPal
 * checks the token before anything else, so the first send had no effect.
 */
export async function ask<T>(
  ctx: PaypalContext,
  call: Call,
  read: (body: unknown, response: HttpResponse) => T | undefined,
): Promise<Reply<T>> {
  const token = await accessToken(ctx)
  if (!token.ok) return { outcome: tokenFailure(ctx, token), issue: undefined }
  const first = await send(ctx, call, token.token)
  if (!tokenRefused(first)) return replyOf(ctx, first, read)
  const renewed = await accessToken(ctx)
  if (!renewed.ok) return { outcome: tokenFailure(ctx, renewed), issue: undefined }
  return replyOf(ctx, await send(ctx, call, renewed.token), read)
}

function replyOf<T>(
  ctx: PaypalContext,
  result: HttpResult,
  read: (body: unknown, response: HttpResponse) => T | undefined,
): Reply<T> {
  const issue = issueOf(result)
  const refusal = () => (issue === undefined ? undefined : refusalOf(issue))
  return { outcome: classify(ctx, result, { success: read, refusal }), issue }
}

async function send(
  ctx: PaypalContext,
  call: Call,
  token: Extract<TokenAnswer, { ok: true }>['token'],
): Promise<HttpResult> {
  const result = await ctx.http({
    method: call.method,
    path: call.path,
    headers: {
      authorization: `Bearer ${token}`,
      // PayPal wants the type even where it wants no body, and otherwise answers 415.
      ...(call.method === 'GET' ? {} : { 'content-type': 'application/json' }),
      ...(call.method === 'POST' ? { prefer: 'return=representation' } : {}),
      ...(call.key === undefined ? {} : { 'paypal-request-id': call.key }),
    },
    ...(call.body === undefined ? {} : { body: call.body }),
  })
  // A token also outlives the permissions it was issued with, so 403 costs it its place in the cache.
  if (result.ok && (result.response.status === 401 || result.response.status === 403)) dropToken(ctx, token)
  return result
}

function tokenRefused(result: HttpResult): boolean {
  if (!result.ok || result.response.status !== 401) return false
  return issueOf(result)?.code !== 'INVALID_ACCOUNT_STATUS'
}
