import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type {
  RoutingActivateParams,
  RoutingObservations,
  RoutingParams,
  RoutingPolicy,
  RoutingSaveParams,
  RoutingSimulateParams,
  RoutingSimulation,
  RoutingVersion,
  RoutingVersionListParams,
} from '../types/routing.ts'

/** Which provider gets a payment that names none. */
export interface RoutingRules {
  /**
   * The rules in force.
   * @example
   * ```ts
   * const { version, rules } = await client.routing.get()
   * ```
   */
  get(params?: RoutingParams, options?: CallOptions): ApiPromise<RoutingPolicy>
  /**
   * Writes a new version, in force at once or tried on a percentage of payments.
   * @throws ValidationError with a pointer to what means nothing
   * @example
   * ```ts
   * await client.routing.save({
   *   rules: [{ name: 'rupees', when: { currencies: ['INR'] }, use: { strategy: 'order', providers: ['razorpay'] } }],
   * })
   * ```
   */
  save(params: RoutingSaveParams, options?: CallOptions): ApiPromise<RoutingPolicy>
  /**
   * Every version there was, newest first.
   * @example
   * ```ts
   * for await (const { version, state, createdBy } of client.routing.versions()) console.log(version, state, createdBy)
   * ```
   */
  versions(params?: RoutingVersionListParams, options?: CallOptions): List<RoutingVersion>
  /**
   * Puts a version in force, or tries it. 0 is no rules at all.
   * @throws NotFoundError
   * @example
   * ```ts
   * await client.routing.activate(3)
   * ```
   */
  activate(version: number, params?: RoutingActivateParams, options?: CallOptions): ApiPromise<RoutingPolicy>
  /**
   * Routes the last month's payments under other rules and shows what would change.
   * @example
   * ```ts
   * const { changed, providers } = await client.routing.simulate({ rules: [], default: { strategy: 'least_cost' } })
   * ```
   */
  simulate(params: RoutingSimulateParams, options?: CallOptions): ApiPromise<RoutingSimulation>
  /**
   * Observed success and fees, and the health of the providers.
   * @example
   * ```ts
   * const { health } = await client.routing.observations()
   * ```
   */
  observations(params?: RoutingParams, options?: CallOptions): ApiPromise<RoutingObservations>
}

export function routing(call: Call): RoutingRules {
  return {
    get: (query = {}, options = {}) => call({ method: 'GET', path: '/api/routing', query }, options),
    save: (body, options) => call({ method: 'PUT', path: '/api/routing', body }, options),
    versions: (params = {}, options = {}) => list(call, '/api/routing/versions', params, options),
    activate: (version, body = {}, options = {}) =>
      call({ method: 'POST', path: path`/api/routing/versions/${String(version)}/activate`, body }, options),
    simulate: (body, options) => call({ method: 'POST', path: '/api/routing/simulate', body }, options),
    observations: (query = {}, options = {}) =>
      call({ method: 'GET', path: '/api/routing/observations', query }, options),
  }
}
