/** The life of a payment link. A reusable one stays `active` however often it is paid. */
export const PAYMENT_LINK_STATUSES = ['active', 'paid', 'expired', 'deactivated'] as const
export type PaymentLinkStatus = (typeof PAYMENT_LINK_STATUSES)[number]

const NEXT = {
  active: ['paid', 'expired', 'deactivated'],
  paid: [],
  // A payment that was under way when the link ended may still arrive: real money is booked, never dropped.
  expired: ['paid'],
  deactivated: ['paid'],
} as const satisfies Record<PaymentLinkStatus, readonly PaymentLinkStatus[]>

export function nextPaymentLinkStatuses(from: PaymentLinkStatus): readonly PaymentLinkStatus[] {
  return NEXT[from]
}

/** What became of one payer's attempt to pay a link. */
export const LINK_ATTEMPT_STATES = [
  'open',
  'paid',
  'closed',
  // Paid although the link had been paid before: to be given back.
  'surplus',
  'returned',
  // Could not be given back; a person must look.
  'needs_review',
] as const
export type LinkAttemptState = (typeof LINK_ATTEMPT_STATES)[number]
