import type { Outcome } from '@onerouter/core'
import { ok, sameMoney, unknown } from '@onerouter/core'
import type { CreateRefund, PaymentHandle, RefundSnapshot, Refunds } from '../spec.ts'
import { ask, later, type RazorpayContext } from './call.ts'
import type { RazorpayCredentials } from './credentials.ts'
import { refundOf } from './from-wire.ts'
import { toWireAmount } from './money.ts'
import { sha256Hex } from './signature.ts'
import { toRefund } from './to-wire.ts'
import { readAll, readRefund } from './wire.ts'

const HOUR_MS = 3_600_000

export const refunds: Refunds<RazorpayCredentials> = {
  /**
   * How long Razorpay remembers `X-Refund-Idempotency` is not published. An hour covers every quick repeat
   * and is below any retention we know of; afterwards the refund is looked for by its receipt, which
   * Razorpay also keeps unique, so even a repeat too late would be refused.
   */
  replayWindowMs: HOUR_MS,
  lookupLagMs: 60_000,
  speeds: ['normal', 'optimum'],
  create,
  fetch,
  list,
}

/** Razorpay wants at least ten of these characters (Razorpay API, Refunds, Idempotency). */
export function refundKey(key: string): string {
  return /^[A-Za-z0-9_-]{10,64}$/.test(key) ? key : sha256Hex(key)
}

async function create(
  ctx: RazorpayContext,
  payment: PaymentHandle,
  request: CreateRefund,
  key: string,
): Promise<Outcome<RefundSnapshot>> {
  const { paymentRef } = payment
  if (paymentRef === null) return rejected('invalid_state', 'The payment has nothing to refund at Razorpay.')
  if (toWireAmount(request.amount) === undefined) {
    return rejected('amount', 'Razorpay cannot express this amount.')
  }
  const call = {
    method: 'POST',
    path: `/v1/payments/${paymentRef}/refund`,
    json: toRefund(request),
    headers: { 'x-refund-idempotency': refundKey(key) },
  } as const
  const { outcome, issue } = await ask(ctx, call, (body) => readOf(paymentRef, body))
  const kind = issue?.verdict.kind
  if (kind !== 'look' && kind !== 'done' && kind !== 'running') return outcome
  const listed = await list(later(ctx), payment)
  if (listed.kind !== 'ok') return unknown('refused, and the look failed')
  const ours = listed.value.find(
    ({ reference, amount }) => reference === request.reference && sameMoney(amount, request.amount),
  )
  if (ours !== undefined) return ok(ours)
  return kind === 'look' ? outcome : unknown('a duplicate that does not show yet')
}

async function fetch(
  ctx: RazorpayContext,
  payment: PaymentHandle,
  refundRef: string,
): Promise<Outcome<RefundSnapshot>> {
  const path = `/v1/refunds/${encodeURIComponent(refundRef)}`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (body) => {
    const refund = readOf(payment.paymentRef, body)
    return refund?.refundRef === refundRef ? refund : undefined
  })
  return outcome
}

async function list(
  ctx: RazorpayContext,
  payment: PaymentHandle,
): Promise<Outcome<readonly RefundSnapshot[]>> {
  if (payment.paymentRef === null) return ok([])
  const path = `/v1/payments/${payment.paymentRef}/refunds?count=100`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (body) =>
    readAll(body, readRefund)
      ?.toSorted((a, b) => b.createdAt - a.createdAt)
      .map(refundOf),
  )
  return outcome
}

/** An answer about another payment is no answer. */
function readOf(paymentRef: string | null, body: unknown): RefundSnapshot | undefined {
  const refund = readRefund(body)
  if (refund === undefined || (paymentRef !== null && refund.paymentId !== paymentRef)) return undefined
  return refundOf(refund)
}

function rejected(reason: 'invalid_state' | 'amount', message: string): Outcome<never> {
  return { kind: 'rejected', reason, providerCode: null, message }
}
