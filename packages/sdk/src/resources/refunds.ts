import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type { Refund, RefundCreateParams, RefundListParams } from '../types/refund.ts'

/** Money on its way back. */
export interface Refunds {
  /**
   * Refunds a payment or the charge of a subscription: what is left of it, or the amount given. The sum never exceeds
   * what was captured.
   * @throws ValidationError `amount_exceeds_captured`, ConflictError `invalid_state`
   * @example
   * ```ts
   * const refund = await client.refunds.create({ paymentId: payment.id, amount: '20.00' })
   * ```
   */
  create(params: RefundCreateParams, options?: CallOptions): ApiPromise<Refund>
  /**
   * A refund as it stands.
   * @throws NotFoundError
   * @example
   * ```ts
   * const { status } = await client.refunds.get(refund.id)
   * ```
   */
  get(id: string, options?: CallOptions): ApiPromise<Refund>
  /**
   * The same as `get`.
   * @example
   * ```ts
   * const refund = await client.refunds.retrieve('re_…')
   * ```
   */
  retrieve(id: string, options?: CallOptions): ApiPromise<Refund>
  /**
   * Refunds, newest first.
   * @example
   * ```ts
   * const { data } = await client.refunds.list({ paymentId: payment.id })
   * ```
   */
  list(params?: RefundListParams, options?: CallOptions): List<Refund>
}

export function refunds(call: Call): Refunds {
  const get = (id: string, options?: CallOptions) =>
    call<Refund>({ method: 'GET', path: path`/v1/refunds/${id}` }, options)
  return {
    create: (body, options) => call({ method: 'POST', path: '/v1/refunds', body }, options),
    get,
    retrieve: get,
    list: (params, options) => list(call, '/v1/refunds', params, options),
  }
}
