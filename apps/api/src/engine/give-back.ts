import type { OperationState, Outcome } from '@onerouter/core'
import { currency, formatId, money, ok, unknown } from '@onerouter/core'
import type { RefundSnapshot } from '@onerouter/providers'
import { paymentRefOf } from '../store/operations.ts'
import type { ClaimedOperation, OperationRow, PaymentRow, StoredFailure } from '../store/rows.ts'
import { lostTheRace } from '../store/rows.ts'
import { accessFor, contextFor, guarded, metaOf, type ProviderAccess } from './call-provider.ts'
import { duplicateHandle } from './duplicates.ts'
import { paymentEvents } from './events.ts'
import { chargeChange, mustRead } from './follow-up.ts'
import type { Engine } from './ports.ts'
import {
  exposedDelayMs,
  isRefusedForGood,
  REVIEW_AFTER_MS,
  returnDelayMs,
  unknownDelayMs,
} from './schedule.ts'

/**
 * Gives back what came twice: `late_succeeded` → `compensating` (written before anything is sent) →
 * `compensated` (the provider says that it went back). Providers refund no more than a payment took, so that even
 * a request that is sent again after its key was forgotten cannot give the money back twice. What the provider
 * refuses for days waits for a person (`needs_review`); until they decide it is only looked for.
 */
export async function giveBack(engine: Engine, operation: ClaimedOperation): Promise<void> {
  const payment = await mustRead(engine.store.getPayment(paymentRefOf(operation)))
  if (operation.state === 'needs_review') {
    const seen = await lookForReturn(engine, operation, payment)
    if (seen.kind === 'ok' && seen.value) return await noteReturned(engine, operation)
    return await engine.store.postponeOperation(operation, 'needs_review', null)
  }
  if (operation.state === 'late_succeeded' && !(await move(engine, operation, payment, 'compensating')))
    return
  const begun: OperationRow = { ...operation, state: 'compensating' }
  const access = await accessFor(engine, operation)
  const { outcome } = await guarded(engine, () => askForMoneyBack(engine, access, begun, payment))
  if (outcome.kind === 'ok' && outcome.value === 'back') {
    return await noteReturned(engine, begun)
  }
  if (isForPeople(operation, outcome)) {
    const before = await mustRead(engine.store.getPayment(payment))
    return void (await move(engine, begun, before, 'needs_review', refusalOf(operation, outcome)))
  }
  if (outcome.kind === 'declined' || outcome.kind === 'rejected') {
    const why = { operation: operation.reference, why: outcome.message }
    engine.log.error(why, 'the provider refuses to give back what came twice; it is asked again')
  }
  await engine.store.postponeOperation(begun, 'compensating', askAgainMs(outcome.kind, operation.tries))
}

/** What was refused is refused again for a while; what is on its way, or was not answered, is looked after closely. */
function askAgainMs(came: Outcome<Returned>['kind'], tries: number): number {
  if (came === 'declined' || came === 'rejected') return exposedDelayMs(tries)
  return returnDelayMs(came === 'ok' ? exposedDelayMs(tries) : unknownDelayMs(tries))
}

function isForPeople({ tries, age_ms }: ClaimedOperation, { kind }: Outcome<Returned>): boolean {
  if (kind === 'ok') return false
  const isRefused = kind === 'declined' || kind === 'rejected'
  return isRefused ? isRefusedForGood(tries, age_ms) : age_ms > REVIEW_AFTER_MS
}

function refusalOf(operation: OperationRow, outcome: Outcome<Returned>): StoredFailure {
  const { provider, request } = operation
  const said = 'message' in outcome ? outcome.message : `no usable answer: ${outcome.kind}`
  return {
    code: 'needs_review',
    decline_reason: null,
    message:
      `A payer has paid twice, and ${provider} does not give back its payment ${request.duplicate?.payment_ref} ` +
      `(${said}). Refund it at ${provider} and decide "happened", or remove what stands in the way and decide ` +
      '"did_not_happen": then it is asked for again.',
    provider_code: 'providerCode' in outcome ? outcome.providerCode : null,
  }
}

/** The provider says that it went. */
export async function noteReturned(engine: Engine, operation: OperationRow): Promise<void> {
  const payment = await mustRead(engine.store.getPayment(paymentRefOf(operation)))
  await move(engine, operation, payment, 'compensated')
}

/** A person wants it to be asked for once more. */
export async function askForReturnAgain(engine: Engine, operation: OperationRow): Promise<void> {
  const payment = await mustRead(engine.store.getPayment(paymentRefOf(operation)))
  await move(engine, operation, payment, 'compensating')
  engine.wake()
}

