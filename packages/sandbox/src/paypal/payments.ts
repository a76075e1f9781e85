import { type JsonObject, notFound, unprocessable } from './errors.ts'
import { authorizationEvent, emit } from './events.ts'
import {
  capturesOf,
  claimInvoice,
  createAuthorization,
  createCapture,
  createRefund,
  familyOf,
  HONOR_PERIOD_MS,
  type NewRefund,
  refundable,
} from './funds.ts'
import { fromMinor, type Money, overage, sum, toMinor } from './money.ts'
import { bodyObject } from './orders.ts'
import { asMoney, asText, type Findings, newFindings, settle } from './parse.ts'
import type { Answer, Authorization, Call, Capture, Order, Refund } from './state.ts'
import {
  authorizationLinks,
  authorizationView,
  captureLinks,
  captureView,
  refundLinks,
  refundView,
} from './views.ts'

/** Payments v2 operations. */

const DAY = 24 * 3_600_000
const REFUND_WINDOW_MS = 180 * DAY
const MAX_CAPTURES = 10
const MAX_REFUNDS = 100

function owned<T extends { readonly accountId: string }>(call: Call, table: Map<string, T>, id?: string): T {
  const row = table.get(id ?? call.params[0] ?? '')
  if (row?.accountId !== call.account.id) throw notFound()
  return row
}

function orderOfRow(call: Call, row: { readonly orderId: string }): Order {
  const order = call.paypal.orders.get(row.orderId)
  if (order === undefined) throw notFound()
  return order
}

/** `{id, status, links}` unless the caller prefers the whole resource. */
const preferred = (
  call: Call,
  full: () => JsonObject,
  row: { id: string; status: string },
  links: JsonObject[],
) => (call.representation ? full() : { id: row.id, status: row.status, links })

function authorizationAnswer(call: Call, id: string): Answer {
  const row = owned(call, call.paypal.authorizations, id)
  const links = authorizationLinks(call.paypal, row)
  return { status: 200, body: preferred(call, () => authorizationView(call.paypal, row), row, links) }
}

function captureAnswer(call: Call, id: string): Answer {
  const row = owned(call, call.paypal.captures, id)
  const links = captureLinks(call.paypal, row)
  return { status: 200, body: preferred(call, () => captureView(call.paypal, row), row, links) }
}

function refundAnswer(call: Call, id: string): Answer {
  const row = owned(call, call.paypal.refunds, id)
  const links = refundLinks(call.paypal, row)
  return { status: 200, body: preferred(call, () => refundView(call.paypal, row), row, links) }
}

export const replayAuthorization = authorizationAnswer
export const replayCapture = captureAnswer
export const replayRefund = refundAnswer

export const getAuthorization = (call: Call): Answer => ({
  status: 200,
  body: authorizationView(call.paypal, owned(call, call.paypal.authorizations)),
})
export const getCapture = (call: Call): Answer => ({
  status: 200,
  body: captureView(call.paypal, owned(call, call.paypal.captures)),
})
export const getRefund = (call: Call): Answer => ({
  status: 200,
  body: refundView(call.paypal, owned(call, call.paypal.refunds)),
})

/** An amount in the body, or `otherwise`; the currency must be the one already agreed. */
function amountOr(
  given: JsonObject,
  findings: Findings,
  rule: { readonly currency: string; readonly mismatch: string; readonly otherwise: () => Money },
): Money {
  const amount = asMoney(given.amount, '/amount', findings)
  settle(findings)
  if (amount === undefined) return rule.otherwise()
  if (amount.currency_code !== rule.currency) {
    const at = { field: '/amount/currency_code', value: amount.currency_code, location: 'body' } as const
    throw unprocessable(rule.mismatch, at)
  }
  return amount
}

const isPast = (call: Call, row: Authorization): boolean => row.expiresAt <= call.paypal.world.clock.now()

