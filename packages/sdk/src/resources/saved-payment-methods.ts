import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type {
  DeletedSavedPaymentMethod,
  SavedPaymentMethod,
  SavedPaymentMethodListParams,
  SavedPaymentMethodUpdateParams,
} from '../types/saved-payment-method.ts'

/** Payment methods that payers let you keep, to be charged while they are away. */
export interface SavedPaymentMethods {
  /**
   * What is kept, newest first; of one customer, with what their last payment kept.
   * @example
   * ```ts
   * const { data } = await client.savedPaymentMethods.list({ customer: customer.id })
   * ```
   */
  list(params?: SavedPaymentMethodListParams, options?: CallOptions): List<SavedPaymentMethod>
  /**
   * A saved payment method.
   * @throws NotFoundError once it is deleted
   * @example
   * ```ts
   * const { brand, card } = await client.savedPaymentMethods.get('pm_…')
   * ```
   */
  get(id: string, options?: CallOptions): ApiPromise<SavedPaymentMethod>
  /**
   * Changes what is given; `null` takes it away.
   * @throws NotFoundError
   * @example
   * ```ts
   * await client.savedPaymentMethods.update('pm_…', { nickname: 'Company card' })
   * ```
   */
  update(
    id: string,
    params: SavedPaymentMethodUpdateParams,
    options?: CallOptions,
  ): ApiPromise<SavedPaymentMethod>
  /**
   * Deletes it here and at its provider: from the answer on it is charged no more.
   * @throws NotFoundError
   * @example
   * ```ts
   * await client.savedPaymentMethods.delete('pm_…')
   * ```
   */
  delete(id: string, options?: CallOptions): ApiPromise<DeletedSavedPaymentMethod>
}

export function savedPaymentMethods(call: Call): SavedPaymentMethods {
  const at = (id: string) => path`/v1/saved-payment-methods/${id}`
  return {
    list: (params, options) => list(call, '/v1/saved-payment-methods', params, options),
    get: (id, options) => call({ method: 'GET', path: at(id) }, options),
    update: (id, body, options) => call({ method: 'PATCH', path: at(id), body }, options),
    delete: (id, options) => call({ method: 'DELETE', path: at(id) }, options),
  }
}
