import type { Outcome } from '@onerouter/core'
import { ok } from '@onerouter/core'
import type { PaymentSnapshot, RefundSnapshot } from '@onerouter/providers'
import {
  accessFor,
  contextFor,
  guarded,
  handleOf,
  metaOf,
  type ProviderAccess,
} from '../engine/call-provider.ts'
import type { Engine } from '../engine/ports.ts'
import { refundReference } from '../engine/send.ts'
import type { OperationRow, PaymentRow, RefundRow } from '../store/rows.ts'
import { theirsFacts } from './compare.ts'
import type { Facts } from './rows.ts'

/** What the provider says, asked now, about a call that waits for a person. */
export type Evidence =
  | { readonly kind: 'payment'; readonly snapshot: PaymentSnapshot; readonly shows: boolean }
  | { readonly kind: 'refund'; readonly snapshot: RefundSnapshot }
  /** The provider answers, and holds no trace of it. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unavailable'; readonly why: string }

export async function askForEvidence(
  engine: Engine,
  operation: OperationRow,
  payment: PaymentRow,
  refund: RefundRow | null,
): Promise<Evidence> {
  const access = await accessFor(engine, payment)
  if (access === null) return { kind: 'unavailable', why: 'the credentials of this payment are gone' }
  if (refund !== null) return await askAboutRefund(engine, access, { operation, payment, refund })
  return await askAboutPayment(engine, access, operation, payment)
}

interface RefundCall {
  readonly operation: OperationRow
  readonly payment: PaymentRow
  readonly refund: RefundRow
}

async function askAboutRefund(
  engine: Engine,
  access: ProviderAccess,
  { operation, payment, refund }: RefundCall,
): Promise<Evidence> {
  const { refunds } = access.provider
  if (refunds === undefined) return { kind: 'unavailable', why: 'the provider refunds nothing any more' }
  const ctx = contextFor(engine, access.credential, 'later', metaOf('refunds.list', operation))
  const { outcome } = await guarded(engine, () => refunds.list(ctx, handleOf(payment)))
  if (outcome.kind !== 'ok') return unavailable(outcome)
  const own = outcome.value.find(
    (one) => one.reference === refundReference(refund) || one.refundRef === refund.provider_refund_id,
  )
  return own === undefined ? { kind: 'absent' } : { kind: 'refund', snapshot: own }
}

async function askAboutPayment(
  engine: Engine,
  access: ProviderAccess,
  operation: OperationRow,
  payment: PaymentRow,
): Promise<Evidence> {
  const { payments } = access.provider
  if (payments === undefined) return { kind: 'unavailable', why: 'the provider takes no payments any more' }
  const verb = payment.provider_order_id === null ? 'payments.find' : 'payments.fetch'
  const ctx = contextFor(engine, access.credential, 'later', metaOf(verb, operation))
  const { outcome } = await guarded<PaymentSnapshot | null>(engine, async () => {
    if (payment.provider_order_id !== null) return await payments.fetch(ctx, handleOf(payment))
    // A provider without a look-up: nobody was shown the order, so nobody can have paid it.
    return payments.find === undefined ? ok(null) : await payments.find(ctx, handleOf(payment))
  })
  const missing = outcome.kind === 'rejected' && outcome.reason === 'not_found'
  if (missing && operation.kind === 'charge') return { kind: 'absent' }
  if (outcome.kind !== 'ok') return unavailable(outcome)
  if (outcome.value === null) return { kind: 'absent' }
  return { kind: 'payment', snapshot: outcome.value, shows: showsEffect(operation, outcome.value) }
}

/** Whether the provider's answer shows that the call took effect. */
function showsEffect(operation: OperationRow, { status, captured }: PaymentSnapshot): boolean {
  switch (operation.kind) {
    case 'charge':
      return true
    case 'capture':
      return captured > 0n
    case 'void':
      return status === 'canceled' || status === 'expired'
    case 'confirm':
      return status !== 'approved' && status !== 'requires_action'
    case 'refund':
      throw new Error('refunds are looked for in their own list')
  }
}

function unavailable(outcome: Exclude<Outcome<never>, { kind: 'ok' }>): Evidence {
  return { kind: 'unavailable', why: 'message' in outcome ? outcome.message : outcome.reason }
}

/** The evidence as it is kept with the decision. */
export function evidenceFacts(evidence: Evidence): Facts {
  switch (evidence.kind) {
    case 'payment':
      return { kind: 'payment', ...theirsFacts(evidence.snapshot) }
    case 'refund': {
      const { refundRef, status, amount, reference } = evidence.snapshot
      const { minor, currency } = amount
      return {
        kind: 'refund',
        refund: refundRef,
        status,
        reference,
        amount_minor: minor.toString(),
        currency,
      }
    }
    case 'absent':
      return { kind: 'absent' }
    case 'unavailable':
      return { kind: 'unavailable', why: evidence.why }
  }
}
