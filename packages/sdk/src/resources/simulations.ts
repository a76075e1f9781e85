import type { ApiPromise } from '../answer.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type {
  FaultCreateParams,
  PaymentLinkSimulation,
  PaymentSimulation,
  SimulatedPayment,
  SimulatedPaymentLink,
  SimulatedSms,
  SimulatedSubscription,
  SmsSimulation,
  SubscriptionSimulation,
} from '../types/simulation.ts'

/** For tests: the other side of a payment, without a browser. Test keys on the provider sandbox only. */
export interface Simulations {
  /**
   * Does what a payer would do on the checkout page, and answers how the payment stands after it.
   * @throws PermissionError `environment_not_allowed`, ConflictError `invalid_state`
   * @example
   * ```ts
   * const { status } = await client.simulations.payment(payment.id, 'succeed')
   * ```
   */
  payment(id: string, action: PaymentSimulation, options?: CallOptions): ApiPromise<SimulatedPayment>
  /**
   * Does what the payer of a link would do, and answers how the link stands after it.
   * @throws PermissionError `environment_not_allowed`, ConflictError `invalid_state`
   * @example
   * ```ts
   * const { status } = await client.simulations.paymentLink(link.id, 'pay')
   * ```
   */
  paymentLink(
    id: string,
    action: PaymentLinkSimulation,
    options?: CallOptions,
  ): ApiPromise<SimulatedPaymentLink>
  /**
   * Does what the phone network would do with a message, and answers how it stands after it.
   * @throws PermissionError `environment_not_allowed`, ConflictError `invalid_state`
   * @example
   * ```ts
   * const { status } = await client.simulations.sms(sms.id, 'undeliver')
   * ```
   */
  sms(id: string, action: SmsSimulation, options?: CallOptions): ApiPromise<SimulatedSms>
  /**
   * Does what a subscription's payer or their bank would do, and answers how it stands after it.
   * @throws PermissionError `environment_not_allowed`, ConflictError `invalid_state`
   * @example
   * ```ts
   * const { status } = await client.simulations.subscription(subscription.id, 'approve') // 'active'
   * ```
   */
  subscription(
    id: string,
    action: SubscriptionSimulation,
    options?: CallOptions,
  ): ApiPromise<SimulatedSubscription>
  /**
   * Moves the sandbox's clock forward, so that what is due later happens now.
   * @example
   * ```ts
   * await client.simulations.advanceClock({ seconds: 86_400 })
   * ```
   */
  advanceClock(
    params: { readonly seconds: number },
    options?: CallOptions,
  ): ApiPromise<{ readonly now: string | null }>
  /**
   * Makes the sandbox's next answers or webhooks go wrong.
   * @example
   * ```ts
   * await client.simulations.createFault({ provider: 'stripe', fault: 'lost_answer' })
   * ```
   */
  createFault(params: FaultCreateParams, options?: CallOptions): ApiPromise<Readonly<Record<string, unknown>>>
  /**
   * Forgets all planned faults.
   * @example
   * ```ts
   * await client.simulations.deleteFaults()
   * ```
   */
  deleteFaults(options?: CallOptions): ApiPromise<Readonly<Record<string, unknown>>>
}

export function simulations(call: Call): Simulations {
  return {
    payment: (id, action, options) =>
      call({ method: 'POST', path: path`/v1/simulations/payments/${id}/${action}`, body: {} }, options),
    paymentLink: (id, action, options) =>
      call({ method: 'POST', path: path`/v1/simulations/payment-links/${id}/${action}`, body: {} }, options),
    sms: (id, action, options) =>
      call({ method: 'POST', path: path`/v1/simulations/sms/${id}/${action}`, body: {} }, options),
    subscription: (id, action, options) =>
      call({ method: 'POST', path: path`/v1/simulations/subscriptions/${id}/${action}`, body: {} }, options),
    advanceClock: (body, options) =>
      call({ method: 'POST', path: '/v1/simulations/clock/advance', body }, options),
    createFault: (body, options) => call({ method: 'POST', path: '/v1/simulations/faults', body }, options),
    deleteFaults: (options) => call({ method: 'DELETE', path: '/v1/simulations/faults' }, options),
  }
}
