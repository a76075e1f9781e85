import { baseAmount } from './amounts.ts'
import { collectionOf } from './lists.ts'
import type {
  CardRow,
  CustomerRow,
  LinkRow,
  Notes,
  OrderRow,
  PaymentRow,
  Razorpay,
  RefundRow,
  WebhookRow,
} from './state.ts'

/** PHP serialises an empty map as a list. */
export const wireNotes = (notes: Notes) => (Object.keys(notes).length === 0 ? [] : notes)

export function orderEntity(rzp: Razorpay, order: OrderRow, expand: readonly string[] = []) {
  const payments = expand.some((name) => name.startsWith('payments'))
    ? collectionOf(paymentsOf(rzp, order).map((payment) => paymentEntity(rzp, payment)))
    : undefined
  return {
    id: order.id,
    entity: 'order',
    amount: order.amount,
    amount_paid: order.amountPaid,
    amount_due: order.amount - order.amountPaid,
    currency: order.currency,
    receipt: order.receipt,
    offer_id: null,
    status: order.status,
    attempts: order.attempts,
    notes: wireNotes(order.notes),
    created_at: order.createdAt,
    ...(order.partial ? { partial_payment: true, first_payment_min_amount: order.firstPaymentMinimum } : {}),
    ...(order.customerId === null ? {} : { customer_id: order.customerId }),
    ...(payments === undefined ? {} : { payments }),
  }
}

export const paymentsOf = (rzp: Razorpay, order: OrderRow): PaymentRow[] =>
  order.payments.flatMap((id) => rzp.state.payments.get(id) ?? [])

export const cardEntity = (card: CardRow) => ({
  id: card.id,
  entity: 'card',
  name: card.name,
  last4: card.last4,
  network: card.network,
  type: 'debit',
  issuer: null,
  international: card.international,
  emi: false,
  sub_type: 'consumer',
  token_iin: null,
})

function acquirerData({ instrument, reference, status }: PaymentRow) {
  const known = status === 'created' ? null : reference
  if (instrument.method === 'upi') return { rrn: known }
  return instrument.method === 'card'
    ? { auth_code: status === 'failed' ? null : known }
    : { bank_transaction_id: known }
}

const refundStatus = ({ amount, amountRefunded }: PaymentRow) =>
  amountRefunded === 0 ? null : amountRefunded === amount ? 'full' : 'partial'

export function paymentEntity(rzp: Razorpay, payment: PaymentRow) {
  const { instrument, failure } = payment
  const order = rzp.state.orders.get(payment.orderId)
  const subscription = rzp.state.subscriptions.get(order?.subscriptionId ?? '')
  return {
    id: payment.id,
    entity: 'payment',
    amount: payment.amount,
    currency: payment.currency,
    base_amount: baseAmount(payment.amount, payment.currency),
    ...(payment.currency === 'INR' ? {} : { base_currency: 'INR' }),
    status: payment.status,
    order_id: payment.orderId,
    invoice_id: order?.invoiceId ?? null,
    international: instrument.card?.international ?? false,
    method: instrument.method,
    amount_refunded: payment.amountRefunded,
    refund_status: refundStatus(payment),
    captured: payment.captured,
    description: payment.description,
    card_id: instrument.card?.id ?? null,
    ...(instrument.card === null ? {} : { card: cardEntity(instrument.card) }),
    bank: instrument.bank,
    wallet: instrument.wallet,
    vpa: instrument.vpa,
    email: payment.email,
    contact: payment.contact,
    notes: wireNotes(payment.notes),
    fee: payment.fee,
    tax: payment.tax,
    error_code: failure?.code ?? null,
    error_description: failure?.description ?? null,
    error_source: failure?.source ?? null,
    error_step: failure?.step ?? null,
    error_reason: failure?.reason ?? null,
    acquirer_data: acquirerData(payment),
    created_at: payment.createdAt,
    ...(instrument.vpa === null ? {} : { upi: { vpa: instrument.vpa } }),
    ...(subscription?.customerId == null
      ? {}
      : { customer_id: subscription.customerId, token_id: subscription.tokenId }),
  }
}

