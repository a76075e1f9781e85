import { isRecord } from '../../kernel/http.ts'
import { type JsonObject, notFound } from '../errors.ts'
import { exponentOf, fromMinor, type Money, parseValue, toMinor } from '../money.ts'
import type { Answer, Call } from '../state.ts'
import type { Sale, SaleRefund } from './rows.ts'
import { isInvoiceUsed, isTooOld, leftOf, ownSale, refundOfSale } from './sale-refunds.ts'
import { invalidField, refusedV1 } from './v1-refusals.ts'
import { saleRefundView, saleView } from './views.ts'

/** Payments v1: the only documented way to a subscription's payments. */

function saleOf(call: Call): Sale {
  const sale = ownSale(call, call.params[0] ?? '')
  if (sale === undefined) throw notFound()
  return sale
}

export function getSale(call: Call): Answer {
  const sale = saleOf(call)
  const custom = call.paypal.subscriptions.get(sale.subscriptionId)?.customId ?? null
  return { status: 200, body: saleView(call.paypal, sale, custom) }
}

/** `POST /v1/payments/sale/{id}/refund`: no amount asks for all of it, which works once and first only. */
export function refundSale(call: Call): Answer {
  const { paypal } = call
  const sale = saleOf(call)
  const given = bodyOf(call)
  const asked = amountOf(given, sale)
  const invoiceId = textOf(given, 'invoice_number', 127)
  const fields = { reason: textOf(given, 'reason', 30), note: textOf(given, 'description', 255) }
  const left = leftOf(sale)
  if (left === 0n) throw refusedV1('TRANSACTION_ALREADY_REFUNDED')
  if (isTooOld(paypal, sale)) throw refusedV1('REFUND_TIME_LIMIT_EXCEEDED')
  if (asked === undefined && toMinor(sale.refunded) > 0n) {
    throw refusedV1('FULL_REFUND_NOT_ALLOWED_AFTER_PARTIAL_REFUND')
  }
  const amount = asked ?? sale.amount
  if (toMinor(amount) > left) throw refusedV1('REFUND_EXCEEDED_TRANSACTION_AMOUNT')
  if (isInvoiceUsed(paypal, sale.accountId, invoiceId)) throw refusedV1('DUPLICATE_TRANSACTION')
  const refund = refundOfSale(paypal, sale, { amount, ...fields, invoiceId, customId: null })
  return { status: 201, body: saleRefundView(paypal, refund), resourceId: refund.id }
}

function bodyOf(call: Call): JsonObject {
  if (call.body === undefined) return {}
  if (!isRecord(call.body)) throw refusedV1('MALFORMED_REQUEST')
  return call.body
}

function textOf(given: JsonObject, field: string, max: number): string | null {
  const value = given[field]
  if (value === undefined || value === null) return null
  if (typeof value !== 'string' || value.length > max) {
    throw invalidField(field, `Length must be between 0 and ${max}`)
  }
  return value
}

/** v1 takes seven digits and, where the currency has decimals, none or exactly two (reference, "Amount"). */
const NOT_AN_AMOUNT =
  "Currency amount must be non-negative number, may optionally contain exactly 2 decimal places separated by '.', " +
  "optional thousands separator ',', limited to 7 digits before the decimal point"

function amountOf(given: JsonObject, sale: Sale): Money | undefined {
  if (given.amount === undefined || given.amount === null) return undefined
  const { total, currency } = isRecord(given.amount) ? given.amount : {}
  if (typeof currency !== 'string') throw invalidField('amount.currency', 'Required field missing')
  if (typeof total !== 'string') throw invalidField('amount.total', 'Required field missing')
  const exponent = exponentOf(currency)
  if (exponent === undefined) throw refusedV1('CURRENCY_NOT_ALLOWED')
  const shape = exponent === 0 ? /^\d{1,7}$/ : /^\d{1,7}(\.\d\d)?$/
  const parsed = parseValue(currency, total)
  if (!shape.test(total) || !parsed.ok || parsed.minor === 0n)
    throw invalidField('amount.total', NOT_AN_AMOUNT)
  // Of the reasons listed under this name: the partial refund must be in the sale's currency.
  if (currency !== sale.amount.currency_code) throw refusedV1('TRANSACTION_REFUSED')
  return fromMinor(currency, parsed.minor)
}

function refundAt(call: Call, id: string): SaleRefund {
  const refund = call.paypal.saleRefunds.get(id)
  if (refund?.accountId !== call.account.id) throw notFound()
  return refund
}

export const replaySaleRefund = (call: Call, id: string): Answer => ({
  status: 200,
  body: saleRefundView(call.paypal, refundAt(call, id)),
})

export const getSaleRefund = (call: Call): Answer => replaySaleRefund(call, call.params[0] ?? '')
