import { formatId, type Outcome, unknown } from '@onerouter/core'
import type { SubscriptionSnapshot } from '@onerouter/providers'
import { guarded } from '../engine/call-provider.ts'
import { TAKEOVER_MS } from '../engine/ports.ts'
import { IN_FLIGHT_MS, REPLAY_MARGIN, REVIEW_AFTER_MS, unknownDelayMs } from '../engine/schedule.ts'
import { type Access, accessFor, contextOf } from './access.ts'
import { claimOperation, postponeOperation } from './operation-store.ts'
import type { Billing } from './ports.ts'
import { recordRestart } from './record.ts'
import { isLive, type SubscriptionOperationRow, type SubscriptionRow } from './rows.ts'
import { handleOf, planAtProvider, sendOperation, VERB } from './send.ts'
import { ATTEMPTS_MAX, mustGet, type Settled, settleOperation, type Waiting } from './settle.ts'

/** Resolves now what nobody else is resolving. */
export async function resolveNow(billing: Billing, operation: SubscriptionOperationRow): Promise<void> {
  if (!isLive(operation)) return
  const claimed = await claimOperation(billing.db, operation, TAKEOVER_MS)
  if (claimed !== null) await resolveOperation(billing, claimed)
}

/**
 * Settles a call whose outcome is not known: by the same call under the same key while the provider is certain to
 * replay it, else by what the subscription shows. Absence counts only when no request can still be on its way;
 * time alone decides nothing.
 */
export async function resolveOperation(billing: Billing, operation: SubscriptionOperationRow): Promise<void> {
  const row = await mustGet(billing, { ...operation, id: operation.subscription_id })
  const access = await accessFor(billing, row)
  if (access === null) return await postpone(billing, operation)
  const looked = await guarded(billing.engine, () => ask(billing, access, operation, row))
  const { outcome } = looked
  const missing = outcome.kind === 'ok' && outcome.value === null
  if (missing && operation.kind === 'create' && row.attempts < ATTEMPTS_MAX) {
    return await startAnew(billing, access, operation, row)
  }
  if (missing && !isSettled(billing, access, operation)) return await postpone(billing, operation)
  if (outcome.kind === 'unknown' && operation.state !== 'sent') return await postpone(billing, operation)
  const settled = missing ? ABSENT : (outcome as Outcome<SubscriptionSnapshot>) // null is the case above
  await settleWith(billing, access, { operation, outcome: settled, absent: missing }, row, null)
}

const ABSENT = { kind: 'not_sent', reason: 'the provider holds no trace of it' } as const

/** Makes a recorded call, whose outcome becomes the second commit. */
export async function makeCall(
  billing: Billing,
  access: Access,
  operation: SubscriptionOperationRow,
  row: SubscriptionRow,
  waiting: Waiting,
): Promise<Settled & { readonly providerMs: number }> {
  const { outcome, providerMs } = await guarded(billing.engine, () =>
    sendOperation(billing, access, operation, row, 'first'),
  )
  const settled = await settleWith(billing, access, { operation, outcome }, row, waiting)
  return { ...settled, providerMs }
}

async function settleWith(
  billing: Billing,
  access: Access,
  done: {
    readonly operation: SubscriptionOperationRow
    readonly outcome: Outcome<SubscriptionSnapshot>
    readonly absent?: boolean
  },
  row: SubscriptionRow,
  waiting: Waiting,
): Promise<Settled> {
  const planId = done.operation.request.plan_id ?? row.pending_plan_id
  const plan = planId === null ? null : await planAtProvider(billing, access, row, planId)
  return await settleOperation(billing, { ...done, newPlanRef: plan?.planRef ?? null }, row, waiting)
}

/** `null` = the provider shows nothing of it. */
async function ask(
  billing: Billing,
  access: Access,
  operation: SubscriptionOperationRow,
  row: SubscriptionRow,
): Promise<Outcome<SubscriptionSnapshot | null>> {
  if (mayReplay(billing, access, operation)) {
    return await sendOperation(billing, access, operation, row, 'later')
  }
  if (operation.kind === 'create') return await findCreated(billing, access, operation, row)
  const ctx = contextOf(billing, access, 'later', 'subscriptions.fetch', operation.id)
  const fetched = await access.subscriptions.fetch(ctx, handleOf(row))
  if (fetched.kind !== 'ok') return fetched.kind === 'unknown' ? fetched : unknown(fetched.kind)
  return (await showsEffect(billing, access, operation, row, fetched.value))
    ? fetched
    : { kind: 'ok', value: null }
}

