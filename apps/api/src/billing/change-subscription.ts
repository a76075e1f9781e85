import {
  ApiError,
  formatId,
  SUBSCRIPTION_ALLOWED_FROM,
  type SubscriptionOperationKind,
  type Uuid,
} from '@onerouter/core'
import { type Caller, type Claim, type Reply, TAKEOVER_MS, visibleEnvironments } from '../engine/ports.ts'
import { replyOf } from '../engine/replay.ts'
import { lostTheRace, sqlState, UNIQUE_VIOLATION } from '../store/rows.ts'
import { type Access, accessFor, unacceptable } from './access.ts'
import { refusalOf } from './create-plan.ts'
import { planNamed } from './create-subscription.ts'
import { ensurePlan } from './ensure-plan.ts'
import { openOperations } from './operation-store.ts'
import { createPlanOf } from './plans.ts'
import type { Billing } from './ports.ts'
import { presentSubscription } from './present.ts'
import { recordChange } from './record.ts'
import { claimRow, once, replay } from './replay.ts'
import { makeCall, resolveNow } from './resolve.ts'
import { isLive, type PlanRow, type SubscriptionOperationRow, type SubscriptionRow } from './rows.ts'
import { cancelAtMs } from './schedule.ts'
import { mustGet } from './settle.ts'
import { listSubscriptions } from './subscription-store.ts'

/** What can be asked of a subscription that exists. */
export type Change =
  | { readonly kind: 'cancel'; readonly atPeriodEnd: boolean; readonly reason?: string }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | {
      readonly kind: 'change_plan'
      readonly planId?: string
      readonly quantity?: number
      readonly prorate?: boolean
    }

interface Ask {
  readonly caller: Caller
  readonly id: Uuid
  readonly change: Change
  readonly claim: Claim
}

/**
 * Changes a subscription: record, call, settle. One call at a time, each once however often it is asked for under
 * its key, and none that the subscription's status does not allow.
 */
export async function changeSubscription(billing: Billing, ask: Ask): Promise<Reply> {
  return await once(billing, ask.caller, ask.claim, () => changeOnce(billing, ask))
}

/** Another writer in between, such as a webhook, is no reason to refuse. */
const ROUNDS_MAX = 8

async function changeOnce(billing: Billing, ask: Ask): Promise<Reply> {
  const found = await ownSubscription(billing, ask.caller, ask.id)
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const row = await settledSubscription(billing, found)
    refuseUnlessAllowed(row, ask.change)
    const access = await accessFor(billing, row)
    if (access === null) throw unsupported(row, 'be reached: its credentials are gone')
    const intent = await intentOf(billing, ask, row, access)
    const recorded = await record(billing, ask, intent)
    if (recorded === 'taken') return await replay(billing, ask.caller, ask.claim)
    if (recorded === 'lost') continue
    if (intent.answer !== undefined) {
      return { ...intent.answer, replayed: false, originalRequestId: null, providerMs: 0 }
    }
    const waiting = { ...ask.claim, environment: ask.caller.environment }
    const made = await makeCall(billing, access, intent.operation, intent.subscription, waiting)
    return replyOf(made.answered, { providerMs: made.providerMs })
  }
  throw inTheWay()
}

/** @throws ApiError not_found */
export async function ownSubscription(
  { db }: Pick<Billing, 'db'>,
  caller: Caller,
  id: Uuid,
): Promise<SubscriptionRow> {
  const [row] = await listSubscriptions(db, {
    accountId: caller.accountId,
    environments: visibleEnvironments(caller),
    services: caller.services === null ? null : [...caller.services],
    created: { gt: null, gte: null, lt: null, lte: null },
    id,
    limit: 1,
  })
  if (row === undefined) throw new ApiError('not_found', 'There is no such object.')
  return row
}

/** What is open is settled first, if evidence can be had; else nothing new may begin. */
async function settledSubscription(billing: Billing, found: SubscriptionRow): Promise<SubscriptionRow> {
  for (const operation of await openOperations(billing.db, found)) {
    if (isLive(operation)) await resolveNow(billing, operation)
  }
  const open = await openOperations(billing.db, found)
  if (open.some(isLive)) throw inTheWay()
  return await mustGet(billing, found)
}

