import type { OperationState, Outcome } from '@onerouter/core'
import type { PaymentSnapshot, RefundSnapshot } from '@onerouter/providers'
import { paymentRefOf } from '../store/operations.ts'
import type { OperationRow, PaymentRow, RefundRow, StoredFailure } from '../store/rows.ts'
import { lostTheRace } from '../store/rows.ts'
import type { OperationChange, StoredAnswer } from '../store/settle.ts'
import type { Answered } from './answers.ts'
import { answerFor } from './answers.ts'
import { applyRefundSnapshot, applySnapshot } from './apply-evidence.ts'
import { CHARGE_STATE_OF, decidePayment, decideRefund, refundChange } from './decide.ts'
import { paymentEvents, refundEvents } from './events.ts'
import { chargeChange, firstLookMs, mustRead } from './follow-up.ts'
import { inForce } from './in-force.ts'
import type { Claim, Engine } from './ports.ts'
import { exposedDelayMs, unknownDelayMs } from './schedule.ts'

/**
 * Turns the outcome of a call into the second commit. The same function serves the request that made the call
 * and the resolver that settles it later, so there is one way for an outcome to reach the books.
 */
export interface Settled {
  readonly payment: PaymentRow
  readonly operation: OperationRow
  readonly refund: RefundRow | null
  readonly answered: Answered
}

/** The request that waits for this outcome; `null` when the resolver settles it. */
export type Waiting = (Claim & { readonly environment: PaymentRow['environment'] }) | null

/** What is answered when nobody asked. */
const UNASKED: Answered = { answer: { status: 202, body: '' }, keep: 'open' }

function answerTo(
  waiting: Waiting,
  engine: Engine,
  operation: OperationRow,
  payment: PaymentRow,
  refund: RefundRow | null,
): Answered {
  return waiting === null ? UNASKED : answerFor(engine, operation, payment, refund, waiting.requestId)
}

/** Bounds the retries against concurrent writers; each loss means somebody else made progress. */
const ROUNDS_MAX = 64
const OPEN: readonly OperationState[] = ['sent', 'unknown', 'needs_review']
/** An answer that comes after all outweighs a search that found nothing. */
const OPEN_TO_EVIDENCE: readonly OperationState[] = [...OPEN, 'absent']

export async function settlePaymentOperation(
  engine: Engine,
  operation: OperationRow,
  payment: PaymentRow,
  outcome: Outcome<PaymentSnapshot>,
  waiting: Waiting,
): Promise<Settled> {
  let current = payment
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const plan = await planPayment(engine, operation, current, outcome)
    const settledOperation = { ...operation, state: plan.change.to, failure: plan.change.failure }
    const answered = answerTo(waiting, engine, settledOperation, plan.payment, null)
    try {
      const written = await engine.store.settlePayment({
        payment: plan.payment,
        events: paymentEvents(plan.payment, plan.events, engine.newId),
        operation: plan.change,
        charge: await chargeChange(engine, current, plan.payment, operation),
        stored: storedAnswer(operation, answered, waiting),
      })
      if (!written) {
        if (outcome.kind === 'ok') await applySnapshot(engine, current, outcome.value)
        return await settledElsewhere(engine, operation, waiting)
      }
      if (plan.change.dueMs !== null) engine.wake(plan.change.dueMs)
      return { payment: plan.payment, operation: settledOperation, refund: null, answered }
    } catch (error) {
      if (!lostTheRace(error)) throw error
    }
    current = await mustRead(engine.store.getPayment(current))
  }
  throw new Error(`payment ${payment.id} changed ${ROUNDS_MAX} times while one outcome was written`)
}

interface PaymentPlan {
  readonly payment: PaymentRow
  readonly events: readonly string[]
  readonly change: OperationChange
}

async function planPayment(
  engine: Engine,
  operation: OperationRow,
  current: PaymentRow,
  outcome: Outcome<PaymentSnapshot>,
): Promise<PaymentPlan> {
  const at = new Date(engine.now())
  if (outcome.kind === 'ok') return await planEvidence(engine, operation, current, outcome.value, at)
  const failure = failureOf(outcome)
  const to = stateOf(outcome.kind, operation)
  const dueMs = to === 'unknown' ? unknownDelayMs(operation.tries) : null
  const fence = fenceOf(operation)
  const change: OperationChange = { id: operation.id, from: OPEN, to, failure, dueMs, fence }
  const status = to === 'unknown' ? 'processing' : 'failed'
  const moved = speaksForPayment(operation, to) && MOVABLE[status].includes(current.status)
  return {
    payment: {
      ...current,
      version: current.version + 1,
      updated_at: at,
      ...(moved && { status, sequence: current.sequence + 1 }),
      ...(moved && status === 'failed' && { failure }),
    },
    events: moved ? [`payment.${status}`] : [],
    change,
  }
}

