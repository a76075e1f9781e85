import { type Environment, PAYMENT_STATUSES, SERVICES, type Service, type Uuid } from '@onerouter/core'
import { addCreated, type Conditions, type CreatedRange, conditions } from './created.ts'
import type { PaymentRow, Queryable } from './rows.ts'

/** A row of one tenant, addressed the way every tenant table is keyed. */
export interface Ref {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
}

const asPayment = (row: Record<string, unknown> | undefined): PaymentRow | null =>
  row === undefined ? null : (row as unknown as PaymentRow) // columns and PaymentRow are held equal by a test

/**
 * By the id alone, which no two payments share. Before a table's first statistics all indexes that begin with the account look alike,
 * and one that knows no more of the row would read all of the account's; none serves `is not distinct from`.
 */
export const GET_PAYMENT = `select * from payment
  where id = $3 and account_id is not distinct from $1 and environment is not distinct from $2`

export const GET_PAYMENT_OF_ACCOUNT = `select * from payment
  where id = $3 and account_id is not distinct from $1 and environment = any($2::text[])`

export async function getPayment(db: Queryable, ref: Ref): Promise<PaymentRow | null> {
  const { rows } = await db.query({
    name: 'get-payment',
    text: GET_PAYMENT,
    values: [ref.account_id, ref.environment, ref.id],
  })
  return asPayment(rows[0])
}

/** By id alone, for whom the id was proven: the signed checkout link. */
export async function getPaymentById(db: Queryable, id: Uuid): Promise<PaymentRow | null> {
  const { rows } = await db.query({
    name: 'get-payment-by-id',
    text: 'select * from payment where id = $1',
    values: [id],
  })
  return asPayment(rows[0])
}

/** The payment of an account in any of the given environments: a live key may see its test payments too. */
export async function getPaymentOfAccount(
  db: Queryable,
  accountId: Uuid,
  environments: readonly Environment[],
  id: Uuid,
): Promise<PaymentRow | null> {
  const { rows } = await db.query({
    name: 'get-payment-of-account',
    text: GET_PAYMENT_OF_ACCOUNT,
    values: [accountId, environments, id],
  })
  return asPayment(rows[0])
}

export interface ProviderIds {
  readonly reference: string | null
  readonly orderRef: string | null
  readonly paymentRef: string | null
}

export const FIND_BY_PROVIDER_IDS = `select * from payment
  where account_id = $1 and environment = $2
    and ((provider = $3 and (provider_order_id = $5 or provider_payment_id = $6))
      or id = (select payment_id from operation
        where reference = $4 and account_id = $1 and environment = $2 and provider = $3))
  order by (reference = $4) desc nulls last, id desc limit 1`

/**
 * Finds whom a provider's event is about; our own reference is trusted first, then the provider's ids. A payment
 * that has gone on with another provider is still found by the reference of the attempt it left behind.
 */
export async function findPaymentByProviderIds(
  db: Queryable,
  owner: { readonly account_id: Uuid; readonly environment: Environment; readonly provider: Service },
  ids: ProviderIds,
): Promise<PaymentRow | null> {
  const { rows } = await db.query({
    name: 'find-payment-by-provider-ids',
    text: FIND_BY_PROVIDER_IDS,
    values: [
      owner.account_id,
      owner.environment,
      owner.provider,
      ids.reference,
      ids.orderRef,
      ids.paymentRef,
    ],
  })
  return asPayment(rows[0])
}

export interface PaymentFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  /** `null` = all. */
  readonly services: readonly Service[] | null
  readonly created: CreatedRange
  readonly status?: string
  readonly provider?: string
  readonly currency?: string
  readonly receipt?: string
  /** The payer's e-mail address. */
  readonly customer?: string
  /** Newest first: the last id of the page before. */
  readonly startingAfter?: Uuid
  readonly limit: number
}

const PAID_BY = 'select payment_id from payment_payer where account_id = $1 and environment = any($2::text[])'

/**
 * Status, provider and currency are columns of one index, in this order: what is not asked for is all of its values, so
 * that what is asked for behind it is still found there.
 */
function addKind(all: Conditions, filter: PaymentFilter): void {
  const { status, provider, currency, services } = filter
  const known = SERVICES.filter((one) => provider === undefined || one === provider)
  const allowed = services === null ? known : known.filter((one) => services.includes(one))
  if (status === undefined && provider === undefined && currency === undefined && services === null) return
  all.add((p) => `status = any(${p}::text[])`, status === undefined ? PAYMENT_STATUSES : [status])
  all.add((p) => `provider = any(${p}::text[])`, allowed)
  all.add((p) => `currency = ${p}`, currency)
}

/** One page plus one row, by which the caller knows whether there is more. */
export async function listPayments(db: Queryable, filter: PaymentFilter): Promise<PaymentRow[]> {
  const all = conditions(
    ['account_id = $1', 'environment = any($2::text[])'],
    [filter.accountId, filter.environments],
  )
  addKind(all, filter)
  all.add((p) => `receipt = ${p}`, filter.receipt)
  const payer = filter.customer?.startsWith('cus_') ? filter.customer : filter.customer?.toLowerCase()
  all.add((p) => `id in (${PAID_BY} and payer = ${p})`, payer)
  all.add((p) => `id < ${p}`, filter.startingAfter)
  addCreated(all, filter.created)
  const { rows } = await db.query({
    text: `select * from payment where ${all.where.join(' and ')} order by id desc limit ${filter.limit + 1}`,
    values: all.values,
  })
  return rows as unknown as PaymentRow[] // columns and PaymentRow are held equal by a test
}
