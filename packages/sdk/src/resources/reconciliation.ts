import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type {
  ReconciliationItem,
  ReconciliationItemListParams,
  ReconciliationResolveParams,
  ReconciliationRun,
  ReconciliationRunListParams,
  ReconciliationStartParams,
} from '../types/reconciliation.ts'

/** OneRouter's books compared with the providers'. */
export interface Reconciliation {
  /**
   * Compares a window of time now; one that is under way already is answered instead.
   * @example
   * ```ts
   * await client.reconciliation.start({ provider: 'stripe', environment: 'live', from: '2026-11-20T00:00:00Z', to: new Date() })
   * ```
   */
  start(params: ReconciliationStartParams, options?: CallOptions): ApiPromise<ReconciliationRun>
  /**
   * Comparisons, newest first.
   * @example
   * ```ts
   * const { data } = await client.reconciliation.listRuns({ provider: 'paypal' })
   * ```
   */
  listRuns(params?: ReconciliationRunListParams, options?: CallOptions): List<ReconciliationRun>
  /**
   * Differences, newest first.
   * @example
   * ```ts
   * for await (const item of client.reconciliation.listItems({ state: 'open' })) console.log(item.reasons)
   * ```
   */
  listItems(params?: ReconciliationItemListParams, options?: CallOptions): List<ReconciliationItem>
  /**
   * Notes that a difference was dealt with; it is reported again only if its facts change.
   * @throws NotFoundError
   * @example
   * ```ts
   * await client.reconciliation.resolveItem('rci_…', { note: 'Refunded by hand in the dashboard.' })
   * ```
   */
  resolveItem(
    id: string,
    params: ReconciliationResolveParams,
    options?: CallOptions,
  ): ApiPromise<ReconciliationItem>
}

export function reconciliation(call: Call): Reconciliation {
  return {
    start: (body, options) => call({ method: 'POST', path: '/api/reconciliation/runs', body }, options),
    listRuns: (params, options) => list(call, '/api/reconciliation/runs', params, options),
    listItems: (params, options) => list(call, '/api/reconciliation/items', params, options),
    resolveItem: (id, body, options) =>
      call({ method: 'POST', path: path`/api/reconciliation/items/${id}/resolve`, body }, options),
  }
}
