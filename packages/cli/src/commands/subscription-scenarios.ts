/** What has to happen to a subscription at a provider so that an event really happens. */
import type { SubscriptionSimulation } from 'onerouter'
import { usageError } from './command.ts'
import type { PaymentService } from './scenarios.ts'

export type SubscriptionStep =
  | { readonly payer: SubscriptionSimulation }
  | 'pause'
  | 'resume'
  | 'change_plan'
  | 'cancel'

export interface SubscriptionScenario {
  readonly help: string
  /** Charges after which it is complete; it goes on when left out. */
  readonly totalCount?: number
  readonly steps: readonly SubscriptionStep[]
  /** Where it cannot be had at once: why. */
  readonly not?: Partial<Record<PaymentService, string>>
}

const approve = { payer: 'approve' } as const
const renew = { payer: 'renew' } as const

export const SUBSCRIPTIONS = {
  'subscription.created': { help: 'a subscription is created', steps: [] },
  'subscription.activated': { help: 'its payer agrees', steps: [approve] },
  'subscription.renewed': { help: 'a further period is paid', steps: [approve, renew] },
  'subscription.past_due': {
    help: 'the charge for a period fails',
    steps: [approve, { payer: 'fail_renewal' }],
  },
  'subscription.paused': { help: 'a running subscription is paused', steps: [approve, 'pause'] },
  'subscription.resumed': { help: 'a paused subscription goes on', steps: [approve, 'pause', 'resume'] },
  'subscription.plan_changed': {
    help: 'it moves to another plan; at PayPal its payer agrees to that too',
    steps: [approve, 'change_plan'],
  },
  'subscription.canceled': { help: 'a running subscription is canceled', steps: [approve, 'cancel'] },
  'subscription.completed': {
    help: 'the last of two charges is made',
    totalCount: 2,
    steps: [approve, renew],
    not: {
      stripe: 'Stripe completes it when its last period is over, which takes months of the sandbox’s clock.',
    },
  },
} as const satisfies Readonly<Record<string, SubscriptionScenario>>

export type SubscriptionEvent = keyof typeof SUBSCRIPTIONS
export const SUBSCRIPTION_EVENTS = Object.keys(SUBSCRIPTIONS) as readonly SubscriptionEvent[] // keys of a literal

export const isSubscriptionEvent = (event: string): event is SubscriptionEvent =>
  Object.hasOwn(SUBSCRIPTIONS, event)

/** @throws CommandError where the provider cannot. */
export function scenarioOf(event: SubscriptionEvent, provider: PaymentService): SubscriptionScenario {
  const scenario: SubscriptionScenario = SUBSCRIPTIONS[event]
  const reason = scenario.not?.[provider]
  if (reason !== undefined) throw usageError(`${event} cannot be had at ${provider}: ${reason}`)
  return scenario
}