const inTheWay = () =>
  new ApiError('conflict', 'Another change of this subscription is under way. Look again shortly.', {
    retry_after_s: 2,
  })

const PAST: Readonly<Record<Change['kind'], string>> = {
  cancel: 'canceled',
  pause: 'paused',
  resume: 'resumed',
  change_plan: 'changed',
}

function refuseUnlessAllowed(row: SubscriptionRow, { kind }: Change): void {
  const allowed: readonly string[] = SUBSCRIPTION_ALLOWED_FROM[kind]
  if (allowed.includes(row.status)) return
  throw new ApiError(
    'invalid_state',
    `A subscription that is ${row.status} cannot be ${PAST[kind]}; it must be ${allowed.join(' or ')}.`,
    { extra: { subscription: presentSubscription(row) } },
  )
}

const unsupported = (row: SubscriptionRow, what: string, pointer?: string): ApiError =>
  new ApiError('capability_unsupported', `${row.provider} subscriptions cannot ${what}.`, {
    provider: row.provider,
    ...(pointer !== undefined && { errors: [{ pointer, detail: `not offered by ${row.provider}` }] }),
  })

interface Intent {
  readonly subscription: SubscriptionRow
  readonly operation: SubscriptionOperationRow
  /** Until it is taken over, or made; `null` = there is nothing to do. */
  readonly dueMs: number
  /** The answer, where no provider has to be asked. */
  readonly answer?: { readonly status: number; readonly body: string }
}

function intentOf(
  billing: Billing,
  { caller, change }: Ask,
  row: SubscriptionRow,
  access: Access,
): Promise<Intent> {
  const next = { ...row, version: row.version + 1, updated_at: new Date(billing.engine.now()) }
  switch (change.kind) {
    case 'cancel':
      return Promise.resolve(cancellation(billing, change, next, access))
    case 'pause':
      if (access.subscriptions.pause === undefined) throw unsupported(row, 'be paused')
      return Promise.resolve(callNow(billing, next, 'pause', {}))
    case 'resume':
      if (access.subscriptions.resume === undefined) throw unsupported(row, 'be resumed')
      return Promise.resolve(callNow(billing, next, 'resume', {}))
    case 'change_plan':
      return planChange(billing, caller, change, next, access)
  }
}

function callNow(
  billing: Billing,
  subscription: SubscriptionRow,
  kind: SubscriptionOperationKind,
  request: SubscriptionOperationRow['request'],
): Intent {
  return { subscription, operation: operationOf(billing, subscription, kind, request), dueMs: TAKEOVER_MS }
}

function cancellation(
  billing: Billing,
  { atPeriodEnd, reason }: Extract<Change, { kind: 'cancel' }>,
  next: SubscriptionRow,
  { subscriptions }: Access,
): Intent {
  const request = {
    when: atPeriodEnd ? 'period_end' : 'now',
    ...(reason !== undefined && { reason }),
  } as const
  if (!atPeriodEnd) return callNow(billing, next, 'cancel', request)
  if (next.cancel_at_period_end)
    return answered(billing, next, { ...callNow(billing, next, 'cancel', request) })
  const endMs = (next.current_period_end ?? next.trial_end ?? next.next_charge_at)?.getTime()
  if (endMs === undefined) {
    throw new ApiError(
      'invalid_state',
      'No period is running yet that could come to its end. Cancel it at once.',
      {
        errors: [{ pointer: '/at_period_end', detail: 'needs a running period' }],
        extra: { subscription: presentSubscription(next) },
      },
    )
  }
  if (subscriptions.cancelAtPeriodEnd === 'native') return callNow(billing, next, 'cancel', request)
  const scheduled = { ...next, cancel_at_period_end: true, cancel_scheduled_at: new Date(endMs) }
  const operation = operationOf(billing, scheduled, 'cancel', { ...request, when: 'now', scheduled: true })
  const dueMs = Math.max(0, cancelAtMs(endMs) - billing.engine.now())
  return {
    subscription: scheduled,
    operation: { ...operation, state: 'scheduled', sent_at: null },
    dueMs,
    answer: { status: 200, body: JSON.stringify(presentSubscription(scheduled)) },
  }
}

