import type { Scope } from '@onerouter/contract'
import type { Environment, Service, Uuid } from '@onerouter/core'

/** Who makes a request, proven. Everything a handler may rely on about the caller is in here. */
export interface Principal {
  readonly kind: 'key' | 'session'
  readonly accountId: Uuid
  /** `null` for sessions. */
  readonly keyId: Uuid | null
  /** `null` for keys. */
  readonly personId: Uuid | null
  /** What may be shown of the key, e.g. `unf_test_…9f2c`; `session` for sessions. */
  readonly hint: string
  readonly environment: Environment
  readonly scopes: ReadonlySet<Scope>
  /** `null` = every service of the account. */
  readonly services: ReadonlySet<Service> | null
  readonly limits: Limits
}

export interface Limits {
  readonly perMinute: number
  readonly perDay: number
}
