import type { Environment, ListParams, Service } from './shared.ts'

/** What a key may do. */
export type Scope =
  | 'payments:read'
  | 'payments:write'
  | 'refunds:write'
  | 'customers:read'
  | 'customers:write'
  | 'subscriptions:read'
  | 'subscriptions:write'
  | 'payment_links:read'
  | 'payment_links:write'
  | 'sms:read'
  | 'sms:write'
  | 'services:read'
  | 'services:write'
  | 'webhooks:read'
  | 'webhooks:write'
  | 'analytics:read'
  | 'routing:read'
  | 'routing:write'
  | 'providers:write'
  | 'keys:read'
  | 'keys:write'

type Family<S extends Scope> = S extends `${infer F}:${string}` ? F : never

/** A scope, or all of a family: `payments:*`. */
export type ScopePattern = Scope | `${Family<Scope>}:*`

export interface ApiKey {
  readonly id: string
  readonly object: 'api_key'
  readonly name: string
  readonly environment: Environment
  /** What may be shown for ever: prefix and last four characters. */
  readonly hint: string
  readonly scopes: readonly Scope[]
  /** `null`: all of them. */
  readonly services: readonly Service[] | null
  readonly rateLimitPerMinute: number
  readonly rateLimitPerDay: number
  readonly ipAllowlist: readonly string[] | null
  readonly expiresAt: string | null
  readonly revokedAt: string | null
  /** Exact to a minute. */
  readonly lastUsedAt: string | null
  readonly createdAt: string
}

export interface CreatedApiKey extends ApiKey {
  /** The key itself, shown this once. */
  readonly apiKey: string
}

export interface KeyUpdateParams {
  readonly name?: string
  readonly scopes?: readonly ScopePattern[]
  readonly services?: readonly Service[] | null
  readonly rateLimitPerMinute?: number
  readonly rateLimitPerDay?: number
  readonly expiresAt?: string | null
  /** Addresses or CIDR ranges. */
  readonly ipAllowlist?: readonly string[] | null
}

/** By default a key may do everything but manage keys, 60 times a minute and 10 000 times a day. */
export interface KeyCreateParams extends Omit<KeyUpdateParams, 'name'> {
  readonly name: string
  readonly environment?: Environment
}

export interface KeyRotateParams {
  /** How long the old key still works; a day by default. */
  readonly overlapSeconds?: number
}

export interface KeyListParams extends ListParams {
  readonly environment?: Environment
}
