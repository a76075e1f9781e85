import { createHash } from 'node:crypto'
import { ApiError, type Uuid } from '@onerouter/core'
import { cancelPayment } from '../engine/complete-payment.ts'
import { cancellationOf } from '../engine/follow-up.ts'
import type { Claim } from '../engine/ports.ts'
import { exposedDelayMs, REFUSALS_MIN, returnDelayMs } from '../engine/schedule.ts'
import type { OperationRow, PaymentRow } from '../store/rows.ts'
import type { Links } from './ports.ts'
import { claimRow } from './replay-link.ts'
import type { AttemptRow, LinkRow } from './row.ts'
import { callerFor } from './write.ts'

/** A key of our own for one thing that is done once, to a payment of a link or to the link. */
export function ownClaim(what: 'pay' | 'withdraw' | 'surplus' | 'sms', id: Uuid | string): Claim {
  const key = `payment_link_${what}_${id}`
  return { key, fingerprint: createHash('sha256').update(key).digest(), requestId: key }
}

/**
 * Makes sure that an attempt can no longer be paid, or that what is paid late is given back: a payment that was
 * canceled and is paid all the same is refunded by the engine. `false`: not yet, or it is being paid.
 */
export async function withdrawAttempt(links: Links, link: LinkRow, attempt: AttemptRow): Promise<boolean> {
  const { engine } = links
  const payment = await engine.store.getPayment({ ...attempt, id: attempt.payment_id })
  if (payment === null) {
    // Its process may still be about to make the payment, whenever it wakes up.
    return await closeUnmade(links, link, attempt)
  }
  switch (payment.status) {
    case 'failed':
    case 'canceled':
    case 'expired':
      await links.store.moveAttempt(attempt, 'closed')
      return true
    case 'succeeded': {
      // Paid after it was canceled: the engine gives that back. Otherwise it pays the link, which is settled first.
      if (cancellationOf(await engine.store.listOperations(payment)) === undefined) return false
      await links.store.moveAttempt(attempt, 'closed')
      return true
    }
    case 'processing':
    case 'authorized':
      return false
    case 'created':
    case 'requires_action': {
      if (!(await canceled(links, link, payment))) return false
      await links.store.moveAttempt(attempt, 'closed')
      return true
    }
  }
}

/**
 * Closes an attempt that has no payment, with the key of the payment that will not be made any more and the answer
 * for who wants to make it. `false`: it has just been made.
 */
export async function closeUnmade(links: Links, link: LinkRow, attempt: AttemptRow): Promise<boolean> {
  const { engine, store } = links
  const claim = ownClaim('pay', attempt.payment_id)
  const over = new ApiError('conflict', 'The payment link has ended.')
  const answer = engine.problem(over, claim.requestId)
  const key = claimRow(callerFor(link), claim, link, answer, new Date(engine.now()))
  return await store.closeUnmade(attempt, key)
}

/** Each try has a key of its own: the answer to one that was refused stays what it is. */
async function canceled(links: Links, link: LinkRow, payment: PaymentRow): Promise<boolean> {
  const { engine } = links
  const operations = await engine.store.listOperations(payment)
  const made = operations.filter(({ kind }) => kind === 'void')
  if (restsMs(made, engine.now()) > 0) return false
  try {
    const claim = ownClaim('withdraw', made.length === 0 ? payment.id : `${payment.id}_${made.length + 1}`)
    const reply = await cancelPayment(engine, callerFor(link), payment.id, claim)
    return reply.status === 200
  } catch (error) {
    // It moved meanwhile, or its provider cannot be asked: whoever wanted it gone looks again.
    if (error instanceof ApiError) return false
    throw error
  }
}

/**
 * What its provider has refused is not asked of it again at once, nor put off for long at first: it can be paid. Who has
 * refused it for hours is asked once a day.
 */
function restsMs(made: readonly OperationRow[], nowMs: number): number {
  const last = made.at(-1)
  if (last === undefined || (last.state !== 'rejected' && last.state !== 'declined')) return 0
  const delayMs = exposedDelayMs(made.length - 1)
  return last.created_at.getTime() + (made.length > REFUSALS_MIN ? delayMs : returnDelayMs(delayMs)) - nowMs
}
