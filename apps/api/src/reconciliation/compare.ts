import type { PaymentStatus, ProviderPaymentStatus } from '@onerouter/core'
import { formatId } from '@onerouter/core'
import type { ListedPayment, PaymentSnapshot } from '@onerouter/providers'
import { owedBack, ownView } from '../engine/duplicates.ts'
import type { PaymentRow } from '../store/rows.ts'
import type { Facts } from './rows.ts'

/** What both a list and a fetch state about a payment. */
export type Theirs = Pick<PaymentSnapshot, Exclude<keyof ListedPayment, 'createdAtMs'>>

export type Reason =
  | 'currency'
  | 'amount'
  | 'captured'
  | 'refunded'
  | 'status'
  | 'fee'
  | 'left_behind'
  | 'duplicate'

/**
 * What differs between our payment and the provider's, nothing being the goal. A list may be ahead of us in
 * harmless ways that a fetch settles; `synced`: the fetch has been made.
 */
export function differencesOf(
  ours: PaymentRow,
  stated: Theirs,
  seen: 'listed' | 'synced',
): readonly Reason[] {
  const theirs = ownView(ours, stated)
  if (theirs.amount.currency !== ours.currency) return ['currency']
  const reasons: Reason[] = []
  if (theirs.amount.minor !== ours.amount) reasons.push('amount')
  if (theirs.captured !== ours.captured) reasons.push('captured')
  // Providers count a refund from its beginning or from its end.
  if (theirs.refunded < ours.refunded || theirs.refunded > ours.refunded + ours.refund_pending) {
    reasons.push('refunded')
  }
  if (!statusAgrees(ours.status, theirs.status, seen)) reasons.push('status')
  if (feeDiffers(ours, theirs)) reasons.push('fee')
  if (owedBack(ours, stated).length > 0) reasons.push('duplicate')
  return reasons
}

/**
 * With us over means that nobody is asked to pay any more; providers keep some of these orders open for ever,
 * and say "expired" of what we canceled.
 */
const OVER: readonly ProviderPaymentStatus[] = [
  'failed',
  'canceled',
  'expired',
  'requires_action',
  'approved',
]
const OPEN: readonly ProviderPaymentStatus[] = ['requires_action', 'processing']

const AGREES: Readonly<Record<PaymentStatus, readonly ProviderPaymentStatus[]>> = {
  created: OPEN,
  requires_action: OPEN,
  processing: OPEN,
  authorized: ['authorized'],
  succeeded: ['succeeded'],
  failed: OVER,
  canceled: OVER,
  expired: OVER,
}

function statusAgrees(
  ours: PaymentStatus,
  theirs: ProviderPaymentStatus,
  seen: 'listed' | 'synced',
): boolean {
  if (AGREES[ours].includes(theirs)) return true
  // An approval that stays one after a fetch was declined before, and waits for its payer.
  return seen === 'synced' && theirs === 'approved' && AGREES[ours] === OPEN
}

/** A fee not stated is not a fee of nothing. */
function feeDiffers(ours: PaymentRow, theirs: Theirs): boolean {
  const { fee } = theirs
  if (fee === null) return false
  return fee.amount !== ours.fee_amount || fee.currency !== ours.fee_currency
}

/** Whether money moved or can still move without a payer. */
export function holdsMoney(theirs: Theirs): boolean {
  return theirs.captured > 0n || theirs.status === 'authorized' || theirs.status === 'succeeded'
}

/** Our side for a person: amounts in minor units, as text. */
export function oursFacts(row: PaymentRow): Facts {
  return {
    payment_id: formatId('payment', row.id),
    reference: row.reference,
    order: row.provider_order_id,
    payment: row.provider_payment_id,
    status: row.status,
    currency: row.currency,
    amount_minor: row.amount.toString(),
    captured_minor: row.captured.toString(),
    refunded_minor: row.refunded.toString(),
    refund_pending_minor: row.refund_pending.toString(),
    fee_minor: row.fee_amount?.toString() ?? null,
    fee_currency: row.fee_currency,
  }
}

export function theirsFacts(theirs: Theirs): Facts {
  return {
    reference: theirs.reference,
    order: theirs.orderRef,
    payment: theirs.paymentRef,
    status: theirs.status,
    provider_status: theirs.providerStatus,
    currency: theirs.amount.currency,
    amount_minor: theirs.amount.minor.toString(),
    captured_minor: theirs.captured.toString(),
    refunded_minor: theirs.refunded.toString(),
    fee_minor: theirs.fee?.amount.toString() ?? null,
    fee_currency: theirs.fee?.currency ?? null,
    ...((theirs.duplicates ?? []).length > 0 && {
      duplicates: theirs.duplicates?.map(({ paymentRef }) => paymentRef).join(', ') ?? null,
    }),
  }
}
