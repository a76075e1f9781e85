import type { Money } from '@onerouter/core'
import type { SavedToken } from '../saved-methods.ts'
import type { CreatePayment, CreateRefund, PaymentHandle } from '../spec.ts'
import { API_VERSION, type Form } from './call.ts'
import { toWireAmount } from './money.ts'
import { REFERENCE_KEY } from './wire.ts'

/** Expanding inside the same answer saves the second request and its race. Depth limit: four levels. */
const CHARGE_AND_FEE = 'latest_charge.balance_transaction'
export const EXPAND_INTENT: Form = [['expand[0]', CHARGE_AND_FEE]]
export const EXPAND_SESSION: Form = [['expand[0]', `payment_intent.${CHARGE_AND_FEE}`]]

/** Limits of the API reference: product name 250 (hosted page), description 1000, metadata value 500. */
const NAME_MAX = 250
const DESCRIPTION_MAX = 1000
const METADATA_VALUE_MAX = 500

/** `POST /v1/checkout/sessions`. The amount has passed `accepts`. */
export function sessionForm(request: CreatePayment): Form {
  const { amount, currency } = exact(request.amount)
  const item = 'line_items[0]'
  const { description, customer, method, save } = request
  const form: (readonly [string, string])[] = [
    ['mode', 'payment'],
    [`${item}[price_data][currency]`, currency],
    [`${item}[price_data][unit_amount]`, amount],
    [`${item}[price_data][product_data][name]`, bounded(description ?? 'Payment', NAME_MAX)],
    [`${item}[quantity]`, '1'],
    ['success_url', request.returnUrl],
    ['cancel_url', request.cancelUrl],
    ['client_reference_id', request.reference],
    [`metadata[${REFERENCE_KEY}]`, request.reference],
    // A session's metadata is not copied to its PaymentIntent.
    [`payment_intent_data[metadata][${REFERENCE_KEY}]`, request.reference],
    ['payment_intent_data[capture_method]', request.capture === 'manual' ? 'manual' : 'automatic_async'],
  ]
  if (description !== undefined) {
    form.push(['payment_intent_data[description]', bounded(description, DESCRIPTION_MAX)])
  }
  // Stripe takes a customer or an address, and keeps a method for a customer only.
  if (save?.customerRef != null) form.push(['customer', save.customerRef])
  else if (customer?.email !== undefined) form.push(['customer_email', customer.email])
  if (save !== undefined) form.push(...savingFields(save))
  if (method !== undefined) form.push(['allowed_payment_method_types[0]', method])
  return form
}

/** "Save a payment method during payment": what pays is attached to a customer, for use while they are away. */
function savingFields({ customerRef }: Pick<SavedToken, 'customerRef'>): Form {
  const kept = ['payment_intent_data[setup_future_usage]', 'off_session'] as const
  return customerRef === null ? [kept, ['customer_creation', 'always']] : [kept]
}

/** `POST /v1/payment_intents` with a kept method ("Charge the saved payment method later"); never redirects. */
export function savedForm(request: CreatePayment, { methodRef, customerRef }: SavedToken): Form {
  const { description } = request
  const { amount, currency } = exact(request.amount)
  return [
    ['amount', amount],
    ['currency', currency],
    ...(customerRef === null ? [] : ([['customer', customerRef]] as const)),
    ['payment_method', methodRef],
    ['off_session', 'true'],
    ['confirm', 'true'],
    ['automatic_payment_methods[enabled]', 'true'],
    ['automatic_payment_methods[allow_redirects]', 'never'],
    ['capture_method', request.capture === 'manual' ? 'manual' : 'automatic_async'],
    [`metadata[${REFERENCE_KEY}]`, request.reference],
    ...(description === undefined ? [] : ([['description', bounded(description, DESCRIPTION_MAX)]] as const)),
    ...EXPAND_INTENT,
  ]
}

/** `final_capture` keeps its default, true: what is not captured now is released. */
export function captureForm(amount: Money): Form {
  return [['amount_to_capture', exact(amount).amount], ...EXPAND_INTENT]
}

export const CANCEL_FORM: Form = [['cancellation_reason', 'requested_by_customer'], ...EXPAND_INTENT]

const REFUND_REASONS: ReadonlySet<string> = new Set(['duplicate', 'fraudulent', 'requested_by_customer'])

/** `POST /v1/refunds`. Free text goes to metadata, because `reason` is a closed list. */
export function refundForm(paymentIntent: string, request: CreateRefund): Form {
  const { reason } = request
  const form: (readonly [string, string])[] = [
    ['payment_intent', paymentIntent],
    ['amount', exact(request.amount).amount],
    [`metadata[${REFERENCE_KEY}]`, request.reference],
  ]
  if (reason === undefined || reason === '') return form
  return REFUND_REASONS.has(reason)
    ? [...form, ['reason', reason]]
    : [...form, ['metadata[onerouter_reason]', bounded(reason, METADATA_VALUE_MAX)]]
}

export function endpointForm(url: string, events: readonly string[]): Form {
  return [['url', url], ['api_version', API_VERSION], ['description', 'OneRouter'], ...eventFields(events)]
}

export const eventFields = (events: readonly string[]): Form =>
  events.map((event, index) => [`enabled_events[${index}]`, event] as const)

/** Search API, query language: metadata values are quoted, quotes inside escaped. */
export function searchQuery(payment: Pick<PaymentHandle, 'reference'>): string {
  return `metadata['${REFERENCE_KEY}']:'${payment.reference.replaceAll(/['\\]/g, '\\$&')}'`
}

export function exact(value: Money): { readonly amount: string; readonly currency: string } {
  const wire = toWireAmount(value)
  if (!wire.ok) throw new RangeError(`an amount Stripe cannot carry got past accepts(): ${wire.reason}`)
  return wire
}

/** Cut between characters: half a surrogate pair is no text. */
export function bounded(text: string, max: number): string {
  return [...text.slice(0, max * 2)].slice(0, max).join('')
}
