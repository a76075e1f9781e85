import { unprocessable } from './errors.ts'
import {
  authorizationEvent,
  type CaptureEvent,
  captureEvent,
  disputeEvent,
  emit,
  orderEvent,
  refundEvent,
} from './events.ts'
import { disputeId, resourceId } from './ids.ts'
import { fromMinor, type Money, sum, toMinor } from './money.ts'
import type { Authorization, Capture, DisputeOutcome, Order, Paypal, Refund } from './state.ts'
import { saveOnSuccess } from './vault/tokens.ts'

/** Where money moves: each change of an authorization, capture or refund is made here, with its event. */

const DAY = 24 * 3_600_000
export const AUTHORIZATION_LIFETIME_MS = 29 * DAY
export const HONOR_PERIOD_MS = 3 * DAY
/** An eCheck takes days at PayPal; a sandbox user waits five minutes, or moves the clock. */
export const SLOW_BANK_MS = 5 * 60_000

export const SETTLE_CAPTURE = 'paypal.settle_capture'
export const SETTLE_REFUND = 'paypal.settle_refund'

/**
 * Takes an invoice id for `order`; PayPal's default account setting refuses one that another payment, or an
 * earlier capture when `explicit`, has used.
 */
export function claimInvoice(
  paypal: Paypal,
  order: Order,
  invoiceId: string | undefined,
  use: { readonly captured: boolean; readonly explicit?: boolean; readonly field?: string },
): void {
  if (invoiceId === undefined) return
  const key = `${order.accountId}|${invoiceId}`
  const known = paypal.invoices.get(key)
  const taken =
    known !== undefined && (known.orderId !== order.id || (use.explicit === true && known.captured))
  if (taken) {
    const at = use.field === undefined ? {} : { field: use.field, location: 'body' as const }
    throw unprocessable('DUPLICATE_INVOICE_ID', { ...at, value: invoiceId })
  }
  paypal.invoices.set(key, { orderId: order.id, captured: use.captured || known?.captured === true })
}

export interface NewCapture {
  readonly unit: number
  readonly amount: Money
  readonly authorizationId: string | null
  readonly finalCapture: boolean
  readonly invoiceId: string | null
}

export function createCapture(paypal: Paypal, order: Order, given: NewCapture): Capture {
  const now = paypal.world.clock.now()
  const slow = order.funding === 'slow_bank'
  const capture: Capture = {
    id: resourceId(paypal.world.random),
    accountId: order.accountId,
    orderId: order.id,
    ...given,
    status: slow ? 'PENDING' : 'COMPLETED',
    reason: slow ? 'ECHECK' : null,
    customId: order.units[given.unit]?.custom_id ?? null,
    refundIds: [],
    dispute: null,
    createdAt: now,
    updatedAt: now,
  }
  paypal.captures.set(capture.id, capture)
  order.captureIds.push(capture.id)
  order.updatedAt = now
  if (slow) {
    paypal.world.schedule(now + SLOW_BANK_MS, { kind: SETTLE_CAPTURE, data: { id: capture.id } })
  }
  const eventType: CaptureEvent = slow ? 'PAYMENT.CAPTURE.PENDING' : 'PAYMENT.CAPTURE.COMPLETED'
  emit(paypal, order.accountId, captureEvent(paypal, capture, eventType))
  return capture
}

/** Ends a pending capture. Does nothing to one that already ended: tasks and simulations may both come. */
export function settleCapture(paypal: Paypal, id: string, succeeded: boolean): boolean {
  const capture = paypal.captures.get(id)
  if (capture?.status !== 'PENDING') return false
  capture.status = succeeded ? 'COMPLETED' : 'DECLINED'
  capture.reason = null
  capture.updatedAt = paypal.world.clock.now()
  // PayPal names a refused capture of an authorization DECLINED and any other DENIED.
  const refused = capture.authorizationId === null ? 'PAYMENT.CAPTURE.DENIED' : 'PAYMENT.CAPTURE.DECLINED'
  const eventType = succeeded ? 'PAYMENT.CAPTURE.COMPLETED' : refused
  emit(paypal, capture.accountId, captureEvent(paypal, capture, eventType))
  return true
}

