import { isRecord } from '../../kernel/http.ts'
import { type JsonObject, notFound, PaypalRefusal } from '../errors.ts'
import { resourceId } from '../ids.ts'
import { fromMinor, type Money, parseValue, toMinor } from '../money.ts'
import type { Answer, Call } from '../state.ts'
import { tellSaleRefund } from './events.ts'
import type { Sale, SaleRefund } from './rows.ts'
import { saleRefundView, saleView } from './views.ts'

function saleOf(call: Call): Sale {
  const sale = call.paypal.sales.get(call.params[0] ?? '')
  if (sale?.accountId !== call.account.id || sale.status !== 'COMPLETED') throw notFound()
  return sale
}

export function getSale(call: Call): Answer {
  const sale = saleOf(call)
  const custom = call.paypal.subscriptions.get(sale.subscriptionId)?.customId ?? null
  return { status: 200, body: saleView(call.paypal, sale, custom) }
}

/** v1 refuses by name, not by issue (PayPal Payments v1 reference, errors). */
const refused = (name: string, message: string): PaypalRefusal => new PaypalRefusal(400, [], name, message)

/** `POST /v1/payments/sale/{id}/refund`: without an amount, what is left. */
export function refundSale(call: Call): Answer {
  const { paypal } = call
  const sale = saleOf(call)
  const left = toMinor(sale.amount) - toMinor(sale.refunded)
  const amount = amountOf(call, sale) ?? fromMinor(sale.amount.currency_code, left)
  if (left === 0n) {
    throw refused(
      'TRANSACTION_ALREADY_REFUNDED',
      'Refund was refused. This transaction has already been refunded.',
    )
  }
  if (toMinor(amount) > left) {
    throw refused(
      'REFUND_EXCEEDED_TRANSACTION_AMOUNT',
      'Refund amount exceeds the remaining transaction amount.',
    )
  }
  const refund: SaleRefund = {
    id: resourceId(paypal.world.random),
    accountId: sale.accountId,
    saleId: sale.id,
    amount,
    createdAt: paypal.world.clock.now(),
  }
  paypal.saleRefunds.set(refund.id, refund)
  sale.refunded = fromMinor(amount.currency_code, toMinor(sale.refunded) + toMinor(amount))
  tellSaleRefund(paypal, refund)
  return { status: 201, body: saleRefundView(paypal, refund), resourceId: refund.id }
}

function amountOf(call: Call, sale: Sale): Money | undefined {
  const body: JsonObject = isRecord(call.body) ? call.body : {}
  if (body.amount === undefined) return undefined
  const { total, currency } = isRecord(body.amount) ? body.amount : {}
  const parsed = parseValue(String(currency), String(total))
  if (!parsed.ok || parsed.minor <= 0n) {
    throw refused('VALIDATION_ERROR', 'Invalid request - see details.')
  }
  if (currency !== sale.amount.currency_code) {
    throw refused('CURRENCY_MISMATCH', 'The currency of the refund must be the same as of the sale.')
  }
  return fromMinor(sale.amount.currency_code, parsed.minor)
}

function refundOf(call: Call, id: string): SaleRefund {
  const refund = call.paypal.saleRefunds.get(id)
  if (refund?.accountId !== call.account.id) throw notFound()
  return refund
}

export const replaySaleRefund = (call: Call, id: string): Answer => ({
  status: 200,
  body: saleRefundView(call.paypal, refundOf(call, id)),
})

export const getSaleRefund = (call: Call): Answer => replaySaleRefund(call, call.params[0] ?? '')
