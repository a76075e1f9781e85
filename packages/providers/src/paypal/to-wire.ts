import type { Money } from '@onerouter/core'
import type { CreatePayment, CreateRefund } from '../spec.ts'
import { isPaypalMethod, type PaypalMethod } from './methods.ts'
import { toWireAmount, type WireMoney } from './money.ts'

/** `custom_id` and `invoice_id` hold the reference, descriptions and brand names the merchant's text. */
const TEXT_MAX = 127
const NOTE_MAX = 255
export const EMAIL = /^[^\s@"]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z0-9-]{2,63}$/

/**
 * The two ways to create an order. PayPal answers the first with 200 and a `payer-action` link, the second with
 * 201 and an `approve` link; the second is deprecated, but some account set-ups still need it.
 */
const STYLES = {
  paypal: toWalletOrder,
  pay_later: toWalletOrder,
  paypal_classic: toClassicOrder,
} as const satisfies Record<PaypalMethod, (request: CreatePayment, brandName: string | undefined) => object>

/** The body of Create order, in the style the method asks for. */
export function toOrder(request: CreatePayment, brandName: string | undefined): object {
  const method = request.method ?? 'paypal'
  if (!isPaypalMethod(method)) throw new RangeError('the method was not checked with accepts()')
  return STYLES[method](request, brandName)
}

/** Style one: `payment_source.paypal` with its own experience context (Orders API v2, Create order). */
export function toWalletOrder(request: CreatePayment, brandName: string | undefined): object {
  const { saved, save } = request
  const context = { experience_context: experience(request, brandName) }
  const paypal =
    saved === undefined
      ? { ...payerOf(request), ...context, ...(save !== undefined && { attributes: keeping(save) }) }
      : { vault_id: saved.methodRef, ...context }
  return { ...orderCore(request), payment_source: { paypal } }
}

/** Kept once the order is paid, for payments that the merchant starts (Save PayPal with the Orders API). */
function keeping({ customerRef }: NonNullable<CreatePayment['save']>): object {
  return {
    ...(customerRef !== null && { customer: { id: customerRef } }),
    vault: { store_in_vault: 'ON_SUCCESS', usage_type: 'MERCHANT' },
  }
}

/** Style two: the deprecated `application_context` without a payment source. */
export function toClassicOrder(request: CreatePayment, brandName: string | undefined): object {
  const payer = payerOf(request)
  return {
    ...orderCore(request),
    ...(Object.keys(payer).length === 0 ? {} : { payer }),
    application_context: experience(request, brandName),
  }
}

/**
 * Takes an authorized amount and lets the rest go: a payment is captured once, as everywhere behind this API,
 * so every capture is the last.
 */
export function toCapture(amount: Money): object {
  return { amount: wireAmount(amount), final_capture: true }
}

/** Always names the amount: an empty body would mean "whatever is left". */
export function toRefund(request: CreateRefund): object {
  const note = bounded(request.reason, NOTE_MAX)
  return {
    amount: wireAmount(request.amount),
    custom_id: request.reference,
    invoice_id: request.reference,
    ...(note === undefined ? {} : { note_to_payer: note }),
  }
}

function orderCore(request: CreatePayment): object {
  const description = bounded(request.description, TEXT_MAX)
  return {
    intent: request.capture === 'automatic' ? 'CAPTURE' : 'AUTHORIZE',
    purchase_units: [
      {
        amount: wireAmount(request.amount),
        custom_id: request.reference,
        // Unique per merchant: PayPal itself refuses to take money twice for one reference.
        invoice_id: request.reference,
        ...(description === undefined ? {} : { description }),
      },
    ],
  }
}

function experience(request: CreatePayment, brandName: string | undefined): object {
  const brand = bounded(brandName, TEXT_MAX)
  return {
    return_url: request.returnUrl,
    cancel_url: request.cancelUrl,
    user_action: 'PAY_NOW',
    shipping_preference: 'NO_SHIPPING',
    ...(brand === undefined ? {} : { brand_name: brand }),
  }
}

/** Fills in the sign-in field only; an address PayPal might refuse is not worth a failed payment. */
function payerOf(request: CreatePayment): object {
  const email = request.customer?.email
  return email !== undefined && EMAIL.test(email) ? { email_address: email } : {}
}

export function wireAmount(money: Money): WireMoney {
  const wire = toWireAmount(money)
  if (wire === undefined) throw new RangeError('the amount was not checked with accepts()')
  return wire
}

/** One line of at most `max` UTF-16 units that never ends in half a character. */
export function bounded(text: string | undefined, max: number): string | undefined {
  const line = text?.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim() ?? ''
  const cut = line.length <= max ? line : line.slice(0, max).replace(/[\ud800-\udbff]$/, '')
  return cut === '' ? undefined : cut
}
