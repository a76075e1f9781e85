import type { Step } from './payment.ts'

export const REFUND_STATUSES = ['pending', 'succeeded', 'failed', 'canceled'] as const
export type RefundStatus = (typeof REFUND_STATUSES)[number]

const NEXT = {
  pending: ['succeeded', 'failed', 'canceled'],
  // A bank can send a refund back after the provider called it done (Stripe: refund.failed after succeeded).
  succeeded: ['failed'],
  // What was held to be absent can turn out to have happened; only fetched evidence says so.
  failed: ['succeeded'],
  canceled: [],
} as const satisfies Record<RefundStatus, readonly RefundStatus[]>

const RANK: Record<RefundStatus, number> = { pending: 0, succeeded: 1, failed: 2, canceled: 2 }

export function stepRefund(from: RefundStatus, to: RefundStatus): Step<RefundStatus> {
  if (from === to) return { kind: 'same' }
  if ((NEXT[from] as readonly RefundStatus[]).includes(to)) return { kind: 'moved', to }
  return RANK[to] < RANK[from] ? { kind: 'stale' } : { kind: 'impossible', from, to }
}
