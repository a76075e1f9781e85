import { formatId, type Outcome, sameMoney, unknown } from '@onerouter/core'
import type { PlanSnapshot } from '@onerouter/providers'
import { guarded } from '../engine/call-provider.ts'
import type { Credential } from '../engine/ports.ts'
import { TAKEOVER_MS } from '../engine/ports.ts'
import { IN_FLIGHT_MS, REPLAY_MARGIN, REVIEW_AFTER_MS, unknownDelayMs } from '../engine/schedule.ts'
import { failureOf } from '../engine/settle-operation.ts'
import type { StoredFailure } from '../store/rows.ts'
import { type Access, contextOf } from './access.ts'
import {
  claimProviderPlan,
  getPlan,
  getProviderPlan,
  postponeProviderPlan,
  providerAccountOf,
  settleProviderPlan,
  startProviderPlan,
} from './plan-store.ts'
import { createPlanOf } from './plans.ts'
import type { Billing } from './ports.ts'
import type { PlanRow, ProviderPlanRow } from './rows.ts'

/** What a provider holds of a plan, as far as is known. */
export type Ensured =
  | { readonly kind: 'ready'; readonly planRef: string; readonly refs: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly failure: StoredFailure }
  /** Nothing was made; asking again is safe. */
  | { readonly kind: 'not_made' }
  | { readonly kind: 'unknown' }

/** How long one who waits for another's call waits, and how often they look. */
const WAIT_MS = 10_000
const POLL_MS = 50

/**
 * Makes sure that the provider holds the plan: one row and one call at a time per plan and merchant account,
 * however many ask. A plan charges nobody, so the request that finds its outcome unknown asks again at once.
 */
export async function ensurePlan(billing: Billing, access: Access, plan: PlanRow): Promise<Ensured> {
  const { engine, db } = billing
  const ref = await refOf(billing, access.credential, plan)
  const deadlineMs = engine.now() + WAIT_MS
  for (let first = true; ; first = false) {
    const row = await getProviderPlan(db, ref)
    if (row?.state === 'ready' || (!first && row !== null && isOver(row))) return ensuredOf(row)
    if (row === null || isOver(row)) {
      const started = await startProviderPlan(db, newRow(billing, access, ref), TAKEOVER_MS)
      if (started !== null) await makePlan(billing, access, plan, started)
      continue
    }
    const claimed = await claimProviderPlan(db, row, TAKEOVER_MS)
    if (claimed !== null) {
      await resolvePlan(billing, access, plan, claimed)
      const after = await getProviderPlan(db, ref)
      return after === null ? { kind: 'unknown' } : ensuredOf(after)
    }
    if (engine.now() >= deadlineMs) return { kind: 'unknown' }
    await engine.sleep(POLL_MS)
  }
}

/** What is known without asking: for calls that are sent again. */
export async function knownPlan(billing: Billing, credential: Credential, plan: PlanRow): Promise<Ensured> {
  const row = await getProviderPlan(billing.db, await refOf(billing, credential, plan))
  return row === null ? { kind: 'not_made' } : ensuredOf(row)
}

/** A plan whose call is due for a look. */
export async function tendPlan(billing: Billing, row: ProviderPlanRow): Promise<void> {
  const { engine, db } = billing
  const { account_id, environment, provider, credential_version } = row
  const subscriptions = engine.provider(provider)?.subscriptions
  const credential = await engine.credentials.version(account_id, environment, provider, credential_version)
  const plan = await getPlan(db, { account_id, environment, id: row.plan_id })
  if (subscriptions === undefined || credential === null || plan === null) return await postpone(billing, row)
  await resolvePlan(billing, { subscriptions, credential }, plan, row)
}

const isOver = ({ state }: ProviderPlanRow): boolean => state === 'rejected' || state === 'not_sent'

function ensuredOf(row: ProviderPlanRow): Ensured {
  switch (row.state) {
    case 'ready':
      return { kind: 'ready', planRef: row.provider_plan_id ?? '', refs: row.provider_refs }
    case 'rejected':
      return row.failure === null ? { kind: 'not_made' } : { kind: 'refused', failure: row.failure }
    case 'not_sent':
      return { kind: 'not_made' }
    case 'sent':
    case 'unknown':
    case 'needs_review':
      return { kind: 'unknown' }
  }
}

