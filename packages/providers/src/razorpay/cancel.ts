import { ok, unknown } from '@onerouter/core'
import type { PaymentHandle, PaymentSnapshot } from '../spec.ts'
import { ask, later, type RazorpayContext } from './call.ts'
import { givenUp } from './from-wire.ts'
import { isKnown, isLink, type Known, look, type Settled } from './looks.ts'
import { refundKey } from './refunds.ts'
import { toRefund } from './to-wire.ts'
import { readLink, readRefund } from './wire.ts'

/**
 * Razorpay cannot cancel an order, and an order never dies: one that nobody is paying is looked at and
 * given up here, and a payer who pays it later nevertheless makes a late success. Payment links can be
 * cancelled. An authorization can be released by a full refund where the account has that feature;
 * elsewhere Razorpay refuses, the payment stays authorized and lapses by itself at the end of its capture
 * window. Capturing in order to refund is not tried: it would cost the merchant Razorpay's fee.
 */
export async function cancel(ctx: RazorpayContext, payment: PaymentHandle, key: string): Promise<Settled> {
  if (!isKnown(payment)) return rejected(null, 'The payment has no order at Razorpay.')
  const now = await look(ctx, payment)
  if (now.kind !== 'ok') return now
  const { status, providerStatus, paymentRef } = now.value
  switch (status) {
    case 'requires_action':
      return isLink(payment) ? cancelLink(ctx, payment) : ok(givenUp(now.value))
    case 'canceled':
    case 'expired':
      return now
    case 'authorized':
      return paymentRef === null
        ? unknown('an authorization without id')
        : release(ctx, payment, paymentRef, key)
    default:
      return rejected(providerStatus, 'The payment can no longer be canceled at Razorpay.')
  }
}

async function cancelLink(ctx: RazorpayContext, payment: Known): Promise<Settled> {
  const call = { method: 'POST', path: `/v1/payment_links/${payment.orderRef}/cancel` } as const
  const { outcome, issue } = await ask(ctx, call, (body) => {
    const link = readLink(body)
    return link?.id === payment.orderRef && link.status === 'cancelled' ? link : undefined
  })
  if (outcome.kind !== 'ok' && issue?.verdict.kind !== 'look') return outcome
  return shownBy(await look(later(ctx), payment), outcome.kind === 'ok' ? null : outcome)
}

/** The amount is named, so that a payment captured and partly refunded meanwhile is refused, not emptied. */
async function release(
  ctx: RazorpayContext,
  payment: Known,
  paymentRef: string,
  key: string,
): Promise<Settled> {
  const { reference, amount } = payment
  const call = {
    method: 'POST',
    path: `/v1/payments/${paymentRef}/refund`,
    json: toRefund({ reference, amount, speed: 'normal' }),
    headers: { 'x-refund-idempotency': refundKey(key) },
  } as const
  const { outcome, issue } = await ask(ctx, call, (body) => {
    const refund = readRefund(body)
    return refund?.paymentId === paymentRef ? refund : undefined
  })
  const looks = issue?.verdict.kind === 'look' || issue?.verdict.kind === 'done'
  if (outcome.kind !== 'ok' && !looks) return outcome
  return shownBy(await look(later(ctx), payment), outcome.kind === 'rejected' ? outcome : null)
}

function shownBy(now: Settled, refusal: Exclude<Settled, { kind: 'ok' }> | null): Settled {
  if (now.kind !== 'ok') return unknown('canceled, and the look failed')
  if (isDead(now.value)) return now
  return refusal ?? unknown('canceled, but Razorpay does not show it yet')
}

function isDead({ status }: PaymentSnapshot): boolean {
  return status === 'canceled' || status === 'expired'
}

function rejected(providerCode: string | null, message: string): Settled {
  return { kind: 'rejected', reason: 'invalid_state', providerCode, message }
}
