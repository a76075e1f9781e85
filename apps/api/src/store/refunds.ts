import type { Environment, Service, Uuid } from '@onerouter/core'
import { addCreated, type CreatedRange, conditions, ordered } from './created.ts'
import { eventArms } from './deliveries.ts'
import type { Ref } from './payments.ts'
import type { EventRow, Queryable, RefundRow } from './rows.ts'
import { rowJson } from './rows.ts'

const asRefunds = (rows: Record<string, unknown>[]): RefundRow[] => rows as unknown as RefundRow[] // held equal by a test

export async function getRefund(db: Queryable, ref: Ref): Promise<RefundRow | null> {
  const { rows } = await db.query({
    name: 'get-refund',
    text: 'select * from refund where account_id = $1 and environment = $2 and id = $3',
    values: [ref.account_id, ref.environment, ref.id],
  })
  return asRefunds(rows)[0] ?? null
}

export async function getRefundOfAccount(
  db: Queryable,
  accountId: Uuid,
  environments: readonly Environment[],
  id: Uuid,
): Promise<RefundRow | null> {
  const { rows } = await db.query({
    name: 'get-refund-of-account',
    text: 'select * from refund where account_id = $1 and environment = any($2::text[]) and id = $3',
    values: [accountId, environments, id],
  })
  return asRefunds(rows)[0] ?? null
}

export async function findRefundByProviderId(
  db: Queryable,
  owner: { readonly account_id: Uuid; readonly environment: Environment; readonly provider: Service },
  refundRef: string,
): Promise<RefundRow | null> {
  const { rows } = await db.query({
    name: 'find-refund-by-provider-id',
    text: `select * from refund
      where account_id = $1 and environment = $2 and provider = $3 and provider_refund_id = $4`,
    values: [owner.account_id, owner.environment, owner.provider, refundRef],
  })
  return asRefunds(rows)[0] ?? null
}

export interface RefundFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  /** `null` = all. */
  readonly services: readonly Service[] | null
  readonly created: CreatedRange
  readonly paymentId?: Uuid
  readonly status?: string
  readonly startingAfter?: Uuid
  readonly limit: number
}

/** One page plus one row, newest first. */
export async function listRefunds(db: Queryable, filter: RefundFilter): Promise<RefundRow[]> {
  const { environments, limit } = filter
  const all = conditions(['account_id = $1'], [filter.accountId])
  all.add((p) => `provider = any(${p}::text[])`, filter.services)
  all.add((p) => `payment_id = ${p}`, filter.paymentId)
  all.add((p) => `status = ${p}`, filter.status)
  all.add((p) => `id < ${p}`, filter.startingAfter)
  addCreated(all, filter.created)
  const { rows } = await db.query({
    text: ordered({ from: 'refund', all, environments, order: 'id desc', limit: limit + 1 }),
    values: all.values,
  })
  return asRefunds(rows)
}

const ADOPT = `with k as materialized (
  select captured - refunded - refund_pending as room, reference from payment
  where account_id = $3::uuid and environment = $4 and id = $5::uuid for update
), r as (
  insert into refund select n.* from k, jsonb_populate_record(null::refund, $1::jsonb) n where k.room >= n.amount
  on conflict do nothing returning account_id, environment, payment_id, status, amount
), p as (
  update payment set version = version + 1,
    refunded = refunded + case when r.status = 'succeeded' then r.amount else 0 end,
    refund_pending = refund_pending + case when r.status = 'pending' then r.amount else 0 end
  from r where payment.account_id = r.account_id and payment.environment = r.environment and payment.id = r.payment_id
  returning payment.reference
), w as (
  update operation set due_at = clock_timestamp() + interval '5 minutes'
  from p, r where operation.reference = p.reference and r.status = 'pending'
), ${eventArms('p', '$2')}
select count(*)::int as adopted from p`

/**
 * Books a refund that was made at the provider's side, once. `false`: it is booked already, or there is no room
 * for it beside what is reserved; the next look at the payment tries again.
 */
export async function adoptRefund(
  db: Queryable,
  refund: RefundRow,
  events: readonly EventRow[],
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'adopt-refund',
    text: ADOPT,
    values: [rowJson(refund), rowJson(events), refund.account_id, refund.environment, refund.payment_id],
  })
  return rows[0]?.['adopted'] === 1
}
