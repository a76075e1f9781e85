import type { JsonObject } from './errors.ts'
import { fromMinor, paypalFee, sum, toMinor } from './money.ts'
import {
  type Authorization,
  type Capture,
  type Dispute,
  type Order,
  type Paypal,
  type PurchaseUnit,
  pacific,
  payeeOf,
  type Refund,
  utc,
} from './state.ts'
import { orderVaultView } from './vault/views.ts'

/** Rows as PayPal shows them. Links use this sandbox's addresses in place of PayPal's hosts. */

export const link = (href: string, rel: string, method = 'GET'): JsonObject => ({ href, rel, method })

const present = <T extends object>(key: string, value: T | string | null | undefined): JsonObject =>
  value === null || value === undefined ? {} : { [key]: value }

const rowsOf = <T>(table: Map<string, T>, ids: readonly string[]): T[] =>
  ids.map((id) => table.get(id)).filter((row) => row !== undefined)

export const unitOf = (order: Order, index: number): PurchaseUnit | undefined => order.units[index]

/** Where the payer approves; the same page serves both dialects. */
export const approvalUrl = (paypal: Paypal, orderId: string): string =>
  `${paypal.world.urls.pages}/paypal/checkoutnow?token=${orderId}`

export function orderLinks(paypal: Paypal, order: Order): JsonObject[] {
  const self = `${paypal.world.urls.api.paypal}/v2/checkout/orders/${order.id}`
  if (order.status === 'COMPLETED') return [link(self, 'self')]
  const action = order.intent === 'CAPTURE' ? 'capture' : 'authorize'
  const update = [link(self, 'update', 'PATCH'), link(`${self}/${action}`, action, 'POST')]
  if (order.status === 'APPROVED') return [link(self, 'self'), ...update]
  const page = approvalUrl(paypal, order.id)
  if (order.dialect === 'payment_source' || order.status === 'PAYER_ACTION_REQUIRED') {
    return [link(self, 'self'), link(page, 'payer-action')]
  }
  return [link(self, 'self'), link(page, 'approve'), ...update]
}

const PAYER_NAME = { given_name: 'Test', surname: 'Buyer' }
const PAYER_EMAIL = 'buyer@example.com'

function payerView(order: Order): JsonObject {
  if (order.payerId === null) return {}
  const payer = {
    name: PAYER_NAME,
    email_address: PAYER_EMAIL,
    payer_id: order.payerId,
    address: { country_code: 'US' },
  }
  return { payer }
}

function paymentSourceView(emulated: Paypal, order: Order): JsonObject {
  if (order.payerId !== null) {
    const paypal = {
      email_address: PAYER_EMAIL,
      account_id: order.payerId,
      account_status: 'VERIFIED',
      name: PAYER_NAME,
      address: { country_code: 'US' },
      ...orderVaultView(emulated, order),
    }
    return { payment_source: { paypal } }
  }
  return order.dialect === 'payment_source' ? { payment_source: { paypal: order.wallet } } : {}
}

/** One unit's payments; the minimal answer shows them without their fees. */
function paymentsView(paypal: Paypal, order: Order, unit: number, place: Place): JsonObject {
  const authorizations = rowsOf(paypal.authorizations, order.authorizationIds).filter(
    (row) => row.unit === unit,
  )
  const captures = rowsOf(paypal.captures, order.captureIds).filter((row) => row.unit === unit)
  const ofUnit = new Set(captures.map((row) => row.id))
  const refunds = rowsOf(paypal.refunds, order.refundIds).filter((row) => ofUnit.has(row.captureId))
  const payments = {
    ...(authorizations.length === 0
      ? {}
      : { authorizations: authorizations.map((row) => authorizationView(paypal, row, place)) }),
    ...(captures.length === 0 ? {} : { captures: captures.map((row) => captureView(paypal, row, place)) }),
    ...(refunds.length === 0 ? {} : { refunds: refunds.map((row) => refundView(paypal, row)) }),
  }
  return Object.keys(payments).length === 0 ? {} : { payments }
}

