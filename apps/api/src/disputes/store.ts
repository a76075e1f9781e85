import type { DisputeStatus, Environment, Service, Uuid } from '@onerouter/core'
import { addCreated, type CreatedRange, conditions, ordered } from '../store/created.ts'
import { eventArms } from '../store/deliveries.ts'
import { dueRows } from '../store/due-rows.ts'
import type { EventRow, PaymentRow, Queryable } from '../store/rows.ts'
import { rowJson } from '../store/rows.ts'
import type { DisputeRow } from './row.ts'

/** Columns and DisputeRow are held equal by a test. */
const asRows = (rows: Record<string, unknown>[]): DisputeRow[] => rows as unknown as DisputeRow[]

/** Whose disputes, at which provider. */
export interface Owner {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly provider: Service
}

export async function findDispute(
  db: Queryable,
  owner: Owner,
  disputeRef: string,
): Promise<DisputeRow | null> {
  const { rows } = await db.query({
    name: 'find-dispute',
    text: `select * from dispute
      where account_id = $1 and environment = $2 and provider = $3 and provider_dispute_id = $4`,
    values: [owner.account_id, owner.environment, owner.provider, disputeRef],
  })
  return asRows(rows)[0] ?? null
}

/**
 * The payment beside which one of the provider's payments came a second time: a payer may dispute that one as well.
 * `null`: nothing came twice under this name.
 */
export async function paymentOfDuplicate(
  db: Queryable,
  owner: Owner,
  paymentRef: string,
): Promise<PaymentRow | null> {
  const { rows } = await db.query({
    name: 'payment-of-duplicate',
    text: `select p.* from operation o
      join payment p on p.account_id = o.account_id and p.environment = o.environment and p.id = o.payment_id
      where o.account_id = $1 and o.environment = $2 and o.provider = $3 and o.request ? 'duplicate'
        and o.request -> 'duplicate' ->> 'payment_ref' = $4`,
    values: [owner.account_id, owner.environment, owner.provider, paymentRef],
  })
  return (rows[0] as unknown as PaymentRow | undefined) ?? null // columns are held equal by a test
}

/** The status in which each of the provider's disputes is known; those that are not known are missing. */
export async function knownStatuses(
  db: Queryable,
  owner: Owner,
  refs: readonly string[],
): Promise<ReadonlyMap<string, DisputeStatus>> {
  if (refs.length === 0) return new Map()
  const { rows } = await db.query({
    name: 'known-disputes',
    text: `select provider_dispute_id as ref, status from dispute
      where account_id = $1 and environment = $2 and provider = $3 and provider_dispute_id = any($4::text[])`,
    values: [owner.account_id, owner.environment, owner.provider, refs],
  })
  return new Map(rows.map((row) => [String(row['ref']), row['status'] as DisputeStatus])) // CHECKed by the table
}

export interface DisputeChange {
  readonly dispute: DisputeRow
  readonly events: readonly EventRow[]
  /** Until the next look; `null` = nothing is expected to change. */
  readonly dueMs: number | null
}

const INSERT = `with s as (
  insert into dispute select r.* from jsonb_populate_record(null::dispute, $1::jsonb
    || jsonb_build_object('due_at', clock_timestamp() + $3::int * interval '1 millisecond')) r
  on conflict (account_id, environment, provider, provider_dispute_id) do nothing returning 1
), ${eventArms('s', '$2')}
select count(*)::int as written from s`

const CHANGED = [
  'version',
  'sequence',
  'status',
  'provider_status',
  'stage',
  'reason',
  'provider_reason',
  'amount',
  'deducted',
  'deducted_currency',
  'fee',
  'fee_currency',
  'evidence_due_at',
  'closed_at',
  'tries',
  'updated_at',
]

const UPDATE = `with s as (
  update dispute set ${CHANGED.map((name) => `${name} = n.${name}`).join(', ')},
    due_at = clock_timestamp() + $3::int * interval '1 millisecond'
  from jsonb_populate_record(null::dispute, $1::jsonb) n
  where dispute.account_id = n.account_id and dispute.environment = n.environment and dispute.id = n.id
    and dispute.version = n.version - 1
  returning 1
), ${eventArms('s', '$2')}
select count(*)::int as written from s`

/**
 * Writes a dispute's next version with its events in one commit. `false`: somebody else wrote it since it was read,
 * so what was fetched may be older than what they saw.
 */
export async function writeDispute(db: Queryable, change: DisputeChange): Promise<boolean> {
  const { dispute, events, dueMs } = change
  const born = dispute.version === 1
  const { rows } = await db.query({
    name: born ? 'insert-dispute' : 'update-dispute',
    text: born ? INSERT : UPDATE,
    values: [rowJson(dispute), rowJson(events), dueMs],
  })
  return rows[0]?.['written'] === 1
}

export const { claim: claimDueDisputes, nextDueMs: nextDisputeDueMs } = dueRows<DisputeRow>('dispute')

/** Puts the next look off, unless the dispute changed meanwhile. */
export async function postponeDispute(
  db: Queryable,
  dispute: Pick<DisputeRow, 'account_id' | 'environment' | 'id' | 'version'>,
  dueMs: number | null,
): Promise<void> {
  await db.query({
    name: 'postpone-dispute',
    text: `update dispute set due_at = clock_timestamp() + $5::int * interval '1 millisecond'
      where account_id = $1 and environment = $2 and id = $3 and version = $4`,
    values: [dispute.account_id, dispute.environment, dispute.id, dispute.version, dueMs],
  })
}

export interface DisputeFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  /** Services the caller may see; `null` = all. */
  readonly services: readonly Service[] | null
  readonly created: CreatedRange
  readonly id?: Uuid
  readonly paymentId?: Uuid
  readonly status?: DisputeStatus
  readonly reason?: string
  readonly provider?: string
  readonly startingAfter?: Uuid
  readonly limit: number
}

/** One page plus one row, newest first. */
export async function listDisputes(db: Queryable, filter: DisputeFilter): Promise<DisputeRow[]> {
  const all = conditions(['account_id = $1'], [filter.accountId])
  all.add((p) => `provider = any(${p}::text[])`, filter.services)
  all.add((p) => `id = ${p}`, filter.id)
  all.add((p) => `payment_id = ${p}`, filter.paymentId)
  all.add((p) => `status = ${p}`, filter.status)
  all.add((p) => `reason = ${p}`, filter.reason)
  all.add((p) => `provider = ${p}`, filter.provider)
  all.add((p) => `id < ${p}`, filter.startingAfter)
  addCreated(all, filter.created)
  const { rows } = await db.query({
    text: ordered({
      from: 'dispute',
      all,
      environments: filter.environments,
      order: 'id desc',
      limit: filter.limit + 1,
    }),
    values: all.values,
  })
  return asRows(rows)
}
