import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type { PaymentLink, PaymentLinkCreateParams, PaymentLinkListParams } from '../types/payment-link.ts'

/** Addresses that ask for an amount: to be sent, printed or shown as a QR code. */
export interface PaymentLinks {
  /**
   * Makes a link, on whichever provider is connected. Paid once, unless `reusable`.
   * @throws ValidationError `invalid_amount`, `unsupported_currency`, `provider_not_configured`
   * @example
   * ```ts
   * const { shortUrl } = await client.paymentLinks.create({ amount: '500.00', currency: 'USD', description: 'Invoice 42' })
   * ```
   */
  create(params: PaymentLinkCreateParams, options?: CallOptions): ApiPromise<PaymentLink>
  /**
   * A link with its clicks and what it was paid.
   * @throws NotFoundError
   * @example
   * ```ts
   * const { status, paymentId } = await client.paymentLinks.get('plink_01m85va6qrej0bf947n0grxgzc')
   * ```
   */
  get(id: string, options?: CallOptions): ApiPromise<PaymentLink>
  /**
   * The same as `get`.
   * @example
   * ```ts
   * const link = await client.paymentLinks.retrieve('plink_01m85va6qrej0bf947n0grxgzc')
   * ```
   */
  retrieve(id: string, options?: CallOptions): ApiPromise<PaymentLink>
  /**
   * Links, newest first.
   * @example
   * ```ts
   * const { data } = await client.paymentLinks.list({ status: 'active' })
   * ```
   */
  list(params?: PaymentLinkListParams, options?: CallOptions): List<PaymentLink>
  /**
   * Ends a link: nobody can start to pay it.
   * @throws ConflictError `invalid_state` when it was paid or has expired
   * @example
   * ```ts
   * await client.paymentLinks.deactivate('plink_01m85va6qrej0bf947n0grxgzc')
   * ```
   */
  deactivate(id: string, options?: CallOptions): ApiPromise<PaymentLink>
}

export function paymentLinks(call: Call): PaymentLinks {
  const get: PaymentLinks['get'] = (id, options) =>
    call({ method: 'GET', path: path`/v1/payment-links/${id}` }, options)
  return {
    create: (body, options) => call({ method: 'POST', path: '/v1/payment-links', body }, options),
    get,
    retrieve: get,
    list: (params, options) => list(call, '/v1/payment-links', params, options),
    deactivate: (id, options) =>
      call({ method: 'POST', path: path`/v1/payment-links/${id}/deactivate`, body: {} }, options),
  }
}