/** Nobody was shown it, so that one that cannot be looked up may be left behind. */
async function findCreated(
  billing: Billing,
  access: Access,
  operation: SubscriptionOperationRow,
  row: SubscriptionRow,
): Promise<Outcome<SubscriptionSnapshot | null>> {
  const { find } = access.subscriptions
  if (find === undefined) return { kind: 'ok', value: null }
  const ctx = contextOf(billing, access, 'later', 'subscriptions.find', operation.id)
  const found = await find(ctx, handleOf(row))
  return found.kind === 'ok' || found.kind === 'unknown' ? found : unknown(found.kind)
}

async function showsEffect(
  billing: Billing,
  access: Access,
  { kind, request }: SubscriptionOperationRow,
  row: SubscriptionRow,
  snapshot: SubscriptionSnapshot,
): Promise<boolean> {
  const over = ['canceled', 'completed', 'expired'].includes(snapshot.status)
  switch (kind) {
    case 'cancel':
      return over || (request.when === 'period_end' && snapshot.cancelAtPeriodEnd)
    case 'pause':
      return snapshot.status === 'paused'
    case 'resume':
      return snapshot.status !== 'paused' && !over
    case 'change_plan': {
      const plan = await planAtProvider(billing, access, row, request.plan_id ?? row.plan_id)
      const quantity = request.quantity ?? row.quantity
      if (plan === null) return false
      const agreed = snapshot.pendingPlanRef === plan.planRef || snapshot.approvalUrl !== null
      return agreed || (snapshot.planRef === plan.planRef && snapshot.quantity === quantity)
    }
    case 'create':
      return true
  }
}

/**
 * Leaves a creation behind that the provider neither replays nor finds and makes another: creating charges nobody,
 * and what turns up late was never shown to anybody who could agree to it.
 */
async function startAnew(
  billing: Billing,
  access: Access,
  left: SubscriptionOperationRow,
  before: SubscriptionRow,
): Promise<void> {
  const { engine, db } = billing
  const id = engine.newId()
  const at = new Date(engine.now())
  const reference = formatId('operation', id)
  const subscription: SubscriptionRow = {
    ...before,
    version: before.version + 1,
    reference,
    attempts: before.attempts + 1,
    updated_at: at,
  }
  const operation: SubscriptionOperationRow = {
    ...left,
    id,
    reference,
    state: 'sent',
    tries: 0,
    due_at: null,
    sent_at: at,
    created_at: at,
  }
  // Lost to somebody who settled it meanwhile, or to a later version: the schedule brings it back.
  if (!(await recordRestart(db, { left, subscription, operation, takeoverMs: TAKEOVER_MS }))) return
  await makeCall(billing, access, operation, subscription, null)
}

const sentAtMs = ({ sent_at, created_at }: SubscriptionOperationRow): number =>
  (sent_at ?? created_at).getTime()

function mayReplay(
  { engine }: Billing,
  { subscriptions }: Access,
  operation: SubscriptionOperationRow,
): boolean {
  const windowMs = subscriptions.replayWindowMs[VERB[operation.kind]]
  return engine.now() - sentAtMs(operation) < windowMs * REPLAY_MARGIN
}

/** No send can be on its way any more, counted from the last moment at which one was allowed. */
function isSettled(
  { engine }: Billing,
  { subscriptions }: Access,
  operation: SubscriptionOperationRow,
): boolean {
  const windowMs = subscriptions.replayWindowMs[VERB[operation.kind]]
  const ageMs = engine.now() - sentAtMs(operation)
  return ageMs > windowMs * REPLAY_MARGIN + IN_FLIGHT_MS + subscriptions.lookupLagMs
}

async function postpone({ engine, db }: Billing, operation: SubscriptionOperationRow): Promise<void> {
  if (engine.now() - sentAtMs(operation) > REVIEW_AFTER_MS) {
    engine.log.error({ operation: operation.reference }, 'no evidence could be had; a person must look')
    return await postponeOperation(db, operation, 'needs_review', null)
  }
  await postponeOperation(db, operation, 'unknown', unknownDelayMs(operation.tries))
  engine.wake()
}
