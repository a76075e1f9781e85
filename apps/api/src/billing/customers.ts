import { ApiError, parseId, type Uuid } from '@onerouter/core'
import type { Customer } from '@onerouter/providers'
import { type Caller, visibleEnvironments } from '../engine/ports.ts'
import type { Queryable } from '../store/rows.ts'
import { listCustomers } from './customer-store.ts'
import type { CustomerRow } from './rows.ts'

const NO_RANGE = { gt: null, gte: null, lt: null, lte: null }

/** The caller's own customer; another account's is nobody's. @throws ApiError not_found */
export async function ownCustomer(db: Queryable, caller: Caller, id: Uuid): Promise<CustomerRow> {
  const [row] = await listCustomers(db, {
    accountId: caller.accountId,
    environments: visibleEnvironments(caller),
    created: NO_RANGE,
    id,
    limit: 1,
  })
  if (row === undefined) throw new ApiError('not_found', 'There is no such object.')
  return row
}

/** A payer as a request names one: by a customer's id, or by what is known of them. */
export interface NamedCustomer {
  readonly row: CustomerRow | null
  readonly customer: Customer & { readonly id?: string }
}

/**
 * Who a request's `customer` is. What is made with a customer keeps their details as they are now.
 * @throws ApiError not_found with a pointer, for a customer of nobody, of another account or environment
 */
export async function readCustomer(
  db: Queryable,
  caller: Caller,
  given: string | Customer,
  pointer = '/customer',
): Promise<NamedCustomer> {
  if (typeof given !== 'string') return { row: null, customer: given }
  const id = parseId('customer', given)
  const row = id === undefined ? null : await ownCustomer(db, caller, id).catch(unlessMissing)
  if (row === null) throw noCustomer(pointer)
  return {
    row,
    customer: {
      id: given,
      ...(row.name !== null && { name: row.name }),
      ...(row.email !== null && { email: row.email }),
      ...(row.phone !== null && { phone: row.phone }),
      ...(row.country !== null && { country: row.country }),
    },
  }
}

export function noCustomer(pointer = '/customer'): ApiError {
  return new ApiError('not_found', 'There is no such customer.', {
    errors: [{ pointer, detail: 'names no customer of this account and environment' }],
  })
}

function unlessMissing(error: unknown): null {
  if (error instanceof ApiError && error.code === 'not_found') return null
  throw error
}
