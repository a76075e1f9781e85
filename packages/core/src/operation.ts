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
  needs_review: ['succeeded', 'declined', 'rejected', 'absent', 'canceled', 'expired'],
  succeeded: [],
  declined: ['succeeded'],
  rejected: [],
  not_sent: [],
  absent: ['succeeded'],
  // Left behind before anybody could have seen it, for another provider.
  abandoned: [],
  canceled: ['succeeded'],
  expired: ['succeeded'],
} as const satisfies Record<OperationState, readonly OperationState[]>

export function nextStates(from: OperationState): readonly OperationState[] {
  return NEXT[from]
}

/** States in which nobody knows yet whether the provider acted. */
export const UNRESOLVED = ['sent', 'unknown'] as const satisfies readonly OperationState[]
