import { createHash } from 'node:crypto'
import { ApiError, formatId } from '@onerouter/core'
import type { OperationRow, PaymentRow } from '../store/rows.ts'
import { createRefund } from './create-refund.ts'
import { cancellationOf, isKept, mustRead } from './follow-up.ts'
import type { Engine } from './ports.ts'
import { exposedDelayMs } from './schedule.ts'

export const COMPENSATION_REASON = 'paid after the payment was canceled'

/** A provider that refuses or returns this many refunds will not take the next one either: a person must look. */
const REFUNDS_MAX = 12

/**
 * Gives money back that arrived on a payment its merchant had canceled: PayPal's and Razorpay's orders cannot be
 * withdrawn, so a payer who kept the page open may still pay. A refund that comes to nothing is made again: each
 * has a key of its own, and none can exceed what is left. Answers whether it acted.
 */
export async function compensateCanceled(engine: Engine, payment: PaymentRow): Promise<boolean> {
  if (!isKept(payment)) return false
  const operations = await engine.store.listOperations(payment)
  const canceled = cancellationOf(operations)
  if (canceled === undefined) return false
  const made = operations.filter((one) => one.request.reason === COMPENSATION_REASON).length
  if (made >= REFUNDS_MAX) {
    engine.log.error({ payment: formatId('payment', payment.id) }, 'a canceled payment keeps what was paid')
    return false
  }
  engine.log.warn({ payment: formatId('payment', payment.id) }, 'a canceled payment was paid: refunding it')
  await refundRest(engine, payment, `compensate_${canceled.reference}_${made + 1}`)
  await lookAgain(engine, payment, operations, made)
  return true
}

async function refundRest(engine: Engine, payment: PaymentRow, key: string): Promise<void> {
  try {
    await createRefund(
      engine,
      { accountId: payment.account_id, keyId: null, environment: payment.environment, services: null },
      { paymentId: payment.id, amount: null, reason: COMPENSATION_REASON, speed: 'normal', metadata: {} },
      { key, fingerprint: createHash('sha256').update(key).digest(), requestId: key },
    )
  } catch (error) {
    // Refused for now: somebody else gave the rest back meanwhile, or an earlier call is not settled yet.
    if (!(error instanceof ApiError)) throw error
  }
}

/** Whatever came of it, the payment is looked at again: a refund can still come to nothing. */
async function lookAgain(
  engine: Engine,
  payment: PaymentRow,
  operations: readonly OperationRow[],
  tries: number,
): Promise<void> {
  const charge = operations.find((one) => one.reference === payment.reference)
  if (charge === undefined) return
  const current = await mustRead(engine.store.getOperation(charge))
  await engine.store.postponeOperation(current, current.state, exposedDelayMs(tries))
}
