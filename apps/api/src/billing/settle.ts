import { type Environment, isSubscriptionFinal, type Outcome } from '@onerouter/core'
import type { SubscriptionSnapshot } from '@onerouter/providers'
import type { Answered } from '../engine/answers.ts'
import type { Claim } from '../engine/ports.ts'
import { unknownDelayMs } from '../engine/schedule.ts'
import { failureOf } from '../engine/settle-operation.ts'
import { lostTheRace, sqlState, UNIQUE_VIOLATION } from '../store/rows.ts'
import type { StoredAnswer } from '../store/settle.ts'
import { answerForOperation } from './answers.ts'
import { contradictionOf, type Decision, decideSnapshot, decideUnchanged, decideUnmade } from './decide.ts'
import { subscriptionEvents } from './events.ts'
import {
  creationOf,
  getOperation,
  postponeOperation,
  rescheduleCancellation,
  type SubscriptionChange,
  writeSubscription,
} from './operation-store.ts'
import type { Billing } from './ports.ts'
import { isLive, type ObjectRef, type SubscriptionOperationRow, type SubscriptionRow } from './rows.ts'
import { nextLookMs } from './schedule.ts'
import { getSubscription } from './subscription-store.ts'

/** The request that waits for this outcome; `null` when the resolver settles it. */
export type Waiting = (Claim & { readonly environment: Environment }) | null

export interface Settled {
  readonly subscription: SubscriptionRow
  readonly operation: SubscriptionOperationRow
  readonly answered: Answered
}

export interface OperationOutcome {
  readonly operation: SubscriptionOperationRow
  readonly outcome: Outcome<SubscriptionSnapshot>
  /** What the provider calls the plan that was asked for, where the call was about one. */
  readonly newPlanRef: string | null
  /** `true`: a search proved that the call never happened. */
  readonly absent?: boolean
}

/** More than this many objects for one subscription help nobody. */
export const ATTEMPTS_MAX = 5

/** Bounds the retries against concurrent writers; each loss means somebody else made progress. */
const ROUNDS_MAX = 32

/**
 * Turns the outcome of a call into the second commit. The request that made the call and the resolver that
 * settles it later come through here alike. Not knowing only puts the call on its schedule.
 */
export async function settleOperation(
  billing: Billing,
  done: OperationOutcome,
  subscription: SubscriptionRow,
  waiting: Waiting,
): Promise<Settled> {
  const { operation } = done
  const fence = fenceOf(done)
  let current = subscription
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (done.outcome.kind !== 'ok' && done.outcome.kind !== 'unknown' && operation.request.scheduled) {
      await retryScheduled(billing, operation, done.outcome.kind)
      return await settledElsewhere(billing, operation, waiting)
    }
    const decided = decide(billing, done, current)
    if (decided === null) return await leaveInTheDark(billing, operation, waiting)
    const settled: SubscriptionOperationRow = { ...operation, ...decided.operation }
    const answered = answerForOperation(
      billing.engine,
      settled,
      decided.decision.subscription,
      waiting?.requestId ?? '',
    )
    const stored = storedAnswer(operation, answered, waiting)
    const change = { decision: decided.decision, operation: settled, fence, stored, dueMs: decided.dueMs }
    if (await write(billing, change)) {
      return { subscription: decided.decision.subscription, operation: settled, answered }
    }
    current = await mustGet(billing, subscription)
    const now = await mustGetOperation(billing, operation)
    const isTakenUp = fence !== null && now.tries !== fence
    if (!isLive(now) || isTakenUp) return await settledElsewhere(billing, operation, waiting)
  }
  throw new Error(`subscription ${subscription.id} changed ${ROUNDS_MAX} times while one outcome was written`)
}

/**
 * That one send never left, or was refused, says nothing of another, which whoever takes the call up makes. What a provider
 * holds is so whoever looked, and a person's decision has asked already.
 */
function fenceOf({ operation, outcome }: OperationOutcome): number | null {
  const proof = outcome.kind === 'ok' || outcome.kind === 'unknown' || operation.state === 'needs_review'
  return proof ? null : operation.tries
}

/** A cancellation that the provider refuses is tried for as long as the subscription lives. */
const REFUSED_MS = 3_600_000

/** A promised cancellation whose call came to nothing goes back to waiting. */
async function retryScheduled(
  { engine, db }: Billing,
  operation: SubscriptionOperationRow,
  kind: 'not_sent' | 'rejected' | 'declined',
): Promise<void> {
  const refused = kind !== 'not_sent'
  if (refused) {
    engine.log.error(
      { operation: operation.reference },
      'a promised cancellation was refused; it is tried again',
    )
  }
  await rescheduleCancellation(db, operation, refused ? REFUSED_MS : unknownDelayMs(operation.tries))
  engine.wake()
}

interface Decided {
  readonly decision: Decision
  readonly operation: Pick<SubscriptionOperationRow, 'state' | 'failure'>
  readonly dueMs: number | null
}