/** Whether all of it is back with the payer. */
export async function lookForReturn(
  engine: Engine,
  operation: OperationRow,
  payment: PaymentRow,
): Promise<Outcome<boolean>> {
  const access = await accessFor(engine, operation)
  const { outcome } = await guarded(engine, () => whatWentBack(engine, access, operation, payment))
  return outcome.kind === 'ok' ? ok(outcome.value.went >= operation.amount) : outcome
}

/** `given` is also what is still on its way. */
async function whatWentBack(
  engine: Engine,
  access: ProviderAccess | null,
  operation: OperationRow,
  payment: PaymentRow,
): Promise<Outcome<{ readonly went: bigint; readonly given: bigint }>> {
  const refunds = access?.provider.refunds
  const { duplicate } = operation.request
  if (access === null || refunds === undefined || duplicate === undefined)
    return unknown('nobody can be asked')
  const handle = duplicateHandle(payment, operation, duplicate)
  const ctx = contextFor(engine, access.credential, 'later', metaOf('refunds.list', operation))
  const listed = await refunds.list(ctx, handle)
  if (listed.kind !== 'ok') return listed
  const went = sumOf(listed.value, ['succeeded'])
  return ok({ went, given: went + sumOf(listed.value, ['pending']) })
}

type Returned = 'back' | 'under_way'

/** What went back already is looked up before anything is sent, at every try. */
async function askForMoneyBack(
  engine: Engine,
  access: ProviderAccess | null,
  operation: OperationRow,
  payment: PaymentRow,
): Promise<Outcome<Returned>> {
  const refunds = access?.provider.refunds
  const { duplicate } = operation.request
  if (access === null || refunds === undefined || duplicate === undefined)
    return unknown('nobody can be asked')
  const seen = await whatWentBack(engine, access, operation, payment)
  if (seen.kind !== 'ok') return seen
  const { went, given } = seen.value
  if (went >= operation.amount) return ok('back')
  if (given >= operation.amount) return ok('under_way')
  const made = await refunds.create(
    contextFor(engine, access.credential, 'later', metaOf('refunds.create', operation)),
    duplicateHandle(payment, operation, duplicate),
    {
      reference: returnKey(operation),
      amount: money(operation.amount - given, currency(operation.currency)),
      speed: 'normal',
      reason: 'paid twice',
    },
    given === 0n ? returnKey(operation) : `${returnKey(operation)}_${given}`,
  )
  if (made.kind !== 'ok') return made
  // A part that somebody else gave back meanwhile is seen by the next look.
  return ok(made.value.status === 'succeeded' && given === 0n ? 'back' : 'under_way')
}

/** The attempt's own reference was the key of the order: providers refuse one key for two kinds of call. */
const returnKey = ({ reference }: OperationRow): string => `${reference}_back`

const sumOf = (refunds: readonly RefundSnapshot[], states: readonly RefundSnapshot['status'][]): bigint =>
  refunds.filter(({ status }) => states.includes(status)).reduce((sum, one) => sum + one.amount.minor, 0n)

const ROUNDS_MAX = 64

/** `false`: somebody else moved it first. */
async function move(
  engine: Engine,
  operation: OperationRow,
  before: PaymentRow,
  to: Extract<OperationState, 'compensating' | 'compensated' | 'needs_review'>,
  failure: StoredFailure | null = null,
): Promise<boolean> {
  let payment = before
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const events = to === 'compensated' ? ['payment.duplicate_compensated'] : []
    const next: PaymentRow = {
      ...payment,
      version: payment.version + 1,
      sequence: payment.sequence + events.length,
      updated_at: new Date(engine.now()),
    }
    const dueMs = to === 'compensating' ? unknownDelayMs(0) : null
    try {
      const moved = await engine.store.settlePayment({
        payment: next,
        events: paymentEvents(next, events, engine.newId),
        operation: { id: operation.id, from: [operation.state], to, failure, dueMs, fence: null },
        charge: await chargeChange(engine, payment, next),
        stored: null,
      })
      if (moved && to === 'compensated') {
        const fields = { payment: formatId('payment', payment.id), operation: operation.reference }
        engine.log.warn(fields, 'what came twice is back with the payer')
      }
      return moved
    } catch (error) {
      if (!lostTheRace(error)) throw error
    }
    payment = await mustRead(engine.store.getPayment(before))
  }
  throw new Error(`payment ${before.id} changed ${ROUNDS_MAX} times while one attempt was moved`)
}