function checkOpen(call: Call, row: Authorization): void {
  if (row.status === 'VOIDED') throw unprocessable('AUTHORIZATION_VOIDED')
  if (row.status === 'DENIED') throw unprocessable('AUTHORIZATION_DENIED')
  if (row.status === 'CAPTURED') throw unprocessable('AUTHORIZATION_ALREADY_CAPTURED')
  if (isPast(call, row)) throw unprocessable('AUTHORIZATION_EXPIRED')
}

/** `POST /v2/payments/authorizations/{id}/capture`: all captures together may reach 115 % of the amount. */
export function captureAuthorization(call: Call): Answer {
  const { paypal } = call
  const row = owned(call, paypal.authorizations)
  const given = bodyObject(call)
  const findings = newFindings()
  const tooLong = 'INVALID_STRING_MAX_LENGTH'
  const invoiceId = asText(given.invoice_id, '/invoice_id', findings, { max: 127, tooLong })
  asText(given.note_to_payer, '/note_to_payer', findings, { max: 255, tooLong })
  asText(given.soft_descriptor, '/soft_descriptor', findings, { max: 22, tooLong })
  checkOpen(call, row)
  const family = familyOf(paypal, row)
  const earlier = capturesOf(paypal, family)
  const captured = sum(earlier.map((capture) => capture.amount))
  const authorized = toMinor(row.amount)
  const amount = amountOr(given, findings, {
    currency: row.amount.currency_code,
    mismatch: 'AUTH_CAPTURE_CURRENCY_MISMATCH',
    otherwise: () => fromMinor(row.amount.currency_code, authorized - captured),
  })
  const total = captured + toMinor(amount)
  if (earlier.length >= MAX_CAPTURES) throw unprocessable('MAX_CAPTURE_COUNT_EXCEEDED')
  if (total === captured) throw unprocessable('AUTHORIZATION_ALREADY_CAPTURED')
  if (total > overage(authorized)) {
    const at = { field: '/amount/value', value: amount.value, location: 'body' } as const
    throw unprocessable('MAX_CAPTURE_AMOUNT_EXCEEDED', at)
  }
  const order = orderOfRow(call, row)
  const inherited = order.units[row.unit]?.invoice_id
  const explicit = invoiceId !== undefined && invoiceId !== inherited
  const field = '/invoice_id'
  claimInvoice(paypal, order, invoiceId ?? inherited, { captured: true, explicit, field })

  const finalCapture = given.final_capture === true
  const capture = createCapture(paypal, order, {
    unit: row.unit,
    amount,
    authorizationId: row.id,
    finalCapture,
    invoiceId: invoiceId ?? inherited ?? null,
  })
  for (const member of family) {
    member.status = finalCapture || total >= authorized ? 'CAPTURED' : 'PARTIALLY_CAPTURED'
    member.updatedAt = paypal.world.clock.now()
  }
  return { ...captureAnswer(call, capture.id), status: 201, resourceId: capture.id }
}

/** Once, from the fourth to the 29th day, for at most 115 % (PayPal Payments v2, "Reauthorize"). */
export function reauthorize(call: Call): Answer {
  const { paypal } = call
  const row = owned(call, paypal.authorizations)
  const given = bodyObject(call)
  checkOpen(call, row)
  if (row.parentId !== null || row.reauthorized) throw unprocessable('REAUTHORIZATION_NOT_SUPPORTED')
  const amount = amountOr(given, newFindings(), {
    currency: row.amount.currency_code,
    mismatch: 'AUTH_CURRENCY_MISMATCH',
    otherwise: () => row.amount,
  })
  // PayPal documents the days but no issue code of v2 for coming too early.
  if (paypal.world.clock.now() < row.createdAt + HONOR_PERIOD_MS) throw unprocessable('TRANSACTION_REFUSED')
  if (toMinor(amount) > overage(toMinor(row.amount))) throw unprocessable('AUTHORIZATION_AMOUNT_EXCEEDED')
  const renewed = createAuthorization(paypal, orderOfRow(call, row), { unit: row.unit, amount, parent: row })
  row.reauthorized = true
  row.updatedAt = paypal.world.clock.now()
  return { ...authorizationAnswer(call, renewed.id), status: 201, resourceId: renewed.id }
}

