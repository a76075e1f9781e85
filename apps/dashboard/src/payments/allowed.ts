import type { Capabilities, Payment } from 'onerouter'

export type PaymentAct = 'refund' | 'capture' | 'cancel'

const ENDED = { failed: 'It failed', canceled: 'It is canceled', expired: 'It has expired' } as const

/**
 * Why this cannot be done to the payment now, in words for the button that is off; `null` when it can. The API decides
 * again, and its word counts.
 */
export function whyNot(act: PaymentAct, payment: Payment, able: Capabilities | undefined): string | null {
  return RULES[act](payment, able)
}

type Rule = (payment: Payment, able: Capabilities | undefined) => string | null

const RULES = {
  refund(payment, able) {
    if (able?.refunds === false) return 'This provider does not refund.'
    if (payment.amountCapturedMinor === 0)
      return 'Nothing was captured yet, so there is nothing to give back.'
    if (payment.amountRefundedMinor >= payment.amountCapturedMinor) return 'All of it was refunded.'
    return null
  },
  capture({ status, capture }, able) {
    if (status === 'authorized') return able?.capture === false ? 'This provider does not capture.' : null
    if (capture === 'automatic') return 'It is captured by itself when the payer pays.'
    if (status === 'succeeded') return 'It was captured.'
    return status in ENDED ? `${endOf(status)}.` : 'The payer has not authorized it yet.'
  },
  cancel({ status }, able) {
    if (status === 'succeeded') return 'It was paid: refund it instead.'
    if (status in ENDED) return `${endOf(status)}.`
    return able?.cancel === false ? 'This provider does not cancel payments.' : null
  },
} as const satisfies Record<PaymentAct, Rule>

function endOf(status: Payment['status']): string {
  return Object.entries(ENDED).find(([name]) => name === status)?.[1] ?? 'It has ended'
}
