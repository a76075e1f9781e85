import { isRecord } from '../kernel/http.ts'
import { checkCurrency, checkStep, minimumOf } from './amounts.ts'
import { orderEntity } from './entities.ts'
import { refuse } from './errors.ts'
import { type Fields, integer, notes, only, optionalFlag, optionalText, required } from './fields.ts'
import type { CaptureRule, OrderRow, Razorpay } from './state.ts'

const KNOWN = [
  'amount',
  'currency',
  'receipt',
  'notes',
  'partial_payment',
  'first_payment_min_amount',
  'customer_id',
  'method',
  'payment_capture',
  'payment',
  'offer_id',
  'description',
  'customer_details',
  'line_items',
  'line_items_total',
  'shipping_details',
  'checkout_config_id',
]

export function checkAmount(value: unknown, currency: string, limit: number): number {
  const amount = integer(value, 'amount')
  if (amount < 0) refuse('amount: must be no less than 0.', { field: 'amount' })
  if (amount < minimumOf(currency)) {
    const least = currency === 'INR' ? 'INR 1.00' : '1'
    refuse(`The amount must be at least ${least}.`, { field: 'amount' })
  }
  if (amount > limit) refuse('Amount exceeds maximum amount allowed.', { field: 'amount' })
  checkStep(amount, currency)
  return amount
}

function receiptOf(fields: Fields): string | null {
  const receipt = optionalText(fields, 'receipt', 40)
  if (receipt !== null && !/^[\x20-\x7e]*$/.test(receipt)) {
    refuse('The receipt: validation_failure: BAD_REQUEST_ENCODING_VALIDATION_FAILED.', { field: 'receipt' })
  }
  return receipt === '' ? null : receipt
}

function minutes(options: Fields, name: string, fallback: number): number {
  if (options[name] === undefined) return fallback
  const value = integer(options[name], name)
  if (value < 12 || value > 7_200) refuse(`${name}: must be between 12 and 7200.`, { field: name })
  return value
}

/** Orders API, `payment`: what happens to an authorisation, else what the dashboard says. */
export function captureRule(fields: Fields, standard: CaptureRule): CaptureRule {
  const { payment, payment_capture: legacy } = fields
  if (payment === undefined) {
    if (legacy === undefined) return standard
    const capture = optionalFlag(fields, 'payment_capture', true) ? 'automatic' : 'manual'
    return { ...standard, capture }
  }
  if (!isRecord(payment)) return refuse('The payment must be an array.', { field: 'payment' })
  only(payment, ['capture', 'capture_options'])
  const { capture, capture_options: options = {} } = payment
  if (capture !== 'automatic' && capture !== 'manual') {
    return refuse('The selected capture is invalid.', { field: 'capture' })
  }
  if (!isRecord(options)) return refuse('The capture_options must be an array.', { field: 'capture_options' })
  only(options, ['automatic_expiry_period', 'manual_expiry_period', 'refund_speed'])
  const { refund_speed: speed = standard.refundSpeed } = options
  if (speed !== 'normal' && speed !== 'optimum') {
    return refuse('The selected refund speed is invalid.', { field: 'refund_speed' })
  }
  const automaticMinutes = minutes(options, 'automatic_expiry_period', standard.automaticMinutes)
  // Without a manual period, what the automatic one missed is refunded at its end.
  const manualFallback =
    capture === 'automatic' && options['automatic_expiry_period'] !== undefined
      ? automaticMinutes
      : standard.manualMinutes
  return {
    capture,
    automaticMinutes,
    manualMinutes: minutes(options, 'manual_expiry_period', manualFallback),
    refundSpeed: speed,
  }
}

const receiptKey = (account: string, receipt: string): string => `${account} ${receipt}`

/** A receipt used before is an error, never a replay: the caller must look the first order up. */
export function createOrder(rzp: Razorpay, account: string, fields: Fields): object {
  only(fields, KNOWN)
  required(fields, 'amount')
  required(fields, 'currency')
  const merchant = rzp.merchant(account)
  const currency = checkCurrency(fields['currency'])
  const amount = checkAmount(fields['amount'], currency, merchant.maxAmount)
  const receipt = receiptOf(fields)
  const partial = optionalFlag(fields, 'partial_payment', false)
  const minimum = fields['first_payment_min_amount']
  const wanted: NewOrder = {
    account,
    amount,
    currency,
    receipt,
    notes: notes(fields['notes']),
    rule: captureRule(fields, merchant.rule),
    partial,
    firstPaymentMinimum: minimum === undefined ? null : integer(minimum, 'first_payment_min_amount'),
    customerId: optionalText(fields, 'customer_id', 30),
    linkId: null,
    subscriptionId: null,
    invoiceId: null,
  }
  const slot = receiptKey(account, receipt ?? '')
  if (receipt !== null && merchant.uniqueReceipts && rzp.state.receipts.has(slot)) {
    refuse('Duplicate request. This request has already been processed.', { field: 'receipt' })
  }
  const order = addOrder(rzp, wanted)
  if (receipt !== null) rzp.state.receipts.set(slot, { orderId: order.id })
  return orderEntity(rzp, order)
}

export type NewOrder = Omit<OrderRow, 'id' | 'amountPaid' | 'status' | 'attempts' | 'createdAt' | 'payments'>

export function addOrder(rzp: Razorpay, wanted: NewOrder): OrderRow {
  const order: OrderRow = {
    ...wanted,
    id: rzp.id('order'),
    amountPaid: 0,
    status: 'created',
    attempts: 0,
    createdAt: rzp.seconds(),
    payments: [],
  }
  rzp.state.orders.set(order.id, order)
  return order
}
