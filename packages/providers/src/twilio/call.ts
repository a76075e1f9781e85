import type { Outcome } from '@onerouter/core'
import { unknown } from '@onerouter/core'
import { classify } from '../classify.ts'
import type { HttpRequest, HttpResult, ProviderContext } from '../spec.ts'
import type { TwilioCredentials } from './credentials.ts'
import { QUEUE_FULL, refusalCode, refusalOf } from './errors.ts'

export type TwilioContext = ProviderContext<TwilioCredentials>

export interface Reply<T> {
  readonly outcome: Outcome<T>
  /** Twilio's code of a refusal. */
  readonly code: string | null
}

/** One authenticated call, made once. */
export async function ask<T>(
  ctx: TwilioContext,
  call: Pick<HttpRequest, 'method' | 'path' | 'body'>,
  read: (body: unknown) => T | undefined,
): Promise<Reply<T>> {
  const { account_sid: sid, auth_token: token } = ctx.credentials
  const result = await ctx.http({
    ...call,
    headers: { authorization: `Basic ${btoa(`${sid}:${token}`)}`, 'accept-charset': 'utf-8' },
  })
  const code = refusalCode(result)
  return { outcome: outcomeOf(ctx, result, code, read), code }
}

function outcomeOf<T>(
  ctx: TwilioContext,
  result: HttpResult,
  code: string | null,
  read: (body: unknown) => T | undefined,
): Outcome<T> {
  if (code === QUEUE_FULL) {
    return ctx.send === 'first' ? { kind: 'not_sent', reason: 'queue_full' } : unknown('queue full')
  }
  return classify(ctx, result, {
    success: read,
    refusal: (body) => refusalOf(body, [ctx.credentials.auth_token]),
  })
}
