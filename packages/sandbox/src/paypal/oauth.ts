import { basicAuth } from '../kernel/http.ts'
import type { SandboxAccount } from '../kernel/types.ts'
import { type JsonObject, PaypalRefusal } from './errors.ts'
import { accessToken, nonce } from './ids.ts'
import { type Paypal, utc } from './state.ts'

const BASE = 'https://uri.paypal.com/services'

/** PayPal REST API reference, `security` of each operation. */
export const SCOPES = {
  payments: `${BASE}/payments/payment`,
  authcapture: `${BASE}/payments/payment/authcapture`,
  refund: `${BASE}/payments/refund`,
  subscriptions: `${BASE}/subscriptions`,
  webhooks: `${BASE}/applications/webhooks`,
  disputes: `${BASE}/disputes/read-seller`,
  vault: `${BASE}/vault/payment-tokens/readwrite`,
  reporting: `${BASE}/reporting/search/read`,
} as const
export type Scope = keyof typeof SCOPES

const TOKEN_LIFETIME_S = 32_400
const APP_ID = 'APP-80W284485P519543T'

/** OAuth errors have a shape of their own: `{error, error_description}`. */
export class OauthRefusal extends Error {
  readonly status: number
  readonly error: string
  readonly description: string

  constructor(status: number, error: string, description: string) {
    super(error)
    this.name = 'OauthRefusal'
    this.status = status
    this.error = error
    this.description = description
  }
}

function basicAccount(paypal: Paypal, request: Request): SandboxAccount | undefined {
  const given = basicAuth(request)
  if (given === undefined) return undefined
  const account = paypal.world.accountByCredential('paypal', 'client_id', given.user)
  return account?.credentials.client_secret === given.password ? account : undefined
}

const badClient = () => new OauthRefusal(401, 'invalid_client', 'Client Authentication failed')

/** `POST /v1/oauth2/token`: client credentials only. A `scope` parameter narrows what the token may do. */
export function issueToken(paypal: Paypal, request: Request, form: string): JsonObject {
  const account = basicAccount(paypal, request)
  if (account === undefined) throw badClient()
  const fields = new URLSearchParams(form)
  if (fields.get('grant_type') !== 'client_credentials') {
    throw new OauthRefusal(400, 'unsupported_grant_type', 'Grant Type is NULL or not supported')
  }
  const all: readonly string[] = [...Object.values(SCOPES), 'openid']
  const wanted = fields.get('scope')?.split(/\s+/).filter(Boolean) ?? all
  const scopes = all.filter((scope) => wanted.includes(scope))
  if (scopes.length === 0) throw new OauthRefusal(400, 'invalid_scope', 'Requested scope is not granted')

  const { clock, random } = paypal.world
  const now = clock.now()
  for (const [token, row] of paypal.tokens) if (row.expiresAt <= now) paypal.tokens.delete(token)
  const clientId = account.credentials.client_id ?? ''
  const token = accessToken(random)
  paypal.tokens.set(token, { clientId, scopes, expiresAt: now + TOKEN_LIFETIME_S * 1000 })
  return {
    scope: scopes.join(' '),
    access_token: token,
    token_type: 'Bearer',
    app_id: APP_ID,
    expires_in: TOKEN_LIFETIME_S,
    nonce: nonce(random, utc(now)),
  }
}

/**
 * The account a request acts for. A missing header is refused in REST's words, a bad or expired token in
 * OAuth's, which is how PayPal answers.
 */
export function authenticate(
  paypal: Paypal,
  request: Request,
  need: { readonly scope: Scope; readonly basic?: boolean },
): SandboxAccount {
  const header = request.headers.get('authorization') ?? ''
  if (need.basic === true && /^basic\s/i.test(header)) {
    const account = basicAccount(paypal, request)
    if (account === undefined) throw badClient()
    return account
  }
  const [, bearer] = /^bearer\s+(\S+)$/i.exec(header) ?? []
  if (bearer === undefined) throw new PaypalRefusal(401, [])
  const token = paypal.tokens.get(bearer)
  const account =
    token === undefined ? undefined : paypal.world.accountByCredential('paypal', 'client_id', token.clientId)
  if (token === undefined || account === undefined || token.expiresAt <= paypal.world.clock.now()) {
    throw new OauthRefusal(401, 'invalid_token', 'Token signature verification failed')
  }
  if (!token.scopes.includes(SCOPES[need.scope])) {
    throw new PaypalRefusal(403, [{ issue: 'PERMISSION_DENIED' }])
  }
  return account
}
