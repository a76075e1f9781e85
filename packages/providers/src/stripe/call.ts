import type { Outcome } from '@onerouter/core'
import { classify } from '../classify.ts'
import type { ProviderContext } from '../spec.ts'
import type { StripeCredentials } from './credentials.ts'
import { readRefusal } from './errors.ts'

/** The version every request names and every endpoint of ours is pinned to; shapes are read accordingly. */
export const API_VERSION = '2026-10-28.endive'

export type StripeContext = ProviderContext<StripeCredentials>
export type Form = readonly (readonly [string, string])[]

export type StripeCall =
  | { readonly method: 'GET' | 'DELETE'; readonly path: string }
  | { readonly method: 'POST'; readonly path: string; readonly form: Form; readonly key?: string }

/** One request and its meaning. Stripe API reference: "Authentication", "Versioning", "Idempotent requests". */
export async function call<T>(
  ctx: StripeContext,
  request: StripeCall,
  read: (body: unknown) => T | undefined,
): Promise<Outcome<T>> {
  const key = 'key' in request ? request.key : undefined
  const result = await ctx.http({
    method: request.method,
    path: request.path,
    headers: {
      authorization: `Bearer ${ctx.credentials.secret_key}`,
      'stripe-version': API_VERSION,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    ...('form' in request ? { body: { form: request.form } } : {}),
  })
  return classify(ctx, result, {
    success: read,
    refusal: (body, response) => readRefusal(ctx, body, response.status),
  })
}

/** A path below `/v1` with ids made safe and the given query. */
export function path(parts: readonly string[], query: Form = []): string {
  const search = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  return `/v1/${parts.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`
}

/** A failed read before the first send proves that nothing was asked of Stripe. */
export function beforeActing<T>(ctx: StripeContext, outcome: Outcome<T>): Outcome<T> {
  return outcome.kind === 'unknown' && ctx.send === 'first'
    ? { kind: 'not_sent', reason: `what it is about could not be read first: ${outcome.reason}` }
    : outcome
}
