/** What the parts of the store in memory share. */
import type { LinkStore } from '../../apps/api/src/links/link-store.ts'
import type { WebhookAddress } from '../../apps/api/src/store/inbound.ts'
import type { MoneyStore } from '../../apps/api/src/store/money-store.ts'
import type { PaymentRow } from '../../apps/api/src/store/rows.ts'
import { type CredentialVersion, SqlError, type Tables, type Work } from './memory-tables.ts'

/** The same transactions, each answering at once. */
export type Sync<S> = {
  readonly [K in keyof S]: S[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never
}

/** Every transaction that is simulated: the engine's, and those of what lives over it. */
export type SimStore = MoneyStore & LinkStore
export type SyncStore = Sync<SimStore>

export interface MemoryStore {
  readonly tables: Tables
  readonly store: SyncStore
}

export interface MemoryWorld {
  /** The database's clock, in milliseconds: leases and due times are made by it. */
  readonly now: () => number
  readonly credentials: readonly CredentialVersion[]
  readonly addresses: readonly (WebhookAddress & { readonly token: string })[]
}

export interface Context {
  readonly tables: Tables
  readonly tx: <T>(body: (work: Work) => T) => T
  readonly at: (ms: number | null) => Date | null
  readonly finished: (ms: number | null) => Date | null
  readonly now: () => number
}

export const stale = () => new SqlError('40001', 'the row has changed since it was read')

export type Scope = Pick<PaymentRow, 'account_id' | 'environment'>
export const isOf = (row: Scope, of: Scope): boolean =>
  row.account_id === of.account_id && row.environment === of.environment

export function owned<T extends Scope>(row: T | undefined, of: Scope): T | null {
  return row !== undefined && isOf(row, of) ? row : null
}
