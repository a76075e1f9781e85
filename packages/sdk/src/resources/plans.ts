import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type { Plan, PlanCreateParams, PlanListParams } from '../types/plan.ts'

/** What is charged, and how often. A plan never changes: for another price, make another plan. */
export interface Plans {
  /**
   * Creates a plan.
   * @throws ValidationError `invalid_amount`, ProviderError when a named provider refuses it
   * @example
   * ```ts
   * const plan = await client.plans.create({ name: 'Pro', amount: '29.00', currency: 'USD', interval: 'month' })
   * ```
   */
  create(params: PlanCreateParams, options?: CallOptions): ApiPromise<Plan>
  /**
   * A plan, and what providers hold of it.
   * @throws NotFoundError
   * @example
   * ```ts
   * const { amount, interval } = await client.plans.get(plan.id)
   * ```
   */
  get(id: string, options?: CallOptions): ApiPromise<Plan>
  /**
   * The same as `get`.
   * @example
   * ```ts
   * const plan = await client.plans.retrieve('plan_…')
   * ```
   */
  retrieve(id: string, options?: CallOptions): ApiPromise<Plan>
  /**
   * Plans, newest first.
   * @example
   * ```ts
   * const { data } = await client.plans.list({ currency: 'USD' })
   * ```
   */
  list(params?: PlanListParams, options?: CallOptions): List<Plan>
}

export function plans(call: Call): Plans {
  const get = (id: string, options?: CallOptions) =>
    call<Plan>({ method: 'GET', path: path`/v1/plans/${id}` }, options)
  return {
    create: (body, options) => call({ method: 'POST', path: '/v1/plans', body }, options),
    get,
    retrieve: get,
    list: (params, options) => list(call, '/v1/plans', params, options),
  }
}
