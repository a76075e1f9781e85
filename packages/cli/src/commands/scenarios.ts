/** What has to happen at a provider so that an event really happens. */
import type { PaymentSimulation, Service } from 'onerouter'

export type Step = { readonly payer: PaymentSimulation } | 'capture' | 'cancel' | 'refund'

export interface Scenario {
  readonly help: string
  readonly capture: 'automatic' | 'manual'
  readonly steps: readonly Step[]
  /** Where the provider goes another way. */
  readonly at?: Partial<Record<PaymentService, Pick<Scenario, 'capture' | 'steps'>>>
}

export type PaymentService = Exclude<Service, 'twilio'>
export const PAYMENT_SERVICES: readonly PaymentService[] = ['stripe', 'razorpay', 'paypal']

const paid: readonly Step[] = [{ payer: 'succeed' }]

export const SCENARIOS = {
  'payment.created': { help: 'a payment is created', capture: 'automatic', steps: [] },
  'payment.requires_action': { help: 'a payment waits for its payer', capture: 'automatic', steps: [] },
  'payment.processing': {
    help: 'the payer pays by a bank that takes its time',
    capture: 'automatic',
    steps: [{ payer: 'late_succeed' }],
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
  'payment.failed': { help: "the payer's bank declines", capture: 'automatic', steps: [{ payer: 'fail' }] },
  'payment.canceled': {
    help: 'held money is let go',
    capture: 'manual',
    steps: [...paid, 'cancel'],
  },
  'payment.expired': {
    help: 'the payer does not come in time',
    capture: 'automatic',
    steps: [{ payer: 'expire' }],
  },
  'refund.created': { help: 'a paid payment is refunded', capture: 'automatic', steps: [...paid, 'refund'] },
  'refund.succeeded': {
    help: 'a paid payment is refunded',
    capture: 'automatic',
    steps: [...paid, 'refund'],
  },
} as const satisfies Readonly<Record<string, Scenario>>

export type TriggerableEvent = keyof typeof SCENARIOS
export const TRIGGERABLE = Object.keys(SCENARIOS) as readonly TriggerableEvent[] // keys of a literal

export function scenarioOf(event: TriggerableEvent, provider: PaymentService): Scenario {
  const scenario: Scenario = SCENARIOS[event]
  return { ...scenario, ...scenario.at?.[provider] }
}
