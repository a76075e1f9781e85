import {
  ApiError,
  type Environment,
  type Money,
  type PlanInterval,
  type Service,
  type Uuid,
} from '@onerouter/core'
import { type Caller, type Claim, type Reply, visibleEnvironments } from '../engine/ports.ts'
import type { IdempotencyRow } from '../store/rows.ts'
import { type Access, accessForPlan, environmentForPlan } from './access.ts'
import { type Ensured, ensurePlan } from './ensure-plan.ts'
import { getPlan, listPlans, providerPlansOf, recordPlan } from './plan-store.ts'
import type { Billing } from './ports.ts'
import { presentPlan } from './present.ts'
import { claimRow, readClaim, stored } from './replay.ts'
import type { PlanRow } from './rows.ts'

export interface CreatePlanInput {
  readonly name: string
  readonly description?: string
  readonly amount: Money
  readonly interval: PlanInterval
  readonly intervalCount: number
  readonly metadata: Readonly<Record<string, string>>
  readonly provider?: Service
  readonly environment?: Environment
}

/**
 * Makes a plan. It is ours alone until it is used, unless a provider is named: then that provider gets it at once,
 * and a plan that it refuses is answered with its refusal.
 */
export async function createPlan(
  billing: Billing,
  caller: Caller,
  input: CreatePlanInput,
  claim: Claim,
): Promise<Reply> {
  const earlier = await readClaim(billing, caller, claim)
  if (earlier !== null) return await replayPlan(billing, caller, earlier)
  const plan = await newPlan(billing, caller, input)
  const access = plan.provider === null ? null : await accessForPlan(billing, caller, plan, plan.provider)
  const at = plan.created_at
  const answer = { status: 201, body: JSON.stringify(presentPlan(plan, [])) }
  const row = claimRow(caller, claim, plan, { at, ...(access === null && { answer }) })
  if (!(await recordPlan(billing.db, plan, row))) return await createPlan(billing, caller, input, claim)
  if (access === null) return { ...answer, replayed: false, originalRequestId: null, providerMs: 0 }
  return await finish(billing, access, plan, row, false)
}

/** The first request may have died before the provider had answered: what it began is finished. */
async function replayPlan(billing: Billing, caller: Caller, row: IdempotencyRow): Promise<Reply> {
  if (row.status !== null) return stored(row)
  const { account_id, object_environment: environment, payment_id: id } = row
  const plan = await getPlan(billing.db, { account_id, environment, id })
  if (plan === null || plan.provider === null) throw new Error('a claim without its plan')
  return await finish(billing, await accessForPlan(billing, caller, plan, plan.provider), plan, row, true)
}

async function finish(
  billing: Billing,
  access: Access,
  plan: PlanRow,
  row: IdempotencyRow,
  replayed: boolean,
): Promise<Reply> {
  const { engine, db } = billing
  const startedMs = engine.now()
  const ensured = await ensurePlan(billing, access, plan)
  const providerMs = engine.now() - startedMs
  const more = { replayed, originalRequestId: replayed ? row.request_id : null, providerMs }
  const refusal = refusalOf(ensured, access)
  if (refusal !== null && ensured.kind !== 'refused') throw refusal
  const answer =
    refusal === null
      ? { status: 201, body: JSON.stringify(presentPlan(plan, await providerPlansOf(db, [plan]))) }
      : engine.problem(refusal, row.request_id)
  if (!(await engine.store.freezeAnswer(row, answer))) {
    const frozen = await engine.store.getIdempotency(row)
    if (frozen !== null && frozen.status !== null) return { ...stored(frozen), providerMs }
  }
  return { ...answer, ...more }
}

/** Why a plan cannot be used at a provider now; `null` = it can. */
export function refusalOf(ensured: Ensured, { credential }: Access): ApiError | null {
  const provider = credential.service
  switch (ensured.kind) {
    case 'ready':
      return null
    case 'refused':
      return new ApiError('provider_rejected', ensured.failure.message, {
        provider,
        ...(ensured.failure.provider_code !== null && { provider_code: ensured.failure.provider_code }),
      })
    case 'not_made':
      return new ApiError(
        'provider_unavailable',
        'The provider could not be reached and nothing has happened. The same request may be sent again.',
        { provider },
      )
    case 'unknown':
      return new ApiError(
        'provider_unavailable',
        'The provider has not confirmed the plan yet, and nobody was charged. Send the same request again shortly.',
        { provider, retry_after_s: 5 },
      )
  }
}

async function newPlan(billing: Billing, caller: Caller, input: CreatePlanInput): Promise<PlanRow> {
  const { engine } = billing
  return {
    account_id: caller.accountId,
    environment: await environmentForPlan(billing, caller, input.amount.currency, input),
    id: engine.newId(),
    name: input.name,
    description: input.description ?? null,
    amount: input.amount.minor,
    currency: input.amount.currency,
    interval: input.interval,
    interval_count: input.intervalCount,
    provider: input.provider ?? null,
    metadata: input.metadata,
    created_at: new Date(engine.now()),
  }
}

/** The caller's own plan; `null`: nobody's, or another account's. */
export async function findPlan({ db }: Billing, caller: Caller, id: Uuid): Promise<PlanRow | null> {
  const [row] = await listPlans(db, {
    accountId: caller.accountId,
    environments: visibleEnvironments(caller),
    created: { gt: null, gte: null, lt: null, lte: null },
    id,
    limit: 1,
  })
  return row ?? null
}
