import type { Engine } from '../engine/ports.ts'
import type { Sms } from '../sms/ports.ts'
import type { Queryable } from '../store/rows.ts'

/** What payment links need of the world: the engine's, text messages, and where payers reach us. */
export interface Links {
  readonly engine: Engine
  readonly sms: Sms
  readonly db: Queryable
  readonly publicUrl: string
  readonly random: (bytes: number) => Uint8Array
  /** Tells the sender of events that a commit has made some. */
  readonly announce: () => void
}