/** Captures the whole approved order, one capture per purchase unit. */
export function captureOrder(paypal: Paypal, order: Order): void {
  for (const unit of order.units) claimInvoice(paypal, order, unit.invoice_id, { captured: true })
  order.status = 'COMPLETED'
  for (const [index, unit] of order.units.entries()) {
    const { currency_code, value } = unit.amount
    createCapture(paypal, order, {
      unit: index,
      amount: { currency_code, value },
      authorizationId: null,
      finalCapture: true,
      invoiceId: unit.invoice_id ?? null,
    })
  }
  saveOnSuccess(paypal, order)
  emit(paypal, order.accountId, orderEvent(paypal, order, 'CHECKOUT.ORDER.COMPLETED'))
}

export function createAuthorization(
  paypal: Paypal,
  order: Order,
  given: { readonly unit: number; readonly amount: Money; readonly parent: Authorization | null },
): Authorization {
  const now = paypal.world.clock.now()
  const authorization: Authorization = {
    id: resourceId(paypal.world.random),
    accountId: order.accountId,
    orderId: order.id,
    unit: given.unit,
    parentId: given.parent?.id ?? null,
    reauthorized: false,
    amount: given.amount,
    status: 'CREATED',
    createdAt: now,
    updatedAt: now,
    // Renewing starts a new honor period; the 29 days count from the first authorization.
    expiresAt: given.parent?.expiresAt ?? now + AUTHORIZATION_LIFETIME_MS,
  }
  paypal.authorizations.set(authorization.id, authorization)
  order.authorizationIds.push(authorization.id)
  order.updatedAt = now
  emit(paypal, order.accountId, authorizationEvent(paypal, authorization, 'PAYMENT.AUTHORIZATION.CREATED'))
  return authorization
}

/** An authorization and its renewals share one limit, so captures are counted over all of them. */
export function familyOf(paypal: Paypal, authorization: Authorization): Authorization[] {
  const root = authorization.parentId ?? authorization.id
  const order = paypal.orders.get(authorization.orderId)
  return (order?.authorizationIds ?? [])
    .map((id) => paypal.authorizations.get(id))
    .filter((row) => row !== undefined)
    .filter((row) => row.id === root || row.parentId === root)
}

export function capturesOf(paypal: Paypal, family: readonly Authorization[]): Capture[] {
  const ids = new Set(family.map((row) => row.id))
  const order = paypal.orders.get(family[0]?.orderId ?? '')
  return (order?.captureIds ?? [])
    .map((id) => paypal.captures.get(id))
    .filter((row) => row !== undefined)
    .filter(
      (row) => row.authorizationId !== null && ids.has(row.authorizationId) && row.status !== 'DECLINED',
    )
}

export interface NewRefund {
  readonly amount: Money
  readonly invoiceId: string | null
  readonly customId: string | null
  readonly note: string | null
}

/** What of the capture is neither refunded nor on its way back. */
export function refundable(paypal: Paypal, capture: Capture): bigint {
  const refunds = capture.refundIds.map((id) => paypal.refunds.get(id)).filter((row) => row !== undefined)
  const gone = refunds.filter((row) => row.status !== 'FAILED').map((row) => row.amount)
  return toMinor(capture.amount) - sum(gone)
}

function updateRefundedStatus(paypal: Paypal, capture: Capture): void {
  const refunds = capture.refundIds.map((id) => paypal.refunds.get(id)).filter((row) => row !== undefined)
  const back = sum(refunds.filter((row) => row.status === 'COMPLETED').map((row) => row.amount))
  if (back === 0n) capture.status = 'COMPLETED'
  else capture.status = back >= toMinor(capture.amount) ? 'REFUNDED' : 'PARTIALLY_REFUNDED'
  capture.updatedAt = paypal.world.clock.now()
}

