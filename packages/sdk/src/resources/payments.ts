import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type {
  Payment,
  PaymentCaptureParams,
  PaymentCreateParams,
  PaymentListParams,
  Routing,
  Timeline,
} from '../types/payment.ts'
import type { PaymentRefundParams, Refund } from '../types/refund.ts'

/** One-time payments. */
export interface Payments {
  /**
   * Creates a payment. Send the payer to its `checkoutUrl`.
   * @throws PaymentDeclinedError, ProviderError, ValidationError, …
   * @example
   * ```ts
   * const payment = await client.payments.create({ amount: '500.00', currency: 'USD', provider: 'stripe' })
   * console.log(payment.checkoutUrl)
   * ```
   */
  create(params: PaymentCreateParams, options?: CallOptions): ApiPromise<Payment>
  /**
   * A payment as it stands.
   * @throws NotFoundError
   * @example
   * ```ts
   * const { status, amountCaptured } = await client.payments.get(payment.id)
   * ```
   */
  get(id: string, options?: CallOptions): ApiPromise<Payment>
  /**
   * The same as `get`.
   * @example
   * ```ts
   * const payment = await client.payments.retrieve('pay_…')
   * ```
   */
  retrieve(id: string, options?: CallOptions): ApiPromise<Payment>
  /**
   * Payments, newest first.
   * @example
   * ```ts
   * for await (const payment of client.payments.list({ status: 'succeeded' })) console.log(payment.id)
   * ```
   */
  list(params?: PaymentListParams, options?: CallOptions): List<Payment>
  /**
   * Captures an authorized payment, wholly, or in part where the provider can; the rest is released.
   * @throws ConflictError `invalid_state`, ValidationError `amount_exceeds_authorized`
   * @example
   * ```ts
   * await client.payments.capture(payment.id, { amount: '300.00' })
   * ```
   */
  capture(id: string, params?: PaymentCaptureParams, options?: CallOptions): ApiPromise<Payment>
  /**
   * Cancels a payment that nobody has paid, or releases what is authorized.
   * @throws ConflictError `invalid_state`
   * @example
   * ```ts
   * const { status } = await client.payments.cancel(payment.id) // 'canceled'
   * ```
   */
  cancel(id: string, options?: CallOptions): ApiPromise<Payment>
  /**
   * Refunds a payment: what is left of it, or the amount given.
   * @throws ValidationError `amount_exceeds_captured`
   * @example
   * ```ts
   * const refund = await client.payments.refund(payment.id, { amount: '20.00', reason: 'damaged' })
   * ```
   */
  refund(id: string, params?: PaymentRefundParams, options?: CallOptions): ApiPromise<Refund>
  /**
   * Asks the provider how the payment stands now, instead of waiting for its webhook.
   * @example
   * ```ts
   * const { status } = await client.payments.sync(payment.id)
   * ```
   */
  sync(id: string, options?: CallOptions): ApiPromise<Payment>
  /**
   * Every attempt, provider call (redacted), webhook and transition, in order.
   * @example
   * ```ts
   * const { data } = await client.payments.timeline(payment.id)
   * for (const { at, summary } of data) console.log(at, summary)
   * ```
   */
  timeline(id: string, options?: CallOptions): ApiPromise<Timeline>
  /**
   * Why this provider.
   * @example
   * ```ts
   * const { chosen, reason } = await client.payments.routing(payment.id)
   * ```
   */
  routing(id: string, options?: CallOptions): ApiPromise<Routing>
}

export function payments(call: Call): Payments {
  const get = (id: string, options?: CallOptions) =>
    call<Payment>({ method: 'GET', path: path`/v1/payments/${id}` }, options)
  return {
    create: (body, options) => call({ method: 'POST', path: '/v1/payments', body }, options),
    get,
    retrieve: get,
    list: (params, options) => list(call, '/v1/payments', params, options),
    capture: (id, body = {}, options = {}) =>
      call({ method: 'POST', path: path`/v1/payments/${id}/capture`, body }, options),
    cancel: (id, options) =>
      call({ method: 'POST', path: path`/v1/payments/${id}/cancel`, body: {} }, options),
    refund: (id, body = {}, options = {}) =>
      call({ method: 'POST', path: path`/v1/payments/${id}/refund`, body }, options),
    sync: (id, options) => call({ method: 'POST', path: path`/v1/payments/${id}/sync`, body: {} }, options),
    timeline: (id, options) => call({ method: 'GET', path: path`/v1/payments/${id}/timeline` }, options),
    routing: (id, options) => call({ method: 'GET', path: path`/v1/payments/${id}/routing` }, options),
  }
}
