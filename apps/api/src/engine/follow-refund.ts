import type { PaymentRow } from '../store/rows.ts'
import { applyRefundSnapshot } from './apply-evidence.ts'
import { accessFor, contextFor, guarded, handleOf } from './call-provider.ts'
import type { Engine } from './ports.ts'

/** Fetches one refund by the provider's id and books it. `unreachable`: it could not be had. */
export async function followRefund(
  engine: Engine,
  payment: PaymentRow,
  refundRef: string,
): Promise<'changed' | 'unchanged' | 'unreachable'> {
  const access = await accessFor(engine, payment)
  const refunds = access?.provider.refunds
  if (access === null || refunds === undefined) return 'unreachable'
  const call = { verb: 'refunds.fetch', paymentId: payment.id, operationId: null }
  const ctx = contextFor(engine, access.credential, 'later', call)
  const { outcome } = await guarded(engine, () => refunds.fetch(ctx, handleOf(payment), refundRef))
  if (outcome.kind !== 'ok') return 'unreachable'
  return (await applyRefundSnapshot(engine, payment, outcome.value)) ? 'changed' : 'unchanged'
}
