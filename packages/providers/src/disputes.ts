import type { DisputeReason, DisputeStage, DisputeStatus, Environment, Money, Outcome } from '@onerouter/core'
import type { ListedPage, ListWindow } from './listing.ts'
import type { ProviderContext } from './spec.ts'

/** Disputes are read. Answering one is done at the provider, which is where `evidenceUrl` leads. */
export interface Disputes<C> {
  fetch(ctx: ProviderContext<C>, disputeRef: string): Promise<Outcome<DisputeSnapshot>>
  /** Disputes opened in the window, newest first. */
  listSince(ctx: ProviderContext<C>, window: ListWindow): Promise<Outcome<ListedPage<ListedDispute>>>
  /** The page of the provider's dashboard where evidence is given. Pure. */
  evidenceUrl(environment: Environment, disputeRef: string): string
}

export interface DisputeSnapshot {
  readonly disputeRef: string
  /** The payment it is about, as the provider names it; `null` where it names none. */
  readonly paymentRef: string | null
  /** Our reference, where the provider repeats it. */
  readonly reference: string | null
  readonly status: DisputeStatus | 'unrecognised'
  /** The provider's own word. */
  readonly providerStatus: string
  readonly stage: DisputeStage
  readonly reason: DisputeReason
  readonly providerReason: string | null
  /** What the payer disputes. */
  readonly amount: Money
  /** What the provider has taken for it and not given back; `null` where it does not say. */
  readonly deducted: Money | null
  /** What the provider charges for it, apart from the amount; `null` where it does not say. */
  readonly fee: Money | null
  /** Until when evidence is taken; `null` when none is asked for. */
  readonly respondByMs: number | null
  readonly openedAtMs: number
}

/** By which a dispute nobody told us of is found. */
export interface ListedDispute {
  readonly disputeRef: string
  /** `null` where the list does not say: the dispute itself does. */
  readonly paymentRef: string | null
  readonly status: DisputeSnapshot['status']
}
