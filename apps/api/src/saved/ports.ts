import type { Uuid } from '@onerouter/core'
import type { Engine } from '../engine/ports.ts'
import type { Sealed } from '../secrets/seal.ts'
import type { Queryable } from '../store/rows.ts'

/** What saved payment methods need of the world: the engine's, and a place where tokens are no plain text. */
export interface Saved {
  readonly engine: Engine
  readonly db: Queryable
  readonly vault: Vault
}

export interface Vault {
  seal(owner: VaultPlace, token: string): Sealed
  open(owner: VaultPlace, sealed: Buffer): string
}

export interface VaultPlace {
  readonly account_id: Uuid
  readonly environment: string
  readonly id: Uuid
}