function addRefund(paypal: Paypal, capture: Capture, given: NewRefund, pending: boolean): Refund {
  const now = paypal.world.clock.now()
  const refund: Refund = {
    id: resourceId(paypal.world.random),
    accountId: capture.accountId,
    orderId: capture.orderId,
    captureId: capture.id,
    ...given,
    status: pending ? 'PENDING' : 'COMPLETED',
    reason: pending ? 'ECHECK' : null,
    createdAt: now,
    updatedAt: now,
  }
  paypal.refunds.set(refund.id, refund)
  capture.refundIds.push(refund.id)
  const order = paypal.orders.get(capture.orderId)
  if (order !== undefined) {
    order.refundIds.push(refund.id)
    order.updatedAt = now
  }
  updateRefundedStatus(paypal, capture)
  return refund
}

/** Money that came through a slow bank goes back through it: such refunds are pending first. */
export function createRefund(paypal: Paypal, capture: Capture, given: NewRefund): Refund {
  const pending = paypal.orders.get(capture.orderId)?.funding === 'slow_bank'
  const refund = addRefund(paypal, capture, given, pending)
  if (pending) {
    const at = paypal.world.clock.now() + SLOW_BANK_MS
    paypal.world.schedule(at, { kind: SETTLE_REFUND, data: { id: refund.id } })
  }
  const eventType = pending ? 'PAYMENT.REFUND.PENDING' : 'PAYMENT.CAPTURE.REFUNDED'
  emit(paypal, capture.accountId, refundEvent(paypal, refund, eventType))
  return refund
}

export function settleRefund(paypal: Paypal, id: string, succeeded: boolean): boolean {
  const refund = paypal.refunds.get(id)
  const capture = paypal.captures.get(refund?.captureId ?? '')
  if (refund?.status !== 'PENDING' || capture === undefined) return false
  refund.status = succeeded ? 'COMPLETED' : 'FAILED'
  refund.reason = null
  refund.updatedAt = paypal.world.clock.now()
  updateRefundedStatus(paypal, capture)
  const eventType = succeeded ? 'PAYMENT.CAPTURE.REFUNDED' : 'PAYMENT.REFUND.FAILED'
  emit(paypal, refund.accountId, refundEvent(paypal, refund, eventType))
  return true
}

export function openDispute(paypal: Paypal, capture: Capture): void {
  const now = paypal.world.clock.now()
  capture.dispute = {
    id: disputeId(paypal.world.random),
    status: 'OPEN',
    amount: fromMinor(capture.amount.currency_code, refundable(paypal, capture)),
    outcome: null,
    createdAt: now,
    updatedAt: now,
  }
  emit(paypal, capture.accountId, disputeEvent(paypal, capture, 'CUSTOMER.DISPUTE.CREATED'))
}

function resolveDispute(paypal: Paypal, capture: Capture, outcome: DisputeOutcome): void {
  if (capture.dispute === null) return
  capture.dispute.status = 'RESOLVED'
  capture.dispute.outcome = outcome
  capture.dispute.updatedAt = paypal.world.clock.now()
  emit(paypal, capture.accountId, disputeEvent(paypal, capture, 'CUSTOMER.DISPUTE.RESOLVED'))
}

export function winDispute(paypal: Paypal, capture: Capture): void {
  resolveDispute(paypal, capture, 'RESOLVED_SELLER_FAVOUR')
}

/** The buyer wins: what was left of the capture goes back without the merchant asking. */
export function loseDispute(paypal: Paypal, capture: Capture): void {
  const left = refundable(paypal, capture)
  resolveDispute(paypal, capture, 'RESOLVED_BUYER_FAVOUR')
  if (left === 0n) return
  const amount = fromMinor(capture.amount.currency_code, left)
  const given = { amount, invoiceId: null, customId: null, note: 'Payment reversed' }
  const reversal = addRefund(paypal, capture, given, false)
  capture.reason = 'CHARGEBACK'
  emit(paypal, capture.accountId, refundEvent(paypal, reversal, 'PAYMENT.CAPTURE.REVERSED'))
}
