import type { PaymentSnapshot, ProviderEvent } from './spec.ts'

/** A span of the provider's own time and a place in its list; pages are bounded by the adapter. */
export interface ListWindow {
  /** Inclusive, by the time the provider made the object. */
  readonly fromMs: number
  /** Exclusive. */
  readonly toMs: number
  /** `nextCursor` of the page before; `null` = the first page. */
  readonly cursor: string | null
}

/** What a provider's list says about one payment; `reference: null` = none of ours. */
export interface ListedPayment
  extends Pick<
    PaymentSnapshot,
    | 'orderRef'
    | 'paymentRef'
    | 'reference'
    | 'status'
    | 'providerStatus'
    | 'amount'
    | 'captured'
    | 'refunded'
    | 'duplicates'
    | 'fee'
  > {
  readonly createdAtMs: number
}

export interface ListedEvent {
  readonly event: ProviderEvent
  /** The keys a delivery of the same event is remembered by, so that neither is taken in twice. */
  readonly dedupeKeys: readonly string[]
  /** The event as `Webhooks.parse` reads it. */
  readonly body: Uint8Array
}

/** A refund made in the window, by which its payment is found again. */
export interface ListedRefund {
  readonly refundRef: string
  readonly paymentRef: string
}

export interface ListedPage<T> {
  readonly items: readonly T[]
  /** `null` on the last page. */
  readonly nextCursor: string | null
}

/** The part of a snapshot that a list shares with a fetch. */
export function listedOf(snapshot: PaymentSnapshot, createdAtMs: number): ListedPayment {
  const { orderRef, paymentRef, reference, status, providerStatus, amount, captured, refunded, fee } =
    snapshot
  const { duplicates } = snapshot
  return {
    orderRef,
    paymentRef,
    reference,
    status,
    providerStatus,
    amount,
    captured,
    refunded,
    fee,
    ...(duplicates !== undefined && { duplicates }),
    createdAtMs,
  }
}
