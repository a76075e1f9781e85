import type { Outcome } from '@onerouter/core'
import { ok, sameMoney, unknown } from '@onerouter/core'
import type { CreateRefund, PaymentHandle, RefundSnapshot, Refunds } from '../spec.ts'
import { ask, type PaypalContext } from './api.ts'
import type { PaypalCredentials } from './credentials.ts'
import type { Issue } from './errors.ts'
import { refundOf } from './from-wire.ts'
import { toWireAmount } from './money.ts'
import { listRefunds } from './reports.ts'
import { fetchSaleRefund, isSale, refundSale, saleOfRefund, UNLISTED } from './sales.ts'
import { toRefund } from './to-wire.ts'
import { readOrder, readRefund } from './wire.ts'

const DAY_MS = 24 * 3_600_000
const LISTED_MAX = 100

export const refunds: Refunds<PaypalCredentials> = {
  /** PayPal remembers a refund's Request-Id for 45 days, a sale's for 30 (Payments API v2 and v1, PayPal-Request-Id). */
  replayWindowMs: 28 * DAY_MS,
  lookupLagMs: 15_000,
  speeds: ['normal'],
  create,
  fetch,
  list,
  listSince: listRefunds,
  paymentOf: saleOfRefund,
}

/** Returns an exact part of the capture; our reference becomes its `custom_id` and `invoice_id`. */
async function create(
  ctx: PaypalContext,
  payment: PaymentHandle,
  request: CreateRefund,
  key: string,
): Promise<Outcome<RefundSnapshot>> {
  if (isSale(payment)) return refundSale(ctx, payment, request, key)
  const captureRef = captureOf(payment)
  if (captureRef === null) {
    return rejected('invalid_state', 'The payment has no capture at PayPal.')
  }
  if (toWireAmount(request.amount) === undefined) {
    return rejected('amount', 'PayPal cannot express this amount.')
  }
  const path = `/v2/payments/captures/${captureRef}/refund`
  const call = { method: 'POST', path, body: { json: toRefund(request) }, key } as const
  const { outcome, issue } = await ask(ctx, call, read)
  if (issue?.verdict.kind !== 'look' && issue?.verdict.kind !== 'running') return outcome
  return ourRefund(await list({ ...ctx, send: 'later' }, payment), request, issue, outcome)
}

async function fetch(
  ctx: PaypalContext,
  payment: PaymentHandle,
  refundRef: string,
): Promise<Outcome<RefundSnapshot>> {
  if (isSale(payment)) return fetchSaleRefund(ctx, refundRef)
  const path = `/v2/payments/refunds/${encodeURIComponent(refundRef)}`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (answer) => {
    const refund = read(answer)
    return refund?.refundRef === refundRef ? refund : undefined
  })
  return outcome
}

/** PayPal lists refunds inside their order only. */
async function list(ctx: PaypalContext, payment: PaymentHandle): Promise<Outcome<readonly RefundSnapshot[]>> {
  if (isSale(payment)) return UNLISTED
  if (payment.orderRef === null) return ok([])
  const path = `/v2/checkout/orders/${payment.orderRef}`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (answer) => {
    const order = readOrder(answer)
    if (order?.id !== payment.orderRef) return undefined
    const newestFirst = order.refunds.toSorted((a, b) => (b.createdAtMs ?? 0) - (a.createdAtMs ?? 0))
    const snapshots = newestFirst.slice(0, LISTED_MAX).map(refundOf)
    return snapshots.every((snapshot) => snapshot !== undefined) ? snapshots : undefined
  })
  return outcome
}

/** "Too late" and "too much" are believed only when the refund in question is not among those made. */
function ourRefund(
  listed: Outcome<readonly RefundSnapshot[]>,
  request: CreateRefund,
  issue: Issue,
  refusal: Outcome<RefundSnapshot>,
): Outcome<RefundSnapshot> {
  if (listed.kind !== 'ok') return unknown(`${issue.code}, and the look failed`)
  const ours = listed.value.find(
    ({ reference, amount }) => reference === request.reference && sameMoney(amount, request.amount),
  )
  return ours === undefined ? refusal : ok(ours)
}

function read(answer: unknown): RefundSnapshot | undefined {
  const refund = readRefund(answer)
  return refund && refundOf(refund)
}

/** The capture's id; a payment that is only authorized has none. */
function captureOf(payment: PaymentHandle): string | null {
  if (payment.refs.capture !== undefined) return payment.refs.capture
  return payment.refs.authorization === undefined ? payment.paymentRef : null
}

function rejected(reason: 'invalid_state' | 'amount', message: string): Outcome<never> {
  return { kind: 'rejected', reason, providerCode: null, message }
}
