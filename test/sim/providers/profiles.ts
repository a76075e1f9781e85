/** What sets one provider apart from another: how long keys replay, how late look-ups see, what can be withdrawn. */
import type { Service } from '@onerouter/core'

const HOUR = 3_600_000
const DAY = 24 * HOUR

export interface Profile {
  readonly service: Service
  /** How long a key replays; 0 = keys mean nothing here. */
  readonly createKeyMs: number
  readonly confirmKeyMs: number
  readonly captureKeyMs: number
  readonly refundKeyMs: number
  readonly orderLagMs: number
  readonly refundLagMs: number
  /** The payer's approval is not yet the payment: we must complete it. */
  readonly confirms: boolean
  /** Unpaid orders can be withdrawn. */
  readonly withdraws: boolean
  readonly partialCapture: boolean
  /** A 500 that was answered under a key is answered again. */
  readonly stickyErrors: boolean
  readonly orderLifeMs: number
}

export const PROFILES: Readonly<Record<'stripe' | 'paypal' | 'razorpay', Profile>> = {
  stripe: {
    service: 'stripe',
    ...{ createKeyMs: DAY, confirmKeyMs: DAY, captureKeyMs: DAY, refundKeyMs: DAY },
    ...{ orderLagMs: 300_000, refundLagMs: 0, confirms: false, withdraws: true, partialCapture: true },
    ...{ stickyErrors: true, orderLifeMs: DAY },
  },
  paypal: {
    service: 'paypal',
    ...{ createKeyMs: 6 * HOUR, confirmKeyMs: 6 * HOUR, captureKeyMs: 45 * DAY, refundKeyMs: 45 * DAY },
    ...{ orderLagMs: 0, refundLagMs: 15_000, confirms: true, withdraws: false, partialCapture: true },
    ...{ stickyErrors: false, orderLifeMs: 3 * DAY },
  },
  razorpay: {
    service: 'razorpay',
    ...{ createKeyMs: 0, confirmKeyMs: 0, captureKeyMs: 0, refundKeyMs: 2 * HOUR },
    ...{ orderLagMs: 60_000, refundLagMs: 60_000, confirms: false, withdraws: false, partialCapture: false },
    ...{ stickyErrors: false, orderLifeMs: 30 * DAY },
  },
}