/** From which statuses a call's own outcome may move the payment; evidence of more is never undone by it. */
const MOVABLE: Record<'processing' | 'failed', readonly PaymentRow['status'][]> = {
  processing: ['created', 'requires_action'],
  failed: ['created', 'requires_action', 'processing'],
}

/** A refused capture or void leaves the payment where it was; a declined confirmation is the payer's decline. */
function speaksForPayment(operation: OperationRow, to: OperationState): boolean {
  if (operation.kind === 'confirm') return to === 'declined' || to === 'unknown'
  return operation.kind === 'charge'
}

/**
 * A send that proves something by itself ("never left", "refused") proves it for itself alone: once somebody else
 * has taken the operation over and sent it again, only evidence counts. A person's decision has asked already.
 */
const fenceOf = (operation: OperationRow): number | null =>
  operation.state === 'needs_review' ? null : operation.tries

const STATE_OF = {
  declined: 'declined',
  rejected: 'rejected',
  not_sent: 'not_sent',
  unknown: 'unknown',
} as const satisfies Record<Exclude<Outcome<never>['kind'], 'ok'>, OperationState>

/** What never left is \`not_sent\`; what was looked for and proven missing is \`absent\`. */
function stateOf(kind: keyof typeof STATE_OF, operation: OperationRow): OperationState {
  return kind === 'not_sent' && operation.tries > 0 ? 'absent' : STATE_OF[kind]
}

async function planEvidence(
  engine: Engine,
  operation: OperationRow,
  current: PaymentRow,
  snapshot: PaymentSnapshot,
  at: Date,
): Promise<PaymentPlan> {
  const decision = decidePayment(current, snapshot, at)
  if (decision.kind === 'quarantine') {
    engine.log.error({ operation: operation.reference, why: decision.why }, 'evidence contradicts the books')
    const failure = { ...NEEDS_REVIEW, message: `A person must look at this: ${decision.why}.` }
    const moved = current.status === 'created'
    return {
      payment: {
        ...current,
        version: current.version + 1,
        updated_at: at,
        ...(moved && { status: 'processing' as const, sequence: current.sequence + 1 }),
      },
      events: moved ? ['payment.processing'] : [],
      change: { id: operation.id, from: OPEN, to: 'needs_review', failure, dueMs: null, fence: null },
    }
  }
  const changed = decision.kind === 'change'
  const next = changed ? decision.payment : { ...current, version: current.version + 1 }
  const to = stateAfter(operation, next)
  return {
    payment: next,
    events: changed ? decision.events : [],
    change: {
      id: operation.id,
      from: OPEN_TO_EVIDENCE,
      to,
      failure: null,
      dueMs: operation.kind === 'charge' ? await firstLookMs(engine, current, next, operation) : null,
      fence: null,
    },
  }
}

function stateAfter(operation: OperationRow, next: PaymentRow): OperationState {
  if (operation.kind === 'charge') return CHARGE_STATE_OF[next.status]
  // The payer's instrument failed and they may choose another: the next approval is a new confirmation.
  if (operation.kind === 'confirm' && next.status === 'requires_action') return 'declined'
  return 'succeeded'
}

/**
 * Somebody else wrote the outcome first, or has left this call behind and made the charge again: their state of
 * things is the answer.
 */
async function settledElsewhere(engine: Engine, operation: OperationRow, waiting: Waiting): Promise<Settled> {
  const settled = await inForce(engine, await mustRead(engine.store.getOperation(operation)))
  const payment = await mustRead(engine.store.getPayment(paymentRefOf(operation)))
  const refund =
    operation.refund_id === null
      ? null
      : await mustRead(engine.store.getRefund({ ...operation, id: operation.refund_id }))
  const answered = answerTo(waiting, engine, settled, payment, refund)
  if (waiting === null || answered.keep === 'open') return { payment, operation: settled, refund, answered }
  const given = await givenFor(engine, operation, waiting, answered)
  return { payment, operation: settled, refund, answered: given }
}

/**
 * Who asked with the same key may have an answer by now, of an earlier state of things: all are told the same. A key that was
 * given back and taken for another request tells nothing of this one.
 */
