import { type JsonObject, notFound, unprocessable } from '../errors.ts'
import { fromMinor, type Money, paypalFee, toMinor } from '../money.ts'
import { bodyObject } from '../orders.ts'
import { asMoney, asText, newFindings, settle } from '../parse.ts'
import type { Route } from '../route.ts'
import { type Answer, type Call, type Paypal, pacific, payeeOf, utc } from '../state.ts'
import { link } from '../views.ts'
import type { Sale, SaleRefund } from './rows.ts'
import { isInvoiceUsed, isTooOld, leftOf, ownSale, refundOfSale } from './sale-refunds.ts'

/**
 * Payments v2 knows a subscription's sale as a capture of the same id. PayPal's reference does not say so; Open
 * Collective shows and refunds its members' sales that way (opencollective-api,
 * `server/paymentProviders/paypal/payment.ts` and `subscription.ts`).
 */

/** The operation on a sale where the path names one, else on a capture. */
export const orOnSale =
  (onSale: Route['handle'], onCapture: Route['handle']): Route['handle'] =>
  (call) =>
    ownSale(call, call.params[0] ?? '') === undefined ? onCapture(call) : onSale(call)

/** As above, for what names a refund. */
export const orOnSaleRefund =
  (onSale: Replay, onCapture: Replay): Replay =>
  (call, id) =>
    call.paypal.saleRefunds.has(id) ? onSale(call, id) : onCapture(call, id)
type Replay = (call: Call, id: string) => Answer

const at = (paypal: Paypal, path: string): string => `${paypal.world.urls.api.paypal}/v2/payments${path}`

function statusOf(sale: Sale): string {
  if (toMinor(sale.refunded) === 0n) return 'COMPLETED'
  return leftOf(sale) === 0n ? 'REFUNDED' : 'PARTIALLY_REFUNDED'
}

export function getSaleCapture(call: Call): Answer {
  const { paypal } = call
  const sale = saleOf(call)
  const { currency_code: currency } = sale.amount
  const gross = toMinor(sale.amount)
  const fee = paypalFee(currency, gross)
  const customId = paypal.subscriptions.get(sale.subscriptionId)?.customId ?? null
  const self = at(paypal, `/captures/${sale.id}`)
  const body = {
    id: sale.id,
    amount: sale.amount,
    final_capture: true,
    seller_protection: {
      status: 'ELIGIBLE',
      dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'],
    },
    disbursement_mode: 'INSTANT',
    seller_receivable_breakdown: {
      gross_amount: sale.amount,
      paypal_fee: fromMinor(currency, fee),
      net_amount: fromMinor(currency, gross - fee),
    },
    ...(customId === null ? {} : { custom_id: customId }),
    status: statusOf(sale),
    payee: payeeOf(paypal, sale.accountId),
    create_time: utc(sale.createdAt),
    update_time: utc(sale.updatedAt),
    links: [link(self, 'self'), link(`${self}/refund`, 'refund', 'POST')],
  }
  return { status: 200, body }
}

function saleOf(call: Call): Sale {
  const sale = ownSale(call, call.params[0] ?? '')
  if (sale === undefined) throw notFound()
  return sale
}

/** The rules of a capture's refund: no amount means all that is left. */
export function refundSaleCapture(call: Call): Answer {
  const { paypal } = call
  const sale = saleOf(call)
  const given = bodyObject(call)
  const findings = newFindings()
  const text = (name: string, max: number) => asText(given[name], `/${name}`, findings, { max }) ?? null
  const invoiceId = text('invoice_id', 127)
  const customId = text('custom_id', 127)
  const note = text('note_to_payer', 255)
  const asked = asMoney(given.amount, '/amount', findings)
  settle(findings)
  if (leftOf(sale) === 0n) throw unprocessable('CAPTURE_FULLY_REFUNDED')
  if (isTooOld(paypal, sale)) throw unprocessable('REFUND_TIME_LIMIT_EXCEEDED')
  const amount = asked ?? fromMinor(sale.amount.currency_code, leftOf(sale))
  refuseAmount(sale, amount)
  if (isInvoiceUsed(paypal, sale.accountId, invoiceId)) {
    throw unprocessable('DUPLICATE_INVOICE_ID', { field: '/invoice_id', location: 'body' })
  }
  const refund = refundOfSale(paypal, sale, { amount, reason: null, note, invoiceId, customId })
  return { ...replaySaleCaptureRefund(call, refund.id), status: 201, resourceId: refund.id }
}

function refuseAmount(sale: Sale, amount: Money): void {
  if (amount.currency_code !== sale.amount.currency_code) {
    const field = '/amount/currency_code'
    throw unprocessable('REFUND_CAPTURE_CURRENCY_MISMATCH', {
      field,
      value: amount.currency_code,
      location: 'body',
    })
  }
  if (toMinor(amount) <= leftOf(sale)) return
  throw unprocessable('REFUND_AMOUNT_EXCEEDED', {
    field: '/amount/value',
    value: amount.value,
    location: 'body',
  })
}

export function replaySaleCaptureRefund(call: Call, id: string): Answer {
  const refund = call.paypal.saleRefunds.get(id)
  if (refund?.accountId !== call.account.id) throw notFound()
  const full = refundView(call.paypal, refund)
  const body = call.representation ? full : { id: refund.id, status: 'COMPLETED', links: full.links }
  return { status: 200, body }
}

export function getSaleCaptureRefund(call: Call, id: string): Answer {
  return replaySaleCaptureRefund({ ...call, representation: true }, id)
}

function refundView(paypal: Paypal, refund: SaleRefund): JsonObject {
  return {
    id: refund.id,
    amount: refund.amount,
    ...(refund.note === null ? {} : { note_to_payer: refund.note }),
    seller_payable_breakdown: {
      gross_amount: refund.amount,
      paypal_fee: fromMinor(refund.amount.currency_code, 0n),
      net_amount: refund.amount,
      total_refunded_amount: refund.totalRefunded,
    },
    ...(refund.invoiceId === null ? {} : { invoice_id: refund.invoiceId }),
    ...(refund.customId === null ? {} : { custom_id: refund.customId }),
    status: 'COMPLETED',
    create_time: pacific(refund.createdAt),
    update_time: pacific(refund.createdAt),
    links: [
      link(at(paypal, `/refunds/${refund.id}`), 'self'),
      link(at(paypal, `/captures/${refund.saleId}`), 'up'),
    ],
  }
}
