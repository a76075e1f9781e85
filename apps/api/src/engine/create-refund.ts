import type { Money, Uuid } from '@onerouter/core'
import { ALLOWED_FROM, ApiError, currency, formatMajor } from '@onerouter/core'
import type { OperationRow, PaymentRow, RefundRow } from '../store/rows.ts'
import { NOT_AVAILABLE, sqlState } from '../store/rows.ts'
import { accessFor, guarded } from './call-provider.ts'
import { invalidState, ownPayment, settledPayment } from './complete-payment.ts'
import { refundEvents } from './events.ts'
import { claimRow, operationOf } from './intent.ts'
import type { Caller, Claim, Engine, Reply } from './ports.ts'
import { TAKEOVER_MS } from './ports.ts'
import { presentPayment } from './present.ts'
import { once, replay, replyOf } from './replay.ts'
import { sendRefund } from './send.ts'
import { settleRefundOperation } from './settle-operation.ts'

export interface CreateRefundInput {
  readonly paymentId: Uuid
  /** Read against the payment's currency; absent = all that is left. */
  readonly amount: ((payment: PaymentRow) => Money) | null
  readonly reason?: string
  readonly speed: 'normal' | 'optimum'
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Refunds a payment, fully or in part, any number of times. The amount is reserved in the statement that
 * records the refund, so refunds never exceed the capture however many arrive at once.
 */
export async function createRefund(
  engine: Engine,
  caller: Caller,
  input: CreateRefundInput,
  claim: Claim,
): Promise<Reply> {
  return await once(engine, caller, claim, () => refundOnce(engine, caller, input, claim))
}

async function refundOnce(
  engine: Engine,
  caller: Caller,
  input: CreateRefundInput,
  claim: Claim,
): Promise<Reply> {
  const found = await ownPayment(engine, caller, input.paymentId)
  const { payment } = await settledPayment(engine, found)
  if (!(ALLOWED_FROM.refund as readonly string[]).includes(payment.status)) {
    throw invalidState(payment, 'refund')
  }
  const access = await accessFor(engine, payment)
  const refunds = access?.provider.refunds
  if (access === null || refunds === undefined) {
    throw new ApiError('capability_unsupported', `${payment.provider} cannot refund.`)
  }
  if (!refunds.speeds.includes(input.speed)) {
    throw new ApiError('capability_unsupported', `${payment.provider} has no ${input.speed} refunds.`, {
      errors: [{ pointer: '/speed', detail: `one of: ${refunds.speeds.join(', ')}` }],
    })
  }
  const refund = newRefund(engine, payment, input)
  const operation = refundOperation(engine, payment, refund)
  if (!(await reserve(engine, caller, claim, payment, refund, operation))) {
    return await replay(engine, caller, claim)
  }
  const { outcome, providerMs } = await guarded(engine, () =>
    sendRefund(engine, access, operation, payment, refund, 'first'),
  )
  const waiting = { ...claim, environment: caller.environment }
  const settled = await settleRefundOperation(engine, operation, refund, payment, outcome, waiting)
  return replyOf(settled.answered, { providerMs })
}

async function reserve(
  engine: Engine,
  caller: Caller,
  claim: Claim,
  payment: PaymentRow,
  refund: RefundRow,
  operation: OperationRow,
): Promise<boolean> {
  try {
    return await engine.store.recordRefund({
      idempotency: claimRow(caller, claim, payment, operation, refund.created_at),
      operation,
      refund,
      events: refundEvents(refund, ['refund.created'], engine.newId),
      takeoverMs: TAKEOVER_MS,
    })
  } catch (error) {
    if (sqlState(error) !== NOT_AVAILABLE) throw error
    throw exceeds(payment)
  }
}

function newRefund(engine: Engine, payment: PaymentRow, input: CreateRefundInput): RefundRow {
  const left = payment.captured - payment.refunded - payment.refund_pending
  const amount = input.amount === null ? left : input.amount(payment).minor
  if (amount <= 0n || amount > left) throw exceeds(payment)
  const at = new Date(engine.now())
  return {
    account_id: payment.account_id,
    environment: payment.environment,
    id: engine.newId(),
    payment_id: payment.id,
    version: 1,
    sequence: 1,
    status: 'pending',
    amount,
    currency: payment.currency,
    reason: input.reason ?? null,
    speed: input.speed,
    metadata: input.metadata,
    provider: payment.provider,
    provider_refund_id: null,
    failure: null,
    created_at: at,
    updated_at: at,
  }
}

/** A payment may have many refunds under way; the time-sorted id gives each operation a number of its own. */
function refundOperation(engine: Engine, payment: PaymentRow, refund: RefundRow): OperationRow {
  const operation = operationOf(engine, payment, 'refund', 1, refund.amount)
  return {
    ...operation,
    refund_id: refund.id,
    request: { speed: refund.speed, ...(refund.reason !== null && { reason: refund.reason }) },
  }
}

function exceeds(payment: PaymentRow): ApiError {
  const left = payment.captured - payment.refunded - payment.refund_pending
  const text = formatMajor(left > 0n ? left : 0n, currency(payment.currency))
  return new ApiError('amount_exceeds_captured', `At most ${text} ${payment.currency} is left to refund.`, {
    errors: [{ pointer: '/amount', detail: 'more than is left' }],
    payment: presentPayment(payment),
  })
}
