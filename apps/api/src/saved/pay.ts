import { ApiError, type Environment, formatId, type Service, type Uuid } from '@onerouter/core'
import { CUSTOMER_GONE } from '../billing/customer-store.ts'
import { type NamedCustomer, noCustomer } from '../billing/customers.ts'
import type { CustomerRow } from '../billing/rows.ts'
import { methodsOff, refusalOf } from '../engine/able.ts'
import { type CreatePaymentInput, createPayment } from '../engine/create-payment.ts'
import { type Caller, type Claim, type Reply, visibleEnvironments } from '../engine/ports.ts'
import { replayIfClaimed, unlessClaimed } from '../engine/replay.ts'
import { type Route, refused } from '../engine/route-payment.ts'
import { sqlState } from '../store/rows.ts'
import { accessOf } from './access.ts'
import type { Saved } from './ports.ts'
import { isKept, type KeptMethod, type SavedMethodRow } from './row.ts'
import { customersAtProviders, dropPending, insertSaved, listSaved } from './store.ts'

/** A payment whose payer lets what they pay with be kept for the customer. */
export async function paySaving(
  saved: Saved,
  caller: Caller,
  input: CreatePaymentInput,
  customer: CustomerRow,
  claim: Claim,
): Promise<Reply> {
  const { engine, db } = saved
  const replayed = await replayIfClaimed(engine, caller, claim)
  if (replayed !== null) return replayed
  const id = engine.newId()
  const row = pendingRow(saved, customer, id)
  const save = { customers: await customersAtProviders(db, customer) }
  await insertSaved(db, row).catch((error: unknown) => {
    throw sqlState(error) === CUSTOMER_GONE ? noCustomer() : error
  })
  // Its customer's environment is the payment's: what is kept in one is charged in no other.
  const asked = { ...input, id, environment: customer.environment, save }
  return await createPayment(engine, caller, asked, claim).catch(async (error: unknown) => {
    if (error instanceof ApiError) await dropPending(db, row)
    throw error
  })
}

/** What is agreed to is noted before anybody pays, so that no crash between payment and keeping can lose it. */
function pendingRow({ engine }: Saved, customer: CustomerRow, paymentId: Uuid): SavedMethodRow {
  const at = new Date(engine.now())
  return {
    account_id: customer.account_id,
    environment: customer.environment,
    id: engine.newId(),
    customer_id: customer.id,
    payment_id: paymentId,
    state: 'pending',
    provider: null,
    credential_version: null,
    provider_account: null,
    customer_ref: null,
    sealed: null,
    key_id: null,
    digest: null,
    kind: null,
    brand: null,
    last4: null,
    exp_month: null,
    exp_year: null,
    nickname: null,
    metadata: {},
    consented_at: at,
    tries: 0,
    due_at: new Date(at.getTime() + 2_000),
    created_at: at,
    updated_at: at,
  }
}

export interface SavedCharge {
  readonly methodId: Uuid
  readonly customer: CustomerRow | null
  /** Where the request says that it is; absent = wherever the method is kept. */
  readonly environment?: Environment
  readonly input: CreatePaymentInput
}

/**
 * Charges a kept method while its payer is away, at the provider and the merchant account that keep it. From its record
 * on the payment is one like any other: sent once, and looked up when its outcome is not known.
 */
export async function paySaved(
  saved: Saved,
  caller: Caller,
  asked: SavedCharge,
  claim: Claim,
): Promise<Reply> {
  const { engine } = saved
  const found = await routeTo(saved, caller, asked).catch((error: unknown) =>
    // What was created under this key stays its answer, whatever became of the method since.
    unlessClaimed(engine, caller, claim, error),
  )
  if ('body' in found) return found
  const { method, route } = found
  const customer: NamedCustomer['customer'] = {
    ...asked.input.customer,
    id: formatId('customer', method.customer_id),
  }
  const input: CreatePaymentInput = {
    ...asked.input,
    environment: method.environment,
    saved: { methodId: method.id, route },
    customer,
  }
  return await createPayment(engine, caller, input, claim)
}

async function routeTo(
  saved: Saved,
  caller: Caller,
  { methodId, customer, environment, input }: SavedCharge,
): Promise<{ readonly method: KeptMethod; readonly route: Route }> {
  const { engine } = saved
  const method = await ownSaved(saved, caller, methodId, '/payment_method')
  if (customer !== null && customer.id !== method.customer_id) throw noMethod('/payment_method')
  if (environment !== undefined && environment !== method.environment) throw noMethod('/payment_method')
  const { provider: service } = method
  if (input.provider !== undefined && input.provider !== service) throw elsewhere(service)
  const access = await accessOf(saved, method)
  const payments = access?.provider.payments
  if (access === null || payments === undefined) {
    throw new ApiError(
      'provider_not_configured',
      `The ${service} account that keeps this method is not connected.`,
    )
  }
  const connected = await engine.credentials.connected(caller.accountId)
  const off = methodsOff(connected, service, method.environment)
  const refusal = refusalOf(payments, { amount: input.amount, capture: input.capture }, service, off)
  if (refusal !== null) throw refused(refusal)
  const reason = 'keeps the saved method'
  const record = { rule: 'saved_method', candidates: [{ provider: service, chosen: true, reason }] } as const
  return { method, route: { ...access, payments, record } }
}

/** The caller's own method; one that is missing, another account's or another environment's is nobody's. */
export async function ownSaved(
  { db }: Pick<Saved, 'db'>,
  caller: Caller,
  id: Uuid,
  pointer?: string,
): Promise<KeptMethod> {
  const [row] = await listSaved(db, {
    accountId: caller.accountId,
    environments: visibleEnvironments(caller),
    services: null,
    states: ['active', 'deleting', 'deleted'],
    id,
    limit: 1,
  })
  if (row === undefined) throw noMethod(pointer)
  if (row.provider !== null && caller.services !== null && !caller.services.has(row.provider)) {
    throw new ApiError('service_not_allowed', `This key may not use ${row.provider}.`)
  }
  if (row.state === 'active' && isKept(row)) return row
  if (pointer === undefined) throw noMethod()
  throw new ApiError('invalid_state', 'This saved payment method was deleted and can be charged no more.', {
    errors: [{ pointer, detail: 'names a deleted payment method' }],
  })
}

export function noMethod(pointer?: string): ApiError {
  return new ApiError('not_found', 'There is no such saved payment method.', {
    ...(pointer !== undefined && {
      errors: [
        { pointer, detail: 'names no saved payment method of this account, customer and environment' },
      ],
    }),
  })
}

const elsewhere = (service: Service): ApiError =>
  new ApiError('invalid_request', `This payment method is kept by ${service} and is charged nowhere else.`, {
    errors: [{ pointer: '/provider', detail: `must be ${service}, or be left out` }],
  })