/** The whole order; events leave the payment source out. */
export function orderView(paypal: Paypal, order: Order, place: 'inOrder' | 'event' = 'inOrder'): JsonObject {
  return {
    id: order.id,
    intent: order.intent,
    status: order.status,
    ...(order.completeOnApproval ? { processing_instruction: 'ORDER_COMPLETE_ON_PAYMENT_APPROVAL' } : {}),
    ...(place === 'event' ? {} : paymentSourceView(paypal, order)),
    purchase_units: order.units.map((unit, index) => ({
      ...unit,
      payee: unit.payee ?? payeeOf(paypal, order.accountId),
      ...paymentsView(paypal, order, index, place),
    })),
    ...payerView(order),
    create_time: utc(order.createdAt),
    ...(order.status === 'COMPLETED' || order.updatedAt > order.createdAt
      ? { update_time: utc(order.updatedAt) }
      : {}),
    links: orderLinks(paypal, order),
  }
}

/** Create's minimal answer: nothing but the id, the status and where to go. */
export function minimalOrderView(paypal: Paypal, order: Order): JsonObject {
  return {
    id: order.id,
    status: order.status,
    ...(order.dialect === 'payment_source' ? paymentSourceView(paypal, order) : {}),
    links: orderLinks(paypal, order),
  }
}

/**
 * The minimal answer of capture and authorize. The reference says `{id,status,links}`; what PayPal sends
 * still names the payments, and PayPal's own sample code reads them.
 */
export function minimalPaidOrderView(paypal: Paypal, order: Order): JsonObject {
  return {
    id: order.id,
    status: order.status,
    ...paymentSourceView(paypal, order),
    purchase_units: order.units.map((unit, index) => ({
      reference_id: unit.reference_id,
      ...present('shipping', unit.shipping),
      ...paymentsView(paypal, order, index, 'inMinimalOrder'),
    })),
    ...payerView(order),
    links: orderLinks(paypal, order),
  }
}

const PROTECTED = {
  status: 'ELIGIBLE',
  dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'],
}

export function authorizationLinks(paypal: Paypal, row: Authorization): JsonObject[] {
  const api = paypal.world.urls.api.paypal
  const self = `${api}/v2/payments/authorizations/${row.id}`
  const open = row.status === 'CREATED' || row.status === 'PARTIALLY_CAPTURED'
  if (!open) return [link(self, 'self'), link(`${api}/v2/checkout/orders/${row.orderId}`, 'up')]
  return [
    link(self, 'self'),
    link(`${self}/capture`, 'capture', 'POST'),
    ...(row.parentId === null ? [link(`${self}/void`, 'void', 'POST')] : []),
    ...(row.parentId === null && !row.reauthorized
      ? [link(`${self}/reauthorize`, 'reauthorize', 'POST')]
      : []),
    link(`${api}/v2/checkout/orders/${row.orderId}`, 'up'),
  ]
}

/** Where a resource is shown: answered itself, inside an order, inside a minimal order, or in an event. */
type Place = 'alone' | 'inOrder' | 'inMinimalOrder' | 'event'

export function authorizationView(paypal: Paypal, row: Authorization, place: Place = 'alone'): JsonObject {
  const order = paypal.orders.get(row.orderId)
  const unit = order === undefined ? undefined : unitOf(order, row.unit)
  return {
    id: row.id,
    status: row.status,
    amount: row.amount,
    ...present('invoice_id', unit?.invoice_id),
    ...present('custom_id', unit?.custom_id),
    seller_protection: PROTECTED,
    expiration_time: utc(row.expiresAt),
    ...(place === 'alone' ? { payee: unit?.payee ?? payeeOf(paypal, row.accountId) } : {}),
    ...(place === 'alone' || place === 'event'
      ? { supplementary_data: { related_ids: { order_id: row.orderId } } }
      : {}),
    create_time: utc(row.createdAt),
    update_time: utc(row.updatedAt),
    links: authorizationLinks(paypal, row),
  }
}

export function captureLinks(paypal: Paypal, row: Capture): JsonObject[] {
  const api = paypal.world.urls.api.paypal
  const self = `${api}/v2/payments/captures/${row.id}`
  const up =
    row.authorizationId === null
      ? `${api}/v2/checkout/orders/${row.orderId}`
      : `${api}/v2/payments/authorizations/${row.authorizationId}`
  return [link(self, 'self'), link(`${self}/refund`, 'refund', 'POST'), link(up, 'up')]
}

