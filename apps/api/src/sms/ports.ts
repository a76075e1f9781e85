import type { Engine } from '../engine/ports.ts'
import type { Queryable } from '../store/rows.ts'

/** What messages need of the world: the engine's, and where providers reach us. */
export interface Sms {
  readonly engine: Engine
  readonly db: Queryable
  readonly publicUrl: string
  /** Tells the sender of events that a commit has made some. */
  readonly announce: () => void
}
