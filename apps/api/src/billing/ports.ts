import type { Uuid } from '@onerouter/core'
import type { Engine } from '../engine/ports.ts'
import type { Queryable } from '../store/rows.ts'

/** What customers, plans and subscriptions need of the world: the engine's, and pages of ours. */
export interface Billing {
  readonly engine: Engine
  readonly db: Queryable
  readonly pages: SubscriptionPages
  /** Tells the sender of events that a commit has made some. */
  readonly announce: () => void
}

export interface SubscriptionPages {
  /** Where providers send payers back to. */
  returnUrl(subscriptionId: Uuid): string
  cancelUrl(subscriptionId: Uuid): string
}
