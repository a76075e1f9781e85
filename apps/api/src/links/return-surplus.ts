import { ApiError, formatId } from '@onerouter/core'
import { createRefund } from '../engine/create-refund.ts'
import { isKept, mustRead } from '../engine/follow-up.ts'
import {
  exposedDelayMs,
  isRefusedForGood,
  REFUSALS_MIN,
  REVIEW_AFTER_MS,
  returnDelayMs,
  unknownDelayMs,
} from '../engine/schedule.ts'
import type { OperationRow, PaymentRow } from '../store/rows.ts'
import type { Links } from './ports.ts'
import type { AttemptRow, LinkRow, ListedAttempt } from './row.ts'
import { ownClaim } from './withdraw-attempt.ts'
import { callerFor } from './write.ts'

const REASON = 'the payment link had been paid before'

/** A provider that takes this many refunds and returns them will not keep the next one either. */
const REFUNDS_MAX = 12

/** Where an attempt goes, or when to look at it again; a reader must write it in the link's version it was read in. */
export type Returning = Pick<AttemptRow, 'payment_id' | 'state'> | { readonly lookMs: number }

/**
 * Gives back what a second payment brought to a single-use link, until it is back: a refund may still be under way,
 * be refused while a balance is empty, or come to nothing days later, and is then made again, later and later. What
 * is refused for days waits for a person.
 */
export async function returnSurplus(
  links: Links,
  link: LinkRow,
  attempt: ListedAttempt,
  looks: number,
): Promise<Returning> {
  const { engine } = links
  const { payment_id } = attempt
  const read = () => mustRead(engine.store.getPayment({ ...attempt, id: payment_id }))
  const payment = await read()
  if (payment.refunded >= payment.captured) return { payment_id, state: 'returned' }
  const underWay = { lookMs: returnDelayMs(unknownDelayMs(looks)) }
  if (!isKept(payment)) return underWay
  const all = (await engine.store.listOperations(payment)).filter((one) => one.request.reason === REASON)
  // Refusals of a debt that was settled since say nothing about this one.
  const made = all.slice(all.findLastIndex(({ state }) => state === 'succeeded') + 1)
  if (isRefused(all, made, attempt.asked_age_ms ?? 0)) return forPeople(links, link, payment)
  const restMs = restsMs(all, engine.now())
  if (restMs > 0) return { lookMs: returnDelayMs(restMs) }
  const asked = await refundRest(links, link, payment, all.length)
  const after = await read()
  if (after.refunded >= after.captured) return { payment_id, state: 'returned' }
  // Its provider may not be connected any more.
  const isOld = (attempt.moved_age_ms ?? 0) > REVIEW_AFTER_MS
  if (!asked && isOld && looks >= REFUSALS_MIN && isKept(after)) return forPeople(links, link, payment)
  return isKept(after) ? { lookMs: returnDelayMs(exposedDelayMs(asked ? all.length : looks)) } : underWay
}

/** A person has given it back meanwhile, or it still waits for them. */
export async function seeReturned(links: Links, attempt: ListedAttempt): Promise<Returning | null> {
  const { payment_id } = attempt
  const payment = await mustRead(links.engine.store.getPayment({ ...attempt, id: payment_id }))
  return payment.refunded >= payment.captured ? { payment_id, state: 'returned' } : null
}

const reachedItsProvider = ({ state }: OperationRow): boolean => state !== 'not_sent' && state !== 'absent'

/** `made`: since it is owed, the first of them so long ago. */
function isRefused(all: readonly OperationRow[], made: readonly OperationRow[], ageMs: number): boolean {
  if (all.filter(reachedItsProvider).length >= REFUNDS_MAX) return true
  if (isRefusedForGood(made.filter(reachedItsProvider).length, ageMs)) return true
  // No request has come through.
  return ageMs > REVIEW_AFTER_MS && made.length >= REFUSALS_MIN
}

function forPeople({ engine }: Links, link: LinkRow, payment: PaymentRow): Returning {
  const fields = { payment: formatId('payment', payment.id), link: link.id }
  engine.log.error(fields, 'a second payment of a link could not be refunded: a person must')
  return { payment_id: payment.id, state: 'needs_review' }
}

/** Each refund that came to nothing, at once or days later, puts the next one off: by minutes at first, by a day in the end. */
function restsMs(made: readonly OperationRow[], nowMs: number): number {
  const last = made.at(-1)
  return last === undefined ? 0 : last.created_at.getTime() + exposedDelayMs(made.length - 1) - nowMs
}

/** Each refund has a key of its own; none can exceed what is left. `false`: none could be asked for. */
async function refundRest(links: Links, link: LinkRow, payment: PaymentRow, made: number): Promise<boolean> {
  const { engine } = links
  const about = { payment: formatId('payment', payment.id), link: link.id }
  try {
    const reply = await createRefund(
      engine,
      callerFor(link),
      { paymentId: payment.id, amount: null, reason: REASON, speed: 'normal', metadata: {} },
      ownClaim('surplus', made === 0 ? payment.id : `${payment.id}_${made + 1}`),
    )
    engine.log.warn(
      { ...about, status: reply.status },
      'a payment link was paid twice: a refund was asked for',
    )
    return true
  } catch (error) {
    // Refused for now: somebody else gave it back meanwhile, an earlier call is not settled yet, or nobody can be asked.
    if (!(error instanceof ApiError)) throw error
    const why = { ...about, code: error.code, why: error.message }
    engine.log.warn(why, 'a payment link was paid twice, and no refund could be asked for; it is tried again')
    return false
  }
}
