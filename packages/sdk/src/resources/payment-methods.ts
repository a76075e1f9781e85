import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type {
  PaymentMethod,
  PaymentMethodListParams,
  PaymentMethodUpdateParams,
} from '../types/payment-method.ts'
import type { Service } from '../types/shared.ts'

/** The ways to pay that the providers have, and which of them are on. */
export interface PaymentMethods {
  /**
   * Every way to pay, by country and currency.
   * @example
   * ```ts
   * for await (const { id, available } of client.paymentMethods.list({ currency: 'INR' })) console.log(id, available)
   * ```
   */
  list(params?: PaymentMethodListParams, options?: CallOptions): List<PaymentMethod>
  /**
   * Turns a way to pay on or off.
   * @example
   * ```ts
   * await client.paymentMethods.update('razorpay', 'emi', { enabled: false })
   * ```
   */
  update(
    provider: Service,
    method: string,
    params: PaymentMethodUpdateParams,
    options?: CallOptions,
  ): ApiPromise<PaymentMethod>
}

export function paymentMethods(call: Call): PaymentMethods {
  return {
    list: (params = {}, options = {}) => list(call, '/v1/payment-methods', params, options),
    update: (provider, method, body, options) =>
      call({ method: 'PATCH', path: path`/v1/payment-methods/${provider}/${method}`, body }, options),
  }
}
