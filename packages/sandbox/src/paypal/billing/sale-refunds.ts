import { resourceId } from '../ids.ts'
import { fromMinor, type Money, toMinor } from '../money.ts'
import type { Call, Paypal } from '../state.ts'
import { tellSaleRefund, tellSaleReversal } from './events.ts'
import type { Sale, SaleRefund } from './rows.ts'

/** PayPal Payments v2 reference, "Refund captured payment": 180 days. */
const REFUND_WINDOW_MS = 180 * 24 * 3_600_000

/** What was collected and belongs to the caller; a declined sale is none. */
export function ownSale(call: Call, id: string): Sale | undefined {
  const sale = call.paypal.sales.get(id)
  return sale?.accountId === call.account.id && sale.status === 'COMPLETED' ? sale : undefined
}

export const leftOf = (sale: Sale): bigint => toMinor(sale.amount) - toMinor(sale.refunded)

export const isTooOld = (paypal: Paypal, sale: Sale): boolean =>
  paypal.world.clock.now() > sale.createdAt + REFUND_WINDOW_MS

/** A merchant's refunds have invoice numbers of their own: one that was used before is refused. */
export const isInvoiceUsed = (paypal: Paypal, accountId: string, invoiceId: string | null): boolean =>
  invoiceId !== null && paypal.invoices.has(`${accountId}|refund|${invoiceId}`)

export type NewSaleRefund = Pick<SaleRefund, 'reason' | 'note' | 'invoiceId' | 'customId'> & {
  readonly amount: Money
}

/** Gives the money back; both generations of the Payments API end here. */
export function refundOfSale(paypal: Paypal, sale: Sale, given: NewSaleRefund): SaleRefund {
  const refund = giveBack(paypal, sale, given, 'refund')
  tellSaleRefund(paypal, refund)
  return refund
}

/** PayPal takes back what is left of a sale, such as after a chargeback. */
export function reverseSale(paypal: Paypal, sale: Sale): void {
  const amount = fromMinor(sale.amount.currency_code, leftOf(sale))
  const given = { amount, reason: null, note: 'Payment reversed', invoiceId: null, customId: null }
  tellSaleReversal(paypal, giveBack(paypal, sale, given, 'reversal'))
}

function giveBack(paypal: Paypal, sale: Sale, given: NewSaleRefund, kind: SaleRefund['kind']): SaleRefund {
  const now = paypal.world.clock.now()
  const { currency_code: currency } = sale.amount
  sale.refunded = fromMinor(currency, toMinor(sale.refunded) + toMinor(given.amount))
  sale.updatedAt = now
  const refund: SaleRefund = {
    id: resourceId(paypal.world.random),
    accountId: sale.accountId,
    saleId: sale.id,
    kind,
    ...given,
    totalRefunded: sale.refunded,
    createdAt: now,
  }
  paypal.saleRefunds.set(refund.id, refund)
  if (given.invoiceId !== null) {
    paypal.invoices.set(`${sale.accountId}|refund|${given.invoiceId}`, { orderId: sale.id, captured: true })
  }
  return refund
}
