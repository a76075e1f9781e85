import { eventArms } from '../store/deliveries.ts'
import type { EventRow, IdempotencyRow, Queryable } from '../store/rows.ts'
import { rowJson } from '../store/rows.ts'
import type { SubscriptionOperationRow, SubscriptionRow } from './rows.ts'

/**
 * First statement of everything that changes a subscription: idempotency claim, intent and event in one commit,
 * before the provider is called. Each arm takes its rows from the arm before it, so a lost claim writes nothing.
 */
const CLAIM = `claim as (
  insert into idempotency select r.* from jsonb_populate_record(null::idempotency, $1::jsonb) r
  on conflict (account_id, environment, key) do nothing returning 1
)`

/** The due time is made by the database's clock: leases must not depend on a node's own. */
const operationFrom = (arm: string, record: string, dueMs: string) => `o as (
  insert into subscription_operation (account_id, environment, id, subscription_id, kind, provider,
    credential_version, reference, state, request, failure, tries, due_at, sent_at, created_at, finished_at)
  select r.account_id, r.environment, r.id, r.subscription_id, r.kind, r.provider, r.credential_version,
    r.reference, r.state, r.request, null, 0, clock_timestamp() + ${dueMs}::bigint * interval '1 millisecond',
    r.sent_at, r.created_at, r.finished_at
  from ${arm}, jsonb_populate_record(null::subscription_operation, ${record}::jsonb) r
  returning 1
)`

const CREATE = `with ${CLAIM}, s as (
  insert into subscription select r.* from claim, jsonb_populate_record(null::subscription, $2::jsonb) r
  returning 1
), ${operationFrom('s', '$3', '$4')}, ${eventArms('o', '$5')}
select count(*)::int as recorded from o`

/** Records a new subscription and the call that makes it. `false`: the idempotency key is taken. */
export async function recordSubscription(
  db: Queryable,
  intent: {
    readonly idempotency: IdempotencyRow
    readonly subscription: SubscriptionRow
    readonly operation: SubscriptionOperationRow
    readonly takeoverMs: number
    readonly events: readonly EventRow[]
  },
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'record-subscription',
    text: CREATE,
    values: [
      rowJson(intent.idempotency),
      rowJson(intent.subscription),
      rowJson(intent.operation),
      intent.takeoverMs,
      rowJson(intent.events),
    ],
  })
  return rows[0]?.['recorded'] === 1
}

/** What a change of a subscription may set; everything else never changes. */
export const CHANGED = [
  'version',
  'sequence',
  'status',
  'plan_id',
  'pending_plan_id',
  'pending_quantity',
  'quantity',
  'reference',
  'attempts',
  'provider_order_id',
  'provider_subscription_id',
  'provider_refs',
  'provider_status',
  'provider_customer_id',
  'approval_url',
  'current_period_start',
  'current_period_end',
  'trial_end',
  'next_charge_at',
  'cancel_at_period_end',
  'cancel_asked',
  'cancel_scheduled_at',
  'ended_at',
  'paid_count',
  'failed_count',
  'charged',
  'refunded',
  'latest_charge_id',
  'failure',
  'tries',
  'updated_at',
] as const satisfies readonly (keyof SubscriptionRow)[]

/** Sets a subscription's next version, if nobody else has. `also` adds assignments, arms to take from and conditions. */
export const nextVersion = (
  record: string,
  also: { readonly set?: string; readonly from?: string; readonly where?: string } = {},
) => `s as (
  update subscription set ${CHANGED.map((name) => `${name} = n.${name}`).join(', ')}${also.set ?? ''}
  from jsonb_populate_record(null::subscription, ${record}::jsonb) n${also.from ?? ''}
  where subscription.account_id = n.account_id and subscription.environment = n.environment
    and subscription.id = n.id and subscription.version = n.version - 1${also.where ?? ''}
  returning 1
)`

const CHANGE = `with ${CLAIM}, ${nextVersion('$2', { from: ', claim' })}, ${operationFrom('s', '$3', '$4')}
select case
  when exists (select 1 from o) then true
  when exists (select 1 from claim) then stale_version() = 0
  else false end as recorded`

/**
 * Records a call that will change a subscription. `false`: the idempotency key is taken. Throws 40001 when the
 * subscription changed since it was read, 23505 when another call is under way.
 */
export async function recordChange(
  db: Queryable,
  intent: {
    readonly idempotency: IdempotencyRow
    readonly subscription: SubscriptionRow
    readonly operation: SubscriptionOperationRow
    /** Until the call may be taken over, or until a scheduled one is made; `null` = there is nothing to do. */
    readonly dueMs: number | null
  },
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'record-subscription-change',
    text: CHANGE,
    values: [
      rowJson(intent.idempotency),
      rowJson(intent.subscription),
      rowJson(intent.operation),
      intent.dueMs,
    ],
  })
  return rows[0]?.['recorded'] === true
}

const RESTART = `with l as (
  update subscription_operation set state = 'abandoned', due_at = null, finished_at = clock_timestamp()
  where account_id = $1::uuid and environment = $2 and id = $3::uuid and state in ('sent', 'unknown')
  returning 1
), ${nextVersion('$4', { from: ', l' })}, ${operationFrom('s', '$5', '$6')}
select case
  when exists (select 1 from o) then true
  when exists (select 1 from l) then stale_version() = 0
  else false end as recorded`

/**
 * Leaves a call behind whose object nobody was shown, and records the next one, in one commit. Who waits for the
 * first one's outcome finds the call in force by the subscription's reference.
 */
export async function recordRestart(
  db: Queryable,
  restart: {
    readonly left: SubscriptionOperationRow
    readonly subscription: SubscriptionRow
    readonly operation: SubscriptionOperationRow
    readonly takeoverMs: number
  },
): Promise<boolean> {
  const { left } = restart
  const { rows } = await db.query({
    name: 'restart-subscription',
    text: RESTART,
    values: [
      left.account_id,
      left.environment,
      left.id,
      rowJson(restart.subscription),
      rowJson(restart.operation),
      restart.takeoverMs,
    ],
  })
  return rows[0]?.['recorded'] === true
}