/** `null` = nothing is known. */
function decide(
  { engine }: Billing,
  { operation, outcome, newPlanRef, absent }: OperationOutcome,
  current: SubscriptionRow,
): Decided | null {
  const at = new Date(engine.now())
  if (outcome.kind === 'unknown') return null
  if (outcome.kind !== 'ok') {
    const failure = failureOf(outcome)
    const state = outcome.kind === 'not_sent' ? (absent ? 'absent' : 'not_sent') : outcome.kind
    const decision =
      operation.kind === 'create' ? decideUnmade(current, failure, at) : decideUnchanged(current, at)
    // A refusal may mean that the provider's side has moved on: look soon.
    const dueMs = decision.subscription.ended_at === null ? 0 : null
    return { decision, operation: { state, failure }, dueMs }
  }
  const contradiction = contradictionOf(current, outcome.value)
  if (contradiction !== null) {
    engine.log.error({ operation: operation.reference, why: contradiction }, 'evidence contradicts the books')
    return null
  }
  const decision = decideSnapshot(current, outcome.value, { operation, newPlanRef }, at)
  const next = decision.subscription
  // What was paid or refunded by then is read once more right after the end.
  const dueMs = operation.kind === 'create' ? nextLookMs(next, 0, at.getTime()) : soon(next, at.getTime())
  return { decision, operation: { state: 'succeeded', failure: null }, dueMs }
}

const AFTER_CHANGE_MS = 30_000
/** A change can bring a charge with it, which is in the provider's list a moment later. */
function soon(row: SubscriptionRow, nowMs: number): number | null {
  const next = nextLookMs(row, 0, nowMs)
  return next === null ? null : Math.min(next, AFTER_CHANGE_MS)
}

async function write(
  billing: Billing,
  change: {
    readonly decision: Decision
    readonly operation: SubscriptionOperationRow
    readonly fence: number | null
    readonly stored: StoredAnswer | null
    readonly dueMs: number | null
  },
): Promise<boolean> {
  const { decision, operation, fence, stored, dueMs } = change
  return await commit(billing, {
    subscription: decision.subscription,
    dueMs,
    charges: [],
    operation,
    fence,
    events: subscriptionEvents(billing, decision.subscription, decision.events),
    stored,
  })
}

/** One commit; `false`: the subscription or a period's charge changed since they were read. */
export async function commit(billing: Billing, change: SubscriptionChange): Promise<boolean> {
  try {
    if (!(await writeSubscription(billing.db, change))) return false
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION || lostTheRace(error)) return false
    throw error
  }
  if (change.events.length > 0) billing.announce()
  if (change.dueMs !== null) billing.engine.wake()
  return true
}

async function leaveInTheDark(
  billing: Billing,
  operation: SubscriptionOperationRow,
  waiting: Waiting,
): Promise<Settled> {
  await postponeOperation(billing.db, operation, 'unknown', unknownDelayMs(operation.tries))
  billing.engine.wake()
  return await settledElsewhere(billing, operation, waiting)
}

/** What others have made of the call, as it stands now: the answer that was given meanwhile, if there is one. */
async function settledElsewhere(
  billing: Billing,
  begun: SubscriptionOperationRow,
  waiting: Waiting,
): Promise<Settled> {
  const operation = await inForce(billing, await mustGetOperation(billing, begun))
  // Read after the call: what is told of it must not be older than it.
  const subscription = await mustGet(billing, { ...begun, id: begun.subscription_id })
  const answered = answerForOperation(billing.engine, operation, subscription, waiting?.requestId ?? '')
  if (waiting === null || answered.keep === 'open') return { subscription, operation, answered }
  return { subscription, operation, answered: await givenFor(billing, begun, waiting, answered) }
}

/** Who asked with the same key may have an answer by now, of an earlier state of things: all are told the same. */
async function givenFor(
  { engine }: Billing,
  begun: SubscriptionOperationRow,
  waiting: NonNullable<Waiting>,
  answered: Answered,
): Promise<Answered> {
  const key = { account_id: begun.account_id, environment: waiting.environment, key: waiting.key }
  const claim = { ...key, operation_id: begun.id }
  const kept =
    answered.keep === 'freeze'
      ? await engine.store.freezeAnswer(claim, answered.answer)
      : await engine.store.releaseClaim(claim)
  if (kept) return answered
  const given = await engine.store.getIdempotency(key)
  return given === null || given.status === null || !given.fingerprint.equals(waiting.fingerprint)
    ? answered
    : { answer: { status: given.status, body: given.body ?? '' }, keep: 'open' }
}

function storedAnswer(
  row: SubscriptionOperationRow,
  answered: Answered,
  waiting: Waiting,
): StoredAnswer | null {
  if (waiting === null || answered.keep === 'open') return null
  return {
    claim: { account_id: row.account_id, environment: waiting.environment, key: waiting.key },
    answer: answered.keep === 'freeze' ? answered.answer : null,
  }
}

export async function mustGet(billing: Billing, ref: ObjectRef): Promise<SubscriptionRow> {
  const found = await getSubscription(billing.db, ref)
  if (found === null) throw new Error('a subscription that was just written has disappeared')
  return found
}

export async function mustGetOperation(billing: Billing, ref: ObjectRef): Promise<SubscriptionOperationRow> {
  const found = await getOperation(billing.db, ref)
  if (found === null) throw new Error('a call that was just recorded has disappeared')
  return found
}

/**
 * The call that tells how things stand: the creation in force, where the one that was begun was left behind. It may
 * itself be left behind between two reads, and "nothing has happened" would be told of one that lives: looked at again.
 */
export async function inForce(
  billing: Billing,
  begun: SubscriptionOperationRow,
): Promise<SubscriptionOperationRow> {
  let operation = begun
  for (let looks = 0; operation.state === 'abandoned'; looks++) {
    const row = await mustGet(billing, { ...begun, id: begun.subscription_id })
    const next = await creationOf(billing.db, row)
    if (next === null || looks > ATTEMPTS_MAX)
      throw new Error(`subscription ${row.id} has no call that makes it`)
    operation = next
  }
  return operation
}

export const isEnded = (row: SubscriptionRow): boolean => isSubscriptionFinal(row.status)