async function givenFor(
  engine: Engine,
  operation: OperationRow,
  waiting: NonNullable<Waiting>,
  answered: Answered,
): Promise<Answered> {
  const key = { account_id: operation.account_id, environment: waiting.environment, key: waiting.key }
  const claim = { ...key, operation_id: operation.id }
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

const NEEDS_REVIEW: StoredFailure = {
  code: 'needs_review',
  decline_reason: null,
  message: '',
  provider_code: null,
}

export async function settleRefundOperation(
  engine: Engine,
  operation: OperationRow,
  refund: RefundRow,
  payment: PaymentRow,
  outcome: Outcome<RefundSnapshot>,
  waiting: Waiting,
): Promise<Settled> {
  let current = refund
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const plan = planRefund(engine, operation, current, outcome)
    const settledOperation = { ...operation, state: plan.change.to, failure: plan.change.failure }
    const answered = answerTo(waiting, engine, settledOperation, payment, plan.refund)
    try {
      const written = await engine.store.settleRefund({
        refund: plan.refund,
        pendingDelta: plan.pendingDelta,
        refundedDelta: plan.refundedDelta,
        events: refundEvents(plan.refund, plan.events, engine.newId),
        operation: plan.change,
        stored: storedAnswer(operation, answered, waiting),
      })
      if (!written) {
        if (outcome.kind === 'ok') await applyRefundSnapshot(engine, payment, outcome.value)
        return await settledElsewhere(engine, operation, waiting)
      }
      if (plan.change.dueMs !== null) engine.wake(plan.change.dueMs)
      return { payment, operation: settledOperation, refund: plan.refund, answered }
    } catch (error) {
      if (!lostTheRace(error)) throw error
    }
    current = await mustRead(engine.store.getRefund(current))
  }
  throw new Error(`refund ${refund.id} changed ${ROUNDS_MAX} times while one outcome was written`)
}

interface RefundPlan {
  readonly refund: RefundRow
  readonly events: readonly string[]
  readonly pendingDelta: bigint
  readonly refundedDelta: bigint
  readonly change: OperationChange
}

function planRefund(
  engine: Engine,
  operation: OperationRow,
  current: RefundRow,
  outcome: Outcome<RefundSnapshot>,
): RefundPlan {
  const at = new Date(engine.now())
  const untouched = {
    refund: { ...current, version: current.version + 1 },
    events: [],
    pendingDelta: 0n,
    refundedDelta: 0n,
  }
  const to = (
    state: OperationState,
    failure: StoredFailure | null,
    dueMs: number | null,
  ): OperationChange => ({
    id: operation.id,
    from: outcome.kind === 'ok' ? OPEN_TO_EVIDENCE : OPEN,
    to: state,
    failure,
    dueMs,
    fence: outcome.kind === 'ok' ? null : fenceOf(operation),
  })
  if (outcome.kind === 'unknown') {
    return { ...untouched, change: to('unknown', failureOf(outcome), unknownDelayMs(operation.tries)) }
  }
  if (outcome.kind !== 'ok') {
    const failure = failureOf(outcome)
    const patch = { status: 'failed' as const, failure, provider_refund_id: current.provider_refund_id }
    return {
      ...refundChange(current, patch, at),
      change: to(stateOf(outcome.kind, operation), failure, null),
    }
  }
  const decision = decideRefund(current, outcome.value, at)
  if (decision.kind === 'quarantine') {
    engine.log.error({ operation: operation.reference, why: decision.why }, 'evidence contradicts the books')
    const failure = { ...NEEDS_REVIEW, message: `A person must look at this: ${decision.why}.` }
    return { ...untouched, change: to('needs_review', failure, null) }
  }
  const status = decision.kind === 'change' ? decision.refund.status : current.status
  // Tries so far were about whether it exists; looks at what becomes of it are counted from here.
  const change = to('succeeded', null, status === 'pending' ? exposedDelayMs(0) : null)
  return decision.kind === 'change' ? { ...decision, change } : { ...untouched, change }
}

function storedAnswer(operation: OperationRow, answered: Answered, waiting: Waiting): StoredAnswer | null {
  if (waiting === null || answered.keep === 'open') return null
  return {
    claim: { account_id: operation.account_id, environment: waiting.environment, key: waiting.key },
    answer: answered.keep === 'freeze' ? answered.answer : null,
  }
}

/** A refusal in words fit for the caller; `null` for what is not known. */
export function failureOf(outcome: Exclude<Outcome<never>, { kind: 'ok' }>): StoredFailure | null {
  switch (outcome.kind) {
    case 'declined':
      return {
        code: 'payment_declined',
        decline_reason: outcome.reason,
        message: outcome.message,
        provider_code: outcome.providerCode,
      }
    case 'rejected':
      return {
        code: outcome.reason === 'invalid_state' ? 'invalid_state' : 'provider_rejected',
        decline_reason: null,
        message: outcome.message,
        provider_code: outcome.providerCode,
      }
    case 'not_sent':
      return {
        code: 'provider_unavailable',
        decline_reason: null,
        message: 'The provider could not be reached and nothing has happened.',
        provider_code: null,
      }
    case 'unknown':
      return null
  }
}