async function refOf({ db }: Billing, credential: Credential, plan: PlanRow) {
  return {
    account_id: plan.account_id,
    environment: plan.environment,
    plan_id: plan.id,
    provider: credential.service,
    provider_account: await providerAccountOf(db, credential),
  }
}

function newRow(
  { engine }: Billing,
  { credential }: Access,
  ref: Awaited<ReturnType<typeof refOf>>,
): ProviderPlanRow {
  const at = new Date(engine.now())
  return {
    ...ref,
    credential_version: credential.version,
    reference: formatId('operation', engine.newId()),
    state: 'sent',
    provider_plan_id: null,
    provider_refs: {},
    failure: null,
    tries: 0,
    due_at: null,
    sent_at: at,
    created_at: at,
    updated_at: at,
  }
}

async function makePlan(
  billing: Billing,
  access: Access,
  plan: PlanRow,
  row: ProviderPlanRow,
): Promise<void> {
  const { outcome } = await guarded(billing.engine, () => send(billing, access, plan, row, 'first'))
  await settle(billing, plan, row, outcome)
}

function send(
  billing: Billing,
  access: Access,
  plan: PlanRow,
  row: ProviderPlanRow,
  order: 'first' | 'later',
): Promise<Outcome<PlanSnapshot>> {
  const ctx = contextOf(billing, access, order, 'plans.create')
  return access.subscriptions.createPlan(ctx, createPlanOf(plan), row.reference)
}

async function resolvePlan(
  billing: Billing,
  access: Access,
  plan: PlanRow,
  row: ProviderPlanRow,
): Promise<void> {
  const { outcome } = await guarded(billing.engine, () => ask(billing, access, plan, row))
  await settle(billing, plan, row, outcome)
}

/** The same call while the provider is certain to replay it, else a look; never a second plan. */
async function ask(
  billing: Billing,
  access: Access,
  plan: PlanRow,
  row: ProviderPlanRow,
): Promise<Outcome<PlanSnapshot>> {
  const { subscriptions } = access
  const ageMs = billing.engine.now() - row.sent_at.getTime()
  const windowMs = subscriptions.replayWindowMs.createPlan * REPLAY_MARGIN
  const find = subscriptions.findPlan
  // Where a plan cannot be looked up, making it twice does no harm.
  if (ageMs < windowMs || find === undefined) return await send(billing, access, plan, row, 'later')
  const found = await find(contextOf(billing, access, 'later', 'plans.find'), createPlanOf(plan))
  if (found.kind !== 'ok') return unknown(`not to be had: ${found.kind}`)
  if (found.value !== null) return { kind: 'ok', value: found.value }
  return ageMs > windowMs + IN_FLIGHT_MS + subscriptions.lookupLagMs
    ? { kind: 'not_sent', reason: 'the provider holds no trace of it' }
    : unknown('not found yet')
}

async function settle(
  billing: Billing,
  plan: PlanRow,
  row: ProviderPlanRow,
  outcome: Outcome<PlanSnapshot>,
): Promise<void> {
  const updated_at = new Date(billing.engine.now())
  if (outcome.kind === 'unknown') return await postpone(billing, row)
  if (outcome.kind !== 'ok') {
    const state = outcome.kind === 'not_sent' ? 'not_sent' : 'rejected'
    await settleProviderPlan(billing.db, { ...row, state, failure: failureOf(outcome), updated_at })
    return
  }
  const { value } = outcome
  if (!sameMoney(value.amount, createPlanOf(plan).amount) || value.interval !== plan.interval) {
    billing.engine.log.error({ plan: row.reference }, 'a provider made another plan than it was asked for')
    return await postponeProviderPlan(billing.db, row, 'needs_review', null)
  }
  await settleProviderPlan(billing.db, {
    ...row,
    state: 'ready',
    provider_plan_id: value.planRef,
    provider_refs: value.refs,
    updated_at,
  })
}

async function postpone({ engine, db }: Billing, row: ProviderPlanRow): Promise<void> {
  if (engine.now() - row.sent_at.getTime() > REVIEW_AFTER_MS) {
    return await postponeProviderPlan(db, row, 'needs_review', null)
  }
  await postponeProviderPlan(db, row, 'unknown', unknownDelayMs(row.tries))
  engine.wake()
}
