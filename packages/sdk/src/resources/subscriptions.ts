import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type {
  Subscription,
  SubscriptionCancelParams,
  SubscriptionChangePlanParams,
  SubscriptionCharge,
  SubscriptionChargeListParams,
  SubscriptionCreateParams,
  SubscriptionListParams,
  SubscriptionPauseParams,
} from '../types/subscription.ts'

/** Payments that repeat, charged by the provider. */
export interface Subscriptions {
  /**
   * Creates a subscription. Send the payer to its `approvalUrl`; nothing is charged before they agree.
   * @throws NotFoundError for an unknown plan or customer, ProviderError, ValidationError, …
   * @example
   * ```ts
   * const subscription = await client.subscriptions.create({ planId: plan.id, customer: customer.id, trialDays: 14 })
   * console.log(subscription.approvalUrl)
   * ```
   */
  create(params: SubscriptionCreateParams, options?: CallOptions): ApiPromise<Subscription>
  /**
   * A subscription as it stands.
   * @throws NotFoundError
   * @example
   * ```ts
   * const { status, nextChargeAt } = await client.subscriptions.get(subscription.id)
   * ```
   */
  get(id: string, options?: CallOptions): ApiPromise<Subscription>
  /**
   * The same as `get`.
   * @example
   * ```ts
   * const subscription = await client.subscriptions.retrieve('sub_…')
   * ```
   */
  retrieve(id: string, options?: CallOptions): ApiPromise<Subscription>
  /**
   * Subscriptions, newest first.
   * @example
   * ```ts
   * for await (const one of client.subscriptions.list({ status: 'past_due' })) console.log(one.id)
   * ```
   */
  list(params?: SubscriptionListParams, options?: CallOptions): List<Subscription>
  /**
   * Ends a subscription, at once or when the running period ends.
   * @throws ConflictError `invalid_state` once it has ended
   * @example
   * ```ts
   * await client.subscriptions.cancel(subscription.id, { atPeriodEnd: true })
   * ```
   */
  cancel(id: string, params?: SubscriptionCancelParams, options?: CallOptions): ApiPromise<Subscription>
  /**
   * Pauses an active subscription: nothing is charged until it is resumed.
   * @throws ConflictError `invalid_state`, ValidationError `capability_unsupported`
   * @example
   * ```ts
   * await client.subscriptions.pause(subscription.id)
   * ```
   */
  pause(id: string, params?: SubscriptionPauseParams, options?: CallOptions): ApiPromise<Subscription>
  /**
   * Resumes a paused subscription.
   * @throws ConflictError `invalid_state`
   * @example
   * ```ts
   * await client.subscriptions.resume(subscription.id)
   * ```
   */
  resume(id: string, options?: CallOptions): ApiPromise<Subscription>
  /**
   * Changes the plan, the quantity, or both. Where the payer has to agree, `approvalUrl` is set until they do.
   * @throws ConflictError `invalid_state`, ValidationError `capability_unsupported` for `prorate` where it is not offered
   * @example
   * ```ts
   * const { pendingPlanId } = await client.subscriptions.changePlan(subscription.id, { planId: plan.id })
   * ```
   */
  changePlan(
    id: string,
    params: SubscriptionChangePlanParams,
    options?: CallOptions,
  ): ApiPromise<Subscription>
  /**
   * Asks the provider how the subscription stands now, instead of waiting for its webhook.
   * @example
   * ```ts
   * const { status } = await client.subscriptions.sync(subscription.id)
   * ```
   */
  sync(id: string, options?: CallOptions): ApiPromise<Subscription>
  /**
   * What was charged, newest first: one row per period.
   * @example
   * ```ts
   * for await (const charge of client.subscriptions.charges(subscription.id)) console.log(charge.amount, charge.status)
   * ```
   */
  charges(id: string, params?: SubscriptionChargeListParams, options?: CallOptions): List<SubscriptionCharge>
}

export function subscriptions(call: Call): Subscriptions {
  const get = (id: string, options?: CallOptions) =>
    call<Subscription>({ method: 'GET', path: path`/v1/subscriptions/${id}` }, options)
  const post = (to: string, body: object, options?: CallOptions) =>
    call<Subscription>({ method: 'POST', path: to, body }, options)
  return {
    create: (body, options) => post('/v1/subscriptions', body, options),
    get,
    retrieve: get,
    list: (params, options) => list(call, '/v1/subscriptions', params, options),
    cancel: (id, body = {}, options = {}) => post(path`/v1/subscriptions/${id}/cancel`, body, options),
    pause: (id, body = {}, options = {}) => post(path`/v1/subscriptions/${id}/pause`, body, options),
    resume: (id, options) => post(path`/v1/subscriptions/${id}/resume`, {}, options),
    changePlan: (id, body, options) => post(path`/v1/subscriptions/${id}/change_plan`, body, options),
    sync: (id, options) => post(path`/v1/subscriptions/${id}/sync`, {}, options),
    charges: (id, params, options) => list(call, path`/v1/subscriptions/${id}/charges`, params, options),
  }
}
