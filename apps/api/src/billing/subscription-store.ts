import type { Environment, Service, SubscriptionStatus, Uuid } from '@onerouter/core'
import { addCreated, type CreatedRange, conditions, ordered } from '../store/created.ts'
import type { Queryable } from '../store/rows.ts'
import type { ObjectRef, SubscriptionChargeRow, SubscriptionRow } from './rows.ts'

/** Columns and rows are held equal by a test. */
const asRows = (rows: Record<string, unknown>[]): SubscriptionRow[] => rows as unknown as SubscriptionRow[]
const asCharges = (rows: Record<string, unknown>[]): SubscriptionChargeRow[] =>
  rows as unknown as SubscriptionChargeRow[]

export async function getSubscription(db: Queryable, ref: ObjectRef): Promise<SubscriptionRow | null> {
  const { rows } = await db.query({
    name: 'get-subscription',
    text: 'select * from subscription where account_id = $1 and environment = $2 and id = $3',
    values: [ref.account_id, ref.environment, ref.id],
  })
  return asRows(rows)[0] ?? null
}

/** By the id alone: a return page has nothing else, and proves the id by its signature. */
export async function getSubscriptionById(db: Queryable, id: Uuid): Promise<SubscriptionRow | null> {
  const { rows } = await db.query({
    name: 'get-subscription-by-id',
    text: 'select * from subscription where id = $1',
    values: [id],
  })
  return asRows(rows)[0] ?? null
}

export interface ProviderIds {
  readonly reference: string | null
  readonly orderRef: string | null
  readonly subscriptionRef: string | null
}

export async function findSubscription(
  db: Queryable,
  owner: { readonly account_id: Uuid; readonly environment: Environment; readonly provider: Service },
  ids: ProviderIds,
): Promise<SubscriptionRow | null> {
  const { rows } = await db.query({
    name: 'find-subscription',
    text: `select * from subscription where account_id = $1 and environment = $2 and provider = $3
        and (provider_subscription_id = $4 or provider_order_id = $5 or reference = $6)
      order by (provider_subscription_id = $4) desc nulls last, id desc limit 1`,
    values: [
      owner.account_id,
      owner.environment,
      owner.provider,
      ids.subscriptionRef,
      ids.orderRef,
      ids.reference,
    ],
  })
  return asRows(rows)[0] ?? null
}

/** Takes what is due, each for `leaseMs`: the due time itself is the lease. */
export async function claimDueSubscriptions(
  db: Queryable,
  limit: number,
  leaseMs: number,
): Promise<SubscriptionRow[]> {
  const { rows } = await db.query({
    name: 'claim-due-subscriptions',
    text: `update subscription s
      set due_at = clock_timestamp() + $2::int * interval '1 millisecond', tries = tries + 1
      from (select account_id, environment, id from subscription
        where due_at <= clock_timestamp() order by due_at limit $1 for update skip locked) due
      where s.account_id = due.account_id and s.environment = due.environment and s.id = due.id
      returning s.*`,
    values: [limit, leaseMs],
  })
  return asRows(rows)
}

/**
 * Sets when the provider is asked next; `null` = nothing is expected any more. `false`: the subscription changed since it
 * was read, and has a schedule that knows more.
 */
export async function postponeSubscription(
  db: Queryable,
  row: ObjectRef & Pick<SubscriptionRow, 'version'>,
  dueMs: number | null,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'postpone-subscription',
    text: `update subscription set due_at = clock_timestamp() + $4::bigint * interval '1 millisecond'
      where account_id = $1 and environment = $2 and id = $3 and version = $5`,
    values: [row.account_id, row.environment, row.id, dueMs, row.version],
  })
  return rowCount === 1
}

const NEXT_DUE = `select (extract(epoch from least(
    (select min(due_at) from subscription where due_at is not null),
    (select min(due_at) from subscription_operation where due_at is not null),
    (select min(due_at) from provider_plan where due_at is not null)) - clock_timestamp()) * 1000)::float8 as ms`

/** Until the next of a subscription, a call or a plan is due. */
export async function nextBillingDueMs(db: Queryable): Promise<number | null> {
  const { rows } = await db.query({ name: 'next-billing-due', text: NEXT_DUE, values: [] })
  const ms = rows[0]?.['ms']
  return typeof ms === 'number' ? ms : null
}

/** Living subscriptions on the sandbox, whose clock has just been moved: all of them have something to tell. */
export async function wakeSandboxSubscriptions(db: Queryable): Promise<void> {
  await db.query({
    text: `update subscription s set due_at = clock_timestamp() from credential c
      where c.account_id = s.account_id and c.environment = s.environment and c.service = s.provider
        and c.version = s.credential_version and c.sandbox
        and s.status not in ('canceled', 'completed', 'expired')`,
    values: [],
  })
}

export interface SubscriptionFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  /** Services the caller may see; `null` = all. */
  readonly services: readonly Service[] | null
  readonly created: CreatedRange
  readonly id?: Uuid
  readonly status?: SubscriptionStatus
  readonly planId?: Uuid
  readonly customerId?: Uuid
  readonly provider?: Service
  readonly startingAfter?: Uuid
  readonly limit: number
}

/** One page plus one row, newest first. */
export async function listSubscriptions(
  db: Queryable,
  filter: SubscriptionFilter,
): Promise<SubscriptionRow[]> {
  const all = conditions(['account_id = $1'], [filter.accountId])
  all.add((p) => `provider = any(${p}::text[])`, filter.services)
  all.add((p) => `id = ${p}`, filter.id)
  all.add((p) => `status = ${p}`, filter.status)
  all.add((p) => `plan_id = ${p}`, filter.planId)
  all.add((p) => `customer_id = ${p}`, filter.customerId)
  all.add((p) => `provider = ${p}`, filter.provider)
  all.add((p) => `id < ${p}`, filter.startingAfter)
  addCreated(all, filter.created)
  const { rows } = await db.query({
    text: ordered({
      from: 'subscription',
      all,
      environments: filter.environments,
      order: 'id desc',
      limit: filter.limit + 1,
    }),
    values: all.values,
  })
  return asRows(rows)
}

/** More charges than any subscription has periods in a provider's window. */
const CHARGES_MAX = 5_000

/** All of a subscription's charges, oldest first. */
export async function allCharges(db: Queryable, owner: ObjectRef): Promise<SubscriptionChargeRow[]> {
  const { rows } = await db.query({
    name: 'all-charges',
    text: `select * from subscription_charge where account_id = $1 and environment = $2 and subscription_id = $3
      order by period_start, id limit ${CHARGES_MAX}`,
    values: [owner.account_id, owner.environment, owner.id],
  })
  return asCharges(rows)
}

/** One page plus one row, newest first. */
export async function listCharges(
  db: Queryable,
  owner: ObjectRef,
  page: {
    readonly startingAfter: Uuid | null
    readonly limit: number
    readonly status?: SubscriptionChargeRow['status']
  },
): Promise<SubscriptionChargeRow[]> {
  const all = conditions(
    ['account_id = $1', 'environment = $2', 'subscription_id = $3'],
    [owner.account_id, owner.environment, owner.id],
  )
  all.add((p) => `id < ${p}`, page.startingAfter)
  all.add((p) => `status = ${p}`, page.status)
  const { rows } = await db.query({
    text: `select * from subscription_charge where ${all.where.join(' and ')}
      order by id desc limit ${page.limit + 1}`,
    values: all.values,
  })
  return asCharges(rows)
}
