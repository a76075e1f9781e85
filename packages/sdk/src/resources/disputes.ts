import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type { Dispute, DisputeListParams } from '../types/dispute.ts'

/** What payers take back through their bank or the provider. They are answered at `evidenceUrl`. */
export interface Disputes {
  /**
   * A dispute as it stands.
   * @throws NotFoundError
   * @example
   * ```ts
   * const { status, evidenceDueAt, evidenceUrl } = await client.disputes.get(dispute.id)
   * ```
   */
  get(id: string, options?: CallOptions): ApiPromise<Dispute>
  /**
   * The same as `get`.
   * @example
   * ```ts
   * const dispute = await client.disputes.retrieve('dp_…')
   * ```
   */
  retrieve(id: string, options?: CallOptions): ApiPromise<Dispute>
  /**
   * Disputes, newest first.
   * @example
   * ```ts
   * const { data } = await client.disputes.list({ status: 'open' })
   * ```
   */
  list(params?: DisputeListParams, options?: CallOptions): List<Dispute>
}

export function disputes(call: Call): Disputes {
  const get = (id: string, options?: CallOptions) =>
    call<Dispute>({ method: 'GET', path: path`/v1/disputes/${id}` }, options)
  return {
    get,
    retrieve: get,
    list: (params, options) => list(call, '/v1/disputes', params, options),
  }
}
