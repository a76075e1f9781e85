import { BASE62 } from '../kernel/random.ts'
import type { Failure, PaymentRow, Razorpay, SessionRow } from './state.ts'
import { hmac } from './webhooks.ts'

const KEPT_SESSIONS = 5_000

/** A payer opened a checkout; the oldest ones are forgotten when many are open. */
export function openSession(rzp: Razorpay, wanted: Omit<SessionRow, 'id' | 'createdAt'>): SessionRow {
  const session: SessionRow = { ...wanted, id: rzp.world.random.text(BASE62, 24), createdAt: rzp.seconds() }
  const { sessions } = rzp.state
  sessions.set(session.id, session)
  for (const id of sessions.keys()) {
    if (sessions.size <= KEPT_SESSIONS) break
    sessions.delete(id)
  }
  return session
}

const secretOf = (rzp: Razorpay, account: string): string =>
  rzp.world.account(account)?.credentials['key_secret'] ?? ''

/** Signed with the key secret, not the webhook secret (Razorpay docs, Verify Payment Signature). */
export function orderCallback(rzp: Razorpay, payment: PaymentRow): Record<string, string> {
  return {
    razorpay_payment_id: payment.id,
    razorpay_order_id: payment.orderId,
    razorpay_signature: hmac(secretOf(rzp, payment.account), `${payment.orderId}|${payment.id}`),
  }
}

/** The two parts are in the other order than an order's (Razorpay docs, Verify Payment Signature). */
export function subscriptionCallback(
  rzp: Razorpay,
  payment: PaymentRow,
  subscription: string,
): Record<string, string> {
  return {
    razorpay_payment_id: payment.id,
    razorpay_subscription_id: subscription,
    razorpay_signature: hmac(secretOf(rzp, payment.account), `${payment.id}|${subscription}`),
  }
}

/** The query a link's callback gets; a missing reference leaves two pipes in a row in what is signed. */
export function linkCallback(
  rzp: Razorpay,
  session: SessionRow,
  payment: PaymentRow,
): Record<string, string> {
  const link = rzp.state.links.get(session.linkId ?? '')
  const { id = '', reference = '', status = 'created' } = link ?? {}
  return {
    razorpay_payment_id: payment.id,
    razorpay_payment_link_id: id,
    razorpay_payment_link_reference_id: reference,
    razorpay_payment_link_status: status,
    razorpay_signature: hmac(secretOf(rzp, session.account), `${id}|${reference}|${status}|${payment.id}`),
  }
}

export const failureObject = (payment: PaymentRow, failure: Failure) => ({
  code: failure.code,
  description: failure.description,
  source: failure.source,
  step: failure.step,
  reason: failure.reason,
  metadata: { payment_id: payment.id, order_id: payment.orderId },
})

/** The same failure as the form fields a redirect posts. */
export const failureFields = (payment: PaymentRow, failure: Failure): Record<string, string> =>
  Object.fromEntries(
    Object.entries(failureObject(payment, failure)).map(([name, value]) => [
      `error[${name}]`,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  )
