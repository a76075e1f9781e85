import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type { Review, ReviewListParams, ReviewResolved, ReviewResolveParams } from '../types/review.ts'

/** What waits for a person: calls whose outcome no provider tells, and messages that contradict the books. */
export interface Reviews {
  /**
   * What waits, with its evidence.
   * @example
   * ```ts
   * for await (const { id, why, payment } of client.review.list()) console.log(id, why, payment?.id)
   * ```
   */
  list(params?: ReviewListParams, options?: CallOptions): List<Review>
  /**
   * Settles a call as you say, as far as the provider, asked again, agrees.
   * @throws ConflictError `invalid_state` when the provider's evidence says otherwise
   * @example
   * ```ts
   * await client.review.resolve('op_…', { outcome: 'did_not_happen', note: 'Not in the bank statement.' })
   * ```
   */
  resolve(id: string, params: ReviewResolveParams, options?: CallOptions): ApiPromise<ReviewResolved>
}

export function review(call: Call): Reviews {
  return {
    list: (params, options) => list(call, '/api/review', params, options),
    resolve: (id, body, options) =>
      call({ method: 'POST', path: path`/api/review/${id}/resolve`, body }, options),
  }
}
