/** Calls to a provider are objects of their own: a failed void says nothing about the payment. */
export const OPERATION_KINDS = ['charge', 'confirm', 'capture', 'void', 'refund'] as const
export type OperationKind = (typeof OPERATION_KINDS)[number]

export const OPERATION_STATES = [
  'sent',
  'unknown',
  'exposed',
  'succeeded',
  'declined',
  'rejected',
  'not_sent',
  'absent',
  'abandoned',
  'canceled',
  'expired',
  'needs_review',
  // An attempt whose money the payment does not take: it came twice, or after the attempt had been left behind.
  'late_succeeded',
  // That money is on its way back; `compensated` once the provider says that it went.
  'compensating',
  'compensated',
] as const
export type OperationState = (typeof OPERATION_STATES)[number]

const NEXT = {
  sent: [
    'unknown',
    'exposed',
    'succeeded',
    'declined',
    'rejected',
    'not_sent',
    'absent',
    'abandoned',
    'canceled',
    'expired',
    'needs_review',
  ],
  unknown: [
    'exposed',
    'succeeded',
    'declined',
    'rejected',
    'absent',
    'abandoned',
    'canceled',
    'expired',
    'needs_review',
  ],
  exposed: ['succeeded', 'declined', 'canceled', 'expired'],
  needs_review: [
    'exposed',
    'succeeded',
    'declined',
    'rejected',
    'absent',
    'canceled',
    'expired',
    // Of money that came twice, whose return was refused: asked for again, or given back by hand.
    'compensating',
    'compensated',
  ],
  succeeded: [],
  declined: ['succeeded', 'late_succeeded'],
  rejected: ['late_succeeded'],
  not_sent: ['late_succeeded'],
  // An answer that comes after all outweighs a search that found nothing.
  absent: ['exposed', 'succeeded', 'declined', 'canceled', 'expired', 'late_succeeded'],
  // Left behind before anybody could have seen it, for another provider.
  abandoned: ['late_succeeded'],
  canceled: ['succeeded', 'late_succeeded'],
  expired: ['succeeded', 'late_succeeded'],
  late_succeeded: ['compensating'],
  compensating: ['compensated', 'needs_review'],
  compensated: [],
} as const satisfies Record<OperationState, readonly OperationState[]>

export function nextStates(from: OperationState): readonly OperationState[] {
  return NEXT[from]
}

/** States in which nobody knows yet whether the provider acted. */
export const UNRESOLVED = ['sent', 'unknown'] as const satisfies readonly OperationState[]
