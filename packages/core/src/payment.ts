/**
 * The payment's life as data: types, SQL checks, docs and buttons derive from these tables.
 * Refunds never change the status; a failed capture, void or refund never makes a payment `failed`.
 */
export const PAYMENT_STATUSES = [
  'created',
  'requires_action',
  'processing',
  'authorized',
  'succeeded',
  'failed',
  'canceled',
  'expired',
] as const
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number]

/** What a provider's answer can say about a payment. `approved`: the payer agreed and we must complete it. */
export type ProviderPaymentStatus = Exclude<PaymentStatus, 'created'> | 'approved' | 'unrecognised'

const NEXT = {
  created: ['requires_action', 'processing', 'authorized', 'succeeded', 'failed', 'canceled', 'expired'],
  requires_action: ['processing', 'authorized', 'succeeded', 'failed', 'canceled', 'expired'],
  processing: ['requires_action', 'authorized', 'succeeded', 'failed', 'canceled', 'expired'],
  // A capture can hang at the provider (PayPal PENDING): taken, but not yet there.
  authorized: ['processing', 'succeeded', 'canceled', 'failed', 'expired'],
  succeeded: [],
  // Late successes are real money (Razorpay late authorisation) and must be booked, never dropped.
  failed: ['authorized', 'succeeded'],
  canceled: ['succeeded'],
  // Stripe ends a session the same way for both; our own cancellation is the better word for it.
  expired: ['authorized', 'succeeded', 'canceled'],
} as const satisfies Record<PaymentStatus, readonly PaymentStatus[]>

const RANK: Record<PaymentStatus, number> = {
  created: 0,
  requires_action: 1,
  processing: 2,
  authorized: 3,
  failed: 4,
  expired: 4,
  canceled: 5,
  succeeded: 6,
}

export type Step<S> =
  | { readonly kind: 'moved'; readonly to: S }
  | { readonly kind: 'same' }
  /** The evidence is older than what is known. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'impossible'; readonly from: S; readonly to: S }

/** Where evidence of status `to` takes a payment in status `from`. Pure. */
export function stepPayment(from: PaymentStatus, to: PaymentStatus): Step<PaymentStatus> {
  if (from === to) return { kind: 'same' }
  if ((NEXT[from] as readonly PaymentStatus[]).includes(to)) return { kind: 'moved', to }
  return RANK[to] < RANK[from] ? { kind: 'stale' } : { kind: 'impossible', from, to }
}

export function isFinal(status: PaymentStatus): boolean {
  return RANK[status] >= RANK.failed
}

/** The operations a payer's merchant may ask for, and from which status. */
export const ALLOWED_FROM = {
  capture: ['authorized'],
  cancel: ['created', 'requires_action', 'authorized'],
  refund: ['succeeded'],
} as const satisfies Record<string, readonly PaymentStatus[]>

export function nextStatuses(from: PaymentStatus): readonly PaymentStatus[] {
  return NEXT[from]
}
