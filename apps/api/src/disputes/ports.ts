import type { Engine } from '../engine/ports.ts'
import type { Queryable } from '../store/rows.ts'

/** What disputes need of the world: the engine's. */
export interface Disputes {
  readonly engine: Engine
  readonly db: Queryable
  /** Tells the sender of events that a commit has made some. */
  readonly announce: () => void
}
