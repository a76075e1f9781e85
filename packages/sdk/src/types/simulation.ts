import type { Payment } from './payment.ts'
import type { PaymentLink } from './payment-link.ts'
import type { Service } from './shared.ts'
import type { Sms } from './sms.ts'
import type { Subscription } from './subscription.ts'

/** What the payer, or the payer's bank, does next. */
export type PaymentSimulation =
  | 'succeed'
  | 'fail'
  | 'authenticate'
  | 'abandon'
  | 'expire'
  | 'late_succeed'
  | 'dispute'
  | 'dispute_won'
  | 'dispute_lost'

/** What the subscription's payer, or their bank, does next. */
export type SubscriptionSimulation = 'approve' | 'renew' | 'fail_renewal' | 'cancel' | 'update_card'

export interface SimulatedSubscription {
  readonly status: string
  /** The subscription after it. */
  readonly subscription?: Subscription
}

export interface SimulatedPayment {
  readonly status: string
  /** The payment after it. */
  readonly payment?: Payment
}

/** What the payer of a link does. */
export type PaymentLinkSimulation = 'open' | 'pay'

export interface SimulatedPaymentLink {
  readonly status: string
  /** The link after it. */
  readonly paymentLink?: PaymentLink
  readonly payment?: Payment
}

/** What becomes of a message on its way to the phone. */
export type SmsSimulation = 'deliver' | 'undeliver'

export interface SimulatedSms {
  readonly status: string
  /** The message after it. */
  readonly sms: Sms
}

export interface FaultCreateParams {
  readonly provider: Service
  /** The sandbox's index page lists them. */
  readonly fault: string
  /** How many requests it hits; 1 by default. */
  readonly count?: number
  /** Part of the path it waits for. */
  readonly match?: string
}
