import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type {
  Customer,
  CustomerCreateParams,
  CustomerListParams,
  CustomerUpdateParams,
  DeletedCustomer,
} from '../types/customer.ts'

/** Payers you know. Payments and subscriptions name them by id, and keep their details of that moment. */
export interface Customers {
  /**
   * Creates a customer.
   * @example
   * ```ts
   * const customer = await client.customers.create({ name: 'Ada', email: 'ada@example.com' })
   * ```
   */
  create(params: CustomerCreateParams, options?: CallOptions): ApiPromise<Customer>
  /**
   * A customer.
   * @throws NotFoundError
   * @example
   * ```ts
   * const { email } = await client.customers.get(customer.id)
   * ```
   */
  get(id: string, options?: CallOptions): ApiPromise<Customer>
  /**
   * The same as `get`.
   * @example
   * ```ts
   * const customer = await client.customers.retrieve('cus_…')
   * ```
   */
  retrieve(id: string, options?: CallOptions): ApiPromise<Customer>
  /**
   * Customers, newest first.
   * @example
   * ```ts
   * const { data } = await client.customers.list({ email: 'ada@example.com' })
   * ```
   */
  list(params?: CustomerListParams, options?: CallOptions): List<Customer>
  /**
   * Changes what is given; `null` takes a detail away.
   * @throws NotFoundError
   * @example
   * ```ts
   * await client.customers.update(customer.id, { phone: null })
   * ```
   */
  update(id: string, params: CustomerUpdateParams, options?: CallOptions): ApiPromise<Customer>
  /**
   * Deletes a customer who has no running subscription.
   * @throws ConflictError `invalid_state`
   * @example
   * ```ts
   * await client.customers.delete(customer.id)
   * ```
   */
  delete(id: string, options?: CallOptions): ApiPromise<DeletedCustomer>
}

export function customers(call: Call): Customers {
  const get = (id: string, options?: CallOptions) =>
    call<Customer>({ method: 'GET', path: path`/v1/customers/${id}` }, options)
  return {
    create: (body, options) => call({ method: 'POST', path: '/v1/customers', body }, options),
    get,
    retrieve: get,
    list: (params, options) => list(call, '/v1/customers', params, options),
    update: (id, body, options) => call({ method: 'PATCH', path: path`/v1/customers/${id}`, body }, options),
    delete: (id, options) => call({ method: 'DELETE', path: path`/v1/customers/${id}` }, options),
  }
}