/** It is so already: recorded as done, for the key. */
function answered(billing: Billing, row: SubscriptionRow, intent: Intent): Intent {
  const finished_at = new Date(billing.engine.now())
  return {
    ...intent,
    operation: { ...intent.operation, state: 'succeeded', finished_at },
    answer: { status: 200, body: JSON.stringify(presentSubscription(row)) },
  }
}

async function planChange(
  billing: Billing,
  caller: Caller,
  change: Extract<Change, { kind: 'change_plan' }>,
  next: SubscriptionRow,
  access: Access,
): Promise<Intent> {
  const { subscriptions } = access
  if (subscriptions.changePlan === undefined) throw unsupported(next, 'change their plan')
  if (change.prorate === true && !subscriptions.proration) {
    throw unsupported(next, 'settle the difference of a running period', '/prorate')
  }
  const current = formatId('plan', next.plan_id)
  const plan = await planNamed(billing, caller, change.planId ?? current)
  const quantity = change.quantity ?? next.quantity
  refusePlan(next, plan, access, quantity)
  const refusal = refusalOf(await ensurePlan(billing, access, plan), access)
  if (refusal !== null) throw refusal
  // Where it can be settled it is, as elsewhere; who does not want it says so.
  const prorate = change.prorate ?? subscriptions.proration
  return callNow(billing, next, 'change_plan', { plan_id: plan.id, quantity, prorate })
}

function refusePlan(row: SubscriptionRow, plan: PlanRow, { subscriptions }: Access, quantity: number): void {
  const refuse = (detail: string) =>
    new ApiError('invalid_request', `The plan ${detail}.`, { errors: [{ pointer: '/plan_id', detail }] })
  if (plan.environment !== row.environment) throw refuse('belongs to the other environment')
  if (plan.currency !== row.currency)
    throw refuse(`is in ${plan.currency}, the subscription in ${row.currency}`)
  if (plan.provider !== null && plan.provider !== row.provider) throw refuse(`was made for ${plan.provider}`)
  if (plan.id === row.plan_id && quantity === row.quantity) throw refuse('is the one it has')
  const asked = { ...createPlanOf(plan), planRef: '', refs: {} }
  const request = { plan: asked, quantity, trialDays: 0, startAtMs: null, totalCount: row.total_count }
  const refusal = subscriptions.acceptsPlan(asked) ?? subscriptions.accepts(request)
  if (refusal !== null) throw unacceptable(refusal)
}

function operationOf(
  { engine }: Billing,
  row: SubscriptionRow,
  kind: SubscriptionOperationKind,
  request: SubscriptionOperationRow['request'],
): SubscriptionOperationRow {
  const id = engine.newId()
  const at = new Date(engine.now())
  return {
    account_id: row.account_id,
    environment: row.environment,
    id,
    subscription_id: row.id,
    kind,
    provider: row.provider,
    credential_version: row.credential_version,
    reference: formatId('operation', id),
    state: 'sent',
    request,
    failure: null,
    tries: 0,
    due_at: null,
    sent_at: at,
    created_at: at,
    finished_at: null,
  }
}

async function record(
  { db, engine }: Billing,
  { caller, claim }: Ask,
  { subscription, operation, dueMs, answer }: Intent,
): Promise<'recorded' | 'taken' | 'lost'> {
  const idempotency = claimRow(caller, claim, subscription, {
    operationId: operation.id,
    at: operation.created_at,
    ...(answer !== undefined && { answer }),
  })
  const due = operation.state === 'succeeded' ? null : dueMs
  try {
    const recorded = await recordChange(db, { idempotency, subscription, operation, dueMs: due })
    if (recorded && answer !== undefined) engine.wake()
    return recorded ? 'recorded' : 'taken'
  } catch (error) {
    if (lostTheRace(error) || sqlState(error) === UNIQUE_VIOLATION) return 'lost'
    throw error
  }
}
