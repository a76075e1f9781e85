import { createHash } from 'node:crypto'
import { ApiError, type Uuid } from '@onerouter/core'
import { cancelPayment } from '../engine/complete-payment.ts'
import { cancellationOf } from '../engine/follow-up.ts'
import type { Claim } from '../engine/ports.ts'
import type { IdempotencyRow } from '../store/rows.ts'
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
    return await links.store.closeUnmade(attempt, unmade(links, link, attempt))
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
      if (!(await canceled(links, link, payment.id))) return false
      await links.store.moveAttempt(attempt, 'closed')
      return true
    }
  }
}

/** The key of a payment that will not be made any more, with the answer for who wants to make it. */
function unmade({ engine }: Links, link: LinkRow, attempt: AttemptRow): IdempotencyRow {
  const claim = ownClaim('pay', attempt.payment_id)
  const over = new ApiError('conflict', 'The payment link has ended.')
  const at = new Date(engine.now())
  return claimRow(callerFor(link), claim, link, engine.problem(over, claim.requestId), at)
}

async function canceled(links: Links, link: LinkRow, paymentId: Uuid): Promise<boolean> {
  try {
    const claim = ownClaim('withdraw', paymentId)
    const reply = await cancelPayment(links.engine, callerFor(link), paymentId, claim)
    return reply.status === 200
  } catch (error) {
    // It moved meanwhile, or its provider cannot be asked: whoever wanted it gone looks again.
    if (error instanceof ApiError) return false
    throw error
  }
}
