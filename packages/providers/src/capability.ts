import type { Provider } from './spec.ts'

/** What a provider can do, read off the members its adapter has: nobody writes it down a second time. */
export interface Capabilities {
  readonly payments: boolean
  readonly capture: boolean
  readonly partial_capture: boolean
  readonly cancel: boolean
  /** The payer's approval must be completed by a call of ours. */
  readonly confirm: boolean
  /** The checkout opens on a page of ours instead of the provider's. */
  readonly hosted_checkout: boolean
  readonly find_by_reference: boolean
  readonly refunds: boolean
  readonly refund_speeds: readonly ('normal' | 'optimum')[]
  /** Tells of disputes; they are answered at the provider. */
  readonly disputes: boolean
  /** Keeps a payer's method by their consent and charges it without them. */
  readonly saved_methods: boolean
  /** OneRouter's links, whose payments this provider takes. */
  readonly payment_links: boolean
  readonly webhook_registration: boolean
  /** Bills a plan again and again by itself. */
  readonly subscriptions: boolean
  readonly subscription_pause: boolean
  readonly subscription_change_plan: boolean
  readonly subscription_proration: boolean
  /** Ends a subscription with its running period by itself; elsewhere OneRouter ends it when the period is over. */
  readonly subscription_cancel_at_period_end: boolean
  /** Sends text messages. */
  readonly messages: boolean
}

export function capabilitiesOf(
  provider: Omit<Provider, 'name' | 'label' | 'origin' | 'credentials' | 'raw'>,
): Capabilities {
  const { payments, refunds, disputes, savedMethods, subscriptions, messages, webhooks } = provider
  return {
    payments: payments !== undefined,
    capture: payments?.capture !== undefined,
    partial_capture: payments?.capture !== undefined && payments.partialCapture,
    cancel: payments?.cancel !== undefined,
    confirm: payments?.confirm !== undefined,
    hosted_checkout: payments?.hosted !== undefined,
    find_by_reference: payments?.find !== undefined,
    refunds: refunds !== undefined,
    refund_speeds: refunds?.speeds ?? [],
    disputes: disputes !== undefined,
    saved_methods: savedMethods !== undefined,
    payment_links: payments !== undefined,
    webhook_registration: webhooks.register !== undefined,
    subscriptions: subscriptions !== undefined,
    subscription_pause: subscriptions?.pause !== undefined && subscriptions.resume !== undefined,
    subscription_change_plan: subscriptions?.changePlan !== undefined,
    subscription_proration: subscriptions?.changePlan !== undefined && subscriptions.proration,
    subscription_cancel_at_period_end: subscriptions?.cancelAtPeriodEnd === 'native',
    messages: messages !== undefined,
  }
}
