import type { Engine } from '../engine/ports.ts'
import type { Sms } from '../sms/ports.ts'
import type { Queryable } from '../store/rows.ts'
import type { LinkStore } from './link-store.ts'

/** What payment links need of the world: the engine's, text messages, and where payers reach us. */
export interface Links {
  readonly engine: Engine
  readonly sms: Sms
  readonly store: LinkStore
  /** Reads that answer a page: lists, a payer's address. No use case decides on what it reads here. */
  readonly db: Queryable
  readonly publicUrl: string
  readonly random: (bytes: number) => Uint8Array
  /** Tells the sender of events that a commit has made some. */
  readonly announce: () => void
}
