import type { HostedCheckout } from '../hosted-checkout.ts'
import type { PaymentHandle, ProviderContext } from '../spec.ts'
import type { RazorpayCredentials } from './credentials.ts'
import { isSigned } from './signature.ts'
import { bounded, toPerson, wireMoney } from './to-wire.ts'
import { idOf } from './wire.ts'

export const ORIGIN = 'https://api.razorpay.com'

type Place = Pick<ProviderContext<RazorpayCredentials>, 'baseUrl' | 'environment'>

/** Razorpay's Checkout on a page of ours (Razorpay docs, Web integration, Standard Checkout). */
export const hosted: HostedCheckout<RazorpayCredentials> = {
  scriptUrl: ({ baseUrl }: Place) =>
    baseUrl === ORIGIN ? 'https://checkout.razorpay.com/v1/checkout.js' : `${baseUrl}/v1/checkout.js`,
  origins: ({ baseUrl }: Place) =>
    baseUrl === ORIGIN
      ? ['https://checkout.razorpay.com', ORIGIN, 'https://lumberjack.razorpay.com']
      : [new URL(baseUrl).origin],
  options({ credentials }, payment, show) {
    const { key_id: key, brand_name: name } = credentials
    const description = bounded(show.description, 255)
    const method = payment.refs.method
    const prefill = { ...toPerson(show.customer), ...(method === undefined ? {} : { method }) }
    return {
      key,
      order_id: payment.orderRef,
      ...wireMoney(payment.amount),
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(Object.keys(prefill).length === 0 ? {} : { prefill }),
      // An order's notes do not reach its payments; these do, so that their events can be told apart.
      notes: { onerouter_ref: payment.reference },
    }
  },
  verifyReturn({ credentials }, payment, params) {
    const paymentRef = idOf(params.razorpay_payment_id, 'pay_')
    const message = paymentRef === null ? null : signedMessage(payment, paymentRef, params)
    const signature = params.razorpay_signature ?? ''
    if (paymentRef === null || message === null) return null
    return isSigned(credentials.key_secret, message, signature) ? { paymentRef } : null
  },
}

/**
 * What Razorpay signs with the key secret when a payer returns. Order, link and reference are ours, never the
 * browser's, so that a signature made for another payment does not hold.
 */
function signedMessage(
  payment: PaymentHandle,
  paymentRef: string,
  params: Readonly<Record<string, string>>,
): string | null {
  if (payment.orderRef === null) return null
  if (!payment.orderRef.startsWith('plink_')) return `${payment.orderRef}|${paymentRef}`
  const status = params.razorpay_payment_link_status ?? ''
  return `${payment.orderRef}|${payment.reference}|${status}|${paymentRef}`
}
