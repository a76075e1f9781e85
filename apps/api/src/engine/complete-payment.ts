import type { Uuid } from '@onerouter/core'
import { ALLOWED_FROM, ApiError, currency, formatMajor } from '@onerouter/core'
import type { OperationRow, PaymentRow } from '../store/rows.ts'
import { lostTheRace, sqlState, UNIQUE_VIOLATION } from '../store/rows.ts'
import { accessFor, guarded, type ProviderAccess } from './call-provider.ts'
import { mustRead } from './follow-up.ts'
import { claimRow, operationOf } from './intent.ts'
import type { Caller, Claim, Engine, Reply } from './ports.ts'
import { TAKEOVER_MS, visibleEnvironments } from './ports.ts'
import { presentPayment } from './present.ts'
import { once, replay, replyOf } from './replay.ts'
import { resolveNow } from './resolve-operation.ts'
import { sendCompletion } from './send.ts'
import { settlePaymentOperation } from './settle-operation.ts'

/** Writers that collide re-read and decide anew; this many times, then the caller is asked to try later. */
const ROUNDS_MAX = 16

/** Captures an authorized payment, fully or in part where the provider can; the rest is released. */
export async function capturePayment(
  engine: Engine,
  caller: Caller,
  paymentId: Uuid,
  /** Minor units; absent = everything authorized. */
  amount: ((payment: PaymentRow) => bigint) | null,
  claim: Claim,
): Promise<Reply> {
  const amountOf = (payment: PaymentRow, access: ProviderAccess): bigint => {
    const payments = access.provider.payments
    if (payments?.capture === undefined) throw unsupported(payment, 'capture authorized payments')
    const wanted = amount === null ? payment.amount : amount(payment)
    if (wanted > payment.amount) {
      throw new ApiError(
        'amount_exceeds_authorized',
        `Only ${formatMajor(payment.amount, currency(payment.currency))} ${payment.currency} is authorized.`,
        { errors: [{ pointer: '/amount', detail: 'more than authorized' }] },
      )
    }
    if (wanted < payment.amount && !payments.partialCapture) throw unsupported(payment, 'capture in part')
    return wanted
  }
  return await once(engine, caller, claim, () =>
    complete(engine, caller, paymentId, 'capture', claim, amountOf),
  )
}

/** Cancels a payment that nobody has paid yet, or releases what is authorized. */
export async function cancelPayment(
  engine: Engine,
  caller: Caller,
  paymentId: Uuid,
  claim: Claim,
): Promise<Reply> {
  const amountOf = (payment: PaymentRow, access: ProviderAccess): bigint => {
    if (access.provider.payments?.cancel === undefined) throw unsupported(payment, 'cancel payments')
    return payment.amount
  }
  return await once(engine, caller, claim, () => complete(engine, caller, paymentId, 'void', claim, amountOf))
}

const VERB = { capture: 'capture', void: 'cancel' } as const

async function complete(
  engine: Engine,
  caller: Caller,
  paymentId: Uuid,
  kind: 'capture' | 'void',
  claim: Claim,
  amountOf: (payment: PaymentRow, access: ProviderAccess) => bigint,
): Promise<Reply> {
  const found = await ownPayment(engine, caller, paymentId)
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const { payment, operations } = await settledPayment(engine, found)
    const access = await accessFor(engine, payment)
    if (access === null)
      throw new ApiError('provider_not_configured', 'The credentials of this payment are gone.')
    if (!(ALLOWED_FROM[VERB[kind]] as readonly string[]).includes(payment.status)) {
      throw invalidState(payment, VERB[kind])
    }
    const amount = amountOf(payment, access)
    const n = operations.filter((one) => one.kind === kind).length + 1
    const operation = operationOf(engine, payment, kind, n, amount)
    const recorded = await tryRecord(engine, caller, claim, payment, operation)
    if (recorded === 'changed') continue
    if (recorded === 'taken') return await replay(engine, caller, claim)
    const { outcome, providerMs } = await guarded(engine, () =>
      sendCompletion(engine, access, operation, payment, 'first'),
    )
    const waiting = { ...claim, environment: caller.environment }
    const settled = await settlePaymentOperation(engine, operation, payment, outcome, waiting)
    return replyOf(settled.answered, { providerMs })
  }
  throw new ApiError('conflict', 'The payment keeps changing; try again in a moment.', { retry_after_s: 1 })
}

async function tryRecord(
  engine: Engine,
  caller: Caller,
  claim: Claim,
  payment: PaymentRow,
  operation: OperationRow,
): Promise<'recorded' | 'taken' | 'changed'> {
  try {
    const mine = await engine.store.recordCompletion({
      idempotency: claimRow(caller, claim, payment, operation, operation.created_at),
      operation,
      payment,
      takeoverMs: TAKEOVER_MS,
    })
    return mine ? 'recorded' : 'taken'
  } catch (error) {
    // Another capture, void or confirmation came first; the next round sees and waits for it.
    if (lostTheRace(error) || sqlState(error) === UNIQUE_VIOLATION) return 'changed'
    throw error
  }
}

/** The caller's payment, or 404 whether it is missing or somebody else's. */
export async function ownPayment(engine: Engine, caller: Caller, id: Uuid): Promise<PaymentRow> {
  const payment = await engine.store.getPaymentOfAccount(caller.accountId, visibleEnvironments(caller), id)
  if (payment === null) throw new ApiError('not_found', 'There is no such payment.')
  if (caller.services !== null && !caller.services.has(payment.provider)) {
    throw new ApiError('service_not_allowed', `This key may not use ${payment.provider}.`)
  }
  return payment
}

/**
 * A payment none of whose calls is in the dark: an operation on top of an unknown one could move money twice,
 * so the unknown one is settled first and the request is refused when that cannot be done now.
 */
export async function settledPayment(
  engine: Engine,
  payment: PaymentRow,
): Promise<{ payment: PaymentRow; operations: OperationRow[] }> {
  const before = await engine.store.listOperations(payment)
  const dark = before.filter(
    (one) => one.kind !== 'refund' && (one.state === 'sent' || one.state === 'unknown'),
  )
  for (const operation of dark) await resolveNow(engine, operation)
  const operations = dark.length === 0 ? before : await engine.store.listOperations(payment)
  // Money that came twice and waits for a person stands beside the payment, not in its way.
  const unresolved = operations.find(
    (one) =>
      one.kind !== 'refund' &&
      one.request.duplicate === undefined &&
      ['sent', 'unknown', 'needs_review'].includes(one.state),
  )
  const current = await mustRead(engine.store.getPayment(payment))
  if (unresolved !== undefined) {
    throw new ApiError(
      'conflict',
      `The outcome of an earlier ${unresolved.kind} is not known yet. It is being settled with the provider; try again.`,
      { retry_after_s: 5, payment: presentPayment(current) },
    )
  }
  return { payment: current, operations }
}

export function invalidState(payment: PaymentRow, verb: keyof typeof ALLOWED_FROM): ApiError {
  return new ApiError(
    'invalid_state',
    `A payment that is ${payment.status} cannot be ${PAST[verb]}; it must be ${ALLOWED_FROM[verb].join(' or ')}.`,
    { payment: presentPayment(payment) },
  )
}
const PAST = { capture: 'captured', cancel: 'canceled', refund: 'refunded' } as const

const unsupported = (payment: PaymentRow, what: string): ApiError =>
  new ApiError('capability_unsupported', `${payment.provider} cannot ${what}.`, {
    provider: payment.provider,
  })
