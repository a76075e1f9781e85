import type { Scope } from '@onerouter/contract'
import type { Environment, Service, Uuid } from '@onerouter/core'
import type { Deps } from '../../deps.ts'
import type { Limits } from '../../http/principal.ts'
import { hashApiKey, hintOf, mintApiKey } from '../../secrets/api-key.ts'
import type { NewApiKey } from '../../store/api-keys.ts'

export const DEFAULT_LIMITS: Limits = { perMinute: 60, perDay: 10_000 }

export interface KeyGrant {
  readonly accountId: Uuid
  readonly environment: Environment
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly services: readonly Service[] | null
  readonly limits: Limits
  readonly ipAllowlist: readonly string[] | null
  readonly expiresAt: Date | null
  readonly rotatedFrom: Uuid | null
}

/** A new key and the row that stands for it. The plain text exists only in the answer. */
export function mint(deps: Deps, grant: KeyGrant): { readonly plain: string; readonly row: NewApiKey } {
  const plain = mintApiKey(grant.environment, deps.random)
  return {
    plain,
    row: {
      accountId: grant.accountId,
      environment: grant.environment,
      id: deps.newId(),
      name: grant.name,
      hash: hashApiKey(deps.pepper, plain),
      hint: hintOf(plain),
      scopes: grant.scopes,
      services: grant.services,
      perMinute: grant.limits.perMinute,
      perDay: grant.limits.perDay,
      ipAllowlist: grant.ipAllowlist,
      expiresAt: grant.expiresAt,
      rotatedFrom: grant.rotatedFrom,
    },
  }
}