export function captureView(paypal: Paypal, row: Capture, place: Place = 'alone'): JsonObject {
  const { currency_code: currency } = row.amount
  const gross = toMinor(row.amount)
  const fee = paypalFee(currency, gross)
  const settled =
    row.status === 'COMPLETED' || row.status === 'PARTIALLY_REFUNDED' || row.status === 'REFUNDED'
  const related = {
    order_id: row.orderId,
    ...(row.authorizationId === null ? {} : { authorization_id: row.authorizationId }),
  }
  return {
    id: row.id,
    amount: row.amount,
    final_capture: row.finalCapture,
    seller_protection: row.status === 'PENDING' ? { status: 'NOT_ELIGIBLE' } : PROTECTED,
    ...(settled ? { disbursement_mode: 'INSTANT' } : {}),
    // The fee is unknown until the money is there, and the minimal answer leaves it out.
    ...(settled && place !== 'inMinimalOrder'
      ? {
          seller_receivable_breakdown: {
            gross_amount: row.amount,
            paypal_fee: fromMinor(currency, fee),
            net_amount: fromMinor(currency, gross - fee),
          },
        }
      : {}),
    ...present('invoice_id', row.invoiceId),
    ...present('custom_id', row.customId),
    status: row.status,
    ...(row.reason === null ? {} : { status_details: { reason: row.reason } }),
    ...(place === 'alone' ? { payee: payeeOf(paypal, row.accountId) } : {}),
    ...(place === 'alone' || place === 'event' ? { supplementary_data: { related_ids: related } } : {}),
    create_time: utc(row.createdAt),
    update_time: utc(row.updatedAt),
    links: captureLinks(paypal, row),
  }
}

export const refundLinks = (paypal: Paypal, row: Refund): JsonObject[] => [
  link(`${paypal.world.urls.api.paypal}/v2/payments/refunds/${row.id}`, 'self'),
  link(`${paypal.world.urls.api.paypal}/v2/payments/captures/${row.captureId}`, 'up'),
]

export function refundView(paypal: Paypal, row: Refund): JsonObject {
  const currency = row.amount.currency_code
  const capture = paypal.captures.get(row.captureId)
  const earlier = rowsOf(paypal.refunds, capture?.refundIds ?? [row.id])
  const upToThis = earlier.slice(0, earlier.findIndex((other) => other.id === row.id) + 1)
  const counted = upToThis.filter((other) => other.status !== 'FAILED')
  return {
    id: row.id,
    amount: row.amount,
    ...present('note_to_payer', row.note),
    // PayPal keeps its fee when a merchant refunds, so nothing of it is given back.
    seller_payable_breakdown: {
      gross_amount: row.amount,
      paypal_fee: fromMinor(currency, 0n),
      net_amount: row.amount,
      total_refunded_amount: fromMinor(currency, sum(counted.map((other) => other.amount))),
    },
    ...present('invoice_id', row.invoiceId),
    ...present('custom_id', row.customId),
    status: row.status,
    ...(row.reason === null ? {} : { status_details: { reason: row.reason } }),
    create_time: pacific(row.createdAt),
    update_time: pacific(row.updatedAt),
    links: refundLinks(paypal, row),
  }
}

/** What a list of disputes shows of each. */
export function disputeSummary(paypal: Paypal, dispute: Dispute): JsonObject {
  return {
    dispute_id: dispute.id,
    create_time: new Date(dispute.createdAt).toISOString(),
    update_time: new Date(dispute.updatedAt).toISOString(),
    reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
    status: dispute.status,
    dispute_life_cycle_stage: 'CHARGEBACK',
    dispute_amount: dispute.amount,
    links: [link(`${paypal.world.urls.api.paypal}/v1/customer/disputes/${dispute.id}`, 'self')],
  }
}

export function disputeView(paypal: Paypal, capture: Capture, dispute: Dispute): JsonObject {
  const { outcome } = dispute
  const refunded = outcome === 'RESOLVED_BUYER_FAVOUR' ? { amount_refunded: dispute.amount } : {}
  return {
    ...disputeSummary(paypal, dispute),
    disputed_transactions: [{ seller_transaction_id: capture.id, custom: capture.customId ?? '' }],
    ...(dispute.status === 'OPEN'
      ? { seller_response_due_date: new Date(dispute.createdAt + RESPONSE_MS).toISOString() }
      : {}),
    ...(outcome === null ? {} : { dispute_outcome: { outcome_code: outcome, ...refunded } }),
  }
}

const RESPONSE_MS = 10 * 86_400_000
