import type { UpdateCustomerBody } from '@onerouter/contract'
import { ApiError, type Environment, formatId } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import {
  CUSTOMER_STILL_PAYS,
  deleteCustomer,
  listCustomers,
  recordCustomer,
  updateCustomer,
} from '../../billing/customer-store.ts'
import { ownCustomer } from '../../billing/customers.ts'
import type { Billing } from '../../billing/ports.ts'
import { presentCustomer } from '../../billing/present.ts'
import { claimRow, replay } from '../../billing/replay.ts'
import type { CustomerRow } from '../../billing/rows.ts'
import { visibleEnvironments } from '../../engine/ports.ts'
import { callerOf, claimOf, sendReply } from '../../http/idempotency.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { sqlState } from '../../store/rows.ts'
import { readMetadata } from '../metadata.ts'

export function customerRoutes(app: FastifyInstance, billing: Billing): void {
  const { db, engine } = billing

  mount(app, 'createCustomer', async ({ body, principal, request, reply }) => {
    const caller = callerOf(principal)
    const claim = claimOf(request)
    const at = new Date(engine.now())
    const row: CustomerRow = {
      account_id: caller.accountId,
      environment: environmentOf(principal, body.environment),
      id: engine.newId(),
      name: body.name ?? null,
      email: body.email ?? null,
      phone: body.phone ?? null,
      country: body.country?.toUpperCase() ?? null,
      description: body.description ?? null,
      metadata: readMetadata(body),
      deleted_at: null,
      created_at: at,
      updated_at: at,
    }
    const answer = { status: 201, body: JSON.stringify(presentCustomer(row)) }
    const recorded = await recordCustomer(db, row, claimRow(caller, claim, row, { at, answer }))
    if (!recorded) return sendReply(request, reply, claim, await replay(billing, caller, claim))
    const first = { ...answer, replayed: false, originalRequestId: null, providerMs: 0 }
    return sendReply(request, reply, claim, first)
  })

  mount(app, 'listCustomers', async ({ query, principal }) => {
    const page = parsePage('customer', query)
    const rows = await listCustomers(db, {
      accountId: principal.accountId,
      environments: seen(principal, query.environment),
      created: page.created,
      limit: page.limit,
      ...(page.after !== null && { startingAfter: page.after }),
      ...(query.email !== undefined && { email: query.email }),
    })
    return listAnswer(rows, page.limit, presentCustomer)
  })

  mount(app, 'getCustomer', async ({ params, principal }) =>
    presentCustomer(await ownCustomer(db, callerOf(principal), idParam('customer', params.id))),
  )

  mount(app, 'updateCustomer', async ({ params, body, principal }) => {
    const found = await ownCustomer(db, callerOf(principal), idParam('customer', params.id))
    const row = await updateCustomer(db, found, changeOf(body), new Date(engine.now()))
    if (row === null) throw notFound()
    return presentCustomer(row)
  })

  mount(app, 'deleteCustomer', async ({ params, principal }) => {
    const found = await ownCustomer(db, callerOf(principal), idParam('customer', params.id))
    const gone = await deleteCustomer(db, found, new Date(engine.now())).catch(stillPays)
    if (!gone) throw notFound()
    // What was kept for them is forgotten at the providers, too.
    engine.wake()
    return { id: formatId('customer', found.id), object: 'customer' as const, deleted: true }
  })
}

function stillPays(error: unknown): never {
  if (sqlState(error) !== CUSTOMER_STILL_PAYS) throw error
  throw new ApiError(
    'invalid_state',
    'This customer still has a running subscription. Cancel it, then delete the customer.',
  )
}

/** Countries are kept in capitals. */
function changeOf({ country, ...rest }: UpdateCustomerBody) {
  return { ...rest, ...(country !== undefined && { country: country?.toUpperCase() ?? null }) }
}

/** @throws ApiError environment_not_allowed */
export function environmentOf(principal: Principal, wanted: Environment | undefined): Environment {
  if (wanted === 'live' && principal.environment === 'test') {
    throw new ApiError('environment_not_allowed', 'A test key only ever uses the test environment.', {
      errors: [{ pointer: '/environment', detail: 'must be test, or be left out' }],
    })
  }
  return wanted ?? principal.environment
}

/** Of the environments the caller may see, the one that is asked for, or all. */
export function seen(principal: Principal, wanted: Environment | undefined): readonly Environment[] {
  return visibleEnvironments(callerOf(principal)).filter((one) => one === (wanted ?? one))
}
