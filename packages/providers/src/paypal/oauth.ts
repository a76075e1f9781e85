import { createHash } from 'node:crypto'
import type { Outcome } from '@onerouter/core'
import { unknown } from '@onerouter/core'
import { parseBody } from '../classify.ts'
import type { ProviderContext } from '../spec.ts'
import type { PaypalCredentials } from './credentials.ts'
import { isRecord, textOf } from './wire.ts'

type Context = ProviderContext<PaypalCredentials>

export type TokenAnswer =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly because: 'refused' | 'unavailable'; readonly reason: string }

/** Tokens are dropped a little early, so that none dies between our check and PayPal's. */
const USABLE_PART_OF_LIFE = 0.95
const TOKEN_TIMEOUT_MS = 15_000

/** The cached access token, or a new one; all who ask at once share one request. */
export function accessToken(ctx: Context): Promise<TokenAnswer> {
  const key = cacheKey(ctx)
  const cached = ctx.tokens.get(key)
  if (cached !== undefined && cached.expiresAtMs > ctx.now()) {
    return Promise.resolve({ ok: true, token: cached.token })
  }
  return ctx.tokens.single(key, () => requestToken(ctx))
}

/** Forgets a token PayPal refused, unless another caller has replaced it already. */
export function dropToken(ctx: Context, token: string): void {
  const key = cacheKey(ctx)
  if (ctx.tokens.get(key)?.token === token) ctx.tokens.drop(key)
}

/** Always asks PayPal (PayPal REST API, Authentication: client credentials grant). */
export async function requestToken(ctx: Context): Promise<TokenAnswer> {
  const { client_id: id, client_secret: secret } = ctx.credentials
  const askedAtMs = ctx.now()
  const result = await ctx.http({
    method: 'POST',
    path: '/v1/oauth2/token',
    headers: {
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
      accept: 'application/json',
    },
    body: { form: [['grant_type', 'client_credentials']] },
    timeoutMs: TOKEN_TIMEOUT_MS,
  })
  if (!result.ok) return { ok: false, because: 'unavailable', reason: result.reason }
  const { status, text } = result.response
  const body = parseBody(text)
  if (status === 200 && isRecord(body)) {
    const token = textOf(body.access_token)
    const lifeS = body.expires_in
    if (token !== null && typeof lifeS === 'number' && Number.isFinite(lifeS) && lifeS > 0) {
      ctx.tokens.set(cacheKey(ctx), token, askedAtMs + lifeS * 1000 * USABLE_PART_OF_LIFE)
      return { ok: true, token }
    }
    return { ok: false, because: 'unavailable', reason: 'unreadable token' }
  }
  // OAuth errors have their own shape, `{error, error_description}` (RFC 6749, section 5.2).
  const error = isRecord(body) ? textOf(body.error) : null
  const refused = status === 401 || ((status === 400 || status === 403) && error !== null)
  return refused
    ? { ok: false, because: 'refused', reason: error ?? String(status) }
    : { ok: false, because: 'unavailable', reason: `status ${status}` }
}

/** Without a token the call itself never left: a proof on the first send, none on a later one. */
export function tokenFailure(
  ctx: Pick<Context, 'send'>,
  answer: Extract<TokenAnswer, { ok: false }>,
): Outcome<never> {
  if (ctx.send === 'later') return unknown(`no access token: ${answer.reason}`)
  if (answer.because === 'unavailable') {
    return { kind: 'not_sent', reason: `no access token: ${answer.reason}` }
  }
  return {
    kind: 'rejected',
    reason: 'bad_credentials',
    providerCode: answer.reason.slice(0, 64),
    message: 'PayPal refused the client ID and secret.',
  }
}

/** Names credentials without holding them: a rotated secret never meets the old one's token. */
function cacheKey(ctx: Context): string {
  const { client_id: id, client_secret: secret } = ctx.credentials
  const digest = createHash('sha256').update([ctx.baseUrl, id, secret].join('\n')).digest('hex')
  return `paypal:token:${ctx.environment}:${digest}`
}
