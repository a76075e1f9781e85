import type { OperationState, PaymentStatus } from '@onerouter/core'
import { stepPayment, stepRefund } from '@onerouter/core'
import type { PaymentSnapshot, RefundSnapshot } from '@onerouter/providers'
import type { PaymentRow, RefundRow, StoredFailure } from '../store/rows.ts'
import { ownView } from './duplicates.ts'

/**
 * What a provider's evidence does to a payment. Pure: the same row and the same snapshot always give the same
 * answer, and the same evidence twice gives `nothing`.
 */
export type PaymentDecision =
  | { readonly kind: 'change'; readonly payment: PaymentRow; readonly events: readonly string[] }
  | { readonly kind: 'nothing' }
  /** Older than what we know; recorded, not applied. */
  | { readonly kind: 'stale' }
  /** Contradicts what was asked or what is already booked: a person must look. */
  | { readonly kind: 'quarantine'; readonly why: string }

export function decidePayment(row: PaymentRow, seen: PaymentSnapshot, at: Date): PaymentDecision {
  const snapshot = ownView(row, seen)
  const contradiction = contradictionOf(row, snapshot)
  if (contradiction !== null) return { kind: 'quarantine', why: contradiction }
  if (snapshot.status === 'unrecognised') {
    return { kind: 'quarantine', why: `unrecognised provider status ${snapshot.providerStatus}` }
  }
  const target = statusFor(row, snapshot)
  const step = stepPayment(row.status, target)
  if (step.kind === 'stale') return { kind: 'stale' }
  if (step.kind === 'impossible') {
    return { kind: 'quarantine', why: `${step.from} cannot become ${step.to}` }
  }
  const next = merge(row, snapshot, step.kind === 'moved' ? step.to : row.status)
  const events = eventsOf(row, next)
  if (events.length === 0 && sameFacts(row, next)) return { kind: 'nothing' }
  return {
    kind: 'change',
    payment: { ...next, version: row.version + 1, sequence: row.sequence + events.length, updated_at: at },
    events,
  }
}

/** An `approved` payment is ours to complete: the confirmation moves it, not the approval. */
function statusFor(row: PaymentRow, snapshot: PaymentSnapshot): PaymentStatus {
  if (snapshot.status === 'approved') return row.status === 'created' ? 'requires_action' : row.status
  if (snapshot.status === 'unrecognised') return row.status
  return snapshot.status
}

/** Amount, currency and identity must be what was asked for, or nothing is believed. */
function contradictionOf(row: PaymentRow, snapshot: PaymentSnapshot): string | null {
  if (snapshot.amount.currency !== row.currency) {
    return `provider states currency ${snapshot.amount.currency}, asked for ${row.currency}`
  }
  if (snapshot.amount.minor !== row.amount) {
    return `provider states amount ${snapshot.amount.minor}, asked for ${row.amount}`
  }
  if (row.provider_order_id !== null && snapshot.orderRef !== row.provider_order_id) {
    return 'provider answered for another order'
  }
  if (snapshot.reference !== null && snapshot.reference !== row.reference) {
    return 'provider answered for another reference'
  }
  if (snapshot.status === 'succeeded' && snapshot.captured === 0n) {
    return 'provider states success without a capture'
  }
  return null
}

function merge(row: PaymentRow, snapshot: PaymentSnapshot, status: PaymentStatus): PaymentRow {
  return {
    ...row,
    status,
    captured: within(snapshot.captured > row.captured ? snapshot.captured : row.captured, row.amount),
    provider_order_id: snapshot.orderRef,
    // Which of the provider's payments is ours is settled by the first that took money.
    provider_payment_id:
      (row.captured > 0n ? row.provider_payment_id : null) ?? snapshot.paymentRef ?? row.provider_payment_id,
    provider_refs: { ...row.provider_refs, ...snapshot.refs },
    checkout_url: snapshot.checkoutUrl ?? row.checkout_url,
    checkout_options: snapshot.checkoutOptions ?? row.checkout_options,
    method: snapshot.method ?? row.method,
    failure: failureFor(row, snapshot, status),
    fee_amount: snapshot.fee?.amount ?? row.fee_amount,
    fee_tax: snapshot.fee?.tax ?? row.fee_tax,
    fee_currency: snapshot.fee?.currency ?? row.fee_currency,
  }
}

const within = (minor: bigint, most: bigint): bigint => (minor > most ? most : minor)