export function voidAuthorization(call: Call): Answer {
  const { paypal } = call
  const row = owned(call, paypal.authorizations)
  if (row.parentId !== null) throw unprocessable('CANNOT_BE_VOIDED')
  if (row.status === 'VOIDED') throw unprocessable('PREVIOUSLY_VOIDED')
  if (row.status === 'CAPTURED') throw unprocessable('PREVIOUSLY_CAPTURED')
  for (const member of familyOf(paypal, row)) {
    member.status = 'VOIDED'
    member.updatedAt = paypal.world.clock.now()
  }
  emit(paypal, row.accountId, authorizationEvent(paypal, row, 'PAYMENT.AUTHORIZATION.VOIDED'))
  return voidAnswer(call, row.id)
}

export function voidAnswer(call: Call, id: string): Answer {
  return call.representation
    ? { ...authorizationAnswer(call, id), resourceId: id }
    : { status: 204, resourceId: id }
}

function checkRefundable(call: Call, capture: Capture): void {
  if (capture.status === 'PENDING') throw unprocessable('PENDING_CAPTURE')
  if (capture.status === 'DECLINED') throw unprocessable('REFUND_NOT_ALLOWED')
  if (capture.reason === 'CHARGEBACK') throw unprocessable('REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK')
  if (refundable(call.paypal, capture) === 0n) throw unprocessable('CAPTURE_FULLY_REFUNDED')
  if (call.paypal.world.clock.now() > capture.createdAt + REFUND_WINDOW_MS) {
    throw unprocessable('REFUND_TIME_LIMIT_EXCEEDED')
  }
  if (capture.refundIds.length >= MAX_REFUNDS) throw unprocessable('MAX_NUMBER_OF_REFUNDS_EXCEEDED')
}

/** `POST /v2/payments/captures/{id}/refund`: no amount means all that is left. */
export function refundCapture(call: Call): Answer {
  const { paypal } = call
  const capture = owned(call, paypal.captures)
  const given = bodyObject(call)
  const findings = newFindings()
  const invoiceId = asText(given.invoice_id, '/invoice_id', findings, { max: 127 })
  const customId = asText(given.custom_id, '/custom_id', findings, { max: 127 })
  const note = asText(given.note_to_payer, '/note_to_payer', findings, { max: 255 })
  checkRefundable(call, capture)
  const currency = capture.amount.currency_code
  const left = refundable(paypal, capture)
  const amount = amountOr(given, findings, {
    currency,
    mismatch: 'REFUND_CAPTURE_CURRENCY_MISMATCH',
    otherwise: () => fromMinor(currency, left),
  })
  const at = { field: '/amount/value', value: amount.value, location: 'body' } as const
  if (toMinor(amount) > left) throw unprocessable('REFUND_AMOUNT_EXCEEDED', at)
  if (capture.dispute?.status === 'OPEN' && toMinor(amount) < left)
    throw unprocessable('TRANSACTION_DISPUTED', at)
  claimRefundInvoice(call, capture, invoiceId)
  const fields: NewRefund = {
    amount,
    invoiceId: invoiceId ?? null,
    customId: customId ?? null,
    note: note ?? null,
  }
  const refund: Refund = createRefund(paypal, capture, fields)
  return { ...refundAnswer(call, refund.id), status: 201, resourceId: refund.id }
}

/** Refund invoice ids are checked among refunds only, as the text says. */
function claimRefundInvoice(call: Call, capture: Capture, invoiceId: string | undefined): void {
  if (invoiceId === undefined) return
  const key = `${capture.accountId}|refund|${invoiceId}`
  if (call.paypal.invoices.has(key)) {
    throw unprocessable('DUPLICATE_INVOICE_ID', { field: '/invoice_id', value: invoiceId, location: 'body' })
  }
  call.paypal.invoices.set(key, { orderId: capture.orderId, captured: true })
}
