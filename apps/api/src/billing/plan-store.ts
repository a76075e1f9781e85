import type { Environment, Service, Uuid } from '@onerouter/core'
import { addCreated, type CreatedRange, conditions, ordered } from '../store/created.ts'
import type { IdempotencyRow, Queryable } from '../store/rows.ts'
import { rowJson } from '../store/rows.ts'
import type { ObjectRef, PlanRow, ProviderPlanRow } from './rows.ts'

/** Columns and rows are held equal by a test. */
const asPlans = (rows: Record<string, unknown>[]): PlanRow[] => rows as unknown as PlanRow[]
const asProviderPlans = (rows: Record<string, unknown>[]): ProviderPlanRow[] =>
  rows as unknown as ProviderPlanRow[]

const RECORD = `with claim as (
  insert into idempotency select r.* from jsonb_populate_record(null::idempotency, $1::jsonb) r
  on conflict (account_id, environment, key) do nothing returning 1
), p as (
  insert into plan select r.* from claim, jsonb_populate_record(null::plan, $2::jsonb) r returning 1
)
select count(*)::int as recorded from p`

/** Claim and plan in one commit. `false`: the key is taken. */
export async function recordPlan(db: Queryable, plan: PlanRow, claim: IdempotencyRow): Promise<boolean> {
  const { rows } = await db.query({
    name: 'record-plan',
    text: RECORD,
    values: [rowJson(claim), rowJson(plan)],
  })
  return rows[0]?.['recorded'] === 1
}

export async function getPlan(db: Queryable, ref: ObjectRef): Promise<PlanRow | null> {
  const { rows } = await db.query({
    name: 'get-plan',
    text: 'select * from plan where account_id = $1 and environment = $2 and id = $3',
    values: [ref.account_id, ref.environment, ref.id],
  })
  return asPlans(rows)[0] ?? null
}

export interface PlanFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  readonly created: CreatedRange
  readonly id?: Uuid
  readonly currency?: string
  readonly startingAfter?: Uuid
  readonly limit: number
}

/** One page plus one row, newest first. */
export async function listPlans(db: Queryable, filter: PlanFilter): Promise<PlanRow[]> {
  const all = conditions(['account_id = $1'], [filter.accountId])
  all.add((p) => `id = ${p}`, filter.id)
  all.add((p) => `currency = ${p}`, filter.currency)
  all.add((p) => `id < ${p}`, filter.startingAfter)
  addCreated(all, filter.created)
  const { rows } = await db.query({
    text: ordered({
      from: 'plan',
      all,
      environments: filter.environments,
      order: 'id desc',
      limit: filter.limit + 1,
    }),
    values: all.values,
  })
  return asPlans(rows)
}

/** What providers hold of these plans, oldest first. */
export async function providerPlansOf(
  db: Queryable,
  plans: readonly Pick<PlanRow, 'account_id' | 'id'>[],
): Promise<ProviderPlanRow[]> {
  const [first] = plans
  if (first === undefined) return []
  const { rows } = await db.query({
    name: 'provider-plans-of',
    text: `select * from provider_plan where account_id = $1 and plan_id = any($2::uuid[])
      order by created_at, provider limit 1000`,
    values: [first.account_id, plans.map(({ id }) => id)],
  })
  return asProviderPlans(rows)
}

export type ProviderPlanRef = Pick<
  ProviderPlanRow,
  'account_id' | 'environment' | 'plan_id' | 'provider' | 'provider_account'
>

const KEY =
  'account_id = $1 and environment = $2 and plan_id = $3 and provider = $4 and provider_account = $5'
const keyOf = (ref: ProviderPlanRef) => [
  ref.account_id,
  ref.environment,
  ref.plan_id,
  ref.provider,
  ref.provider_account,
]

export async function getProviderPlan(db: Queryable, ref: ProviderPlanRef): Promise<ProviderPlanRow | null> {
  const { rows } = await db.query({
    name: 'get-provider-plan',
    text: `select * from provider_plan where ${KEY}`,
    values: keyOf(ref),
  })
  return asProviderPlans(rows)[0] ?? null
}

/**
 * Records that the plan is about to be made at the provider: the first time, or anew after a refusal. `null`:
 * somebody else has, or it is there.
 */