/** A declined try stays visible while the payer may try again, and disappears with success. */
function failureFor(row: PaymentRow, snapshot: PaymentSnapshot, status: PaymentStatus): StoredFailure | null {
  if (status === 'succeeded' || status === 'authorized') return null
  if (snapshot.failure === null) return row.failure
  return {
    code: 'payment_declined',
    decline_reason: snapshot.failure.reason,
    message: snapshot.failure.message,
    provider_code: snapshot.failure.providerCode,
  }
}

function eventsOf(before: PaymentRow, after: PaymentRow): string[] {
  const events: string[] = []
  if (after.captured > before.captured && after.capture_mode === 'manual') events.push('payment.captured')
  if (after.status !== before.status) events.push(`payment.${after.status}`)
  return events
}

const FACTS = [
  'status',
  'captured',
  'provider_order_id',
  'provider_payment_id',
  'checkout_url',
  'method',
  'fee_amount',
  'fee_tax',
  'fee_currency',
] as const satisfies readonly (keyof PaymentRow)[]

function sameFacts(before: PaymentRow, after: PaymentRow): boolean {
  return (
    FACTS.every((fact) => before[fact] === after[fact]) &&
    JSON.stringify(before.failure) === JSON.stringify(after.failure) &&
    sameRefs(before.provider_refs, after.provider_refs)
  )
}

function sameRefs(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(after).every(([name, value]) => before[name] === value)
}

/** What a payment's status says about its charge attempt. */
export const CHARGE_STATE_OF = {
  created: 'exposed',
  requires_action: 'exposed',
  processing: 'exposed',
  authorized: 'succeeded',
  succeeded: 'succeeded',
  failed: 'declined',
  canceled: 'canceled',
  expired: 'expired',
} as const satisfies Record<PaymentStatus, OperationState>

export type RefundDecision =
  | {
      readonly kind: 'change'
      readonly refund: RefundRow
      readonly events: readonly string[]
      readonly pendingDelta: bigint
      readonly refundedDelta: bigint
    }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'quarantine'; readonly why: string }

/** What a provider's evidence does to a refund, and how its amount moves between the payment's totals. Pure. */
export function decideRefund(row: RefundRow, snapshot: RefundSnapshot, at: Date): RefundDecision {
  if (snapshot.amount.currency !== row.currency || snapshot.amount.minor !== row.amount) {
    return { kind: 'quarantine', why: 'provider states another refund amount' }
  }
  if (row.provider_refund_id !== null && row.provider_refund_id !== snapshot.refundRef) {
    return { kind: 'quarantine', why: 'provider answered for another refund' }
  }
  if (snapshot.status === 'unrecognised') return { kind: 'quarantine', why: 'unrecognised refund status' }
  const step = stepRefund(row.status, snapshot.status)
  // A refund the provider itself called failed stays so; one that was only not found may turn out to exist.
  if (row.status === 'failed' && row.provider_refund_id !== null && step.kind === 'moved') {
    return { kind: 'stale' }
  }
  if (step.kind === 'stale') return { kind: 'stale' }
  if (step.kind === 'impossible') {
    return { kind: 'quarantine', why: `refund: ${step.from} cannot become ${step.to}` }
  }
  const status = step.kind === 'moved' ? step.to : row.status
  if (status === row.status && row.provider_refund_id === snapshot.refundRef) return { kind: 'nothing' }
  const failure: StoredFailure | null =
    snapshot.failure === null
      ? row.failure
      : {
          code: 'provider_rejected',
          decline_reason: snapshot.failure.reason,
          message: snapshot.failure.message,
          provider_code: snapshot.failure.providerCode,
        }
  return refundChange(row, { status, failure, provider_refund_id: snapshot.refundRef }, at)
}

/** A refund's next version; the amount leaves `refund_pending` when the outcome is known. */
export function refundChange(
  row: RefundRow,
  patch: Pick<RefundRow, 'status' | 'failure' | 'provider_refund_id'>,
  at: Date,
): Extract<RefundDecision, { kind: 'change' }> {
  const events = patch.status === row.status ? [] : [`refund.${patch.status}`]
  const share = (status: RefundRow['status'], of: RefundRow['status']) => (status === of ? row.amount : 0n)
  return {
    kind: 'change',
    refund: {
      ...row,
      ...patch,
      version: row.version + 1,
      sequence: row.sequence + events.length,
      updated_at: at,
    },
    events,
    pendingDelta: share(patch.status, 'pending') - share(row.status, 'pending'),
    refundedDelta: share(patch.status, 'succeeded') - share(row.status, 'succeeded'),
  }
}