export const refundEntity = (refund: RefundRow) => ({
  id: refund.id,
  entity: 'refund',
  amount: refund.amount,
  currency: refund.currency,
  payment_id: refund.paymentId,
  notes: wireNotes(refund.notes),
  receipt: refund.receipt,
  acquirer_data: { arn: refund.arn },
  created_at: refund.createdAt,
  batch_id: null,
  status: refund.status,
  speed_processed: refund.speedProcessed,
  speed_requested: refund.speedRequested,
})

export const customerEntity = (customer: CustomerRow) => ({
  id: customer.id,
  entity: 'customer',
  name: customer.name,
  email: customer.email,
  contact: customer.contact,
  gstin: customer.gstin,
  notes: wireNotes(customer.notes),
  created_at: customer.createdAt,
})

export const shortUrl = (rzp: Razorpay, link: LinkRow): string =>
  `${rzp.world.urls.pages}/razorpay/l/${link.id.slice('plink_'.length)}`

/** Links come from a younger service: no `entity`, zero for "unset" times, null for empty notes. */
export function linkEntity(rzp: Razorpay, link: LinkRow) {
  const order = link.orderId === null ? undefined : rzp.state.orders.get(link.orderId)
  const paid = order === undefined ? [] : paymentsOf(rzp, order).filter((payment) => payment.captured)
  const payments = paid.map((payment) => ({
    amount: payment.amount,
    created_at: payment.createdAt,
    method: payment.instrument.method,
    payment_id: payment.id,
    plink_id: link.id,
    status: 'captured',
    updated_at: link.updatedAt,
  }))
  return {
    accept_partial: link.acceptPartial,
    amount: link.amount,
    amount_paid: link.amountPaid,
    ...(link.callbackUrl === ''
      ? {}
      : { callback_method: link.callbackMethod, callback_url: link.callbackUrl }),
    cancelled_at: link.cancelledAt,
    created_at: link.createdAt,
    currency: link.currency,
    customer: link.customer,
    description: link.description,
    expire_by: link.expireBy,
    expired_at: link.expiredAt,
    first_min_partial_amount: link.firstMinimum,
    id: link.id,
    notes: link.notes,
    notify: link.notify,
    ...(link.orderId === null ? {} : { order_id: link.orderId }),
    payments: payments.length === 0 ? null : payments,
    reference_id: link.reference,
    reminder_enable: link.reminders,
    reminders: [],
    short_url: shortUrl(rzp, link),
    status: link.status,
    updated_at: link.updatedAt,
    upi_link: false,
    user_id: '',
    whatsapp_link: false,
  }
}

/** The order inside `payment_link.*` events is a raw row: its id lacks the prefix. */
export function rawOrder(rzp: Razorpay, order: OrderRow, keyId: string) {
  const { merchantId } = rzp.merchant(order.account)
  return {
    amount: order.amount,
    amount_due: order.amount - order.amountPaid,
    amount_paid: order.amountPaid,
    attempts: order.attempts,
    authorized: true,
    created_at: order.createdAt,
    currency: order.currency,
    id: order.id.slice('order_'.length),
    merchant_id: merchantId.slice('acc_'.length),
    method: null,
    notes: [],
    offers: {},
    partial_payment: order.partial,
    payment_capture: order.rule.capture === 'automatic',
    product_type: 'payment_link_v2',
    public_key: keyId,
    receipt: order.receipt,
    status: order.status,
    transfers: null,
    updated_at: rzp.seconds(),
  }
}

/** The secret can be set but never read back. */
export const webhookEntity = (webhook: WebhookRow) => ({
  id: webhook.id,
  entity: 'webhook',
  url: webhook.url,
  active: webhook.active,
  events: webhook.events,
  alert_email: webhook.alertEmail,
  secret_exists: webhook.secret !== '',
  created_at: webhook.createdAt,
  updated_at: webhook.updatedAt,
  ...(webhook.disabledAt === null ? {} : { disabled_at: webhook.disabledAt }),
})
