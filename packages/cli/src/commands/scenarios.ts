/** What has to happen at a provider so that an event really happens. */
import type { PaymentSimulation, Service } from 'onerouter'
import { usageError } from './command.ts'

export type Step =
  | { readonly payer: PaymentSimulation }
  /** Refunds so much; `refund` everything. */
  | { readonly refund: string }
  /** Lets so many seconds pass at the sandbox. */
  | { readonly pass: number }
  | 'capture'
  | 'cancel'
  | 'refund'

/** How the payment is made, and what happens to it then. */
export interface Way {
  readonly capture: 'automatic' | 'manual'
  readonly steps: readonly Step[]
}

export interface Scenario extends Way {
  readonly help: string
  /** Where the provider goes another way, or cannot: then a sentence says why. */
  readonly at?: Partial<Record<PaymentService, Way | string>>
}

export type PaymentService = Exclude<Service, 'twilio'>
export const PAYMENT_SERVICES: readonly PaymentService[] = ['stripe', 'razorpay', 'paypal']

const paid: readonly Step[] = [{ payer: 'succeed' }]
const disputed: readonly Step[] = [...paid, { payer: 'dispute' }]

export const SCENARIOS = {
  'payment.created': { help: 'a payment is created', capture: 'automatic', steps: [] },
  'payment.requires_action': { help: 'a payment waits for its payer', capture: 'automatic', steps: [] },
  'payment.processing': {
    help: 'the payer pays by a bank that takes its time',
    capture: 'automatic',
    steps: [{ payer: 'late_succeed' }],
    at: { razorpay: 'Razorpay knows no payment whose outcome takes days.' },
  },
  'payment.authorized': {
    help: 'the payer pays, the money is held',
    capture: 'manual',
    steps: paid,
  },
  'payment.captured': {
    help: 'held money is captured',
    capture: 'manual',
    steps: [...paid, 'capture'],
  },
  'payment.succeeded': { help: 'the payer pays', capture: 'automatic', steps: paid },
  'payment.failed': {
    help: 'a bank payment that took its time comes back unpaid',
    capture: 'automatic',
    // A card that is declined fails nothing: the payer may try another one.
    steps: [{ payer: 'late_succeed' }, { payer: 'fail' }],
    at: { razorpay: 'A Razorpay order stays payable after a declined try; it never fails.' },
  },
  'payment.canceled': {
    help: 'held money is let go',
    capture: 'manual',
    steps: [...paid, 'cancel'],
    // Razorpay has no way to let held money go before it lapses; an order nobody paid can be closed.
    at: { razorpay: { capture: 'automatic', steps: ['cancel'] } },
  },
  'payment.expired': {
    help: 'the payer does not come in time',
    capture: 'automatic',
    steps: [{ payer: 'expire' }],
    at: { razorpay: 'Razorpay orders never expire.' },
  },
  'refund.created': { help: 'a paid payment is refunded', capture: 'automatic', steps: [...paid, 'refund'] },
  'refund.succeeded': {
    help: 'a paid payment is refunded',
    capture: 'automatic',
    steps: [...paid, 'refund'],
  },
  'dispute.opened': { help: 'the payer disputes the payment', capture: 'automatic', steps: disputed },
  'dispute.won': {
    help: 'a dispute ends in your favour',
    capture: 'automatic',
    steps: [...disputed, { payer: 'dispute_won' }],
  },
  'dispute.lost': {
    help: 'a dispute ends in the payer’s favour',
    capture: 'automatic',
    steps: [...disputed, { payer: 'dispute_lost' }],
  },
  'refund.failed': {
    help: 'a refund comes back from a bank that does not take it',
    capture: 'automatic',
    // A payment from a slow bank is refunded slowly, too.
    steps: [{ payer: 'late_succeed' }, { pass: 301 }, 'refund', { payer: 'fail' }],
    at: {
      // The sandbox's own amount for it.
      razorpay: { capture: 'automatic', steps: [...paid, { refund: '99.13' }, { pass: 3_601 }] },
      stripe:
        'There it depends on the card: pay with 4000 0000 0000 5126 on the page of a checkout, then refund.',
    },
  },
} as const satisfies Readonly<Record<string, Scenario>>

export type TriggerableEvent = keyof typeof SCENARIOS
export const TRIGGERABLE = Object.keys(SCENARIOS) as readonly TriggerableEvent[] // keys of a literal

/**
 * Text messages need nobody to drive them: the number decides how they end. These are the sandbox's own, beside
 * Twilio's magic numbers (packages/sandbox/src/twilio/README.md).
 */
export const MESSAGES = {
  'sms.sent': { help: 'a text message leaves', to: '+14155550123' },
  'sms.delivered': { help: 'a text message is received', to: '+14155550123' },
  'sms.failed': { help: 'a text message finds its phone switched off', to: '+15005550101' },
} as const

export type MessageEvent = keyof typeof MESSAGES
export const MESSAGE_EVENTS = Object.keys(MESSAGES) as readonly MessageEvent[] // keys of a literal

export const isMessageEvent = (event: string): event is MessageEvent => Object.hasOwn(MESSAGES, event)

/** @throws CommandError where the provider cannot. */
export function wayOf(event: TriggerableEvent, provider: PaymentService): Way {
  const scenario: Scenario = SCENARIOS[event]
  const own = scenario.at?.[provider]
  if (typeof own === 'string') throw usageError(`${event} does not happen at ${provider}: ${own}`)
  return own ?? scenario
}