export async function startProviderPlan(
  db: Queryable,
  row: ProviderPlanRow,
  takeoverMs: number,
): Promise<ProviderPlanRow | null> {
  const { rows } = await db.query({
    name: 'start-provider-plan',
    text: `insert into provider_plan as p (account_id, environment, plan_id, provider, provider_account,
        credential_version, reference, state, provider_refs, tries, due_at, sent_at, created_at, updated_at)
      select r.account_id, r.environment, r.plan_id, r.provider, r.provider_account, r.credential_version,
        r.reference, 'sent', '{}', 0, clock_timestamp() + $2::int * interval '1 millisecond', r.sent_at,
        r.created_at, r.updated_at
      from jsonb_populate_record(null::provider_plan, $1::jsonb) r
      on conflict (account_id, environment, plan_id, provider, provider_account) do update
        set state = 'sent', reference = excluded.reference, credential_version = excluded.credential_version,
          failure = null, tries = 0, due_at = excluded.due_at, sent_at = excluded.sent_at,
          updated_at = excluded.updated_at
        where p.state in ('rejected', 'not_sent')
      returning *`,
    values: [rowJson(row), takeoverMs],
  })
  return asProviderPlans(rows)[0] ?? null
}

/** Writes what became of the call; only ever from not knowing. */
export async function settleProviderPlan(db: Queryable, row: ProviderPlanRow): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'settle-provider-plan',
    text: `update provider_plan set state = n.state, provider_plan_id = n.provider_plan_id,
        provider_refs = n.provider_refs, failure = n.failure, due_at = null, updated_at = n.updated_at
      from jsonb_populate_record(null::provider_plan, $6::jsonb) n
      where ${KEY.replaceAll(/(\w+) = \$/g, 'provider_plan.$1 = $')}
        and provider_plan.reference = n.reference and provider_plan.state in ('sent', 'unknown', 'needs_review')`,
    values: [...keyOf(row), rowJson(row)],
  })
  return rowCount === 1
}

/** Takes one whose outcome is not known, unless somebody holds it. */
export async function claimProviderPlan(
  db: Queryable,
  row: ProviderPlanRow,
  leaseMs: number,
): Promise<ProviderPlanRow | null> {
  const { rows } = await db.query({
    name: 'claim-provider-plan',
    text: `update provider_plan set due_at = clock_timestamp() + $6::int * interval '1 millisecond', tries = tries + 1
      where ${KEY} and tries = $7
        and (state in ('unknown', 'needs_review') or (state = 'sent' and due_at <= clock_timestamp()))
      returning *`,
    values: [...keyOf(row), leaseMs, row.tries],
  })
  return asProviderPlans(rows)[0] ?? null
}

export async function claimDuePlans(
  db: Queryable,
  limit: number,
  leaseMs: number,
): Promise<ProviderPlanRow[]> {
  const { rows } = await db.query({
    name: 'claim-due-plans',
    text: `update provider_plan p
      set due_at = clock_timestamp() + $2::int * interval '1 millisecond', tries = tries + 1
      from (select account_id, environment, plan_id, provider, provider_account from provider_plan
        where due_at <= clock_timestamp() order by due_at limit $1 for update skip locked) due
      where p.account_id = due.account_id and p.environment = due.environment and p.plan_id = due.plan_id
        and p.provider = due.provider and p.provider_account = due.provider_account
      returning p.*`,
    values: [limit, leaseMs],
  })
  return asProviderPlans(rows)
}

export async function postponeProviderPlan(
  db: Queryable,
  row: ProviderPlanRef,
  state: ProviderPlanRow['state'],
  dueMs: number | null,
): Promise<void> {
  await db.query({
    name: 'postpone-provider-plan',
    text: `update provider_plan set state = $6, due_at = clock_timestamp() + $7::bigint * interval '1 millisecond'
      where ${KEY} and (state = $6 or (state = 'sent' and $6 = 'unknown')
        or (state in ('sent', 'unknown') and $6 = 'needs_review'))`,
    values: [...keyOf(row), state, dueMs],
  })
}

/** The merchant's account behind a version of credentials; where a provider does not tell, the version itself. */
export async function providerAccountOf(
  db: Queryable,
  owner: {
    readonly accountId: Uuid
    readonly environment: Environment
    readonly service: Service
    readonly version: number
  },
): Promise<string> {
  const { rows } = await db.query({
    name: 'provider-account-of',
    text: `select coalesce(provider_account, 'version ' || version) as account from credential
      where account_id = $1 and environment = $2 and service = $3 and version = $4`,
    values: [owner.accountId, owner.environment, owner.service, owner.version],
  })
  const account = rows[0]?.['account']
  if (typeof account !== 'string') throw new Error('a credential that was just used has disappeared')
  return account
}
