import { createHash } from 'node:crypto'
import { formatId } from '@onerouter/core'
import type { PaymentRow } from '../store/rows.ts'
import { createRefund } from './create-refund.ts'
import type { Engine } from './ports.ts'

export const COMPENSATION_REASON = 'paid after the payment was canceled'

/**
 * Gives money back that arrived on a payment its merchant had canceled: PayPal's and Razorpay's orders cannot be
 * withdrawn, so a payer who kept the page open may still pay. One refund per cancellation, under a key of its
 * own; when it cannot be made now, the next look at the payment tries again. Answers whether it acted.
 */
export async function compensateCanceled(engine: Engine, payment: PaymentRow): Promise<boolean> {
  if (payment.status !== 'succeeded' || payment.refunded + payment.refund_pending >= payment.captured)
    return false
  const operations = await engine.store.listOperations(payment)
  const canceled = operations.find((one) => one.kind === 'void' && one.state === 'succeeded')
  if (canceled === undefined) return false
  engine.log.warn({ payment: formatId('payment', payment.id) }, 'a canceled payment was paid: refunding it')
  const key = `compensate_${canceled.reference}`
  await createRefund(
    engine,
    { accountId: payment.account_id, keyId: null, environment: payment.environment, services: null },
    { paymentId: payment.id, amount: null, reason: COMPENSATION_REASON, speed: 'normal', metadata: {} },
    { key, fingerprint: createHash('sha256').update(key).digest(), requestId: key },
  )
  return true
}
