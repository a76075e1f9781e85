import { BASE62 } from '../kernel/random.ts'
import type { CardRow, Failure, Instrument, Razorpay } from './state.ts'

/** Razorpay docs, Test Card Details / UPI test ids; the numbers are digits only. */
export const MAGIC = {
  successVpa: 'success@razorpay',
  failureVpa: 'failure@razorpay',
  card: '4100280000001007',
} as const

const failure = (
  reason: string,
  description: string,
  source: string,
  step = 'payment_authorization',
  code: Failure['code'] = 'BAD_REQUEST_ERROR',
): Failure => ({ code, description, source, step, reason })

/** Payment failure reasons as Razorpay words them (Error Codes, Payments). */
export const FAILURES = {
  payment_failed: failure(
    'payment_failed',
    'Your payment could not be completed due to a temporary technical issue. ' +
      'To complete the payment, use another payment method.',
    'bank',
  ),
  payment_timed_out: failure(
    'payment_timed_out',
    "Your payment wasn't completed on time. Try again using another payment method.",
    'customer',
    'payment_authentication',
  ),
  insufficient_funds: failure(
    'insufficient_funds',
    'Your payment was not completed due to insufficient balance.',
    'customer',
  ),
  payment_cancelled: failure(
    'payment_cancelled',
    'Your payment has been cancelled. Try again or complete the payment later.',
    'customer',
    'payment_authentication',
  ),
  card_declined: failure(
    'card_declined',
    "Your payment didn't go through as it was declined by the bank. " +
      'Try another payment method or contact your bank.',
    'bank',
  ),
  card_disabled_for_online_payments: failure(
    'card_disabled_for_online_payments',
    'Your card is not enabled for online payments. Try another card or contact your bank.',
    'customer',
  ),
  gateway_technical_error: failure(
    'gateway_technical_error',
    'Your payment could not be completed due to a temporary technical issue at the gateway.',
    'gateway',
    'payment_authorization',
    'GATEWAY_ERROR',
  ),
  card_number_invalid: failure(
    'card_number_invalid',
    'You have entered an incorrect card number. Try again.',
    'customer',
    'payment_initiation',
  ),
  authentication_failed: failure(
    'authentication_failed',
    'Your payment was not completed because the authentication failed. Try again.',
    'customer',
    'payment_authentication',
  ),
  incorrect_otp: failure(
    'incorrect_otp',
    'You have entered an incorrect OTP. Try again.',
    'customer',
    'payment_authentication',
  ),
} as const satisfies Record<string, Failure>
export type FailureReason = keyof typeof FAILURES

/** Cards that fail in a named way once the payer chooses "Failure" on the bank's page. */
const CARD_FAILURES: Readonly<Record<string, FailureReason>> = {
  '4100280000090000': 'payment_timed_out',
  '5305620000060000': 'payment_timed_out',
  '4100280000080001': 'insufficient_funds',
  '5305620000050001': 'insufficient_funds',
  '4100280000070002': 'payment_cancelled',
  '5305620000040002': 'payment_cancelled',
  '4100280000060003': 'card_declined',
  '4100280000050004': 'card_declined',
  '4100280000040005': 'card_declined',
  '5305620000030003': 'card_declined',
  '5305620000020004': 'card_declined',
  '5305620000010005': 'card_declined',
  '4100280000030006': 'card_disabled_for_online_payments',
  '5305620000000006': 'card_disabled_for_online_payments',
  '4100280000020007': 'gateway_technical_error',
  '5305620000090007': 'gateway_technical_error',
  '4100280000010008': 'card_number_invalid',
  '5305620000080008': 'card_number_invalid',
  '4100280000000009': 'authentication_failed',
  '5305620000070009': 'authentication_failed',
}

export const cardFailure = (number: string): FailureReason => CARD_FAILURES[number] ?? 'payment_failed'

/** International test cards; every other number is treated as issued in India. */
const INTERNATIONAL = new Set([
  '5555555555554444',
  '5105105105105100',
  '5104060000000008',
  '4012888888881881',
])

const NETWORKS: readonly (readonly [RegExp, string])[] = [
  [/^4/, 'Visa'],
  [/^5/, 'MasterCard'],
  [/^65/, 'RuPay'],
  [/^36/, 'Diners Club'],
  [/^3[47]/, 'American Express'],
]

export function card(rzp: Razorpay, number: string, name: string): CardRow {
  return {
    id: `card_${rzp.world.random.text(BASE62, 14)}`,
    name,
    last4: number.slice(-4),
    network: NETWORKS.find(([pattern]) => pattern.test(number))?.[1] ?? 'Unknown',
    international: INTERNATIONAL.has(number),
  }
}

const NOTHING = { vpa: null, bank: null, wallet: null, card: null } as const

export const INSTRUMENT = {
  upi: (vpa: string): Instrument => ({ ...NOTHING, method: 'upi', vpa }),
  card: (row: CardRow): Instrument => ({ ...NOTHING, method: 'card', card: row }),
  netbanking: (bank: string): Instrument => ({ ...NOTHING, method: 'netbanking', bank }),
  wallet: (wallet: string): Instrument => ({ ...NOTHING, method: 'wallet', wallet }),
} as const

/** Refund amounts that do not settle at once: ours, because Razorpay documents none. */
export const MAGIC_REFUND = { pendingThenFailed: 9_913, pendingThenProcessed: 9_917 } as const
