import type { Money } from '@onerouter/core'
import type { CreatePayment, CreateRefund, Customer } from '../spec.ts'
import { toWireAmount } from './money.ts'

const RECEIPT_MAX = 40
const NOTE_MAX = 256
/**
 * Razorpay's longest period, 5 days: banks confirm up to 3 days late, and such money is taken, not bounced.
 */
const EXPIRY_MINUTES = 7200

const EMAIL = /^[^\s@"]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z0-9-]{2,63}$/
const EMAIL_MAX = 64
const PHONE = /^\+?[0-9]{7,14}$/

/**
 * Create an order. The capture settings are always sent, because without them the dashboard's decide
 * (Razorpay API, Orders, Payment capture settings).
 */
export function toOrder(request: CreatePayment): object {
  return {
    ...wireMoney(request.amount),
    receipt: receiptOf(request.reference),
    notes: { onerouter_ref: request.reference },
    payment: {
      capture: request.capture,
      capture_options: {
        ...(request.capture === 'automatic' ? { automatic_expiry_period: EXPIRY_MINUTES } : {}),
        manual_expiry_period: EXPIRY_MINUTES,
        refund_speed: 'normal',
      },
    },
  }
}

/** Create a payment link: Razorpay's own page. Razorpay is not to send it to anybody, because we do. */
export function toPaymentLink(request: CreatePayment): object {
  const description = bounded(request.description, 2048)
  const customer = toPerson(request.customer)
  return {
    ...wireMoney(request.amount),
    accept_partial: false,
    reference_id: receiptOf(request.reference),
    notes: { onerouter_ref: request.reference },
    ...(description === undefined ? {} : { description }),
    ...(Object.keys(customer).length === 0 ? {} : { customer }),
    notify: { sms: false, email: false },
    reminder_enable: false,
    callback_url: request.returnUrl,
    callback_method: 'get',
  }
}

/** Razorpay captures exactly what was authorized (Razorpay API, Capture a payment). */
export function toCapture(amount: Money): object {
  return wireMoney(amount)
}

/** Always names the amount: without one Razorpay refunds whatever is left. */
export function toRefund(request: CreateRefund): object {
  const reason = bounded(request.reason, NOTE_MAX)
  return {
    amount: wireMoney(request.amount).amount,
    speed: request.speed,
    receipt: receiptOf(request.reference),
    notes: { onerouter_ref: request.reference, ...(reason === undefined ? {} : { reason }) },
  }
}

/** Only what Razorpay is sure to accept: an odd phone number is not worth a failed payment. */
export function toPerson(customer: Customer | null | undefined): {
  readonly name?: string
  readonly email?: string
  readonly contact?: string
} {
  const name = bounded(customer?.name, 50)
  const email = customer?.email
  const contact = customer?.phone?.replace(/[\s().-]/g, '')
  return {
    ...(name === undefined || name.length < 3 ? {} : { name }),
    ...(email !== undefined && email.length <= EMAIL_MAX && EMAIL.test(email) ? { email } : {}),
    ...(contact !== undefined && PHONE.test(contact) && contact.length >= 8 && contact.length <= 14
      ? { contact }
      : {}),
  }
}

/** One line of at most `max` UTF-16 units that never ends in half a character. */
export function bounded(text: string | null | undefined, max: number): string | undefined {
  const line = text?.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim() ?? ''
  const cut = line.length <= max ? line : line.slice(0, max).replace(/[\ud800-\udbff]$/, '')
  return cut === '' ? undefined : cut
}

export function wireMoney(money: Money): { readonly amount: number; readonly currency: string } {
  const amount = toWireAmount(money)
  if (amount === undefined) throw new RangeError('the amount was not checked with accepts()')
  return { amount, currency: money.currency }
}

function receiptOf(reference: string): string {
  if (reference.length > RECEIPT_MAX)
    throw new RangeError(`a reference has at most ${RECEIPT_MAX} characters`)
  return reference
}
